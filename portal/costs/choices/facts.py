"""What was known of each provider of a lot on the day of a choice, kept as it stood."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from portal.access import Viewer
from portal.costs.of_lots.reports import LotAsked
from portal.costs.of_lots.value_facts import Known, known_of
from portal.providers.models_settings import Setting
from portal.providers.queries_settings import settings_of
from scoring import vacancies
from scoring.canonical import fraction_text

Fact = dict[str, Any]


def facts_on(asked: LotAsked) -> list[Fact]:
    """A line for each provider of the lot: plain values, ready to be kept. Constant statements."""
    known = known_of(asked.viewer, asked.agreement, asked.lot, asked.like, asked.on)
    free = _free(known, asked.viewer, asked.on)
    return [_fact(one, free.get(one.provider.id)) for one in known]


def _fact(one: Known, free: tuple[int, date] | None) -> Fact:
    judged, rated = one.judged, one.rated
    return {
        "provider": one.provider.ref,
        "name": one.provider.name,
        "weekly": None if one.weekly is None else fraction_text(one.weekly),
        "quality": None if one.quality is None else fraction_text(one.quality),
        "visit": judged.title if judged else "",
        "visited_on": judged.on.isoformat() if judged else "",
        "kpis_met": rated.met if rated else 0,
        "kpis_rated": rated.rated if rated else 0,
        "assessed": rated.assessed.words if rated and rated.assessed else "",
        "free": None if free is None else free[0],
        "free_said_on": "" if free is None else free[1].isoformat(),
        "suspended": one.is_suspended,
    }


def _free(known: Iterable[Known], viewer: Viewer, on: date) -> dict[int, tuple[int, date]]:
    """Free places of each provider over its homes on a day, and the oldest word that it rests on.

    A provider with no home on record, or whose homes never said, is not among them.
    """
    ids = [one.provider.id for one in known]
    said: dict[int, list[tuple[int, date]]] = defaultdict(list)
    for home in settings_of(ids, viewer, closed=True):
        if home.closed_on is None or home.closed_on >= on:
            _add(said[home.provider_id], home, on)
    return {
        one: (sum(free for free, _ in words), min(day for _, day in words))
        for one, words in said.items()
        if words
    }


def _add(words: list[tuple[int, date]], home: Setting, on: date) -> None:
    """What a home had said by that day; what it said later was not known then."""
    known = [one for one in home.statements() if one.said_on <= on]
    stands = vacancies.standing(known, on)
    if stands is not None:
        words.append((stands.free, stands.said_on))
