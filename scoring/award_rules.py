"""What a scheme says of awards: how many, who stands first at a tie, how many lots for one bidder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.content import Content, flag_of, part_of, parts_of, text_of, whole_of, whole_or_none
from scoring.price_rules import choice_of, texts_of
from scoring.rules import RuleBroken
from scoring.terms import LotsMechanism, Mechanism, TieAtCap, TieBy


@dataclass(frozen=True)
class TieBreak:
    """One step of breaking ties; `key` names the question or the criterion."""

    by: TieBy
    key: str = ""

    @property
    def name(self) -> str:
        """The step as one word: `quality`, `question:safeguarding`."""
        return f"{self.by}:{self.key}" if self.key else str(self.by)


@dataclass(frozen=True)
class LotsCap:
    """How many lots one bidder may win, and which it keeps. `order` is for LOT_ORDER."""

    cap: int
    mechanism: LotsMechanism
    order: tuple[str, ...] = ()

    def asks_for_order(self, lots: int) -> bool:
        """Whether a bid for that many lots must say which of them the bidder wants most."""
        return self.mechanism is LotsMechanism.BIDDER_PREFERENCE and lots > self.cap


def order_of_lots(places: Mapping[str, int | None]) -> tuple[str, ...]:
    """Return the lots of a bid, the most wanted first.

    Args:
        places: from 1 by the code of each lot.

    Raises:
        RuleBroken: `lot-order:missing`, `lot-order:twice`, with the field of the lot.
    """
    taken: dict[int, str] = {}
    for code, place in places.items():
        if place is None or not 1 <= place <= len(places):
            raise RuleBroken("lot-order:missing", f"Give lot {code} a place.", f"place-{code}")
        if place in taken:
            raise RuleBroken(
                "lot-order:twice",
                f"Lot {code} has the same place as lot {taken[place]}.",
                f"place-{code}",
            )
        taken[place] = code
    return tuple(taken[place] for place in sorted(taken))


@dataclass(frozen=True)
class AwardRule:
    """How results become awards. `cap` is for each lot that `cap_by_lot` does not name."""

    mechanism: Mechanism = Mechanism.ALL_OVER_THRESHOLDS
    ranked: bool = False
    cap: int | None = None
    cap_by_lot: tuple[tuple[str, int], ...] = ()
    tie_breaks: tuple[TieBreak, ...] = ()
    tie_at_cap: TieAtCap | None = None
    lots_cap: LotsCap | None = None

    @classmethod
    def from_content(cls, content: Content, where: str) -> AwardRule:
        """Read the rule.

        Raises:
            RuleBroken: `content:…`, `scheme:mechanism`, `scheme:tie-break`, `scheme:tie-at-cap`,
                `scheme:lots-cap-without-mechanism`.
        """
        caps = part_of(content, "cap_by_lot", where)
        return cls(
            mechanism=choice_of(Mechanism, content, "mechanism", where, "scheme:mechanism"),
            ranked=flag_of(content, "ranked", where),
            cap=whole_or_none(content, "cap", where),
            cap_by_lot=tuple((lot, whole_of(caps, lot, where)) for lot in sorted(caps)),
            tie_breaks=tuple(_tie_break(part) for part in parts_of(content, "tie_breaks", where)),
            tie_at_cap=(
                choice_of(TieAtCap, content, "tie_at_cap", where, "scheme:tie-at-cap")
                if content.get("tie_at_cap") is not None
                else None
            ),
            lots_cap=_lots_cap(part_of(content, "lots_per_bidder", where)),
        )

    def cap_for(self, lot: str) -> int | None:
        """Return how many awards a lot has; None is as many as there are bids."""
        if self.mechanism is Mechanism.SINGLE_WINNER:
            return 1
        return dict(self.cap_by_lot).get(lot, self.cap)


def _tie_break(content: Content) -> TieBreak:
    by = choice_of(TieBy, content, "by", "tie_breaks", "scheme:tie-break")
    named = by in (TieBy.QUESTION, TieBy.CRITERION)
    return TieBreak(by, text_of(content, "key", "tie_breaks") if named else "")


def _lots_cap(content: Content) -> LotsCap | None:
    if not content:
        return None
    if content.get("mechanism") is None:
        raise RuleBroken(
            "scheme:lots-cap-without-mechanism",
            "A cap on the lots of one bidder needs a mechanism: which of them does it keep?",
            "lots_per_bidder",
        )
    return LotsCap(
        cap=whole_of(content, "cap", "lots_per_bidder"),
        mechanism=choice_of(
            LotsMechanism, content, "mechanism", "lots_per_bidder", "scheme:lots-mechanism"
        ),
        order=texts_of(content, "order", "lots_per_bidder"),
    )
