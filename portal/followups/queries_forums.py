"""What people may see of forums: councils that hold them, and providers that are invited."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal import paging
from portal.access import Permission, Viewer
from portal.db import db
from portal.followups import queries
from portal.followups.models import FollowUp
from portal.followups.models_forums import Forum, ForumCouncil, ForumInvitation, Reply
from portal.paging import Page, Sorting
from scoring.stages import ForumStage

SORTING = Sorting({"held": Forum.held_at}, default="-held", unique=Forum.ref)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Forum` that holds for what this person may see."""
    if not viewer.may(Permission.FOLLOW_UP_READ):
        return false()
    ours = select(ForumCouncil.forum_id).where(
        ForumCouncil.council_id.in_(viewer.councils_where(Permission.FOLLOW_UP_READ))
    )
    invited = select(ForumInvitation.forum_id).where(
        ForumInvitation.provider_id.in_(viewer.provider_ids)
    )
    return or_(Forum.id.in_(ours), and_(Forum.stage != ForumStage.DRAFT, Forum.id.in_(invited)))


def forum(ref: str, viewer: Viewer) -> Forum | None:
    """One forum with everybody invited; None for a stranger. Four statements."""
    return db.session.scalar(_whole(select(Forum).where(Forum.ref == ref, visible(viewer))))


def forums_page(
    viewer: Viewer, *, sort: str | None = None, cursor: str | None = None, size: int = paging.SIZE
) -> tuple[Page[Forum], int]:
    """A page of forums, the newest first, and how many there are."""
    wanted = select(Forum).where(visible(viewer))
    page = paging.paginate(db.session, _whole(wanted), SORTING, sort=sort, cursor=cursor, size=size)
    return page, paging.count(db.session, wanted)


def between(viewer: Viewer, from_at: datetime, until_at: datetime) -> Sequence[Forum]:
    """Forums that are or were to be held in a stretch of time, by date."""
    wanted = select(Forum).where(
        visible(viewer),
        Forum.held_at.between(from_at, until_at),
        Forum.stage != ForumStage.CANCELLED,
    )
    return db.session.scalars(_whole(wanted).order_by(Forum.held_at)).all()


def waiting(viewer: Viewer) -> Sequence[Forum]:
    """Forums to which providers are invited and whose minutes are not written."""
    wanted = select(Forum).where(visible(viewer), Forum.stage == ForumStage.INVITED)
    return db.session.scalars(_whole(wanted).order_by(Forum.held_at)).all()


def own_invitations(forum: Forum, viewer: Viewer) -> list[ForumInvitation]:
    """The invitations of the viewer's own organisations."""
    return [one for one in forum.invitations if one.provider_id in viewer.provider_ids]


def actions_of(forum: Forum, viewer: Viewer) -> Sequence[FollowUp]:
    """What the forum asked for: all of it for its councils, and for an invited provider its own
    and what the councils promised to everybody."""
    if forum.council_ids & viewer.councils_where(Permission.FOLLOW_UP_READ):
        return queries.of_source("forum", forum.ref, viewer)
    everything = queries.of_source("forum", forum.ref, Viewer.system())
    return [
        one
        for one in everything
        if one.provider_id is None
        or (one.provider_id in viewer.provider_ids and one.shown_to_provider)
    ]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of a forum: who is invited, who replied and how, and who came."""

    invited: int
    coming: int
    not_coming: int
    organisations: int = field(default=0)  # that came
    people: int = field(default=0)


def numbers(forum: Forum) -> Numbers:
    """Count the invitations of a forum."""
    came = [one.came for one in forum.invitations if one.came]
    return Numbers(
        len(forum.invitations),
        sum(one.reply is Reply.COMING for one in forum.invitations),
        sum(one.reply is Reply.NOT_COMING for one in forum.invitations),
        len(came),
        sum(came),
    )


def _whole(wanted: Select[tuple[Forum]]) -> Select[tuple[Forum]]:
    return wanted.options(
        joinedload(Forum.council),
        joinedload(Forum.minutes_file),
        selectinload(Forum.councils).joinedload(ForumCouncil.council),
        selectinload(Forum.invitations).joinedload(ForumInvitation.provider),
    )
