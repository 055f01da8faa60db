"""What those who look after young people see; everybody else finds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal import paging
from portal.access import Role, Viewer
from portal.db import db
from portal.paging import Page, Sorting
from portal.people.models import Council, Membership, Person
from portal.young import policy
from portal.young.models import CareContact, Told, YoungEntry
from portal.young.ringing import Ring, ring
from scoring.stages import ToldStage
from scoring.younglog import EntryKind, Line, Totals, totals

LOG_SORTING = Sorting({"on": YoungEntry.on}, default="-on", unique=YoungEntry.ref)
TOLD_SORTING = Sorting({"at": Told.told_at}, default="-at", unique=Told.ref)


def numbers(viewer: Viewer) -> Ring:
    """Whom this young person can ring now. Two statements."""
    council = council_of(viewer)
    kept = contact(council.id) if council else None
    return ring(kept.ring if kept else "")


def contact(council_id: int) -> CareContact | None:
    """Whom the young people of a council ring."""
    return db.session.get(CareContact, council_id)


def council_of(viewer: Viewer) -> Council | None:
    """The council of a Young Commissioner."""
    return db.session.scalar(
        select(Council).where(Council.id.in_(viewer.councils_as(Role.YOUNG_COMMISSIONER)))
    )


def staff_of(council_id: int) -> Sequence[Person]:
    """Who may lead on safeguarding: people of the council with an open account and an address."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == council_id,
            Membership.role != Role.YOUNG_COMMISSIONER,
            Person.active.is_(True),
            Person.email.is_not(None),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    ).all()


# --- Tell someone ------------------------------------------------------------------------------


def hears(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Told` that holds for what this person may read."""
    led = select(CareContact.council_id).where(
        CareContact.lead_id == viewer.person_id, CareContact.council_id.in_(viewer.council_ids)
    )
    mine = viewer.councils_as(Role.PARTICIPATION_OFFICER)
    return or_(Told.council_id.in_(mine), Told.council_id.in_(led))


def listens(viewer: Viewer) -> bool:
    """Whether anything that is told would reach this person."""
    if viewer.person_id is None or not viewer.council_ids:
        return False
    if viewer.holds(Role.PARTICIPATION_OFFICER):
        return True
    led = select(CareContact.council_id).where(CareContact.lead_id == viewer.person_id)
    return db.session.scalar(led.limit(1)) is not None


def told(ref: str, viewer: Viewer) -> Told | None:
    """One of them, for those whom it reaches."""
    found = db.session.scalar(
        select(Told)
        .where(Told.ref == ref)
        .options(joinedload(Told.person), joinedload(Told.council))
    )
    if found is None or not policy.may_hear(viewer, found, contact(found.council_id)):
        return None
    return found


def told_page(viewer: Viewer, *, cursor: str | None, size: int) -> Page[Told]:
    """A page of what was told, the newest first."""
    wanted = select(Told).where(hears(viewer)).options(joinedload(Told.person))
    return paging.paginate(db.session, wanted, TOLD_SORTING, cursor=cursor, size=size)


def number_waiting(viewer: Viewer) -> int:
    """How much of it nobody has taken on."""
    counted = select(func.count()).select_from(Told)
    return db.session.scalar(counted.where(hears(viewer), Told.stage == ToldStage.WAITING)) or 0


# --- Time and money ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the log is narrowed to; empty means all. `unpaid` leaves what is paid, and time, out."""

    person: str = ""
    kind: EntryKind | None = None
    unpaid: bool = False
    from_on: date | None = None
    until_on: date | None = None


def log_page(
    viewer: Viewer, wanted: Narrowing, *, cursor: str | None, size: int
) -> tuple[Page[YoungEntry], int]:
    """A page of the log, the newest day first, and how many entries there are."""
    statement = _entries(viewer, wanted)
    page = paging.paginate(
        db.session,
        statement.options(joinedload(YoungEntry.person)),
        LOG_SORTING,
        cursor=cursor,
        size=size,
    )
    return page, paging.count(db.session, statement)


def log(viewer: Viewer, wanted: Narrowing) -> Sequence[YoungEntry]:
    """All of it, for files and for paying."""
    statement = _entries(viewer, wanted).options(joinedload(YoungEntry.person))
    return db.session.scalars(statement.order_by(YoungEntry.on.desc(), YoungEntry.id)).all()


def entry(ref: str, viewer: Viewer) -> YoungEntry | None:
    """One entry, for those who look after the young person."""
    statement = select(YoungEntry).where(YoungEntry.ref == ref, _looked_after(viewer))
    return db.session.scalar(statement.options(joinedload(YoungEntry.person)))


def sums(viewer: Viewer, wanted: Narrowing) -> Totals:
    """The totals of the log as it is narrowed."""
    rows = db.session.execute(
        _entries(viewer, wanted).with_only_columns(
            YoungEntry.kind, YoungEntry.minutes, YoungEntry.pence, YoungEntry.paid_on
        )
    )
    return totals(
        Line(kind, minutes, pence, paid is not None) for kind, minutes, pence, paid in rows
    )


def sums_of(person_id: int) -> Totals:
    """The totals of one young person, for their own certificate."""
    rows = db.session.execute(
        select(YoungEntry.kind, YoungEntry.minutes, YoungEntry.pence, YoungEntry.paid_on).where(
            YoungEntry.person_id == person_id, YoungEntry.struck_at.is_(None)
        )
    )
    return totals(
        Line(kind, minutes, pence, paid is not None) for kind, minutes, pence, paid in rows
    )


def _looked_after(viewer: Viewer) -> ColumnElement[bool]:
    mine = viewer.councils_as(Role.PARTICIPATION_OFFICER)
    young = select(Membership.person_id).where(
        Membership.role == Role.YOUNG_COMMISSIONER, Membership.organisation_id.in_(mine)
    )
    return YoungEntry.person_id.in_(young)


def _entries(viewer: Viewer, wanted: Narrowing) -> Select[tuple[YoungEntry]]:
    statement = select(YoungEntry).where(_looked_after(viewer), YoungEntry.struck_at.is_(None))
    conditions: list[Any] = []
    if wanted.person:
        chosen = select(Person.id).where(Person.ref == wanted.person)
        conditions.append(YoungEntry.person_id.in_(chosen))
    if wanted.kind is not None:
        conditions.append(YoungEntry.kind == wanted.kind)
    if wanted.unpaid:
        conditions += [YoungEntry.paid_on.is_(None), YoungEntry.kind != EntryKind.TIME]
    if wanted.from_on is not None:
        conditions.append(YoungEntry.on >= wanted.from_on)
    if wanted.until_on is not None:
        conditions.append(YoungEntry.on <= wanted.until_on)
    return statement.where(*conditions)
