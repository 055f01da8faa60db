"""What is there after a drill, held against what was acknowledged."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from drills.ledger import Ledger
from drills.place import Place
from portal import audit
from portal.applications.models import Answer, Application, Submission
from portal.db import db
from portal.documents.models import DocumentVersion, StoredFile
from portal.evaluation.models import Score, Sheet
from portal.mail import Mail
from portal.queue import Job, JobState
from portal.storage import get_store


def losses(app: Flask, place: Place, ledger: Ledger) -> list[str]:
    """Everything that was acknowledged and is not there, there twice, or half there."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)  # no lease of a killed worker is longer
    place.command("jobs", "due", "--at", tomorrow.isoformat(), "--do")
    with app.app_context():
        things = [*_submissions(), *_files()]
        return [
            *ledger.losses({**dict(_answers()), **dict(_scores())}, things),
            *_files_without_content(),
            *_letters(),
            *_jobs(),
            *(f"trail {one.chain} no. {one.number}: {one.what}" for one in audit.verify()),
        ]


def received(app: Flask) -> dict[str, datetime]:
    """When each submission came in, by its application."""
    rows = select(Application.ref, Submission.received_at).join(
        Submission, Submission.application_id == Application.id
    )
    with app.app_context():
        return dict(db.session.execute(rows).all())


def _answers() -> Iterator[tuple[str, str]]:
    rows = select(Application.ref, Answer.question_key, Answer.value).join(
        Answer, Answer.application_id == Application.id
    )
    for ref, key, value in db.session.execute(rows):
        yield f"answer {ref} {key}", value


def _scores() -> Iterator[tuple[str, str]]:
    rows = select(Sheet.ref, Score.question_key, Score.lot_code, Score.reason).join(Score.sheet)
    for ref, key, lot, reason in db.session.execute(rows):
        yield f"score {ref} {f'{key}/{lot}'.rstrip('/')}", reason


def _submissions() -> Iterator[str]:
    rows = select(Application.ref).join(Submission, Submission.application_id == Application.id)
    for ref in db.session.scalars(rows):
        yield f"submission {ref}"


def _files() -> Iterator[str]:
    rows = select(StoredFile.sha256).join(DocumentVersion, DocumentVersion.file_id == StoredFile.id)
    for digest in db.session.scalars(rows):
        yield f"file {digest}"


def _files_without_content() -> Iterator[str]:
    store = get_store()
    for digest in set(db.session.scalars(select(StoredFile.sha256))):
        if not store.exists(digest):
            yield f"a row points at {digest}, which is not in the store"


def _letters() -> Iterator[str]:
    """Each receipt is told once to each person."""
    rows = select(Mail.message, Mail.address, Mail.about, Mail.subject).where(Mail.about != "")
    for row, times in Counter(map(tuple, db.session.execute(rows))).items():
        if times > 1 and row[0].startswith("application"):
            yield f"a mail about {row[2]} was written {times} times"


def _jobs() -> Iterator[str]:
    undone = select(Job.kind, Job.state, Job.fault).where(
        Job.state.in_([JobState.RUNNING, JobState.FAILED])
    )
    for kind, state, fault in db.session.execute(undone):
        yield f"a job {kind} is {state}: {fault}"
