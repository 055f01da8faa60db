"""What a visit looks at first: what other rooms know of a home, as far as the planner may know it."""

from datetime import date

import pytest

from portal.access import Role
from portal.followups import actions as followups
from portal.followups.models import FollowUpKind, OwnerSide
from portal.visits import focus
from tests.factories.kpis import AFTER as CHECKED, a_plan, an_accepted, returns_of
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_setting
from tests.factories.visits import AFTER, a_visit

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
