"""The fostering tender as a round: four councils, a ranking, prices that differ from lot to lot."""

import re

import pytest

from portal.rounds import checks
from portal.rounds.models import AgreementKind
from scoring.rules import errors
from scoring.stages import RoundStage
from tests.factories.applications import an_application, complete, submit
from tests.factories.people import as_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import WHILE_OPEN, a_tender, at
from tests.factories.sending import send


@pytest.fixture
def agency(app, session):
    at(app, WHILE_OPEN)
    return a_provider_admin(a_provider("Kestrel Fostering"), name="Kit Kestrel")


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_a_draft_made_from_it_lacks_only_its_dates(session):
    draft = a_tender(RoundStage.DRAFT)
    found = errors(checks.publishing_findings(draft, "2027/S 000-1", WHILE_OPEN, WHILE_OPEN))
    assert [one.where for one in found] == []
    assert draft.agreement.kind is AgreementKind.FRAMEWORK
    assert len(draft.councils) == 4


def test_anybody_reads_how_price_counts(app, session):
    at(app, WHILE_OPEN)
    shown = text_of(app.test_client().get(f"/rounds/{a_tender().ref}"))
    assert "Price: 35% of all points" in shown
    assert "points × lowest ÷ its price" in shown
    assert "the weighted mean of 48 × Weekly fee, child aged 0 to 4" in shown
    assert "The first bids are awarded a lot: 12 in a lot, 6 in lot F4, 4 in lot F5." in shown
    assert "At least 55% of all points but those of price are needed." in shown
    assert (
        "At a tie goes first: more points of quality, then the higher score for “Safeguarding”, "
        "then more points for “Young Commissioners”, then the lower price." in shown
    )


def test_only_prices_that_the_lots_of_the_round_ask_for_are_announced(app, session):
    at(app, WHILE_OPEN)
    shown = text_of(app.test_client().get(f"/rounds/{a_tender(lots=['F1', 'F3']).ref}"))
    announced = shown.partition("Prices you will be asked for")[2].partition("How applications")[0]
    assert "Weekly fee, child aged 5 to 9" in announced
    assert "Only lot F1." in announced, "of the fee for the youngest"
    for elsewhere in ("PACE", "Weekly fee, one parent", "F2", "F4", "F5"):
        assert elsewhere not in announced


def test_an_agency_is_asked_for_the_prices_of_its_lots_only(app, session, agency):
    draft = an_application(a_tender(), by=agency, lots=["F1", "F5"])
    session.commit()
    client = as_person(app.test_client(), agency)
    page = client.get(f"/applications/{draft.ref}/rates").text
    assert 'name="rate-F1-age-0-4"' in page
    assert 'name="rate-F5-pace-night"' in page
    assert 'name="rate-F5-age-0-4"' not in page
    assert "hours of support in a week" not in page
    answer = send(
        client,
        f"/applications/{draft.ref}/rates",
        {"rate-F1-age-0-4": "912.50", "rate-F1-discount-volume": "2.5%"},
    )
    assert answer.status_code == 302
    page = client.get(f"/applications/{draft.ref}/rates").text
    assert 'value="912.50"' in page
    assert 'value="2.5"' in page


@pytest.mark.parametrize("typed", ["15.5", "0", "-1", "a lot"])
def test_a_discount_out_of_bounds_is_refused_in_per_cent(app, session, agency, typed):
    draft = an_application(a_tender(), by=agency, lots=["F1"])
    session.commit()
    client = as_person(app.test_client(), agency)
    answer = send(client, f"/applications/{draft.ref}/rates", {"rate-F1-discount-volume": typed})
    assert answer.status_code == 422
    assert "%" in answer.text
    assert "£15" not in answer.text


def test_a_tender_is_complete_without_the_prices_of_other_lots(session, agency):
    sent = complete(an_application(a_tender(), by=agency, lots=["F3", "F4"]), by=agency)
    assert submit(sent, by=viewer(agency)).number == 1
