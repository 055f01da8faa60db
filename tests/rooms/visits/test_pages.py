"""The pages of a visit, walked through as people do: plain forms, without any script."""

import io
from datetime import date

from PIL import Image

from portal.access import Role
from portal.db import db
from portal.followups import actions as followups
from portal.followups.models import FollowUpKind, OwnerSide
from portal.visits import actions_young, comments, frameworks, queries
from portal.visits.models import Visit
from portal.visits.models_entries import CheckOutcome
from scoring.stages import VisitStage
from tests.factories.people import a_council, a_person
from tests.factories.providers import a_provider, a_setting
from tests.factories.visits import (
    AFTER,
    DAY,
    PLANNED,
    a_picture,
    a_visit,
    a_young_person,
    the_framework,
)


def test_a_visit_is_planned_with_a_pair_and_changed(browser):
    the_framework()
    provider = a_provider("Oak House")
    home = a_setting(provider)
    lead, supporter = a_person(Role.COMMISSIONER), a_person(Role.PARTICIPATION_OFFICER)
    young = [a_young_person("Comet"), a_young_person("River")]
    db.session.commit()
    ada = browser(lead, PLANNED)
    ada.page("/visits/")
    ada.page("/visits/plan")
    shown = ada.page(f"/visits/plan?provider={provider.ref}")
    typed = {
        "setting": home.ref,
        "starts_at-day": "9", "starts_at-month": "6", "starts_at-year": "2026",
        "starts_at-time": "2pm",
        "announced": "yes",
        "lead": lead.ref,
        "supporter": supporter.ref,
        **{f"young-{one.ref}": "Pair 1" for one in young},
    }  # fmt: skip
    refused = ada.sends(shown, {**typed, "supporter": ""}, status=422)
    assert "go with their Participation Officer" in refused.text
    ada.sends(shown, typed, to="/visits/VIS-*")
    visit = db.session.query(Visit).one()
    assert sorted(one.title for one in visit.sheets) == sorted(
        [lead.name, supporter.name, "Pair 1"]
    )
    assert "Pair 1" in ada.page(f"/visits/{visit.ref}").text
    ada.page(f"/visits/{visit.ref}/team")
    shown = ada.page(f"/visits/{visit.ref}/change")
    ada.sends(shown, {"purpose": "A re-visit."}, to=f"/visits/{visit.ref}")
    shown = ada.page(f"/visits/{visit.ref}/end")
    typed = {"cause": "provider", "reason": "They moved."}
    ada.sends(shown, typed, to=f"/visits/{visit.ref}")
    assert "did not let us in" in ada.page(f"/visits/{visit.ref}").text


def test_a_provider_confirms_the_day(browser):
    told = a_visit()
    db.session.commit()
    ref = told.visit.ref
    ben = browser(told.admin, PLANNED)
    assert "does the day suit you" in ben.page("/").text
    ben.page("/visits/provider/")
    ben.page(f"/visits/provider/{ref}")
    shown = ben.page(f"/visits/provider/{ref}/confirm")
    ben.sends(shown, {"suits": "yes"}, to=f"/visits/provider/{ref}")
    ben.page(f"/visits/{ref}", status=403)


def test_a_young_commissioner_scores_one_thing_on_a_page(browser):
    told = a_visit(pair=True, young=("Comet", "River")).begun()
    db.session.commit()
    ref = told.visit.ref
    comet = browser(told.young[0])
    assert told.visit.setting.name in comet.page("/visits/phone/").text
    comet.page(f"/visits/phone/{ref}")
    for page, onward in (("1a", "1b"), ("1b", "1c")):
        shown = comet.page(f"/visits/phone/{ref}/at/score/{page}")
        assert "I’d rather not say" in shown.text
        comet.sends(shown, {"value": "3"}, to=f"/visits/phone/{ref}/at/score/{onward}")
    assert "Still to do" in comet.page(f"/visits/phone/{ref}/send").text
    comet.page(f"/visits/phone/{ref}/at/document/fire", status=404)  # officers look at papers
    comet.page(f"/visits/{ref}", status=403)
    browser(a_young_person("Nova")).page(f"/visits/phone/{ref}", status=404)


def test_two_of_a_pair_write_different_things_and_choose(browser):
    told = a_visit(pair=True, young=("Comet", "River")).begun()
    db.session.commit()
    ref, first = told.visit.ref, browser(told.young[0])
    shown = first.page(f"/visits/phone/{ref}/at/score/1a")
    second = browser(told.young[1])
    also = second.page(f"/visits/phone/{ref}/at/score/1a")
    first.sends(shown, {"value": "4"}, to=f"/visits/phone/{ref}/at/score/1b")
    shown = second.sends(also, {"value": "0"}, to=f"/visits/phone/{ref}/choices/*")
    assert "Mine: 0" in shown.text
    assert "Theirs: 4 – Really good" in shown.text
    second.sends(shown, {"choice": "other"}, to=f"/visits/phone/{ref}")
    assert queries.waiting_asides(told.visit) == []


def test_an_officer_writes_everything_down(browser):
    told = a_visit(young=()).begun()
    db.session.commit()
    ref, ada = told.visit.ref, browser(told.lead)
    ada.page(f"/visits/phone/{ref}")
    for page, typed in (
        ("document/fire", {"seen": "yes", "note": "Drill in May."}),
        ("spoken/young-people", {"number": "3"}),
        ("place/kitchen", {"seen": "not-there"}),
        ("care", {"answer": "unsure", "note": "Staff cook for all."}),
        ("score/1a", {"value": "2", "reason": "The kitchen is small."}),
        ("say", {"note": "A kind place."}),
    ):
        ada.sends(ada.page(f"/visits/phone/{ref}/at/{page}"), typed, to=f"/visits/phone/{ref}/*")
    shown = ada.page(f"/visits/{ref}").text
    assert "Drill in May." in shown
    assert "The kitchen is small." not in shown  # a sheet is nobody else's before all are in


def test_a_photograph_loses_what_a_camera_hides_in_it(browser):
    told = a_visit(young=()).begun()
    db.session.commit()
    ref, ada = told.visit.ref, browser(told.lead)
    shown = ada.page(f"/visits/phone/{ref}/photos")
    bad = ada.sends(shown, {"file": (io.BytesIO(b"\xff\xd8\xff broken"), "a.jpg")}, status=422)
    assert "cannot take out" in bad.text
    ada.sends(
        shown,
        {"file": (a_picture(), "IMG_2.jpg"), "caption": "Kitchen"},
        to=f"/visits/phone/{ref}/photos",
    )
    from portal import queue
    from portal.visits.models_entries import VisitPhoto

    photo = db.session.query(VisitPhoto).one()
    queue.run_all(DAY)
    sent = ada.get(f"/visits/{ref}/photos/{photo.ref}")
    kept = Image.open(io.BytesIO(sent.data))
    assert dict(kept.getexif()) == {}
    assert "attachment" in sent.headers["Content-Disposition"]
    browser(a_person(Role.COMMISSIONER)).page(f"/visits/{ref}/photos/{photo.ref}", status=404)
    ada = browser(told.lead)
    shown = ada.page(f"/visits/{ref}/photos/{photo.ref}/remove")
    ada.sends(shown, {"reason": "Somebody is in it."}, to=f"/visits/phone/{ref}/photos")
    queue.run_all(DAY)
    ada.page(f"/visits/{ref}/photos/{photo.ref}", status=404)


def test_a_team_agrees_and_the_report_goes_to_and_fro(browser):
    told = a_visit().collected().signed_off()
    db.session.commit()
    ref, ada = told.visit.ref, browser(told.lead)
    ada.page(f"/visits/{ref}/agree")
    for matter in told.visit.framework_version.body["matters"]:
        shown = ada.page(f"/visits/{ref}/agree/{matter['key']}")
        ada.sends(shown, {"value": "3", "reason": "Fine on the day."}, to=f"/visits/{ref}/agree*")
    shown = ada.page(f"/visits/{ref}/judgement")
    typed = {"judgement": "improve", "judgement_reason": "One door.", "care": "no"}
    ada.sends(shown, typed, to=f"/visits/{ref}/agree")
    shown = ada.page(f"/visits/{ref}/recommend")
    typed = {
        "text": "Mend the door.",
        "owner_side": "provider",
        "owner_post": "Manager",
        "due_on-day": "1", "due_on-month": "8", "due_on-year": "2026",
    }  # fmt: skip
    ada.sends(shown, typed, to=f"/visits/{ref}/agree")
    shown = ada.page(f"/visits/{ref}/agree")
    ada.sends(shown, button="The team agrees", to=f"/visits/{ref}")
    ada.sends(
        ada.page(f"/visits/{ref}"), button="Send the report to the provider", to=f"/visits/{ref}"
    )
    ben = browser(told.admin)
    assert "I felt fine here." in ben.page(f"/visits/provider/{ref}").text
    shown = ben.page(f"/visits/provider/{ref}/comment")
    ben.sends(shown, {"text": "It is two doors."}, to=f"/visits/provider/{ref}")
    shown = ben.page(f"/visits/provider/{ref}/respond")
    ben.sends(shown, {}, to=f"/visits/provider/{ref}")
    assert ben.get(f"/visits/provider/{ref}/report.pdf").data.startswith(b"%PDF-")
    ada = browser(told.lead)
    from portal.visits.models_report import VisitFact

    fact = db.session.query(VisitFact).one()
    shown = ada.page(f"/visits/{ref}/facts/{fact.ref}")
    ada.sends(shown, {"outcome": "accepted", "reply": "Corrected."}, to=f"/visits/{ref}")
    shown = ada.page(f"/visits/{ref}/finish")
    ada.sends(shown, {}, to=f"/visits/{ref}")
    db.session.expire_all()
    assert told.visit.stage is VisitStage.ACTIONS_OPEN
    assert "Mend the door." in ada.page(f"/visits/{ref}/report").text
    ada.page("/visits/picture")
    assert ada.get("/visits/picture/csv").status_code == 200


def test_what_to_look_at_first_is_told_as_it_stands_until_the_visit_begins(browser):
    told = a_visit(young=())
    ref, ada = told.visit.ref, browser(told.lead)
    db.session.commit()
    assert "Mend the gate." not in ada.page(f"/visits/{ref}").text
    followups.raise_followup(
        FollowUpKind.RECOMMENDATION,
        provider=told.visit.setting.provider,
        council=told.visit.council,
        text="Mend the gate.",
        owner=followups.Owner(OwnerSide.PROVIDER, "Manager"),
        due_on=date(2026, 7, 1),
        source=followups.Source("plan", "", "By hand"),
        setting=told.visit.setting,
        actor=told.by(told.lead),
        now=PLANNED,
    )
    db.session.commit()
    assert "Mend the gate." in ada.page(f"/visits/{ref}").text
    told.begun()
    db.session.commit()
    shown = ada.page(f"/visits/{ref}").text
    assert "when the visit was planned" in shown
    assert "Mend the gate." not in shown


def test_the_participation_officer_reads_and_holds_back(browser):
    told = a_visit().collected()
    db.session.commit()
    ref, sunita = told.visit.ref, browser(told.supporter)
    assert "read what young people wrote" in sunita.page("/").text
    sunita.page(f"/visits/{ref}/comments")
    sheet = told.sheet_of(told.young[0]).ref
    shown = sunita.page(f"/visits/{ref}/comments/{sheet}/score:1a")
    sunita.sends(shown, {"outcome": "held"}, status=422)
    ada = browser(told.lead)
    shown_unread = ada.page(f"/visits/{ref}/agree/1a").text
    assert "Held back until it was looked at." in shown_unread
    typed = {"outcome": "held", "reason": "It names a friend."}
    sunita.sends(shown, typed, to=f"/visits/{ref}/comments/{sheet}/score:1b")  # the next by itself
    shown_held = ada.page(f"/visits/{ref}/agree/1a").text
    assert "Held back for somebody’s care." in shown_held
    for page in (shown_unread, shown_held):
        assert "I felt fine here." not in page
        assert "OK" in page  # the score stays
    left = len(frameworks.framework(told.visit).matters) - 1
    for number in range(left):
        db.session.expire_all()
        one = next(one for one in comments.to_read(told.visit) if one.check is None)
        shown = sunita.page(f"/visits/{ref}/comments/{sheet}/{one.entry.place}")
        last = number == left - 1
        to = f"/visits/{ref}/comments" if last else f"/visits/{ref}/comments/{sheet}/score:*"
        sunita.sends(shown, {"outcome": "cleared"}, to=to)


def test_the_participation_officer_reads_what_they_wrote_together_before_the_sign_off(browser):
    told = a_visit(young=("Comet", "River")).collected()
    db.session.commit()
    ref, sunita = told.visit.ref, browser(told.supporter)
    assert "What they wrote together" not in sunita.page(f"/visits/{ref}/comments").text
    comet = browser(told.young[0])
    shown = comet.page(f"/visits/phone/{ref}/together/1a")
    comet.sends(
        shown,
        {"value": "3", "reason": "We both felt <b>safe</b>."},
        to=f"/visits/phone/{ref}/together",
    )
    read = sunita.page(f"/visits/{ref}/comments").text
    assert "What they wrote together" in read
    assert "We both felt &lt;b&gt;safe&lt;/b&gt;." in read


def test_young_people_read_of_each_other_what_was_looked_at(browser):
    told = a_visit(young=("Comet", "River")).collected()
    comet, river = told.young
    words = {
        (one.entry.sheet_id, one.entry.place): one.entry for one in comments.of_visit(told.visit)
    }
    told_by = {"actor": told.by(told.supporter), "now": AFTER}
    for matter, outcome, reason in (
        ("1b", CheckOutcome.HELD, "It names a friend."),
        ("1c", CheckOutcome.CLEARED, ""),
    ):
        entry = words[told.sheet_of(river).id, f"score:{matter}"]
        actions_young.check_comment(entry, told.visit, outcome, reason, **told_by)
    db.session.commit()
    page = f"/visits/phone/{told.visit.ref}/together"
    mine, theirs = browser(comet), browser(river)
    for matter, read in (("1a", False), ("1b", False), ("1c", True)):  # unread, held, let go
        shown = mine.page(f"{page}/{matter}").text
        assert shown.count("I felt fine here.") == 1 + read  # one's own words stay one's own
        assert ("They wrote more. You cannot read it now." in shown) is not read
        assert shown.count("2 – It") >= 2  # the scores of both
    assert theirs.page(f"{page}/1b").text.count("I felt fine here.") == 1


def test_a_council_writes_its_own_words_and_visits_before_keep_theirs(browser):
    told = a_visit()
    db.session.commit()
    ada = browser(told.lead)
    ada.page("/visits/framework")
    shown = ada.page("/visits/framework/matters/1a")
    ada.sends(shown, {"title": "Rooms and services"}, to="/visits/framework*")
    assert "Rooms and services" in ada.page("/visits/framework").text
    shown = ada.page("/visits/framework/new")
    typed = {"key": "3a", "title": "Garden", "plain": "Is there a garden?", "formal": "The garden."}
    ada.sends(shown, typed, to="/visits/framework*")
    assert "Rooms and services" not in ada.page(f"/visits/phone/{told.visit.ref}").text
    ada.sends(ada.page("/visits/framework/matters/3a/drop"), {}, to="/visits/framework*")
    ada.sends(ada.page("/visits/framework/shipped"), {}, to="/visits/framework*")
    assert "Rooms and services" not in ada.page("/visits/framework").text
    assert a_council("luton").ref
