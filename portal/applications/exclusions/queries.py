"""The exclusion of a supplier, as the councils of the round read it, and as the supplier does."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal.access import Viewer
from portal.applications import policy, queries
from portal.applications.compliance import policy as policy_compliance
from portal.applications.exclusions.models import (
    DebarmentCheck,
    Exclusion,
    ExclusionFile,
    ExclusionNotice,
)
from portal.applications.models import Application
from portal.db import db
from portal.documents.models import DocumentVersion
from scoring.exclusion import ExclusionStage

OPEN = frozenset(
    {
        ExclusionStage.HEARING,
        ExclusionStage.PROPOSED,
        ExclusionStage.EXCLUDED,
        ExclusionStage.LIFT_PROPOSED,
    }
)
"""The stages of a procedure that is not over, or whose outcome keeps the supplier out."""


def bid(ref: str, viewer: Viewer) -> Application:
    """An opened bid, for those who read its check.

    Raises:
        NotFound: for everybody else, the bidder too, who has a page of its own.
    """
    found = queries.application(ref, viewer)
    if not policy_compliance.may_read(viewer, found.round):
        raise NotFound
    return found


def exclusions_of(application: Application, viewer: Viewer) -> Sequence[Exclusion]:
    """Every procedure about a bid, the newest first; of one's own too.

    Raises:
        NotFound: for those who read neither the check nor this application.
    """
    if not (
        policy_compliance.may_read(viewer, application.round) or policy.is_own(viewer, application)
    ):
        raise NotFound
    return db.session.scalars(
        select(Exclusion)
        .where(Exclusion.application_id == application.id)
        .options(
            selectinload(Exclusion.grounds),
            joinedload(Exclusion.opened_by),
            joinedload(Exclusion.first),
            joinedload(Exclusion.second),
            joinedload(Exclusion.answered_by),
            selectinload(Exclusion.files)
            .joinedload(ExclusionFile.version)
            .joinedload(DocumentVersion.document),
            selectinload(Exclusion.notices).joinedload(ExclusionNotice.settled_by),
        )
        .order_by(Exclusion.id.desc())
    ).all()


def standing(application: Application) -> Exclusion | None:
    """The procedure that goes on, or that keeps the supplier out. For the verbs and the check."""
    return db.session.scalar(
        select(Exclusion).where(
            Exclusion.application_id == application.id, Exclusion.stage.in_(OPEN)
        )
    )


def look_ups(application: Application) -> Sequence[DebarmentCheck]:
    """The look-ups in the debarment list for a bid, the newest first."""
    return db.session.scalars(
        select(DebarmentCheck)
        .where(DebarmentCheck.application_id == application.id)
        .options(joinedload(DebarmentCheck.looked_up_by))
        .order_by(DebarmentCheck.id.desc())
    ).all()


def file_of_answer(application: Application, version_ref: str) -> DocumentVersion:
    """A file that the supplier sent with an answer on its exclusion.

    Raises:
        NotFound: there is none, or the answer is not sent yet.
    """
    found = db.session.scalar(
        select(DocumentVersion)
        .join(ExclusionFile, ExclusionFile.document_version_id == DocumentVersion.id)
        .join(ExclusionFile.exclusion)
        .where(
            Exclusion.application_id == application.id,
            Exclusion.answered_at.is_not(None),
            DocumentVersion.ref == version_ref,
        )
        .options(joinedload(DocumentVersion.document))
    )
    if found is None:
        raise NotFound
    return found


def stage_for_supplier(application: Application, viewer: Viewer) -> str:
    """Where the newest procedure about one's own application stands, as its supplier is told.

    What one officer has decided is told when a second has confirmed it. No statement before the
    opening.
    """
    if application.round.opened_at is None or not policy.is_own(viewer, application):
        return ""
    stage = db.session.scalar(
        select(Exclusion.stage)
        .where(Exclusion.application_id == application.id)
        .order_by(Exclusion.id.desc())
        .limit(1)
    )
    return told(stage).value if stage else ""


def told(stage: ExclusionStage) -> ExclusionStage:
    """A stage as the supplier is told it: what waits for a second person is not decided."""
    waiting = {ExclusionStage.LIFT_PROPOSED: ExclusionStage.EXCLUDED}
    return waiting.get(stage, stage)
