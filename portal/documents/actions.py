"""The verbs of documents: take a file in, add a version, record its scan, check it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import SEEK_END
from typing import Any, BinaryIO

from sqlalchemy import and_, select

from portal import audit, mail, queue, settings
from portal.access import Viewer
from portal.audit import Event
from portal.content import queries as content
from portal.days import LONDON
from portal.db import db
from portal.documents import policy
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.filekinds import safe_download_name
from portal.mail import Message
from portal.people.models import Person
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.scanning import get_scanner, refuse_infected, sniff
from portal.storage import FileTooLarge, get_store
from scoring.rules import RuleBroken
from scoring.stages import DOCUMENT_CHECK, SCAN, CheckStage, ScanStage, move
from scoring.timetable import date_words

SCAN_JOB = "document:scan"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that lies in the store and stands in no record yet."""

    sha256: str
    size: int
    mime: str
    name: str


def stage_file(stream: BinaryIO, filename: str) -> StagedFile:
    """Look at a file and store it. Touches no table, so it is done before the write lock.

    What the scanner recognises at once is turned away at the door; the scan that counts is the
    job's, of what lies in the store.

    Raises:
        FileRefused: `file:…`; empty, too large, of another kind than its name says, infected.
    """
    most = settings.most_bytes()
    if stream.seek(0, SEEK_END) > most:  # before what is wrong with its inside
        raise FileTooLarge(most)
    stream.seek(0)
    refuse_infected(get_scanner().scan(stream))
    kind = sniff(stream, filename)
    stored = get_store().put(stream)
    return StagedFile(stored.sha256, stored.size, kind.value, safe_download_name(filename, kind))


def add_version(
    provider: Provider,
    type_key: str,
    title: str,
    staged: StagedFile,
    valid_until_on: date | None,
    *,
    setting: Setting | None = None,
    bound_to: str = "",
    chain: str | None = None,
    actor: Viewer,
    now: datetime,
) -> DocumentVersion:
    """Add a version of a document; old versions stay. The same file sent twice is one version.

    Args:
        title: what it is called where there are several of a type, such as the address of a home.
        valid_until_on: the last day on which it holds.
        setting: the home whose paper it is, for a type of a home.
        bound_to: the reference of an application that it is for, or empty for the library.
        chain: of the audit trail; a sealed bid's file is told of where the bid is, or it would
            tell too early who bids.

    Raises:
        RuleBroken: `document:upload-refused`, `document:unknown-type`,
            `document:valid-until-missing`, `document:out-of-date`, `document:home-of-another`.
    """
    policy.may_upload(actor, provider.id).or_refuse("document:upload-refused")
    kind = _kind(type_key, bound_to)
    check_last_day(kind, valid_until_on, now)
    setting = _home_for(kind, setting, provider)
    named = setting.name if setting else title
    document = _document(
        provider, type_key, kind, title=named, setting=setting, bound_to=bound_to, now=now
    )
    newest = document.versions[-1] if document.versions else None
    if newest is not None and _is_the_same(newest, staged, valid_until_on):
        return newest
    version = _new_version(document, staged, valid_until_on, actor, now)
    queue.put(SCAN_JOB, version.file.ref, now=now)
    audit.record(
        Event.DOCUMENT_UPLOADED,
        version,
        actor=actor,
        now=now,
        chain=chain,
        document=document.ref,
        number=version.number,
        sha256=staged.sha256,
        type="" if bound_to else type_key,  # a sealed bid's file says nothing of what it is
    )
    return version


def record_scan(
    file: StoredFile, *, infected: bool, signature: str = "", actor: Viewer, now: datetime
) -> None:
    """Keep what the scanner said; whoever uploaded an infected file is told.

    Raises:
        RuleBroken: `scan:…:not-allowed`, when the file was found infected before.
    """
    file.scan = move(SCAN, file.scan, "infect" if infected else "clear")
    file.scanned_at = now
    audit.record(
        Event.DOCUMENT_SCANNED,
        file,
        actor=actor,
        now=now,
        outcome=file.scan,
        signature=signature,
        sha256=file.sha256,
    )
    if infected:
        _tell_uploader(file, signature, now)


def check(
    version: DocumentVersion,
    outcome: CheckStage,
    reason: str,
    *,
    seen: CheckStage | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Accept a document, or reject it with a reason that the provider reads.

    Args:
        seen: what the commissioner was shown; a decision of somebody else meanwhile stands.

    Raises:
        RuleBroken: `document:check-refused`, `document:reason-missing`, `document:decided-meanwhile`,
            `document-check:…:not-allowed`.
    """
    policy.may_check(actor, version).or_refuse("document:check-refused")
    reason = reason.strip()
    if outcome is CheckStage.REJECTED and not reason:
        raise RuleBroken(
            "document:reason-missing", "Say what is wrong, so that they can mend it.", "reason"
        )
    if (version.check, version.check_reason, version.checked_by_id) == (
        outcome,
        reason,
        actor.person_id,
    ):
        return  # a second click
    if seen is not None and seen is not version.check:
        words = f"Somebody else has decided meanwhile: {version.check.value}. Look at it again."
        raise RuleBroken("document:decided-meanwhile", words)
    version.check = move(DOCUMENT_CHECK, version.check, _verb(outcome))
    version.check_reason, version.checked_by_id, version.checked_at = reason, actor.person_id, now
    audit.record(
        Event.DOCUMENT_CHECKED,
        version,
        actor=actor,
        now=now,
        outcome=outcome,
        values={"reason": reason},
    )
    if outcome is CheckStage.REJECTED:
        _tell(Message.DOCUMENT_REJECTED, version, now)
    db.session.flush()


def _verb(outcome: CheckStage) -> str:
    return {CheckStage.ACCEPTED: "accept", CheckStage.REJECTED: "reject"}.get(outcome, "wait")


def _kind(type_key: str, bound_to: str) -> dict[str, Any]:
    """What the type says; a file that answers a question of a bid has no type."""
    kind = content.document_types().get(type_key)
    if kind is None and not bound_to:
        raise RuleBroken("document:unknown-type", "There is no document of this kind.", "type")
    return kind or {}


def check_last_day(kind: Mapping[str, Any], valid_until_on: date | None, now: datetime) -> None:
    """What the last day of a document of this type must be.

    Raises:
        RuleBroken: `document:valid-until-missing`, `document:out-of-date`.
    """
    if valid_until_on is None:
        if kind.get("expiry") == "required":
            raise RuleBroken(
                "document:valid-until-missing",
                "Enter the last day on which it is valid.",
                "valid_until_on",
            )
        return
    if valid_until_on < now.astimezone(LONDON).date():
        raise RuleBroken(
            "document:out-of-date",
            f"This document ran out on {date_words(valid_until_on)}. Upload one that is valid.",
            "valid_until_on",
        )


def _home_for(kind: dict[str, Any], setting: Setting | None, provider: Provider) -> Setting | None:
    """The home of a home's paper; other types have none."""
    if setting is None or kind.get("of") != "setting":
        return None
    if setting.provider_id != provider.id:
        raise RuleBroken(
            "document:home-of-another", "This home belongs to another organisation.", "home"
        )
    return setting


def _document(
    provider: Provider,
    type_key: str,
    kind: dict[str, Any],
    *,
    title: str,
    setting: Setting | None,
    bound_to: str,
    now: datetime,
) -> Document:
    """The document of this type, made when it is the first; two uploads at once find the same.

    An organisation has one of each type; of a home's papers there is one for each home. A paper that
    was sent under the name of a home, before the home was recorded, becomes the paper of that home.
    """
    db.session.execute(select(Provider.id).where(Provider.id == provider.id).with_for_update())
    wanted = [
        Document.provider_id == provider.id,
        Document.type_key == type_key,
        Document.bound_to == bound_to,
    ]
    unlinked = [Document.setting_id.is_(None), Document.title == title]
    if setting is not None:
        wanted.append((Document.setting_id == setting.id) | and_(*unlinked))
    elif kind.get("of") == "setting":
        wanted += unlinked
    document = db.session.scalar(select(Document).where(*wanted).order_by(Document.setting_id))
    if document is not None and setting is not None:
        document.setting = setting
    if document is None:
        own_title = title if kind.get("of") == "setting" else kind.get("title", title)
        document = Document(
            provider_id=provider.id,
            type_key=type_key,
            title=own_title,
            setting=setting,
            bound_to=bound_to,
            created_at=now,
        )
        db.session.add(document)
        db.session.flush()
    return document


def _is_the_same(newest: DocumentVersion, staged: StagedFile, valid_until_on: date | None) -> bool:
    """Whether this is the file that is there already, sent again by a second click."""
    return (
        newest.file.sha256 == staged.sha256
        and newest.valid_until_on == valid_until_on
        and newest.check is not CheckStage.REJECTED
        and newest.file.scan is not ScanStage.INFECTED
    )


def _new_version(
    document: Document,
    staged: StagedFile,
    valid_until_on: date | None,
    actor: Viewer,
    now: datetime,
) -> DocumentVersion:
    version = DocumentVersion(
        document=document,
        number=len(document.versions) + 1,
        file=StoredFile(
            sha256=staged.sha256,
            size=staged.size,
            mime=staged.mime,
            name=staged.name,
            stored_at=now,
        ),
        valid_until_on=valid_until_on,
        uploaded_by_id=actor.person_id,
        uploaded_at=now,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _tell_uploader(file: StoredFile, signature: str, now: datetime) -> None:
    versions = select(DocumentVersion).where(DocumentVersion.file_id == file.id)
    for version in db.session.scalars(versions):
        _tell(Message.DOCUMENT_INFECTED, version, now, signature=signature)


def _tell(message: Message, version: DocumentVersion, now: datetime, **more: str) -> None:
    """Write to whoever uploaded it, while they still have an account."""
    person = db.session.get(Person, version.uploaded_by_id)
    if person is not None and person.active:
        mail.write(
            message,
            to=[person],
            now=now,
            about=version.ref,
            title=version.document.title,
            file_name=version.file.name,
            **more,
        )
