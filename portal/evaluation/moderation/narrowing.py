"""What an address asks of the moderation board: one bid, one question, or whatever fits filters.

A line is one question of one bid in numbers; `narrowed` reads those that fit.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qs, urlencode

from werkzeug.datastructures import MultiDict

from portal.access import Viewer
from portal.applications.models import Application
from portal.evaluation.asked import Asked, Key

MOST_TYPED = 80
Word = TypeVar("Word", bound=StrEnum)


class Status(StrEnum):
    """How far a question of a bid is."""

    OPEN = "open"
    AGREED = "agreed"
    WAITING = "waiting"  # for a sheet
    MEAN = "mean"  # the round takes the mean: nothing is agreed


class Only(StrEnum):
    """What must be true of what was agreed."""

    MINE = "mine"  # the reader recorded it
    DISSENT = "dissent"
    OUTSIDE = "outside"  # the scores that were given


class Order(StrEnum):
    """What stands first."""

    APART = "apart"
    BIDDER = "bidder"
    QUESTION = "question"


class Line(NamedTuple):
    """One question of one bid, in numbers."""

    application: Application
    name: str
    asked: Asked
    status: Status
    low: int | None
    high: int | None
    agreed: int | None
    dissent: bool
    recorded_by_id: int | None

    @property
    def key(self) -> tuple[int, Key]:
        return (self.application.id, self.asked.key)

    @property
    def spread(self) -> int | None:
        return None if self.low is None or self.high is None else self.high - self.low

    @property
    def is_outside(self) -> bool:
        if self.agreed is None or self.low is None or self.high is None:
            return False
        return not self.low <= self.agreed <= self.high


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an address asks of the board. Nonsense in it narrows nothing.

    `lot` keeps the bids for a lot, with what is asked for that lot or for every lot.
    """

    bid: str = ""
    question: str = ""
    lot: str = ""
    bidder: str = ""  # a part of its name, as the reader knows it
    status: Status | None = None
    apart: int = 0  # at least so many points
    only: frozenset[Only] = frozenset()
    sort: Order = Order.APART

    @classmethod
    def of(cls, address: "MultiDict[str, str]") -> "Narrowing":
        word = address.get("apart", "")
        return cls(
            bid=address.get("bid", ""),
            question=address.get("question", ""),
            lot=address.get("lot", ""),
            bidder=address.get("bidder", "").strip()[:MOST_TYPED],
            status=_one_of(Status, address.get("status", "")),
            apart=int(word) if word.isdecimal() and len(word) < 4 else 0,
            only=frozenset(Only(one) for one in address.getlist("only") if one in set(Only)),
            sort=_one_of(Order, address.get("sort", "")) or Order.APART,
        )

    @classmethod
    def kept(cls, text: str) -> "Narrowing":
        """Read back `text`."""
        return cls.of(MultiDict(parse_qs(text[:1000])))

    @property
    def address(self) -> dict[str, str | list[str]]:
        """The same for an address: only what is narrowed."""
        usual = Narrowing()
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: sorted(value) if name == "only" else str(value)
            for name, value in told.items()
            if value != getattr(usual, name)
        }

    @property
    def text(self) -> str:
        """The same as one word of another page's address, so that it leads back here."""
        return urlencode(self.address, doseq=True)

    def takes_bid(self, application: Application, name: str) -> bool:
        if self.bid and application.ref != self.bid:
            return False
        return not self.bidder or self.bidder.casefold() in name.casefold()

    def takes_question(self, asked: Asked) -> bool:
        if self.question and asked.question != self.question:
            return False
        return not self.lot or asked.lot_code in {"", self.lot}

    def takes(self, line: Line, viewer: Viewer) -> bool:
        """Whether a line fits what is asked of its scores and of what was agreed."""
        if self.status not in {None, line.status} or (line.spread or 0) < self.apart:
            return False
        if Only.MINE in self.only and line.recorded_by_id != viewer.person_id:
            return False
        if Only.DISSENT in self.only and not line.dissent:
            return False
        return Only.OUTSIDE not in self.only or line.is_outside


def _one_of(words: type[Word], word: str) -> Word | None:
    return words(word) if word in set(words) else None
