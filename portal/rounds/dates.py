"""What rounds put on the calendar: the ends of their questions, and their deadlines."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from portal.access import Permission, Viewer
from portal.days import LONDON
from portal.db import db
from portal.rounds import policy
from portal.rounds.models import Round, RoundCouncil
from portal.web import CalendarEntry, in_london, time_text
from scoring.stages import RoundStage

KIND = "round"
ROOM_FOR_A_DAY = timedelta(days=1)


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """Deadlines between two days: of one's councils' rounds, or of what providers may apply for.

    Two statements, however many rounds there are.
    """
    if not (viewer.council_ids and viewer.may(Permission.ROUND_READ)) and not viewer.provider_ids:
        return
    for one in _between(from_on, until_on):
        if not _sees(viewer, one):
            continue
        moments = ((one.questions_until_at, "questions close"), (one.deadline_at, "deadline"))
        for moment, words in moments:
            local = in_london(moment)
            if local is not None and from_on <= local.date() <= until_on:
                yield CalendarEntry(
                    local.date(),
                    f"{one.title}: {words}",
                    _address(viewer, one),
                    KIND,
                    f"At {time_text(moment)}" + ("" if one.published_at else ". A draft"),
                    one.council_ids,
                )


def _between(from_on: date, until_on: date) -> list[Round]:
    first = datetime.combine(from_on, time(), LONDON) - ROOM_FOR_A_DAY
    last = datetime.combine(until_on, time(), LONDON) + 2 * ROOM_FOR_A_DAY
    statement = (
        select(Round)
        .where(
            Round.stage != RoundStage.CANCELLED,
            Round.version_of_id.is_(None),
            or_(
                Round.questions_until_at.between(first, last),
                Round.deadline_at.between(first, last),
            ),
        )
        .options(selectinload(Round.councils).load_only(RoundCouncil.council_id))
        .order_by(Round.deadline_at, Round.id)
    )
    return list(db.session.scalars(statement))


def _sees(viewer: Viewer, one: Round) -> bool:
    """A provider sees what is published; a council what it takes part in, drafts if it commissions."""
    if viewer.council_ids:
        return policy.may_read_board(viewer, one) and (
            one.published_at is not None or policy.commissions(viewer, one)
        )
    return policy.is_public(one)


def _address(viewer: Viewer, one: Round) -> str:
    return url_for("rounds.board" if viewer.council_ids else "rounds.show", ref=one.ref)
