"""What the pages of the award show, in words and printed figures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access import Decision, Viewer
from portal.awards import policy, queries
from portal.awards.models import Approval, Letter, Recommendation
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import scheme_of
from portal.people.models import Council
from portal.rounds.models import Round
from scoring.canonical import read_fraction
from scoring.rounding import printed


@dataclass(frozen=True, slots=True)
class Line:
    """One bid in one lot, as the approver reads it."""

    provider: str
    total: str
    admitted: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LotOutcome:
    """The bids of one lot, best total first."""

    code: str
    title: str
    lines: tuple[Line, ...]

    @property
    def admitted(self) -> int:
        return sum(line.admitted for line in self.lines)


def outcome(bid_round: Round, viewer: Viewer) -> list[LotOutcome]:
    """The results lot by lot. The order is that of the exact totals, not of the printed ones."""
    decimals = scheme_of(bid_round).decimals
    found = evaluation.results(bid_round, viewer)
    lots = []
    for lot in bid_round.lots:
        own = sorted(
            (one for one in found if one.round_lot_id == lot.id),
            key=lambda one: (-read_fraction(one.total), one.application.provider.name),
        )
        lines = tuple(
            Line(
                provider=one.application.provider.name,
                total=printed(read_fraction(one.total), decimals),
                admitted=one.admitted,
                reasons=tuple(finding["message"] for finding in one.content["findings"]),
            )
            for one in own
        )
        if lines:
            lots.append(LotOutcome(lot.code, lot.title, lines))
    return lots


@dataclass(frozen=True, slots=True)
class Part:
    """One council's part of an award: what it decided, or whether this viewer may decide it."""

    council: Council
    approval: Approval | None
    may_decide: Decision | None


def parts(recommendation: Recommendation, viewer: Viewer) -> list[Part]:
    """Each council's part, by name."""
    scored = queries.scored_in(recommendation.round)
    decided = {one.council_id: one for one in recommendation.approvals}
    councils = sorted(
        (part.council for part in recommendation.round.councils), key=lambda one: one.name
    )
    return [
        Part(
            council,
            decided.get(council.id),
            None
            if council.id in decided
            else policy.may_decide(viewer, recommendation, council.id, scored=scored),
        )
        for council in councils
    ]


@dataclass(frozen=True, slots=True)
class Made:
    """How many letters are made."""

    done: int
    total: int

    @property
    def words(self) -> str:
        return f"{self.done} of {self.total} letters made"


def letters_made(letters: Collection[Letter]) -> Made:
    return Made(sum(letter.file_id is not None for letter in letters), len(letters))


def board(bid_round: Round, viewer: Viewer) -> dict[str, Any]:
    """Everything that the page of an award shows."""
    recommendation = queries.recommendation_of(bid_round)
    letters = queries.letters_of(bid_round)
    return {
        "round": bid_round,
        "outcome": outcome(bid_round, viewer),
        "recommendation": recommendation,
        "parts": parts(recommendation, viewer) if recommendation else [],
        "returned": [one for one in queries.history_of(bid_round) if one is not recommendation],
        "letters": letters,
        "made": letters_made(letters),
        "may_recommend": policy.may_recommend(viewer, bid_round),
        "may_release": policy.may_release(viewer, bid_round, letters),
        "may_conclude": policy.may_conclude(viewer, bid_round, letters),
    }


def council_of(bid_round: Round, slug: str) -> Council | None:
    """The council of a round by its name in addresses."""
    return next((part.council for part in bid_round.councils if part.council.slug == slug), None)


def readable(letter: Letter) -> dict[str, Any]:
    """A letter's content with its times as times; the same words go on the page and in the PDF."""
    content = dict(letter.content)
    content["date"] = datetime.fromisoformat(content["date"])
    receipt = dict(content["receipt"])
    if receipt:
        receipt["received_at"] = datetime.fromisoformat(receipt["received_at"])
    return {**content, "receipt": receipt}
