"""From ranks to awards: the cap of each lot, and the cap on the lots of one bidder.

A lot takes its bids rank by rank until its cap is reached. Where bids of one rank stand on both
sides of the cap, the round has said what happens: all of them are awarded, or none of them until
people have decided on their order.

Whoever would win more lots than it may have keeps those that come first: in the order in which
the round awards its lots, or in the bidder's own order. What it gives up goes to the next in
rank there. With the bidder's own order this is repeated until nothing changes (each lot offers,
each bidder keeps the best of its offers), and its end does not hang on where one begins.

Source: Gale and Shapley (1962), the deferred acceptance with lots offering.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from scoring.award_rules import AwardRule, LotsCap
from scoring.criteria import Scheme
from scoring.results import BidRef, BidResult, LotResult, Place
from scoring.rules import Finding, RuleBroken
from scoring.terms import LotsMechanism, Mechanism, TieAtCap

Lots = Mapping[Place, LotResult]
Preferences = Mapping[BidRef, Sequence[str]]


@dataclass(frozen=True)
class _Choice:
    """What a lot does: whom it awards, and whose order people must decide on."""

    awarded: tuple[BidRef, ...] = ()
    undecided: tuple[BidRef, ...] = ()


def allocate(
    scheme: Scheme,
    lots: Lots,
    preferences: Preferences | None = None,
    decided: Mapping[Place, Sequence[BidRef]] | None = None,
) -> dict[Place, LotResult]:
    """Return the lots with each bid's `award_findings` and each lot's `findings`.

    Args:
        lots: ranked results.
        preferences: the lots of each bidder, the most wanted first.
        decided: by place, the order that people decided on for bids tied at the cap.

    Raises:
        RuleBroken: `award:preference-missing` with the bid, `award:lot-order-missing` with the
            lot, `award:decided-not-tied` (the decision is about other bids than those tied).
    """
    order = {place: tuple(bids) for place, bids in (decided or {}).items() if bids}
    _refuse_idle_decisions(lots, order)
    cap = scheme.award.lots_cap
    choices, given_up = _Allocation(scheme.award, lots, order).run(cap, preferences or {})
    waiting = [place for place, choice in choices.items() if choice.undecided]
    told = {
        place: _told(scheme, lot, choices[place], given_up.get(place, frozenset()))
        for place, lot in lots.items()
    }
    return told if cap is None else {place: _waits(lot, waiting) for place, lot in told.items()}


def _refuse_idle_decisions(lots: Lots, decided: Mapping[Place, tuple[BidRef, ...]]) -> None:
    for place, bids in decided.items():
        ranks = {one.bid: one.rank for one in lots[place].bids} if place in lots else {}
        tied = {ranks.get(bid) for bid in bids}
        if None in tied or len(tied) != 1 or len(set(bids)) != len(bids):
            raise RuleBroken(
                "award:decided-not-tied",
                "The decision names bids that do not have one equal rank.",
                place.lot,
            )
        (rank,) = tied
        if {bid for bid, own in ranks.items() if own == rank} != set(bids):
            raise RuleBroken(
                "award:decided-not-tied",
                "The decision must name every bid of this rank.",
                place.lot,
            )


@dataclass(frozen=True)
class _Allocation:
    award: AwardRule
    lots: Lots
    decided: Mapping[Place, tuple[BidRef, ...]]

    def run(
        self, cap: LotsCap | None, preferences: Preferences
    ) -> tuple[dict[Place, _Choice], dict[Place, frozenset[BidRef]]]:
        """Return each lot's choice, and who gave it up for other lots."""
        if cap is None:
            return {place: self.choose(place, frozenset()) for place in self.lots}, {}
        if cap.mechanism is LotsMechanism.LOT_ORDER:
            return self.in_lot_order(cap)
        return self.by_preference(cap, preferences)

    def in_lot_order(
        self, cap: LotsCap
    ) -> tuple[dict[Place, _Choice], dict[Place, frozenset[BidRef]]]:
        won: dict[BidRef, set[str]] = {}
        choices: dict[Place, _Choice] = {}
        full: dict[Place, frozenset[BidRef]] = {}
        for place in sorted(self.lots, key=lambda one: (_position(cap, one.lot), one)):
            full[place] = frozenset(
                bid for bid, lots in won.items() if len(lots) >= cap.cap and place.lot not in lots
            )
            choices[place] = self.choose(place, full[place])
            for bid in choices[place].awarded:
                won.setdefault(bid, set()).add(place.lot)
        return choices, full

    def by_preference(
        self, cap: LotsCap, preferences: Preferences
    ) -> tuple[dict[Place, _Choice], dict[Place, frozenset[BidRef]]]:
        given_up: dict[Place, frozenset[BidRef]] = {place: frozenset() for place in self.lots}
        while True:
            choices = {place: self.choose(place, given_up[place]) for place in self.lots}
            more = self._given_up(choices, cap, preferences)
            if not more:
                return choices, given_up
            for place, bid in more:
                given_up[place] |= {bid}

    def _given_up(
        self, choices: Mapping[Place, _Choice], cap: LotsCap, preferences: Preferences
    ) -> list[tuple[Place, BidRef]]:
        offers: dict[BidRef, list[Place]] = {}
        for place, choice in choices.items():
            for bid in choice.awarded:
                offers.setdefault(bid, []).append(place)
        more = []
        for bid, places in offers.items():
            lots = {place.lot for place in places}
            if len(lots) > cap.cap:
                kept = _most_wanted(bid, lots, cap.cap, preferences)
                more += [(place, bid) for place in places if place.lot not in kept]
        return more

    def choose(self, place: Place, without: frozenset[BidRef]) -> _Choice:
        """Take bids rank by rank until the cap is reached."""
        cap = self.award.cap_for(place.lot)
        awarded: list[BidRef] = []
        for group in self._groups(place, without):
            if cap is None or len(awarded) + len(group) <= cap:
                awarded += group
            elif len(awarded) >= cap:
                break
            elif self.award.tie_at_cap is TieAtCap.ADMIT_ALL:
                awarded += group
                break
            else:
                return _Choice(tuple(awarded), tuple(group))
        return _Choice(tuple(awarded))

    def _groups(self, place: Place, without: frozenset[BidRef]) -> Iterator[list[BidRef]]:
        """Bids of equal rank together; a decision puts them one by one."""
        lot = self.lots[place]
        if not lot.ranked:
            yield [one.bid for one in lot.passed if one.bid not in without]
            return
        order = self.decided.get(place, ())
        placed = [one for one in lot.bids if one.rank is not None]
        for _, same in groupby(placed, key=lambda one: one.rank):
            group = [one.bid for one in same]
            decided = bool(order) and set(group) == set(order)
            left = [bid for bid in (order if decided else group) if bid not in without]
            if decided:
                yield from ([bid] for bid in left)
            elif left:
                yield left


def _position(cap: LotsCap, lot: str) -> int:
    if lot not in cap.order:
        raise RuleBroken(
            "award:lot-order-missing", f"The order of the lots leaves out lot {lot}.", lot
        )
    return cap.order.index(lot)


def _most_wanted(bid: BidRef, lots: set[str], cap: int, preferences: Preferences) -> frozenset[str]:
    order = list(preferences.get(bid, ()))
    for lot in sorted(lots - set(order)):
        raise RuleBroken(
            "award:preference-missing",
            f"Bid {bid} may not win all its lots, and does not say how much it wants lot {lot}.",
            bid,
        )
    return frozenset(sorted(lots, key=order.index)[:cap])


def _told(
    scheme: Scheme, lot: LotResult, choice: _Choice, given_up: frozenset[BidRef]
) -> LotResult:
    cap = scheme.award.cap_for(lot.place.lot)
    bids = tuple(
        replace(one, award_findings=tuple(_against(scheme, one, choice, cap, given_up)))
        for one in lot.bids
    )
    return replace(lot, bids=bids, findings=tuple(_blocking(lot, choice, cap)))


def _against(
    scheme: Scheme, bid: BidResult, choice: _Choice, cap: int | None, given_up: frozenset[BidRef]
) -> Iterator[Finding]:
    if not bid.passed or bid.bid in choice.awarded:
        return
    if bid.bid in choice.undecided:
        yield Finding("award:tie-at-cap", "People must decide between bids of equal rank.", bid.bid)
    elif bid.bid in given_up:
        lots = scheme.award.lots_cap.cap if scheme.award.lots_cap else 0
        yield Finding(
            "award:lots-cap", f"This bidder is awarded {_count(lots, 'other lot')}.", bid.bid
        )
    elif scheme.ranked and bid.rank is None:
        if scheme.mechanism is not Mechanism.ALL_OVER_THRESHOLDS:
            yield Finding("award:no-rank", "Without quality points there is no rank.", bid.bid)
    else:
        yield Finding(
            "award:beyond-the-cap", f"Rank {bid.rank}: this lot has {_awards(cap)}.", bid.bid
        )


def _blocking(lot: LotResult, choice: _Choice, cap: int | None) -> Iterator[Finding]:
    if choice.undecided:
        names = ", ".join(sorted(choice.undecided))
        yield Finding(
            "award:tie-at-cap",
            f"{names} are equal, and lot {lot.place.lot} has {_awards(cap)}. Decide on their "
            "order, and record why, before anything is awarded.",
            lot.place.lot,
        )


def _waits(lot: LotResult, waiting: Sequence[Place]) -> LotResult:
    """With a cap on lots, what is decided in one lot may change who is awarded in another."""
    others = sorted({place.lot for place in waiting if place != lot.place})
    if lot.findings or not others:
        return lot
    words = f"This lot waits for the decision on equal ranks in lot {', '.join(others)}."
    finding = Finding("award:waits-for-another-lot", words, lot.place.lot)
    return replace(lot, findings=(finding,))


def _awards(cap: int | None) -> str:
    return _count(cap or 0, "award")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
