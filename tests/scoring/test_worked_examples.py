"""Prices and totals as others published them, worked with our formulas. Each test names its source.

What a source printed is rounded; ours stays exact, and is rounded here only to be compared.
"""

from fractions import Fraction

from scoring.awards import Entry, Place, compute_round
from scoring.criteria import Scheme
from scoring.prices import PriceTerms, price_lines
from scoring.results import BidScores
from scoring.rounding import printed, rounded
from scoring.scales import Scale
from scoring.terms import Formula

NOTHING = PriceTerms()


def shares(formula, prices, terms=NOTHING):
    lines = price_lines(formula, terms, 1, {bid: 100 * one for bid, one in prices.items()})
    return {bid: line.share for bid, line in lines.items()}


def points(formula, weight, prices, terms=NOTHING):
    return {bid: weight * one for bid, one in shares(formula, prices, terms).items()}


def test_three_fixed_quotes():
    """Crown Commercial Service, Digital Marketplace, "How to score price" (fixed quotes), as quoted by
    Shakespeare Martineau, "Evaluating price in tenders", 2021: 0.667, 1 and 0.333."""
    found = shares(Formula.RELATIVE_TO_LOWEST, {"A": 15_000, "B": 10_000, "C": 30_000})
    assert {bid: printed(one, 3) for bid, one in found.items()} == {
        "A": "0.667",
        "B": "1.000",
        "C": "0.333",
    }


def test_forty_points_for_price():
    """Impact Bids, "The quality imperative": £100, £105 and £108 get 40, 38 and 37 of 40 points."""
    found = points(Formula.RELATIVE_TO_LOWEST, 40, {"1": 100, "2": 105, "3": 108})
    assert {bid: rounded(one) for bid, one in found.items()} == {"1": 40, "2": 38, "3": 37}


def of_points(**weights):
    """A scheme in points: one question for each part but price."""
    parts = [
        {"key": key, "title": key, "points": most, "panel": "officers", "scale": "of-60",
         "questions": [{"question": key, "points": most}]}
        for key, most in weights.items() if key != "price"
    ]  # fmt: skip
    price = {"key": "price", "title": "Price", "kind": "price", "points": weights["price"]}
    basket = {"method": "sum", "items": [{"item": "week", "weight": 1}]}
    return {
        "kind": "scheme", "key": "in-points", "title": "In points", "stated_in": "points",
        "award": {"mechanism": "single-winner", "ranked": True, "tie_at_cap": "decide"},
        "criteria": [*parts, price],
        "price": {"formula": "relative-to-lowest", "baskets": [basket]},
    }  # fmt: skip


def test_a_dearer_bid_that_wins_by_quality():
    """Negometrix, "Low bid scoring formula": of 200 points, 70 for price; A has 40 of 60, 30 of 40 and
    20 of 30 at 10,000, B has 32, 20 and 22 at 8,000. A wins with 146 to 144."""
    scheme = Scheme.from_content(of_points(experience=60, assurance=40, time=30, price=70))
    of_60 = Scale.from_content(
        {
            "key": "of-60",
            "title": "60",
            "points": [{"value": n, "label": f"{n}"} for n in range(61)],
        }
    )
    scored = {"A": (40, 45, 40), "B": (32, 30, 44)}  # the same shares, of 60 each
    bids = {
        bid: BidScores(dict(zip(("experience", "assurance", "time"), values, strict=True)))
        for bid, values in scored.items()
    }
    entry = Entry(bids, {"A": 1_000_000, "B": 800_000})
    titles = {"experience": "Experience", "assurance": "Assurance", "time": "Time"}
    lot = compute_round(scheme, {"of-60": of_60}, {Place("1"): entry}, titles)[Place("1")]
    assert [(one.bid, one.total, one.rank) for one in lot.bids] == [("A", 146, 1), ("B", 144, 2)]
    assert [one.admitted for one in lot.bids] == [True, False]
    assert {one.bid: one.price.points for one in lot.bids} == {"A": 56, "B": 70}


def test_the_mean_is_worth_half_and_each_percent_a_point():
    """Procurement Templates, "Mean calculation", steps (a) to (e): 50 for the mean, one point less for
    each per cent above it, one more for each per cent below it."""
    prices = {"A": 90, "B": 100, "C": 110, "D": 80, "E": 120}
    found = points(Formula.DEVIATION_FROM_MEAN, 100, prices)
    assert found == {"A": 60, "B": 50, "C": 40, "D": 70, "E": 30}


def test_the_penalty_is_the_share_by_which_a_price_is_dearer():
    """Materials Management, "Supplier's bid comparison formula", PS = MP × (1 − (SP − LQB) ÷ LQB): 25 %
    dearer is 25 % lower, 40 % dearer 40 % lower."""
    found = points(Formula.DIFFERENCE_FROM_LOWEST, 20, {"lowest": 80, "B": 100, "C": 112})
    assert found == {"lowest": 20, "B": 15, "C": 12}


def test_between_a_price_for_all_points_and_one_for_none():
    """Negometrix, "Set price range" (WP × (Psetmax − P) ÷ (Psetmax − Psetmin)), and Procurement Templates,
    "Mean calculation" (maximum price, optimal price): all at the optimal price, none at the highest,
    a straight line between them."""
    terms = PriceTerms(optimal_pence=4_000_00, maximum_pence=8_000_00)
    found = points(
        Formula.LINEAR_TO_MAXIMUM, 30, {"A": 4_000, "B": 8_000, "C": 6_000, "D": 5_000}, terms
    )
    assert found == {"A": 30, "B": 0, "C": 15, "D": Fraction(45, 2)}


def test_the_price_is_divided_by_the_points_of_quality():
    """Local Government Procurement, "Methods of evaluating price in tenders, part 4", cost effectiveness
    ratio: the price divided by the score of everything but price; less for a point is better."""
    prices = {"A": 10_000_000, "B": 9_000_000}
    quality = {"A": Fraction(85), "B": Fraction(60)}
    lines = price_lines(Formula.PRICE_PER_QUALITY_POINT, NOTHING, 0, prices, quality)
    assert {bid: printed(line.per_point / 100, 2) for bid, line in lines.items()} == {
        "A": "1176.47",
        "B": "1500.00",
    }


def test_a_price_over_the_budget_is_left_out():
    """Local Government Procurement, part 3, fit to budget: a bid above the stated amount is excluded."""
    lines = price_lines(
        Formula.AGAINST_CEILING,
        PriceTerms(ceiling_pence=50_000),
        40,
        {"under": 40_000, "exactly": 50_000, "over": 50_001},
    )
    assert {bid: (line.points, line.over_ceiling) for bid, line in lines.items()} == {
        "under": (8, False),
        "exactly": (0, False),
        "over": (0, True),
    }
