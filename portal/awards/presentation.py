"""What the pages of the award show, in words and printed figures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from portal.access import Decision, Viewer
from portal.applications import queries as applications
from portal.awards import policy, queries
from portal.awards.letter_words import words_for
from portal.awards.models import Approval, ApprovalDecision, Letter, Recommendation
from portal.awards.policy import Progress
from portal.contracts import queries as contracts
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import scheme_of
from portal.evaluation.decisions import queries as decisions
from portal.evaluation.decisions.open_matters import open_matters
from portal.evaluation.models import Result
from portal.evaluation.results.figures import place_of, why
from portal.evaluation.results.words import points_text
from portal.people.models import Council
from portal.rounds.models import Round
from portal.web import date_text, moment_text, pounds
from portal.wording import within
from scoring.canonical import read_fraction
from scoring.money import percent_words
from scoring.rounding import printed


@dataclass(frozen=True, slots=True)
class Line:
    """One bid in one lot, as the approver reads it."""

    provider: str
    rank: int | None
    total: str
    admitted: bool
    outcome: str
    reasons: tuple[str, ...]
    rates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LotOutcome:
    """The bids of one lot (at one council, where price is evaluated for each), best first."""

    code: str
    title: str
    council: str
    available: str  # points, as printed
    lines: tuple[Line, ...]

    @property
    def admitted(self) -> int:
        return sum(line.admitted for line in self.lines)

    @property
    def ranked(self) -> bool:
        return any(line.rank is not None for line in self.lines)


def outcome(bid_round: Round, viewer: Viewer) -> list[LotOutcome]:
    """The results lot by lot. The order is that of ranks, or of exact totals, not of printed ones."""
    found = evaluation.results(bid_round, viewer)
    offered = applications.prices({one.application_id for one in found}, viewer)
    names = {part.council.slug: part.council.name for part in bid_round.councils}
    told = decisions.told_of_low_prices(bid_round)
    scheme = scheme_of(bid_round)
    available = points_text(scheme.total_points, scheme)
    lots = []
    for lot in bid_round.lots:
        here = [one for one in found if one.round_lot_id == lot.id]
        for slug in sorted({one.council for one in here}):
            own = sorted((one for one in here if one.council == slug), key=_place)
            lines = tuple(
                _line(one, offered.get(one.application_id, {}), told.get(place_of(one), ""))
                for one in own
            )
            lots.append(LotOutcome(lot.code, lot.title, names.get(slug, ""), available, lines))
    return lots


def _place(result: Result) -> tuple[int, Fraction, str]:
    last = 1_000_000  # without a rank: after all others
    name = result.application.provider.name
    return result.rank or last, -read_fraction(result.total), name


def _line(result: Result, offered: Mapping[tuple[str, str], int], told: str) -> Line:
    bid_round, lot = result.application.round, result.round_lot.code
    ranked = scheme_of(bid_round).ranked
    short = ("Successful", "Not successful") if ranked else ("Passes", "Falls short")
    return Line(
        provider=result.application.provider.name,
        rank=result.rank,
        total=printed(read_fraction(result.total), scheme_of(bid_round).decimals),
        admitted=result.admitted,
        outcome=short[not result.admitted],
        reasons=tuple(why(result.content, told)),
        rates=tuple(
            _offer(item, offered[lot, item["key"]])
            for item in bid_round.rate_card.body["items"]
            if (lot, item["key"]) in offered
        ),
    )


def _offer(item: Mapping[str, Any], amount: int) -> str:
    """An offered price, or a discount, which the card states in hundredths of a per cent."""
    if item["unit"] == "percent":
        return f"{percent_words(amount)} {within(item['title'])}"
    each = f"{pounds(amount)} a{'n' if item['unit'] == 'hour' else ''} {item['unit']}"
    return f"{each}: {within(item['title'])}"


@dataclass(frozen=True, slots=True)
class Part:
    """One council's part of an award: what it decided, or whether this viewer may decide it."""

    council: Council
    approval: Approval | None
    may_decide: Decision


def parts(recommendation: Recommendation, viewer: Viewer) -> list[Part]:
    """Each council's part, by name."""
    bid_round = recommendation.round
    decided = {one.council_id: one for one in recommendation.approvals}
    took_part, interested = queries.took_part_in(bid_round), queries.interested_in(bid_round)
    councils = sorted((part.council for part in bid_round.councils), key=lambda one: one.name)
    return [
        Part(
            council,
            decided.get(council.id),
            policy.may_decide(
                viewer, recommendation, council.id, took_part=took_part, interested=interested
            ),
        )
        for council in councils
    ]


def decision_of(recommendation: Recommendation, council: Council, viewer: Viewer) -> Decision:
    """Whether this viewer may decide this council's part, and if not, why."""
    found = (part for part in parts(recommendation, viewer) if part.council.id == council.id)
    return next(found).may_decide


@dataclass(frozen=True, slots=True)
class Return:
    """A recommendation that a council sent back."""

    council: str
    reason: str
    made_at: datetime  # of the recommendation


def returns(history: Iterable[Recommendation]) -> list[Return]:
    """Which recommendations were sent back, by whom and why, newest first."""
    return [
        Return(approval.council.name, approval.reason, one.made_at)
        for one in history
        for approval in one.approvals
        if approval.decision is ApprovalDecision.RETURN
    ]


def board(bid_round: Round, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Everything that the page of an award shows."""
    history = list(queries.history_of(bid_round))
    newest = history[0] if history else None
    letters = queries.letters_of(bid_round)
    made = Progress.of(letters)
    waiting = queries.waiting_of(bid_round, now, made)
    holds = queries.holds_of(bid_round)
    return {
        "round": bid_round,
        "outcome": outcome(bid_round, viewer),
        "failed": queries.failed_in(bid_round),
        "recommendation": newest,
        "parts": parts(newest, viewer) if newest else [],
        "returned": returns(history[1:]),
        "letters": letters,
        "made": made,
        "may_recommend": policy.may_recommend(viewer, bid_round, open_matters(bid_round)),
        "may_release": policy.may_release(viewer, bid_round, made),
        "ranked": scheme_of(bid_round).ranked,
        "contracts": contracts.contracts(viewer, bid_round.id),
        "waiting": waiting,
        "holds": [(one, policy.may_lift(viewer, one)) for one in holds],
        "may_enter_notice": policy.may_enter_notice(viewer, bid_round, waiting),
        "may_hold": policy.may_hold(viewer, bid_round),
        "may_conclude": policy.may_conclude(viewer, bid_round, waiting),
    }


def council_of(bid_round: Round, slug: str) -> Council | None:
    """The council of a round by its name in addresses."""
    return next((part.council for part in bid_round.councils if part.council.slug == slug), None)


def readable(letter: Letter) -> dict[str, Any]:
    """A letter's content with its times as times; the same words go on the page and in the PDF."""
    content: dict[str, Any] = {"law": "", "ranked": False, **letter.content}
    content |= words_for(content["law"], ranked=content["ranked"])
    content["date"] = datetime.fromisoformat(content["date"])
    content["about"] = list(_about(content))
    content["lots"] = [
        {
            **lot,
            "words": content["outcomes"][lot["outcome"]],
            "short": content["short_outcomes"][lot["outcome"]],
        }
        for lot in content["lots"]
    ]
    return content


def _about(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The head of a letter: whom it is to and from, when, and about what."""
    told, receipt = content["round"], content["receipt"]
    yield "To", content["provider"]
    yield "From", f"{told['lead']}, for {listed(told['councils'])}"
    yield "Date", date_text(content["date"])
    yield "List", told["agreement"]
    notice = f" (notice {told['notice_number']})" if told["notice_number"] else ""
    yield "Law", f"{told['regime']}{notice}"
    yield "Application", content["application"]
    if receipt:
        received = moment_text(datetime.fromisoformat(receipt["received_at"]))
        yield "Received", f"{received}, receipt {receipt['ref']}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "A, B and C"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
