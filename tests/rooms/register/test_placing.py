"""May we place with them today? One line, with the reason; a "yes" is never given in doubt."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html

from portal.access import Role
from portal.contracts import actions_stopping
from portal.db import db
from portal.providers.models import ServiceKind
from portal.register import queries
from scoring.stages import CheckStage, MembershipStage
from tests.factories.contracts import ENDS_ON, STARTS_ON, a_list, a_place, an_old_contract
from tests.factories.counting import counted
from tests.factories.documents import a_document, find_infected
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import an_officer

ON = date(2027, 5, 3)
DAY = timedelta(days=1)


@pytest.fixture
def agreement(session):
    return a_list()


@pytest.fixture
def oak(agreement):
    provider = a_provider("Oak House")
    a_place(provider, agreement, "1A")
    a_place(provider, agreement, "2B")
    return provider


def answer(provider, on=ON, someone=None):
    db.session.commit()
    db.session.expire_all()
    found = queries.provider_file(provider.ref, someone or an_officer(), on).answer
    return found.kind, found.words, found.reason


def a_paper(provider, key, until, **more):
    return a_document(
        provider, key, by=a_provider_admin(provider), valid_until_on=until, words=str(more), **more
    )


# --- Places --------------------------------------------------------------------------------


def test_yes_for_the_lots_of_active_places(oak):
    assert answer(oak) == ("yes", "Yes, you may place today", "Lots 1A, 2B.")


@pytest.mark.parametrize(
    ("on", "kind", "reason"),
    [
        (STARTS_ON - DAY, "no", "Its place on the list starts on 1 April 2027."),
        (STARTS_ON, "yes", "Lots 1A, 2B."),
        (ENDS_ON, "yes", "Lots 1A, 2B."),
        (ENDS_ON + DAY, "no", "Its place on the list ended on 31 March 2030."),
    ],
)
def test_a_place_holds_from_its_first_to_its_last_day(oak, on, kind, reason):
    assert answer(oak, on)[::2] == (kind, reason)


def test_who_is_on_no_list_is_not_placed_with(agreement):
    assert answer(a_provider("Elm House")) == (
        "no",
        "No, not today",
        "It is on no list, and your council has no contract with it.",
    )


def test_a_contract_opens_the_door_as_a_place_does(session):
    """An agency that won a tender is on no list: its contract says whether one may place."""
    oak = a_provider("Oak Fostering")
    contract = an_old_contract(oak, now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    luton = an_officer()
    assert answer(oak, date(2027, 5, 16), luton) == ("yes", "Yes, you may place today", "Lot F1.")
    assert answer(oak, date(2027, 5, 17), luton)[::2] == (
        "no",
        "Its contract ended on 16 May 2027.",
    )
    assert answer(oak, ON, a_viewer(Role.EVALUATOR))[0] == "yes"  # who reads no contract
    assert answer(oak, ON, an_officer("hertfordshire"))[2].endswith("no contract with it.")
    actions_stopping.suspend(
        [contract],
        council=None,
        from_on=date(2026, 10, 1),
        reason="A concern.",
        actor=luton,
        now=datetime(2026, 10, 1, 9, tzinfo=UTC),
    )
    assert answer(oak, ON, luton)[2] == "Suspended: Lot F1."


def test_a_suspended_provider_gets_nobody(agreement):
    elm = a_provider("Elm House")
    a_place(elm, agreement, "1A", stage=MembershipStage.SUSPENDED)
    assert answer(elm) == ("no", "No, not today", "Suspended: Lot 1A.")


def test_one_suspended_lot_is_named_beside_the_open_one(oak, agreement):
    a_place(oak, agreement, "1B", stage=MembershipStage.SUSPENDED)
    assert answer(oak) == ("care", "Yes, but look", "Lots 1A, 2B. Suspended: Lot 1B.")


def test_an_ended_place_is_none(agreement):
    elm = a_provider("Elm House")
    a_place(elm, agreement, stage=MembershipStage.ENDED)
    assert answer(elm)[::2] == ("no", "Its place on the list was ended.")


def test_a_place_holds_for_its_own_councils(oak):
    kind, words, reason = answer(oak, someone=an_officer("hertfordshire"))
    assert (kind, words) == ("no", "No, not for your council")
    assert "Luton Council" in reason
    assert answer(oak, someone=an_officer("bedford-borough"))[0] == "yes"


# --- Documents -----------------------------------------------------------------------------


def test_an_expired_document_stops_new_placements_the_day_after_its_last(oak):
    a_paper(oak, "public-liability-insurance", ON)
    assert answer(oak)[0] == "yes"
    assert answer(oak, ON + DAY) == (
        "no",
        "No new placements today",
        "Out of date: Public liability insurance.",
    )


def test_a_document_that_stops_nothing_may_run_out(oak):
    a_paper(oak, "cyber-insurance", ON - DAY)
    assert answer(oak)[0] == "yes"


def test_an_accepted_renewal_opens_the_door_again_and_one_that_waits_does_not(oak):
    a_paper(oak, "public-liability-insurance", ON - DAY, checked=CheckStage.ACCEPTED)
    renewal = a_paper(oak, "public-liability-insurance", date(2028, 5, 1))
    assert answer(oak)[0] == "no"
    renewal.check = CheckStage.ACCEPTED
    assert answer(oak)[0] == "yes"


def test_a_rejected_renewal_takes_nothing_from_the_one_that_still_holds(oak):
    a_paper(oak, "safeguarding-policy", None, checked=CheckStage.ACCEPTED)
    a_paper(oak, "safeguarding-policy", None, checked=CheckStage.REJECTED, title="again")
    assert answer(oak)[0] == "yes"


def test_a_rejected_or_infected_document_stops_new_placements(oak):
    a_paper(oak, "safeguarding-policy", None, checked=CheckStage.REJECTED)
    assert answer(oak)[0] == "no"
    elm = a_provider("Elm House")
    a_place(elm, a_list_of(oak), "1A")
    find_infected(a_paper(elm, "safeguarding-policy", None))
    assert answer(elm)[0] == "no"


def a_list_of(provider):
    return queries.contracts.memberships(an_officer(), provider_ids=[provider.id])[
        0
    ].agreement_lot.agreement


def test_a_first_document_that_nobody_has_looked_at_stops_nothing(oak):
    a_paper(oak, "safeguarding-policy", None)
    assert answer(oak)[0] == "yes"


def test_a_file_bound_to_a_bid_is_no_business_of_the_register(oak):
    a_paper(oak, "public-liability-insurance", ON - DAY, bound_to="APP-SOME-BID")
    assert answer(oak)[0] == "yes"


def test_a_home_whose_paper_ran_out_is_named_and_the_others_stay_open(oak):
    a_paper(oak, "gas-safety-record", ON - DAY, title="12 Example Road")
    kind, _, reason = answer(oak)
    assert kind == "care"
    assert "Not at these homes: 12 Example Road (gas safety record out of date)." in reason


# --- Ofsted --------------------------------------------------------------------------------


def test_lots_for_16_and_17_need_ofsted_s_registration(agreement):
    elm = a_provider("Elm House", registered=False)
    a_place(elm, agreement, "1A")
    kind, words, reason = answer(elm)
    assert (kind, words) == ("no", "No, not today")
    assert reason == "Lot 1A: no Ofsted registration is on record."
    a_place(elm, agreement, "2B")
    assert answer(elm)[::2] == ("care", "Lot 2B. Lot 1A: no Ofsted registration is on record.")


def test_a_registration_for_another_service_or_from_tomorrow_opens_nothing(agreement):
    agency = a_provider("Elm House", service=ServiceKind.FOSTERING)
    a_place(agency, agreement, "1A")
    assert answer(agency)[0] == "no"
    coming = a_provider("Ash House")
    coming.registrations[0].registered_on = ON + DAY
    a_place(coming, agreement, "1A")
    assert answer(coming)[0] == "no"


def test_a_poor_outcome_is_said_and_people_decide(oak):
    oak.registrations[0].outcome = "3"
    kind, _, reason = answer(oak)
    assert kind == "care"
    assert f"Ofsted, {oak.registrations[0].urn}: Outcome 3." in reason


# --- The page ------------------------------------------------------------------------------


def test_the_page_answers_in_its_first_line_and_shows_what_it_rests_on(oak, by):
    a_paper(oak, "public-liability-insurance", date(2028, 1, 31), checked=CheckStage.ACCEPTED)
    shown = by(an_officer()).page(f"/register/{oak.ref}")
    page = html.document_fromstring(shown.text)
    (verdict,) = page.xpath("//p[contains(@class, 'portal-verdict')]")
    assert " ".join(verdict.text_content().split()) == "Yes, you may place today Lots 1A, 2B."
    said = " ".join(page.text_content().split())
    for words in (
        "£900.00 a week",
        "£24.00 an hour",
        "Bedford Borough Council, Central Bedfordshire Council, Luton Council",
        "31 January 2028",
        "Registered, not yet inspected",
        oak.registrations[0].urn,
    ):
        assert words in said, words


def test_documents_are_for_those_who_check_them(oak, by):
    a_paper(oak, "public-liability-insurance", date(2028, 1, 31))
    assert "31 January 2028" in by(an_officer()).page(f"/register/{oak.ref}").text
    finance = by(a_viewer(Role.FINANCE)).page(f"/register/{oak.ref}").text
    assert "31 January 2028" not in finance
    assert "£900.00" in finance


def test_a_council_outside_the_list_sees_no_rates(oak, by):
    shown = by(an_officer("hertfordshire")).page(f"/register/{oak.ref}").text
    assert "£900.00" not in shown
    assert "No rates for you to see" in shown


@pytest.mark.parametrize(
    "role", [Role.YOUNG_COMMISSIONER, Role.PARTICIPATION_OFFICER, Role.ADMINISTRATOR]
)
def test_the_register_is_not_for_everybody(oak, by, role):
    someone = by(a_viewer(role))
    someone.page("/register", status=403)
    someone.page(f"/register/{oak.ref}", status=403)


def test_providers_do_not_read_the_register_not_even_of_themselves(oak, by):
    by(a_provider_admin(oak)).page(f"/register/{oak.ref}", status=403)


def test_a_guessed_reference_is_not_there(oak, by):
    officer = by(an_officer())
    officer.page("/register/ORG-22222-22222", status=404)
    officer.page(f"/register/{a_council('luton').ref}", status=404)


def test_the_page_costs_the_same_with_one_place_and_with_six(oak, agreement, by):
    client = by(an_officer())
    a_paper(oak, "gas-safety-record", ON, title="First home")
    numbers = []
    for lots in ((), ("2A", "3A", "1B", "3B")):
        for lot in lots:
            a_place(oak, agreement, lot)
            a_paper(oak, "gas-safety-record", ON, title=f"Home of {lot}")
        client.page(f"/register/{oak.ref}")
        with counted() as statements:
            client.page(f"/register/{oak.ref}")
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]
