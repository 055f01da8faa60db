"""What waits for somebody in an evaluation: for home pages, and the cards of Young Commissioners."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import joinedload

from portal.access import Permission, Role, Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.bids import IN_EVALUATION
from portal.evaluation.desk import Desk, DeskBid, desk
from portal.evaluation.models import (
    ConflictDeclaration,
    Interest,
    PanelMember,
    Part,
    Scorer,
    ScorerPerson,
    Sheet,
)
from portal.evaluation.panels.queries import CONTENT, counts
from portal.evaluation.prices import waiting as waiting_prices
from portal.evaluation.tally import BidTally, tallies
from portal.rounds.models import Round
from portal.web import Due
from scoring.stages import ApplicationStage, RoundStage, SheetStage
from scoring.terms import Panel


@dataclass(frozen=True, slots=True)
class BigCard:
    """One thing for a Young Commissioner, as it stands on their home page."""

    title: str
    address: str
    text: str
    tag: str = ""
    done: bool = False


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """What the viewer has to declare, score, agree, sign off, lock or start."""
    if viewer.person_id is None:
        return
    parts = _parts(viewer)
    if any(Part.YOUNG_COMMISSIONER in held for held in parts.values()):
        yield from (
            Due(card.title, card.address, note=card.text, tag=card.tag)
            for card in young_cards(viewer)
            if not card.done and card.address
        )
    if parts:
        yield from _on_panels(viewer, parts)
    yield from _to_start(viewer)
    yield from waiting_prices.due(viewer, now)


def _parts(viewer: Viewer) -> dict[Round, set[Part]]:
    """The viewer's parts in the evaluations that run."""
    rows = db.session.execute(
        select(Round, PanelMember.part)
        .join(PanelMember, PanelMember.round_id == Round.id)
        .where(PanelMember.person_id == viewer.person_id, Round.stage == RoundStage.EVALUATION)
        .options(*(joinedload(part) for part in CONTENT))
        .order_by(Round.deadline_at)
    )
    parts: dict[Round, set[Part]] = {}
    for bid_round, part in rows:
        if viewer.may(policy.PERMISSION_FOR[part]):
            parts.setdefault(bid_round, set()).add(part)
    return parts


def _on_panels(viewer: Viewer, parts: Mapping[Round, set[Part]]) -> Iterable[Due]:
    declared = _declared(viewer, [one.id for one in parts])
    closed = {key for key, interest in declared.items() if interest is not Interest.NONE}
    found = tallies(list(parts), hidden=closed)
    to_score = _drafts(viewer, [one.id for one in parts])
    for bid_round, held in parts.items():
        bids = found[bid_round.id]
        undeclared = sum(bid.application.id not in declared for bid in bids)
        if held == {Part.YOUNG_COMMISSIONER}:
            continue  # their cards say it in their own words
        if undeclared:
            yield _declare(bid_round, undeclared)
            continue
        if Part.EVALUATOR in held and (number := to_score.get(bid_round.id)):
            yield Due(
                f"Score {_number(number, 'bid')}",
                url_for("evaluation.queue", ref=bid_round.ref),
                note=bid_round.title,
                tag="Scoring",
                count=number,
            )
        if Part.MODERATOR in held:
            yield from _moderate(bid_round, bids, hidden=bool(closed))
        if Part.SUPPORTER in held and (number := sum(bid.waits_for_sign_off for bid in bids)):
            yield Due(
                f"Sign off the young people’s view on {_number(number, 'bid')}",
                url_for("evaluation.sign_off", ref=bid_round.ref),
                note=bid_round.title,
                tag="Sign-off",
                count=number,
            )


def _declare(bid_round: Round, number: int) -> Due:
    return Due(
        "Say whether you have an interest in any bidder",
        url_for("evaluation.declare", ref=bid_round.ref),
        note=f"{bid_round.title}: {_number(number, 'bidder')}. No bid opens to you before.",
        tag="Declaration",
        count=number,
    )


def _moderate(bid_round: Round, bids: Collection[BidTally], *, hidden: bool) -> Iterable[Due]:
    to_agree = sum(bid.officers.to_agree for bid in bids)
    if to_agree:
        yield Due(
            f"Agree {_number(to_agree, 'score')}",
            url_for("evaluation.moderation", ref=bid_round.ref),
            note=bid_round.title,
            tag="Moderation",
            count=to_agree,
        )
    elif bids and all(bid.is_finished for bid in bids):
        yield Due(
            "Lock quality",
            url_for("evaluation.lock", ref=bid_round.ref),
            note=f"{bid_round.title}: every score is agreed."
            if not hidden
            else f"{bid_round.title}: every score that is open to you is agreed.",
            tag="Moderation",
        )


def _to_start(viewer: Viewer) -> Iterable[Due]:
    """Rounds of the lead council whose compliance check is over."""
    if not viewer.may(Permission.PANEL_MANAGE):
        return
    undecided = func.sum(_is(ApplicationStage.OPENED))
    passed = func.sum(_is(*IN_EVALUATION))
    ready = db.session.scalars(
        select(Round)
        .join(Application, Application.round_id == Round.id)
        .where(
            Round.stage == RoundStage.OPENED,
            Round.lead_council_id.in_(viewer.councils_as(Role.COMMISSIONER)),
        )
        .group_by(Round.id)
        .having(undecided == 0, passed > 0)
        .order_by(Round.deadline_at)
    )
    for bid_round in ready:
        yield Due(
            "Set the panel and start the evaluation",
            url_for("evaluation.panel", ref=bid_round.ref),
            note=f"{bid_round.title}: the compliance check is over.",
            tag="Panel",
        )


def _is(*stages: ApplicationStage) -> ColumnElement[int]:
    return case((Application.stage.in_(stages), 1), else_=0)


def _declared(viewer: Viewer, round_ids: Collection[int]) -> dict[int, Interest]:
    rows = db.session.execute(
        select(ConflictDeclaration.application_id, ConflictDeclaration.interest).where(
            ConflictDeclaration.person_id == viewer.person_id,
            ConflictDeclaration.round_id.in_(round_ids),
        )
    )
    return {row.application_id: row.interest for row in rows}


def _drafts(viewer: Viewer, round_ids: Collection[int]) -> dict[int, int]:
    """How many of the viewer's own sheets are not in, by round."""
    rows = db.session.execute(
        select(Scorer.round_id, func.count().label("number"))
        .join(Sheet, Sheet.scorer_id == Scorer.id)
        .join(ScorerPerson, ScorerPerson.scorer_id == Scorer.id)
        .where(
            ScorerPerson.person_id == viewer.person_id,
            Scorer.round_id.in_(round_ids),
            Sheet.stage == SheetStage.DRAFT,
            counts(),
        )
        .group_by(Scorer.round_id)
    )
    return {row.round_id: row.number for row in rows}


def _number(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


# --- Young Commissioners -------------------------------------------------------------------------


def young_cards(viewer: Viewer) -> list[BigCard]:
    """What there is for a Young Commissioner: one card for each bid, with the next thing to do."""
    rounds = [
        bid_round for bid_round, parts in _parts(viewer).items() if Part.YOUNG_COMMISSIONER in parts
    ]
    found = tallies(rounds)
    cards: list[BigCard] = []
    for bid_round in rounds:
        mine = desk(bid_round, viewer)
        if mine.must_declare:
            new = [_know_anybody(bid_round)]
        else:
            by_bid = {tally.application.id: tally for tally in found[bid_round.id]}
            new = _cards_of(mine, by_bid)
        if len(rounds) > 1:  # else there is nothing to confuse
            new = [replace(one, text=f"{one.text} ({bid_round.title})") for one in new]
        cards += new
    return sorted(cards, key=lambda card: card.done)


def _know_anybody(bid_round: Round) -> BigCard:
    return BigCard(
        "Do you know anybody there?",
        url_for("evaluation.declare", ref=bid_round.ref),
        "Answer this first. It takes two minutes.",
        "Start here",
    )


def _cards_of(mine: Desk, tally_of: Mapping[int, BidTally]) -> list[BigCard]:
    return [_card(bid, tally_of[bid.application.id]) for bid in mine.bids]


def _card(bid: DeskBid, tally: BidTally) -> BigCard:
    overview = url_for("evaluation.young_sheet", ref=bid.sheet.ref)
    if not bid.is_in:
        if bid.sheet.returned_reason:
            return BigCard(bid.name, overview, "Look at your scores again.", "Look again")
        text = f"{bid.done} of {bid.total} questions done."
        address = overview
        if bid.next_key is not None:
            question, lot = bid.next_key
            address = url_for(
                "evaluation.young_score", ref=bid.sheet.ref, question=question, lot=lot or None
            )
        return BigCard(bid.name, address, text, "Score it" if bid.done else "New")
    young = tally.panels[Panel.YOUNG]
    if young.to_agree:
        address = url_for("evaluation.young_agree", ref=tally.application.ref)
        return BigCard(bid.name, address, "Everybody has scored. Now agree your scores.", "Agree")
    if not young.is_ready:
        return BigCard(
            bid.name, overview, "You sent your scores. Others are not done yet.", done=True
        )
    return BigCard(bid.name, overview, "You agreed your scores. Thank you.", "Done", done=True)
