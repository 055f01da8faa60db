"""The pages of contracts: what each reads, and the forms that change something."""

from datetime import UTC, date, datetime

import pytest
from lxml import html

from portal.contracts import actions_entering
from portal.contracts.models import Contract
from portal.contracts.models_terms import EntryKind, HandEntry
from portal.db import db
from tests.factories.contracts import (
    a_finance_officer,
    a_list,
    a_place,
    a_second_officer,
    an_old_contract,
    entered,
)
from tests.factories.counting import counted
from tests.factories.people import a_council, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import an_officer, at

IN_TIME = datetime(2026, 10, 1, 9, tzinfo=UTC)


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def day(name, on):
    return {f"{name}-day": on.day, f"{name}-month": on.month, f"{name}-year": on.year}


@pytest.fixture
def contract(app, session):
    oak = a_provider("Oak Fostering")
    return an_old_contract(oak, now=IN_TIME)


def test_a_commissioner_decides_suspends_lifts_and_ends(by, app, contract):
    ada = by(an_officer())
    at(app, IN_TIME)
    here = f"/contracts/{contract.ref}"
    (option,) = [one for one in contract.options if one.decision is None]
    shown = ada.page(here)
    assert "Decide soon" in words(shown)
    assert "at most 4% in twelve months" in words(shown)
    decide = ada.page(f"{here}/extensions/{option.ref}")
    ada.sends(decide, {"decision": "", "reason": ""}, status=422)
    shown = ada.sends(decide, {"decision": "extend", "reason": "Stable homes."}, to=here)
    assert "16 May 2028" in words(shown)
    ada.sends(ada.page(f"{here}/extensions/{option.ref}/undo"), {"reason": "Budget."}, to=here)
    suspend = ada.page(f"{here}/suspend")
    said = {"lots": "all", "council": "all", "reason": "A concern."}
    ada.sends(suspend, {**said, **day("from_on", date(2026, 9, 1))}, status=422)
    shown = ada.sends(suspend, {**said, **day("from_on", date(2026, 10, 1))}, to=here)
    assert "Suspended" in words(shown)
    (one,) = contract.suspensions
    lift = ada.page(f"{here}/suspensions/{one.ref}/lift")
    ada.sends(lift, {"reason": "Done.", **day("lifted_on", date(2026, 10, 2))}, to=here)
    end = ada.page(f"{here}/terminate")
    ada.sends(end, {"reason": "They close.", **day("last_on", date(2026, 12, 31))}, to=here)
    shown = ada.sends(ada.page(f"{here}/terminate/take-back"), {"reason": "A slip."}, to=here)
    assert "It was terminated" not in words(shown)
    ada.sends(
        ada.page(f"{here}/promises/new"),
        {"question": "Carers", "text": "Two new carers a year."},
        to=f"{here}",
    )
    (promise,) = contract.promises
    look = ada.page(f"{here}/promises/{promise.ref}")
    shown = ada.sends(
        look,
        {"state": "not-kept", "evidence": "One carer.", **day("looked_on", date(2026, 10, 1))},
        to=here,
    )
    assert "Not kept" in words(shown)


def test_others_read_and_find_no_buttons(by, app, contract):
    here = f"/contracts/{contract.ref}"
    (option,) = [one for one in contract.options if one.decision is None]
    oak_admin = viewer(a_provider_admin(contract.provider))
    for reader in (a_finance_officer(), oak_admin):
        client = by(reader)
        at(app, IN_TIME)
        shown = client.page(here)
        assert "£812.50" in words(shown)
        for button in ("Decide on extension", "Suspend new placements", "End it before"):
            assert button not in words(shown)
        client.page(f"{here}/extensions/{option.ref}", status=403)
        assert "81250" in client.get(f"{here}/rates.csv").text or "812.5" in (
            client.get(f"{here}/rates.csv").text
        )
    assert "Second Officer" not in words(by(oak_admin).page(here))
    for stranger in (an_officer("hertfordshire"), viewer(a_provider_admin())):
        by(stranger).page(here, status=404)
    by(an_officer("hertfordshire")).page(f"{here}/suspend", status=404)


def test_a_contract_is_entered_row_by_row_and_looked_at_by_a_second_officer(by, app):
    a_council("bedford-borough")
    oak, ada = a_provider("Oak Fostering"), by(an_officer())
    at(app, IN_TIME)
    shown = ada.page("/contracts/enter")
    typed = {
        "kind": "contract",
        "provider": oak.ref,
        "title": "Fostering 2021",
        "lot": "another",
        "agreement_title": "Fostering framework 2021",
        "lot_code": "F1",
        "lot_title": "Mainstream",
        "councils": ["luton", "bedford-borough"],
        **day("starts_on", date(2021, 5, 17)),
        **day("ends_on", date(2025, 5, 16)),
        "extensions": "1+1+1",
        "taken": "2",
        "uplift_index": "CPIH",
        "uplift_month": "9",
        "uplift_cap": "4",
        "rates--0--item": "Weekly fee",
        "rates--0--price": "812.50",
        "rates--0--unit": "week",
        "reason": "It is older than the portal.",
    }
    wrong = ada.sends(shown, {**typed, "rates--0--price": "", "extensions": "two"}, status=422)
    assert "Write the extensions as years" in words(wrong) or "price" in words(wrong).lower()
    ada.sends(shown, typed, button="Send it for a second look", to="/contracts/entries/*")
    entry = db.session.query(HandEntry).one()
    here = f"/contracts/entries/{entry.ref}"
    assert "waits for a colleague" in words(ada.page(here))
    by(an_officer("bedford-borough")).page(here, status=404)
    second = by(a_second_officer())
    at(app, IN_TIME)
    assert "Take a second look: Oak Fostering" in words(second.page("/"))
    second.sends(second.page(here), {"decision": "confirm"}, to=here)
    made = db.session.query(Contract).one()
    assert "£812.50" in words(second.page(f"/contracts/{made.ref}"))


def test_a_second_officer_reads_the_agreement_the_lot_and_the_councils_by_their_names(by, app):
    agreement, oak = a_list(), a_provider("Oak House")
    lot = next(one for one in agreement.lots if one.code == "2A")
    entry = actions_entering.propose(
        EntryKind.MEMBERSHIP,
        oak,
        entered(
            agreement_ref=agreement.ref,
            agreement_title="",
            lot_code="2A",
            lot_title="",
            council_slugs=["luton", "bedford-borough"],
        ),
        council=a_council("luton"),
        reason="It is older than the portal.",
        actor=an_officer(),
        now=IN_TIME,
    )
    db.session.commit()
    second = by(a_second_officer())
    at(app, IN_TIME)
    shown = words(second.page(f"/contracts/entries/{entry.ref}"))
    assert f"Agreement {agreement.title} Lot 2A {lot.title}" in shown
    assert agreement.ref not in shown
    named = sorted(a_council(slug).name for slug in ("luton", "bedford-borough"))
    assert f"Councils {', '.join(named)}" in shown


def test_lists_are_narrowed_and_cost_the_same_however_long(by, app, contract):
    agreement = a_list()
    place = a_place(a_provider("Elm House"), agreement, "1A")
    ada = by(an_officer())
    assert "Oak Fostering" in words(ada.page("/contracts?words=oak&state=running&sort=-title"))
    assert "Nothing fits" in words(ada.page("/contracts?words=elm"))
    assert "Elm House" in words(ada.page("/contracts?kind=membership&words=elm"))
    assert "Elm House" in words(ada.page(f"/contracts/{place.ref}"))
    assert ada.get("/contracts.csv?kind=membership").text.count("Elm House") == 1
    with counted() as few:
        ada.page("/contracts?kind=membership")
    for lot in ("2A", "3A", "1B"):
        a_place(a_provider(), agreement, lot)
    with counted() as many:
        ada.page("/contracts?kind=membership")
    assert many.number == few.number
    by(an_officer("hertfordshire")).page(f"/contracts/{place.ref}", status=404)
