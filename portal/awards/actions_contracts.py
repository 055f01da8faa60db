"""A ranked tender becomes contracts: rates and promises are copied from the bids that won."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.access import Viewer
from portal.applications import queries as applications
from portal.applications.lots.councils import councils_offered
from portal.applications.paper import words_of
from portal.contracts.actions import PromiseMade, RateOffer
from portal.contracts.actions_making import Won, make_contract
from portal.evaluation.asked import questions_of
from portal.evaluation.models import Result
from portal.rounds.models import Round

Offers = dict[tuple[int, str], list[RateOffer]]
"""What was offered, by application and lot code."""


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when."""

    starts_on: date
    ends_on: date


def make_contracts(
    bid_round: Round,
    won: Sequence[Result],
    offers: Offers,
    when: Period,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    """Make a contract for each lot that a bid won.

    Raises:
        RuleBroken: as `make_contract`; then nothing is kept.
    """
    bids = list({one.application_id: one.application for one in won}.values())
    contents = applications.bid_contents(bids, Viewer.system())
    promised = promised_questions(bid_round)
    for result, awarding in by_contract(won):
        content, lot = contents[result.application_id], result.round_lot
        offered_to = councils_offered(content.councils.get(lot.code), bid_round)
        make_contract(
            result.application.provider,
            lot,
            Won(
                application_ref=result.application.ref,
                submission_sha256=content.sha256,
                rates=offers[result.application_id, lot.code],
                promises=list(promises(promised, content.answers, lot.code)),
            ),
            bid_round=bid_round,
            councils=[one for one in offered_to if not awarding or one.slug in awarding],
            starts_on=when.starts_on,
            ends_on=when.ends_on,
            actor=actor,
            now=now,
        )


def promised_questions(bid_round: Round) -> dict[str, Mapping[str, Any]]:
    """The questions whose answers the round asked for as promises, by key."""
    return {
        key: question
        for key, question in questions_of(bid_round).items()
        if question.get("promise")
    }


def by_contract(won: Sequence[Result]) -> list[tuple[Result, frozenset[str]]]:
    """Each lot that a bid won, once, with the councils that awarded it; none named is all of them."""
    first: dict[tuple[int, int], Result] = {}
    awarding: dict[tuple[int, int], set[str]] = {}
    for one in won:
        place = (one.application_id, one.round_lot_id)
        first.setdefault(place, one)
        awarding.setdefault(place, set()).update({one.council} - {""})
    return [(one, frozenset(awarding[place])) for place, one in first.items()]


def promises(
    promised: Mapping[str, Mapping[str, Any]],
    answers: Mapping[tuple[str, str], Any],
    lot_code: str,
) -> Iterator[PromiseMade]:
    """The answers that are promises, for one lot: its own, and those that serve every lot."""
    for key, question in promised.items():
        place = (key, lot_code if question.get("per_lot") else "")
        answer = answers.get(place)
        if answer not in (None, "", []):
            yield PromiseMade(*place, question["label"], words_of(question, answer))
