"""What comes after a visit: what young people hear of it, and what is kept no longer."""

import re
from datetime import date

import pytest
from sqlalchemy import JSON, Enum, String, select

from portal import audit, queue, retention as house, settings
from portal.access import Role, Viewer
from portal.audit import AuditEntry, Event
from portal.db import Base, db
from portal.evidence.letting_go import GONE
from portal.followups import actions as followups, queries as followup_queries
from portal.followups.models import OwnerSide
from portal.visits import actions_final, actions_photos, actions_report, retention
from portal.visits.models_entries import VisitEntry
from portal.visits.models_report import VisitAgreed, VisitRecommendation, VisitReport
from portal.visits.said import said, took_part
from scoring.rules import RuleBroken
from tests.client import HygieneClient
from tests.factories.counting import counted
from tests.factories.people import a_person, as_person, viewer
from tests.factories.visits import AFTER, DAY, REASON, a_picture, a_visit, an_id

pytestmark = pytest.mark.usefixtures("session")


def refused(act, *args, **more):
    with pytest.raises(RuleBroken) as broken:
        act(*args, **more)
    return broken.value.code


# --- You said, we did ------------------------------------------------------------------------


def a_visit_with_a_wish(value):
    """The young people found everything `value`, and one recommendation is theirs."""
    told = a_visit().collected(young=value).signed_off()
    lead = {"actor": told.by(told.lead), "now": AFTER}
    actions_report.recommend(
        told.visit,
        "Put a lock on each bedroom door.",
        matter="1c",
        owner_side=OwnerSide.PROVIDER,
        owner_post="Registered manager",
        due_on=date(2026, 7, 31),
        young=True,
        **lead,
    )
    return told.final()


def test_they_hear_what_they_said_and_how_far_it_is_when_the_report_is_final(session):
    told = a_visit().sent(young=1)
    comet = told.by(told.young[0])
    assert list(said(comet)) == []
    told.finished()
    [one] = said(comet)
    assert one.about == f"Visit: {told.visit.setting.name}"
    assert "Is everything clean and working? Not great (1)." in one.you_said
    assert one.we_did[0].startswith("We asked for this as well: “Mend the back door.” They have")
    [raised] = followup_queries.of_source("visit", told.visit.ref, Viewer.system())
    act = {"now": AFTER}
    followups.answer(raised, "It is mended.", actor=told.by(told.admin), **act)
    assert "They say that it is done." in next(said(comet)).we_did[0]
    followups.close(raised, "Seen.", actor=told.by(told.lead), **act)
    assert "It is done." in next(said(comet)).we_did[0]
    assert "Meets what we ask for" in next(said(comet)).we_did[-1]


def test_what_came_from_them_stands_first_and_nobody_else_hears_it(session):
    told = a_visit_with_a_wish(4)
    [one] = said(told.by(told.young[0]))
    assert one.you_said == ("You gave 10 scores: 4 out of 4.",)
    assert one.we_did[0].startswith("You asked for this: “Put a lock on each bedroom door.”")
    for other in (told.lead, told.supporter, a_person(Role.YOUNG_COMMISSIONER)):
        assert list(said(viewer(other))) == []


def test_two_visits_cost_no_more_statements_than_one(session):
    told = a_visit().final()
    comet = told.by(told.young[0])
    with counted() as first:
        assert len(list(said(comet))) == 1
    a_visit(like=told).final()
    with counted() as second:
        assert len(list(said(comet))) == 2
    assert second.number == first.number


def test_a_certificate_names_the_visit_and_not_the_home(session):
    told = a_visit().begun()
    assert list(took_part(told.young[0].id)) == []
    told.scores(told.young[0])
    [line] = took_part(told.young[0].id)
    assert line.on == DAY.date()
    assert told.visit.setting.name not in line.what


# --- Photographs are not kept for ever ---------------------------------------------------------


@pytest.fixture
def photo(session):
    told = a_visit(young=()).begun()
    staged = actions_photos.stage_photo(a_picture())
    act = {"actor": told.by(told.lead), "now": DAY}
    return told, actions_photos.add_photo(told.visit, staged, "The oven", client_id=an_id(), **act)


def due_on(day):
    """What two people of the council's administration would be asked to delete on a day."""
    return [one.ref for one in due_of("visit-photos", day)]


def due_of(key, day):
    """What of a class has had its time on a day."""
    [kept] = [one for one in retention.KEPT if one.key == key]
    return kept.due(house.due_before(kept, day), 100)


def test_photographs_go_when_their_period_after_the_visit_is_over(photo):
    told, kept = photo
    far = date(2036, 1, 1)
    assert due_on(far) == []  # the visit goes on
    told.final()
    assert due_on(far) == []  # what it recommended is open
    for one in followup_queries.of_source("visit", told.visit.ref, Viewer.system()):
        followups.withdraw(one, "By mistake.", actor=told.by(told.lead), now=AFTER)
    actions_final.close(told.visit, actor=told.by(told.lead), now=AFTER)
    assert due_on(date(2027, 6, 10)) == []
    assert due_on(date(2027, 6, 11)) == [kept.ref]
    settings.change("keep_visit_photos_months", 24)
    assert due_on(date(2027, 6, 11)) == []


def test_what_is_let_go_leaves_a_record_and_is_no_persons_act(photo):
    told, kept = photo
    assert refused(actions_photos.let_go, kept, "Old", actor=told.by(told.lead), now=AFTER)
    told.visit.closed_at = AFTER
    assert retention.erase([kept.ref], AFTER) == 1
    assert retention.erase([kept.ref], AFTER) == 0
    assert due_on(date(2036, 1, 1)) == []
    assert (kept.removed_at, kept.caption) == (AFTER, "")
    assert kept.removed_reason == "The time for which it was kept is over."
    db.session.commit()
    event = select(AuditEntry.actor_ref).where(AuditEntry.event == Event.VISIT_PHOTO_REMOVED)
    assert db.session.scalars(event).all() == ["system"]
    job = select(queue.Job.subject).where(queue.Job.kind == actions_photos.DROP_JOB)
    assert db.session.scalars(job).all() == [kept.ref]


# --- Nor is what was written ------------------------------------------------------------------------

SAID = "The bathroom door has no lock and the corridor is cold."
WITHOUT_WORDS = {"visit_member", "visit_share", "visit_sheet_person", "visit_sign_off"}
KEYS = {  # of a framework, of ours, or of a phone
    *(("visit_report", "judgement"), ("visit_report", "care"), ("visit_sheet", "label")),
}


def test_every_text_of_a_visit_goes():
    """A new table of visits, or a new column of words, has to be thought of."""
    touched = {part.model.__tablename__: part.touched for part in retention.PARTS}
    touched["visit_entry"] = frozenset({"value", "place"})
    tables = {one for one in Base.metadata.tables if re.fullmatch("visit(_.*)?", one)}
    assert tables == set(touched) | WITHOUT_WORDS
    for mapper in Base.registry.mappers:
        name = mapper.local_table.name
        for column in mapper.column_attrs if name in touched else ():
            kind = column.columns[0].type
            told = isinstance(kind, String) and not isinstance(kind, Enum)
            if (told and (kind.length or 1000) >= 40) or isinstance(kind, JSON):
                keys = column.key == "matter" or (name, column.key) in KEYS
                assert keys or column.key in touched[name], f"{name}.{column.key}"


@pytest.fixture
def ended(session, photo):
    """A visit on which something was said everywhere, closed."""
    told, _ = photo
    told.saves(told.lead, "care", answer="no", note=SAID)
    told.final()
    for one in followup_queries.of_source("visit", told.visit.ref, Viewer.system()):
        followups.withdraw(one, "By mistake.", actor=told.by(told.lead), now=AFTER)
    actions_final.close(told.visit, actor=told.by(told.lead), now=AFTER)
    db.session.flush()
    return told


def test_words_go_six_years_after_a_visit_and_its_photographs_before(ended):
    assert due_of("visits", date(2032, 6, 10)) == []
    [one] = due_of("visits", date(2032, 6, 11))
    assert one.ref == ended.visit.ref
    assert one.held == "Its photographs are to be deleted first."
    assert ended.visit.setting.provider.ref in one.about
    retention.erase(due_on(date(2032, 6, 11)), AFTER)
    assert due_of("visits", date(2032, 6, 11))[0].held == ""
    settings.change("keep_visits_months", 84)
    assert due_of("visits", date(2032, 6, 11)) == []


def test_what_was_written_goes_and_the_scores_stay(app, ended):
    visit = ended.visit
    agreed = select(VisitAgreed.value).order_by(VisitAgreed.id)
    scores = db.session.scalars(agreed).all()
    retention.erase(due_on(date(2036, 1, 1)), AFTER)
    erased = retention.let_visits_go([visit.ref], AFTER)
    db.session.commit()
    db.session.expire_all()
    assert erased.number == 1
    assert scores
    assert db.session.scalars(agreed).all() == scores
    report = db.session.scalars(select(VisitReport)).one()
    assert report.judgement == "meets"
    left = [report.summary, report.judgement_reason, visit.purpose]
    left += db.session.scalars(select(VisitRecommendation.text)).all()
    assert set(left) <= {GONE, ""}
    values = db.session.scalars(select(VisitEntry.value)).all()
    assert {"answer": "no", "note": ""} in values
    assert not any(SAID in str(one) or REASON in str(one) for one in values)
    assert not list(audit.verify())
    assert retention.let_visits_go([visit.ref], AFTER).number == 0
    app.config["CLOCK"] = lambda: AFTER
    client = as_person(HygieneClient(app, app.response_class), ended.lead)
    assert "when its time was over" in client.page(f"/visits/{visit.ref}").text
    assert "Mend the back door" not in client.page(f"/visits/{visit.ref}/report").text
