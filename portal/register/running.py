"""What an administrator has to see to: work that failed, mail that was refused, files that wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select

from portal import mail
from portal.access import Permission, Viewer
from portal.db import db
from portal.documents import scans
from portal.mail import Mail
from portal.paging import Page, Sorting, paginate
from portal.people.models import Person
from portal.queue import Job, JobState
from portal.web import Due

NEWEST_FIRST = Sorting({"at": Mail.refused_at}, default="-at", unique=Mail.ref)
WORDS = {
    "mail:send": "Mail",
    "document:scan": "Virus checks",
    "letter:pdf": "Letters as PDF",
    "costs:check": "Checks of placement files",
    "costs:forecast": "Forecasts of placements and costs",
    "house:sweep": "The nightly round",
}


@dataclass(frozen=True, slots=True)
class Failed:
    """Jobs of one kind that failed for good: how many, since when, and the newest fault."""

    kind: str
    number: int
    since: datetime
    fault: str

    @property
    def words(self) -> str:
        """What people call it."""
        return WORDS.get(self.kind, self.kind.replace(":", ", ").replace("-", " ").capitalize())


def failed(viewer: Viewer) -> Sequence[Failed]:
    """The work that was tried six times and is not done, by kind; nothing for others."""
    if not viewer.may(Permission.PEOPLE_ADMINISTER):
        return []
    wanted = (
        select(Job.kind, func.count(), func.min(Job.created_at), func.max(Job.fault))
        .where(Job.state == JobState.FAILED)
        .group_by(Job.kind)
        .order_by(Job.kind)
    )
    return [Failed(*row) for row in db.session.execute(wanted)]


def refused(viewer: Viewer, cursor: str | None) -> Page[Mail]:
    """The mails that a mail server refused for good, the newest first; nothing for others."""
    if not viewer.may(Permission.PEOPLE_ADMINISTER):
        return Page([])
    wanted = mail.not_delivered().order_by(None)
    return paginate(db.session, wanted, NEWEST_FIRST, cursor=cursor, size=20)


def due(viewer: Viewer, _now: datetime) -> Iterator[Due]:
    """For administrators what to see to; for everybody that their own mail does not arrive."""
    if viewer.may(Permission.PEOPLE_ADMINISTER):
        yield from _to_see_to(viewer)
    yield from _own_mail(viewer)


def _to_see_to(viewer: Viewer) -> Iterator[Due]:
    address = url_for("register.show_running")
    number = sum(one.number for one in failed(viewer))
    if number:
        yield Due("Work behind the pages failed", address, tag="Running", count=number)
    waiting = scans.waiting().number
    if waiting:
        words = "The virus check is not running, and files wait for it"
        yield Due(words, address, tag="Running", count=waiting)


def _own_mail(viewer: Viewer) -> Iterator[Due]:
    """The newest mail to this person, if it was refused: one that arrived since says it is mended."""
    if viewer.person_id is None:
        return
    newest = db.session.scalar(
        select(Mail)
        .join(Person, Person.email == Mail.address)
        .where(Person.id == viewer.person_id)
        .order_by(Mail.id.desc())
        .limit(1)
    )
    if newest is not None and newest.refused_at is not None:
        yield Due(
            f"Mail to {newest.address} does not arrive",
            url_for("people.account"),
            note=f"{newest.refusal} Ask an administrator to invite you with an address that works.",
            tag="Mail",
        )
