"""Results as they are kept: their hashes stand in the trail, so no new rule may change them."""

from scoring.awards import compute_lot
from scoring.canonical import canonical_json, sha256_of
from scoring.results import Place
from scoring.results_content import admitted_places, bid_content, lot_content

from . import schemes, tenders

LIST = schemes.a_scheme()
ON_THE_LIST = compute_lot(
    LIST, schemes.SCALES, {"A": schemes.scores(4, 3, 3), "B": schemes.scores(1, 0, 0)}
)
TENDER = tenders.a_tender()
IN_THE_TENDER = compute_lot(
    TENDER,
    tenders.SCALES,
    {"A": tenders.scored(4, 4, 4, 4, 3, 3), "B": tenders.scored(3, 4, 3, 3, 3, 2)},
    prices={"A": 60_000, "B": 50_000},
    place=Place("F1"),
)


class TestOfAList:
    def test_the_hashes_are_what_they_have_always_been(self):
        assert [sha256_of(canonical_json(bid_content(LIST, one))) for one in ON_THE_LIST.bids] == [
            "c9dc69ab7c2cfb9fceca6be3e92199044c3363fd3ffeae5cedc6efd56d00136a",
            "789587fbd4c98ddc877bf3564fe9eed771d4639f0bb5974b8788dddbbe9c59aa",
        ]

    def test_nothing_is_said_of_ranks_or_prices(self):
        content = bid_content(LIST, ON_THE_LIST.of("A"))
        assert content.keys() == {"total", "admitted", "findings", "criteria"}
        assert content["criteria"][0]["lines"][0]["working"] == "4 ÷ 5 × 48 = 192/5"


class TestOfATender:
    content = lot_content(TENDER, IN_THE_TENDER)

    def test_ranks_prices_and_flags_are_there(self):
        result = self.content["bids"][0]["result"]
        assert (result["rank"], result["quality"], result["flags"]) == (1, "111/2", [])
        assert result["price"]["working"] == "30 × £500.00 ÷ £600.00 = 25"
        assert result["price"]["lowest"] == "50000/1"

    def test_each_level_has_its_criteria(self):
        quality = self.content["bids"][0]["result"]["criteria"][0]
        assert [one["key"] for one in quality["criteria"]] == ["care", "placing"]
        assert quality["lines"] == []

    def test_what_holds_for_the_lot(self):
        assert self.content["reference"] == {"lowest": "50000/1"}
        assert (self.content["lot"], self.content["council"]) == ("F1", "")
        assert self.content["available"] == "100/1"

    def test_who_is_awarded(self):
        assert admitted_places([IN_THE_TENDER]) == [
            {"bid": "A", "lot": "F1", "council": ""},
            {"bid": "B", "lot": "F1", "council": ""},
        ]
