"""What this room hands to the home page."""

import pyotp

from portal.access import Role
from portal.people import actions
from portal.web import rooms
from tests.factories.people import a_council, a_person, viewer
from tests.rooms.people.conftest import NOW


def titles(app, person, now=NOW):
    with app.test_request_context():
        return [due.title for due in rooms()["people"].due(viewer(person), now)]


def with_codes(person):
    secret = pyotp.random_base32()
    actions.set_second_factor(
        person, secret, pyotp.TOTP(secret).at(NOW), actor=viewer(person), now=NOW
    )
    return person


def test_an_officer_is_told_what_a_young_person_lacks(app, session):
    sunita = with_codes(a_person(Role.PARTICIPATION_OFFICER))
    seen = viewer(sunita)
    robin = actions.create_young_commissioner("Robin", a_council(), actor=seen, now=NOW)
    assert titles(app, sunita) == ["Record the consent for Robin"]
    consent = actions.record_consent(robin, "x", NOW.date(), "To score", actor=seen, now=NOW)
    assert titles(app, sunita) == ["Make a sign-in card for Robin"]
    actions.make_card(robin, actor=seen, now=NOW)
    assert titles(app, sunita) == []
    actions.withdraw_consent(consent, actor=seen, now=NOW)
    assert titles(app, sunita) == []


def test_an_administrator_is_told_of_invitations_that_ran_out(app, session):
    eve = with_codes(a_person(Role.ADMINISTRATOR))
    invited = {"actor": viewer(eve), "now": NOW}
    actions.invite("a@b.example", a_council(), Role.FINANCE, **invited)
    assert titles(app, eve) == []
    later = NOW.replace(month=6)
    assert titles(app, eve, later) == ["Invitations that nobody accepted in time"]


def test_somebody_without_recovery_codes_is_asked_to_make_some(app, session):
    ada = a_person(Role.EVALUATOR)
    assert titles(app, ada) == ["Make new recovery codes"]
    assert titles(app, with_codes(ada)) == []


def test_contributors_need_no_recovery_codes(app, session):
    assert titles(app, a_person(Role.PROVIDER_CONTRIBUTOR)) == []
