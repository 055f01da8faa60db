"""What a provider's people see of their applications: everything, and nothing of anybody else's.

What councils see stands beside this, in `queries_bids.py`, and is named here for other rooms.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Role, Viewer
from portal.applications import policy
from portal.applications.copies import working_copy_of
from portal.applications.models import Application, PriceEnvelope, Submission
from portal.applications.queries_bids import (
    Counts,
    bid_content,
    bid_contents,
    bid_document,
    bid_lots,
    bids,
    counts,
    in_flight,
    prices,
    prices_complete,
    prices_of,
)
from portal.applications.statements import with_content, with_round
from portal.applications.submitting.sealing import read_content, seal, secret_of
from portal.applications.working_copy import ANSWERS, RATES, WorkingCopy
from portal.days import today
from portal.db import db
from portal.people.models import Membership, Person
from portal.providers.models import Provider
from portal.rounds.models import Round
from portal.web import Due
from scoring.stages import ApplicationStage, RoundStage

__all__ = [
    "Counts",
    "administrators",
    "application",
    "applications_of",
    "bid_content",
    "bid_contents",
    "bid_document",
    "bid_lots",
    "bids",
    "changed_since_submission",
    "colleagues",
    "counts",
    "due",
    "envelope",
    "in_flight",
    "own_application",
    "own_application_to",
    "own_providers",
    "part_of_copy",
    "prices",
    "prices_complete",
    "prices_of",
    "receipt",
    "refuse_strangers",
    "to_write",
    "working_copy",
    "working_copy_of",
]

PROVIDER_ROLES = (Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR)


def application(ref: str, viewer: Viewer) -> Application:
    """The provider's own application, or an opened bid for those who read bids.

    Raises:
        NotFound: there is none, or the viewer may not know of it.
    """
    found = db.session.scalar(with_round().where(Application.ref == ref))
    if found is None or not (policy.is_own(viewer, found) or policy.may_read_bid(viewer, found)):
        raise NotFound
    return found


def own_application(ref: str, viewer: Viewer) -> Application:
    """An application of the viewer's own organisation: everything that providers' pages show.

    Raises:
        NotFound: for everybody else, councils too, whatever the stage.
    """
    return _own(with_round(), ref, viewer)


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
    application = _own(with_content(content), ref, viewer)
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


def due(viewer: Viewer, now: datetime) -> list[Due]:
    """Applications of the viewer's organisations that are not submitted, by deadline.

    Then those that were submitted, and that a version of the round has touched since.
    """
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
    ] + list(_overtaken(viewer, now))


def _overtaken(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """What stands on an earlier version: to confirm, or confirmed and not submitted again."""
    for one in db.session.scalars(
        select(Application)
        .join(Application.round)
        .where(
            Application.provider_id.in_(viewer.provider_ids),
            Application.stage == ApplicationStage.SUBMITTED,
            Round.stage == RoundStage.PUBLISHED,
            Round.deadline_at > now,
            Round.version > 1,
        )
        .options(contains_eager(Application.round))
        .order_by(Round.deadline_at)
    ):
        version, standing = one.round.version, one.standing
        if standing is None or read_content(standing.content).round_version == version:
            continue
        waiting = len(working_copy(one, viewer, now).unconfirmed)
        if not waiting and one.confirmed_version < version:
            continue  # the version touched nothing that was given
        answers = "1 answer" if waiting == 1 else f"{waiting} answers"
        yield Due(
            title=(f"Confirm {answers} for" if waiting else "Submit again:")
            + f" {one.round.title}",
            address=url_for("applications.show", ref=one.ref),
            due_at=one.round.deadline_at,
            note=f"The round is version {version} now. What you submitted stands on an earlier one.",
            tag="Application",
        )


def _own(statement: Select[tuple[Application]], ref: str, viewer: Viewer) -> Application:
    found = db.session.scalar(statement.where(Application.ref == ref))
    if found is None or not policy.is_own(viewer, found):
        raise NotFound
    return found
