"""Work of the visits room behind the pages."""

from datetime import datetime

from sqlalchemy import select

from portal import queue
from portal.db import db
from portal.visits import actions_photos
from portal.visits.models_entries import VisitPhoto


@queue.handler(actions_photos.DROP_JOB)
def drop_photo(job: queue.Job, _now: datetime) -> None:
    """Delete the file of a photograph that was removed. Done twice, it does nothing."""
    photo = db.session.scalar(select(VisitPhoto).where(VisitPhoto.ref == job.subject))
    if photo is not None:
        actions_photos.drop_file(photo)
