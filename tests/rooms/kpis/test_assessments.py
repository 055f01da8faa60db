"""The yearly assessment: suggested by the year's figures, decided by people, final when it is heard."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.access import Role
from portal.db import db
from portal.kpis import actions_assessments as actions, assessing
from portal.kpis.actions_assessments import OVERALL, Decided
from portal.mail import Mail
from scoring.kpi_assessing import Performance
from scoring.rules import RuleBroken
from scoring.stages import AssessmentStage, MembershipStage
from tests.client import HygieneClient
from tests.factories.kpis import (
    a_commissioner,
    a_plan,
    a_submitted,
    an_accepted,
    returns_of,
)
from tests.factories.people import a_person, a_viewer, as_person, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin

FROM_ON = date(2026, 4, 1)
YEAR_OVER = datetime(2027, 4, 26, 9, tzinfo=UTC)
GOOD = Performance.GOOD


@pytest.fixture
def oak(session):
    return a_provider("Oak House", ppon="PPON-1")


@pytest.fixture
def ada(oak):
    return viewer(a_provider_admin(oak))


@pytest.fixture
def officer(session):
    return a_commissioner()


@pytest.fixture
def plan(oak, ada):
    """A year of four quarters: plans fell from 10 of 10 to 8; the last is not checked yet."""
    made = a_plan(oak, from_on=FROM_ON, now=YEAR_OVER)
    *earlier, last = [
        one
        for one in returns_of(made)
        if one.period_ends_on.year < 2027 or one.period_starts_on.month == 1
    ]
    for one, numerator in zip(earlier, (10, 10, 8), strict=True):
        an_accepted(one, ada, now=YEAR_OVER, plans=(numerator, 10))
    a_submitted(last, ada, now=YEAR_OVER, plans=(0, 10))
    return made


@pytest.fixture
def draft(plan, officer):
    made = actions.begin(plan, 2026, actor=officer, now=YEAR_OVER)
    db.session.commit()
    return made


def decide_all(one, officer, value=None, reason=""):
    decided = {line.kpi_key: Decided(value or line.suggested, reason) for line in one.lines}
    actions.decide(one, decided, actor=officer, now=YEAR_OVER)
    overall = Decided(value or one.suggested, reason)
    actions.decide(one, {OVERALL: overall}, actor=officer, now=YEAR_OVER)


def shared(one, officer):
    decide_all(one, officer)
    actions.share(one, date(2027, 5, 10), actor=officer, now=YEAR_OVER)
    db.session.commit()
    return one


def code(act, *args, **more):
    with pytest.raises(RuleBroken) as refused:
        act(*args, **more)
    return refused.value.code


def test_a_draft_suggests_from_what_was_accepted(draft):
    suggested = {line.kpi_key: line.suggested.value for line in draft.lines}
    assert suggested == {"plans": "requires-improvement", "staff": "good"}
    (plans, _) = draft.lines
    assert [one["words"] for one in plans.figures] == ["100.00%", "100.00%", "80.00%"]


def test_what_is_accepted_meanwhile_counts_until_it_is_shared(draft, plan, officer):
    from portal.kpis import actions_checking

    last = next(one for one in returns_of(plan) if one.stage.value == "submitted")
    actions_checking.accept(last, actor=officer, now=YEAR_OVER)
    shared(draft, officer)
    assert len(draft.lines[0].figures) == 4
    actions_checking.query(last, "Is this right?", actor=officer, now=YEAR_OVER)
    db.session.expire_all()
    assert len(draft.lines[0].figures) == 4


def test_only_a_year_that_is_over_and_only_once(draft, plan, officer):
    begin = {"actor": officer, "now": YEAR_OVER}
    assert code(actions.begin, plan, 2026, **begin) == "assessment:there-already"
    for year in (2025, 2027):
        assert code(actions.begin, plan, year, **begin) == "assessment:year"
    assert assessing.years_of(plan, YEAR_OVER.date()) == [2026]


def test_a_person_decides_every_value_and_says_why_it_is_another(draft, officer):
    share = (draft, date(2027, 5, 10))
    act = {"actor": officer, "now": YEAR_OVER}
    assert code(actions.share, *share, **act) == "assessment:undecided"
    decide_all(draft, officer, GOOD)
    assert code(actions.share, *share, **act) == "assessment:reason-missing"
    decide_all(draft, officer, GOOD, "The fall was of one home, which has closed.")
    soon = (draft, date(2027, 5, 2))
    assert code(actions.share, *soon, **act) == "assessment:too-soon"
    actions.share(*share, **act)
    assert draft.stage is AssessmentStage.SHARED


def test_it_is_final_only_when_the_provider_was_heard_or_had_its_time(draft, officer, ada):
    shared(draft, officer)
    assert code(actions.conclude, draft, actor=officer, now=YEAR_OVER) == "kpi:not-allowed"
    actions.comment(draft, "We agree.", actor=ada, now=YEAR_OVER)
    actions.conclude(draft, actor=officer, now=YEAR_OVER)
    assert draft.stage is AssessmentStage.FINAL
    for act in (
        lambda: decide_all(draft, officer),
        lambda: actions.take_back(draft, actor=officer, now=YEAR_OVER),
        lambda: actions.comment(draft, "And more.", actor=ada, now=YEAR_OVER),
    ):
        assert code(act) in {"kpi:not-allowed", "assessment:comment-refused"}


def test_silence_does_not_hold_it_up(draft, officer):
    shared(draft, officer)
    after = YEAR_OVER + timedelta(days=15)
    actions.conclude(draft, actor=officer, now=after)
    assert draft.final_at == after


def test_taken_back_it_is_asked_anew_and_the_comment_stays(draft, officer, ada):
    shared(draft, officer)
    actions.comment(draft, "Please look again.", actor=ada, now=YEAR_OVER)
    actions.take_back(draft, actor=officer, now=YEAR_OVER)
    assert (draft.stage, draft.comment) == (AssessmentStage.DRAFT, "Please look again.")
    shared(draft, officer)
    assert code(actions.conclude, draft, actor=officer, now=YEAR_OVER) == "kpi:not-allowed"


def test_who_may_do_what(draft, officer, oak):
    ben = viewer(a_contributor(oak))
    partner = a_commissioner("bedford-borough")
    for who in (ben, partner, a_viewer(Role.FINANCE), a_viewer(Role.AUDITOR)):
        assert code(decide_all, draft, who) == "kpi:not-allowed"
    shared(draft, officer)
    for who in (ben, officer, a_viewer(Role.AUDITOR)):
        refused = code(actions.comment, draft, "I think", actor=who, now=YEAR_OVER)
        assert refused == "assessment:comment-refused"


def test_a_draft_is_the_councils_own(draft, officer, ada):
    assert assessing.assessment(draft.ref, officer) is not None
    assert assessing.assessment(draft.ref, ada) is None
    assert assessing.assessment(draft.ref, a_viewer(Role.AUDITOR)) is None
    shared(draft, officer)
    assert assessing.assessment(draft.ref, ada) is not None
    assert assessing.assessment(draft.ref, a_viewer(Role.AUDITOR)) is not None
    for stranger in (viewer(a_provider_admin(a_provider())), a_commissioner("hertfordshire")):
        assert assessing.assessment(draft.ref, stranger) is None
        assert assessing.assessments_page(stranger).items == []


def test_nothing_is_suspended_by_a_low_value(draft, officer, plan, ada):
    from portal.contracts.models import ListMembership

    decide_all(draft, officer, Performance.INADEQUATE, "All of it.")
    actions.share(draft, date(2027, 5, 10), actor=officer, now=YEAR_OVER)
    actions.comment(draft, "No.", actor=ada, now=YEAR_OVER)
    actions.conclude(draft, actor=officer, now=YEAR_OVER)
    stages = {place.stage for place in db.session.query(ListMembership)}
    assert stages == {MembershipStage.ACTIVE}


def test_the_pages_from_draft_to_final(app, plan, oak, monkeypatch):
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    app.config["CLOCK"] = lambda: YEAR_OVER
    officer = as_person(app.test_client(), a_person(Role.COMMISSIONER, "luton"))
    admin = as_person(app.test_client(), a_provider_admin(oak, email="eve@test.example"))
    shown = officer.page(f"/kpis/plans/{plan.ref}/assess")
    deciding = officer.sends(shown, {"year": "2026"}, to="/kpis/assessments/*")
    address = deciding.request.path.removesuffix("/decide")
    typed = {"value-plans": "approaching-target", "value-staff": "good", "value-overall": "good"}
    typed |= {"reason-plans": "One home alone.", "reason-overall": "A good year."}
    officer.sends(deciding, typed, button="Save", to=address)
    day = {
        "comment_until_on-day": "10",
        "comment_until_on-month": "5",
        "comment_until_on-year": "2027",
    }
    admin.page(address, status=404)
    admin.page(f"{address}/values.csv", status=404)
    assert "Oak House" not in admin.get("/kpis/assessments.csv").text
    officer.sends(officer.page(f"{address}/share"), day, button="Share", to=address)
    assert "Comment on your KPI assessment, 2026–27" in admin.page("/").text
    admin.sends(admin.page(f"{address}/comment"), {"comment": "We agree."}, to=address)
    assert "can be made final" in officer.page("/").text
    final = officer.sends(officer.page(f"{address}/conclude"), {}, button="Make", to=address)
    assert "We agree." in final.text
    assert "The figures suggest: Requires improvement" in final.text
    assert "PPON-1" in final.text
    assert admin.get(f"{address}/notice.pdf").data.startswith(b"%PDF")
    assert "2026–27" in admin.page("/kpis/assessments").text
    values = admin.get(f"{address}/values.csv").text
    assert "One home alone." in values
    assert "We agree." in values
    assert officer.get("/kpis/assessments.csv").text.count("2026–27") == 1
    assert officer.get(f"{address}/values.xlsx").status_code == 200
    told = {mail.message for mail in db.session.query(Mail) if mail.address == "eve@test.example"}
    assert {"assessment-shared", "assessment-final"} <= told
