"""Making the PDFs of letters, after the approval has been committed."""

import io
from datetime import datetime

from sqlalchemy import select

from portal import pdf, queue
from portal.awards.models import Letter
from portal.awards.presentation import readable
from portal.db import db
from portal.documents.models import StoredFile
from portal.storage import get_store
from scoring.stages import ScanStage


@queue.handler("letter:pdf")
def make_pdf(job: queue.Job, now: datetime) -> None:
    """Make one letter's PDF and keep it; a letter that has one keeps it.

    The PDF is made and stored before the write lock is taken: nobody waits for it.
    """
    ref = job.subject
    with db.reading() as session:
        letter = session.scalars(select(Letter).where(Letter.ref == ref)).one_or_none()
        if letter is None or letter.file_id is not None:
            return  # taken back before it was made, or made already
        made = pdf.render_pdf("pdf/letter.html", letter=letter, content=readable(letter))
        name = f"assessment-summary-{letter.content['application']}.pdf"
    stored = get_store().put(io.BytesIO(made))
    file = StoredFile(
        sha256=stored.sha256,
        size=stored.size,
        mime="application/pdf",
        name=name,
        scan=ScanStage.CLEAN,  # made here
        scanned_at=now,
        stored_at=now,
    )
    letter = db.session.scalar(select(Letter).where(Letter.ref == ref).with_for_update())
    if letter is not None and letter.file_id is None:  # another worker may have been quicker
        letter.file = file
