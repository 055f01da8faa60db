"""A draft is edited by the lead's commissioners only, and only while it is one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.audit import AuditEntry, AuditValues
from portal.db import db
from portal.rounds import actions
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from scoring.uplifts import UpliftRule
from tests.factories.people import a_council, a_viewer
from tests.factories.rounds import DEADLINE, OPENS, PREPARED, QUESTIONS_UNTIL, a_round, an_officer

NOW = PREPARED + timedelta(hours=1)
RULE = UpliftRule("CPIH", 9, 400)


@pytest.fixture
def draft(session):
    return a_round(RoundStage.DRAFT)


def edit(draft, **changes):
    said = {
        "title": "16+ list, spring",
        "summary": "Homes with support.",
        "contact_email": "Homes@Council.Example",
        "blind": True,
        "list_years": 2,
        "actor": an_officer(),
        **changes,
    }
    actions.change_details(draft, now=NOW, **said)


def set_dates(draft, opens=OPENS, questions=QUESTIONS_UNTIL, deadline=DEADLINE, **more):
    said = {"actor": an_officer(), "now": NOW, **more}
    actions.change_timetable(draft, opens, questions, deadline, **said)


def test_details_are_changed_and_what_was_there_is_kept_beside_the_trail(draft):
    edit(draft)
    db.session.commit()
    assert (draft.title, draft.blind, draft.list_years) == ("16+ list, spring", True, 2)
    assert draft.contact_email == "homes@council.example"
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "round:changed").order_by(AuditEntry.id.desc())
    ).first()
    kept = db.session.get(AuditValues, entry.id).values
    assert kept["before"]["blind"] is False
    assert kept["after"]["blind"] is True
    assert entry.detail["part"] == "details"
    assert "spring" not in str(entry.detail)


def test_saving_the_same_again_is_no_act(draft):
    edit(draft)
    db.session.commit()
    before = len(db.session.scalars(select(AuditEntry)).all())
    edit(draft)
    db.session.commit()
    assert len(db.session.scalars(select(AuditEntry)).all()) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "round:no-title"),
        ({"summary": "x" * 4_001}, "round:summary-too-long"),
        ({"list_years": 0}, "round:list-years"),
        ({"list_years": 11}, "round:list-years"),
    ],
)
def test_details_that_do_not_fit_are_refused(draft, changes, code):
    with pytest.raises(RuleBroken) as refused:
        edit(draft, **changes)
    assert refused.value.code == code
    assert refused.value.field in {"title", "summary", "list_years"}


def test_dates_are_set(draft):
    set_dates(draft, opens=None, deadline=NOW + timedelta(minutes=5), questions=None)
    assert draft.deadline_at == NOW + timedelta(minutes=5)
    assert draft.opens_at is None


@pytest.mark.parametrize(
    ("dates", "code", "field"),
    [
        ({"deadline": None}, "timetable:missing", "deadline_at"),
        ({"deadline": NOW}, "timetable:in-the-past", "deadline_at"),
        ({"deadline": NOW - timedelta(days=1)}, "timetable:in-the-past", "deadline_at"),
        ({"questions": NOW - timedelta(days=1)}, "timetable:in-the-past", "questions_until_at"),
        ({"questions": DEADLINE + timedelta(minutes=1)}, "timetable:order", "deadline_at"),
        ({"questions": DEADLINE}, "timetable:order", "deadline_at"),
        ({"opens": DEADLINE, "questions": None}, "timetable:order", "deadline_at"),
        ({"opens": QUESTIONS_UNTIL}, "timetable:order", "questions_until_at"),
    ],
)
def test_dates_that_do_not_follow_each_other_are_refused(draft, dates, code, field):
    with pytest.raises(RuleBroken) as refused:
        set_dates(draft, **dates)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_opening_time_that_has_gone_by_is_no_error(draft):
    set_dates(draft, opens=NOW - timedelta(days=1))
    assert draft.opens_at == NOW - timedelta(days=1)


def test_lots_are_chosen_in_the_order_of_the_list(draft):
    actions.change_lots(draft, ["3B", "1A"], actor=an_officer(), now=NOW)
    assert [lot.code for lot in draft.lots] == ["1A", "3B"]
    actions.change_lots(draft, ["2A", "1A"], actor=an_officer(), now=NOW)
    db.session.commit()
    db.session.refresh(draft)
    assert [lot.code for lot in draft.lots] == ["1A", "2A"]


@pytest.mark.parametrize(("codes", "code"), [([], "round:no-lots"), (["7Q"], "round:no-lot")])
def test_a_lot_must_be_one_of_the_agreement(draft, codes, code):
    with pytest.raises(RuleBroken) as refused:
        actions.change_lots(draft, codes, actor=an_officer(), now=NOW)
    assert refused.value.code == code
    assert len(draft.lots) == 6


def test_councils_are_chosen_and_the_lead_always_takes_part(draft):
    a_council("hertfordshire")
    actions.change_councils(draft, ["hertfordshire"], actor=an_officer(), now=NOW)
    assert {part.council.slug for part in draft.councils} == {"luton", "hertfordshire"}


def test_the_lead_can_be_given_to_another_council_of_ones_own(draft):
    from portal.people.models import Membership, Person

    actor = an_officer()
    with pytest.raises(RuleBroken, match="of which you are a commissioner"):
        actions.change_councils(
            draft, ["luton", "bedford-borough"], "bedford-borough", actor=actor, now=NOW
        )
    db.session.add(
        Membership(
            person=db.session.get(Person, actor.person_id),
            organisation=a_council("bedford-borough"),
            role=Role.COMMISSIONER,
            given_at=PREPARED,
        )
    )
    db.session.flush()
    actions.change_councils(
        draft, ["luton", "bedford-borough"], "bedford-borough", actor=an_officer(), now=NOW
    )
    assert draft.lead_council.slug == "bedford-borough"


def test_how_rates_may_rise_is_set_and_a_further_round_begins_with_it(draft):
    actions.change_uplift_rule(draft, RULE, actor=an_officer(), now=NOW)
    db.session.commit()
    assert draft.uplift_rule == RULE
    again = actions.create_from_round(draft, title="Again", actor=an_officer(), now=NOW)
    assert again.uplift_rule == RULE
    with pytest.raises(RuleBroken) as refused:
        actions.change_uplift_rule(draft, UpliftRule("CPIH"), actor=an_officer(), now=NOW)
    assert (refused.value.code, refused.value.field) == ("uplift:rule-month", "uplift_month")


def every_edit(draft, actor):
    yield lambda: edit(draft, actor=actor)
    yield lambda: set_dates(draft, deadline=DEADLINE + timedelta(days=1), actor=actor)
    yield lambda: actions.change_lots(draft, ["1A"], actor=actor, now=NOW)
    yield lambda: actions.change_councils(draft, ["luton"], actor=actor, now=NOW)
    yield lambda: actions.use_newest_content(draft, actor=actor, now=NOW)
    yield lambda: actions.change_uplift_rule(draft, RULE, actor=actor, now=NOW)


def strangers():
    return [
        an_officer("bedford-borough"),  # takes part, does not lead
        an_officer("hertfordshire"),
        a_viewer(Role.MODERATOR),
        a_viewer(Role.ADMINISTRATOR),
        a_viewer([Role.COMMISSIONER, Role.AUDITOR]),
    ]


def test_nobody_but_the_lead_edits(draft):
    for stranger in strangers():
        for attempt in every_edit(draft, stranger):
            with pytest.raises(RuleBroken, match="Only a commissioner of the lead"):
                attempt()


def test_publishing_freezes_every_part(session):
    bid_round = a_round()
    for attempt in every_edit(bid_round, an_officer()):
        with pytest.raises(RuleBroken) as refused:
            attempt()
        assert refused.value.code == "round:edit-refused"
        assert "froze" in refused.value.message
