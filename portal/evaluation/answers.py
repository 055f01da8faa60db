"""What a scorer reads: the answer to one question, from what was submitted, and nothing else."""

from collections.abc import Sequence
from datetime import datetime

from portal.access import Viewer
from portal.applications import queries as applications
from portal.applications.models import Application
from portal.applications.paper import words_of
from portal.applications.submitting.sealing import BidContent
from portal.evaluation.asked import Asked, Key, read_beside
from portal.people.actions import note_read


def answer_to(asked: Asked, application: Application, viewer: Viewer) -> str:
    """The answer in the standing submission; empty where nothing was written.

    Whether the viewer may score the bid is the caller's to know; whether they may read it at all
    is asked once more by the room that keeps it.
    """
    return answers_to([(application, asked)], viewer)[application.id, asked.key]


def to_all(asked: Sequence[Asked], application: Application, viewer: Viewer) -> dict[Key, str]:
    """The answers of one bid to everything that a sheet asks."""
    found = answers_to([(application, one) for one in asked], viewer)
    return {one.key: found[application.id, one.key] for one in asked}


def answers_to(
    wanted: Sequence[tuple[Application, Asked]], viewer: Viewer
) -> dict[tuple[int, Key], str]:
    """The answers to several questions of several bids, in one statement.

    Rows that the round wants read beside an answer, such as staffing, stand under it.
    """
    bids = list({application.id: application for application, _ in wanted}.values())
    contents = applications.bid_contents(bids, viewer) if bids else {}
    return {
        (application.id, asked.key): _with_rows(asked, application, contents[application.id])
        if application.id in contents
        else ""
        for application, asked in wanted
    }


def _with_rows(asked: Asked, application: Application, content: BidContent) -> str:
    parts = [_text(content.answers.get(asked.key))]
    for question in read_beside(application.round).get(asked.question, ()):
        lot = asked.lot_code if question["per_lot"] else ""
        if rows := words_of(question, content.answers.get((question["key"], lot))):
            parts.append(f"{question['label']}\n{rows}")
    return "\n\n".join(part for part in parts if part)


def _text(value: object) -> str:
    if value is None:
        return ""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def note(viewer: Viewer, application: Application, now: datetime) -> None:
    """Remember that somebody looked at an opened bid."""
    note_read(viewer, "bid", application.ref, now)
