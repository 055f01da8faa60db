"""What people may see of documents.

A provider's people see everything of theirs. Councils see libraries, and never a file that is
bound to an application: those come with the bid, once it is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.content import queries as content
from portal.db import db
from portal.documents.models import Document, DocumentVersion
from portal.people.queries import names_of
from portal.providers import queries_settings as homes_of
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.web import date_text
from scoring.documents import Standing
from scoring.eligibility import (
    DocumentFacts,
    DocumentState,
    days_left,
    document_state,
    standing,
)
from scoring.stages import ScanStage

KEPT_TYPES = "types of documents"


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One type of document in a library: the version that counts, and a newer one if there is one.

    Args:
        home: the home whose paper it is, for types of a home.
        state: of the version that counts.
        version: the one that counts. newer: one that waits, or was not accepted.
    """

    type_key: str
    title: str
    kind: Mapping[str, Any]
    document: Document | None
    state: DocumentState
    days_left: int | None
    home: Setting | None = None
    version: DocumentVersion | None = None
    newer: DocumentVersion | None = None
    newer_state: DocumentState | None = None

    @property
    def home_key(self) -> str | None:
        """What names the home in an address."""
        if self.home is not None:
            return self.home.ref
        return self.title if self.kind["of"] == "setting" and self.document else None


def state_of(version: DocumentVersion | None, on: date) -> DocumentState:
    """The state of a version on a day; missing, when there is none."""
    return document_state(None if version is None else facts_of(version), on)


def label_of(document: Document) -> str:
    """What it is, and of which home: "Gas safety record, Mill Lane"."""
    kind = _types().get(document.type_key, {})
    if kind.get("of") != "setting":
        return document.title
    named = document.setting.name if document.setting else document.title
    return f"{kind['title']}, {named}"


def _types() -> dict[str, dict[str, Any]]:
    """The types of documents, read once for a page that names many of them."""
    kept = db.session.info
    if not kept.get(KEPT_TYPES):
        kept[KEPT_TYPES] = content.document_types()
    types: dict[str, dict[str, Any]] = kept[KEPT_TYPES]
    return types


def facts_of(version: DocumentVersion) -> DocumentFacts:
    """What the rules need to know of a version."""
    return DocumentFacts(version.file.scan, version.check, version.valid_until_on)


def standing_of(document: Document, on: date) -> Standing:
    """Which version of a document counts on a day."""
    return standing([facts_of(version) for version in document.versions], on)


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
    """The library of a provider: each type for its organisation, and each type for each open home.

    Raises:
        NotFound: for a stranger.
    """
    if not _sees_library(viewer, provider_id):
        raise NotFound
    types = content.document_types()
    kept = library_documents([provider_id])
    homes = homes_of.settings_of([provider_id], Viewer.system())  # their names alone are shown
    lines = [
        line
        for key, kind in types.items()
        if kind["of"] == "organisation"
        for line in _of_type(key, kind, kept, on)
    ]
    for home in homes:
        lines += _papers_of(home, types, kept, on)
    return lines + _without_home(types, kept, on)


def _of_type(
    key: str, kind: Mapping[str, Any], kept: Iterable[Document], on: date
) -> list[LibraryLine]:
    present: Sequence[Document | None] = [one for one in kept if one.type_key == key]
    return [_line(key, kind, document, on) for document in present or [None]]


def _papers_of(
    home: Setting, types: Mapping[str, Any], kept: Iterable[Document], on: date
) -> list[LibraryLine]:
    """Every type of a home's papers, given or missing."""
    own = {one.type_key: one for one in kept if one.setting_id == home.id}
    return [
        _line(key, kind, own.get(key), on, home)
        for key, kind in types.items()
        if kind["of"] == "setting"
    ]


def _without_home(
    types: Mapping[str, Any], kept: Iterable[Document], on: date
) -> list[LibraryLine]:
    """Papers of homes that were sent before the home was recorded."""
    return [
        _line(one.type_key, types[one.type_key], one, on)
        for one in kept
        if one.setting_id is None and types.get(one.type_key, {}).get("of") == "setting"
    ]


def line_of(
    provider_id: int, type_key: str, viewer: Viewer, on: date, home: str = ""
) -> LibraryLine:
    """One line of a library, with all versions of the document.

    Args:
        home: the reference of a home, or the name under which its paper was sent.

    Raises:
        NotFound: for a stranger, or a type that there is not.
    """
    lines = [line for line in library(provider_id, viewer, on) if line.type_key == type_key]
    found = next((line for line in lines if line.home_key == home or not home), None)
    if found is not None and (home or found.kind["of"] != "setting"):
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
        for document in library_documents([provider_id])
        if document.type_key in wanted and document.versions
    }


def clean_versions(provider_id: int, viewer: Viewer) -> list[DocumentVersion]:
    """The newest clean version of each document in a library, for whoever may look at it."""
    if not _sees_library(viewer, provider_id):
        return []
    newest = [one.newest for one in library_documents([provider_id]) if one.versions]
    return [one for one in newest if one.file.scan is ScanStage.CLEAN]


def version_words(version: DocumentVersion) -> str:
    """Which document, of which home, and when it was sent."""
    return f"{label_of(version.document)}, sent on {date_text(version.uploaded_at)}"


def people_of(versions: Iterable[DocumentVersion]) -> dict[int, str]:
    """The names of those who uploaded and checked."""
    ids = {one.uploaded_by_id for one in versions} | {one.checked_by_id for one in versions}
    return names_of(ids)


def providers_named(provider_ids: Iterable[int]) -> dict[int, Provider]:
    """Providers by id, for a list that names them."""
    statement = select(Provider).where(Provider.id.in_(set(provider_ids)))
    return {provider.id: provider for provider in db.session.scalars(statement)}


def library_documents(provider_ids: Iterable[int]) -> list[Document]:
    """The documents in the libraries of these providers. The caller has asked who may see them."""
    return list(
        db.session.scalars(
            select(Document)
            .where(Document.provider_id.in_(set(provider_ids)), Document.bound_to == "")
            .options(selectinload(Document.versions), joinedload(Document.setting))
            .order_by(Document.title, Document.id)
        )
    )


def _line(
    key: str,
    kind: Mapping[str, Any],
    document: Document | None,
    on: date,
    home: Setting | None = None,
) -> LibraryLine:
    versions = document.versions if document else []
    stands = standing([facts_of(one) for one in versions], on)
    counts = None if stands.counts is None else versions[stands.counts]
    newer = None if stands.newer is None else versions[stands.newer]
    end = counts.valid_until_on if counts else None
    named = home.name if home else document.title if document else kind["title"]
    return LibraryLine(
        type_key=key,
        title=named,
        kind=kind,
        document=document,
        state=stands.state,
        days_left=days_left(end, on) if end else None,
        home=home,
        version=counts,
        newer=newer,
        newer_state=state_of(newer, on) if newer else None,
    )


def _sees_library(viewer: Viewer, provider_id: int) -> bool:
    own = provider_id in viewer.provider_ids
    of_a_council = bool(viewer.council_ids) and viewer.may(Permission.DOCUMENT_CHECK)
    return (own and viewer.may(Permission.DOCUMENT_READ)) or of_a_council


def _sees(viewer: Viewer, document: Document) -> bool:
    if document.provider_id in viewer.provider_ids:
        return viewer.may(Permission.DOCUMENT_READ)
    return not document.bound_to and _sees_library(viewer, document.provider_id)
