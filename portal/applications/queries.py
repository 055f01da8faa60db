"""What people may see of applications.

A provider's people see their own, whole. Councils see how many there are, and once the round is
opened what was submitted: never the working copy, and no price before quality is locked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Role, Viewer
from portal.applications import policy
from portal.applications.models import (
    Answer,
    Application,
    ApplicationLot,
    Arrival,
    AttachedDocument,
    BidLot,
    OfferedRate,
    PriceEnvelope,
    Submission,
)
from portal.applications.sealing import (
    BidContent,
    read_content,
    read_prices,
    seal,
    secret_of,
)
from portal.applications.working_copy import (
    ANSWERS,
    DOCUMENTS,
    EVERYTHING,
    RATES,
    WorkingCopy,
)
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.documents.queries import today
from portal.people.models import Membership, Person
from portal.providers.models import Provider
from portal.rounds.models import Round
from portal.web import Due
from scoring.rates import check_rate
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RoundStage

LONGEST_REQUEST = timedelta(minutes=15)  # no server lets a request live longer
PROVIDER_ROLES = (Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR)


@dataclass(frozen=True, slots=True)
class Counts:
    """All that a council learns of a round before it is opened."""

    drafts: int
    submissions: int


def application(ref: str, viewer: Viewer) -> Application:
    """The provider's own application, or an opened bid for those who read bids.

    Raises:
        NotFound: there is none, or the viewer may not know of it.
    """
    found = db.session.scalar(_with_round().where(Application.ref == ref))
    if found is None or not (policy.is_own(viewer, found) or policy.may_read_bid(viewer, found)):
        raise NotFound
    return found


def own_application(ref: str, viewer: Viewer) -> Application:
    """An application of the viewer's own organisation: everything that providers' pages show.

    Raises:
        NotFound: for everybody else, councils too, whatever the stage.
    """
    return _own(_with_round(), ref, viewer)


def refuse_strangers(ref: str, viewer: Viewer) -> None:
    """Look, without taking the write lock, whether this is one's own: before a file is stored.

    Raises:
        NotFound: it is not.
    """
    with db.reading() as session:
        found = session.scalar(select(Application.provider_id).where(Application.ref == ref))
    if found is None or found not in viewer.provider_ids:
        raise NotFound


def own_application_to(
    bid_round: Round, provider_ids: Iterable[int], viewer: Viewer
) -> Application | None:
    """The application of one's own organisation to a round, if it was started."""
    own = set(provider_ids) & viewer.provider_ids
    return db.session.scalar(
        select(Application)
        .where(Application.round_id == bid_round.id, Application.provider_id.in_(own))
        .order_by(Application.id)
        .limit(1)
    )


def applications_of(viewer: Viewer) -> list[Application]:
    """The applications of the viewer's organisations, newest first, without their texts."""
    return list(
        db.session.scalars(
            select(Application)
            .where(Application.provider_id.in_(viewer.provider_ids))
            .options(
                joinedload(Application.round),
                joinedload(Application.provider),
                selectinload(Application.submissions).options(
                    defer(Submission.content), joinedload(Submission.submitted_by)
                ),
            )
            .order_by(Application.started_at.desc(), Application.id.desc())
        )
    )


def working_copy(application: Application, viewer: Viewer, now: datetime) -> WorkingCopy:
    """Everything written for an application, for its own people: three statements.

    Raises:
        NotFound: for everybody else.
    """
    if not policy.is_own(viewer, application):
        raise NotFound
    return working_copy_of(application, today(now))


def part_of_copy(ref: str, part: str, viewer: Viewer, now: datetime) -> WorkingCopy:
    """An application with only its answers, or only its rates, for the pages that write these.

    Args:
        part: `ANSWERS` or `RATES` of the working copy.

    Raises:
        NotFound: for everybody but its own people.
    """
    content = {ANSWERS: Round.question_set, RATES: Round.rate_card}[part]
    application = _own(_to_write(content), ref, viewer)
    return working_copy_of(application, today(now), parts=frozenset({part}))


def to_write(ref: str, viewer: Viewer) -> Application:
    """An application with its questions and the round's lots, to save an answer in it.

    Raises:
        NotFound: for everybody but its own people.
    """
    parts = joinedload(Application.round).options(
        joinedload(Round.question_set), selectinload(Round.lots)
    )
    return _own(select(Application).options(parts), ref, viewer)


def working_copy_of(
    application: Application, on: date, parts: frozenset[str] = EVERYTHING
) -> WorkingCopy:
    """The same for the verbs, which have asked who may."""
    answers = _answers(application) if ANSWERS in parts else []
    attached = _attached(application) if DOCUMENTS in parts else []
    rates = _rates(application) if RATES in parts else []
    return WorkingCopy(
        application=application,
        answers={(one.question_key, one.lot_code): one for one in answers},
        attached={one.checklist_key: one for one in attached},
        rates={(one.lot_code, one.item_key): one for one in rates},
        files=_files(application, answers) if answers else {},
        on=on,
        parts_read=parts,
    )


def _answers(application: Application) -> Sequence[Answer]:
    return db.session.scalars(
        select(Answer)
        .where(Answer.application_id == application.id)
        .options(joinedload(Answer.saved_by))
    ).all()


def _attached(application: Application) -> Sequence[AttachedDocument]:
    return db.session.scalars(
        select(AttachedDocument)
        .where(AttachedDocument.application_id == application.id)
        .options(
            joinedload(AttachedDocument.attached_by),
            joinedload(AttachedDocument.version).joinedload(DocumentVersion.document),
        )
    ).all()


def _rates(application: Application) -> Sequence[OfferedRate]:
    return db.session.scalars(
        select(OfferedRate)
        .where(OfferedRate.application_id == application.id)
        .options(joinedload(OfferedRate.saved_by))
    ).all()


def changed_since_submission(copy: WorkingCopy, viewer: Viewer) -> bool:
    """Whether the working copy differs from the submission that stands; never without one."""
    standing = copy.application.standing
    if standing is None or not policy.is_own(viewer, copy.application):
        return False
    prices_now = db.session.get_one(PriceEnvelope, standing.id)
    return seal(copy, secret_of(prices_now.content)).sha256 != standing.sha256


def colleagues(provider_id: int, *roles: Role) -> list[Person]:
    """The people of a provider with an open account, by name."""
    return list(
        db.session.scalars(
            select(Person)
            .join(Membership)
            .where(
                Membership.organisation_id == provider_id,
                Membership.role.in_(roles or PROVIDER_ROLES),
                Person.active.is_(True),
            )
            .order_by(Person.name, Person.id)
            .distinct()
        )
    )


def administrators(provider_id: int) -> list[Person]:
    """Those who can submit for a provider."""
    return colleagues(provider_id, Role.PROVIDER_ADMIN)


def own_providers(viewer: Viewer) -> list[Provider]:
    """The organisations that the viewer may write applications for, by name."""
    return list(
        db.session.scalars(
            select(Provider).where(Provider.id.in_(viewer.provider_ids)).order_by(Provider.name)
        )
    )


# --- Receipts, for the provider ----------------------------------------------------------------


def receipt(ref: str, viewer: Viewer) -> Submission:
    """A submission of the viewer's own organisation.

    Raises:
        NotFound: for everybody else.
    """
    found = db.session.scalar(
        select(Submission)
        .where(Submission.ref == ref)
        .join(Submission.application)
        .options(
            contains_eager(Submission.application).options(
                joinedload(Application.round), joinedload(Application.provider)
            ),
            joinedload(Submission.submitted_by),
        )
    )
    if found is None or not policy.is_own(viewer, found.application):
        raise NotFound
    return found


def envelope(submission: Submission, viewer: Viewer) -> PriceEnvelope:
    """The price envelope of one's own submission.

    Raises:
        NotFound: for everybody else.
    """
    if not policy.is_own(viewer, submission.application):
        raise NotFound
    return db.session.get_one(PriceEnvelope, submission.id)


# --- What councils see -------------------------------------------------------------------------


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
        _with_round().where(
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

    A provider gets its own. A council gets nothing before the round's quality is locked, and then
    those who read results do.
    """
    applications = db.session.scalars(
        select(Application)
        .where(Application.id.in_(set(application_ids)))
        .options(joinedload(Application.round).selectinload(Round.councils))
    )
    readable = [one.id for one in applications if policy.may_read_prices(viewer, one)]
    return {key: read_prices(text) for key, text in _envelopes(readable)}


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


# --- Home page ---------------------------------------------------------------------------------


def due(viewer: Viewer, now: datetime) -> list[Due]:
    """Applications of the viewer's organisations that are not submitted, by deadline."""
    if not viewer.may(Permission.APPLICATION_READ) or not viewer.provider_ids:
        return []
    drafts = db.session.scalars(
        select(Application)
        .join(Application.round)
        .where(
            Application.provider_id.in_(viewer.provider_ids),
            Application.stage == ApplicationStage.DRAFT,
            Round.stage == RoundStage.PUBLISHED,
            Round.deadline_at > now,
        )
        .options(contains_eager(Application.round))
        .order_by(Round.deadline_at)
    )
    return [
        Due(
            title=f"Finish the application to {one.round.title}",
            address=url_for("applications.show", ref=one.ref),
            due_at=one.round.deadline_at,
            note="Not submitted yet.",
            tag="Application",
        )
        for one in drafts
    ]


def _with_round() -> Select[tuple[Application]]:
    """An application with what its pages need: the round with its lots, councils and content."""
    return select(Application).options(
        joinedload(Application.provider),
        joinedload(Application.round).options(
            joinedload(Round.agreement),
            joinedload(Round.question_set),
            joinedload(Round.checklist),
            joinedload(Round.rate_card),
            selectinload(Round.lots),
            selectinload(Round.councils),
        ),
        selectinload(Application.lots).joinedload(ApplicationLot.round_lot),
        selectinload(Application.submissions).options(
            defer(Submission.content), joinedload(Submission.submitted_by)
        ),
    )


def _to_write(content: Any) -> Select[tuple[Application]]:
    """An application with its lots and the one content that a page writes by."""
    return select(Application).options(
        joinedload(Application.provider),
        joinedload(Application.round).options(joinedload(content), selectinload(Round.lots)),
        selectinload(Application.lots).joinedload(ApplicationLot.round_lot),
    )


def _own(statement: Select[tuple[Application]], ref: str, viewer: Viewer) -> Application:
    found = db.session.scalar(statement.where(Application.ref == ref))
    if found is None or not policy.is_own(viewer, found):
        raise NotFound
    return found


def _files(application: Application, answers: Iterable[Answer]) -> dict[str, DocumentVersion]:
    """The files that answer questions of the kind "file"; none is asked for, no statement."""
    body = application.round.question_set.body
    kinds = {
        question["key"]
        for section in body["sections"]
        for question in section["questions"]
        if question["kind"] == "file"
    }
    refs = [one.value for one in answers if one.question_key in kinds and one.value]
    if not refs:
        return {}
    statement = (
        select(DocumentVersion)
        .where(DocumentVersion.ref.in_(refs))
        .options(joinedload(DocumentVersion.document))
    )
    return {version.ref: version for version in db.session.scalars(statement)}


def _only_young(content: BidContent, application: Application) -> BidContent:
    """The answers written to the Young Commissioners, and nothing else of the bid."""
    keys = {
        question["key"]
        for section in application.round.question_set.body["sections"]
        if section["audience"] == "young"
        for question in section["questions"]
    }
    kept = {place: value for place, value in content.answers.items() if place[0] in keys}
    return replace(content, answers=kept, documents=(), prices_sha256="")


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
            for item in application.round.rate_card.body["items"]:
                check_rate(item, offered.get((lot, item["key"])))
    except RuleBroken:
        return False
    return True
