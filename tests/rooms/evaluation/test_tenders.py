"""A tender's results: nested criteria, prices opened by two officers after the lock, every number told."""

import csv
import io
from fractions import Fraction

import pytest

from portal.access import Viewer
from portal.applications import queries as applications, queries_bids
from portal.audit import AuditEntry, Event
from portal.db import db
from portal.evaluation import actions, queries
from portal.evaluation.models import ConflictDeclaration, Consensus, Interest, Result, Score
from portal.evaluation.prices import actions as actions_prices
from portal.mail import Mail
from scoring.canonical import read_fraction
from scoring.rules import RuleBroken
from tests.factories.awards import LOCKED
from tests.factories.counting import counted
from tests.factories.evaluation import SCORING
from tests.factories.people import a_person, viewer
from tests.factories.rounds import at
from tests.factories.tenders import OPENED, a_scored_tender, asks

# By hand, from the shipped scheme: quality 40 (scale to 5), young 15 (faces to 4), social value 10,
# price 35, relative to the lowest.
OAK = Fraction(4, 5) * 40 + Fraction(3, 4) * 15 + Fraction(4, 5) * 10  # 51.25 without price
ELM = Fraction(3, 5) * 40 + Fraction(3, 4) * 15 + Fraction(3, 5) * 10  # 41.25
PRICES = ("603.21", "503.21", "60321", "50321")


def two(**more):
    return a_scored_tender(asks("Oak House", 60_321), asks("Elm House", 50_321, score=3), **more)


def address(tender, more=""):
    return f"/council/rounds/{tender.round.ref}{more}"


def test_results_with_prices_equal_what_is_computed_by_hand():
    found = two().opened().results()
    oak, elm = found["Oak House"], found["Elm House"]
    assert read_fraction(oak.total) == OAK + Fraction(50_321, 60_321) * 35
    assert read_fraction(elm.total) == ELM + 35
    assert (oak.rank, elm.rank) == (1, 2)
    assert oak.admitted
    assert elm.admitted
    assert oak.content["price"]["working"].startswith("35 × £503.21 ÷ £603.21 = ")


def test_discounts_are_taken_in_the_stated_order_each_from_what_was_left():
    tender = a_scored_tender(
        asks("Oak House", 60_000, prices={"discount-volume": 1000, "discount-long-term": 500})
    ).opened()
    # 10 % on 30 % of placements, then 5 % on 20 % of them, of what is left
    wanted = Fraction(60_000) * (1 - Fraction(3, 100)) * (1 - Fraction(1, 100))
    price = tender.results()["Oak House"].content["price"]
    assert read_fraction(price["price"]) == wanted


def test_a_bid_below_a_threshold_sets_no_lowest_price():
    low = asks("Ash House", 30_000, scores={"safeguarding": 2})
    tender = a_scored_tender(asks("Oak House", 60_000), low).opened()
    oak, ash = tender.results()["Oak House"], tender.results()["Ash House"]
    assert read_fraction(oak.content["price"]["points"]) == 35
    assert ash.content["price"] is None
    assert ash.rank is None


def test_before_the_opening_of_prices_there_are_no_results_and_no_price_anywhere(by, app):
    tender = two().locked()
    at(app, LOCKED)
    lead, _ = tender.officers
    ids = [bid.id for bid in tender.story.bids]
    assert applications.prices(ids, Viewer.system()) == {}
    assert applications.prices(ids, lead) == {}
    assert all(
        text is None for _, text in queries_bids.submitted_texts(ids, Viewer.system()).values()
    )
    assert queries.results(tender.round, Viewer.system()) == []
    shown = by(lead).page(address(tender, "/results"))
    assert "The prices are still sealed" in shown.text
    for more in ("/results", "/results/F1", "/prices", "/award", ""):
        text = by(lead).page(address(tender, more)).text
        assert not [price for price in PRICES if price in text], more
    actions_prices.begin(tender.round, actor=lead, now=LOCKED)
    db.session.commit()
    kept = [mail.body + mail.subject for mail in db.session.query(Mail)]
    kept += [str(entry.detail) for entry in db.session.query(AuditEntry)]
    assert not [text for text in kept for price in PRICES if price in text]


def test_the_lock_records_what_was_agreed_and_no_price():
    tender = two().locked()
    (entry,) = db.session.query(AuditEntry).filter_by(event=Event.QUALITY_LOCKED.value)
    assert sorted(entry.detail["agreed"]) == sorted(bid.ref for bid in tender.story.bids)
    assert tender.round.prices_opened_at is None


def test_one_officer_alone_opens_no_prices():
    tender = two().locked()
    first, second = tender.officers
    with pytest.raises(RuleBroken, match="No officer has begun"):
        actions_prices.confirm(tender.round, actor=first, now=OPENED)
    actions_prices.begin(tender.round, actor=first, now=OPENED)
    with pytest.raises(RuleBroken, match="somebody else must confirm"):
        actions_prices.confirm(tender.round, actor=first, now=OPENED)
    with pytest.raises(RuleBroken, match="has begun already"):
        actions_prices.begin(tender.round, actor=second, now=OPENED)
    actions_prices.take_back(tender.round, actor=first, now=OPENED)
    with pytest.raises(RuleBroken, match="No officer has begun"):
        actions_prices.confirm(tender.round, actor=second, now=OPENED)
    assert tender.round.prices_opened_at is None


def test_prices_stay_sealed_while_quality_is_not_locked():
    tender = two()
    with pytest.raises(RuleBroken, match="until quality is locked"):
        actions_prices.begin(tender.round, actor=tender.officers[0], now=SCORING)


def test_whoever_has_an_interest_opens_no_prices():
    tender = two().locked()
    first, second = tender.officers
    db.session.add(
        ConflictDeclaration(
            round_id=tender.round.id,
            person_id=second.person_id,
            application_id=tender.story.bids[0].id,
            interest=Interest.PERSONAL,
            detail="A cousin.",
            declared_at=SCORING,
        )
    )
    actions_prices.begin(tender.round, actor=first, now=OPENED)
    with pytest.raises(RuleBroken, match="interest in a bidder"):
        actions_prices.confirm(tender.round, actor=second, now=OPENED)


def test_nobody_but_officers_of_the_round_finds_the_page(by, app):
    tender = two().locked()
    at(app, LOCKED)
    assert by(tender.story.moderator).get(address(tender, "/prices")).status_code == 403
    from portal.access import Role

    stranger = a_person(Role.COMMISSIONER, "hertfordshire-of-others", name="Elsewhere")
    assert by(viewer(stranger)).get(address(tender, "/prices")).status_code == 404


def test_two_officers_open_prices_through_the_page(by, app):
    tender = two().locked()
    at(app, OPENED)
    first, second = tender.officers
    one, other = by(first), by(second)
    shown = one.page(address(tender, "/prices"))
    assert "Begin to open the prices" in shown.text
    shown = one.sends(shown, {}, button="Begin", to=address(tender, "/prices"))
    assert "somebody else must confirm" in shown.text
    shown = other.page(address(tender, "/prices"))
    shown = other.sends(shown, {}, button="Confirm", to=address(tender, "/prices"))
    assert "They are the same." in shown.text
    (entry,) = db.session.query(AuditEntry).filter_by(event=Event.PRICES_OPENED.value)
    assert entry.detail["second_officer"] == second.ref
    (entry,) = db.session.query(AuditEntry).filter_by(event=Event.RESULTS_COMPUTED.value)
    wanted = {f"{one.application.ref}|F1": one.sha256 for one in tender.results().values()}
    assert entry.detail["results"] == wanted


def test_the_page_of_a_lot_shows_ranks_prices_and_the_way_to_each_working(by, app):
    tender = two().opened()
    at(app, OPENED)
    lead = by(tender.officers[0])
    shown = lead.page(address(tender, "/results/F1"))
    assert shown.text.index("Oak House") < shown.text.index("Elm House")
    assert "£603.21" in shown.text
    assert "Lowest price of the bids over every threshold: £503.21." in shown.text
    oak = tender.bid("Oak House").ref
    assert f"/results/F1/{oak}#price" in shown.text
    with counted() as statements:
        shown = lead.page(address(tender, f"/results/F1/{oak}"))
    assert statements.number <= 14  # two of them begin, none is for a question
    assert "£603.21 × 48" in shown.text
    assert "35 × £503.21 ÷ £603.21" in shown.text
    files = lead.get(address(tender, "/results/F1/table.csv"))
    rows = list(csv.reader(io.StringIO(files.text.lstrip("\ufeff"))))
    assert ["Oak House", "1"] in [row[:2] for row in rows]
    assert lead.get(address(tender, "/results/F1/table.xlsx")).status_code == 200


def test_equal_points_are_told_apart_as_stated_and_what_is_left_is_an_equal_rank(by, app):
    # The same points: Oak has better quality, Elm the lower price for it; Ash and Fir are alike.
    tender = a_scored_tender(asks("Ash House", 60_000), asks("Fir House", 60_000)).opened()
    at(app, OPENED)
    found = tender.results()
    assert {one.rank for one in found.values()} == {1}
    shown = by(tender.officers[0]).page(address(tender, "/results/F1"))
    assert "Still equal: Ash House and Fir House" in shown.text or (
        "Still equal: Fir House and Ash House" in shown.text
    )


def test_the_cap_of_a_lot_is_told(by, app):
    tender = two(scheme={"award": {"cap_by_lot": {"F1": 1}}}).opened()
    at(app, OPENED)
    assert [
        one.admitted for one in (tender.results()[name] for name in ("Oak House", "Elm House"))
    ] == [True, False]
    shown = by(tender.officers[0]).page(address(tender, "/results/F1"))
    assert "Rank 2: this lot has 1 award." in shown.text


def test_price_for_each_council_gives_each_its_own_results(by, app):
    own = {"price": {"each_council": True}}
    tender = two(scheme=own).opened()
    at(app, OPENED)
    councils = sorted(part.council.slug for part in tender.round.councils)
    assert [tender.results("F1", slug)["Oak House"].rank for slug in councils] == [1] * 4
    shown = by(tender.officers[0]).page(address(tender, f"/results/F1?council={councils[1]}"))
    assert "£603.21" in shown.text
    answer = by(tender.officers[0]).get(address(tender, "/results/F1?council=nowhere"))
    assert answer.status_code == 404


def nested(agreeing="agreed"):
    """Quality made of two parts; social value counts by the mean of the single scores."""
    care = [
        {"question": one, "weight_bp": 2500, "minimum_score": None}
        for one in (
            "safeguarding",
            "matching-and-stability",
            "care-in-this-lot",
            "health-and-education",
        )
    ]
    others = [
        {"question": one, "weight_bp": weight, "minimum_score": None}
        for one, weight in (
            ("recruiting-and-keeping-carers", 5000),
            ("training-and-support-of-carers", 2500),
            ("staying-put-and-moving-on", 2500),
        )
    ]
    return {
        "key": "quality",
        "title": "Quality",
        "weight_bp": 4000,
        "panel": "officers",
        "scale": "officers-0-5",
        "criteria": [
            {
                "key": "care",
                "title": "Care",
                "weight_bp": 6000,
                "minimum_share_bp": 5000,
                "questions": care,
            },
            {"key": "carers", "title": "Carers", "weight_bp": 4000, "questions": others},
        ],
    }


def with_nested(shipped):
    _, young, social, price = shipped["criteria"]
    return {"criteria": [nested(), young, {**social, "agreeing": "mean"}, price]}


def test_nested_criteria_and_means_need_no_more_than_the_scheme_says(by, app):
    from portal.content import queries as content
    from tests.factories.rounds import shipped_content

    shipped_content()
    scheme = with_nested(content.content("scheme", "fostering-tender").body)
    tender = two(scheme=scheme)
    agreed = {one.question_key for one in db.session.query(Consensus)}
    assert "social-value" not in agreed
    assert "care-in-this-lot" in agreed
    asked = {one.question: one for one in queries.asked_of(tender.story.bids[0])}
    assert asked["safeguarding"].criterion == "Care"
    with pytest.raises(RuleBroken, match="mean"):
        tender.story.agree(tender.story.bids[0], asked["social-value"], 4)
    tender.opened()
    at(app, OPENED)
    oak = tender.results()["Oak House"]
    assert read_fraction(oak.content["quality"]) == OAK
    shown = by(tender.officers[0]).page(address(tender, f"/results/F1/{oak.application.ref}"))
    assert "the mean of the single scores" in shown.text
    assert "The sum of its parts" in shown.text


def test_too_few_pairs_keep_quality_from_being_locked():
    tender = two()
    one = next(one for one in db.session.query(Score) if one.question_key.startswith("young"))
    one.value, one.abstained = None, True
    db.session.commit()
    codes = [found.code for found in actions_lock_findings(tender)]
    assert codes == ["lock:too-few-pairs"]
    with pytest.raises(RuleBroken):
        actions.lock_quality(tender.round, actor=tender.moderator, now=LOCKED)


def actions_lock_findings(tender):
    from portal.evaluation.moderation.actions_lock import lock_findings

    return lock_findings(tender.round)


def test_statements_do_not_grow_with_bids(by, app):
    numbers = []
    for bids in (2, 5):
        names = ("Ash", "Elm", "Fir", "Oak", "Yew")[:bids]
        tender = a_scored_tender(
            *(asks(f"{name} {bids}", 60_000 + at_) for at_, name in enumerate(names))
        ).opened()
        at(app, OPENED)
        lead = by(tender.officers[0])
        page = address(tender, "/results/F1")
        lead.page(page)
        with counted() as statements:
            lead.page(page)
        numbers.append(sum(one != "BEGIN" for one in statements.statements))
        db.session.query(Result).count()
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 12, numbers
