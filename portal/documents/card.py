"""What this room knows of a provider by day: documents that were refused, with the reason."""

from collections.abc import Iterator

from flask import url_for

from portal.access import Permission, Viewer
from portal.days import LONDON
from portal.documents.models import Document, DocumentVersion
from portal.documents.queries import label_of, library_documents
from portal.providers.models import Provider
from portal.web import Evidence
from scoring.stages import CheckStage

KIND = "Document"


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """For those who check documents: each refusal, with its reason."""
    if not (viewer.council_ids and viewer.may(Permission.DOCUMENT_CHECK)):
        return
    for document in library_documents([provider.id]):
        for version in document.versions:
            if version.check is CheckStage.REJECTED and version.checked_at is not None:
                yield _refused(provider, document, version)


def _refused(provider: Provider, document: Document, version: DocumentVersion) -> Evidence:
    home = document.setting.ref if document.setting else None
    assert version.checked_at is not None  # noqa: S101  the caller has asked
    return Evidence(
        version.checked_at.astimezone(LONDON).date(),
        KIND,
        f"Not accepted: {label_of(document)}",
        version.check_reason,
        url_for("documents.show", ref=provider.ref, type_key=document.type_key, home=home),
        "bad",
    )
