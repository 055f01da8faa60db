"""Three years of KPI returns on the list: good, late, odd and missing ones, and what councils did."""

import random
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from portal.content import queries as content
from portal.content.kinds import Kind
from portal.contracts.actions import RateOffer, join_list
from portal.days import LONDON, today
from portal.db import db
from portal.demo.cast import Cast, told
from portal.demo.papers import small_pdf
from portal.documents.actions import stage_file
from portal.kpis import (
    actions,
    actions_assessments as assessments,
    actions_checking,
    actions_returns,
    assessing,
)
from portal.kpis.actions_assessments import OVERALL, Decided
from portal.kpis.actions_returns import Told
from portal.kpis.expecting import expect
from portal.kpis.models import KpiPlan
from portal.kpis.models_returns import KpiReturn
from portal.kpis.sets import kpi_set
from portal.rounds.models import Agreement, AgreementLot
from scoring.kpi_periods import Frequency, period_of
from scoring.stages import KpiReturnStage as Stage

LOT = "1B"  # nobody is admitted to it by the rounds of the story: these came over from the list before
COUNCILS = (
    "luton",
    "central-bedfordshire",
)  # the third council of the list reads and checks nothing
OFFICER = "Amina Hussain"


def measure(cast: Cast, agreement: Agreement, now: datetime) -> None:
    """Attach the KPIs to the providers of one lot, and tell every quarter until today."""
    (lot,) = [one for one in agreement.lots if one.code == LOT]
    for key, story in told("measuring.yaml")["providers"].items():
        plan = _attached(cast, lot, key, quarters=story["quarters"], now=now)
        expect(plan, now)
        ended = [one for one in _returns(plan) if one.period_ends_on < today(now)]
        for number, one in enumerate(ended, 1):
            if number not in story["missing"] and _is_past(one, now):
                _report(cast, key, story, number, one, last=number == len(ended))
        db.session.commit()
    _begin_some(cast, now)
    _assess(cast, now)


def _is_past(one: KpiReturn, now: datetime) -> bool:
    """Whether everything that the story tells of a return has happened by now."""
    return today(now) > one.due_on + timedelta(days=9)


def _attached(cast: Cast, lot: AgreementLot, key: str, *, quarters: int, now: datetime) -> KpiPlan:
    from_on = today(now)
    for _ in range(quarters):
        before = period_of(Frequency.QUARTERLY, from_on).starts_on - timedelta(days=1)
        from_on = period_of(Frequency.QUARTERLY, before).starts_on
    officer, then = cast.viewer(OFFICER), _at(from_on)
    join_list(
        cast.providers[key],
        lot,
        councils=[cast.councils[slug] for slug in COUNCILS],
        starts_on=from_on,
        ends_on=date(from_on.year + 5, from_on.month, 1) - timedelta(days=1),
        rates=[RateOffer("core-weekly-price", "week", 5, 79_900)],
        application_ref="",
        actor=officer,
        now=then,
    )
    shipped = content.newest(Kind.KPI_SET, "kpis-16plus")
    assert shipped is not None  # noqa: S101  the story has loaded the content
    return actions.attach(
        cast.providers[key], lot.agreement, [lot], shipped, from_on, actor=officer, now=then
    )


def _report(
    cast: Cast, key: str, story: dict[str, Any], number: int, one: KpiReturn, *, last: bool
) -> None:
    """One quarter: sent some days before it is due, or late; then checked."""
    admin, officer = cast.admin_of(key), cast.viewer(OFFICER)
    days = story["late"].get(number, -(number % 7) - 2)
    sent = _at(one.due_on + timedelta(days=days))
    figures = _figures(key, story, number, one)
    if key == "willow" and last:
        figures["utilisation"] = Told(Fraction(250), Fraction(630))
    if key == "oakbridge" and last:
        _support(one, "staff-safe", cast, key, sent)
    actions_returns.file_return(one, figures, actor=admin, now=sent)
    if key == "oakbridge" and last:
        return  # it waits for the council
    checked = sent + timedelta(days=5)
    story_words = told("measuring.yaml")
    if key == "northgate" and last:
        actions_checking.query(
            one, story_words["open_query"], "planned-move-on", actor=officer, now=checked
        )
        return
    if key == "willow" and last:
        actions_checking.query(one, story_words["query"], "utilisation", actor=officer, now=checked)
        put_right = Told(Fraction(580), Fraction(630))
        again = checked + timedelta(days=3)
        actions_returns.save_figures(one, {"utilisation": put_right}, actor=admin, now=again)
        actions_returns.submit(one, story_words["answer"], actor=admin, now=again)
        checked = again + timedelta(days=2)
    if key == "harbour" and last:
        _correct(one, officer, checked)
    actions_checking.accept(one, actor=officer, now=checked)


def _correct(one: KpiReturn, officer: Any, now: datetime) -> None:
    figure = one.figure("plan-reviewed")
    if figure is None or (denominator := figure.given[1] or Fraction(0)) < 4:
        return
    actions_checking.correct(
        one,
        "plan-reviewed",
        denominator - 3,
        denominator,
        told("measuring.yaml")["correction"],
        actor=officer,
        now=now,
    )


def _figures(key: str, story: dict[str, Any], number: int, one: KpiReturn) -> dict[str, Told]:
    """Numbers that look like those of a home: the same ones on every machine."""
    dice = random.Random(f"{key}-{number}")
    words = told("measuring.yaml")
    found = {}
    for kpi in kpi_set(one.kpi_set).of(one.kpi_keys):
        mean = words["counted"][kpi.key] * story["size"]
        denominator = max(0, round(mean * dice.uniform(0.8, 1.2)))
        share = story["level"] + story["drift"] * number - story["weak"].get(kpi.key, 0)
        share = min(100.0, share + dice.uniform(-4, 4))
        numerator = min(denominator, round(denominator * share / 100))
        weak = kpi.key in story["weak"] and number % 3 == 0
        comment = words["comments"].get(kpi.key, "") if weak else ""
        found[kpi.key] = Told(Fraction(numerator), Fraction(denominator), comment)
    return found


def _support(one: KpiReturn, kpi: str, cast: Cast, key: str, now: datetime) -> None:
    name = cast.providers[key].name
    staged = stage_file(small_pdf("Staff checks and training", name), "staff-checks.pdf")
    actions_returns.add_evidence(one, staged, kpi, actor=cast.admin_of(key), now=now)


def _begin_some(cast: Cast, now: datetime) -> None:
    """Somebody has begun to fill in the quarter that runs, and cedar the one that is late."""
    for key, part in (("oakbridge", 6), ("cedar", 12)):
        plan = _plan_of(cast, key)
        open_ones = [one for one in _returns(plan) if one.stage is Stage.EXPECTED]
        one = open_ones[0]
        story = told("measuring.yaml")["providers"][key]
        figures = dict(list(_figures(key, story, 13, one).items())[:part])
        actions_returns.save_figures(one, figures, actor=cast.admin_of(key), now=now)
    db.session.commit()


def _assess(cast: Cast, now: datetime) -> None:
    """The last year that is over: one assessment is final with a comment, one is a draft."""
    officer = cast.viewer(OFFICER)
    for key, days in (("oakbridge", 60), ("northgate", 8)):
        plan = _plan_of(cast, key)
        year = assessing.years_of(plan, today(now))[0]
        at = now - timedelta(days=days)
        one = assessments.begin(plan, year, actor=officer, now=at)
        if key != "oakbridge":
            continue
        decided = {line.kpi_key: Decided(line.suggested) for line in one.lines}
        assessments.decide(one, decided, actor=officer, now=at)
        assessments.decide(one, {OVERALL: Decided(one.suggested)}, actor=officer, now=at)
        assessments.share(one, today(at) + timedelta(days=14), actor=officer, now=at)
        answer = told("measuring.yaml")["assessment_comment"]
        then = at + timedelta(days=6)
        assessments.comment(one, answer, actor=cast.admin_of(key), now=then)
        assessments.conclude(one, actor=officer, now=then + timedelta(days=2))
    db.session.commit()


def _plan_of(cast: Cast, key: str) -> KpiPlan:
    wanted = select(KpiPlan).where(KpiPlan.provider_id == cast.providers[key].id)
    return db.session.scalars(wanted).one()


def _returns(plan: KpiPlan) -> list[KpiReturn]:
    """The returns of the organisation as a whole, oldest first."""
    (unit,) = [one for one in plan.units if one.is_whole]
    wanted = select(KpiReturn).where(KpiReturn.unit_id == unit.id)
    return list(db.session.scalars(wanted.order_by(KpiReturn.period_starts_on)))


def _at(on: date) -> datetime:
    return datetime.combine(on, time(10), tzinfo=LONDON)
