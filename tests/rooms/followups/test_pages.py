"""The pages of follow-ups: a few whole walks, and closed doors."""

from datetime import date
from io import BytesIO

import pytest

from portal import queue
from portal.access import Role
from portal.demo.papers import small_pdf
from portal.followups import queries
from scoring.stages import FollowUpStage
from tests.factories.followups import NOW, a_council_action, a_follow_up
from tests.factories.people import a_council, a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin

pytestmark = pytest.mark.usefixtures("session")


def test_a_provider_answers_with_a_file_and_the_council_closes_it(by):
    oak, luton = a_provider("Oak House"), a_council()
    manager, officer = by(a_provider_admin(oak)), a_person(Role.COMMISSIONER, luton)
    lock = a_follow_up(provider=oak, council=luton)
    address = f"/follow-ups/{lock.ref}"
    assert "Mend the lock" in manager.page("/follow-ups/").text
    paper = small_pdf("Invoice", "Oak House", "The lock")
    typed = {"text": "A locksmith mended it.", "file": (paper, "invoice.pdf")}
    manager.sends(manager.page(f"{address}/answer"), typed, to=address)
    queue.run_all(NOW)
    council = by(officer)
    assert "invoice.pdf" in council.page(address).text
    step = queries.follow_up(lock.ref, viewer(officer)).answer
    file = council.get(f"{address}/evidence/{step.ref}")
    assert file.headers["Content-Disposition"].startswith("attachment")
    closing = council.page(f"{address}/decide/close")
    manager.sends(manager.page(f"{address}/note"), {"text": "The key is new too."}, to=address)
    stale = council.sends(closing, {"reason": "Seen on the invoice."}, status=422)
    assert "in the meantime" in stale.text
    council.sends(stale, {"reason": "Seen on the invoice."}, to=address)
    assert queries.follow_up(lock.ref, viewer(officer)).stage is FollowUpStage.CLOSED


def test_a_file_that_is_no_document_is_refused_and_nothing_is_sent(by):
    oak = a_provider()
    lock, manager = a_follow_up(provider=oak), by(a_provider_admin(oak))
    shown = manager.page(f"/follow-ups/{lock.ref}/answer")
    typed = {"text": "All is mended.", "file": (BytesIO(b"MZ..."), "lock.pdf")}
    refused = manager.sends(shown, typed, status=422)
    assert "All is mended." in refused.text
    assert lock.stage is FollowUpStage.OPEN


def test_strangers_find_nothing_and_others_are_turned_away(by):
    lock = a_follow_up()
    manager = by(a_provider_admin())
    manager.page(f"/follow-ups/{lock.ref}", status=404)
    manager.page("/follow-ups/new", status=403)
    elsewhere = by(a_person(Role.COMMISSIONER, a_council("elsewhere")))
    elsewhere.page(f"/follow-ups/{lock.ref}/decide/close", status=404)
    by(a_person(Role.EVALUATOR)).page("/follow-ups/", status=403)


def test_an_action_is_added_by_hand_and_taken_away_as_files(by):
    oak = a_provider("Oak House")
    officer = by(a_person(Role.COMMISSIONER))
    typed = {
        "text": "=1+1 Send the training plan.",
        "owner": "provider",
        "owner_post": "Registered manager",
        "due_on-day": "1",
        "due_on-month": "2",
        "due_on-year": "2027",
    }
    refused = officer.sends(officer.page("/follow-ups/new"), typed, status=422)
    assert "Choose the provider that is to do it" in refused.text
    officer.sends(refused, {"provider": oak.ref}, to="/follow-ups/")
    assert "Send the training plan" in officer.page("/follow-ups/?owner=provider").text
    assert "No follow-up fits" in officer.page("/follow-ups/?owner=council&when=nonsense").text
    assert "'=1+1 Send" in officer.get("/follow-ups.csv").get_data(as_text=True)
    assert officer.get("/follow-ups.xlsx").status_code == 200


def test_a_long_list_has_pages_and_keeps_its_filters(by):
    luton = a_council()
    for number in range(23):
        a_council_action(luton, text=f"Do thing {number}.", due_on=date(2026, 11, 9))
    officer = by(a_person(Role.COMMISSIONER, luton))
    shown = officer.page("/follow-ups/?owner=council").text
    assert "Showing 20 of 23 follow-ups" in shown
    assert "owner=council&amp;from=" in shown
    assert "More to do" in officer.page("/").text
