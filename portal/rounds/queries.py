"""Rounds as they may be read: by anybody once published, by their councils before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Permission, Role, Viewer
from portal.content.models import ContentVersion
from portal.db import db
from portal.paging import Page, Sorting, paginate
from portal.people.models import Council, Membership, Person
from portal.rounds import policy
from portal.rounds.checks import FROZEN, frozen_content
from portal.rounds.models import Agreement, Round, RoundCouncil, RoundLot
from portal.web import Due
from scoring.stages import RoundStage as Stage


class Group(StrEnum):
    """Where a round stands, in the words that a list of rounds is filtered by."""

    DRAFT = "draft"
    OPEN = "open"
    WAITING = "waiting-to-be-opened"
    CHECKING = "compliance-check"
    SCORING = "scoring"
    AWARD = "award"
    FINISHED = "finished"

    @property
    def title(self) -> str:
        return {Group.DRAFT: "Being prepared", Group.OPEN: "Open to providers"}.get(
            self, self.value.replace("-", " ").capitalize()
        )


_STORED = {
    Group.DRAFT: (Stage.DRAFT,),
    Group.CHECKING: (Stage.OPENED,),
    Group.SCORING: (Stage.EVALUATION, Stage.MODERATED),
    Group.AWARD: (Stage.RECOMMENDED, Stage.APPROVED, Stage.STANDSTILL),
    Group.FINISHED: (Stage.CONCLUDED, Stage.CANCELLED),
}


def round_by_ref(ref: str, viewer: Viewer) -> Round:
    """A round that this viewer may read: a published one anybody, a draft its commissioners.

    Raises:
        NotFound: there is none, or it is a draft and not theirs.
    """
    found = _one(ref)
    if found is None or not (policy.is_public(found) or policy.may_read_draft(viewer, found)):
        raise NotFound
    return found


def own_round(ref: str, viewer: Viewer) -> Round:
    """A round of one of the viewer's councils, as the council sees it.

    Raises:
        NotFound: there is none, or the viewer's councils do not take part.
    """
    found = _one(ref)
    if found is None or not policy.may_read_board(viewer, found):
        raise NotFound
    return found


def open_rounds(now: datetime) -> list[Round]:
    """Published rounds whose deadline has not passed, for anybody; the nearest deadline first."""
    statement = _with_parts().where(_in_group(Group.OPEN, now)).order_by(Round.deadline_at)
    return list(db.session.scalars(statement))


def past_rounds(now: datetime, *, cursor: str | None = None) -> Page[Round]:
    """Published rounds whose deadline has passed, or that were cancelled; newest first."""
    past = and_(
        Round.published_at.is_not(None),
        or_(Round.deadline_at <= now, Round.stage == Stage.CANCELLED),
    )
    return paginate(
        db.session,
        _with_parts().where(past),
        Sorting({"deadline": Round.deadline_at}, default="-deadline", unique=Round.ref),
        cursor=cursor,
        size=settings.get("list_page_size"),
    )


def rounds_for(
    viewer: Viewer,
    *,
    now: datetime,
    group: Group | None = None,
    sort: str | None = None,
    cursor: str | None = None,
) -> Page[Round]:
    """The rounds of the viewer's councils; drafts only for their commissioners."""
    statement = _with_parts().where(_of_councils(viewer))
    if group is not None:
        statement = statement.where(_in_group(group, now))
    return paginate(
        db.session,
        statement,
        SORTING,
        sort=sort,
        cursor=cursor,
        size=settings.get("list_page_size"),
    )


SORTING = Sorting(
    {"title": Round.title, "deadline": Round.deadline_at, "made": Round.created_at},
    default="-made",
    unique=Round.ref,
)


def numbers_by_group(viewer: Viewer, now: datetime) -> dict[Group, int]:
    """How many of the viewer's rounds stand where, for the filter."""
    sums = [
        func.sum(_as_number(_in_group(group, now))).label(group.name.lower()) for group in Group
    ]
    row = db.session.execute(select(*sums).where(_of_councils(viewer))).one()
    return {group: int(number or 0) for group, number in zip(Group, row, strict=True)}


def agreements(viewer: Viewer) -> list[Agreement]:
    """Agreements that the viewer's councils take part in, which they may open again."""
    mine = (
        select(Round.agreement_id)
        .join(RoundCouncil)
        .where(RoundCouncil.council_id.in_(viewer.councils_as(Role.COMMISSIONER)))
    )
    statement = select(Agreement).where(Agreement.id.in_(mine)).order_by(Agreement.title)
    return list(db.session.scalars(statement))


def rounds_to_copy(viewer: Viewer) -> list[Round]:
    """Every earlier round that the viewer's councils take part in, list by list, the newest first."""
    mine = select(RoundCouncil.round_id).where(
        RoundCouncil.council_id.in_(viewer.councils_as(Role.COMMISSIONER))
    )
    statement = (
        select(Round)
        .join(Round.agreement)
        .options(contains_eager(Round.agreement))
        .where(Round.id.in_(mine), Round.version_of_id.is_(None))
    )
    return list(db.session.scalars(statement.order_by(Agreement.title, Round.id.desc())))


def agreement(ref: str, viewer: Viewer) -> Agreement:
    """An agreement of the viewer's councils.

    Raises:
        NotFound: for anybody else.
    """
    found = next((one for one in agreements(viewer) if one.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def council_ids_of(agreement: Agreement) -> frozenset[int]:
    """The councils that took part in any round of an agreement."""
    statement = (
        select(RoundCouncil.council_id).join(Round).where(Round.agreement_id == agreement.id)
    )
    return frozenset(db.session.scalars(statement))


def councils() -> list[Council]:
    """Every council of the installation, by name."""
    return list(db.session.scalars(select(Council).order_by(Council.name)))


def officers(bid_round: Round, role: Role = Role.COMMISSIONER) -> list[Person]:
    """The people with a role at a council of the round, by name."""
    statement = (
        select(Person)
        .join(Membership)
        .where(
            Membership.organisation_id.in_(bid_round.council_ids),
            Membership.role == role,
            Person.active,
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return list(db.session.scalars(statement))


def commissioners_of(council_id: int) -> list[Person]:
    """The commissioners of one council, by name."""
    statement = (
        select(Person)
        .join(Membership)
        .where(
            Membership.organisation_id == council_id,
            Membership.role == Role.COMMISSIONER,
            Person.active,
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return list(db.session.scalars(statement))


def newer_content(bid_round: Round) -> dict[str, ContentVersion]:
    """For each part of a round, the newer version that there is by now; one statement."""
    used = {
        part: version
        for part, version in frozen_content(bid_round).items()
        if not version.source.startswith("RND-")  # a round's own copy is nobody else's to renew
    }
    keys = {(version.kind, version.key) for version in used.values()}
    if not keys:
        return {}
    named = or_(
        *(and_(ContentVersion.kind == kind, ContentVersion.key == key) for kind, key in keys)
    )
    newest: dict[tuple[str, str], ContentVersion] = {}
    for version in db.session.scalars(
        select(ContentVersion).where(named).order_by(ContentVersion.version)
    ):
        newest[version.kind, version.key] = version
    return {
        part: newest[version.kind, version.key]
        for part, version in used.items()
        if newest[version.kind, version.key].version > version.version
    }


@dataclass(frozen=True, slots=True)
class CouncilChoice:
    """A council that may be ticked, and whether the viewer may let it lead."""

    council: Council
    may_lead: bool


def council_choices(viewer: Viewer) -> list[CouncilChoice]:
    own = viewer.councils_as(Role.COMMISSIONER)
    return [CouncilChoice(council, council.id in own) for council in councils()]


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """Drafts that wait to be published by the lead's commissioners."""
    if not viewer.may(Permission.ROUND_PUBLISH):
        return
    lead = viewer.councils_as(Role.COMMISSIONER)
    drafts = select(Round).where(Round.stage == Stage.DRAFT, Round.lead_council_id.in_(lead))
    for draft in db.session.scalars(drafts.order_by(Round.created_at)):
        yield Due(
            title=f"Finish and publish {_called(draft)}",
            address=url_for("rounds.board", ref=draft.ref),
            due_at=draft.deadline_at if draft.is_version else draft.opens_at,
            note="A draft. Providers cannot see it yet.",
            tag="Dates have passed" if _gone(draft, now) else "Draft",
        )


def _called(draft: Round) -> str:
    return f"version {draft.version} of {draft.title}" if draft.is_version else draft.title


def _gone(draft: Round, now: datetime) -> bool:
    return draft.deadline_at is not None and draft.deadline_at <= now


def _with_parts() -> Select[tuple[Round]]:
    return select(Round).options(
        joinedload(Round.agreement),
        joinedload(Round.lead_council),
        selectinload(Round.lots).joinedload(RoundLot.agreement_lot),
        selectinload(Round.councils).joinedload(RoundCouncil.council),
    )


def _one(ref: str) -> Round | None:
    """A round with its parts and its content: three statements."""
    parts = [joinedload(getattr(Round, part)) for part in FROZEN]
    return db.session.scalar(_with_parts().options(*parts).where(Round.ref == ref))


def _of_councils(viewer: Viewer) -> ColumnElement[bool]:
    """Rounds of the viewer's councils; drafts (and what never left that stage) by commissioners."""
    takes_part = select(RoundCouncil.round_id).where(
        RoundCouncil.council_id.in_(viewer.council_ids)
    )
    commissions = select(RoundCouncil.round_id).where(
        RoundCouncil.council_id.in_(viewer.councils_as(Role.COMMISSIONER))
    )
    published = and_(Round.published_at.is_not(None), Round.id.in_(takes_part))
    if not viewer.may(Permission.ROUND_EDIT):
        return published
    own = and_(Round.id.in_(commissions), Round.version_of_id.is_(None))
    return or_(published, own)


def _in_group(group: Group, now: datetime) -> ColumnElement[bool]:
    if group is Group.OPEN:
        return and_(Round.stage == Stage.PUBLISHED, Round.deadline_at > now)
    if group is Group.WAITING:
        return and_(Round.stage == Stage.PUBLISHED, Round.deadline_at <= now)
    return Round.stage.in_(_STORED[group])


def _as_number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
