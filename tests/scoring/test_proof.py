"""Rounds of many kinds, each of which holds as it is."""

import copy
import json
from fractions import Fraction

from scoring.awards import compute_round
from scoring.baskets import evaluated_price
from scoring.canonical import canonical_json, sha256_of
from scoring.criteria import Scheme
from scoring.pack import Form
from scoring.pack_book import Book
from scoring.pack_layout import layout
from scoring.pack_results import entries_of
from scoring.restating import in_points, summed
from scoring.results import Place
from scoring.results_content import admitted_places, evaluated_content, round_content

from .opening import DATA, agreed_of, found, result_of, score_of
from .packs import START, Story, handed_in, hashed, packed, proved
from .test_forgeries import set_aside


class TestHonestPacks:
    """What may happen in a round, and still holds."""

    def again(self, data):
        return settled(data)

    def test_an_agreed_score_outside_the_range_with_its_reason(self):
        data = copy.deepcopy(DATA)
        agreed_of(data).update(value=5, why_outside="A second reading of the policy.")
        assert self.again(data).differences == ()

    def test_a_sheet_without_its_hash_is_not_held_to_one(self):
        data = copy.deepcopy(DATA)
        data["sheets"] = []
        assert self.again(data).differences == ()

    def test_a_row_that_does_not_count_is_kept_and_does_not(self):
        data = copy.deepcopy(DATA)
        data["sheets"] = []
        data["scores"].append({**score_of(data), "scorer": "SCR-3", "score": 0, "counts": False,
                               "lot": "F1"})  # fmt: skip
        assert self.again(data).differences == ()

    def test_a_sheet_that_was_given_back_is_held_to_its_own_hash(self):
        data = copy.deepcopy(DATA)
        first = [{**row, "score": 1, "number": 1, "counts": False} for row in data["scores"]
                 if (row["bid"], row["scorer"]) == ("APP-0002", "SCR-1")]  # fmt: skip
        kept = next(one for one in data["sheets"] if one["sheet"] == "SHT-APP-0002-SCR-1")
        sha256 = sha256_of(canonical_json(handed_in("APP-0002", "SCR-1", first)))
        data["sheets"].append({**kept, "sha256": sha256, "stands": False})
        kept["number"] = 2
        data["scores"] += first
        data["trail"] = {}
        assert proved(packed(data)).differences == ()
        first[0]["score"] = 2
        assert found(proved(packed(data)), r"scores\.json/bids/1", "not those handed in")[0]

    def test_what_is_not_in_the_pack_is_said(self):
        data = bare()
        report = settled(data)
        assert report.holds
        assert any("what was submitted is not" in line for line in report.not_checked)
        assert any("the sealed envelope is not" in line for line in report.not_checked)

    def test_an_abstention_of_a_pair(self):
        data = copy.deepcopy(DATA)
        data["sheets"] = []
        for row in data["scores"]:
            if row["scorer"] == "SCR-Y1" and row["question"] == "young-home":
                row.update(score=None, abstained=True)
        for row in data["consensus"]:
            if row["question"] == "young-home":
                row["value"] = next(
                    one["score"] for one in data["scores"]
                    if (one["bid"], one["question"], one["scorer"])
                    == (row["bid"], "young-home", "SCR-Y2")
                )  # fmt: skip
        report = self.again(data)
        assert report.differences == ()
        assert data["results"][0]["left_out"] == ["young-home"]  # two pairs are asked for

    def test_a_round_that_is_not_recommended_yet(self):
        data = copy.deepcopy(DATA)
        data["awards"], data["trail"], data["letters"] = {}, {}, []
        assert proved(packed(data, letters=[])).differences == ()


def settled(data, **decided):
    """Compute the round from its rows, put the results into it and prove it."""
    rules = Scheme.from_content(data["round"]["scheme"]["body"])
    data["round"]["scheme"] = hashed(data["round"]["scheme"]["body"])
    data.update(trail={}, letters=[], sheets=[])
    for one in data["bids"]:
        one["content"] = None
    for one in data["prices"]:
        one["envelope"] = None
    book = Book(layout(data))
    results = compute_round(
        rules,
        book.scales,
        entries_of(book),
        data["round"]["titles"],
        preferences={one["bid"]: one["preferences"] for one in data["bids"]},
        decided={Place(lot): order for lot, order in decided.items()},
    )
    data["results"] = round_content(rules, results)
    data["awards"] = {"admitted": admitted_places(results.values())}
    return proved(packed(data, letters=[]))


def bare(**more):
    return copy.deepcopy(Story(**more).data())


def awarded(data):
    return [(one["bid"], one["lot"], one["council"]) for one in data["awards"]["admitted"]]


class TestRoundsOfManyKinds:
    def test_a_tie_at_the_cap_must_be_decided_before_anything_is_awarded(self):
        data = bare(bids=1, lots=("F1",))
        twin = json.loads(canonical_json(data).replace("0001", "0002"))
        for name in ("bids", "conflicts", "scores", "consensus", "corrections", "prices"):
            data[name] = [*data[name], *twin[name]]
        data["round"]["scheme"]["body"]["award"]["cap"] = 1
        assert settled(data).holds  # nobody is awarded
        assert awarded(data) == []
        data["awards"] = {"admitted": [{"bid": "APP-0001", "lot": "F1", "council": ""}]}
        assert found(proved(packed(data, letters=[])), ".*", "Decide on their order")[0]
        data["decisions"] = [
            {"number": 1, "kind": "tie", "lot": "F1", "council": "", "by": "PER-9",
             "second": "PER-8", "order": ["APP-0002", "APP-0001"], "at": START,
             "reason": "Lots were drawn."}
        ]  # fmt: skip
        assert settled(data, F1=["APP-0002", "APP-0001"]).differences == ()
        assert awarded(data) == [("APP-0002", "F1", "")]

    def test_a_bid_that_a_decision_set_aside(self):
        data = bare()
        set_aside(data)
        assert settled(data).differences == ()
        assert "APP-0002" not in [bid for bid, *_ in awarded(data)]

    def test_a_cap_on_the_lots_of_one_bidder_by_its_own_wish(self):
        data = bare(bids=2)
        award = data["round"]["scheme"]["body"]["award"]
        award["cap"] = 1
        award["lots_per_bidder"] = {"cap": 1, "mechanism": "bidder-preference"}
        assert settled(data).differences == ()
        assert len({bid for bid, *_ in awarded(data)}) == 2
        data["bids"][0]["preferences"].reverse()
        data["bids"][1]["preferences"].reverse()
        before = awarded(data)
        assert settled(data).differences == ()
        assert awarded(data) != before

    def test_price_for_each_council_with_rates_of_its_own(self):
        data = bare(lots=("F1",))
        data["round"]["scheme"]["body"]["price"]["each_council"] = True
        rule = Scheme.from_content(data["round"]["scheme"]["body"]).price
        for row in data["prices"]:
            own = {**row["rates"][0], "council": "luton", "pence": row["rates"][0]["pence"] - 9_000}
            row["rates"] = [*row["rates"], own]
            row["evaluated"] = [
                {"lot": "F1", "council": council, **evaluated_content(evaluated_price(
                    rule.basket_for("F1", council),
                    {one["item"]: one["pence"] for one in row["rates"]
                     if one.get("council", "") in ("", council)},
                    rule.discounts, {"volume": 250},
                ))}
                for council in data["round"]["councils"]
            ]  # fmt: skip
        data["bids"][1]["lots"][0]["councils"] = ["luton"]
        assert settled(data).differences == ()
        assert [(lot["council"], len(lot["bids"])) for lot in data["results"]] == [
            ("bedford-borough", 2), ("luton", 3),
        ]  # fmt: skip
        data["prices"][0]["evaluated"][1]["price"] = data["prices"][0]["evaluated"][0]["price"]
        report = proved(packed(data, letters=[]))
        assert found(report, r"prices\.json/bids/0/evaluated/1/price", "the pack says")[0]

    def test_a_mean_where_the_round_said_so(self):
        data = bare()
        data["round"]["scheme"]["body"]["criteria"][1]["agreeing"] = "mean"
        data["consensus"] = [row for row in data["consensus"] if row["question"] != "jobs"]
        data["corrections"] = []
        assert settled(data).differences == ()
        line = result_of(data)["criteria"][1]["lines"][0]
        given = [row["score"] for row in data["scores"]
                 if (row["bid"], row["question"]) == ("APP-0002", "jobs")]  # fmt: skip
        assert Fraction(line["score"]) == Fraction(sum(given), 3)

    def test_every_formula(self):
        for formula, terms in (
            ("deviation-from-the-mean", {}),
            ("difference-from-lowest", {}),
            ("linear-to-a-maximum", {"optimal_pence": 40_000, "maximum_pence": 80_000}),
            ("against-a-ceiling", {"ceiling_pence": 62_000}),
        ):
            data = bare()
            data["round"]["scheme"]["body"]["price"].update(formula=formula, **terms)
            assert settled(data).differences == ()
            for form in (Form.REDACTED, Form.BIDDER):
                assert proved(packed(data, form, bid="APP-0002", letters=[])).differences == ()

    def test_a_scheme_stated_in_points_that_do_not_make_a_hundred(self):
        data, as_shares = bare(), bare()
        data["round"]["scheme"]["body"] = in_points(data["round"]["scheme"]["body"])
        assert settled(data).differences == settled(as_shares).differences == ()
        assert awarded(data) == awarded(as_shares)  # the same, said in another way
        body = data["round"]["scheme"]["body"]
        asked = body["criteria"][0]
        while asked.get("criteria"):
            asked = asked["criteria"][0]
        asked["questions"][0]["points"] += 37
        body["criteria"] = [summed(one) for one in body["criteria"]]
        assert Scheme.from_content(body).total_points != 100
        assert settled(data).differences == ()
        for form in (Form.REDACTED, Form.BIDDER):
            assert proved(packed(data, form, bid="APP-0002", letters=[])).differences == ()
        asked["questions"][0]["points"] += 1
        body["criteria"] = [summed(one) for one in body["criteria"]]
        report = proved(packed(data, letters=[]))
        assert found(report, r"results\.json/.*", "the pack says")[0]
