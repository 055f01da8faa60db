"""Reading a working copy: all of it, or the part that a page writes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.applications.confirming import touched
from portal.applications.models import (
    Answer,
    Application,
    AttachedDocument,
    OfferedRate,
    VersionConfirmation,
)
from portal.applications.models_marks import SensitiveMark
from portal.applications.working_copy import (
    ANSWERS,
    DOCUMENTS,
    EVERYTHING,
    RATES,
    WorkingCopy,
)
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.rounds.models_versions import RoundVersion


def working_copy_of(
    application: Application, on: date, parts: frozenset[str] = EVERYTHING
) -> WorkingCopy:
    """The same for the verbs, which have asked who may."""
    answers = _answers(application) if ANSWERS in parts else []
    attached = _attached(application) if DOCUMENTS in parts else []
    rates = _rates(application) if RATES in parts else []
    copy = WorkingCopy(
        application=application,
        answers={(one.question_key, one.lot_code): one for one in answers},
        attached={one.checklist_key: one for one in attached},
        rates={(one.lot_code, one.item_key): one for one in rates},
        files=_files(application, answers) if answers else {},
        on=on,
        marks=_marks(application) if parts == EVERYTHING else (),
        parts_read=parts,
    )
    return copy if parts != EVERYTHING else with_unconfirmed(copy)


def with_unconfirmed(copy: WorkingCopy) -> WorkingCopy:
    """The copy with what a newer version of the round touched; mostly none, and no statement."""
    application = copy.application
    if application.round.version <= application.confirmed_version:
        return copy
    newer = select(RoundVersion).where(
        RoundVersion.round_id == application.round_id,
        RoundVersion.number > application.confirmed_version,
    )
    kept = select(VersionConfirmation).where(VersionConfirmation.application_id == application.id)
    found = touched(copy, db.session.scalars(newer).all(), db.session.scalars(kept).all())
    return replace(copy, unconfirmed=tuple(found))


def _answers(application: Application) -> Sequence[Answer]:
    return db.session.scalars(
        select(Answer)
        .where(Answer.application_id == application.id)
        .options(joinedload(Answer.saved_by))
    ).all()


def _marks(application: Application) -> Sequence[SensitiveMark]:
    return db.session.scalars(
        select(SensitiveMark)
        .where(SensitiveMark.application_id == application.id)
        .options(joinedload(SensitiveMark.marked_by))
        .order_by(SensitiveMark.kind, SensitiveMark.key, SensitiveMark.lot_code)
    ).all()


def _attached(application: Application) -> Sequence[AttachedDocument]:
    return db.session.scalars(
        select(AttachedDocument)
        .where(AttachedDocument.application_id == application.id)
        .options(
            joinedload(AttachedDocument.attached_by),
            joinedload(AttachedDocument.version).joinedload(DocumentVersion.document),
        )
    ).all()


def _rates(application: Application) -> Sequence[OfferedRate]:
    return db.session.scalars(
        select(OfferedRate)
        .where(OfferedRate.application_id == application.id)
        .options(joinedload(OfferedRate.saved_by))
    ).all()


def _files(application: Application, answers: Iterable[Answer]) -> dict[str, DocumentVersion]:
    """The files that answer questions of the kind "file"; none is asked for, no statement."""
    body = application.round.question_set.body
    kinds = {
        question["key"]
        for section in body["sections"]
        for question in section["questions"]
        if question["kind"] == "file"
    }
    refs = [one.value for one in answers if one.question_key in kinds and one.value]
    if not refs:
        return {}
    statement = (
        select(DocumentVersion)
        .where(DocumentVersion.ref.in_(refs))
        .options(joinedload(DocumentVersion.document))
    )
    return {version.ref: version for version in db.session.scalars(statement)}
