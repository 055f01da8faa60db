"""Young Commissioners: an alias, consent on record, a card that can be stopped."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.people import actions, queries_young
from portal.people.models import Person, PersonKind, SignInCard
from portal.people.policy import check_alias
from portal.people.tokens import grouped
from scoring.rules import RuleBroken
from tests.factories.people import a_council, a_person, as_person, viewer
from tests.factories.sending import send
from tests.rooms.people.conftest import NOW

PIN = "270514"


@pytest.fixture
def sunita(session):
    return a_person(Role.PARTICIPATION_OFFICER, name="Sunita Rao")


@pytest.fixture
def robin(sunita):
    return actions.create_young_commissioner("Robin", a_council(), actor=viewer(sunita), now=NOW)


@pytest.fixture
def consent(robin, sunita):
    return actions.record_consent(
        robin, "The young person", NOW.date(), "To score", actor=viewer(sunita), now=NOW
    )


@pytest.fixture
def card(robin, consent, sunita, browser):
    made = actions.make_card(robin, PIN, actor=viewer(sunita), now=NOW)
    db.session.commit()
    return made


def type_pin(browser, card, pin=PIN):
    return send(browser, f"/card/{card.token}", {"pin": pin})


def test_the_account_holds_an_alias_and_nothing_else(robin):
    assert (robin.kind, robin.name) == (PersonKind.YOUNG, "Robin")
    assert robin.email is None
    assert robin.password_hash is None
    assert viewer(robin).roles == {Role.YOUNG_COMMISSIONER}


def test_card_and_pin_let_in(browser, card):
    assert type_pin(browser, card).status_code == 302
    assert "Robin" in browser.get("/account").text


def test_the_number_can_be_typed_with_dashes_and_small_letters(browser, card):
    typed = grouped(card.token, 4).lower()
    answer = send(browser, "/card", {"number": typed})
    assert answer.location == f"/card/{card.token}"


def test_a_number_of_another_length_is_told_kindly(browser, session):
    assert "Look again" in send(browser, "/card", {"number": "ABC"}).text


def test_number_and_pin_are_kept_as_hashes(card):
    kept = card.card
    assert card.token not in kept.token_hash
    assert kept.pin_hash.startswith("$argon2id$")


def test_a_wrong_pin_can_be_tried_again_and_not_for_ever(browser, card):
    for _ in range(6):
        assert "That PIN is not right. Try again." in type_pin(browser, card, "918273").text
    assert "Too many tries" in type_pin(browser, card).text


def test_a_stopped_card_gets_a_kind_message(browser, other_browser, card, sunita):
    type_pin(browser, card)
    actions.revoke_card(card.card, actor=viewer(sunita), now=NOW)
    page = other_browser.get(f"/card/{card.token}")
    assert page.status_code == 410
    assert "You have done nothing wrong." in page.text
    assert browser.get("/account").status_code == 302  # whoever was in is out


def test_a_made_up_card_gets_the_same_message(browser, card):
    assert "You have done nothing wrong." in browser.get("/card/BCDFGHJKMNPQRSTV").text


def test_a_new_card_stops_the_earlier_one(browser, card, robin, sunita):
    again = actions.make_card(robin, actor=viewer(sunita), now=NOW)
    assert browser.get(f"/card/{card.token}").status_code == 410
    assert type_pin(browser, again, again.pin).status_code == 302


def test_there_is_no_card_without_consent(robin, sunita):
    with pytest.raises(RuleBroken) as broken:
        actions.make_card(robin, actor=viewer(sunita), now=NOW)
    assert broken.value.code == "card:no-consent"


@pytest.mark.parametrize("pin", ["123456", "111111", "12345", "abcdef"])
def test_a_pin_that_is_easy_to_guess_is_refused(robin, consent, sunita, pin):
    with pytest.raises(RuleBroken):
        actions.make_card(robin, pin, actor=viewer(sunita), now=NOW)


def test_withdrawing_the_consent_closes_the_account_at_once(browser, card, consent, robin, sunita):
    type_pin(browser, card)
    actions.withdraw_consent(consent, actor=viewer(sunita), now=NOW)
    assert browser.get("/account").status_code == 302
    assert browser.get(f"/card/{card.token}").status_code == 410
    db.session.expire_all()
    assert not db.session.get(Person, robin.id).active


def test_consent_is_withdrawn_once(consent, sunita):
    actions.withdraw_consent(consent, actor=viewer(sunita), now=NOW)
    with pytest.raises(RuleBroken):
        actions.withdraw_consent(consent, actor=viewer(sunita), now=NOW)


def test_consent_is_not_given_in_the_future(robin, sunita):
    tomorrow = NOW.date() + timedelta(days=1)
    with pytest.raises(RuleBroken) as broken:
        actions.record_consent(
            robin, "The council", tomorrow, "To score", actor=viewer(sunita), now=NOW
        )
    assert broken.value.field == "given_on"


# --- Who may look after whom -------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PARTICIPATION_OFFICER}))
def test_only_a_participation_officer_looks_after_them(robin, card, consent, role):
    other = viewer(a_person(role))
    for act in (
        lambda: actions.create_young_commissioner("Wren", a_council(), actor=other, now=NOW),
        lambda: actions.make_card(robin, actor=other, now=NOW),
        lambda: actions.revoke_card(card.card, actor=other, now=NOW),
        lambda: actions.withdraw_consent(consent, actor=other, now=NOW),
        lambda: actions.record_consent(robin, "x", NOW.date(), "y", actor=other, now=NOW),
    ):
        with pytest.raises(RuleBroken):
            act()


def test_an_officer_of_another_council_finds_nobody(browser, robin, card):
    other = a_person(Role.PARTICIPATION_OFFICER, "bedford-borough")
    assert queries_young.young_people(viewer(other)) == []
    as_person(browser, other)
    assert browser.get(f"/young-people/{robin.ref}").status_code == 404
    assert browser.get(f"/young-people/{robin.ref}/card").status_code == 404
    with pytest.raises(RuleBroken):
        actions.revoke_card(card.card, actor=viewer(other), now=NOW)


def test_a_grown_up_gets_no_card(session, sunita):
    with pytest.raises(RuleBroken) as broken:
        actions.make_card(a_person(), actor=viewer(sunita), now=NOW)
    assert broken.value.code == "young:not-one"


def test_a_young_commissioners_account_holds_one_role(robin):
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    with pytest.raises(RuleBroken):
        actions.give_role(robin, a_council(), Role.EVALUATOR, actor=administrator, now=NOW)
    with pytest.raises(RuleBroken):
        actions.give_role(
            a_person(), a_council(), Role.YOUNG_COMMISSIONER, actor=administrator, now=NOW
        )


# --- Aliases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        ("K", "alias:length"),
        ("K" * 31, "alias:length"),
        ("kit@home.example", "alias:email"),
        ("07700 900123", "alias:letters"),
        ("Kit 2009", "alias:digits"),
        ("<b>Kit</b>", "alias:letters"),
        ("kingfisher", "alias:taken"),
    ],
)
def test_what_an_alias_may_not_be(alias, code):
    with pytest.raises(RuleBroken) as broken:
        check_alias(alias, ["Kingfisher"])
    assert broken.value.code == code


def test_an_alias_is_tidied():
    assert check_alias("  Red   Kite 7 ", []) == "Red Kite 7"


# --- The officer's pages ------------------------------------------------------------------------------


def test_the_whole_way_of_an_officer(browser, other_browser, sunita, app):
    as_person(browser, sunita)
    typed = {"alias": "Wren", "council": a_council().ref, "not_real": "yes"}
    onward = send(browser, "/young-people/new", typed).location
    assert onward.endswith("/consent")
    typed = {
        "given_by": "The young person",
        "given_on-day": "19",
        "given_on-month": "1",
        "given_on-year": "2027",
        "purpose": "To score tenders.",
    }
    page = send(browser, onward, typed).location
    printed = send(browser, f"{page}/card", {}, action=f"{page}/card").location
    sheet = browser.get(printed).text
    pin = re.search(r"__pin\">(\d{6})<", sheet)[1]
    number = re.search(r"([2-9B-Z]{4}-){3}[2-9B-Z]{4}", sheet)[0].replace("-", "")
    assert '<svg role="img"' in sheet
    send(browser, printed, {}, action=printed)
    assert browser.get(printed).location == page  # never shown again
    assert pin not in browser.get(page).text
    assert send(other_browser, f"/card/{number}", {"pin": pin}).status_code == 302


def test_the_box_about_the_real_name_must_be_ticked(browser, sunita):
    as_person(browser, sunita)
    answer = send(browser, "/young-people/new", {"alias": "Wren", "council": a_council().ref})
    assert answer.status_code == 422
    assert "Check that it is not a real name" in answer.text


def test_the_officer_stops_a_card(browser, sunita, card, robin):
    as_person(browser, sunita)
    address = f"/young-people/{robin.ref}/card/{card.card.ref}/stop"
    assert send(browser, address, {}, action=address).status_code == 302
    db.session.expire_all()
    assert db.session.scalars(select(SignInCard)).one().revoked_at is not None


def test_the_officer_withdraws_a_consent(browser, sunita, card, robin, consent):
    as_person(browser, sunita)
    address = f"/young-people/{robin.ref}/consent/{consent.ref}/withdraw"
    assert send(browser, address, {}, action=address).status_code == 302
    assert "This account is closed" in browser.get(f"/young-people/{robin.ref}").text
