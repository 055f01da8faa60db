"""What waits for a commissioner's check, the longest waiting first, and what comes next."""

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Permission, Viewer
from portal.db import db
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.paging import Page, Sorting, paginate
from portal.providers.models import Provider
from scoring.stages import CheckStage, ScanStage

TO_CHECK = Sorting(
    {"uploaded": DocumentVersion.uploaded_at, "title": Document.title},
    default="uploaded",
    unique=DocumentVersion.ref,
)


def waiting_for_check(
    viewer: Viewer,
    *,
    provider_ref: str = "",
    sort: str | None = None,
    cursor: str | None = None,
) -> Page[DocumentVersion]:
    """The newest versions in libraries that were scanned and wait for a commissioner.

    Raises:
        NotFound: for somebody who does not check documents.
    """
    if not viewer.may(Permission.DOCUMENT_CHECK):
        raise NotFound
    named = contains_eager(DocumentVersion.document).joinedload(Document.setting)
    statement = _waiting(provider_ref).options(named)
    size = settings.get("list_page_size")
    return paginate(db.session, statement, TO_CHECK, sort=sort, cursor=cursor, size=size)


def how_many(provider_ref: str = "") -> int:
    """How many documents wait for a check, of one provider or of all."""
    waiting = _waiting(provider_ref).with_only_columns(func.count(DocumentVersion.id))
    return db.session.scalar(waiting.order_by(None)) or 0


def next_after(version: DocumentVersion, provider_ref: str = "") -> DocumentVersion | None:
    """What waits next: the one that was uploaded after this one, else the longest waiting."""
    later = (DocumentVersion.uploaded_at, DocumentVersion.id)
    waiting = _waiting(provider_ref).where(DocumentVersion.id != version.id).order_by(*later)
    after = waiting.where(
        (DocumentVersion.uploaded_at > version.uploaded_at)
        | ((DocumentVersion.uploaded_at == version.uploaded_at) & (DocumentVersion.id > version.id))
    )
    return db.session.scalar(after.limit(1)) or db.session.scalar(waiting.limit(1))


def _waiting(provider_ref: str = "") -> Select[tuple[DocumentVersion]]:
    statement = (
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .join(DocumentVersion.file)
        .where(_waits())
    )
    if provider_ref:
        of = select(Provider.id).where(Provider.ref == provider_ref).scalar_subquery()
        statement = statement.where(Document.provider_id == of)
    return statement


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
