"""What a visit looks at first: what other rooms know of a home, as far as the planner may know it."""

from datetime import date

import pytest

from portal.access import Role
from portal.contracts.models import Promise
from portal.followups import actions as followups
from portal.followups.models import FollowUpKind, OwnerSide
from portal.visits import focus
from scoring.stages import CheckStage
from tests.factories.contracts import an_old_contract
from tests.factories.documents import a_document
from tests.factories.kpis import AFTER as CHECKED, a_plan, an_accepted, returns_of
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_setting
from tests.factories.visits import AFTER, PLANNED, a_visit

pytestmark = pytest.mark.usefixtures("session")
ON = date(2026, 6, 20)


def found(told, viewer, previous=None):
    return [(one.kind, one.title) for one in focus.of(told.visit.setting, previous, viewer, ON)]


def test_open_recommendations_of_this_home_and_of_the_whole_provider(session):
    told = a_visit(young=())
    lead, provider = told.by(told.lead), told.visit.setting.provider
    for text, home in (
        ("Mend the door.", told.visit.setting),
        ("Train all staff.", None),
        ("Paint the hall.", a_setting(provider, "Other Road")),
    ):
        followups.raise_followup(
            FollowUpKind.RECOMMENDATION,
            provider=provider,
            council=a_council(),
            text=text,
            owner=followups.Owner(OwnerSide.PROVIDER, "Manager"),
            due_on=date(2026, 7, 1),
            source=followups.Source("plan", "", "By hand"),
            setting=home,
            actor=lead,
            now=AFTER,
        )
    told_of = [title for kind, title in found(told, lead) if kind == "recommendation"]
    assert told_of == ["Mend the door.", "Train all staff."]
    stranger = a_viewer(Role.COMMISSIONER, "bedford-borough")
    assert not any(kind == "recommendation" for kind, _ in found(told, stranger))


def test_what_was_weak_at_the_visit_before(session):
    told = a_visit(young=()).final(value=1)
    weak = [title for kind, title in found(told, told.by(told.lead), told.visit) if kind == "weak"]
    assert len(weak) == 10
    assert not any(kind == "weak" for kind, _ in found(told, told.by(told.lead)))


def test_targets_that_were_missed_in_the_newest_return(session):
    told = a_visit(young=())
    plan = a_plan(told.visit.setting.provider)
    first = returns_of(plan)[0]
    key = first.kpi_keys[0]
    an_accepted(first, told.by(told.admin), now=CHECKED, **{key: (1, 10)})
    missed = [title for kind, title in found(told, told.by(told.lead)) if kind == "kpi"]
    assert len(missed) == 1
    assert not any(kind == "kpi" for kind, _ in found(told, a_viewer(Role.EVALUATOR)))


def test_certificates_of_this_home_and_not_of_another(session):
    told = a_visit(young=())
    home = told.visit.setting
    for setting in (home, a_setting(home.provider, "Other Road")):
        a_document(
            home.provider,
            "gas-safety-record",
            by=told.admin,
            setting=setting,
            title=f"Gas, {setting.name}",
            valid_until_on=date(2026, 6, 25),
            checked=CheckStage.ACCEPTED,
            at=PLANNED,
        )
    lead = told.by(told.lead)
    running_out = [
        title for kind, title in found(told, lead) if kind == "certificate" and "soon" in title
    ]
    assert len(running_out) == 1
    assert home.name in running_out[0]


def test_a_promise_made_for_several_lots_is_told_once(session):
    told = a_visit(young=())
    contract = an_old_contract(told.visit.setting.provider)
    for lot, text in (("1A", "Two at night."), ("1B", "Two at night."), ("1C", "One at night.")):
        session.add(
            Promise(
                contract=contract,
                question_key="staff",
                lot_code=lot,
                question="Who works at night?",
                text=text,
                submission_sha256="",
            )
        )
    session.flush()
    lead = told.by(told.lead)
    made = [one for one in focus.of(told.visit.setting, None, lead, ON) if one.kind == "promise"]
    assert [one.note for one in made] == ["Two at night.", "One at night."]
