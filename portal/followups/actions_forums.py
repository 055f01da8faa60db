"""The verbs of forums: call one, invite, reply, write down who came and what was said."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from portal import audit, mail, queue
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.documents.actions import SCAN_JOB, StagedFile
from portal.documents.models import StoredFile
from portal.followups import policy_forums as policy, telling
from portal.followups.models_forums import (
    Forum,
    ForumCouncil,
    ForumInvitation,
    ForumKind,
    Reply,
)
from portal.mail import Message
from portal.people.models import Council, Person
from portal.providers.models import Provider
from scoring import followups as rules
from scoring.rules import RuleBroken
from scoring.stages import FORUM, ForumStage, move

MOST_THERE = 50  # of one provider


def draft(
    kind: ForumKind,
    *,
    council: Council,
    title: str,
    held_at: datetime,
    place: str,
    agenda: str,
    shared_with: Iterable[Council] = (),
    actor: Viewer,
    now: datetime,
) -> Forum:
    """Call a forum. Providers learn of it when they are invited.

    Raises:
        RuleBroken: the actor may not; `follow-up:no-reason`, when a text is empty;
            `forum:in-the-past`.
    """
    policy.may_call(actor, council.id).or_refuse("forum:refused")
    forum = Forum(kind=kind, stage=ForumStage.DRAFT, council=council, made_at=now)
    forum.made_by_id = actor.person_id
    everybody = {council.id: council, **{one.id: one for one in shared_with}}
    forum.councils = [ForumCouncil(council=one) for one in everybody.values()]
    _fill(forum, title=title, held_at=held_at, place=place, agenda=agenda, now=now)
    db.session.add(forum)
    db.session.flush()
    audit.record(Event.FORUM_DRAFTED, forum, actor=actor, now=now, held_at=held_at)
    return forum


def change(
    forum: Forum,
    *,
    title: str,
    held_at: datetime,
    place: str,
    agenda: str,
    actor: Viewer,
    now: datetime,
) -> None:
    """Change it; when the time or the place changes, everybody invited is told and asked again.

    Raises:
        RuleBroken: the actor may not; `forum:change:not-allowed`, and as for `draft`.
    """
    policy.may_run(actor, forum).or_refuse("forum:refused")
    before = (forum.held_at, forum.place)
    forum.stage = move(FORUM, forum.stage, "change")
    _fill(forum, title=title, held_at=held_at, place=place, agenda=agenda, now=now)
    audit.record(Event.FORUM_CHANGED, forum, actor=actor, now=now, held_at=held_at)
    if (forum.held_at, forum.place) != before and forum.invitations:
        for one in forum.invitations:
            one.reply = one.replied_at = None
        _tell(Message.FORUM_CHANGED, forum, forum.invitations, now)
    db.session.flush()


def _fill(
    forum: Forum, *, title: str, held_at: datetime, place: str, agenda: str, now: datetime
) -> None:
    if held_at <= now:
        message = "The forum must be later than now."
        raise RuleBroken("forum:in-the-past", message, "held_at")
    forum.title = rules.check_reason(title, "Give it a title.", "title")
    forum.place = rules.check_reason(place, "Say where it is.", "place")
    forum.agenda = rules.check_reason(agenda, "Say what it is about.", "agenda")
    forum.held_at = held_at


def invite(
    forum: Forum, providers: Iterable[Provider], *, actor: Viewer, now: datetime
) -> list[ForumInvitation]:
    """Invite providers; each gets one mail. Who is invited already gets no second one.

    Raises:
        RuleBroken: the actor may not; `forum:nobody`, `forum:invite:not-allowed`,
            `forum:in-the-past`.
    """
    policy.may_run(actor, forum).or_refuse("forum:refused")
    if forum.held_at <= now:
        raise RuleBroken("forum:in-the-past", "It is over. Nobody can be invited any more.")
    new = [one for one in providers if one.id not in forum.provider_ids]
    if not new:
        raise RuleBroken("forum:nobody", "Choose whom to invite.", "providers")
    forum.stage = move(FORUM, forum.stage, "invite")
    made = [ForumInvitation(forum=forum, provider=one, invited_at=now) for one in new]
    db.session.add_all(made)
    db.session.flush()
    audit.record(
        Event.FORUM_INVITED, forum, actor=actor, now=now, providers=[one.ref for one in new]
    )
    _tell(Message.FORUM_INVITATION, forum, made, now)
    return made


def reply(invitation: ForumInvitation, coming: Reply, *, actor: Viewer, now: datetime) -> None:
    """Say whether somebody comes; it can be changed until the forum begins.

    Raises:
        RuleBroken: the actor may not; `forum:reply:not-allowed`, `forum:in-the-past`.
    """
    policy.may_reply(actor, invitation).or_refuse("forum:refused")
    forum = invitation.forum
    forum.stage = move(FORUM, forum.stage, "reply")
    if forum.held_at <= now:
        raise RuleBroken("forum:in-the-past", "It has begun, so you cannot reply any more.")
    invitation.reply, invitation.replied_at = coming, now
    audit.record(Event.FORUM_REPLIED, forum, actor=actor, now=now, provider=invitation.provider.ref)
    db.session.flush()


def record(
    forum: Forum,
    came: Mapping[int, int],
    *,
    also_there: str,
    minutes: str,
    staged: StagedFile | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Write down who came and the minutes; everybody invited can read them, and is told.

    Args:
        came: how many people of each provider, by its id; who is not named did not come.
        also_there: posts of councils and guests, one on a line; no names of young people.
        staged: the minutes as a file, too.

    Raises:
        RuleBroken: the actor may not; `forum:record:not-allowed`, `forum:not-yet`,
            `forum:not-invited`, `forum:too-many`, `follow-up:no-reason`.
    """
    policy.may_run(actor, forum).or_refuse("forum:refused")
    stage = move(FORUM, forum.stage, "record")
    if now < forum.held_at:
        raise RuleBroken("forum:not-yet", "It has not begun yet.")
    if set(came) - forum.provider_ids:
        raise RuleBroken("forum:not-invited", "Invite a provider before you say that it came.")
    if any(not 0 <= number <= MOST_THERE for number in came.values()):
        raise RuleBroken("forum:too-many", f"Enter a number from 0 to {MOST_THERE}.")
    forum.minutes = rules.check_reason(minutes, "Write the minutes.", "minutes")
    forum.stage, forum.also_there = stage, also_there.strip()
    for one in forum.invitations:
        one.came = came.get(one.provider_id, 0)
    if staged is not None:
        forum.minutes_file = _kept(staged, now)
    db.session.flush()
    audit.record(Event.FORUM_RECORDED, forum, actor=actor, now=now, came=sum(came.values()))
    _tell(Message.FORUM_MINUTES, forum, forum.invitations, now)


def _kept(staged: StagedFile, now: datetime) -> StoredFile:
    file = StoredFile(
        sha256=staged.sha256, size=staged.size, mime=staged.mime, name=staged.name, stored_at=now
    )
    db.session.add(file)
    db.session.flush()
    queue.put(SCAN_JOB, file.ref, now=now)
    return file


def cancel(forum: Forum, reason: str, *, actor: Viewer, now: datetime) -> None:
    """It is not held after all; everybody invited is told.

    Raises:
        RuleBroken: the actor may not; `forum:cancel:not-allowed`, `follow-up:no-reason`.
    """
    policy.may_run(actor, forum).or_refuse("forum:refused")
    forum.stage = move(FORUM, forum.stage, "cancel")
    forum.cancel_reason = rules.check_reason(reason, "Say why it is cancelled.")
    audit.record(Event.FORUM_CANCELLED, forum, actor=actor, now=now)
    _tell(Message.FORUM_CANCELLED, forum, forum.invitations, now)
    db.session.flush()


def _tell(
    message: Message, forum: Forum, invitations: Iterable[ForumInvitation], now: datetime
) -> None:
    """Write to the administrators of each provider, once to each person."""
    to: dict[int, Person] = {}
    for one in invitations:
        to |= {person.id: person for person in telling.administrators(one.provider_id)}
    mail.write(
        message,
        to=to.values(),
        now=now,
        about=forum.ref,
        title=forum.title,
        begins_at=forum.held_at,
        place=forum.place,
    )
