"""What libraries put on the calendar: the last days of documents."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.access import Permission, Viewer
from portal.content import queries as content
from portal.db import db
from portal.documents.models import Document, DocumentVersion
from portal.documents.queries import label_of
from portal.providers.models import Provider
from portal.web import CalendarEntry
from scoring.stages import CheckStage

KIND = "document"


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """The last days of what lies in the libraries that the viewer may see, between two days.

    A document that has a newer version is not among them; of what was rejected nobody waits for
    the end. Two statements.
    """
    statement = _visible(viewer)
    if statement is None:
        return
    types = content.document_types()
    ending = statement.where(DocumentVersion.valid_until_on.between(from_on, until_on))
    for on, document, provider in db.session.execute(
        ending.order_by(DocumentVersion.valid_until_on, Document.title, Document.id)
    ):
        own = provider.id in viewer.provider_ids
        named = label_of(document)
        home = document.setting.ref if document.setting else None
        yield CalendarEntry(
            on,
            f"{named} runs out" if own else f"{provider.name}: {named} runs out",
            url_for("documents.show", ref=provider.ref, type_key=document.type_key, home=home),
            KIND,
            _effect(types.get(document.type_key, {})),
        )


def _effect(kind: dict[str, object]) -> str:
    if not kind.get("blocks_placement"):
        return ""
    if kind.get("of") == "setting":
        return "From the day after nobody is placed in this home, unless there is a new one."
    return "From the day after nobody new is placed, unless there is a new one."


def _visible(viewer: Viewer) -> Select[tuple[date, Document, Provider]] | None:
    """The newest versions in one's own library, or for those who check documents in all of them."""
    newest = (
        select(DocumentVersion.document_id, func.max(DocumentVersion.number).label("number"))
        .group_by(DocumentVersion.document_id)
        .subquery()
    )
    statement = (
        select(DocumentVersion.valid_until_on, Document, Provider)
        .join(DocumentVersion.document)
        .join(
            newest,
            (newest.c.document_id == DocumentVersion.document_id)
            & (newest.c.number == DocumentVersion.number),
        )
        .join(Provider, Provider.id == Document.provider_id)
        .options(joinedload(Document.setting))
        .where(Document.bound_to == "", DocumentVersion.check != CheckStage.REJECTED)
    )
    if viewer.council_ids and viewer.may(Permission.DOCUMENT_CHECK):
        return statement
    if viewer.provider_ids and viewer.may(Permission.DOCUMENT_READ):
        return statement.where(Document.provider_id.in_(viewer.provider_ids))
    return None
