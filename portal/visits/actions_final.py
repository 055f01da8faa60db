"""The report goes to the provider, comes back with comments on facts, and becomes final."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal import audit, mail, settings
from portal.access import Role, Viewer
from portal.audit import Event
from portal.days import LONDON
from portal.db import db
from portal.followups import actions as followups, queries as followup_queries
from portal.followups.models import FollowUpKind
from portal.mail import Message
from portal.people import queries as people
from portal.people.models import Council, Person
from portal.providers import queries as providers
from portal.visits import frameworks, policy
from portal.visits.actions_report import report_of
from portal.visits.models import MemberPart, Visit, VisitShare
from portal.visits.models_report import FactOutcome, VisitFact, VisitRecommendation, VisitReport
from scoring.rules import RuleBroken
from scoring.stages import VISIT, FollowUpStage, VisitStage, move
from scoring.text import cleaned


def send(visit: Visit, *, actor: Viewer, now: datetime) -> None:
    """Send the report to the provider, who has some days to comment on facts.

    Raises:
        RuleBroken: the actor may not; `visit:send:not-allowed`.
    """
    policy.may_lead(actor, visit).or_refuse("visit:send-refused")
    visit.stage = move(VISIT, visit.stage, "send")
    report = _report(visit)
    days = timedelta(days=settings.get("visit_comment_days"))
    report.sent_at, report.comments_until_on = now, now.astimezone(LONDON).date() + days
    db.session.flush()
    audit.record(Event.VISIT_SENT, visit, actor=actor, now=now)
    to = providers.administrators(visit.setting.provider_id)
    mail.write(
        Message.VISIT_REPORT_SENT, to, now=now, about=visit.ref, until=report.comments_until_on
    )


def comment_on_fact(
    visit: Visit, text: str, *, matter: str = "", actor: Viewer, now: datetime
) -> VisitFact:
    """A provider writes down what is not right in the report; it goes out with the answer.

    Raises:
        RuleBroken: the actor may not; `visit-fact:…`.
    """
    policy.may_comment(actor, visit).or_refuse("visit-fact:refused")
    _refuse_late(visit, now)
    text = cleaned(text, "text")
    if not text:
        raise RuleBroken("visit-fact:empty", "Say what is not right, and what is.", "text")
    if matter and matter not in frameworks.framework(visit).matters:
        raise RuleBroken("visit-agreed:unknown", "This visit has no such matter.", "matter")
    fact = VisitFact(
        visit=visit, matter=matter, text=text, written_by_id=actor.person_id, written_at=now
    )
    db.session.add(fact)
    db.session.flush()
    return fact


def withdraw_fact(fact: VisitFact, *, actor: Viewer) -> None:
    """Take a comment back that was not sent yet.

    Raises:
        RuleBroken: the actor may not.
    """
    policy.may_comment(actor, fact.visit).or_refuse("visit-fact:refused")
    db.session.delete(fact)
    db.session.flush()


def respond(visit: Visit, *, nothing_to_correct: bool, actor: Viewer, now: datetime) -> None:
    """The provider sends its comments, or says that there is nothing to correct.

    Raises:
        RuleBroken: the actor may not; `visit-fact:none`, `visit-fact:both`, `visit-fact:late`.
    """
    policy.may_respond(actor, visit).or_refuse("visit:respond-refused")
    _refuse_late(visit, now)
    written = facts(visit)
    if not written and not nothing_to_correct:
        words = "Write a comment, or tick that there is nothing to correct."
        raise RuleBroken("visit-fact:none", words, "nothing_to_correct")
    if written and nothing_to_correct:
        words = "You have written comments. Take them back, or leave the box empty."
        raise RuleBroken("visit-fact:both", words, "nothing_to_correct")
    visit.stage = move(VISIT, visit.stage, "respond")
    report = _report(visit)
    report.responded_at, report.nothing_to_correct = now, nothing_to_correct
    db.session.flush()
    audit.record(Event.VISIT_RESPONDED, visit, actor=actor, now=now, comments=len(written))
    mail.write(Message.VISIT_RESPONDED, _leads(visit), now=now, about=visit.ref)


def give_more_time(visit: Visit, until_on: date, *, actor: Viewer, now: datetime) -> None:
    """Let the provider comment for longer; its administrators are told the new day.

    Raises:
        RuleBroken: the actor may not; `visit:no-comments-now`, `visit:until-past`.
    """
    policy.may_lead(actor, visit).or_refuse("visit:more-time-refused")
    report = _report(visit)
    if visit.stage is not VisitStage.WITH_PROVIDER:
        raise RuleBroken("visit:no-comments-now", "The provider cannot comment now.")
    today = now.astimezone(LONDON).date()
    if until_on < today or (report.comments_until_on and until_on <= report.comments_until_on):
        words = "Choose a day that is later than the one they have."
        raise RuleBroken("visit:until-past", words, "until_on")
    report.comments_until_on = until_on
    db.session.flush()
    audit.record(Event.VISIT_MORE_TIME, visit, actor=actor, now=now, until=until_on.isoformat())
    to = providers.administrators(visit.setting.provider_id)
    mail.write(Message.VISIT_REPORT_SENT, to, now=now, about=visit.ref, until=until_on)


def is_over(report: VisitReport | None, now: datetime) -> bool:
    """Whether the days for the provider's comments are over."""
    until = report.comments_until_on if report else None
    return until is not None and until < now.astimezone(LONDON).date()


def sent_facts(visit: Visit) -> list[VisitFact]:
    """The comments that the provider sent; what it wrote and did not send is its own."""
    report = report_of(visit)
    return facts(visit) if report is not None and report.responded_at else []


def answer_fact(
    fact: VisitFact, outcome: FactOutcome, reply: str, *, actor: Viewer, now: datetime
) -> None:
    """Say whether a comment is right; the report prints both.

    Raises:
        RuleBroken: the actor may not; `visit-fact:not-sent`, `visit-fact:no-reply`.
    """
    policy.may_lead(actor, fact.visit).or_refuse("visit-fact:refused")
    if fact.visit.stage is not VisitStage.PROVIDER_RESPONDED:
        raise RuleBroken("visit-fact:not-sent", "Comments are answered after they are sent.")
    if outcome is FactOutcome.WAITING:
        raise RuleBroken("visit-fact:undecided", "Say whether it is right.", "outcome")
    reply = cleaned(reply, "reply")
    if not reply:
        raise RuleBroken("visit-fact:no-reply", "Say what you changed, or why not.", "reply")
    fact.outcome, fact.reply = outcome, reply
    fact.answered_by_id, fact.answered_at = actor.person_id, now
    db.session.flush()
    audit.record(Event.VISIT_FACT_ANSWERED, fact, actor=actor, now=now, outcome=outcome)


def finish(
    visit: Visit, share_with: Iterable[Council] = (), *, actor: Viewer, now: datetime
) -> None:
    """The report is final: recommendations become follow-ups, and partner councils may read it.

    Raises:
        RuleBroken: the actor may not; `visit:too-early`, `visit-fact:unanswered`.
    """
    policy.may_plan(actor, visit.council_id).or_refuse("visit:finish-refused")
    _refuse_early(visit, now)
    visit.stage = move(VISIT, visit.stage, "finish")
    visit.finished_at = now
    others = [one for one in share_with if one.id != visit.council_id]
    visit.shared_with = [VisitShare(council=one, shared_at=now) for one in others]
    db.session.flush()
    for made in recommendations(visit):
        _raise(made, others, actor, now)
    audit.record(
        Event.VISIT_FINISHED, visit, actor=actor, now=now, shared=[one.ref for one in others]
    )
    readers = people.people_with_role(Role.COMMISSIONER, [one.id for one in others], actor)
    to = [*providers.administrators(visit.setting.provider_id), *(readers if others else [])]
    mail.write(Message.VISIT_FINAL, to, now=now, about=visit.ref)


def close(visit: Visit, *, actor: Viewer, now: datetime) -> None:
    """Everything that was recommended is done or withdrawn.

    Raises:
        RuleBroken: the actor may not; `visit:open-actions`, `visit:close:not-allowed`.
    """
    policy.may_plan(actor, visit.council_id).or_refuse("visit:close-refused")
    open_ones = [
        one
        for one in followup_queries.of_source("visit", visit.ref, Viewer.system())
        if one.stage in {FollowUpStage.OPEN, FollowUpStage.ANSWERED}
    ]
    if open_ones:
        words = f"{len(open_ones)} recommendations are still open. Close or withdraw them first."
        raise RuleBroken("visit:open-actions", words)
    visit.stage = move(VISIT, visit.stage, "close")
    visit.closed_at = now
    db.session.flush()
    audit.record(Event.VISIT_CLOSED, visit, actor=actor, now=now)


def facts(visit: Visit) -> list[VisitFact]:
    wanted = select(VisitFact).where(VisitFact.visit_id == visit.id).order_by(VisitFact.id)
    return list(db.session.scalars(wanted))


def recommendations(visit: Visit) -> list[VisitRecommendation]:
    wanted = select(VisitRecommendation).where(VisitRecommendation.visit_id == visit.id)
    return list(
        db.session.scalars(wanted.order_by(VisitRecommendation.due_on, VisitRecommendation.id))
    )


def _report(visit: Visit) -> VisitReport:
    report = report_of(visit)
    if report is None:
        raise RuleBroken("visit:no-report", "There is no report yet.")
    return report


def _refuse_late(visit: Visit, now: datetime) -> None:
    report = _report(visit)
    if is_over(report, now) and report.comments_until_on:
        words = (
            f"The time for comments was over on {report.comments_until_on:%d %B %Y}. "
            "The council can give you more days."
        )
        raise RuleBroken("visit-fact:late", words)


def _refuse_early(visit: Visit, now: datetime) -> None:
    """The provider has its days, unless it answered before."""
    report = _report(visit)
    today = now.astimezone(LONDON).date()
    waiting = visit.stage is VisitStage.WITH_PROVIDER and report.comments_until_on is not None
    if waiting and report.comments_until_on and today <= report.comments_until_on:
        words = f"The provider may comment until {report.comments_until_on:%d %B %Y}."
        raise RuleBroken("visit:too-early", words)
    unanswered = any(one.outcome is FactOutcome.WAITING for one in facts(visit))
    if unanswered and visit.stage is VisitStage.PROVIDER_RESPONDED:
        raise RuleBroken("visit-fact:unanswered", "Answer each comment of the provider first.")


def _raise(made: VisitRecommendation, others: list[Council], actor: Viewer, now: datetime) -> None:
    visit = made.visit
    raised = followups.raise_followup(
        FollowUpKind.RECOMMENDATION,
        provider=visit.setting.provider,
        council=visit.council,
        text=made.text,
        owner=followups.Owner(made.owner_side, made.owner_post),
        due_on=max(made.due_on, now.astimezone(LONDON).date()),  # it may have passed meanwhile
        source=followups.Source("visit", visit.ref, visit.setting.name),
        setting=visit.setting,
        shared_with=others,
        shown_to_provider=True,
        actor=actor,
        now=now,
    )
    made.followup_ref = raised.ref


def _leads(visit: Visit) -> list[Person]:
    return [one.person for one in visit.members if one.part is MemberPart.LEAD]
