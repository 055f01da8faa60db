"""Taking the prices of a workbook: all that the comparison showed, or none."""

from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.applications.actions_offers import offer_rate
from portal.applications.editing import may_edit
from portal.applications.models import Application
from portal.audit import Event
from portal.edits import EditConflict
from portal.previews import Preview
from scoring.rules import RuleBroken


def take_rate_book(
    application: Application, preview: Preview, *, actor: Viewer, now: datetime
) -> int:
    """Save every price that a workbook changes; returns how many.

    Args:
        preview: the changes as they were shown; each names the revision that it was compared with.

    Raises:
        RuleBroken: `application:edit-refused`, `rate-book:changed-meanwhile` (a colleague saved
            one of these prices after the comparison), `rate:…`. Then nothing is to be kept.
    """
    may_edit(actor, application, now)
    try:
        for row in preview.rows:
            values = row.values
            offer_rate(
                application,
                values["lot"],
                values["item"],
                values["after"],
                values["revision"],
                actor=actor,
                now=now,
            )
    except EditConflict as conflict:
        raise RuleBroken(
            "rate-book:changed-meanwhile",
            f"{conflict.theirs.by} saved one of these prices after you uploaded the file. "
            "Nothing is taken. Upload the file again to see what it would change now.",
        ) from None
    audit.record(Event.RATE_BOOK_TAKEN, application, actor=actor, now=now, number=len(preview.rows))
    return len(preview.rows)
