"""A rehearsal of the young people's own meeting: what each pair said, and what all of them agreed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.evaluation.asked import Asked, quorum_of, scheme_of
from portal.evaluation.models import Scorer, ScorerPerson
from portal.evaluation.practice.models import PracticeAgreed, PracticeBid, PracticeRound
from portal.evaluation.practice.pairs import Pair, PairLine, Place, Said, compared, pairs_of
from portal.people.models import Person
from scoring.moderation import given
from scoring.terms import Panel

MOST_WAITED_FOR = 2
"""Pairs that must have scored an answer; one is enough where the panel has no other."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One made-up answer that one's own pair has scored, and what the panel agreed on it."""

    line: PairLine
    agreed: PracticeAgreed | None
    is_ready: bool  # enough pairs have scored it

    @property
    def bid(self) -> PracticeBid:
        return self.line.bid

    @property
    def asked(self) -> Asked:
        return self.line.asked

    @property
    def said(self) -> list[Said]:
        """Every pair's face and words, in the order of their names."""
        return sorted((self.line.mine, *self.line.others), key=lambda one: one.pair)

    @property
    def values(self) -> list[int]:
        """The faces that were chosen; a pair that would rather not say chose none."""
        return given(one.value for one in self.said)

    @property
    def is_open(self) -> bool:
        """Whether the panel can agree it now, and has not."""
        return self.is_ready and self.agreed is None and bool(self.values)


def rehearsed(practice: PracticeRound, pair: Pair) -> list[Rehearsed]:
    """What this pair can agree with the others, or has, in the order of the bids."""
    needed = min(MOST_WAITED_FOR, len(pairs_of(practice)))
    agreed = _agreed_in(practice)
    return [
        Rehearsed(
            line,
            agreed.get((line.bid.id, line.asked.question)),
            is_ready=len(line.others) + 1 >= needed,
        )
        for line in compared(practice, pair)
    ]


def rules_of(practice: PracticeRound) -> tuple[int, int]:
    """The fewest people who agree, and the fewest pairs that must have chosen a face."""
    return quorum_of(practice), scheme_of(practice).least_pairs


def agreed_on(bid: PracticeBid, question: str) -> PracticeAgreed | None:
    """What was agreed on one made-up answer; held until the transaction ends."""
    return db.session.scalar(
        select(PracticeAgreed)
        .where(PracticeAgreed.practice_bid_id == bid.id, PracticeAgreed.question_key == question)
        .with_for_update()
    )


def people_of(practice: PracticeRound) -> Sequence[Person]:
    """The Young Commissioners of the panel that is practised for, by name. One statement."""
    return db.session.scalars(
        select(Person)
        .join(ScorerPerson, ScorerPerson.person_id == Person.id)
        .join(Scorer, Scorer.id == ScorerPerson.scorer_id)
        .where(Scorer.round_id == practice.source_id, Scorer.panel == Panel.YOUNG)
        .order_by(Person.name)
    ).all()


def answers_agreed(practice: PracticeRound) -> int:
    """How many made-up answers the panel has agreed on."""
    return len(_agreed_in(practice))


def _agreed_in(practice: PracticeRound) -> dict[Place, PracticeAgreed]:
    rows = db.session.scalars(
        select(PracticeAgreed)
        .join(PracticeAgreed.bid)
        .where(PracticeBid.practice_round_id == practice.id)
        .options(joinedload(PracticeAgreed.saved_by))
    )
    return {(one.practice_bid_id, one.question_key): one for one in rows}
