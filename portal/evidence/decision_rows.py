"""What people decided after the lock: corrections of scores, and what they decided about prices and ties."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.evaluation.decisions import queries as decisions
from portal.evaluation.decisions.models import AwardDecision, Correction, DecisionKind
from portal.evaluation.results.entries import Entries
from portal.evaluation.results.outcome import computed, fitting_ties
from portal.rounds.models import Round
from scoring.results import Place

Row = dict[str, Any]


def correction_rows(bid_round: Round) -> list[Row]:
    """The corrections that count, in the order in which they were confirmed."""
    confirmed = [one for one in decisions.corrections_of(bid_round) if one.confirmed_at is not None]
    confirmed.sort(key=lambda one: (one.confirmed_at, one.id))
    return [_correction(number, one) for number, one in enumerate(confirmed, start=1)]


def _correction(number: int, one: Correction) -> Row:
    return {
        "bid": one.application.ref,
        "number": number,
        "question": one.question_key,
        "lot": one.lot_code,
        "old": one.old,
        "new": one.new,
        "by": one.made_by.ref,
        "second": one.second.ref if one.second else "",
        "at": one.confirmed_at,
        "prices_open": one.prices_open,
        "reason": one.reason,
    }


def decision_rows(bid_round: Round, entries: Entries, *, has_results: bool) -> list[Row]:
    """The decisions in force, numbered as they were confirmed.

    An order that a later correction made idle is left out: it counts for nothing.
    """
    made = decisions.in_force(decisions.decisions_of(bid_round))
    made.sort(key=lambda one: (one.confirmed_at, one.id))
    counting = fitting_ties(entries, computed(bid_round, entries)) if has_results else {}
    rows = [row for one in made for row in _rows(one, counting)]
    return [{"number": number, **row} for number, row in enumerate(rows, start=1)]


def _rows(one: AwardDecision, counting: Any) -> Iterator[Row]:
    place = Place(one.round_lot.code, one.council)
    if one.kind is DecisionKind.TIE:
        if list(counting.get(place, ())) == list(one.order):
            yield {**_said(one), "kind": "tie", "order": " ".join(one.order)}
        return
    if one.application is None:
        return
    bid = one.application.ref
    if one.question is not None:
        told = {"question": one.question.question, "answer": one.question.answer}
        yield {
            **_said(one),
            **told,
            "kind": "abnormally-low",
            "bid": bid,
            "decision": one.kind.value,
        }
    if one.kind is DecisionKind.SET_ASIDE:
        yield {**_said(one), "kind": "set-aside", "bid": bid, "words": one.words}


def _said(one: AwardDecision) -> Row:
    return {
        "lot": one.round_lot.code,
        "council": one.council,
        "by": one.made_by.ref,
        "second": one.second.ref if one.second else "",
        "at": one.confirmed_at,
        "reason": one.reason,
    }


def people_in(rows: Sequence[Row]) -> list[str]:
    """The people who made and confirmed these."""
    return [ref for row in rows for ref in (row["by"], row["second"]) if ref]
