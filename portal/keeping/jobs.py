"""Files follow their rows: after the commit, one by one, with their older versions."""

from datetime import datetime

from sqlalchemy import select

from portal import queue
from portal.db import db
from portal.keeping.checking import ON_ITS_WAY
from portal.keeping.needed import is_needed, store_of
from portal.retention import DESTROY, DestroyedFile, FileFate


@queue.handler(DESTROY)
def destroy(job: queue.Job, now: datetime) -> None:
    """Destroy one file, unless another record points at the same content.

    A file that somebody has sent again meanwhile waits for its row: it is looked at a day later.
    """
    wanted = select(DestroyedFile).where(DestroyedFile.ref == job.subject).with_for_update()
    file = db.session.scalars(wanted).one()
    if file.fate is not FileFate.WAITING:
        return
    store = store_of(file.area)
    if is_needed(db.session.connection(), file.area, file.sha256):
        file.fate = FileFate.NEEDED
    else:
        since, done_at = store.stored_at(file.sha256), file.deletion.done_at
        if since and done_at and done_at < since > now - ON_ITS_WAY:
            raise queue.Later(ON_ITS_WAY)
        file.versions = store.destroy(file.sha256)
        file.fate = FileFate.DESTROYED if file.versions else FileFate.GONE
    file.at = now
