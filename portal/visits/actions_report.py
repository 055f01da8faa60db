"""Agreeing: one score for each matter, a judgement, recommendations; then it is agreed or opened again."""

from datetime import date, datetime

from sqlalchemy import select

from portal import audit, settings
from portal.access import Viewer
from portal.audit import Event
from portal.days import LONDON
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.followups.models import OwnerSide
from portal.people.models import Person
from portal.visits import comments, frameworks, policy, queries
from portal.visits.actions_young import record
from portal.visits.models import Visit
from portal.visits.models_report import VisitAgreed, VisitRecommendation, VisitReport
from scoring import followups as followup_rules
from scoring.rules import Finding, RuleBroken, refuse_errors
from scoring.sheets import Mark
from scoring.stages import VISIT, move
from scoring.terms import Panel
from scoring.text import cleaned
from scoring.visits import CARE, Agreement, missing_to_agree


def agree_score(
    visit: Visit,
    matter: str,
    mark: Mark,
    *,
    seen_revision: int | None = None,
    actor: Viewer,
    now: datetime,
) -> VisitAgreed:
    """The officers of a team agree one score for a matter, with a reason. Young people's stands beside.

    Raises:
        RuleBroken: the actor may not; `score:…`, `reason:…`.
        EditConflict: a colleague saved another one in the meantime.
    """
    policy.may_agree(actor, visit).or_refuse("visit-agreed:refused")
    words = settings.get("visit_reason_words")
    return record(
        visit,
        Panel.OFFICERS,
        matter,
        mark,
        seen_revision=seen_revision,
        minimum_words=words,
        actor=actor,
        now=now,
    )


def save_report(
    visit: Visit,
    *,
    judgement: str,
    judgement_reason: str,
    summary: str,
    care: str,
    care_reason: str,
    seen_revision: int | None = None,
    actor: Viewer,
    now: datetime,
) -> VisitReport:
    """Keep the judgement, what works well, and whether the home gives care.

    Raises:
        RuleBroken: the actor may not; `visit-report:…`.
        EditConflict: a colleague saved another one in the meantime.
    """
    policy.may_agree(actor, visit).or_refuse("visit-report:refused")
    if judgement and judgement not in frameworks.framework(visit).judgements:
        raise RuleBroken("visit-report:judgement", "Choose one of the judgements.", "judgement")
    if care and care not in CARE:
        raise RuleBroken("visit-report:care", "Choose one of the answers.", "care")
    report = report_of(visit)
    mine = {
        "judgement": judgement,
        "judgement_reason": cleaned(judgement_reason, "judgement_reason"),
        "summary": cleaned(summary, "summary"),
        "care": care,
        "care_reason": cleaned(care_reason, "care_reason"),
    }
    if report is None:
        report = VisitReport(visit=visit, revision=0)
        db.session.add(report)
    else:
        theirs = {key: getattr(report, key) for key in mine}
        saved = Saved(theirs, report.revision, report.saved_by.name, report.saved_at)
        refuse_unseen(seen_revision, mine, saved)
    for key, value in mine.items():
        setattr(report, key, value)
    report.revision += 1
    report.saved_by, report.saved_at = db.session.get_one(Person, actor.person_id), now
    db.session.flush()
    return report


def recommend(
    visit: Visit,
    text: str,
    *,
    matter: str,
    owner_side: OwnerSide,
    owner_post: str,
    due_on: date,
    young: bool = False,
    actor: Viewer,
    now: datetime,
) -> VisitRecommendation:
    """Write a recommendation into the report; with the final report it becomes a follow-up.

    Raises:
        RuleBroken: the actor may not; `visit-agreed:unknown`, `follow-up:…`.
    """
    policy.may_agree(actor, visit).or_refuse("visit-recommendation:refused")
    if matter and matter not in frameworks.framework(visit).matters:
        raise RuleBroken("visit-agreed:unknown", "This visit has no such matter.", "matter")
    tidy = followup_rules.check_text(text)
    followup_rules.check_due(due_on, now.astimezone(LONDON).date())
    if not owner_post.strip():
        raise RuleBroken("follow-up:no-owner", "Say who is to do it.", "owner_post")
    made = VisitRecommendation(
        visit=visit,
        matter=matter,
        text=tidy,
        owner_side=owner_side,
        owner_post=owner_post.strip()[:120],
        due_on=due_on,
        young=young,
        written_by_id=actor.person_id,
        written_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def take_back(made: VisitRecommendation, *, actor: Viewer) -> None:
    """Take a recommendation out of a report that is not agreed yet.

    Raises:
        RuleBroken: the actor may not.
    """
    policy.may_agree(actor, made.visit).or_refuse("visit-recommendation:refused")
    db.session.delete(made)
    db.session.flush()


def missing(visit: Visit) -> list[Finding]:
    """What keeps the team from finishing, with where it is put right."""
    report = report_of(visit)
    young = comments.young_sheets(visit)
    agreement = Agreement(
        scores={
            one.matter: Mark(one.value, one.reason, one.abstained)
            for one in agreed_scores(visit)
            if one.panel is Panel.OFFICERS
        },
        judgement=report.judgement if report else "",
        judgement_reason=report.judgement_reason if report else "",
        care=report.care if report else "",
        care_reason=report.care_reason if report else "",
        young_signed_off=not young or comments.sign_off_of(visit) is not None,
        open_choices=len(queries.waiting_asides(visit)),
    )
    return missing_to_agree(
        frameworks.framework(visit),
        frameworks.scale_of(visit, Panel.OFFICERS),
        agreement,
        minimum_words=settings.get("visit_reason_words"),
    )


def finish_agreeing(visit: Visit, *, actor: Viewer, now: datetime) -> None:
    """The team stands by it: nothing changes any more unless it is opened again.

    Raises:
        RuleBroken: the actor may not; the first thing that is missing.
    """
    policy.may_agree(actor, visit).or_refuse("visit:agree-refused")
    refuse_errors(missing(visit))
    visit.stage = move(VISIT, visit.stage, "agree")
    report = report_of(visit)
    if report is not None:
        report.agreed_at, report.agreed_by_id = now, actor.person_id
    db.session.flush()
    audit.record(Event.VISIT_AGREED, visit, actor=actor, now=now)


def reopen(visit: Visit, *, actor: Viewer, now: datetime) -> None:
    """Something has to change before the report goes out.

    Raises:
        RuleBroken: the actor may not; `visit:reopen:not-allowed`.
    """
    policy.may_lead(actor, visit).or_refuse("visit:reopen-refused")
    visit.stage = move(VISIT, visit.stage, "reopen")
    report = report_of(visit)
    if report is not None:
        report.agreed_at = report.agreed_by_id = None
    db.session.flush()
    audit.record(Event.VISIT_REOPENED, visit, actor=actor, now=now)


def report_of(visit: Visit) -> VisitReport | None:
    return db.session.scalar(select(VisitReport).where(VisitReport.visit_id == visit.id))


def agreed_scores(visit: Visit) -> list[VisitAgreed]:
    wanted = select(VisitAgreed).where(VisitAgreed.visit_id == visit.id)
    return list(db.session.scalars(wanted.order_by(VisitAgreed.panel, VisitAgreed.matter)))
