"""The verbs that count: submit and withdraw. What is submitted is sealed and never changed."""

import secrets
from datetime import datetime

from sqlalchemy import func, select

from portal import audit, mail
from portal.access import Viewer
from portal.applications import policy, queries
from portal.applications.models import Application, PriceEnvelope, Submission
from portal.applications.submitting import signing
from portal.applications.submitting.sealing import Sealed, seal, secret_of
from portal.applications.working_copy import WorkingCopy
from portal.audit import Event
from portal.days import today
from portal.db import db
from portal.mail import Message
from scoring.rules import RuleBroken, refuse_errors
from scoring.stages import APPLICATION, is_late, move


def submit(
    application: Application,
    *,
    certified: bool,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> Submission:
    """Seal what is written and make it the submission that stands.

    The same content sent again while it stands gives the same receipt, so that a double click
    is harmless. An earlier submission stays on record and stands no more.

    Args:
        certified: whether the declaration was ticked.
        received_at: when the request came in, by the database's clock.

    Raises:
        RuleBroken: `application:late`, `application:submit-refused` (an administrator can),
            `application:not-certified`, `application:second-person`, or the first thing that is missing.
    """
    deadline = application.round.deadline_at
    if deadline is not None and is_late(received_at, deadline):
        raise RuleBroken(
            "application:late",
            "This came in at or after the deadline, so it was not submitted. "
            "Everything that you wrote is kept.",
        )
    _check_may_submit(application, received_at, actor)
    _lock(application)
    db.session.refresh(application, ["lots"])
    if not certified:
        raise RuleBroken(
            "application:not-certified", "Tick the box to confirm the declaration.", "certified"
        )
    copy = queries.working_copy_of(application, today(received_at))
    standing = _standing(application)
    sealed = seal(copy, _secret(standing))
    if standing is not None and standing.sha256 == sealed.sha256:
        return standing
    for found in copy.findings.values():
        refuse_errors(found)
    signing.refuse_unsigned(application, actor)
    return _store(application, sealed, received_at, actor=actor, now=now)


def withdraw(application: Application, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Take a submitted application back; its answers stay as a draft until the deadline.

    Raises:
        RuleBroken: `application:withdraw-refused`, `application:reason-missing`.
    """
    policy.may_withdraw(actor, application, now).or_refuse("application:withdraw-refused")
    if not reason.strip():
        raise RuleBroken("application:reason-missing", "Say why you withdraw it.", "reason")
    _lock(application)
    application.stage = move(APPLICATION, application.stage, "withdraw")
    standing = _standing(application)
    if standing is not None:
        standing.withdrawn_at, standing.withdraw_reason = now, reason.strip()
    application.standing_number = None
    db.session.flush()
    audit.record(
        Event.APPLICATION_WITHDRAWN,
        application,
        actor=actor,
        now=now,
        receipt=standing.ref if standing else "",
        values={"reason": reason.strip()},
    )
    mail.write(
        Message.APPLICATION_WITHDRAWN,
        to=queries.administrators(application.provider_id),
        now=now,
        about=application.ref,
        round_title=application.round.title,
        deadline_at=application.round.deadline_at,
        by=actor.name,
    )


def note_refusal(
    application: Application, code: str, received_at: datetime, *, actor: Viewer, now: datetime
) -> None:
    """Remember that a submission came in late: evidence for whoever asks about it later."""
    audit.record(
        Event.SUBMISSION_REFUSED,
        application,
        actor=actor,
        now=now,
        code=code,
        received_at=received_at,
    )


def _lock(application: Application) -> None:
    """Of two clicks the second waits here, and then reads what the first has done."""
    db.session.scalars(
        select(Application)
        .where(Application.id == application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _check_may_submit(application: Application, received_at: datetime, actor: Viewer) -> None:
    decision = policy.may_submit(actor, application, received_at)
    if decision or actor.administers(application.provider_id):
        decision.or_refuse("application:submit-refused")
        return
    names = [person.name for person in queries.administrators(application.provider_id)]
    who = f" Ask {' or '.join(names)}." if names and policy.is_own(actor, application) else ""
    raise RuleBroken("application:submit-refused", decision.reason + who)


def _standing(application: Application) -> Submission | None:
    """The submission that counts, read afresh."""
    if application.standing_number is None:
        return None
    return db.session.scalar(
        select(Submission).where(
            Submission.application_id == application.id,
            Submission.number == application.standing_number,
        )
    )


def _secret(standing: Submission | None) -> str:
    """The envelope's secret stays while a submission stands, so that the same gives the same."""
    if standing is None:
        return secrets.token_hex(16)
    return secret_of(db.session.get_one(PriceEnvelope, standing.id).content)


def _store(
    application: Application,
    sealed: Sealed,
    received_at: datetime,
    *,
    actor: Viewer,
    now: datetime,
) -> Submission:
    submission = keep_sealed(application, sealed, received_at, actor=actor)
    make_stand(application, submission, actor=actor, now=now)
    _tell(application, submission, now)
    return submission


def keep_sealed(
    application: Application, sealed: Sealed, received_at: datetime, *, actor: Viewer
) -> Submission:
    """Keep what is sealed, with its prices apart; whether it counts is said by `make_stand`."""
    submission = Submission(
        number=_last_number(application) + 1,
        content=sealed.content,
        sha256=sealed.sha256,
        received_at=received_at,
        submitted_by_id=actor.person_id,
        trail_head=audit.head()[1],
    )
    application.submissions.append(submission)
    db.session.flush()
    db.session.add(
        PriceEnvelope(
            submission_id=submission.id, content=sealed.prices, sha256=sealed.prices_sha256
        )
    )
    db.session.flush()
    return submission


def make_stand(
    application: Application, submission: Submission, *, actor: Viewer, now: datetime
) -> None:
    """From now on this submission counts, and no earlier one."""
    application.stage = move(APPLICATION, application.stage, "submit")
    application.standing_number = submission.number
    application.confirmed_version = application.round.version
    db.session.flush()
    audit.record(
        Event.APPLICATION_SUBMITTED,
        application,
        actor=actor,
        now=now,
        receipt=submission.ref,
        number=submission.number,
        sha256=submission.sha256,
        received_at=submission.received_at,
    )


def seal_now(application: Application, on: datetime) -> tuple[WorkingCopy, Sealed]:
    """What is written, and how it would be sealed; those who write wait meanwhile."""
    _lock(application)
    db.session.refresh(application, ["lots"])
    copy = queries.working_copy_of(application, today(on))
    return copy, seal(copy, _secret(_standing(application)))


def _last_number(application: Application) -> int:
    numbers = select(func.max(Submission.number)).where(Submission.application_id == application.id)
    return db.session.scalar(numbers) or 0


def _tell(application: Application, submission: Submission, now: datetime) -> None:
    mail.write(
        Message.APPLICATION_SUBMITTED,
        to=queries.administrators(application.provider_id),
        now=now,
        about=application.ref,
        round_title=application.round.title,
        deadline_at=application.round.deadline_at,
        receipt=submission.ref,
        received_at=submission.received_at,
        sha256=submission.sha256,
        replaces=submission.number > 1,
    )
