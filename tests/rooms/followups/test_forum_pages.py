"""Forums and quarterly reviews as pages: two whole walks, and closed doors."""

from datetime import timedelta

import pytest

from portal.access import Role
from portal.db import db
from portal.followups import actions, actions_forums, queries_plan
from portal.followups.search import search
from tests.factories.followups import NOW, a_council_action, a_follow_up, a_forum, a_plan
from tests.factories.people import a_council, a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import at
from tests.hygiene import words_of
from tests.reading import page_of

pytestmark = pytest.mark.usefixtures("session")


def test_a_forum_from_the_call_to_its_actions(app, by):
    oak, luton = a_provider("Oak House"), a_council()
    manager, officer = by(a_provider_admin(oak)), a_person(Role.COMMISSIONER, luton)
    council = by(officer)
    typed = {
        "kind": "workshop",
        "title": "Workshop on rights",
        "held_at-day": "9",
        "held_at-month": "11",
        "held_at-year": "2026",
        "held_at-time": "10am",
        "place": "Town Hall",
        "agenda": "Rights\nRent",
    }
    shown = council.sends(council.page("/forums/new"), typed, to="/forums/*")
    address = shown.request.path.removesuffix("/invite")
    manager.page(address, status=404)
    council.sends(shown, {"providers": [oak.ref]}, to=address)
    assert "You have not replied yet" in manager.page(address).text
    assert "Say whether you come" in manager.page("/").text
    manager.sends(manager.page(f"{address}/reply"), {"coming": "coming"}, to=address)
    assert "1 coming" in council.page(address).text
    council.page(f"{address}/record", status=409)
    at(app, NOW + timedelta(days=8))
    council, manager = by(officer), by(a_provider_admin(oak))
    written = {f"came_{oak.ref}": "3", "minutes": "Rent is to be explained.", "also_there": "Lead"}
    council.sends(council.page(f"{address}/record"), written, to=address)
    told = {
        "text": "Explain the rent in one page.",
        "owner": "provider",
        "provider": oak.ref,
        "owner_post": "Manager",
        "due_on-day": "1",
        "due_on-month": "2",
        "due_on-year": "2027",
    }
    council.sends(council.page(f"{address}/actions/new"), told, to=address)
    read = manager.page(address).text
    assert "Rent is to be explained." in read
    assert "Explain the rent in one page." in read
    assert "Lead" not in read
    assert manager.get(f"{address}/minutes.pdf").data.startswith(b"%PDF")
    assert "Oak House" in council.get(f"{address}/attendance.csv").get_data(as_text=True)
    manager.page(f"{address}/attendance.csv", status=403)


def test_a_review_walks_from_action_to_action_and_makes_a_report(by):
    oak, luton = a_provider("Oak House"), a_council()
    officer = a_person(Role.COMMISSIONER, luton)
    a_follow_up(provider=oak, council=luton)
    a_council_action(luton)
    plan = a_plan(viewer(officer), luton)
    council, address = by(officer), f"/action-plans/{plan.ref}"
    assert "Mend the lock" in council.page(address).text
    assert council.get(f"{address}/actions.csv").text.count("Mend the lock") == 1
    assert council.get(f"{address}/actions.pdf").data.startswith(b"%PDF")
    started = council.sends(
        council.page(address), button="Start the quarterly review", to=f"{address}/reviews/*"
    )
    review = started.request.path
    (found,) = queries_plan.plan(plan.ref, viewer(officer)).reviews
    first, second = queries_plan.to_review(found)
    look = f"{review}/look-at"
    shown = council.page(f"{look}/{first.ref}")
    council.sends(shown, {"progress": "at-risk"}, status=422)
    said = {"progress": "at-risk", "note": "Parts are late."}
    shown = council.sends(shown, said, to=f"{look}/{second.ref}")
    council.sends(shown, {"progress": "on-track"}, to=review)
    finish = council.page(f"{review}/finish")
    council.sends(finish, {"summary": "One runs late."}, to=review)
    report = council.page(review).text
    assert "Parts are late." in report
    assert council.get(f"{review}/report.pdf").data.startswith(b"%PDF")
    assert council.get(f"{review}/report.xlsx").status_code == 200
    council.page(f"{look}/{first.ref}", status=409)


@pytest.mark.parametrize("address", ["/forums/", "/action-plans/", "/follow-ups/"])
def test_every_page_of_the_room_shows_its_place_in_the_navigation(by, address):
    page = page_of(by(a_person(Role.COMMISSIONER, a_council())).page(address))
    here = page.xpath("//nav[@aria-label='Menu']//a[@aria-current='true']")
    assert [words_of(one) for one in here] == ["Follow-ups"]


def test_plans_are_no_business_of_providers_or_other_councils(by):
    luton = a_council()
    plan = a_plan(viewer(a_person(Role.COMMISSIONER, luton)), luton)
    by(a_provider_admin()).page("/action-plans/", status=404)
    by(a_person(Role.COMMISSIONER, a_council("elsewhere"))).page(
        f"/action-plans/{plan.ref}", status=404
    )
    by(a_provider_admin()).page(f"/action-plans/{plan.ref}/actions.csv", status=404)
    by(a_person(Role.AUDITOR, luton)).page(f"/action-plans/{plan.ref}")


def test_a_list_of_many_forums_costs_no_more_statements(by, count_statements):
    officer = a_person(Role.COMMISSIONER, a_council())
    oak, elm = a_provider(), a_provider()
    first = a_forum(viewer(officer))
    actions_forums.invite(first, [oak, elm], actor=viewer(officer), now=NOW)
    council = by(officer)
    council.page("/forums/")
    with count_statements() as one:
        council.page("/forums/")
    for _ in range(4):
        more = a_forum(viewer(officer))
        actions_forums.invite(more, [oak, elm], actor=viewer(officer), now=NOW)
        a_follow_up(provider=oak)
    with count_statements() as many:
        council.page("/forums/")
    assert many.number == one.number


def test_the_list_costs_no_more_statements_for_more_rows(by, count_statements):
    officer = a_person(Role.COMMISSIONER, a_council())
    a_follow_up()
    council = by(officer)
    council.page("/follow-ups/")
    with count_statements() as one:
        council.page("/follow-ups/")
    for _ in range(4):
        actions.note(a_follow_up(), "A note.", actor=viewer(officer), now=NOW)
    db.session.commit()
    with count_statements() as many:
        council.page("/follow-ups/")
    assert many.number == one.number


def test_a_search_finds_what_may_be_seen_and_nothing_else(app):
    oak, officer = a_provider(), a_person(Role.COMMISSIONER, a_council())
    lock, forum = a_follow_up(provider=oak), a_forum(viewer(officer))
    with app.test_request_context():
        hits = list(search(viewer(officer), ["lock", "door"], 20))
        assert [hit.address for hit in hits] == [f"/follow-ups/{lock.ref}"]
        forums = list(search(viewer(officer), ["referrals"], 20))
        assert [hit.address for hit in forums] == [f"/forums/{forum.ref}"]
        assert list(search(viewer(a_provider_admin(oak)), ["referrals"], 20)) == []
        assert list(search(viewer(a_provider_admin()), ["lock"], 20)) == []
