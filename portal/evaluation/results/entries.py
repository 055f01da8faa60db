"""What a round's results are made from: scores as they count, prices, and what people decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from portal.applications import queries as applications
from portal.applications.lots.councils import offered
from portal.applications.models import Application, BidLot
from portal.evaluation import queries
from portal.evaluation.asked import Asked, Key, asked_for, scheme_of
from portal.evaluation.decisions import queries as queries_decisions
from portal.evaluation.decisions.models import AwardDecision, Correction, DecisionKind
from portal.evaluation.models import Consensus
from portal.evaluation.moderation.given import Given, given
from portal.evaluation.prices.evaluated import Evaluated, evaluated_of, places_of
from portal.rounds.models import Round, RoundLot
from scoring.awards import BidScores, Entry
from scoring.results import Agreed, BidRef, Place
from scoring.terms import Agreeing, Panel


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything that the results of a round are made from, by place."""

    bids: Mapping[BidRef, Application]
    by_place: Mapping[Place, Entry]
    evaluated: Evaluated = field(default_factory=Evaluated)
    decided: Mapping[Place, Sequence[BidRef]] = field(default_factory=dict)
    preferences: Mapping[BidRef, Sequence[str]] = field(default_factory=dict)

    def without_pairs(self) -> "Entries":
        """The same without counts of pairs, so that their least number is not held."""
        return replace(
            self,
            by_place={
                place: replace(
                    entry,
                    bids={bid: BidScores(one.consensus) for bid, one in entry.bids.items()},
                )
                for place, entry in self.by_place.items()
            },
        )


def entries_of(bid_round: Round) -> Entries:
    """Read them: a constant number of statements."""
    bids = queries.bids(bid_round)
    lots = queries.lots_of([bid.id for bid in bids])
    scores = Scores.of(bid_round, bids)
    in_lot: dict[str, list[Application]] = {}
    counting: dict[str, dict[BidRef, BidScores]] = {}
    for lot in bid_round.lots:
        if lot.cancelled_at is not None:
            continue
        for bid in bids:
            if lot.code in {one.code for one in lots.get(bid.id, ())}:
                in_lot.setdefault(lot.code, []).append(bid)
                own = scores.for_lot(bid, lot, lots[bid.id])
                counting.setdefault(lot.code, {})[bid.ref] = own
    priced = evaluated_of(bid_round, in_lot)
    made = queries_decisions.decisions_of(bid_round)
    offered_to = applications.bid_lots([bid.id for bid in bids])
    ids = {lot.code: lot.id for lot in bid_round.lots}

    def is_offered(bid: Application, place: Place) -> bool:
        chosen = offered_to[bid.id, ids[place.lot]].councils
        return not place.council or place.council in offered(chosen, bid_round)

    return Entries(
        bids={bid.ref: bid for bid in bids},
        by_place={
            place: _entry(bid_round, place, bidding, priced, _set_aside(made, place))
            for code in counting
            for place in places_of(bid_round, code)
            if (
                bidding := {
                    bid.ref: counting[code][bid.ref]
                    for bid in in_lot[code]
                    if is_offered(bid, place)
                }
            )
        },
        evaluated=priced,
        decided={
            Place(*where): order for where, order in queries_decisions.ties_decided(made).items()
        },
        preferences=_preferences(bid_round, bids, offered_to),
    )


def _preferences(
    bid_round: Round, bids: Sequence[Application], lots: Mapping[tuple[int, int], BidLot]
) -> dict[BidRef, Sequence[str]]:
    """The lots of each bid in the bidder's own order, where it stated one."""
    codes = {lot.id: lot.code for lot in bid_round.lots}
    wanted: dict[int, dict[int, str]] = {}
    for (bid_id, lot_id), one in lots.items():
        if one.wanted is not None:
            wanted.setdefault(bid_id, {})[one.wanted] = codes[lot_id]
    return {
        bid.ref: [code for _, code in sorted(wanted[bid.id].items())]
        for bid in bids
        if bid.id in wanted
    }


def _entry(
    bid_round: Round,
    place: Place,
    bids: Mapping[BidRef, BidScores],
    priced: Evaluated,
    set_aside: Mapping[BidRef, str],
) -> Entry:
    if scheme_of(bid_round).price is None:
        return Entry(bids, set_aside=set_aside)
    prices = {bid: priced.prices[bid, place].price for bid in bids if (bid, place) in priced.prices}
    return Entry(bids, prices, set_aside)


def _set_aside(made: Sequence[AwardDecision], place: Place) -> dict[BidRef, str]:
    """The bids that a decision takes out of a place, each with the words of it."""
    return {
        one.application.ref: one.words
        for one in queries_decisions.in_force(made)
        if one.kind is DecisionKind.SET_ASIDE
        and one.application is not None
        and (one.round_lot.code, one.council) == (place.lot, place.council)
    }


@dataclass(frozen=True, slots=True)
class Scores:
    """What counts of every bid: agreed scores, exact means, and how many pairs gave a score."""

    bid_round: Round
    agreed: Mapping[tuple[int, Key], Consensus]
    corrected: Mapping[tuple[int, Key], Correction]
    given: Mapping[tuple[int, Key], Given]

    @classmethod
    def of(cls, bid_round: Round, bids: Sequence[Application]) -> "Scores":
        ids = [bid.id for bid in bids]
        return cls(
            bid_round,
            queries.consensus_of(ids),
            queries_decisions.corrections_in_force(ids),
            given(ids, [*young_questions(bid_round), *mean_questions(bid_round)]),
        )

    @classmethod
    def pairs_of(cls, bid_round: Round, bids: Sequence[Application]) -> "Scores":
        """The same of the numbers of pairs alone: one statement."""
        return cls(bid_round, {}, {}, given([bid.id for bid in bids], young_questions(bid_round)))

    def of_lot(self, bid: Application, lot: RoundLot, lots: Collection[RoundLot]) -> dict[str, int]:
        """How many pairs gave a score, by question of the young people that a lot asks."""
        return {
            one.question: self._pairs(bid, one)
            for one in self._asked(lot, lots)
            if one.panel is Panel.YOUNG
        }

    def _asked(self, lot: RoundLot, lots: Collection[RoundLot]) -> list[Asked]:
        return [
            one
            for one in asked_for(self.bid_round, [each.code for each in lots])
            if one.lot_code in {"", lot.code}
        ]

    def for_lot(self, bid: Application, lot: RoundLot, lots: Collection[RoundLot]) -> BidScores:
        asked = self._asked(lot, lots)
        counting = {one.question: self._value(bid, one) for one in asked}
        return BidScores(
            {question: value for question, value in counting.items() if value is not None},
            self.of_lot(bid, lot, lots),
        )

    def _value(self, bid: Application, asked: Asked) -> Agreed | None:
        place = (bid.id, asked.key)
        if not asked.needs_agreement:
            return self.given[place].mean if place in self.given else None
        agreed = self.agreed.get(place)
        if agreed is None:
            return None
        return self.corrected[place].new if place in self.corrected else agreed.value

    def _pairs(self, bid: Application, asked: Asked) -> int:
        found = self.given.get((bid.id, asked.key))
        return 0 if found is None else found.number


def young_questions(bid_round: Round) -> list[str]:
    """The questions that Young Commissioners score."""
    return [one.question for one in scheme_of(bid_round).questions_for(Panel.YOUNG)]


def mean_questions(bid_round: Round) -> list[str]:
    """The questions of which the mean counts."""
    return [
        one.question
        for leaf in scheme_of(bid_round).leaves
        if leaf.agreeing is Agreeing.MEAN
        for one in leaf.questions
    ]
