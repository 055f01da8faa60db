"""What an exclusion asks of people: to be heard, to decide, to confirm, to tell the authority."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access import Permission, Role, Viewer
from portal.applications.exclusions.models import Exclusion, ExclusionNotice
from portal.applications.exclusions.policy import BEFORE_AWARD
from portal.applications.models import Application
from portal.days import end_of
from portal.db import db
from portal.rounds.models import Round
from portal.web import Due
from scoring.exclusion import ExclusionStage

WAITING = (ExclusionStage.HEARING, ExclusionStage.PROPOSED, ExclusionStage.LIFT_PROPOSED)


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """Three statements: of a supplier's administrators one, of officers two."""
    if viewer.may(Permission.APPLICATION_SUBMIT):
        yield from _to_answer(viewer, now)
    if viewer.may(Permission.BID_CHECK):
        yield from _to_decide(viewer, now)
        yield from _to_tell(viewer)


def _to_answer(viewer: Viewer, now: datetime) -> Iterator[Due]:
    mine = [one for one in viewer.provider_ids if viewer.administers(one)]
    wanted = _exclusions().where(
        Application.provider_id.in_(mine),
        Exclusion.stage == ExclusionStage.HEARING,
        Exclusion.answered_at.is_(None),
        Exclusion.answer_until_at > now,
    )
    for one in db.session.scalars(wanted):
        yield Due(
            title=f"Answer the council: {one.application.round.title}",
            address=url_for("applications.exclusion", ref=one.application.ref),
            due_at=one.answer_until_at,
            note="It asks whether a ground for exclusion applies.",
            tag="Exclusion",
        )


def _to_decide(viewer: Viewer, now: datetime) -> Iterator[Due]:
    wanted = _exclusions().where(
        Round.lead_council_id.in_(viewer.councils_as(Role.COMMISSIONER)),
        Round.stage.in_(BEFORE_AWARD),
        Exclusion.stage.in_(WAITING),
    )
    for one in db.session.scalars(wanted):
        note = _what_is_next(one, viewer, now)
        if note:
            yield Due(
                title=f"{one.application.provider.name}: exclusion",
                address=url_for("compliance.exclusion", ref=one.application.ref),
                note=note,
                tag="Exclusion",
            )


def _what_is_next(one: Exclusion, viewer: Viewer, now: datetime) -> str:
    """What waits for this officer; nothing, while the supplier is heard or another must confirm."""
    if one.stage is ExclusionStage.HEARING:
        if one.answered_at is not None:
            return "The supplier has answered. You can decide."
        return "" if now < one.answer_until_at else "The supplier did not answer. You can decide."
    decided_by = one.first_id if one.stage is ExclusionStage.PROPOSED else one.lift_first_id
    return "" if decided_by == viewer.person_id else "A decision waits for a second person."


def _to_tell(viewer: Viewer) -> Iterator[Due]:
    wanted = (
        select(ExclusionNotice)
        .join(ExclusionNotice.exclusion)
        .join(Exclusion.application)
        .join(Application.round)
        .where(
            ExclusionNotice.settled_at.is_(None),
            Round.lead_council_id.in_(viewer.councils_as(Role.COMMISSIONER)),
        )
        .options(
            contains_eager(ExclusionNotice.exclusion)
            .contains_eager(Exclusion.application)
            .joinedload(Application.provider)
        )
        .order_by(ExclusionNotice.happened_on, ExclusionNotice.id)
    )
    for one in db.session.scalars(wanted):
        bid = one.exclusion.application
        yield Due(
            title=f"Tell the authority: {bid.provider.name}",
            address=url_for(
                "compliance.exclusion_notice",
                ref=bid.ref,
                exclusion_ref=one.exclusion.ref,
                occasion=one.occasion.value,
            ),
            due_at=end_of(one.last_day),
            note="Procurement Act 2023, section 59: within 30 days.",
            tag="Exclusion",
        )


def _exclusions() -> Select[tuple[Exclusion]]:
    return (
        select(Exclusion)
        .join(Exclusion.application)
        .join(Application.round)
        .options(
            contains_eager(Exclusion.application).options(
                contains_eager(Application.round), joinedload(Application.provider)
            )
        )
        .order_by(Exclusion.id)
    )
