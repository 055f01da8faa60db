"""A file as a form sends it, on its way into the store."""

from typing import Any

from portal.documents.actions import StagedFile, stage_file
from scoring.rules import RuleBroken


def take_in(form: Any) -> StagedFile | None:
    """Store the file that was sent, if there is one; if it is refused, the form remembers why.

    A view calls this before its first statement, which takes the write lock: others would wait
    while a file is read and flushed.

    Args:
        form: a form with a field `file` (`forms.base.TakesFile`).
    """
    sent = form.file.data if form.is_submitted() else None
    if not sent:
        return None
    try:
        return stage_file(sent.stream, sent.filename)
    except RuleBroken as broken:
        form.refused = broken
        return None
