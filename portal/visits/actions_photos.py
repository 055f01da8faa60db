"""Photographs of rooms, without people: taken in once, seen by the team, removed with a reason."""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select

from portal import audit, queue
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.documents.actions import SCAN_JOB, StagedFile, stage_file
from portal.documents.models import StoredFile
from portal.storage import get_store
from portal.visits import policy
from portal.visits.actions_entries import begin_with, refuse_client_id
from portal.visits.models import Visit
from portal.visits.models_entries import VisitArrival, VisitPhoto
from portal.visits.pictures import NAME, drawn_anew
from scoring.rules import RuleBroken
from scoring.stages import VisitStage
from scoring.text import cleaned

MOST_PHOTOS = 60
TAKEN_IN = frozenset({VisitStage.UNDER_WAY, VisitStage.SCORES_IN, VisitStage.GIVEN_UP})
DROP_JOB = "visit:drop-photo"


def stage_photo(stream: BinaryIO) -> StagedFile:
    """Draw a picture anew and store it. Touches no table, so it is done before the write lock.

    Raises:
        FileRefused: `file:…`.
    """
    return stage_file(drawn_anew(stream), NAME)


def add_photo(
    visit: Visit,
    staged: StagedFile,
    caption: str,
    *,
    client_id: str,
    actor: Viewer,
    now: datetime,
) -> VisitPhoto:
    """Keep a photograph, once. One that comes late from a phone is taken until scores are agreed.

    Raises:
        RuleBroken: the actor is not of the team; `visit-photo:…`.
    """
    refuse_client_id(client_id)
    if policy.part_of(actor, visit) is None or actor.person_id is None:
        raise RuleBroken("visit-photo:refused", "Only somebody of the team adds a photograph.")
    if earlier := _arrived(client_id, actor.person_id, visit):
        return earlier
    begin_with(visit, now, actor, now)
    if visit.stage not in TAKEN_IN:
        raise RuleBroken(
            "visit-photo:closed", "Photographs are added while the visit is under way."
        )
    _refuse_too_many(visit)
    photo = _kept(visit, staged, caption, actor, now)
    db.session.add(
        VisitArrival(
            visit_id=visit.id,
            person_id=actor.person_id,
            client_id=client_id,
            answer={"photo": photo.ref},
            arrived_at=now,
        )
    )
    db.session.flush()
    queue.put(SCAN_JOB, photo.file.ref, now=now)
    audit.record(Event.VISIT_PHOTO_ADDED, photo, actor=actor, now=now, sha256=staged.sha256)
    return photo


def remove_photo(photo: VisitPhoto, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Take a photograph away for good; that there was one, and why it went, stays.

    Raises:
        RuleBroken: the actor may not; `visit-photo:no-reason`.
    """
    policy.may_remove_photo(actor, photo).or_refuse("visit-photo:remove-refused")
    reason = cleaned(reason, "reason")
    if not reason:
        raise RuleBroken("visit-photo:no-reason", "Say why it goes.", "reason")
    _remove(photo, reason, actor, now)


def let_go(photo: VisitPhoto, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Delete a photograph that was kept for long enough; its caption goes with it.

    Raises:
        RuleBroken: `visit-photo:remove-refused`, for a person: a period ends by itself.
    """
    if not actor.is_system or photo.removed_at is not None:
        raise RuleBroken("visit-photo:remove-refused", "This photograph is removed by hand.")
    photo.caption = ""
    _remove(photo, reason, actor, now)


def _remove(photo: VisitPhoto, reason: str, actor: Viewer, now: datetime) -> None:
    photo.removed_at, photo.removed_by_id, photo.removed_reason = now, actor.person_id, reason[:300]
    db.session.flush()
    queue.put(DROP_JOB, photo.ref, now=now)  # after the commit: a file must not go before its row
    audit.record(Event.VISIT_PHOTO_REMOVED, photo, actor=actor, now=now)


def drop_file(photo: VisitPhoto) -> None:
    """Delete the file of a photograph that was removed, unless another record needs the same."""
    sha256 = photo.file.sha256
    others = select(func.count()).select_from(StoredFile).where(StoredFile.sha256 == sha256)
    needed = others.where(StoredFile.id != photo.file_id)
    if photo.removed_at is not None and not db.session.scalar(needed):
        get_store().delete(sha256)


def _arrived(client_id: str, person_id: int, visit: Visit) -> VisitPhoto | None:
    found = db.session.scalar(
        select(VisitArrival).where(
            VisitArrival.person_id == person_id,
            VisitArrival.client_id == client_id,
            VisitArrival.visit_id == visit.id,
        )
    )
    if found is None or "photo" not in found.answer:
        return None
    wanted = select(VisitPhoto).where(VisitPhoto.ref == found.answer["photo"])
    return db.session.scalar(wanted)


def _refuse_too_many(visit: Visit) -> None:
    number = select(func.count()).where(
        VisitPhoto.visit_id == visit.id, VisitPhoto.removed_at.is_(None)
    )
    if (db.session.scalar(number) or 0) >= MOST_PHOTOS:
        words = f"A visit has up to {MOST_PHOTOS} photographs. Remove one first."
        raise RuleBroken("visit-photo:too-many", words, "file")


def _kept(
    visit: Visit, staged: StagedFile, caption: str, actor: Viewer, now: datetime
) -> VisitPhoto:
    file = StoredFile(
        sha256=staged.sha256,
        size=staged.size,
        mime=staged.mime,
        name=staged.name,
        stored_at=now,
    )
    photo = VisitPhoto(
        visit=visit,
        file=file,
        caption=cleaned(caption, "caption")[:200],
        taken_by_id=actor.person_id,
        added_at=now,
    )
    db.session.add(photo)
    db.session.flush()
    return photo
