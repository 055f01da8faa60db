"""The council's request as councils read it: replies stand in it only once they are sent.

Pages of the check are given these plain values. What a bidder is still writing is not in them, so it
cannot be shown by mistake.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.applications.clarifications.models import ClarificationField, ClarificationRequest
from portal.applications.models import Application
from portal.db import db
from portal.documents.models import DocumentVersion
from scoring.clarifications import FieldKind, request_stage_at
from scoring.stages import RequestStage


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field of a request, with the reply once it is sent."""

    ref: str
    key: str
    lot_code: str
    title: str
    asked: str
    reply: str = ""
    version: DocumentVersion | None = None

    @property
    def only_informs(self) -> bool:
        """Whether it is no item of the check, so that nothing is decided on it."""
        return self.key.startswith(f"{FieldKind.ANSWER.value}:")


@dataclass(frozen=True, slots=True)
class Request:
    """The request to one bidder; `stage` is the one that the clock shows."""

    ref: str
    stage: RequestStage
    reply_until_at: datetime | None
    sent_at: datetime | None
    sent_by: str
    replied_at: datetime | None
    replied_by: str
    reply_sha256: str
    fields: tuple[AskedField, ...]

    @property
    def is_sent(self) -> bool:
        return self.stage is not RequestStage.DRAFT

    @property
    def waits(self) -> bool:
        """Whether the bidder still has time to reply."""
        return self.stage is RequestStage.SENT

    def field(self, key: str, lot_code: str) -> AskedField | None:
        """The field in a place of the check, if the bidder was asked about it."""
        if not self.is_sent:
            return None
        return next(
            (one for one in self.fields if (one.lot_code, one.key) == (lot_code, key)), None
        )


def requests_of(applications: Sequence[Application], now: datetime) -> dict[int, Request]:
    """The requests to these bidders, by application id; two statements. Who may read the check of a
    bid was asked before."""
    ids = {one.id for one in applications}
    found = db.session.scalars(
        select(ClarificationRequest)
        .where(ClarificationRequest.application_id.in_(ids))
        .options(
            joinedload(ClarificationRequest.sent_by),
            joinedload(ClarificationRequest.replied_by),
            selectinload(ClarificationRequest.fields)
            .joinedload(ClarificationField.version)
            .joinedload(DocumentVersion.document),
        )
        .execution_options(populate_existing=True)
    )
    return {one.application_id: _as_read(one, now) for one in found}


def _as_read(request: ClarificationRequest, now: datetime) -> Request:
    replied = request.stage is RequestStage.REPLIED
    return Request(
        ref=request.ref,
        stage=request_stage_at(request.stage, request.reply_until_at, now),
        reply_until_at=request.reply_until_at,
        sent_at=request.sent_at,
        sent_by=request.sent_by.name if request.sent_by else "",
        replied_at=request.replied_at,
        replied_by=request.replied_by.name if request.replied_by else "",
        reply_sha256=request.reply_sha256,
        fields=tuple(_fields(request.fields, replied)),
    )


def _fields(fields: Iterable[ClarificationField], replied: bool) -> Iterable[AskedField]:
    for one in fields:
        yield AskedField(
            ref=one.ref,
            key=one.key,
            lot_code=one.lot_code,
            title=one.title,
            asked=one.asked,
            reply=one.reply if replied else "",
            version=one.version if replied else None,
        )
