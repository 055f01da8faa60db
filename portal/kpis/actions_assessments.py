"""The yearly assessment: begun from a year's figures, decided by people, commented, then final.

Nothing here suspends anybody: it says how a year went.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal import audit, mail
from portal.access import Role, Viewer
from portal.audit import Event
from portal.days import today
from portal.db import db
from portal.kpis import assessing, policy, queries
from portal.kpis.models import KpiPlan
from portal.kpis.models_assessments import KpiAssessment, KpiAssessmentLine
from portal.mail import Message
from portal.people.queries import people_with_role
from scoring.canonical import canonical_json, sha256_of
from scoring.kpi_assessing import Performance, suggested, suggested_overall
from scoring.kpi_periods import year_words
from scoring.rules import RuleBroken
from scoring.stages import ASSESSMENT, move

MOST_TEXT = 4_000
LEAST_DAYS = 7  # for the provider to comment
OVERALL = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided, and why."""

    value: Performance | None
    reason: str = ""


def begin(plan: KpiPlan, year: int, *, actor: Viewer, now: datetime) -> KpiAssessment:
    """Draft the assessment of a financial year that is over, from its accepted figures.

    Raises:
        RuleBroken: `kpi:not-allowed`, `assessment:year`, `assessment:there-already`.
    """
    policy.may_check(actor, queries.council_ids_of(plan)).or_refuse("kpi:not-allowed")
    if year not in assessing.years_of(plan, today(now)):
        raise RuleBroken("assessment:year", "Choose a year of this plan that is over.", "year")
    there = select(KpiAssessment.id).where(
        KpiAssessment.plan_id == plan.id, KpiAssessment.year == year
    )
    if db.session.scalar(there) is not None:
        raise RuleBroken("assessment:there-already", "This year is assessed already.", "year")
    made = KpiAssessment(
        plan=plan,
        year=year,
        suggested=Performance.OTHER,
        begun_by_id=actor.acting_id(),
        begun_at=now,
    )
    made.lines = [
        KpiAssessmentLine(kpi_key=key, figures=[], suggested=Performance.OTHER)
        for key in assessing.figures_of_year(plan, year)
    ]
    db.session.add(made)
    _read_figures(made)
    db.session.flush()
    audit.record(Event.ASSESSMENT_BEGUN, made, actor=actor, now=now, plan=plan.ref, year=year)
    return made


def decide(
    one: KpiAssessment, decided: Mapping[str, Decided], *, actor: Viewer, now: datetime
) -> None:
    """Put down what was decided so far, for KPIs by key and for the whole under `OVERALL`.

    The figures are read afresh, so that a return accepted meanwhile counts.

    Raises:
        RuleBroken: `kpi:not-allowed`, `assessment:too-long`.
    """
    _may(one, "decide", actor, now)
    _read_figures(one)
    for line in one.lines:
        if (what := decided.get(line.kpi_key)) is not None:
            line.decided, line.reason = what.value, _tidy(what.reason)
    if (overall := decided.get(OVERALL)) is not None:
        one.decided, one.reason = overall.value, _tidy(overall.reason)
    one.stage = move(ASSESSMENT, one.stage, "decide")
    db.session.flush()
    audit.record(
        Event.ASSESSMENT_DECIDED,
        one,
        actor=actor,
        now=now,
        decided={line.kpi_key: line.decided or "" for line in one.lines},
        overall=one.decided or "",
    )


def share(one: KpiAssessment, comment_until_on: date, *, actor: Viewer, now: datetime) -> None:
    """Show it to the provider, who may comment until a day.

    Raises:
        RuleBroken: `kpi:not-allowed`, `assessment:undecided`, `assessment:reason-missing`,
            `assessment:too-soon`.
    """
    _may(one, "share", actor, now)
    _refuse_unfinished(one)
    if comment_until_on < today(now) + timedelta(days=LEAST_DAYS):
        message = f"Give the provider at least {LEAST_DAYS} days."
        raise RuleBroken("assessment:too-soon", message, "comment_until_on")
    one.stage = move(ASSESSMENT, one.stage, "share")
    one.shared_at, one.comment_until_on = now, comment_until_on
    db.session.flush()
    audit.record(Event.ASSESSMENT_SHARED, one, actor=actor, now=now, content=_digest(one))
    _tell_provider(Message.ASSESSMENT_SHARED, one, now, until_on=comment_until_on)


def take_back(one: KpiAssessment, *, actor: Viewer, now: datetime) -> None:
    """Make it a draft again, to change it. What the provider wrote stays, and it is asked anew.

    Raises:
        RuleBroken: `kpi:not-allowed`.
    """
    _may(one, "take-back", actor, now)
    one.stage = move(ASSESSMENT, one.stage, "take-back")
    one.commented_at = one.comment_until_on = None
    db.session.flush()
    audit.record(Event.ASSESSMENT_TAKEN_BACK, one, actor=actor, now=now)


def comment(one: KpiAssessment, text: str, *, actor: Viewer, now: datetime) -> None:
    """The provider's own words, which stand in the notice as they are.

    Raises:
        RuleBroken: `assessment:comment-refused`, `assessment:comment-empty`,
            `assessment:too-long`.
    """
    policy.may_comment(actor, one).or_refuse("assessment:comment-refused")
    if not text.strip():
        raise RuleBroken("assessment:comment-empty", "Write your comment.", "comment")
    one.stage = move(ASSESSMENT, one.stage, "comment")
    one.comment, one.commented_at = _tidy(text, "comment"), now
    one.commented_by_id = actor.person_id
    db.session.flush()
    audit.record(
        Event.ASSESSMENT_COMMENTED, one, actor=actor, now=now, values={"comment": one.comment}
    )
    councils = queries.council_ids_of(one.plan)
    mail.write(
        Message.ASSESSMENT_COMMENTED,
        to=people_with_role(Role.COMMISSIONER, councils, Viewer.system()),
        now=now,
        about=one.ref,
        year=year_words(one.year),
    )


def conclude(one: KpiAssessment, *, actor: Viewer, now: datetime) -> None:
    """Make it final: nothing of it changes any more.

    Raises:
        RuleBroken: `kpi:not-allowed`, also while the provider may still comment.
    """
    _may(one, "conclude", actor, now)
    one.stage = move(ASSESSMENT, one.stage, "conclude")
    one.final_at, one.final_by_id = now, actor.person_id
    db.session.flush()
    audit.record(Event.ASSESSMENT_FINAL, one, actor=actor, now=now, content=_digest(one))
    _tell_provider(Message.ASSESSMENT_FINAL, one, now)


def _may(one: KpiAssessment, verb: str, actor: Viewer, now: datetime) -> None:
    council_ids = queries.council_ids_of(one.plan)
    decision = policy.may_assess(actor, one, verb, council_ids, today(now))
    decision.or_refuse("kpi:not-allowed")


def _read_figures(one: KpiAssessment) -> None:
    found = assessing.figures_of_year(one.plan, one.year)
    for line in one.lines:
        line.figures = found.get(line.kpi_key, [])
        line.suggested = suggested(assessing.ratings_of(line.figures))
    one.suggested = suggested_overall([line.decided or line.suggested for line in one.lines])


def _refuse_unfinished(one: KpiAssessment) -> None:
    """Every KPI and the whole are decided; what differs from the suggestion says why."""
    told = [
        (f"value-{line.kpi_key}", line.decided, line.suggested, line.reason) for line in one.lines
    ]
    told.append(("value-overall", one.decided, one.suggested, one.reason))
    for field, decided, suggestion, reason in told:
        if decided is None:
            raise RuleBroken("assessment:undecided", "Decide every KPI and the whole first.", field)
        if decided is not suggestion and not reason:
            message = "Where you decide other than the figures suggest, say why."
            raise RuleBroken("assessment:reason-missing", message, field.replace("value", "reason"))


def _tidy(text: str, field: str = "reason") -> str:
    if len(text.strip()) > MOST_TEXT:
        raise RuleBroken("assessment:too-long", f"Use {MOST_TEXT:,} characters or fewer.", field)
    return text.strip()


def _digest(one: KpiAssessment) -> str:
    """A hash of what was shared or made final, for the trail."""
    content = {
        "overall": str(one.decided or ""),
        "lines": {line.kpi_key: [str(line.decided or ""), line.figures] for line in one.lines},
    }
    return sha256_of(canonical_json(content))


def _tell_provider(message: Message, one: KpiAssessment, now: datetime, **told: date) -> None:
    mail.write(
        message,
        to=queries.colleagues(one.plan.provider_id, Role.PROVIDER_ADMIN),
        now=now,
        about=one.ref,
        year=year_words(one.year),
        **told,
    )
