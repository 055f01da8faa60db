"""A scorer's desk: own bids with how far each is, and what comes next. Only the scorer's own."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.models import Score, Sheet
from portal.evaluation.policy import Standing
from portal.evaluation.sheets import has_begun, on_sheet
from portal.rounds.models import Round
from scoring.stages import RoundStage, SheetStage


class Turn(StrEnum):
    """In which order somebody scores: a bid to its end, or one question across the bids."""

    BID = "bid"
    QUESTION = "question"

    @classmethod
    def of(cls, word: str | None) -> "Turn":
        return cls.QUESTION if word == cls.QUESTION else cls.BID


@dataclass(frozen=True, slots=True)
class DeskBid:
    """One bid on the desk: what is asked, and what is not scored yet."""

    sheet: Sheet
    application: Application
    name: str
    asked: tuple[Asked, ...]
    open_keys: frozenset[Key]

    @property
    def total(self) -> int:
        return len(self.asked)

    @property
    def done(self) -> int:
        return self.total - len(self.open_keys)

    @property
    def is_in(self) -> bool:
        return self.sheet.stage is SheetStage.SUBMITTED

    @property
    def next_key(self) -> Key | None:
        """The first question that has no score; none when the sheet is in or whole."""
        if self.is_in:
            return None
        return next((one.key for one in self.asked if one.key in self.open_keys), None)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that one person scores in a round."""

    round: Round
    standing: Standing
    bids: tuple[DeskBid, ...]
    must_declare: bool
    closed: int  # bids that a declared interest closes

    @property
    def is_open(self) -> bool:
        return self.round.stage is RoundStage.EVALUATION

    @property
    def total(self) -> int:
        return sum(bid.total for bid in self.bids)

    @property
    def done(self) -> int:
        return sum(bid.done for bid in self.bids)

    @property
    def sheets_in(self) -> int:
        return sum(bid.is_in for bid in self.bids)

    @property
    def next(self) -> tuple[DeskBid, Key] | None:
        """Where to go on."""
        return next(((bid, bid.next_key) for bid in self.bids if bid.next_key), None)


def desk(bid_round: Round, viewer: Viewer) -> Desk:
    """The viewer's desk in a round: seven statements, however many bids."""
    mine, in_evaluation = queries.standing(viewer, bid_round), queries.bids(bid_round)
    names = queries.names_for(viewer, bid_round, in_evaluation)
    declared = bool(policy.may_see_bids(mine, names.keys()))
    may_open = declared and has_begun(bid_round)
    open_ids = names.keys() - mine.closed if may_open else set()
    applications = {bid.id: bid for bid in in_evaluation}
    sheets = _sheets(mine.scorer_ids, open_ids)
    lots, scored = queries.lots_of(open_ids), _scored(sheets)
    found = {}
    for sheet in sheets:
        codes = [lot.code for lot in lots[sheet.application_id]]
        asked = on_sheet(sheet, asked_for(bid_round, codes, sheet.scorer.panel))
        open_keys = frozenset(one.key for one in asked) - scored[sheet.id]
        bid = applications[sheet.application_id]
        found[bid.id] = DeskBid(sheet, bid, names[bid.id], asked, open_keys)
    return Desk(
        round=bid_round,
        standing=mine,
        bids=tuple(found[key] for key in names if key in found),
        must_declare=bool(names) and not declared,
        closed=len(mine.closed & names.keys()),
    )


def _sheets(scorer_ids: Collection[int], application_ids: Collection[int]) -> Sequence[Sheet]:
    return db.session.scalars(
        select(Sheet)
        .where(
            Sheet.scorer_id.in_(scorer_ids),
            Sheet.application_id.in_(application_ids),
            Sheet.set_aside_at.is_(None),
        )
        .options(joinedload(Sheet.scorer))
    ).all()


def _scored(sheets: Sequence[Sheet]) -> dict[int, set[Key]]:
    """The questions of each sheet that have a score with a reason, or an abstention."""
    rows = db.session.execute(
        select(Score.sheet_id, Score.question_key, Score.lot_code).where(
            Score.sheet_id.in_([sheet.id for sheet in sheets]),
            or_(Score.abstained, and_(Score.value.is_not(None), Score.reason != "")),
        )
    )
    scored: dict[int, set[Key]] = defaultdict(set)
    for sheet_id, question, lot_code in rows:
        scored[sheet_id].add((question, lot_code))
    return scored


def next_after(desk_: Desk, sheet: Sheet, key: Key, turn: Turn) -> tuple[DeskBid, Key] | None:
    """What is scored next, after one question of one bid: what follows it, then what was left out."""
    places = list(_in_turn(desk_.bids, turn))
    here = next(
        (at for at, (bid, one) in enumerate(places) if bid.sheet.id == sheet.id and one == key), -1
    )
    for bid, one in places[here + 1 :] + places[:here]:
        if not bid.is_in and one in bid.open_keys:
            return bid, one
    return None


def _in_turn(bids: Sequence[DeskBid], turn: Turn) -> Iterator[tuple[DeskBid, Key]]:
    if turn is Turn.BID:
        yield from ((bid, one.key) for bid in bids for one in bid.asked)
        return
    place: dict[str, int] = {}  # questions in the order of the scheme
    asked: dict[Key, list[DeskBid]] = defaultdict(list)
    for bid in bids:
        for one in bid.asked:
            place.setdefault(one.question, len(place))
            asked[one.key].append(bid)
    for key in sorted(asked, key=lambda key: (place[key[0]], key[1])):
        yield from ((bid, key) for bid in asked[key])


def next_on(sheet: Sheet, everything: Sequence[Asked], asked: Asked) -> Asked | None:
    """What is scored next on the same sheet; nothing is read for it."""
    scored = {
        (one.question_key, one.lot_code)
        for one in sheet.scores
        if one.abstained or (one.value is not None and one.reason)
    }
    at = everything.index(asked)
    left = (one for one in (*everything[at + 1 :], *everything[:at]) if one.key not in scored)
    return next(left, None)
