"""What an award rests on: cost against today, dissent, and how easily the result would turn."""

from datetime import UTC, datetime

import pytest
from lxml import html
from sqlalchemy import select

from portal.access import Role
from portal.awards.grounds import grounds
from portal.db import db
from portal.providers.models import Provider
from tests.factories.awards import (
    RECOMMENDED,
    STARTS_ON,
    a_concluded_round,
    a_locked_round,
    a_recommended_round,
    told,
)
from tests.factories.contracts import a_place
from tests.factories.counting import counted
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider
from tests.factories.rounds import an_officer

OAK = told("Oak House", score=4, young=1)
ELM = told("Elm House", score=3, young=4)


def of(bid_round):
    return grounds(bid_round, an_officer(), RECOMMENDED)


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_the_yearly_cost_of_a_place_is_365_days(session):
    (one,) = of(a_locked_round(OAK)).costs
    assert (one.offered, one.yearly) == ("£895.00", "£46,667.86")
    assert (one.until_then, one.change) == ("not known", "not known")
    assert one.working == "£895.00 × 365 days ÷ 7 = £46,667.86"


def test_it_stands_beside_the_median_of_the_lot_or_the_providers_own_price_today(session):
    bid_round = a_locked_round(OAK, ELM)
    day = RECOMMENDED.date()
    for name, core in (("Ash House", 100_000), ("Fir House", 80_000), ("Yew House", 90_000)):
        a_place(a_provider(name), bid_round.agreement, "1A", core=core, starts_on=day)
    elm = db.session.scalars(select(Provider).where(Provider.name == "Elm House")).one()
    a_place(elm, bid_round.agreement, "1A", core=89_000, starts_on=day)
    db.session.commit()
    found = {one.provider: one for one in of(bid_round).costs}
    oak = found["Oak House"]  # 800, 890, 900, 1,000
    assert (oak.until_then, oak.change) == ("£895.00", "£0.00")
    assert "the median of this lot until then: £895.00 × 365 ÷ 7 = £46,667.86" in oak.working
    assert (found["Elm House"].until_then, found["Elm House"].change) == ("£890.00", "+£260.71")
    assert "its own price until then: £890.00" in found["Elm House"].working


def test_rates_that_the_award_itself_has_made_are_no_comparison(session):
    bid_round = a_concluded_round(OAK, starts_on=STARTS_ON)
    later = datetime(2027, 6, 1, tzinfo=UTC)
    found = grounds(bid_round, an_officer(), later)
    assert found.as_at == RECOMMENDED.date()
    assert {one.change for one in found.costs} == {"not known"}


def test_where_the_panels_are_furthest_apart_comes_first(session):
    first, second = of(a_locked_round(OAK, ELM)).dissents
    assert (first.provider, first.officers, first.young) == ("Oak House", "80.00%", "25.00%")
    assert first.apart == "−55.00"
    assert first.working == (
        "young people 7.50 of 30.00 points = 25.00%; officers 56.00 of 70.00 points = 80.00%"
    )
    assert (second.provider, second.apart) == ("Elm House", "+40.00")


def test_a_close_tender_turns_when_a_little_weight_moves(session):
    """63.50 against 72.00 points: the young people's share decides."""
    (lot,) = of(a_locked_round(OAK, ELM, awards=1)).sensitivities
    assert any("changes who is successful: Oak House." in line for line in lot.lines)
    assert any("changes nothing" in line for line in lot.lines)
    assert "Leaving out any one bid turns the order of no two others." in lot.lines


def test_a_bidder_under_the_thresholds_costs_nothing(session):
    found = of(a_locked_round(told("Ash House", score=1)))
    assert found.costs == ()
    assert len(found.dissents) == 1


def test_the_page_shows_each_number_with_its_working(by):
    bid_round = a_recommended_round(OAK, ELM)
    officer = by(an_officer())
    shown = words(officer.page(f"/council/rounds/{bid_round.ref}/award/grounds"))
    for said in ("£895.00 × 365 days ÷ 7 = £46,667.86", "55.00", "25.00%", "Lot 1A", "not known"):
        assert said in shown
    approver = by(a_viewer(Role.APPROVER, "luton"))
    board = approver.page(f"/council/rounds/{bid_round.ref}/award")
    (link,) = html.document_fromstring(board.text).xpath("//a[starts-with(., 'Decide for')]/@href")
    assert "£895.00 × 365 days" in words(approver.page(link))


@pytest.mark.parametrize(
    ("council", "role", "status"),
    [
        ("bedford-borough", Role.AUDITOR, 200),
        ("luton", Role.EVALUATOR, 403),
        ("luton", Role.YOUNG_COMMISSIONER, 403),
        ("hertfordshire", Role.APPROVER, 404),
    ],
)
def test_who_sees_what_it_rests_on(by, council, role, status):
    bid_round = a_locked_round(OAK)
    address = f"/council/rounds/{bid_round.ref}/award/grounds"
    by(a_viewer(role, council)).page(address, status=status)


def test_it_costs_the_same_however_many_bids(session):
    numbers = []
    for bids in ((OAK,), tuple(told(f"Home {number}") for number in range(4))):
        bid_round = a_locked_round(*bids)
        officer = an_officer()
        db.session.commit()
        db.session.expire_all()
        with counted() as statements:
            grounds(bid_round, officer, RECOMMENDED)
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]
