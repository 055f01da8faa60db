"""What in this room waits for a person: documents to mend or renew, documents to check."""

from datetime import date, datetime

from flask import url_for

from portal.access import Permission, Viewer
from portal.days import today
from portal.documents import checking
from portal.documents.queries import label_of, library_documents, providers_named, state_of
from portal.web import Due
from scoring.documents import DocumentState
from scoring.stages import CheckStage

NEEDS_THE_PROVIDER = {
    DocumentState.INFECTED: "has a virus",
    DocumentState.REJECTED: "was not accepted",
    DocumentState.EXPIRED: "has run out",
    DocumentState.EXPIRING: "runs out soon",
}


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
    for document in library_documents(viewer.provider_ids):
        newest = document.newest
        words = NEEDS_THE_PROVIDER.get(state_of(newest, on))
        if words:
            address = url_for(
                "documents.show",
                ref=holders[document.provider_id].ref,
                type_key=document.type_key,
                home=document.setting.ref if document.setting else None,
            )
            note = newest.check_reason if newest.check is CheckStage.REJECTED else ""
            found.append(Due(f"{label_of(document)} {words}", address, note=note, tag="Document"))
    return found


def _to_check() -> list[Due]:
    number = checking.how_many()
    if not number:
        return []
    words = (
        "1 document waits for a check" if number == 1 else f"{number} documents wait for a check"
    )
    return [Due(words, url_for("documents.to_check"), tag="Document", count=number)]
