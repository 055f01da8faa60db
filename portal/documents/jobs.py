"""Work of the documents room behind the pages: the scan of a file that was stored."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal import queue
from portal.access import Viewer
from portal.db import db
from portal.documents import (
    actions,
    expiring,  # noqa: F401  registers its reminders
)
from portal.documents.models import StoredFile
from portal.scanning import ScanResult, ScanStatus, get_scanner
from portal.storage import StoreAway, get_store
from scoring.stages import ScanStage

ASK_AGAIN = timedelta(minutes=1)


class ScannerUnavailable(queue.Later):
    """Nobody could look at the file. It waits as long as it must: no try is the last one."""

    def __init__(self) -> None:
        super().__init__(ASK_AGAIN)


class FileUnreachable(queue.Later):
    """The store is away, so there is nothing to look at yet."""

    def __init__(self) -> None:
        super().__init__(ASK_AGAIN)


@queue.handler(actions.SCAN_JOB)
def scan(job: queue.Job, now: datetime) -> None:
    """Look through a stored file, and keep what was found. Done twice, it does nothing."""
    with db.reading() as session:  # the look may take a while: no lock is held meanwhile
        found = session.scalar(select(StoredFile).where(StoredFile.ref == job.subject))
        if found is None or found.scan is not ScanStage.WAITING:
            return
        sha256 = found.sha256
    result = _look(sha256)
    file = db.session.scalars(select(StoredFile).where(StoredFile.ref == job.subject)).one()
    if file.scan is ScanStage.WAITING:
        actions.record_scan(
            file,
            infected=not result.is_clean,
            signature=result.signature,
            actor=Viewer.system(),
            now=now,
        )


def _look(sha256: str) -> ScanResult:
    try:
        with get_store().open(sha256) as stream:
            result = get_scanner().scan(stream)
    except StoreAway:
        raise FileUnreachable from None
    if result.status is ScanStatus.UNAVAILABLE:
        raise ScannerUnavailable
    return result
