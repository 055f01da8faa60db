"""Late cases: who may do what, what the portal recorded, and what waits.

| who | what |
| --- | --- |
| an administrator of the bidder | asks, after the deadline and before the opening, once; takes it back |
| an opening officer | proposes to take or to refuse it, with a reason |
| another opening officer | decides, with a reason of their own |

Until the opening the officers are not told whose case it is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload
from werkzeug.exceptions import NotFound

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.applications import policy
from portal.applications.late.models import LateCase
from portal.applications.models import Application, Arrival, Submission
from portal.applications.opening import policy as policy_opening
from portal.audit import AuditEntry, Event
from portal.db import db
from portal.rounds.models import Round, RoundCouncil
from portal.web import Due
from scoring.late import asking_refusal
from scoring.rules import RuleBroken
from scoring.stages import LateCaseStage, RoundStage

OPEN = (LateCaseStage.ASKED, LateCaseStage.PROPOSED)


def may_ask(
    viewer: Viewer, application: Application, case: LateCase | None, received_at: datetime
) -> Decision:
    if not viewer.may(Permission.APPLICATION_SUBMIT) or not viewer.administers(
        application.provider_id
    ):
        return denied("Only an administrator of your organisation can ask.")
    bid_round = application.round
    if bid_round.cancelled_at is not None:
        return denied("This round was cancelled.")
    if case is not None:
        return denied("You have asked already. Nobody asks twice.")
    refusal = asking_refusal(bid_round.deadline_at, bid_round.opened_at, received_at)
    return denied(refusal.message) if refusal else allowed


def may_withdraw(viewer: Viewer, case: LateCase) -> Decision:
    if not viewer.administers(case.application.provider_id) or not viewer.may(
        Permission.APPLICATION_SUBMIT
    ):
        return denied("Only an administrator of your organisation can take it back.")
    return allowed if case.is_open else denied("It is decided.")


def may_propose(viewer: Viewer, case: LateCase) -> Decision:
    decision = _officer(viewer, case)
    if decision and case.stage is not LateCaseStage.ASKED:
        return denied("Somebody has made a proposal already.")
    return decision


def may_decide(viewer: Viewer, case: LateCase) -> Decision:
    decision = _officer(viewer, case)
    if not decision:
        return decision
    if case.stage is not LateCaseStage.PROPOSED:
        return denied("One officer proposes first.")
    if case.proposed_by_id == viewer.person_id:
        return denied("You made the proposal, so somebody else must decide.")
    return allowed


def of_application(application: Application, viewer: Viewer) -> LateCase | None:
    """The case of one's own application, if it has one."""
    if not policy.is_own(viewer, application):
        return None
    found: LateCase | None = db.session.scalar(
        _cases().where(LateCase.application_id == application.id)
    )
    return found


def own_case(application: Application, viewer: Viewer) -> LateCase:
    """The same. Raises NotFound where there is none."""
    found = of_application(application, viewer)
    if found is None:
        raise NotFound
    return found


def of_round(bid_round: Round, viewer: Viewer) -> Sequence[LateCase]:
    """The cases of a round, for its opening officers; nothing for others."""
    if not policy_opening.is_officer(viewer, bid_round):
        return []
    statement = _cases().where(Application.round_id == bid_round.id)
    return db.session.scalars(statement.order_by(LateCase.asked_at)).all()


def case(ref: str, viewer: Viewer) -> LateCase:
    """A case that this officer may decide, or see decided.

    Raises:
        NotFound: for everybody else.
    """
    found: LateCase | None = db.session.scalar(_cases().where(LateCase.ref == ref))
    if found is None or not policy_opening.is_officer(viewer, found.application.round):
        raise NotFound
    return found


def bidder_of(found: LateCase) -> str:
    """Whose case it is; not said before the round is opened."""
    if found.application.round.opened_at is None:
        return f"a bidder ({found.ref})"
    return found.application.provider.name


def number_open(bid_round: Round) -> int:
    """How many cases of a round still wait."""
    statement = (
        select(func.count())
        .select_from(LateCase)
        .join(LateCase.application)
        .where(Application.round_id == bid_round.id, LateCase.stage.in_(OPEN))
    )
    return db.session.scalar(statement) or 0


def opening_refusal(bid_round: Round) -> RuleBroken | None:
    """A round is not opened while a late case waits."""
    number = number_open(bid_round) if bid_round.opened_at is None else 0
    if not number:
        return None
    words = "A late case waits" if number == 1 else f"{number} late cases wait"
    return RuleBroken(
        "round:open:late-cases", f"{words} for a decision. Decide before you open the round."
    )


def portal_record(application: Application) -> list[dict[str, Any]]:
    """What the portal recorded about this application around the deadline, in order of time.

    No content: when requests to submit came in, what became of each, and the last change.
    """
    lines = [*_arrivals(application), *_refusals(application)]
    if application.changed_at is not None:
        lines.append((application.changed_at, "The last change was saved."))
    lines.sort(key=lambda line: line[0])
    return [{"at": at.isoformat(), "words": words} for at, words in lines]


def due(viewer: Viewer, _now: datetime) -> Iterable[Due]:
    """Late cases that wait for this officer."""
    if not viewer.may(Permission.ROUND_OPEN):
        return
    councils = viewer.councils_as(Role.COMMISSIONER)
    mine = select(RoundCouncil.round_id).where(RoundCouncil.council_id.in_(councils))
    statement = _cases().where(
        LateCase.stage.in_(OPEN), Round.id.in_(mine), Round.stage == RoundStage.PUBLISHED
    )
    for one in db.session.scalars(statement.order_by(LateCase.asked_at)):
        if one.proposed_by_id == viewer.person_id:
            continue
        proposed = one.stage is LateCaseStage.PROPOSED
        yield Due(
            title=f"Late case: {one.application.round.title}",
            address=url_for("opening.late_case", ref=one.application.round.ref, case=one.ref),
            due_at=None,
            note="An officer has proposed. You can decide." if proposed else "Make a proposal.",
            tag="Late case",
        )


def _officer(viewer: Viewer, found: LateCase) -> Decision:
    if not policy_opening.is_officer(viewer, found.application.round):
        return denied("Only a commissioner of a council of this round decides.")
    if not found.is_open:
        return denied("This case is closed.")
    if found.application.round.opened_at is not None:
        return denied("The round is opened.")
    return allowed


def _cases() -> Any:
    return (
        select(LateCase)
        .join(LateCase.application)
        .join(Application.round)
        .options(
            contains_eager(LateCase.application).options(
                contains_eager(Application.round).selectinload(Round.councils),
                joinedload(Application.provider),
            ),
            joinedload(LateCase.submission).load_only(Submission.ref, Submission.number),
            joinedload(LateCase.asked_by),
            joinedload(LateCase.proposed_by),
            joinedload(LateCase.decided_by),
        )
    )


def _arrivals(application: Application) -> Iterable[tuple[datetime, str]]:
    stored = {
        one.received_at: one.ref
        for one in db.session.execute(
            select(Submission.received_at, Submission.ref).where(
                Submission.application_id == application.id
            )
        )
    }
    found = db.session.scalars(select(Arrival).where(Arrival.application_id == application.id))
    for one in found:
        if one.received_at in stored:
            what = f"was stored, receipt {stored[one.received_at]}."
        elif one.finished_at is None:
            what = "never came to its end: the portal failed while it was stored."
        else:
            what = "was not stored: something was missing, or the portal failed."
        yield one.received_at, f"A request to submit came in before the deadline. It {what}"


def _refusals(application: Application) -> Iterable[tuple[datetime, str]]:
    found = db.session.scalars(
        select(AuditEntry.at).where(
            AuditEntry.chain == application.audit_chain,
            AuditEntry.event == Event.SUBMISSION_REFUSED.value,
            AuditEntry.subject_ref == application.ref,
        )
    )
    for at in found:
        yield at, "A request to submit came in after the deadline. It was refused."
