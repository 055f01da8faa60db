"""What people may see of documents.

A provider's people see everything of theirs. Councils see libraries, and never a file that is
bound to an application: those come with the bid, once it is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Permission, Viewer
from portal.content import queries as content
from portal.db import db
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.paging import Page, Sorting, paginate
from portal.people.models import Person
from portal.providers.models import Provider
from portal.web import Due
from scoring.eligibility import DocumentFacts, DocumentState, days_left, document_state
from scoring.stages import CheckStage, ScanStage

LONDON = ZoneInfo("Europe/London")
NEEDS_THE_PROVIDER = {
    DocumentState.INFECTED: "has a virus",
    DocumentState.REJECTED: "was not accepted",
    DocumentState.EXPIRED: "has run out",
    DocumentState.EXPIRING: "runs out soon",
}


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One type of document in a library, with the newest version if there is one."""

    type_key: str
    title: str
    kind: Mapping[str, Any]
    document: Document | None
    state: DocumentState
    days_left: int | None

    @property
    def version(self) -> DocumentVersion | None:
        return self.document.newest if self.document else None


def today(now: datetime) -> date:
    """The day on which a document's validity is judged: the councils' day."""
    return now.astimezone(LONDON).date()


def state_of(version: DocumentVersion | None, on: date) -> DocumentState:
    """The state of a version on a day; missing, when there is none."""
    if version is None:
        return document_state(None, on)
    facts = DocumentFacts(version.file.scan, version.check, version.valid_until_on)
    return document_state(facts, on)


def holder(ref: str, viewer: Viewer, session: Session | None = None) -> Provider:
    """The provider whose library the viewer may see.

    Raises:
        NotFound: there is none, or it is no business of theirs.
    """
    statement = select(Provider).where(Provider.ref == ref)
    provider = (session or db.session).scalar(statement)
    if provider is None or not _sees_library(viewer, provider.id):
        raise NotFound
    return provider


def own_holders(viewer: Viewer) -> list[Provider]:
    """The viewer's own organisations, by name."""
    statement = select(Provider).where(Provider.id.in_(viewer.provider_ids))
    return list(db.session.scalars(statement.order_by(Provider.name)))


def library(provider_id: int, viewer: Viewer, on: date) -> list[LibraryLine]:
    """The library of a provider: each type of document of an organisation, and papers of homes.

    Raises:
        NotFound: for a stranger.
    """
    if not _sees_library(viewer, provider_id):
        raise NotFound
    types = content.document_types()
    kept = _library_documents([provider_id])
    of_type: dict[str, list[Document]] = {}
    for document in kept:
        of_type.setdefault(document.type_key, []).append(document)
    lines = []
    for key, kind in types.items():
        present: Sequence[Document | None] = of_type.get(key, [])
        if kind["of"] == "organisation":
            present = present or [None]
        lines += [_line(key, kind, document, on) for document in present]
    return lines


def line_of(
    provider_id: int, type_key: str, viewer: Viewer, on: date, title: str = ""
) -> LibraryLine:
    """One line of a library, with all versions of the document.

    Raises:
        NotFound: for a stranger, or a type that there is not.
    """
    lines = [line for line in library(provider_id, viewer, on) if line.type_key == type_key]
    found = next((line for line in lines if not title or line.title == title), None)
    if found is not None:
        return found
    kind = content.document_types().get(type_key)
    if kind is None:
        raise NotFound
    return _line(type_key, kind, None, on)


def version(ref: str, viewer: Viewer) -> DocumentVersion:
    """One version: the provider's own, or one in a library for those who may look at libraries.

    Raises:
        NotFound: there is none, or the viewer may not know of it.
    """
    found = db.session.scalar(
        select(DocumentVersion)
        .where(DocumentVersion.ref == ref)
        .options(
            joinedload(DocumentVersion.document).selectinload(Document.versions),
        )
    )
    if found is None or not _sees(viewer, found.document):
        raise NotFound
    return found


def newest_in_library(
    provider_id: int, type_keys: Iterable[str], viewer: Viewer
) -> dict[str, DocumentVersion]:
    """The newest version of each of these types in the library of one's own organisation."""
    if provider_id not in viewer.provider_ids:
        return {}
    wanted = set(type_keys)
    return {
        document.type_key: document.newest
        for document in _library_documents([provider_id])
        if document.type_key in wanted and document.versions
    }


def people_of(versions: Iterable[DocumentVersion]) -> dict[int, str]:
    """The names of those who uploaded and checked."""
    ids = {one.uploaded_by_id for one in versions} | {one.checked_by_id for one in versions}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}


TO_CHECK = Sorting(
    {"uploaded": DocumentVersion.uploaded_at, "title": Document.title},
    default="uploaded",
    unique=DocumentVersion.ref,
)


def waiting_for_check(
    viewer: Viewer, *, sort: str | None = None, cursor: str | None = None
) -> Page[DocumentVersion]:
    """The newest versions in libraries that were scanned and wait for a commissioner.

    Raises:
        NotFound: for somebody who does not check documents.
    """
    if not viewer.may(Permission.DOCUMENT_CHECK):
        raise NotFound
    statement = (
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .join(DocumentVersion.file)
        .where(_waits())
        .options(contains_eager(DocumentVersion.document))
    )
    size = settings.get("list_page_size")
    return paginate(db.session, statement, TO_CHECK, sort=sort, cursor=cursor, size=size)


def providers_named(provider_ids: Iterable[int]) -> dict[int, Provider]:
    """Providers by id, for a list that names them."""
    statement = select(Provider).where(Provider.id.in_(set(provider_ids)))
    return {provider.id: provider for provider in db.session.scalars(statement)}


def due(viewer: Viewer, now: datetime) -> list[Due]:
    """What needs this person: documents to mend or renew, or documents to check."""
    found: list[Due] = []
    if viewer.may(Permission.DOCUMENT_UPLOAD) and viewer.provider_ids:
        found += _to_mend(viewer, today(now))
    if viewer.may(Permission.DOCUMENT_CHECK):
        found += _to_check()
    return found


def _to_mend(viewer: Viewer, on: date) -> list[Due]:
    holders = providers_named(viewer.provider_ids)
    found = []
    for document in _library_documents(viewer.provider_ids):
        newest = document.newest
        words = NEEDS_THE_PROVIDER.get(state_of(newest, on))
        if words:
            address = url_for(
                "documents.show",
                ref=holders[document.provider_id].ref,
                type_key=document.type_key,
            )
            note = newest.check_reason if newest.check is CheckStage.REJECTED else ""
            found.append(Due(f"{document.title} {words}", address, note=note, tag="Document"))
    return found


def _to_check() -> list[Due]:
    statement = (
        select(func.count())
        .select_from(DocumentVersion)
        .join(DocumentVersion.document)
        .join(DocumentVersion.file)
        .where(_waits())
    )
    number = db.session.scalar(statement) or 0
    if not number:
        return []
    words = (
        "1 document waits for a check" if number == 1 else f"{number} documents wait for a check"
    )
    return [Due(words, url_for("documents.to_check"), tag="Document", count=number)]


def _waits() -> ColumnElement[bool]:
    later = DocumentVersion.__table__.alias("later")
    newest = (
        select(func.max(later.c.number))
        .where(later.c.document_id == DocumentVersion.document_id)
        .scalar_subquery()
    )
    return and_(
        Document.bound_to == "",
        DocumentVersion.check == CheckStage.WAITING,
        DocumentVersion.number == newest,
        StoredFile.scan == ScanStage.CLEAN,
    )


def _library_documents(provider_ids: Iterable[int]) -> list[Document]:
    return list(
        db.session.scalars(
            select(Document)
            .where(Document.provider_id.in_(set(provider_ids)), Document.bound_to == "")
            .options(selectinload(Document.versions))
            .order_by(Document.title, Document.id)
        )
    )


def _line(key: str, kind: Mapping[str, Any], document: Document | None, on: date) -> LibraryLine:
    newest = document.newest if document else None
    end = newest.valid_until_on if newest else None
    return LibraryLine(
        type_key=key,
        title=document.title if document else kind["title"],
        kind=kind,
        document=document,
        state=state_of(newest, on),
        days_left=days_left(end, on) if end else None,
    )


def _sees_library(viewer: Viewer, provider_id: int) -> bool:
    own = provider_id in viewer.provider_ids
    of_a_council = bool(viewer.council_ids) and viewer.may(Permission.DOCUMENT_CHECK)
    return (own and viewer.may(Permission.DOCUMENT_READ)) or of_a_council


def _sees(viewer: Viewer, document: Document) -> bool:
    if document.provider_id in viewer.provider_ids:
        return viewer.may(Permission.DOCUMENT_READ)
    return not document.bound_to and _sees_library(viewer, document.provider_id)
