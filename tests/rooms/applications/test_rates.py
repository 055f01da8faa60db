"""Rates: a price for each lot and item, in pounds as people write them."""

import pytest

from portal.applications import actions, queries
from portal.applications.actions import EditConflict
from portal.applications.models import OfferedRate
from scoring.rules import RuleBroken
from tests.factories.applications import an_application
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE, a_tender
from tests.factories.sending import autosave, form_on, send
from tests.reading import about_saving, beside, errors_of, page_of

CORE, HOUR = "core-weekly-price", "extra-support-hour"


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada, lots=["1A", "2A"])
    session.commit()
    return application


def rates_of(draft):
    return f"/applications/{draft.ref}/rates"


def offered(session):
    session.expire_all()
    return {(one.lot_code, one.item_key): one.amount_pence for one in session.query(OfferedRate)}


def offer(draft, town, pence, seen=None, *, by="ada", **more):
    actor = viewer(getattr(town, by))
    return actions.offer_rate(draft, "1A", CORE, pence, seen, actor=actor, now=town.now, **more)


def test_rates_are_written_for_two_lots(session, town, draft):
    client = town.by(town.ben)
    typed = {
        f"rate-1A-{CORE}": "£1,095.50",
        f"rate-1A-{HOUR}": "24.50",
        f"rate-2A-{CORE}": "895",
        f"rate-2A-{HOUR}": "",
    }
    answer = send(client, rates_of(draft), typed)
    assert answer.location == f"/applications/{draft.ref}"
    assert offered(session) == {("1A", CORE): 109550, ("1A", HOUR): 2450, ("2A", CORE): 89500}
    page = client.get(rates_of(draft))
    assert "£1,169.00" in page.text  # 1,095.50 and three hours at 24.50
    assert "A price is missing" in page.text


def test_what_cannot_be_read_is_kept_on_the_page_and_the_rest_is_saved(session, town, draft):
    typed = {f"rate-1A-{CORE}": "a lot", f"rate-2A-{CORE}": "895.00"}
    answer = send(town.by(town.ada), rates_of(draft), typed)
    assert answer.status_code == 422
    assert "must be an amount in pounds" in answer.text
    assert 'value="a lot"' in answer.text
    assert offered(session) == {("2A", CORE): 89500}


CALLED = {
    f"rate-1A-{CORE}": "“Core weekly price, with 5 hours of support, lot 1A”",
    f"rate-2A-{HOUR}": "“One extra hour of support, lot 2A”",
}


@pytest.mark.parametrize("name", list(CALLED))
@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("0", "must be more than £0."),
        ("-5", "must be more than £0."),
        ("£-0.01", "must be more than £0."),
        ("abc", "must be an amount in pounds, like"),
        ("1e9", "must be an amount in pounds, like"),
        ("1.234", "must have no more than 2 numbers for the pence"),
        ("9999999999999", "must be £"),
        ("9" * 20, "is too large"),
    ],
)
def test_an_error_says_what_is_wrong_with_which_price(  # noqa: PLR0917  two tables
    session, town, draft, name, typed, wrong
):
    answer = send(town.by(town.ada), rates_of(draft), {name: typed})
    assert answer.status_code == 422
    [(line, href)] = errors_of(answer)
    assert line.startswith(f"{CALLED[name]} {wrong}")
    assert href == f"#{name}"
    assert beside(answer, name) == line
    assert page_of(answer).get_element_by_id(name).get("value") == typed
    assert offered(session) == {}


def test_all_that_is_wrong_is_said_at_once(session, town, draft):
    typed = {f"rate-1A-{CORE}": "-5", f"rate-1A-{HOUR}": "1e9", f"rate-2A-{CORE}": "0"}
    answer = send(town.by(town.ada), rates_of(draft), {**typed, f"rate-2A-{HOUR}": "abc"})
    assert [href for _, href in errors_of(answer)] == [
        f"#rate-{lot}-{item}" for lot in ("1A", "2A") for item in (CORE, HOUR)
    ]
    assert "4 prices are not saved. Look at the messages beside the prices." in answer.text


def test_a_page_that_is_saved_in_part_says_how_much(session, town, draft):
    typed = {f"rate-1A-{CORE}": "0", f"rate-1A-{HOUR}": "24.50", f"rate-2A-{CORE}": "895"}
    answer = send(town.by(town.ada), rates_of(draft), typed)
    assert about_saving(answer) == (
        "1 price is not saved, 2 are. Look at the message beside the price.",
        "unsaved",
    )
    assert len(offered(session)) == 2


def test_a_price_beyond_the_card_s_limits_is_saved_and_said(session, town, draft):
    answer = send(town.by(town.ada), rates_of(draft), {f"rate-1A-{CORE}": "8.95"})
    assert answer.status_code == 422
    assert "lot 1A” must be £100.00 or more. It is saved, but you cannot submit it" in answer.text
    assert offered(session) == {("1A", CORE): 895}


def test_a_price_can_be_taken_out(session, town, draft):
    offer(draft, town, 89500)
    session.commit()
    send(town.by(town.ada), rates_of(draft), {f"rate-1A-{CORE}": ""})
    assert offered(session) == {("1A", CORE): None}
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert copy.prices == {}


def test_two_people_one_price(session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, rates_of(draft), [f"rate-1A-{CORE}"])
    offer(draft, town, 90000, by="ben")
    session.commit()
    answer = send(client, rates_of(draft), {f"rate-1A-{CORE}": "910"}, form=form)
    assert answer.status_code == 409
    assert "Ben Birch saved another version" in answer.text
    assert "£900.00" in answer.text
    assert "£910.00" in answer.text
    assert offered(session) == {("1A", CORE): 90000}
    with pytest.raises(EditConflict):
        offer(draft, town, 91000, 0)


def test_a_price_saves_itself(session, town, draft):
    client = town.by(town.ben)
    name = f"rate-1A-{CORE}"
    form = form_on(client, rates_of(draft), [name])
    for text in ("8", "89", "895"):
        answer = autosave(client, rates_of(draft), {name: text}, form=form)
        assert answer.json["status"] == "saved", text
    assert offered(session) == {("1A", CORE): 89500}
    refused = autosave(client, rates_of(draft), {name: "lots"}, form=form)
    assert refused.json["errors"][name].startswith(CALLED[name])
    low = autosave(client, rates_of(draft), {name: "8.95"}, form=form)
    assert (low.json["status"], "£100.00 or more" in low.json["to_mend"][name]) == ("saved", True)


@pytest.mark.parametrize(
    ("lot", "item", "code"), [("9Z", CORE, "rate:unknown-lot"), ("1A", "x", "rate:unknown-item")]
)
def test_a_price_for_nothing_is_refused(town, draft, lot, item, code):
    with pytest.raises(RuleBroken) as refused:
        actions.offer_rate(draft, lot, item, 100, None, actor=viewer(town.ada), now=town.now)
    assert refused.value.code == code


def test_not_after_the_deadline_and_not_by_strangers(session, town, draft):
    for who, now in ((town.ada, DEADLINE), (town.cyd, town.now), (town.dev, town.now)):
        with pytest.raises(RuleBroken) as refused:
            actions.offer_rate(draft, "1A", CORE, 100, None, actor=viewer(who), now=now)
        assert refused.value.code == "application:edit-refused"


def test_without_lots_the_page_says_so(session, town):
    draft = an_application(town.round, by=town.ada, lots=[])
    session.commit()
    assert "Choose your lots first" in town.by(town.ada).get(rates_of(draft)).text


@pytest.fixture
def tender(session, town):
    """An application to a fostering tender of two lots: a card with discounts, and no hours."""
    application = an_application(a_tender(lots=["F1", "F3"]), by=town.ada, lots=["F1", "F3"])
    for lot, key, amount in (("F1", "age-5-9", 85000), ("F1", "discount-siblings", 250)):
        actions.offer_rate(
            application, lot, key, amount, None, actor=viewer(town.ada), now=town.now
        )
    session.commit()
    return application


def test_rates_are_checked_as_they_were_offered(town, tender):
    """A discount is per cent; prices of other lots, and hours of support, are not asked for."""
    answer = town.by(town.ada).get(f"/applications/{tender.ref}/check")
    table = next(one for one in page_of(answer).iter("table") if "Rates" in one.text_content())
    head, *rows = [
        [" ".join(cell.text_content().split()) for cell in row] for row in table.iter("tr")
    ]
    assert head == [
        "Lot",
        "Weekly fee, child aged 0 to 4",
        "Weekly fee, child aged 5 to 9",
        "Weekly fee, child aged 10 to 15",
        "Weekly fee, young person aged 16 or 17",
        "Discount for volume",
        "Discount for brothers and sisters",
        "Discount for long-term placements",
    ]
    assert rows[0][:3] == ["Lot F1", "not given", "£850.00"]
    assert rows[0][6] == "2.5%"
    assert rows[1] == ["Lot F3", "–", *["not given"] * 3, "–", *["not given"] * 2]


def test_two_who_write_one_discount_see_per_cent(town, tender):
    name = "rate-F1-discount-siblings"
    answer = send(
        town.by(town.ben), rates_of(tender), {name: "3", f"_seen-{name}": "0.74234e98afe7"}
    )
    assert answer.status_code == 409
    assert "2.5%" in answer.text
    assert "£2.50" not in answer.text
