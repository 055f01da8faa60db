"""The moderation board narrowed by its address: one bid, one question, or whatever fits a few filters.

A line is one question of one bid in numbers. How far scores lie apart is told only of bids whose
every sheet is in; before that a line says that it waits, and no filter or order tells more.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from math import lcm
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qs, urlencode

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation.agreed import consensus_of
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.bids import lots_of, names_for
from portal.evaluation.board import AgendaRow, Known, ranges, ranking
from portal.evaluation.models import Consensus
from portal.evaluation.summary import sheets_in
from portal.rounds.models import Round
from scoring.terms import Panel

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


_NOTHING = (None, None)
_NOT_AGREED: tuple[int | None, bool, int | None] = (None, False, None)


def _one_of(words: type[Word], word: str) -> Word | None:
    return words(word) if word in set(words) else None


def lines(
    bid_round: Round, panel: Panel, viewer: Viewer, known: Known, wanted: Narrowing
) -> list[Line]:
    """The lines that fit, in the order that was asked for: four statements.

    Equal ones stand by name, then in the order of the scheme.
    """
    names = names_for(viewer, bid_round, known.bids)
    bids = {
        bid.id: bid
        for bid in known.bids
        if bid.id not in known.closed and wanted.takes_bid(bid, names[bid.id])
    }
    found = list(_all_of(bid_round, panel, bids, names, wanted))
    if wanted.only:
        found = [line for line in found if wanted.takes(line, viewer)]
    return _sorted(found, wanted.sort)


def rows_of_a_bid(rows: Iterable[AgendaRow], viewer: Viewer, wanted: Narrowing) -> list[AgendaRow]:
    """The rows of one bid's agenda that fit, in the order that was asked for. No statement."""
    there = {(row.application.id, row.asked.key): row for row in rows}
    found = [_line_of(row) for row in there.values()]
    kept = [one for one in found if wanted.takes_question(one.asked) and wanted.takes(one, viewer)]
    return [there[line.key] for line in _sorted(kept, wanted.sort)]


def _line_of(row: AgendaRow) -> Line:
    given = [value for value in row.values if value is not None]
    low, high = (min(given), max(given)) if given else _NOTHING
    agreed = _NOT_AGREED
    if row.consensus is not None:
        said = row.consensus
        agreed = (said.value, bool(said.dissent), said.recorded_by_id)
    status = _status(row.is_ready, row.consensus is not None, row.asked)
    return Line(row.application, row.name, row.asked, status, low, high, *agreed)


def lines_of_a_question(
    bid_round: Round,
    panel: Panel,
    viewer: Viewer,
    known: Known,
    wanted: Narrowing,
    *,
    asked: Asked,
) -> tuple[list[Line], Known]:
    """The bids that answer one question and fit, and what was read of them, for their rows.

    Two statements; a third where what was agreed is asked for.
    """
    names = names_for(viewer, bid_round, known.bids)
    bids = {
        bid.id: bid
        for bid in known.bids
        if bid.id not in known.closed and wanted.takes_bid(bid, names[bid.id])
    }
    lots = lots_of(list(bids))
    sheets, between = ranking(panel, bids, asked.key)
    agreed = None
    if wanted.status is not None or wanted.only:
        agreed = consensus_of(bids, panel, asked.question)
    found = []
    for bid, name in names.items():
        codes = [lot.code for lot in lots.get(bid, ())]
        if bid not in bids or (wanted.lot and wanted.lot not in codes):
            continue
        if asked.key not in {one.key for one in asked_for(bid_round, codes, panel)}:
            continue
        said = (agreed or {}).get((bid, asked.key))
        held = sheets.get(bid, [])
        status = _status(bool(held) and all(one.is_in for one in held), said is not None, asked)
        about = (said.value, bool(said.dissent), said.recorded_by_id) if said else _NOT_AGREED
        line = Line(bids[bid], name, asked, status, *between.get(bid, _NOTHING), *about)
        if wanted.takes(line, viewer):
            found.append(line)
    read = replace(known, lots=lots, sheets=sheets, consensus=agreed)
    return _sorted(found, wanted.sort), read


def _all_of(
    bid_round: Round,
    panel: Panel,
    bids: Mapping[int, Application],
    names: Mapping[int, str],
    wanted: Narrowing,
) -> Iterator[Line]:
    lots, sheets = lots_of(list(bids)), sheets_in(panel, bids)
    ready = {bid for bid, (all_, there) in sheets.items() if all_ == there}
    apart = ranges(panel, ready, wanted.question, wanted.apart)
    agreed = _agreed(panel, bids, wanted.question)
    for bid, name in names.items():
        codes = [lot.code for lot in lots.get(bid, ())]
        if bid not in bids or (wanted.lot and wanted.lot not in codes):
            continue
        for asked in asked_for(bid_round, codes, panel):
            if not wanted.takes_question(asked):
                continue
            place = (bid, asked.key)
            if wanted.apart and place not in apart:
                continue
            status = _status(bid in ready, place in agreed, asked)
            if wanted.status in {None, status}:
                about = (*apart.get(place, _NOTHING), *agreed.get(place, _NOT_AGREED))
                yield Line(bids[bid], name, asked, status, *about)


def _status(is_ready: bool, is_agreed: bool, asked: Asked) -> Status:
    if not is_ready:
        return Status.WAITING
    if is_agreed:
        return Status.AGREED
    return Status.OPEN if asked.needs_agreement else Status.MEAN


def _agreed(
    panel: Panel, application_ids: Collection[int], question: str
) -> dict[tuple[int, Key], tuple[int, bool, int]]:
    """What was agreed, whether somebody dissented, and who recorded it."""
    rows = select(
        Consensus.application_id,
        Consensus.question_key,
        Consensus.lot_code,
        Consensus.value,
        Consensus.dissent != "",
        Consensus.recorded_by_id,
    ).where(Consensus.panel == panel, Consensus.application_id.in_(application_ids))
    if question:
        rows = rows.where(Consensus.question_key == question)
    return {
        (bid, (key, lot)): (value, bool(dissent), by)
        for bid, key, lot, value, dissent, by in db.session.execute(rows).all()
    }


def _sorted(found: list[Line], order: Order) -> list[Line]:
    if order is Order.BIDDER:
        return found
    if order is Order.QUESTION:
        places: dict[Key, int] = {}
        for line in found:
            places.setdefault(line.asked.key, len(places))
        return sorted(found, key=lambda line: places[line.asked.key])
    heights = {line.asked.scale.highest - line.asked.scale.lowest for line in found}
    whole = lcm(*heights)  # what makes spreads on unlike scales comparable, in whole numbers
    return sorted(
        found,
        key=lambda line: (
            line.status is Status.WAITING,
            -(line.spread or 0) * whole // (line.asked.scale.highest - line.asked.scale.lowest),
        ),
    )
