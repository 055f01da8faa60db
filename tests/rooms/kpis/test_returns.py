"""Returns: from the first number to the council's check. What is told is never lost, nor shown early."""

from datetime import timedelta
from fractions import Fraction

import pytest

from portal.access import Role
from portal.db import db
from portal.documents.actions import StagedFile
from portal.followups import queries as follow_ups
from portal.kpis import actions_checking as checking, actions_returns as actions, policy, queries
from portal.kpis.actions_returns import Told
from portal.kpis.presentation import lines_of
from portal.mail import Mail
from scoring.kpis import Rating
from scoring.rules import RuleBroken
from scoring.stages import FollowUpStage, KpiReturnStage as Stage
from tests.factories.kpis import (
    AFTER,
    BEGUN,
    LATE,
    PLANS,
    STAFF,
    a_commissioner,
    a_kpi_set,
    a_plan,
    a_submitted,
    returns_of,
    told,
)
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import a_contributor, a_provider, an_administering_viewer


@pytest.fixture
def oak(session):
    return a_provider("Oak House")


@pytest.fixture
def ada(oak):
    return an_administering_viewer(oak)


@pytest.fixture
def officer(session):
    return a_commissioner()


@pytest.fixture
def one(oak):
    return returns_of(a_plan(oak, now=AFTER))[0]


def code(act, *args, **more):
    with pytest.raises(RuleBroken) as refused:
        act(*args, **more)
    return refused.value.code


# --- Filling in ----------------------------------------------------------------------------


def test_a_contributor_fills_in_and_an_administrator_submits(oak, ada, one):
    ben = viewer(a_contributor(oak))
    actions.save_figures(one, {"plans": told(9, 10), "staff": told(8, 8)}, actor=ben, now=AFTER)
    assert code(actions.submit, one, actor=ben, now=AFTER) == "kpi:submit-refused"
    actions.submit(one, actor=ada, now=AFTER)
    assert (one.stage, one.submitted_at, one.sent_by_id) == (Stage.SUBMITTED, AFTER, ada.person_id)


def test_only_what_is_given_is_touched(ada, one):
    actions.save_figures(one, {"plans": told(9, 10, "Good")}, actor=ada, now=AFTER)
    only = Told(numerator=Fraction(8), given=frozenset({"numerator"}))
    (figure,) = actions.save_figures(one, {"plans": only}, actor=ada, now=AFTER)
    assert figure.given == (8, 10)
    assert (figure.comment, figure.revision) == ("Good", 2)
    assert actions.save_figures(one, {"plans": only}, actor=ada, now=AFTER) == []


def test_hours_have_their_parts_and_people_have_none(ada, one):
    exact = Told(Fraction("12.25"), Fraction("20.5"))
    assert code(actions.save_figures, one, {"plans": exact}, actor=ada, now=AFTER) == (
        "kpi:not-whole"
    )
    hours = a_kpi_set(PLANS | {"decimals": True}, STAFF, key="kpis-hours")
    one = returns_of(a_plan(a_provider(), kpi_set=hours, now=AFTER))[0]
    ada = an_administering_viewer(one.plan.provider)
    (figure,) = actions.save_figures(one, {"plans": exact}, actor=ada, now=AFTER)
    assert figure.given == (Fraction(49, 4), Fraction(41, 2))


def test_numbers_that_cannot_be_kept_are_refused_and_nothing_is_kept(ada, one):
    for number, wanted in (
        (Fraction(-1), "kpi:negative"),
        (Fraction(1, 3), "kpi:too-fine"),
        (Fraction(10**12), "kpi:too-large"),
    ):
        both = {"staff": told(1, 1), "plans": Told(number, Fraction(1))}
        assert code(actions.save_figures, one, both, actor=ada, now=AFTER) == wanted
    assert one.figures == []
    unknown = {"other": told(1, 1)}
    assert code(actions.save_figures, one, unknown, actor=ada, now=AFTER) == "kpi:unknown"


def test_strangers_and_councils_fill_in_nothing(one, officer):
    other = an_administering_viewer(a_provider())
    for who in (other, officer, a_viewer(Role.FINANCE)):
        refused = code(actions.save_figures, one, {"plans": told(1, 1)}, actor=who, now=AFTER)
        assert refused == "kpi:enter-refused"


def test_a_return_is_submitted_only_when_its_period_is_over_and_all_is_told(ada, oak):
    one = returns_of(a_plan(oak))[0]
    actions.save_figures(one, {"plans": told(9, 10)}, actor=ada, now=BEGUN)
    assert code(actions.submit, one, actor=ada, now=BEGUN) == "kpi:submit-refused"
    assert code(actions.submit, one, actor=ada, now=AFTER) == "kpi:denominator-missing"
    found = actions.findings(one)
    assert [finding.where for finding in found] == ["denominator-staff"]
    actions.save_figures(one, {"staff": Told(None, Fraction(3))}, actor=ada, now=AFTER)
    assert code(actions.submit, one, actor=ada, now=AFTER) == "kpi:numerator-missing"


def test_a_late_return_is_taken_and_marked(ada, one):
    assert policy.is_late(one, LATE.date())
    a_submitted(one, ada, now=LATE)
    assert not policy.is_late(one, LATE.date())
    assert one.submitted_at.date() > one.due_on


# --- Taking back, checking -----------------------------------------------------------------


def test_it_can_be_taken_back_until_somebody_checks_it(ada, one, officer):
    a_submitted(one, ada)
    actions.withdraw(one, actor=ada, now=AFTER)
    assert (one.stage, len(one.figures)) == (Stage.DRAFT, 2)
    actions.submit(one, actor=ada, now=AFTER)
    checking.correct(
        one, "plans", Fraction(8), Fraction(10), "Two were late.", actor=officer, now=AFTER
    )
    assert code(actions.withdraw, one, actor=ada, now=AFTER) == "kpi:withdraw-refused"


def test_a_correction_stands_beside_what_was_given(ada, one, officer):
    a_submitted(one, ada, plans=(10, 10))
    made = checking.correct(
        one, "plans", Fraction(8), Fraction(10), " Two were late. ", actor=officer, now=AFTER
    )
    figure = one.figure("plans")
    assert (figure.given, figure.standing, made.reason) == ((10, 10), (8, 10), "Two were late.")
    line = lines_of(one, {})[0]
    assert (line.value, line.rating) == (80, Rating.RED)


def test_what_is_refused_of_a_correction(ada, one, officer):
    a_submitted(one, ada)
    correct = {"actor": officer, "now": AFTER}
    ten = Fraction(10)
    assert code(checking.correct, one, "plans", ten, ten, "x", **correct) == "kpi:same"
    nine = Fraction(9)
    assert code(checking.correct, one, "plans", nine, ten, " ", **correct) == "kpi:reason-missing"
    assert code(checking.correct, one, "plans", ten, nine, "x", **correct) == "kpi:more-than-all"
    third = Fraction(1, 3)
    assert code(checking.correct, one, "plans", third, ten, "x", **correct) == "kpi:not-whole"


def test_numbers_given_anew_replace_a_correction(ada, one, officer):
    a_submitted(one, ada, plans=(10, 10))
    checking.correct(one, "plans", Fraction(8), Fraction(10), "Late.", actor=officer, now=AFTER)
    checking.query(one, "Please look again.", actor=officer, now=AFTER)
    actions.save_figures(one, {"plans": told(7, 10)}, actor=ada, now=AFTER)
    figure = one.figure("plans")
    assert (figure.standing, len(figure.corrections)) == ((7, 10), 1)


def test_a_query_is_answered_when_the_return_comes_again(ada, one, officer):
    a_submitted(one, ada)
    checking.query(one, "Why so many?", "plans", actor=officer, now=AFTER)
    assert one.stage is Stage.QUERIED
    mails = db.session.query(Mail).filter_by(message="kpi-return-queried").all()
    assert mails
    assert all("Why so many" not in mail.body for mail in mails)
    (in_the_plan,) = follow_ups.of_source("kpi-return", one.ref, officer)
    assert (in_the_plan.text, in_the_plan.stage) == ("Why so many?", FollowUpStage.OPEN)
    assert code(actions.submit, one, " ", actor=ada, now=LATE) == "kpi:answer-missing"
    actions.submit(one, "We counted two homes.", actor=ada, now=LATE)
    assert one.open_query is None
    assert in_the_plan.stage is FollowUpStage.ANSWERED
    assert (one.submitted_at, one.sent_at) == (AFTER, LATE)
    checking.accept(one, actor=officer, now=LATE)
    assert one.stage is Stage.ACCEPTED
    assert in_the_plan.stage is FollowUpStage.CLOSED


@pytest.mark.parametrize("council", ["bedford-borough", "hertfordshire"])
def test_a_council_outside_the_contract_checks_nothing(ada, one, council):
    a_submitted(one, ada)
    other = a_commissioner(council)
    for act in (
        lambda: checking.accept(one, actor=other, now=AFTER),
        lambda: checking.query(one, "Why?", actor=other, now=AFTER),
        lambda: checking.correct(one, "plans", None, Fraction(0), "x", actor=other, now=AFTER),
    ):
        assert code(act) == "kpi:not-allowed"


def test_nobody_checks_a_draft_and_nobody_changes_what_is_accepted(ada, one, officer):
    assert code(checking.accept, one, actor=officer, now=AFTER) == "kpi:not-allowed"
    a_submitted(one, ada)
    checking.accept(one, actor=officer, now=AFTER)
    refused = code(actions.save_figures, one, {"plans": told(1, 1)}, actor=ada, now=AFTER)
    assert refused == "kpi:enter-refused"


# --- Who reads what ------------------------------------------------------------------------


def test_a_draft_is_the_providers_own(ada, one, officer):
    actions.save_figures(one, {"plans": told(1, 2)}, actor=ada, now=AFTER)
    assert queries.kpi_return(one.ref, officer) is not None
    assert not queries.may_read_figures(officer, one)
    assert queries.may_read_figures(ada, one)
    a_submitted(one, ada)
    assert queries.may_read_figures(officer, one)


def test_a_stranger_finds_neither_return_nor_evidence(ada, one):
    staged = StagedFile("a" * 64, 12, "application/pdf", "plans.pdf")
    kept = actions.add_evidence(one, staged, "plans", actor=ada, now=AFTER)
    db.session.commit()
    for who in (
        an_administering_viewer(a_provider()),
        a_commissioner("hertfordshire"),
        a_viewer(Role.FINANCE),
        a_viewer(Role.YOUNG_COMMISSIONER),
    ):
        assert queries.kpi_return(one.ref, who) is None
        assert queries.evidence(kept.ref, who) is None
    assert queries.evidence(kept.ref, a_commissioner()) is None, "not sent yet"
    a_submitted(one, ada)
    assert queries.evidence(kept.ref, a_commissioner()).kpi_key == "plans"


def test_evidence_is_changed_only_while_the_return_can_be(ada, one, officer):
    staged = StagedFile("b" * 64, 12, "application/pdf", "plans.pdf")
    kept = actions.add_evidence(one, staged, actor=ada, now=AFTER)
    a_submitted(one, ada)
    assert code(actions.take_out_evidence, kept, actor=ada, now=AFTER) == "kpi:enter-refused"
    assert code(actions.add_evidence, one, staged, actor=ada, now=AFTER) == "kpi:enter-refused"
    actions.withdraw(one, actor=ada, now=AFTER)
    actions.take_out_evidence(kept, actor=ada, now=AFTER)
    assert one.evidence == []


def test_the_list_is_narrowed_and_costs_the_same_however_long(oak, ada, officer, one):
    from tests.factories.counting import counted

    on = AFTER.date()
    a_submitted(one, ada)

    def listed(**narrowed):
        found = queries.returns_page(officer, queries.Narrowed(**narrowed), on)
        return [
            (item.plan.provider.name, item.kpi_set.title, item.plan.lot_codes)
            for item in found.items
        ]

    assert len(listed(state="to-check")) == 1
    assert listed(words="nobody") == []
    db.session.commit()
    db.session.expunge_all()
    with counted() as few:
        listed()
    for number in range(3):
        a_plan(a_provider(f"Elm {number}"), agreement=None, now=AFTER)
    db.session.commit()
    db.session.expunge_all()
    with counted() as many:
        assert len(listed()) > 4
    assert many.number == few.number


def test_counts_say_what_is_where(ada, one, officer):
    on = (AFTER + timedelta(days=30)).date()
    assert queries.counts(officer, on)["late"] == 1
    a_submitted(one, ada)
    counts = queries.counts(officer, on)
    assert (counts["late"], counts["to-check"]) == (0, 1)
    assert queries.counts(a_commissioner("hertfordshire"), on)["to-check"] == 0
