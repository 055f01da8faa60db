"""Meetings of a panel: opened with a quorum, with everybody who comes and goes, and closed.

The moderator keeps those of the officers, the Participation Officer those of Young Commissioners.
"""

from collections.abc import Sequence
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import quorum_of
from portal.evaluation.moderation.meetings import meeting_now
from portal.evaluation.moderation.models import PanelMeeting
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.moderation import check_quorum
from scoring.rules import RuleBroken
from scoring.terms import Panel


def open_meeting(
    bid_round: Round,
    present: Sequence[Person],
    *,
    panel: Panel = Panel.OFFICERS,
    actor: Viewer,
    now: datetime,
) -> PanelMeeting:
    """Open a meeting with those who are there.

    Raises:
        RuleBroken: `meeting:open-already`, `meeting:stranger`, `consensus:no-quorum`, or the policy's
            refusal.
    """
    _refuse(bid_round, panel, actor)
    if meeting_now(bid_round, panel) is not None:
        raise RuleBroken("meeting:open-already", "A meeting of this panel is open already.")
    refs, quorum = _checked(bid_round, panel, present), quorum_of(bid_round)
    check_quorum(refs, quorum)
    meeting = PanelMeeting(
        round_id=bid_round.id,
        panel=panel,
        quorum=quorum,
        steps=[{"at": now.isoformat(), "present": refs}],
        opened_by_id=actor.person_id,
        opened_at=now,
    )
    db.session.add(meeting)
    db.session.flush()
    audit.record(
        Event.MEETING_OPENED,
        bid_round,
        actor=actor,
        now=now,
        meeting=meeting.ref,
        panel=panel.value,
        present=refs,
    )
    return meeting


def change_presence(
    meeting: PanelMeeting, present: Sequence[Person], *, actor: Viewer, now: datetime
) -> None:
    """Note who is there from now on. Below the quorum the meeting goes on, and agrees nothing.

    Raises:
        RuleBroken: `meeting:closed`, `meeting:stranger`, or the policy's refusal.
    """
    _refuse(meeting.round, meeting.panel, actor)
    _refuse_closed(meeting)
    refs = _checked(meeting.round, meeting.panel, present)
    if refs == meeting.present:
        return
    meeting.steps = [*meeting.steps, {"at": now.isoformat(), "present": refs}]
    db.session.flush()
    audit.record(
        Event.MEETING_CHANGED,
        meeting.round,
        actor=actor,
        now=now,
        meeting=meeting.ref,
        present=refs,
    )


def close_meeting(meeting: PanelMeeting, *, actor: Viewer, now: datetime) -> None:
    """End a meeting; its minutes stand from now on.

    Raises:
        RuleBroken: `meeting:closed`, or the policy's refusal.
    """
    _refuse(meeting.round, meeting.panel, actor)
    _refuse_closed(meeting)
    meeting.closed_at = now
    db.session.flush()
    audit.record(Event.MEETING_CLOSED, meeting.round, actor=actor, now=now, meeting=meeting.ref)


def _refuse(bid_round: Round, panel: Panel, actor: Viewer) -> None:
    queries.hold(bid_round)
    standing = queries.standing(actor, bid_round)
    may = policy.may_keep_meetings(panel, standing, bid_round, queries.bid_ids(bid_round))
    may.or_refuse("meeting:not-allowed")


def _refuse_closed(meeting: PanelMeeting) -> None:
    if meeting.closed_at is not None:
        raise RuleBroken("meeting:closed", "This meeting is over.")


def _checked(bid_round: Round, panel: Panel, present: Sequence[Person]) -> list[str]:
    there = policy.MEETING[panel]
    members = {one.person_id for one in queries.members(bid_round) if one.part in there}
    for person in present:
        if person.id not in members:
            raise RuleBroken("meeting:stranger", f"{person.name} is not on this panel.", "present")
    return sorted({person.ref for person in present})
