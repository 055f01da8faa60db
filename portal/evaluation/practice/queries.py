"""Practice rounds as people read them: what is asked, what they scored, and how it compares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal import settings
from portal.access import Permission, Viewer
from portal.db import db
from portal.evaluation.asked import Asked, asked_for
from portal.evaluation.practice.models import PracticeBid, PracticeRound, PracticeScore
from portal.rounds.models import Round, RoundCouncil
from scoring.terms import Panel

CONTENT = (
    PracticeRound.question_set,
    PracticeRound.scheme,
    PracticeRound.officer_scale,
    PracticeRound.young_scale,
)
NO_LOT = ("",)  # a question for each lot is practised once


def asked_in(practice: PracticeRound, panel: Panel) -> tuple[Asked, ...]:
    """What one panel scores of each made-up bid."""
    return asked_for(practice, NO_LOT, panel)


def panel_of(viewer: Viewer) -> Panel:
    """Young Commissioners practise their own questions, everybody else those of officers."""
    return Panel.YOUNG if viewer.may(Permission.YOUNG_SCORE) else Panel.OFFICERS


def practices(viewer: Viewer, *, open_only: bool = False) -> Sequence[PracticeRound]:
    """The practice rounds for rounds in which the viewer's councils take part, newest first."""
    wanted = _own(viewer).order_by(PracticeRound.made_at.desc(), PracticeRound.id.desc())
    if open_only:
        wanted = wanted.where(PracticeRound.closed_at.is_(None))
    return db.session.scalars(wanted).all()


def led_by(viewer: Viewer, found: Iterable[PracticeRound]) -> list[PracticeRound]:
    """Those that the viewer's own councils made, and may change."""
    return [one for one in found if one.council_id in viewer.council_ids]


def may_practise(practice_: PracticeRound, viewer: Viewer) -> bool:
    """Scorers of every council that takes part in the round practise for it."""
    takes_part = viewer.council_ids & practice_.source.council_ids
    return viewer.may(Permission.PRACTISE) and bool(takes_part)


def practice(ref: str, viewer: Viewer) -> PracticeRound | None:
    """One practice round that the viewer may open, with its bids."""
    return db.session.scalar(
        _own(viewer)
        .where(PracticeRound.ref == ref)
        .options(
            *(joinedload(part) for part in CONTENT),
            joinedload(PracticeRound.council),
            selectinload(PracticeRound.bids),
        )
    )


def _own(viewer: Viewer) -> "Select[tuple[PracticeRound]]":
    """Of the council that leads the round, and of every other one that takes part in it."""
    return select(PracticeRound).where(
        PracticeRound.source.has(
            Round.councils.any(RoundCouncil.council_id.in_(viewer.council_ids))
        )
    )


def scores_of(practice_: PracticeRound, viewer: Viewer) -> dict[tuple[int, str], PracticeScore]:
    """What the viewer scored, by bid and question. Nobody sees what others practised."""
    rows = db.session.scalars(
        select(PracticeScore)
        .join(PracticeScore.bid)
        .where(
            PracticeBid.practice_round_id == practice_.id,
            PracticeScore.person_id == viewer.person_id,
        )
    )
    return {(one.practice_bid_id, one.question_key): one for one in rows}


def people_who_practised(practice_: PracticeRound) -> int:
    """How many have scored something."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(PracticeScore.person_id)))
            .join(PracticeScore.bid)
            .where(PracticeBid.practice_round_id == practice_.id)
        )
        or 0
    )


def reason_words(panel: Panel) -> int:
    """The fewest words of a reason, as where it counts."""
    key = "young_reason_words" if panel is Panel.YOUNG else "reason_words"
    return int(settings.get(key))


@dataclass(frozen=True, slots=True)
class Compared:
    """One made-up answer: one's own score beside the model's."""

    bid: PracticeBid
    asked: Asked
    mine: PracticeScore
    model: int
    model_reason: str

    @property
    def apart(self) -> int | None:
        """Own score minus the model's."""
        return None if self.mine.value is None else self.mine.value - self.model


@dataclass(frozen=True, slots=True)
class Comparison:
    """How somebody's practice compares with the model scores."""

    lines: tuple[Compared, ...]
    left: int  # answers without a score

    @property
    def scored(self) -> list[int]:
        return [line.apart for line in self.lines if line.apart is not None]

    @property
    def same(self) -> int:
        return self.scored.count(0)

    @property
    def mean(self) -> Fraction | None:
        """How far above the model one scores, in points; below zero is harsher."""
        return Fraction(sum(self.scored), len(self.scored)) if self.scored else None


def comparison(
    practice_: PracticeRound, panel: Panel, given: Mapping[tuple[int, str], PracticeScore]
) -> Comparison:
    """One's own scores beside the model's, where one has scored."""
    places = [(bid, one) for bid in practice_.bids for one in asked_in(practice_, panel)]
    lines = tuple(
        Compared(
            bid=bid,
            asked=one,
            mine=given[bid.id, one.question],
            model=int(bid.model[one.question]["value"]),
            model_reason=str(bid.model[one.question]["reason"]),
        )
        for bid, one in places
        if (bid.id, one.question) in given
    )
    return Comparison(lines, len(places) - len(lines))


def next_place(
    places: Iterable[tuple[PracticeBid, Asked]], given: Mapping[tuple[int, str], PracticeScore]
) -> tuple[PracticeBid, Asked] | None:
    """The first answer that has no score yet."""
    return next(((bid, one) for bid, one in places if (bid.id, one.question) not in given), None)
