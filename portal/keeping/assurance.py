"""What a council's own approval asks of an installation, on one page: `flask assurance`.

Each line is found out at that moment. What is not known is said to be not known, and never guessed.
"""

import json
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, or_, select

from portal import audit, settings
from portal.access import SECOND_FACTOR_ROLES
from portal.audit import AuditEntry, Event
from portal.backups import newest_backup
from portal.config import ROOT
from portal.db import db
from portal.people import actions_retention
from portal.people.models import (
    BreakGlass,
    CouncilIdentity,
    Membership,
    Person,
    SessionSeen,
    SignInSession,
)
from portal.people.viewers import has_second_factor
from portal.retention import DestroyedFile, FileFate

BACKUP_EVERY = timedelta(hours=30)
RESTORE_EVERY = timedelta(days=31)
CERTIFICATE_LEFT = timedelta(days=21)
GLASS_WITHIN = timedelta(days=31)
NAMED = 10  # of a list; the rest is a number
ACCESSIBILITY = ROOT / "build" / "pictures" / "findings.json"
Peer = Callable[[str, int], datetime]


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: whether it is as it should be, and what was found."""

    title: str
    is_well: bool
    found: str


def lines(now: datetime, peer: Peer | None = None) -> list[Line]:
    """The whole page.

    Args:
        peer: asks a server until when its certificate holds; another one in tests.
    """
    return [
        _backup(now),
        _restore(now),
        _chain(),
        _dormant(now),
        _without_second_factor(),
        _glass(now),
        _deletions(now),
        *_certificates(now, peer or certificate_until),
        _accessibility(ACCESSIBILITY),
    ]


def _backup(now: datetime) -> Line:
    found = newest_backup()
    if found is None:
        return Line("Last backup", False, "never: flask backup FOLDER")
    is_fresh = now - found.at <= BACKUP_EVERY
    return Line("Last backup", is_fresh, f"{found.at:%Y-%m-%d %H:%M} UTC")


def _restore(now: datetime) -> Line:
    events = (Event.INSTALLATION_RESTORE_TRIED.value, Event.INSTALLATION_RESTORED.value)
    at = db.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.event.in_(events)))
    if at is None:
        return Line("Last restore test", False, "never: flask restore FROM --try")
    days = (now - at).days
    return Line("Last restore test", now - at <= RESTORE_EVERY, f"{at:%Y-%m-%d}, {days} days ago")


def _chain() -> Line:
    faults = list(audit.verify())
    number, digest = audit.head()
    if faults:
        return Line("Audit trail", False, f"{len(faults)} faults: flask audit verify")
    return Line("Audit trail", True, f"holds, {number} links, head {digest}")


def _dormant(now: datetime) -> Line:
    days = int(settings.get("dormant_days"))
    since = now - timedelta(days=days)
    used = (
        select(SignInSession.person_id)
        .outerjoin(SessionSeen, SessionSeen.session_id == SignInSession.id)
        .where(or_(SessionSeen.seen_at >= since, SignInSession.started_at >= since))
    )
    found = db.session.scalars(
        select(Person.ref)
        .where(Person.active.is_(True), Person.created_at < since, Person.id.not_in(used))
        .order_by(Person.id)
    ).all()
    return Line("Dormant accounts", not found, f"{_named(found)}, not used for {days} days")


def _without_second_factor() -> Line:
    needing = select(Membership.person_id).where(Membership.role.in_(SECOND_FACTOR_ROLES))
    bound = select(CouncilIdentity.person_id)
    found = db.session.scalars(
        select(Person.ref)
        .where(
            Person.active.is_(True),
            Person.id.in_(needing),
            Person.id.not_in(bound),
            ~has_second_factor,
        )
        .order_by(Person.id)
    ).all()
    return Line("Accounts without a second factor", not found, _named(found))


def _glass(now: datetime) -> Line:
    counted = select(func.count()).select_from(BreakGlass)
    lately = db.session.scalar(counted.where(BreakGlass.began_at > now - GLASS_WITHIN)) or 0
    return Line("Roles taken in an emergency", not lately, f"{lately} in the last 31 days")


def _deletions(now: datetime) -> Line:
    found = actions_retention.due_now(now.date())
    told = [f"{one.kept.key} {len(one.items)}" for one in found if one.items and not one.stopped]
    held = sum(len(one.held) for one in found) + sum(one.stopped for one in found)
    unfinished = db.session.scalar(
        select(func.count()).where(DestroyedFile.fate == FileFate.WAITING)
    )
    words = [", ".join(told) or "none"]
    words += [f"{held} held"] if held else []
    words += [f"{unfinished} files wait to be destroyed"] if unfinished else []
    return Line("Deletions due", not told and not unfinished, "; ".join(words))


def _certificates(now: datetime, peer: Peer) -> Iterable[Line]:
    """Of this portal's address, and of the councils' sign-in: where people and their keys travel."""
    doors = current_app.config["COUNCIL_DOORS"].values()
    addresses = [current_app.config["BASE_URL"], *(door.issuer for door in doors)]
    for address in addresses:
        parts = urlsplit(address)
        title = f"Certificate of {parts.hostname}"
        if parts.scheme != "https":
            yield Line(title, False, "none: the address is not https")
            continue
        try:
            until = peer(parts.hostname or "", parts.port or 443)
        except OSError as error:
            yield Line(title, False, f"could not be read ({type(error).__name__})")
        else:
            left = until - now
            yield Line(title, left > CERTIFICATE_LEFT, f"until {until:%Y-%m-%d}, {left.days} days")


def certificate_until(host: str, port: int) -> datetime:
    """Until when the certificate of a server holds, which must be one that browsers accept.

    Raises:
        OSError: nobody answers, or not with such a certificate.
    """
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as sealed,
    ):
        told = sealed.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


def _accessibility(findings: Path) -> Line:
    """What axe found when every page was last looked at (`make pictures`)."""
    title = "Accessibility"
    try:
        pages = json.loads(findings.read_text())
        when = datetime.fromtimestamp(findings.stat().st_mtime, UTC)
    except (OSError, ValueError):
        return Line(title, False, "not checked on this machine: make pictures")
    faults = sum(len(page.get("faults", ())) for page in pages)
    return Line(title, not faults, f"{len(pages)} pictures of {when:%Y-%m-%d}, {faults} findings")


def _named(refs: Sequence[str]) -> str:
    if not refs:
        return "none"
    more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
    return f"{len(refs)}: {', '.join(refs[:NAMED])}{more}"


def as_text(found: Sequence[Line], now: datetime) -> str:
    """The page, a line for each answer, the ones to look after first."""
    wide = max(len(line.title) for line in found)
    rows = [
        f"{'well ' if line.is_well else 'LOOK '} {line.title.ljust(wide)}  {line.found}"
        for line in sorted(found, key=lambda line: line.is_well)
    ]
    head = f"Assurance of {current_app.config['BASE_URL']} at {now:%Y-%m-%d %H:%M} UTC"
    return "\n".join([head, "", *rows])
