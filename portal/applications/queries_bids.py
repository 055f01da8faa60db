"""What councils see of applications: counts, and once the round is opened what was submitted.

The working copy is never read here, and no price before prices are opened. Other rooms find these
queries in `queries.py` too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal.access import Viewer
from portal.applications import policy
from portal.applications.models import Application, Arrival, BidLot, PriceEnvelope, Submission
from portal.applications.statements import with_round
from portal.applications.submitting.sealing import BidContent, read_content, read_prices
from portal.content.rates import items_for
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.rounds.models import Round
from scoring.rates import check_rate
from scoring.rules import RuleBroken

LONGEST_REQUEST = timedelta(minutes=15)  # no server lets a request live longer


@dataclass(frozen=True, slots=True)
class Counts:
    """All that a council learns of a round before it is opened."""

    drafts: int
    submissions: int


def counts(bid_round: Round) -> Counts:
    """How many drafts and submissions a round has: all that anybody learns before the opening."""
    rows = db.session.execute(
        select(Application.standing_number.is_(None), func.count())
        .where(Application.round_id == bid_round.id)
        .group_by(Application.standing_number.is_(None))
    )
    by_kind = {bool(is_draft): number for is_draft, number in rows}
    return Counts(drafts=by_kind.get(True, 0), submissions=by_kind.get(False, 0))


def bids(bid_round: Round, viewer: Viewer) -> list[Application]:
    """The opened bids of a round, by name of the provider; none before the opening."""
    if not policy.may_read_bids(viewer, bid_round):
        return []
    found = db.session.scalars(
        with_round().where(
            Application.round_id == bid_round.id, Application.stage.in_(policy.OPENED_BIDS)
        )
    )
    return sorted(found, key=lambda bid: (bid.provider.name.casefold(), bid.id))


def bid_content(application: Application, viewer: Viewer) -> BidContent:
    """What was submitted, for those who read bids; Young Commissioners read their own questions.

    Raises:
        NotFound: before the opening, and for everybody else.
    """
    found = bid_contents([application], viewer).get(application.id)
    if found is None:
        raise NotFound
    return found


def bid_contents(applications: Sequence[Application], viewer: Viewer) -> dict[int, BidContent]:
    """The same for several bids, by application id, in one statement."""
    whole = {one.id for one in applications if policy.may_read_bid(viewer, one)}
    whole |= {one.id for one in applications if policy.is_own(viewer, one)}
    young = {one.id: one for one in applications if policy.may_read_young_answers(viewer, one)}
    rows = db.session.execute(
        select(Submission.application_id, Submission.content)
        .join(Submission.application)
        .where(
            Application.id.in_(whole | young.keys()),
            Submission.number == Application.standing_number,
        )
    )
    contents = {row.application_id: read_content(row.content) for row in rows}
    return {
        key: content if key in whole else _only_young(content, young[key])
        for key, content in contents.items()
    }


def bid_document(application: Application, version_ref: str, viewer: Viewer) -> DocumentVersion:
    """A file that an opened bid pins.

    Raises:
        NotFound: the bid does not name it, or the viewer may not read the bid.
    """
    if not policy.may_read_bid(viewer, application):
        raise NotFound
    if bid_content(application, viewer).document(version_ref) is None:
        raise NotFound
    statement = select(DocumentVersion).where(DocumentVersion.ref == version_ref)
    return db.session.scalars(statement.options(joinedload(DocumentVersion.document))).one()


def prices(application_ids: Iterable[int], viewer: Viewer) -> dict[int, dict[tuple[str, str], int]]:
    """Pence by (lot code, item key) of each of these bids, by application id.

    A provider gets its own. A council gets nothing before the prices are opened, and then
    those who read results do.
    """
    readable = _of_readable_prices(application_ids, viewer)
    return {key: read_prices(text) for key, text in _envelopes(readable)}


def prices_of(application: Application, viewer: Viewer) -> dict[tuple[str, str], int] | None:
    """The same of one bid that was read with its round; none where they are not the viewer's."""
    if not policy.may_read_prices(viewer, application):
        return None
    return {key: read_prices(text) for key, text in _envelopes([application.id])}.get(
        application.id
    )


def _of_readable_prices(application_ids: Iterable[int], viewer: Viewer) -> list[int]:
    applications = db.session.scalars(
        select(Application)
        .where(Application.id.in_(set(application_ids)))
        .options(joinedload(Application.round).selectinload(Round.councils))
    )
    return [one.id for one in applications if policy.may_read_prices(viewer, one)]


def submitted_texts(
    application_ids: Iterable[int], viewer: Viewer
) -> dict[int, tuple[Submission, str | None]]:
    """What counts of each of these bids, as it was submitted, and its envelope once that is open."""
    ids = set(application_ids)
    rows = db.session.execute(
        select(Submission, PriceEnvelope.content)
        .join(Application, Application.id == Submission.application_id)
        .outerjoin(PriceEnvelope, PriceEnvelope.submission_id == Submission.id)
        .where(
            Application.id.in_(ids),
            Submission.number == Application.standing_number,
        )
    ).all()
    open_to = _of_readable_prices(ids, viewer)
    return {
        one.application_id: (one, envelope if one.application_id in open_to else None)
        for one, envelope in rows
    }


def bid_lots(application_ids: Iterable[int]) -> dict[tuple[int, int], BidLot]:
    """The lots of opened bids, by application and lot of the round."""
    rows = db.session.scalars(select(BidLot).where(BidLot.application_id.in_(set(application_ids))))
    return {(one.application_id, one.round_lot_id): one for one in rows}


def prices_complete(applications: Sequence[Application], viewer: Viewer) -> dict[int, bool]:
    """Whether each opened bid has every price that the rate card needs; nothing else of them."""
    readable = {one.id: one for one in applications if policy.may_read_bid(viewer, one)}
    contents = bid_contents(list(readable.values()), viewer)
    return {
        key: _is_complete(readable[key], contents[key].lots, read_prices(text))
        for key, text in _envelopes(readable)
    }


def in_flight(bid_round: Round, now: datetime) -> int:
    """Submissions that came in on time and are still being stored; a round waits for them.

    One that is older than any request can be was lost with its process and is waited for no more.
    """
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Arrival)
            .join(Application, Application.id == Arrival.application_id)
            .where(
                Application.round_id == bid_round.id,
                Arrival.finished_at.is_(None),
                Arrival.received_at > now - LONGEST_REQUEST,
            )
        )
        or 0
    )


def _only_young(content: BidContent, application: Application) -> BidContent:
    """The answers written to the Young Commissioners, and nothing else of the bid."""
    keys = {
        question["key"]
        for section in application.round.question_set.body["sections"]
        if section["audience"] == "young"
        for question in section["questions"]
    }
    kept = {place: value for place, value in content.answers.items() if place[0] in keys}
    return replace(content, answers=kept, documents=(), marks=(), prices_sha256="")


def _envelopes(application_ids: Iterable[int]) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Submission.application_id, PriceEnvelope.content)
        .join(PriceEnvelope, PriceEnvelope.submission_id == Submission.id)
        .join(Application, Application.id == Submission.application_id)
        .where(
            Application.id.in_(set(application_ids)),
            Submission.number == Application.standing_number,
        )
    )
    return [(row.application_id, row.content) for row in rows]


def _is_complete(
    application: Application, lots: Iterable[str], offered: dict[tuple[str, str], int]
) -> bool:
    try:
        for lot in lots:
            for item in items_for(application.round.rate_card.body, lot):
                check_rate(item, offered.get((lot, item["key"])))
    except RuleBroken:
        return False
    return True
