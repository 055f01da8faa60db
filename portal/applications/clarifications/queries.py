"""The council's request as the bidder reads it, and what a reply holds; with what others collect.

What councils read of it is in `requests.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.applications import queries
from portal.applications.clarifications.models import ClarificationField, ClarificationRequest
from portal.applications.clarifications.originals import Original, original_of
from portal.applications.compliance import policy as policy_compliance
from portal.applications.models import Application
from portal.content import queries as content
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.rounds.models import Round
from portal.web import Due
from scoring.clarifications import request_stage_at
from scoring.stages import RequestStage


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field that the bidder is asked about, beside what was submitted."""

    field: ClarificationField
    original: Original


def own_request(application_ref: str, viewer: Viewer) -> ClarificationRequest:
    """The request to one's own organisation, once it is sent, with its fields.

    Raises:
        NotFound: there is none, or it is to somebody else.
    """
    found = db.session.scalar(_own(viewer).where(Application.ref == application_ref))
    if found is None:
        raise NotFound
    return found


def own_requests(viewer: Viewer) -> list[ClarificationRequest]:
    """Every request to the viewer's organisations, the newest first."""
    wanted = _own(viewer).order_by(
        ClarificationRequest.sent_at.desc(), ClarificationRequest.id.desc()
    )
    return list(db.session.scalars(wanted))


def request_of_own(application: Application, viewer: Viewer) -> ClarificationRequest | None:
    """The request about an application of one's own, if one was sent."""
    return db.session.scalar(_own(viewer).where(Application.id == application.id))


def own_field(application_ref: str, field_ref: str, viewer: Viewer) -> ClarificationField:
    """One field of a request to one's own organisation.

    Raises:
        NotFound: for everybody else.
    """
    request = own_request(application_ref, viewer)
    found = next((one for one in request.fields if one.ref == field_ref), None)
    if found is None:
        raise NotFound
    return found


def with_originals(
    fields: Sequence[ClarificationField], application: Application, viewer: Viewer
) -> list[OwnField]:
    """Fields beside what one's own organisation submitted; one statement."""
    submitted = queries.bid_content(application, viewer)
    return [
        OwnField(one, original_of(one.key, one.lot_code, application, submitted)) for one in fields
    ]


def refuse_strangers(application_ref: str, field_ref: str, viewer: Viewer) -> None:
    """Look, without taking the write lock, whether this is one's own: before a file is stored.

    Raises:
        NotFound: it is not.
    """
    with db.reading() as session:
        found = session.scalar(
            _own(viewer)
            .join(ClarificationRequest.fields)
            .where(Application.ref == application_ref, ClarificationField.ref == field_ref)
        )
    if found is None:
        raise NotFound


def asks_for_day(field: ClarificationField) -> bool:
    """Whether a document of this kind has a last day."""
    kind = content.document_types().get(field.document_type, {})
    return bool(kind.get("expiry", "none") != "none")


def council_field(application: Application, field_ref: str, viewer: Viewer) -> ClarificationField:
    """A field of a request, for those who check the bid.

    Raises:
        NotFound: for everybody else.
    """
    if not policy_compliance.may_read(viewer, application.round):
        raise NotFound
    found = db.session.scalar(
        select(ClarificationField)
        .join(ClarificationField.request)
        .where(
            ClarificationRequest.application_id == application.id,
            ClarificationField.ref == field_ref,
        )
        .options(contains_eager(ClarificationField.request))
    )
    if found is None:
        raise NotFound
    return found


def reply_document(application: Application, version_ref: str, viewer: Viewer) -> DocumentVersion:
    """A document of a reply that was sent, for those who check the bid.

    Raises:
        NotFound: there is none, the reply is not sent, or the viewer does not read the check.
    """
    if not policy_compliance.may_read(viewer, application.round):
        raise NotFound
    found = db.session.scalar(
        select(DocumentVersion)
        .join(ClarificationField, ClarificationField.document_version_id == DocumentVersion.id)
        .join(ClarificationField.request)
        .where(
            ClarificationRequest.application_id == application.id,
            ClarificationRequest.stage == RequestStage.REPLIED,
            DocumentVersion.ref == version_ref,
        )
        .options(joinedload(DocumentVersion.document))
    )
    if found is None:
        raise NotFound
    return found


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """Requests that the viewer's organisations still have time to reply to, by date."""
    if not viewer.may(Permission.APPLICATION_EDIT) or not viewer.provider_ids:
        return
    wanted = (
        select(ClarificationRequest)
        .join(ClarificationRequest.application)
        .join(Application.round)
        .where(
            Application.provider_id.in_(viewer.provider_ids),
            ClarificationRequest.stage == RequestStage.SENT,
            ClarificationRequest.reply_until_at > now,
        )
        .options(contains_eager(ClarificationRequest.application).contains_eager(Application.round))
        .order_by(ClarificationRequest.reply_until_at)
    )
    for one in db.session.scalars(wanted):
        yield Due(
            title=f"Clarify your application to {one.application.round.title}",
            address=url_for("applications.clarification", ref=one.application.ref),
            due_at=one.reply_until_at,
            note="The council asks once. A late reply cannot be taken.",
            tag="Clarification",
        )


def stage_of(request: ClarificationRequest, now: datetime) -> RequestStage:
    """Where a request stands, as the clock shows it."""
    return request_stage_at(request.stage, request.reply_until_at, now)


def _own(viewer: Viewer) -> Select[tuple[ClarificationRequest]]:
    own = viewer.provider_ids if viewer.may(Permission.APPLICATION_READ) else frozenset()
    return (
        select(ClarificationRequest)
        .join(ClarificationRequest.application)
        .where(
            Application.provider_id.in_(own),
            ClarificationRequest.stage != RequestStage.DRAFT,
        )
        .options(
            contains_eager(ClarificationRequest.application).options(
                joinedload(Application.provider),
                joinedload(Application.round).options(
                    joinedload(Round.question_set),
                    joinedload(Round.checklist),
                    joinedload(Round.lead_council),
                ),
            ),
            selectinload(ClarificationRequest.fields).options(
                joinedload(ClarificationField.version).joinedload(DocumentVersion.document),
                joinedload(ClarificationField.saved_by),
            ),
        )
    )
