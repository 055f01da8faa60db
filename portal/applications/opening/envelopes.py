"""The price envelopes of a round at the moment when they are opened: still what was sealed?"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.applications.models import Application, PriceEnvelope, Submission
from portal.db import db
from scoring.canonical import sha256_of

MISSING, CHANGED, OTHER = (
    "The price envelope is missing.",
    "The price envelope is not what was sealed.",
    "The bid names another price envelope.",
)


def examined(application_ids: Collection[int]) -> list[dict[str, Any]]:
    """The envelope of each of these bids by its hash, with what does not hold; never a price."""
    rows = db.session.execute(
        select(Submission, PriceEnvelope)
        .join(Application, Application.id == Submission.application_id)
        .outerjoin(PriceEnvelope, PriceEnvelope.submission_id == Submission.id)
        .where(
            Application.id.in_(application_ids),
            Submission.number == Application.standing_number,
        )
        .options(joinedload(Submission.application))
        .order_by(Application.ref)
    )
    return [_examined(submission, envelope) for submission, envelope in rows]


def _examined(submission: Submission, envelope: PriceEnvelope | None) -> dict[str, Any]:
    found = sha256_of(envelope.content) if envelope is not None else ""
    problems = []
    if envelope is None:
        problems.append(MISSING)
    elif found != envelope.sha256:
        problems.append(CHANGED)
    if envelope is not None and f'"prices_sha256":"{found}"' not in submission.content:
        problems.append(OTHER)  # the content is canonical JSON: one text for one content
    return {
        "application": submission.application.ref,
        "receipt": submission.ref,
        "prices_sha256": found,
        "problems": problems,
    }
