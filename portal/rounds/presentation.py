"""A round as people read it: dates in words, the scheme with what each question weighs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from portal.content import queries as content
from portal.content.rates import asked_in, items_for
from portal.days import LONDON
from portal.rounds.models import Round
from portal.rounds.wording import award_lines, basket_rows, price_lines
from portal.web import moment_text
from scoring.criteria import Criterion, Panel, Scheme
from scoring.rounding import printed
from scoring.stages import RoundStage as Stage
from scoring.terms import WHOLE_BP
from scoring.timetable import before_words

WAY = (
    ("Being prepared", (Stage.DRAFT,)),
    ("Published", (Stage.PUBLISHED,)),
    ("Open to providers", (Stage.OPEN_FOR_QUESTIONS, Stage.QUESTIONS_CLOSED)),
    ("Waiting to be opened", (Stage.DEADLINE_PASSED,)),
    ("Compliance check", (Stage.OPENED,)),
    ("Scoring", (Stage.EVALUATION,)),
    ("Results", (Stage.MODERATED,)),
    ("Award", (Stage.RECOMMENDED, Stage.APPROVED, Stage.STANDSTILL)),
    ("Concluded", (Stage.CONCLUDED,)),
)
"""The way of a round in words, and the stages that each part covers."""


@dataclass(frozen=True, slots=True)
class Date:
    """One date of the timetable. `at` is None while it is not set."""

    title: str
    words: str
    at: datetime | None
    passed: bool


@dataclass(frozen=True, slots=True)
class QuestionWeight:
    """A scored question: its share of all points, printed, and its minimum score."""

    label: str
    share: str
    minimum: int | None


@dataclass(frozen=True, slots=True)
class CriterionRows:
    """A part of the scheme as it is printed; price has no scale."""

    title: str
    share: str
    scored_by: str
    minimum_share: str
    questions: tuple[QuestionWeight, ...]
    scale: tuple[tuple[int, str, str], ...]
    is_price: bool = False


def percent(bp: int | Fraction) -> str:
    """Basis points as per cent, without superfluous zeros: 1250 is "12.5%"."""
    text = printed(Fraction(bp) / 100, 2)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def before(moment: datetime | None) -> str:
    """A deadline as it is written everywhere: "before 12 noon on 4 March 2027"."""
    return "not set" if moment is None else before_words(moment.astimezone(LONDON))


def timetable(bid_round: Round, now: datetime) -> list[Date]:
    """The dates of a round in their order, for everybody."""
    dates = [
        ("Opens", moment_text(bid_round.opens_at), bid_round.opens_at),
        ("Questions", before(bid_round.questions_until_at), bid_round.questions_until_at),
        ("Applications", before(bid_round.deadline_at), bid_round.deadline_at),
    ]
    rows = [Date(title, words, at, at is not None and at <= now) for title, words, at in dates]
    done = [("Opened", bid_round.opened_at), ("Concluded", bid_round.concluded_at)]
    done.append(("Cancelled", bid_round.cancelled_at))
    return rows + [Date(title, moment_text(at), at, True) for title, at in done if at is not None]


def way(bid_round: Round, now: datetime) -> list[dict[str, Any]]:
    """The parts of a round's way for the timeline: what is behind it, and where it stands."""
    stage = bid_round.stage_at(now)
    place = next((at for at, (_, stages) in enumerate(WAY) if stage in stages), len(WAY))
    when = _when(bid_round)
    steps = [
        {
            "title": f"{title} (now)" if at == place else title,
            "when": when.get(title, ""),
            "done": at <= place and stage is not Stage.CANCELLED,
        }
        for at, (title, _) in enumerate(WAY)
    ]
    if stage is not Stage.CANCELLED:
        return steps
    ended = {"title": "Cancelled", "when": moment_text(bid_round.cancelled_at), "done": True}
    return [{**step, "done": True} for step in steps if _was(bid_round, step["title"])] + [ended]


def _when(bid_round: Round) -> dict[str, str]:
    """What is known of the time of each part."""
    dates = {
        "Being prepared": ("since ", bid_round.created_at),
        "Published": ("since ", bid_round.published_at),
        "Open to providers": ("from ", bid_round.opens_at),
        "Compliance check": ("from ", bid_round.opened_at),
        "Results": ("quality locked at ", bid_round.quality_locked_at),
        "Concluded": ("", bid_round.concluded_at),
    }
    words = {title: text + moment_text(at) for title, (text, at) in dates.items() if at}
    if bid_round.deadline_at:
        words["Waiting to be opened"] = f"from {moment_text(bid_round.deadline_at)}"
    return words


def _was(bid_round: Round, title: str) -> bool:
    """Whether a cancelled round had come to a part of its way, by the dates that it left."""
    reached = {
        "Being prepared": bid_round.created_at,
        "Published": bid_round.published_at,
        "Open to providers": _opened_before_the_end(bid_round),
        "Compliance check": bid_round.opened_at,
        "Results": bid_round.quality_locked_at,
    }
    return reached.get(title) is not None


def _opened_before_the_end(bid_round: Round) -> datetime | None:
    """When a cancelled round had opened to providers; None where it was cancelled before."""
    opens, ended = bid_round.opens_at, bid_round.cancelled_at
    was_open = bid_round.published_at and opens and ended and opens <= ended
    return opens if was_open else None


def scheme_rows(bid_round: Round) -> list[CriterionRows]:
    """The evaluation scheme with its weights multiplied down to each question."""
    scheme = content.scheme(bid_round.scheme)
    labels = {
        question["key"]: question["label"]
        for section in bid_round.question_set.body["sections"]
        for question in section["questions"]
    }
    worth = _worth(scheme)
    return [
        _criterion(criterion, bid_round, labels, worth)
        for criterion in scheme.every
        if criterion.is_price or criterion.questions
    ]


def _worth(scheme: Scheme) -> dict[str, Fraction]:
    """What each criterion is worth of the whole, in basis points, by key."""
    whole = scheme.total_points or Fraction(1)
    return {key: points / whole * WHOLE_BP for key, points in scheme.available().items()}


def _criterion(
    criterion: Criterion, bid_round: Round, labels: dict[str, str], worth: dict[str, Fraction]
) -> CriterionRows:
    young = criterion.panel is Panel.YOUNG
    scale = content.scale(bid_round.young_scale if young else bid_round.officer_scale)
    share, whole = worth[criterion.key], sum(one.weight for one in criterion.questions) or 1
    return CriterionRows(
        title=criterion.title,
        share=percent(share),
        scored_by="Young Commissioners" if young else "Officers of the councils",
        minimum_share=""
        if criterion.minimum_share_bp is None
        else percent(criterion.minimum_share_bp),
        questions=tuple(
            QuestionWeight(
                labels.get(scored.question, scored.question),
                percent(share * scored.weight / whole),
                scored.minimum_score,
            )
            for scored in criterion.questions
        ),
        scale=()
        if criterion.is_price
        else tuple((point.value, point.label, point.meaning) for point in scale.points),
        is_price=criterion.is_price,
    )


def admission(bid_round: Round) -> list[str]:
    """Who is admitted, in sentences."""
    scheme: Scheme = content.scheme(bid_round.scheme)
    lines = ["Everybody who passes every minimum is admitted. There is no ranking."]
    if scheme.ranked:
        sections = bid_round.question_set.body["sections"]
        asked = [question for section in sections for question in section["questions"]]
        lines = award_lines(scheme, {one["key"]: one.get("title") or one["label"] for one in asked})
    if scheme.total_share_bp is not None:
        but = " but those of price" if scheme.price else ""
        lines.append(
            f"At least {percent(scheme.total_share_bp)} of all points{but} are needed. "
            "Exactly that passes."
        )
    lines.append(
        f"Points are exact until the end, then rounded once, half up, to {scheme.decimals} decimals."
    )
    return lines


def eligibility(bid_round: Round) -> list[Mapping[str, Any]]:
    """The questions of the two-minute check that concern the lots of the round."""
    codes = {lot.code for lot in bid_round.open_lots}
    return [
        question
        for section in bid_round.question_set.body["sections"]
        for question in section["questions"]
        if question["key"] in bid_round.eligibility
        and (not question["lots"] or codes & set(question["lots"]))
    ]


@dataclass(frozen=True, slots=True)
class PriceRows:
    """How price counts, as it is printed: sentences, and what is bought in which lots."""

    lines: tuple[str, ...]
    baskets: tuple[tuple[str, str], ...]


def price(bid_round: Round) -> PriceRows | None:
    """How price is evaluated; None where it is not."""
    rule = content.scheme(bid_round.scheme).price
    if rule is None:
        return None
    items = {item["key"]: item for item in bid_round.rate_card.body["items"]}
    return PriceRows(tuple(price_lines(rule)), tuple(basket_rows(rule, items)))


def rates(bid_round: Round) -> list[dict[str, Any]]:
    """The prices that the open lots ask for, each with those of them that do, if not all do."""
    codes = [lot.code for lot in bid_round.open_lots]
    items = []
    for item in items_for(bid_round.rate_card.body, codes):
        here = [code for code in codes if asked_in(item, code)]
        items.append({**item, "lots": here if len(here) < len(codes) else []})
    return items


def documents(bid_round: Round, stage: str) -> list[dict[str, Any]]:
    """The lines of the checklist for one stage that concern the lots of the round."""
    codes = {lot.code for lot in bid_round.open_lots}
    return [
        line
        for line in bid_round.checklist.body["documents"]
        if line["stage"] == stage and (not line["lots"] or codes & set(line["lots"]))
    ]
