"""How a provider of the demonstration fills in an application, as far as the story wants it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.applications import actions
from portal.applications.models import Application
from portal.content.checks import answers_named
from portal.content.rates import items_for
from portal.db import db
from portal.demo.cast import Cast, provider_of, told
from portal.rounds.models import Round

NO_ANSWER = ("", None)


def apply(
    cast: Cast,
    bid_round: Round,
    key: str,
    lots: Sequence[str],
    now: datetime,
    *,
    submit: bool = True,
    part: float = 1.0,
) -> Application:
    """Fill in an application; submit it unless the story leaves it a draft.

    Args:
        part: how much of the questions is answered, from 0 to 1.
    """
    actor = cast.admin_of(key)
    application = actions.start(bid_round, cast.providers[key], actor=actor, now=now)
    actions.choose_lots(application, lots, actor=actor, now=now)
    answers = list(_answers(bid_round, key, lots))
    for question, lot, raw in answers[: round(len(answers) * part)]:
        actions.save_answer(application, question, lot, raw, None, actor=actor, now=now)
    if part >= 1.0:
        _papers_and_rates(cast, application, key, lots, now)
    db.session.commit()
    if submit:
        at = now + timedelta(hours=2)
        actions.submit(application, certified=True, received_at=at, actor=actor, now=at)
        db.session.commit()
    return application


def _papers_and_rates(
    cast: Cast, application: Application, key: str, lots: Sequence[str], now: datetime
) -> None:
    actor = cast.admin_of(key)
    for line, version in cast.papers[key].items():
        actions.attach_document(application, line, version, actor=actor, now=now)
    for line in application.round.checklist.body["documents"]:
        if line["stage"] == "award" and line["required"] and line["of"] == "organisation":
            actions.promise_document(application, line["key"], actor=actor, now=now)
    for lot in lots:
        for item, pence in _rates(application, key, lot):
            actions.offer_rate(application, lot, item, pence, None, actor=actor, now=now)


def _rates(application: Application, key: str, lot: str) -> Iterable[tuple[str, int]]:
    """The rates of a lot: named in the story, or in the order of the rate card."""
    told_rates: Any = provider_of(key)["rates"][lot]
    if isinstance(told_rates, Mapping):
        return told_rates.items()
    items = [item["key"] for item in items_for(application.round.rate_card.body, lot)]
    return zip(items, told_rates, strict=True)


def _answers(bid_round: Round, key: str, lots: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """Question, lot and text, in the order of the question set; conditions are kept."""
    given: dict[tuple[str, str], Any] = {}
    for section in bid_round.question_set.body["sections"]:
        for question in section["questions"]:
            for lot in lots if question.get("per_lot") else ("",):
                if not _is_asked(question, given, lot, lots):
                    continue
                raw = _raw(question, section, key)
                if raw in NO_ANSWER:
                    continue
                given[question["key"], lot] = raw
                yield question["key"], lot, raw


def _is_asked(
    question: Mapping[str, Any],
    given: Mapping[tuple[str, str], Any],
    lot: str,
    lots: Sequence[str],
) -> bool:
    only = question.get("lots")
    if only and not set(only) & ({lot} if lot else set(lots)):
        return False
    when = question.get("when")
    if not when:
        return bool(question["required"])
    earlier = given.get((when["question"], lot), given.get((when["question"], "")))
    return bool(question["required"]) and earlier in answers_named(when)


def _raw(question: Mapping[str, Any], section: Mapping[str, Any], key: str) -> Any:
    one = provider_of(key)
    if question["role"] == "scored":
        quality = one["young"] if section["audience"] == "young" else one["quality"]
        text = told("writing.yaml")["answers"][question["key"]][quality]
        return " ".join(text.format(**one).split())
    return _facts(one).get(question["key"]) or _by_kind(question)


def _facts(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "legal-name": f"{one['name']} Ltd",
        "organisation-form": "company",
        "registered-number": one["company"],
        "supplier-identifier": f"PDEM-{one['company'][-4:]}-DEMO",
        "contact": f"{one['admin']}, director",
        "ofsted-registered": "yes",
        "ofsted-urn": one["urn"],
        "ofsted-outcome": one["outcome"],
        "ofsted-grade": one["outcome"],
        "homes-list": [
            {
                "name": "The first home",
                "address": f"12 Example Road, {one['town']}",
                "postcode": "LU1 2BQ",
                "places": "5",
                "opened": "1/3/2023",
                "kind-of-home": "shared",
                "gas-safety": "yes",
                "electrical-report": "yes",
                "fire-assessment": "yes",
            }
        ],
        "staffing-table": [
            {"job": "Support worker", "people": "6", "hours": "210", "vacancies": "1"},
            {"job": "Registered manager", "people": "1", "hours": "37.5", "vacancies": "0"},
        ],
        "carers-table": [
            {"area": one["town"], "households": "14", "free": "3", "joined": "4", "left": "2"},
            {"area": "Luton", "households": "9", "free": "1", "joined": "2", "left": "1"},
        ],
        "places-offered": "5",
    }


def _by_kind(question: Mapping[str, Any]) -> Any:
    """An answer that a checker accepts, for a question on which nothing hangs in the story."""
    if question["kind"] == "yes-no":
        return question.get("pass_value") or "no"
    if question["kind"] == "one-of":
        return question["options"][0]["value"]
    if question["kind"] == "many-of":
        return [question["options"][0]["value"]]
    if question["kind"] == "number":
        return "5"
    if question["kind"] == "date":
        return "2023-03-01"
    return "None. We would tell the councils at once if this changed."
