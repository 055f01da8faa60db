"""Practice in pairs: the pairs of a round's young people's panel, and what each agreed together."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Permission, Viewer
from portal.db import db
from portal.evaluation.asked import Asked
from portal.evaluation.models import Scorer, ScorerPerson
from portal.evaluation.practice.models import PracticeBid, PracticePairScore, PracticeRound
from portal.evaluation.practice.queries import asked_in
from portal.people.models import Person
from scoring.terms import Panel

People = tuple[int, int]
Place = tuple[int, str]
"""A made-up bid and a question."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two Young Commissioners who score together on the panel of the round that is practised for."""

    label: str
    people: People  # the lower id first
    names: tuple[str, ...]

    @classmethod
    def of(cls, scorer: Scorer) -> "Pair | None":
        """The pair behind a scorer; none where one of the two is gone."""
        people: dict[int, Person] = {one.person_id: one.person for one in scorer.people}
        if len(people) != 2:
            return None
        first, second = sorted(people)
        return cls(scorer.label, (first, second), (people[first].name, people[second].name))


def pairs_of(practice: PracticeRound) -> list[Pair]:
    """The pairs of the panel, by label. Two statements."""
    scorers = db.session.scalars(
        select(Scorer)
        .where(Scorer.round_id == practice.source_id, Scorer.panel == Panel.YOUNG)
        .options(selectinload(Scorer.people).joinedload(ScorerPerson.person))
        .order_by(Scorer.label)
    )
    return [pair for scorer in scorers if (pair := Pair.of(scorer))]


def pair_of(practice: PracticeRound, viewer: Viewer) -> Pair | None:
    """The viewer's own pair; nobody but a Young Commissioner has one."""
    if not viewer.may(Permission.YOUNG_SCORE):
        return None
    return next((one for one in pairs_of(practice) if viewer.person_id in one.people), None)


def together(practice: PracticeRound, pair: Pair) -> dict[Place, PracticePairScore]:
    """What a pair agreed."""
    return {
        place: score
        for (people, place), score in _all_of(practice).items()
        if people == pair.people
    }


def _all_of(practice: PracticeRound) -> dict[tuple[People, Place], PracticePairScore]:
    rows = db.session.scalars(
        select(PracticePairScore)
        .join(PracticePairScore.bid)
        .where(PracticeBid.practice_round_id == practice.id)
        .options(joinedload(PracticePairScore.bid))
    )
    return {(one.people, (one.practice_bid_id, one.question_key)): one for one in rows}


def pairs_who_practised(practice: PracticeRound) -> int:
    """How many pairs have scored something together."""
    return len({people for people, _ in _all_of(practice)})


@dataclass(frozen=True, slots=True)
class Said:
    """One pair's score of one made-up answer."""

    pair: str
    value: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """One made-up answer that one's own pair has scored: it, the other pairs, and the model."""

    bid: PracticeBid
    asked: Asked
    mine: Said
    others: tuple[Said, ...]
    model: Said

    @property
    def is_agreed(self) -> bool:
        """Whether every pair that chose a face chose the same."""
        chosen = {one.value for one in (self.mine, *self.others) if one.value is not None}
        return bool(self.others) and len(chosen) == 1


def compared(practice: PracticeRound, pair: Pair) -> list[PairLine]:
    """What one's own pair scored beside the other pairs and the model.

    Another pair's score is told only where one's own is in, as where it counts.
    """
    labels = {one.people: one.label for one in pairs_of(practice)}
    everything = _all_of(practice)
    places = [(bid, one) for bid in practice.bids for one in asked_in(practice, Panel.YOUNG)]
    return [
        _line(bid, asked, pair, labels, everything)
        for bid, asked in places
        if (pair.people, (bid.id, asked.question)) in everything
    ]


def _line(
    bid: PracticeBid,
    asked: Asked,
    pair: Pair,
    labels: Mapping[People, str],
    everything: Mapping[tuple[People, Place], PracticePairScore],
) -> PairLine:
    place = (bid.id, asked.question)
    there = {
        people: Said(label, everything[people, place].value, everything[people, place].reason)
        for people, label in labels.items()
        if (people, place) in everything
    }
    model = bid.model[asked.question]
    return PairLine(
        bid=bid,
        asked=asked,
        mine=there[pair.people],
        others=tuple(said for people, said in there.items() if people != pair.people),
        model=Said("Model", int(model["value"]), str(model["reason"])),
    )
