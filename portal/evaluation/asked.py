"""What a round asks its panels to score: question set and scheme brought together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal import settings
from portal.content import queries as content
from portal.rounds.models import Round
from scoring.criteria import Scheme
from scoring.scales import Scale
from scoring.submissions import questions_in
from scoring.terms import Agreeing, Panel

Key = tuple[str, str]
"""A question, and the lot that it is answered for (empty where the answer serves every lot)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to score."""

    question: str
    lot_code: str
    label: str
    short: str
    panel: Panel
    scale: Scale
    criterion: str
    minimum_score: int | None
    hint: str
    guidance: tuple[str, ...]
    per_lot: bool
    agreeing: Agreeing = Agreeing.AGREED

    @property
    def key(self) -> Key:
        return (self.question, self.lot_code)

    @property
    def needs_agreement(self) -> bool:
        """Whether the panel agrees one score; where the round takes the mean, nothing is agreed."""
        return self.agreeing is Agreeing.AGREED

    @property
    def name(self) -> str:
        """The key as one word, for forms and findings."""
        return f"{self.question}|{self.lot_code}"

    @property
    def title(self) -> str:
        """The whole question."""
        return f"{self.label} – lot {self.lot_code}" if self.lot_code else self.label

    @property
    def short_title(self) -> str:
        """The question in two or three words, for tables and lists."""
        return f"{self.short}, lot {self.lot_code}" if self.lot_code else self.short


def scheme_of(bid_round: Round) -> Scheme:
    """The scheme that was published with the round."""
    return content.scheme(bid_round.scheme)


def quorum_of(bid_round: Round) -> int:
    """The fewest people who agree a score: as published with the round, or the council's setting."""
    return scheme_of(bid_round).quorum or int(settings.get("moderation_quorum"))


def scales_of(bid_round: Round) -> dict[str, Scale]:
    """The scales that the scheme names, by key."""
    scales = (content.scale(bid_round.officer_scale), content.scale(bid_round.young_scale))
    return {scale.key: scale for scale in scales}


def titles_of(bid_round: Round) -> dict[str, str]:
    """The words of each question in short, for findings."""
    return {
        key: question.get("title") or question["label"]
        for key, question in questions_of(bid_round).items()
    }


def questions_of(bid_round: Round) -> Mapping[str, Mapping[str, Any]]:
    """Every question of the round by key; put together once for each text."""
    version = bid_round.question_set
    if version.sha256 not in _QUESTIONS:
        if len(_QUESTIONS) >= MOST_REMEMBERED:
            _QUESTIONS.clear()
        _QUESTIONS[version.sha256] = questions_in(version.body)
    return _QUESTIONS[version.sha256]


def read_beside(bid_round: Round) -> Mapping[str, list[Mapping[str, Any]]]:
    """The rows, such as staffing, that are read beside the answer to a question, by its key."""
    version = bid_round.question_set
    if version.sha256 not in _BESIDE:
        if len(_BESIDE) >= MOST_REMEMBERED:
            _BESIDE.clear()
        found: dict[str, list[Mapping[str, Any]]] = {}
        for question in questions_of(bid_round).values():
            if question.get("beside"):
                found.setdefault(question["beside"], []).append(question)
        _BESIDE[version.sha256] = found
    return _BESIDE[version.sha256]


def asked_for(
    bid_round: Round, lot_codes: Iterable[str], panel: Panel | None = None
) -> tuple[Asked, ...]:
    """What is scored of a bid for these lots, in the order of the scheme.

    A question that is answered for each lot is asked once for each of the bid's lots.
    """
    lots = tuple(lot_codes)
    content_used = (
        bid_round.question_set.sha256,
        bid_round.scheme.sha256,
        bid_round.officer_scale.sha256,
        bid_round.young_scale.sha256,
    )
    remembered = (content_used, lots, panel)
    if remembered not in _ASKED:
        if len(_ASKED) >= MOST_REMEMBERED:
            _ASKED.clear()
        _ASKED[remembered] = tuple(_asked_for(bid_round, lots, panel))
    return _ASKED[remembered]


MOST_REMEMBERED = 1_000
_ASKED: dict[tuple[Any, ...], tuple[Asked, ...]] = {}  # by the hashes of what it is made from
_QUESTIONS: dict[str, Mapping[str, Mapping[str, Any]]] = {}
_BESIDE: dict[str, Mapping[str, list[Mapping[str, Any]]]] = {}


def _asked_for(bid_round: Round, lots: tuple[str, ...], panel: Panel | None) -> Iterable[Asked]:
    questions, scales = questions_of(bid_round), scales_of(bid_round)
    for criterion in scheme_of(bid_round).leaves:
        if panel is not None and criterion.panel is not panel:
            continue
        for scored in criterion.questions:
            question = questions[scored.question]
            for lot_code in _lots_asked(question, lots):
                yield Asked(
                    question=scored.question,
                    lot_code=lot_code,
                    label=question["label"],
                    short=question.get("title") or question["label"],
                    panel=criterion.panel,
                    scale=scales[criterion.scale],
                    criterion=criterion.title,
                    minimum_score=scored.minimum_score,
                    hint=question.get("hint") or "",
                    guidance=tuple(question.get("guidance") or ()),
                    per_lot=bool(question.get("per_lot")),
                    agreeing=criterion.agreeing,
                )


def _lots_asked(question: Mapping[str, Any], lots: tuple[str, ...]) -> list[str]:
    if not question.get("per_lot"):
        return [""]
    only = question.get("lots") or lots
    return [code for code in lots if code in only]
