"""Placement choices: found, filtered, as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer
from portal.costs.choices import policy as policy_choices
from portal.costs.choices.models import PlacementChoice, PlacementChoiceVersion
from portal.costs.of_lots.priced import like_named
from portal.db import db
from portal.figures import display
from portal.paging import Sorting
from portal.people.models import Council
from portal.providers.models import Provider
from portal.rounds.models import AgreementLot
from portal.searching import containing, words_of
from portal.tables import NOT_GIVEN, Column, Table
from portal.wording import within
from scoring.canonical import read_fraction

BY = Sorting(
    {"day": PlacementChoice.decided_on, "reference": PlacementChoice.reference},
    default="-day",
    unique=PlacementChoice.ref,
)


@dataclass(frozen=True, slots=True)
class WantedChoices:
    """What a list of choices is narrowed to; empty means all."""

    words: str = ""
    lot: str = ""
    chosen: str = ""
    since: date | None = None
    until: date | None = None


def visible(viewer: Viewer, wanted: WantedChoices | None = None) -> Select[PlacementChoice]:
    """The choices of the viewer's councils."""
    found = (
        select(PlacementChoice)
        .where(PlacementChoice.council_id.in_(policy_choices.reading_councils(viewer)))
        .options(
            joinedload(PlacementChoice.council),
            joinedload(PlacementChoice.agreement_lot).joinedload(AgreementLot.agreement),
            selectinload(PlacementChoice.versions).joinedload(PlacementChoiceVersion.made_by),
        )
    )
    return found if wanted is None else _narrowed(found, wanted)


def _narrowed(found: Select[PlacementChoice], wanted: WantedChoices) -> Select[PlacementChoice]:
    if wanted.words:
        found = found.where(containing(words_of(wanted.words), PlacementChoice.reference))
    if wanted.lot:
        agreement, _, code = wanted.lot.rpartition(".")
        found = found.where(
            PlacementChoice.agreement_lot.has(
                (AgreementLot.code == code) & AgreementLot.agreement.has(ref=agreement)
            )
        )
    if wanted.chosen:
        found = found.where(PlacementChoice.chosen_ref == wanted.chosen)
    if wanted.since:
        found = found.where(PlacementChoice.decided_on >= wanted.since)
    if wanted.until:
        found = found.where(PlacementChoice.decided_on <= wanted.until)
    return found


def one_choice(ref: str, viewer: Viewer) -> PlacementChoice:
    """One of them.

    Raises:
        NotFound: there is none, or it is another council's.
    """
    found = db.session.scalar(visible(viewer).where(PlacementChoice.ref == ref))
    if found is None:
        raise NotFound
    return found


def councils_to_choose_for(viewer: Viewer) -> Sequence[Council]:
    """The councils for which somebody records choices, by name."""
    own = viewer.councils_as(Role.COMMISSIONER)
    return db.session.scalars(
        select(Council).where(Council.id.in_(own)).order_by(Council.name)
    ).all()


def chosen_before(viewer: Viewer) -> list[tuple[str, str]]:
    """The providers that were chosen, for a filter: reference and name. One statement."""
    wanted = (
        select(Provider.ref, Provider.name)
        .join(PlacementChoice, PlacementChoice.chosen_ref == Provider.ref)
        .where(PlacementChoice.council_id.in_(policy_choices.reading_councils(viewer)))
        .distinct()
        .order_by(Provider.name)
    )
    return [(ref, name) for ref, name in db.session.execute(wanted)]


def as_table(choices: Iterable[PlacementChoice], filters: dict[str, str]) -> Table:
    """A line for each provider that was considered, the chosen one among them."""
    return Table(
        key="placement-choices",
        title="Placement choices",
        columns=[
            Column("reference", "Placement"),
            Column("council", "Council"),
            Column("lot", "Lot"),
            Column("like", "Price for"),
            Column("on", "Decided on", "date"),
            Column("provider", "Provider considered"),
            Column("chosen", "Chosen"),
            Column("weekly", "Price for one week", "money"),
            Column("distance", "Miles", "number", decimals=1),
            Column("quality", "Quality in the tender", "percent", decimals=1),
            Column("free", "Places free", "whole"),
            Column("visit", "Newest visit"),
            Column("kpis", "KPI targets met"),
            Column("why", "Why, or why not"),
            Column("taken_back", "Taken back"),
        ],
        rows=[row for one in choices for row in lines_of(one, one.newest)],
        source="Placement choices that commissioners recorded",
        filters=filters,
        rules=[
            "Price, quality, visit, KPIs and places free are those of the day and never change.",
            "Miles as the commissioner stated them; an empty cell is not known.",
        ],
    )


def lines_of(choice: PlacementChoice, version: PlacementChoiceVersion) -> list[dict[str, Any]]:
    """Those who were considered, with what was known of each; the chosen one first."""
    rows = [_line(choice, version, one) for one in version.considered]
    return sorted(rows, key=lambda row: (row["chosen"] != "Yes", row["provider"].casefold()))


def _line(
    choice: PlacementChoice, version: PlacementChoiceVersion, considered: dict[str, Any]
) -> dict[str, Any]:
    fact = choice.fact(considered["provider"])
    is_chosen = considered["provider"] == version.chosen_ref
    lot = choice.agreement_lot
    return {
        "reference": version.reference,
        "council": choice.council.name,
        "lot": f"{lot.code} {lot.title}",
        "like": like_named(lot, choice.like).words,
        "on": choice.decided_on,
        "provider": fact["name"],
        "provider_ref": considered["provider"],
        "chosen": "Yes" if is_chosen else "No",
        "distance": _tenths(considered["distance_tenths"]),
        "why": version.why if is_chosen else considered["why_not"],
        "taken_back": "Yes" if choice.taken_back else "No",
        **facts_shown(fact),
    }


def facts_shown(fact: dict[str, Any]) -> dict[str, Any]:
    """What was known, as a table prints it."""
    return {
        "weekly": read_fraction(fact["weekly"]) if fact["weekly"] else NOT_GIVEN,
        "quality": read_fraction(fact["quality"]) if fact["quality"] else NOT_GIVEN,
        "free": NOT_GIVEN if fact["free"] is None else fact["free"],
        "visit": fact["visit"] or "No visit with a final report",
        "kpis": f"{fact['kpis_met']} of {fact['kpis_rated']}" if fact["kpis_rated"] else NOT_GIVEN,
    }


def _tenths(tenths: int | None) -> Any:
    return NOT_GIVEN if tenths is None else Fraction(tenths, 10)


def hint_of(shown: dict[str, Any]) -> str:
    """What was known of a provider, in one line."""
    price, quality = (
        display(shown[key], Column(key, "", kind, decimals))
        for key, kind, decimals in (("weekly", "money", None), ("quality", "percent", 1))
    )
    free = "not known" if shown["free"] is NOT_GIVEN else str(shown["free"])
    met = "" if shown["kpis"] is NOT_GIVEN else f"; KPI targets met: {shown['kpis']}"
    said = str(shown["visit"])
    visit = within(said)
    return f"{price} a week; quality {quality}; places free: {free}; {visit}{met}."
