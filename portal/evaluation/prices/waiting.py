"""What waits once quality is locked: prices to be opened, decisions to be confirmed, bidders to answer."""

from collections.abc import Iterable
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.access import Permission, Role, Viewer
from portal.applications.also_asked import AlsoAsked, asks_bidders
from portal.applications.models import Application
from portal.db import db
from portal.evaluation.decisions.models import AwardDecision, Correction, PriceQuestion
from portal.evaluation.prices.models import PriceOpening
from portal.rounds.models import Round, RoundCouncil
from portal.web import Due
from scoring.stages import RoundStage


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """Everything of this that waits for a viewer."""
    yield from _to_open(viewer)
    yield from _to_confirm(viewer)
    yield from _to_answer(viewer, now)


def _to_confirm(viewer: Viewer) -> Iterable[Due]:
    """Decisions and corrections that somebody else of the lead council proposed."""
    if not viewer.may(Permission.PANEL_MANAGE):
        return
    leads = viewer.councils_as(Role.COMMISSIONER) | viewer.councils_as(Role.MODERATOR)
    decided = select(AwardDecision.round_id).where(
        AwardDecision.confirmed_at.is_(None),
        AwardDecision.declined_at.is_(None),
        AwardDecision.made_by_id != viewer.person_id,
    )
    corrected = (
        select(Application.round_id)
        .join(Correction, Correction.application_id == Application.id)
        .where(
            Correction.confirmed_at.is_(None),
            Correction.declined_at.is_(None),
            Correction.made_by_id != viewer.person_id,
        )
    )
    rounds = db.session.scalars(
        select(Round).where(
            Round.lead_council_id.in_(leads), Round.id.in_(decided) | Round.id.in_(corrected)
        )
    )
    for bid_round in rounds:
        yield Due(
            "Confirm or decline what was proposed",
            url_for("evaluation.decisions_page", ref=bid_round.ref),
            note=f"{bid_round.title}: a decision or a correction waits for a second person.",
            tag="Results",
        )


def _to_answer(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """Questions about a price of the viewer's own organisation."""
    if not viewer.may(Permission.APPLICATION_READ) or not viewer.provider_ids:
        return
    questions = db.session.scalars(
        select(PriceQuestion)
        .join(PriceQuestion.application)
        .where(
            Application.provider_id.in_(viewer.provider_ids),
            PriceQuestion.answered_at.is_(None),
            PriceQuestion.answer_until_at > now,
        )
        .options(contains_eager(PriceQuestion.application).joinedload(Application.round))
    )
    for one in questions:
        yield Due(
            "Explain your price",
            url_for("evaluation.price_question", ref=one.ref),
            due_at=one.answer_until_at,
            note=one.application.round.title,
            tag="Question",
        )


@asks_bidders
def _about_the_price(application: Application, now: datetime) -> Iterable[AlsoAsked]:
    """Questions about the price of an application, answered or not; one statement."""
    if application.round.prices_opened_at is None:
        return
    for one in db.session.scalars(
        select(PriceQuestion)
        .where(PriceQuestion.application_id == application.id)
        .order_by(PriceQuestion.id)
    ):
        waits = one.answered_at is None and now < one.answer_until_at
        yield AlsoAsked(
            "The council asks you to explain your price."
            if waits
            else "The council asked you about your price.",
            "Explain your price" if waits else "Read what was asked and answered",
            url_for("evaluation.price_question", ref=one.ref),
            one.answer_until_at if waits else None,
        )


def _to_open(viewer: Viewer) -> Iterable[Due]:
    """Prices to be opened: begun by one officer of the round's councils, confirmed by a second."""
    if not viewer.may(Permission.ROUND_OPEN):
        return
    councils = viewer.councils_as(Role.COMMISSIONER)
    mine = select(RoundCouncil.round_id).where(RoundCouncil.council_id.in_(councils))
    rows = db.session.execute(
        select(Round, PriceOpening.first_officer_id)
        .join(PriceOpening, PriceOpening.round_id == Round.id, isouter=True)
        .where(
            Round.stage == RoundStage.MODERATED,
            Round.prices_opened_at.is_(None),
            Round.id.in_(mine),
        )
        .order_by(Round.quality_locked_at)
    )
    for bid_round, first in rows:
        if first is None:
            note = "Quality is locked. Two officers open the prices together."
        elif first == viewer.person_id:
            note = "A second officer has yet to confirm it."
        else:
            note = "An officer has begun. You can confirm."
        yield Due(
            title=f"Open the prices of {bid_round.title}",
            address=url_for("evaluation.prices", ref=bid_round.ref),
            note=note,
            tag="Prices",
        )
