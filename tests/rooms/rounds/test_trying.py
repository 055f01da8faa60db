"""Try the scheme: made-up bids in, a ranking and how easily it turns out; nothing is kept."""

import re

import pytest

from portal.db import db
from portal.people.models import Person
from portal.rounds import actions, trying
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from tests.client import HygieneClient
from tests.factories.counting import counted
from tests.factories.people import as_person
from tests.factories.rounds import PREPARED, WHILE_OPEN, a_round, a_tender, an_officer, at


@pytest.fixture
def draft(app, session):
    at(app, WHILE_OPEN)
    made = a_tender(RoundStage.DRAFT)
    session.commit()
    return made


def signed_in(app, viewer):
    client = HygieneClient(app, app.response_class)
    return as_person(client, db.session.get(Person, viewer.person_id))


@pytest.fixture
def officer(app, draft):
    return signed_in(app, an_officer())


def address(bid_round, **numbers):
    typed = {"lot": "F1", **trying.made_up(bid_round, "F1")}
    typed = {k: f"{v / 100:.2f}" if k[:2] == "p-" else v for k, v in typed.items()}
    query = "&".join(f"{name}={value}" for name, value in (typed | numbers).items())
    return f"/council/rounds/{bid_round.ref}/try?{query}"


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_the_numbers_are_made_for_you(officer, draft):
    with counted() as few:
        shown = officer.get(f"/council/rounds/{draft.ref}/try")
    assert shown.status_code == 200
    assert few.number <= 8
    words = text_of(shown)
    assert "Sample bids in lot F1" in words
    assert "How easily it turns" in words
    assert all(name in words for name in trying.BIDS)


def test_the_ranking_is_computed_as_the_scheme_says(draft):
    values = trying.made_up(draft, "F1")
    found = trying.trial_of(draft, "F1", values)
    best = found.result.bids[0]
    assert [one.rank for one in found.result.bids if one.rank] == [1, 2, 3, 4, 5]
    assert best.price is not None
    # the cheapest has all 35 points of price
    cheapest = found.result.of("Elder")
    assert cheapest.criteria[3].points == 35


def test_points_of_price_and_the_price_itself_are_two_columns(draft):
    found = trying.trial_of(draft, "F1", trying.made_up(draft, "F1"))
    rows = {row["bid"]: row for row in trying.ranking(draft, "F1", found).rows}
    assert (rows["Elder"]["price"], rows["Elder"]["asked"]) == (35, 82_000)
    assert sum(series.values[0] for series in trying.bars(draft, "F1", found).series) < 100


def test_one_number_changes_the_order(officer, draft):
    before = text_of(officer.get(address(draft)))
    after = text_of(officer.get(address(draft, **{"s-Elder-quality": 1})))
    assert "Safeguarding: the score is 1" in after or "safeguarding: the score is 1" in after
    assert "the score is 1" not in before


@pytest.mark.parametrize("price", ["0", "-5", "", "cheap"])
def test_a_price_that_is_none_is_refused_at_its_field_and_the_rest_is_kept(officer, draft, price):
    shown = officer.get(address(draft, **{"p-Cedar": price, "p-Elder": "777.00"}))
    assert shown.status_code == 422
    assert 'value="777.00"' in shown.text
    assert "There is a problem" in text_of(shown)
    assert "How easily it turns" not in text_of(shown)


def test_a_score_off_the_scale_is_refused(officer, draft):
    assert officer.get(address(draft, **{"s-Elder-quality": 9})).status_code == 422


def test_both_tables_are_to_be_had_as_csv(officer, draft):
    base, query = address(draft).split("?")
    ranking = officer.get(f"{base}/ranking.csv?{query}")
    assert ranking.status_code == 200
    assert "Elder" in ranking.text
    assert "Quality" in officer.get(f"{base}/weights.csv?{query}").text
    assert officer.get(f"{base}/other.csv?{query}").status_code == 404
    assert officer.get(f"{base}/ranking.exe?{query}").status_code == 404


def test_a_scheme_that_does_not_hold_together_is_not_tried(officer, draft, session):
    first, *rest = draft.scheme.body["criteria"]
    draft.scheme.body = {
        **draft.scheme.body, "criteria": [{**first, "weight_bp": 3999}, *rest]
    }  # fmt: skip
    session.commit()
    shown = text_of(officer.get(f"/council/rounds/{draft.ref}/try"))
    assert "Put the scheme right first" in shown
    assert officer.get(f"/council/rounds/{draft.ref}/try/ranking.csv").status_code == 404


def test_an_outlier_and_a_missing_bid_are_told_in_sentences(draft):
    lead, body = an_officer(), draft.scheme.body
    price = {**body["price"], "formula": "deviation-from-the-mean"}
    actions.change_content(draft, "scheme", {**body, "price": price}, actor=lead, now=PREPARED)
    values = dict.fromkeys(trying.made_up(draft, "F1"), 3)
    values |= {f"p-{bid}": 100_000 for bid in trying.BIDS}
    values |= {"s-Aspen-quality": 4, "p-Aspen": 150_000, "p-Birch": 110_000, "p-Elder": 1_000_000}
    found = trying.trial_of(draft, "F1", values)
    assert any("Without Elder" in line for line in trying.left_out(found))
    assert all(line.endswith(".") for line in trying.outliers(found))


def test_a_list_has_no_price_and_no_order(app, session):
    at(app, WHILE_OPEN)
    listed = a_round(RoundStage.DRAFT)
    session.commit()
    shown = text_of(signed_in(app, an_officer()).get(f"/council/rounds/{listed.ref}/try"))
    assert "Sample bids in lot 1A" in shown
    assert "The price of" not in shown


def test_a_number_that_is_missing_is_named(draft):
    values = {**trying.made_up(draft, "F1"), "p-Cedar": None}
    with pytest.raises(RuleBroken, match="Enter a number") as broken:
        trying.trial_of(draft, "F1", values)
    assert broken.value.field == "p-Cedar"


def test_another_council_finds_nothing(app, draft):
    stranger = signed_in(app, an_officer("kent"))
    assert stranger.get(f"/council/rounds/{draft.ref}/try").status_code == 404
    assert stranger.get(f"/council/rounds/{draft.ref}/try/ranking.csv").status_code == 404
