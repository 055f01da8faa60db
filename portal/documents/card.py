"""What this room knows of a provider by day: documents that were refused, or that ran out."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask import url_for

from portal.access import Permission, Viewer
from portal.days import day_of, today
from portal.documents.models import Document, DocumentVersion
from portal.documents.queries import facts_of, label_of, library_documents
from portal.providers.models import Provider
from portal.web import Evidence, clock
from scoring.documents import HOLDS, standing
from scoring.stages import CheckStage

KIND = "Document"


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """For those who check documents: each refusal with its reason, and each day without a paper in date."""
    if not (viewer.council_ids and viewer.may(Permission.DOCUMENT_CHECK)):
        return
    on = today(clock())
    for document in library_documents([provider.id]):
        for version in document.versions:
            if version.check is CheckStage.REJECTED and version.checked_at is not None:
                yield _refused(provider, document, version)
        yield from _ran_out(provider, document, on)


def _ran_out(provider: Provider, document: Document, on: date) -> Iterator[Evidence]:
    """Each day from which none of its versions held, by what had been uploaded until then."""
    versions = [one for one in document.versions if one.check is CheckStage.ACCEPTED]
    ends = {one.valid_until_on for one in versions if one.valid_until_on is not None}
    for end in sorted(ends):
        after = end + timedelta(days=1)
        there = [facts_of(one) for one in versions if day_of(one.uploaded_at) <= after]
        if after <= on and standing(there, after).state not in HOLDS:
            yield Evidence(
                after,
                KIND,
                f"Ran out: {label_of(document)}",
                "From this day none was in date.",
                _address(provider, document),
                "bad",
            )


def _address(provider: Provider, document: Document) -> str:
    home = document.setting.ref if document.setting else None
    return url_for("documents.show", ref=provider.ref, type_key=document.type_key, home=home)


def _refused(provider: Provider, document: Document, version: DocumentVersion) -> Evidence:
    assert version.checked_at is not None  # noqa: S101  the caller has asked
    return Evidence(
        day_of(version.checked_at),
        KIND,
        f"Not accepted: {label_of(document)}",
        version.check_reason,
        _address(provider, document),
        "bad",
    )
