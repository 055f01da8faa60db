"""What a search finds here: documents in libraries, by what they are called. Never a file of a bid."""

from collections.abc import Iterator, Sequence

from flask import url_for
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from portal.access import Permission, Viewer
from portal.content import queries as content
from portal.db import db
from portal.documents.models import Document
from portal.documents.queries import label_of, providers_named
from portal.providers.models import Provider
from portal.searching import containing
from portal.web import Hit


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """Libraries of everybody for those who check them, one's own for a provider's people."""
    if not viewer.may(Permission.DOCUMENT_READ):
        return
    types = content.document_types()
    named = [
        or_(
            containing([word], Document.title, Provider.name),
            Document.type_key.in_(
                [key for key, kind in types.items() if word in kind["title"].lower()]
            ),
        )
        for word in words
    ]
    wanted = (
        select(Document)
        .join(Provider, Provider.id == Document.provider_id)
        .where(Document.bound_to == "", and_(*named))
        .options(joinedload(Document.setting))
        .order_by(Document.title, Document.id)
    )
    if not (viewer.council_ids and viewer.may(Permission.DOCUMENT_CHECK)):
        wanted = wanted.where(Document.provider_id.in_(viewer.provider_ids))
    found = db.session.scalars(wanted.limit(limit)).all()
    holders = providers_named(one.provider_id for one in found)
    for one in found:
        holder = holders[one.provider_id]
        home = one.setting.ref if one.setting else None
        address = url_for("documents.show", ref=holder.ref, type_key=one.type_key, home=home)
        yield Hit(label_of(one), address, "Document", holder.name)
