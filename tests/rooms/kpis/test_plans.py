"""Attaching KPI sets: who may, what is expected then, and that earlier returns keep their version."""

from datetime import date, timedelta

import pytest

from portal import reminders
from portal.access import Role
from portal.db import db
from portal.kpis import actions, queries
from portal.kpis.expecting import EXPECT_JOB, expect
from portal.mail import Mail
from portal.providers.models import Registration, ServiceKind
from portal.queue import Job
from scoring.rules import RuleBroken
from scoring.stages import KpiReturnStage
from tests.factories.kpis import (
    AFTER,
    BEGUN,
    FROM_ON,
    LATE,
    PLANS,
    STAFF,
    a_commissioner,
    a_held_lot,
    a_kpi_set,
    a_plan,
    a_submitted,
    an_agreement,
    returns_of,
)
from tests.factories.people import LONG_AGO, a_viewer
from tests.factories.providers import a_provider, a_provider_admin, an_administering_viewer


def a_branch(provider, urn):
    branch = Registration(
        provider=provider,
        urn=urn,
        branch=f"Branch of {urn}",
        service=ServiceKind.FOSTERING,
        recorded_at=LONG_AGO,
    )
    db.session.add(branch)
    db.session.flush()
    return branch


def test_a_return_is_expected_for_each_period_that_has_begun(session):
    plan = a_plan(a_provider(), now=AFTER)
    words = [(one.period.words, one.due_on, one.kpi_keys) for one in returns_of(plan)]
    assert words == [
        ("April to June 2027", date(2027, 7, 20), ["plans", "staff"]),
        ("July to September 2027", date(2027, 10, 20), ["plans", "staff"]),
    ]


def test_asked_again_nothing_is_made_twice_and_the_next_period_is_planned(session):
    plan = a_plan(a_provider())
    assert expect(plan, BEGUN) == []
    jobs = db.session.query(Job).filter_by(kind=EXPECT_JOB, subject=plan.ref).all()
    assert [one.due_at.date() for one in jobs] == [date(2027, 7, 1)]


def test_each_frequency_has_its_own_periods(session):
    yearly = STAFF | {"key": "turnover", "frequency": "yearly"}
    plan = a_plan(a_provider(), kpi_set=a_kpi_set(PLANS, yearly), now=AFTER)
    asked = {(one.frequency.value, one.period.words): one.kpi_keys for one in returns_of(plan)}
    assert asked == {
        ("quarterly", "April to June 2027"): ["plans"],
        ("quarterly", "July to September 2027"): ["plans"],
        ("yearly", "April 2027 to March 2028"): ["turnover"],
    }


def test_branches_report_what_is_told_for_each_and_the_organisation_the_rest(session):
    oak = a_provider()
    both = STAFF | {"key": "both", "level": "both"}
    plan = a_plan(oak, kpi_set=a_kpi_set(PLANS, STAFF, both), sites=[a_branch(oak, "SC1")])
    assert [(one.unit.is_whole, one.kpi_keys) for one in returns_of(plan)] == [
        (True, ["staff", "both"]),
        (False, ["plans", "both"]),
    ]


def test_a_branch_that_joins_later_reports_from_the_running_period(session):
    oak = a_provider()
    plan = a_plan(oak)
    branch = a_branch(oak, "SC2")
    actions.choose_sites(plan, [branch], actor=a_commissioner(), now=AFTER)
    of_branch = [one.period.words for one in returns_of(plan) if not one.unit.is_whole]
    assert of_branch == ["July to September 2027"]
    first, running = [one for one in returns_of(plan) if one.unit.is_whole]
    assert (first.kpi_keys, running.kpi_keys) == (["plans", "staff"], ["staff"])
    actions.choose_sites(plan, [], actor=a_commissioner(), now=AFTER)
    assert [one for one in returns_of(plan) if not one.unit.is_whole] == []


def test_a_branch_of_another_provider_is_refused(session):
    plan = a_plan(a_provider())
    with pytest.raises(RuleBroken) as refused:
        actions.choose_sites(
            plan, [a_branch(a_provider(), "SC3")], actor=a_commissioner(), now=BEGUN
        )
    assert refused.value.code == "kpi:other-provider"


@pytest.mark.parametrize("who", ["provider", "partner", "finance", "auditor"])
def test_only_a_commissioner_of_a_council_of_the_contract_attaches(session, who):
    oak, agreement = a_provider(), an_agreement()
    lot = a_held_lot(oak, agreement)
    actor = {
        "provider": lambda: an_administering_viewer(oak),
        "partner": lambda: a_commissioner("bedford-borough"),
        "finance": lambda: a_viewer(Role.FINANCE),
        "auditor": lambda: a_viewer([Role.AUDITOR, Role.COMMISSIONER]),
    }[who]()
    with pytest.raises(RuleBroken) as refused:
        actions.attach(oak, agreement, [lot], a_kpi_set(), FROM_ON, actor=actor, now=BEGUN)
    assert refused.value.code == "kpi:not-allowed"


def test_what_cannot_be_attached(session):
    oak, agreement = a_provider(), an_agreement("1A", "2A")
    held = a_held_lot(oak, agreement)
    officer, kpis = a_commissioner(), a_kpi_set()

    def refused(lots, from_on=FROM_ON):
        with pytest.raises(RuleBroken) as broken:
            actions.attach(oak, agreement, lots, kpis, from_on, actor=officer, now=BEGUN)
        db.session.rollback()
        return broken.value.code

    db.session.commit()
    assert refused([]) == "kpi:no-lots"
    assert refused([agreement.lots[1]]) == "kpi:not-held"
    assert refused([held], date(1999, 4, 1)) == "kpi:too-early"
    actions.attach(oak, agreement, [held], kpis, FROM_ON, actor=officer, now=BEGUN)
    db.session.commit()
    assert refused([held]) == "kpi:twice"


def test_everybody_who_holds_a_lot_is_asked_once(session):
    agreement, officer, kpis = an_agreement("1A", "2A"), a_commissioner(), a_kpi_set()
    oak, elm, ash = (a_provider(name) for name in ("Oak", "Elm", "Ash"))
    for provider, code in ((oak, "1A"), (oak, "2A"), (elm, "2A")):
        a_held_lot(provider, agreement, code)
    a_held_lot(ash, agreement, "1A", councils=["bedford-borough"])
    made = actions.attach_to_all(agreement, agreement.lots, kpis, FROM_ON, actor=officer, now=BEGUN)
    assert [(one.provider.name, one.lot_codes) for one in made] == [
        ("Elm", "2A"),
        ("Oak", "1A, 2A"),
    ]
    with pytest.raises(RuleBroken, match="already"):
        actions.attach_to_all(agreement, agreement.lots, kpis, FROM_ON, actor=officer, now=BEGUN)


def test_another_version_leaves_earlier_returns_alone(session):
    oak = a_provider()
    plan = a_plan(oak, now=AFTER)
    first, running = returns_of(plan)
    a_submitted(first, an_administering_viewer(oak))
    harder = a_kpi_set(PLANS | {"target": "95"}, STAFF)
    with pytest.raises(RuleBroken, match="first day of a period"):
        actions.change_set(plan, harder, date(2027, 7, 2), actor=a_commissioner(), now=AFTER)
    after = actions.change_set(plan, harder, date(2027, 7, 1), actor=a_commissioner(), now=AFTER)
    db.session.commit()
    assert plan.until_on == date(2027, 6, 30)
    assert [one.kpi_set_id for one in returns_of(plan)] == [first.kpi_set_id]
    assert [(one.period, one.kpi_set_id) for one in returns_of(after)] == [
        (running.period, harder.id)
    ]


def test_a_return_that_is_begun_is_not_taken_away(session):
    oak = a_provider()
    plan = a_plan(oak, now=AFTER)
    a_submitted(returns_of(plan)[0], an_administering_viewer(oak))
    with pytest.raises(RuleBroken) as refused:
        actions.end(plan, date(2027, 3, 31), actor=a_commissioner(), now=AFTER)
    assert refused.value.code == "kpi:ends-before"
    actions.end(plan, date(2027, 6, 30), actor=a_commissioner(), now=AFTER)
    assert [one.stage for one in returns_of(plan)] == [KpiReturnStage.SUBMITTED]


def test_who_sees_a_plan(session):
    oak, elm = a_provider(), a_provider()
    plan = a_plan(oak)
    for viewer, sees in (
        (an_administering_viewer(oak), True),
        (an_administering_viewer(elm), False),
        (a_commissioner(), True),
        (a_commissioner("hertfordshire"), False),
        (a_viewer(Role.AUDITOR), True),
        (a_viewer(Role.FINANCE), False),
        (a_viewer(Role.EVALUATOR), False),
        (a_viewer(Role.YOUNG_COMMISSIONER), False),
    ):
        assert bool(queries.plan(plan.ref, viewer)) is sees, viewer
        assert bool(queries.plans_page(viewer).items) is sees, viewer


def test_each_step_is_told_once_and_only_of_what_is_not_in(session):
    oak = a_provider("Oak House")
    ada = a_provider_admin(oak, email="ada@test.example")
    plan = a_plan(oak, now=AFTER)
    late = returns_of(plan)[0]
    kinds = {
        day: [one.kind for one in reminders.coming(day, day) if one.subject == late.ref]
        for day in (late.due_on + timedelta(days=days) for days in (-7, 0, 1, 15))
    }
    assert list(kinds.values()) == [
        ["kpi-return:remind"],
        [],
        ["kpi-return:chase"],
        ["kpi-return:miss"],
    ]
    for one in reminders.coming(late.due_on + timedelta(days=1), late.due_on + timedelta(days=15)):
        reminders._tellers[one.kind](one, LATE)
    subjects = [(one.address, one.subject) for one in db.session.query(Mail)]
    assert subjects.count((ada.email, "A KPI return is late")) == 2
    assert "A KPI return is missing" in {subject for _, subject in subjects}
    a_submitted(late, an_administering_viewer(oak), now=LATE)
    days = (late.due_on - timedelta(days=7), late.due_on + timedelta(days=15))
    assert late.ref not in {one.subject for one in reminders.coming(*days)}
