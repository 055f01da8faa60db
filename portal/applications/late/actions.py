"""The verbs of late cases: asked by the bidder, proposed by one officer, decided by a second."""

from datetime import datetime

from portal import audit, mail
from portal.access import Viewer
from portal.applications import queries
from portal.applications.editing import person_id
from portal.applications.late import cases as late_cases
from portal.applications.late.models import LateCase
from portal.applications.models import Application
from portal.applications.submitting import signing
from portal.applications.submitting.actions import keep_sealed, make_stand, seal_now
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.rounds import queries as rounds
from scoring.late import Cause, check_acceptance, checked_grounds, checked_story
from scoring.rules import RuleBroken, refuse_errors
from scoring.stages import LATE_CASE, LateCaseStage, move


def ask_late(
    application: Application,
    what_happened: str,
    evidence: str,
    *,
    certified: bool,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> LateCase:
    """Ask that what was written before the deadline be taken all the same; it is sealed now.

    Raises:
        RuleBroken: `late-case:refused`, `late-case:…` of the rules, `application:not-certified`,
            `application:second-person`, or the first thing that is missing.
    """
    case = late_cases.of_application(application, actor)
    late_cases.may_ask(actor, application, case, received_at).or_refuse("late-case:refused")
    story = checked_story(what_happened, "what_happened")
    shown = checked_story(evidence, "evidence")
    if not certified:
        raise RuleBroken(
            "application:not-certified", "Tick the box to confirm the declaration.", "certified"
        )
    copy, sealed = seal_now(application, received_at)
    for found in copy.findings.values():
        refuse_errors(found)
    signing.refuse_unsigned(application, actor)
    submission = keep_sealed(application, sealed, received_at, actor=actor)
    case = LateCase(
        application=application,
        submission=submission,
        stage=LateCaseStage.ASKED,
        what_happened=story,
        evidence=shown,
        portal_record=late_cases.portal_record(application),
        asked_by_id=person_id(actor),
        asked_at=received_at,
    )
    db.session.add(case)
    db.session.flush()
    audit.record(
        Event.LATE_CASE_ASKED,
        case,
        actor=actor,
        now=now,
        receipt=submission.ref,
        sha256=submission.sha256,
        received_at=received_at,
    )
    _tell_officers(case, now)
    return case


def take_back_late(case: LateCase, *, actor: Viewer, now: datetime) -> None:
    """The bidder takes its request back; what was sealed never counts.

    Raises:
        RuleBroken: `late-case:refused`.
    """
    _lock(case)
    late_cases.may_withdraw(actor, case).or_refuse("late-case:refused")
    case.stage = move(LATE_CASE, case.stage, "withdraw")
    db.session.flush()
    audit.record(Event.LATE_CASE_WITHDRAWN, case, actor=actor, now=now)


def propose_late(
    case: LateCase, *, accept: bool, cause: Cause, reason: str, actor: Viewer, now: datetime
) -> None:
    """The first officer says what should be done, and why.

    Raises:
        RuleBroken: `late-case:refused`, `late-case:reason-missing`, `late-case:own-fault`.
    """
    _lock(case)
    late_cases.may_propose(actor, case).or_refuse("late-case:refused")
    words = checked_grounds(reason)
    check_acceptance(cause, accept=accept)
    case.stage = move(LATE_CASE, case.stage, "propose")
    case.proposed_accept, case.proposed_cause, case.proposed_reason = accept, cause, words
    case.proposed_by_id, case.proposed_at = person_id(actor), now
    db.session.flush()
    db.session.expire(case, ["proposed_by"])
    audit.record(
        Event.LATE_CASE_PROPOSED,
        case,
        actor=actor,
        now=now,
        accept=accept,
        cause=cause.value,
        values={"reason": words},
    )
    _tell_officers(case, now, but=actor.person_id)


def decide_late(
    case: LateCase, *, accept: bool, cause: Cause, reason: str, actor: Viewer, now: datetime
) -> None:
    """The second officer decides. Taken, the sealed submission counts from now on; it stays sealed.

    Raises:
        RuleBroken: `late-case:refused`, `late-case:reason-missing`, `late-case:own-fault`.
    """
    _lock(case)
    late_cases.may_decide(actor, case).or_refuse("late-case:refused")
    words = checked_grounds(reason)
    check_acceptance(cause, accept=accept)
    case.stage = move(LATE_CASE, case.stage, "accept" if accept else "refuse")
    case.decided_cause, case.decided_reason = cause, words
    case.decided_by_id, case.decided_at = person_id(actor), now
    db.session.flush()
    db.session.expire(case, ["decided_by"])
    audit.record(
        Event.LATE_CASE_DECIDED,
        case,
        actor=actor,
        now=now,
        accept=accept,
        cause=cause.value,
        first_officer=case.proposed_by.ref if case.proposed_by else "",
        values={"reason": words},
    )
    if accept:
        make_stand(case.application, case.submission, actor=actor, now=now)
    mail.write(
        Message.LATE_CASE_DECIDED,
        to=queries.colleagues(case.application.provider_id),
        now=now,
        about=case.application.ref,
        round_title=case.application.round.title,
        accepted=accept,
    )


def _lock(case: LateCase) -> None:
    """Of two officers who press at once the second waits here, and reads what the first did."""
    db.session.refresh(case, ["stage", "proposed_by_id"], with_for_update=True)
    db.session.refresh(case.application.round, ["stage", "opened_at"], with_for_update=True)


def _tell_officers(case: LateCase, now: datetime, but: int | None = None) -> None:
    """Something waits, and where; never whose case it is."""
    bid_round = case.application.round
    mail.write(
        Message.LATE_CASE_WAITS,
        to=[one for one in rounds.officers(bid_round) if one.id != but],
        now=now,
        about=f"{bid_round.ref}/opening/late/{case.ref}",
        title=bid_round.title,
        proposed=case.stage is LateCaseStage.PROPOSED,
    )
