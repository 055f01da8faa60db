"""The files that a supplier gives with its answer on an exclusion: added and taken out until it is sent."""

from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.applications.exclusions import policy
from portal.applications.exclusions.models import Exclusion, ExclusionFile
from portal.audit import Event
from portal.db import db
from portal.documents import actions as documents
from portal.documents.actions import StagedFile
from scoring.rules import RuleBroken
from scoring.stages import ScanStage

MOST_FILES = 10


def give_file(
    exclusion: Exclusion,
    staged: StagedFile,
    *,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> ExclusionFile:
    """Add a file. The same one sent twice is there once.

    Raises:
        RuleBroken: `exclusion:answer-refused`, `exclusion:too-many-files`.
    """
    _lock(exclusion)
    policy.may_answer(actor, exclusion, received_at).or_refuse("exclusion:answer-refused")
    application = exclusion.application
    version = documents.add_version(
        application.provider,
        f"exclusion:{exclusion.ref}:{staged.sha256[:16]}",
        staged.name,
        staged,
        None,
        bound_to=application.ref,
        chain=application.audit_chain,
        actor=actor,
        now=now,
    )
    for one in exclusion.files:
        if one.version is version:
            return one
    if len(exclusion.files) >= MOST_FILES:
        raise RuleBroken(
            "exclusion:too-many-files", f"You can give {MOST_FILES} files. Take one out.", "file"
        )
    given = ExclusionFile(version=version, given_by_id=actor.acting_id(), given_at=now)
    exclusion.files.append(given)
    db.session.flush()
    audit.record(Event.EXCLUSION_FILE_GIVEN, exclusion, actor=actor, now=now, version=version.ref)
    return given


def take_file_out(
    exclusion: Exclusion,
    version_ref: str,
    *,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> None:
    """Do not give a file after all; the file itself is kept. Nothing happens the second time.

    Raises:
        RuleBroken: `exclusion:answer-refused`.
    """
    _lock(exclusion)
    policy.may_answer(actor, exclusion, received_at).or_refuse("exclusion:answer-refused")
    for one in list(exclusion.files):
        if one.version.ref == version_ref:
            exclusion.files.remove(one)
            db.session.delete(one)
            db.session.flush()
            audit.record(
                Event.EXCLUSION_FILE_TAKEN_OUT,
                exclusion,
                actor=actor,
                now=now,
                version=version_ref,
            )


def refuse_infected(exclusion: Exclusion) -> None:
    """An answer is not sent with a file in which a virus was found.

    Raises:
        RuleBroken: `exclusion:infected`.
    """
    for one in exclusion.files:
        if one.version.file.scan is ScanStage.INFECTED:
            raise RuleBroken(
                "exclusion:infected",
                f"A virus was found in {one.version.file.name}. Take it out, or give a clean copy.",
            )


def _lock(exclusion: Exclusion) -> None:
    db.session.refresh(exclusion, ["stage", "answered_at"], with_for_update=True)
    db.session.expire(exclusion, ["files"])
