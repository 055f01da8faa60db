"""What the opening needs to know: counts before it, the record of it afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import settings
from portal.access import Permission, Role, Viewer
from portal.applications.late import cases as late_cases
from portal.applications.models import Application, Submission
from portal.applications.opening import policy as policy_opening
from portal.applications.queries import counts, in_flight
from portal.db import db
from portal.rounds import boards
from portal.rounds.boards import Figure
from portal.rounds.models import Round, RoundCouncil, RoundOpening
from portal.web import Due
from scoring.rules import RuleBroken
from scoring.stages import RoundStage, opening_refusal, opens_at


def opening_of(bid_round: Round) -> RoundOpening | None:
    """The opening that was begun or done, with its officers."""
    statement = (
        select(RoundOpening)
        .where(RoundOpening.round_id == bid_round.id)
        .options(joinedload(RoundOpening.first_officer), joinedload(RoundOpening.second_officer))
    )
    return db.session.scalar(statement)


def refusal_at(bid_round: Round, now: datetime) -> RuleBroken | None:
    """Why the round cannot be opened at this moment, or None."""
    too_early = opening_refusal(
        bid_round.facts,
        now,
        wait_minutes=int(settings.get("opening_wait_minutes")),
        in_flight=in_flight(bid_round, now),
    )
    return too_early or late_cases.opening_refusal(bid_round)


def earliest(bid_round: Round) -> datetime | None:
    """The first moment at which the round may be opened."""
    if bid_round.deadline_at is None:
        return None
    return opens_at(bid_round.deadline_at, int(settings.get("opening_wait_minutes")))


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """A bid as it was found at the opening."""

    application_ref: str
    receipt_ref: str
    provider_name: str
    received_at: datetime | None
    sha256: str
    prices_sha256: str
    problems: tuple[str, ...]


def opened_bids(bid_round: Round, opening: RoundOpening | None, viewer: Viewer) -> list[OpenedBid]:
    """The record of an opening, with names, for those who may read bids; by name."""
    if opening is None or not policy_opening.may_read_bids(viewer, bid_round):
        return []
    statement = (
        select(Application, Submission.received_at)
        .join(Submission, isouter=True, onclause=_stands())
        .where(Application.round_id == bid_round.id)
        .options(joinedload(Application.provider))
    )
    there = {
        application.ref: (application.provider.name, received_at)
        for application, received_at in db.session.execute(statement)
    }
    bids = [
        OpenedBid(
            application_ref=kept["application"],
            receipt_ref=kept["receipt"],
            provider_name=there[kept["application"]][0],
            received_at=there[kept["application"]][1],
            sha256=kept["sha256"],
            prices_sha256=kept["prices_sha256"],
            problems=tuple(kept["problems"]),
        )
        for kept in opening.bids
        if kept["application"] in there
    ]
    return sorted(bids, key=lambda bid: bid.provider_name.casefold())


def _stands() -> object:
    return (Submission.application_id == Application.id) & (
        Submission.number == Application.standing_number
    )


@boards.figures
def figures(bid_round: Round, _viewer: Viewer, _now: datetime) -> Iterable[Figure]:
    """On the page of a round: two numbers, and nothing else, until it is opened."""
    if bid_round.published_at is None:
        return
    found = counts(bid_round)
    if bid_round.opened_at is None:
        yield Figure(found.submissions, "submitted, and sealed")
        yield Figure(found.drafts, "draft" if found.drafts == 1 else "drafts")
    else:
        one = found.submissions == 1
        yield Figure(found.submissions, "application opened" if one else "applications opened")
        yield Figure(
            found.drafts, "draft that lapsed" if found.drafts == 1 else "drafts that lapsed"
        )


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """Openings that wait for the viewer: to be begun, or to be confirmed by a second officer."""
    if not viewer.may(Permission.ROUND_OPEN):
        return
    councils = viewer.councils_as(Role.COMMISSIONER)
    mine = select(RoundCouncil.round_id).where(RoundCouncil.council_id.in_(councils))
    statement = (
        select(Round, RoundOpening.first_officer_id)
        .join(RoundOpening, RoundOpening.round_id == Round.id, isouter=True)
        .where(
            Round.stage == RoundStage.PUBLISHED,
            Round.deadline_at <= now,
            Round.id.in_(mine),
        )
        .order_by(Round.deadline_at)
    )
    for bid_round, first_officer_id in db.session.execute(statement):
        waits = first_officer_id is not None
        if waits and first_officer_id == viewer.person_id:
            note = "A second officer has yet to confirm it."
        else:
            note = (
                "An officer has begun. You can confirm."
                if waits
                else "Two officers do it together."
            )
        yield Due(
            title=f"Open {bid_round.title}",
            address=url_for("opening.show", ref=bid_round.ref),
            due_at=earliest(bid_round),
            note=note,
            tag="Opening",
        )
