"""The moderation board narrowed by its address: one bid, one question, or whatever fits a few filters.

How far scores lie apart is told only of bids whose every sheet is in; before that a line says that
it waits, and no filter or order tells more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import lcm
from operator import itemgetter
from typing import TypeAlias

from sqlalchemy import select

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.bids import lots_of, names_for
from portal.evaluation.models import Consensus
from portal.evaluation.moderation.agreed import consensus_of
from portal.evaluation.moderation.board import AgendaRow, Known, ranges, ranking
from portal.evaluation.moderation.narrowing import Line, Narrowing, Order, Status
from portal.evaluation.moderation.summary import sheets_in
from portal.rounds.models import Round
from scoring.terms import Panel

Range: TypeAlias = tuple[int | None, int | None]
Agreement: TypeAlias = tuple[int | None, bool, int | None]  # value, dissent, who recorded it
Place: TypeAlias = tuple[int, int, Asked, Status, Range]  # order, bid, …: there may be thousands

NOTHING: Range = (None, None)
NOT_AGREED: Agreement = (None, False, None)


@dataclass(frozen=True, slots=True)
class Found:
    """What fits, in order; a line is put together when it is asked for."""

    places: Sequence[Place]
    bids: Mapping[int, Application]
    names: Mapping[int, str]
    panel: Panel

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Line]:
        return iter(self[:])

    def __getitem__(self, part: slice) -> list[Line]:
        """Some of the lines, with what was agreed: one statement."""
        places = self.places[part]
        return list(self._lines(places, _agreed(self.panel, {bid for _, bid, *_ in places})))

    def only(self, wanted: Narrowing, viewer: Viewer) -> "Found":
        """Those of which what was agreed fits too: one statement."""
        agreed = _agreed(self.panel, self.bids, wanted.question)
        fits = [wanted.takes(line, viewer) for line in self._lines(self.places, agreed)]
        kept = [place for place, takes in zip(self.places, fits, strict=True) if takes]
        return replace(self, places=kept)

    def _lines(
        self, places: Iterable[Place], agreed: Mapping[tuple[int, Key], Agreement]
    ) -> Iterator[Line]:
        for _, bid, asked, status, between in places:
            about = agreed.get((bid, asked.key), NOT_AGREED)
            yield Line(self.bids[bid], self.names[bid], asked, status, *between, *about)


def lines(bid_round: Round, panel: Panel, viewer: Viewer, known: Known, wanted: Narrowing) -> Found:
    """The lines that fit, in the order that was asked for: four statements, and one for `Found`'s.

    Equal ones stand by name, then in the order of the scheme.
    """
    names = names_for(viewer, bid_round, known.bids)
    bids = {
        bid.id: bid
        for bid in known.bids
        if bid.id not in known.closed and wanted.takes_bid(bid, names[bid.id])
    }
    places = list(_places(bid_round, panel, [bid for bid in names if bid in bids], wanted))
    if wanted.sort is not Order.BIDDER:
        places.sort(key=itemgetter(0))
    found = Found(places, bids, names, panel)
    return found.only(wanted, viewer) if wanted.only else found


def rows_of_a_bid(
    bid_round: Round, rows: Iterable[AgendaRow], viewer: Viewer, wanted: Narrowing
) -> list[AgendaRow]:
    """The rows of one bid's agenda that fit, in the order that was asked for. No statement."""
    there = {(row.application.id, row.asked.key): row for row in rows}
    found = [_line_of(row) for row in there.values()]
    kept = [one for one in found if wanted.takes_question(one.asked) and wanted.takes(one, viewer)]
    return [there[line.key] for line in _sorted(bid_round, Panel.OFFICERS, kept, wanted.sort)]


def _line_of(row: AgendaRow) -> Line:
    given = [value for value in row.values if value is not None]
    low, high = (min(given), max(given)) if given else NOTHING
    agreed = NOT_AGREED
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
        about = (said.value, bool(said.dissent), said.recorded_by_id) if said else NOT_AGREED
        line = Line(bids[bid], name, asked, status, *between.get(bid, NOTHING), *about)
        if wanted.takes(line, viewer):
            found.append(line)
    read = replace(known, lots=lots, sheets=sheets, consensus=agreed)
    return _sorted(bid_round, panel, found, wanted.sort), read


def _places(
    bid_round: Round, panel: Panel, bids: Sequence[int], wanted: Narrowing
) -> Iterator[Place]:
    """What fits of hundreds of bids, by bidder; plain tuples, since there may be thousands."""
    lots, sheets = lots_of(bids), sheets_in(panel, bids)
    ready = {bid for bid, (all_, there) in sheets.items() if all_ == there}
    told = set[int]() if wanted.status is Status.WAITING else ready
    apart = _by_bid(ranges(panel, told, wanted.question, wanted.apart))
    agreed = _agreed_keys(told, wanted.question)
    ordered = _Order.of(bid_round, panel, wanted.sort)
    for bid in bids:
        codes = tuple(lot.code for lot in lots.get(bid, ()))
        if wanted.lot and wanted.lot not in codes:
            continue
        is_ready, between, keys = bid in ready, apart.get(bid, {}), agreed.get(bid, ())
        for asked in asked_for(bid_round, codes, panel):
            key = asked.key
            if not wanted.takes_question(asked) or (wanted.apart and key not in between):
                continue
            status = _status(is_ready, key in keys, asked)
            if wanted.status in {None, status}:
                its = between.get(key, NOTHING)
                yield ordered.place(key, status, its), bid, asked, status, its


def _by_bid(
    found: Mapping[tuple[int, Key], tuple[int, int]],
) -> dict[int, dict[Key, tuple[int, int]]]:
    told: dict[int, dict[Key, tuple[int, int]]] = defaultdict(dict)
    for (bid, key), between in found.items():
        told[bid][key] = between
    return told


@dataclass(frozen=True, slots=True)
class _Order:
    """Where a line stands: by its question, or by how far its scores lie apart."""

    by_question: bool
    at: Mapping[Key, int]  # in the order of the scheme
    unit: Mapping[Key, int]  # what makes spreads on unlike scales comparable, in whole numbers

    @classmethod
    def of(cls, bid_round: Round, panel: Panel, sort: Order) -> "_Order":
        asked = asked_for(bid_round, [lot.code for lot in bid_round.lots], panel)
        whole = lcm(*(_height(one) for one in asked))
        return cls(
            by_question=sort is Order.QUESTION,
            at={one.key: at for at, one in enumerate(asked)},
            unit={one.key: whole // _height(one) for one in asked},
        )

    def place(self, key: Key, status: Status, between: Range) -> int:
        """By the scheme, or the widest first; what waits stands after all others."""
        if self.by_question:
            return self.at[key]
        low, high = between
        if status is Status.WAITING:
            return 1
        return 0 if low is None or high is None else (low - high) * self.unit[key]


def _sorted(bid_round: Round, panel: Panel, found: list[Line], sort: Order) -> list[Line]:
    if sort is Order.BIDDER:
        return found
    ordered = _Order.of(bid_round, panel, sort)
    return sorted(
        found, key=lambda one: ordered.place(one.asked.key, one.status, (one.low, one.high))
    )


def _height(asked: Asked) -> int:
    return asked.scale.highest - asked.scale.lowest


def _status(is_ready: bool, is_agreed: bool, asked: Asked) -> Status:
    if not is_ready:
        return Status.WAITING
    if is_agreed:
        return Status.AGREED
    return Status.OPEN if asked.needs_agreement else Status.MEAN


def _agreed_keys(application_ids: Collection[int], question: str) -> dict[int, set[Key]]:
    """Which questions of each bid are agreed; counted from an index, whatever was written."""
    rows = select(Consensus.application_id, Consensus.question_key, Consensus.lot_code).where(
        Consensus.application_id.in_(application_ids)
    )
    if question:
        rows = rows.where(Consensus.question_key == question)
    found: dict[int, set[Key]] = defaultdict(set)
    for bid, key, lot in db.session.execute(rows).all():
        found[bid].add((key, lot))
    return found


def _agreed(
    panel: Panel, application_ids: Collection[int], question: str = ""
) -> dict[tuple[int, Key], Agreement]:
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
