"""Meetings of a panel as they are read: the one that is open, and the minutes of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.asked import Asked, asked_for
from portal.evaluation.bids import bids_in_brief, lots_of, names_for
from portal.evaluation.models import Consensus
from portal.evaluation.moderation.models import PanelMeeting
from portal.evaluation.panels.queries import kept_out, members, standing
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.terms import Panel


def meeting_now(bid_round: Round, panel: Panel) -> PanelMeeting | None:
    """The meeting that is open."""
    return db.session.scalar(_of(bid_round, panel).where(PanelMeeting.closed_at.is_(None)).limit(1))


def meetings(bid_round: Round, panel: Panel) -> Sequence[PanelMeeting]:
    """Every meeting of a panel, newest first."""
    return db.session.scalars(_of(bid_round, panel)).all()


def _of(bid_round: Round, panel: Panel) -> "Select[tuple[PanelMeeting]]":
    return (
        select(PanelMeeting)
        .where(PanelMeeting.round_id == bid_round.id, PanelMeeting.panel == panel)
        .order_by(PanelMeeting.id.desc())
    )


def people_of(bid_round: Round, panel: Panel) -> dict[str, Person]:
    """Who may be at a meeting of a panel, by reference."""
    there = policy.MEETING[panel]
    return {one.person.ref: one.person for one in members(bid_round) if one.part in there}


@dataclass(frozen=True, slots=True)
class Agreed:
    """One score that a meeting agreed."""

    bid: str
    asked: Asked
    consensus: Consensus
    left: tuple[str, ...]  # who left for a declared interest
    absent: tuple[str, ...]  # of the others of the panel


@dataclass(frozen=True, slots=True)
class Coming:
    """Who is there from one moment on."""

    at: datetime
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a meeting did. Of a bid that is closed to the reader there is nothing."""

    meeting: PanelMeeting
    comings: tuple[Coming, ...]
    agreed: tuple[Agreed, ...]
    hidden: int  # scores of bids that are closed to the reader


def minutes(meeting: PanelMeeting, viewer: Viewer) -> Minutes:
    """The minutes of a meeting: nine statements."""
    bid_round = meeting.round
    people = people_of(bid_round, meeting.panel)
    found = _consensus(meeting)
    bids = bids_in_brief(bid_round)
    closed, names = standing(viewer, bid_round).closed, names_for(viewer, bid_round, bids)
    lots, out = lots_of([one.application_id for one in found]), kept_out(bid_round)
    agreed = [
        _agreed(one, names[one.application_id], asked, people, out)
        for one in found
        if one.application_id not in closed
        for asked in asked_for(
            bid_round, [lot.code for lot in lots[one.application_id]], meeting.panel
        )
        if asked.key == (one.question_key, one.lot_code)
    ]
    return Minutes(
        meeting,
        tuple(
            Coming(datetime.fromisoformat(step["at"]), _names(step["present"], people))
            for step in meeting.steps
        ),
        tuple(agreed),
        sum(one.application_id in closed for one in found),
    )


def _consensus(meeting: PanelMeeting) -> Sequence[Consensus]:
    return db.session.scalars(
        select(Consensus)
        .join(Application, Application.id == Consensus.application_id)
        .where(Consensus.meeting_ref == meeting.ref, Application.round_id == meeting.round_id)
        .options(joinedload(Consensus.recorded_by))
        .order_by(Consensus.recorded_at, Consensus.id)
    ).all()


def _names(refs: Sequence[str], people: Mapping[str, Person]) -> tuple[str, ...]:
    return tuple(people[ref].name if ref in people else ref for ref in refs)


def _agreed(
    consensus: Consensus,
    bid: str,
    asked: Asked,
    people: Mapping[str, Person],
    out: Mapping[tuple[int, int], Person],
) -> Agreed:
    left = [ref for ref, one in people.items() if (one.id, consensus.application_id) in out]
    absent = [ref for ref in people if ref not in consensus.present and ref not in left]
    return Agreed(bid, asked, consensus, _names(left, people), _names(absent, people))
