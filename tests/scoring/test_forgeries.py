"""Somebody makes a whole pack anew from rows that they changed: every hash fits, but the rules."""

import copy
from functools import cache

import pytest

from .opening import DATA, agreed_of, found, result_of, score_of
from .packs import START, letters_of, packed, proved, root_of


@cache
def forged(change):
    """Pack rows that somebody changed beforehand: every hash fits, and only the rules object."""
    data = copy.deepcopy(DATA)
    change(data)
    return proved(packed(data, letters=letters_of(DATA)))


def set_score(data):
    score_of(data)["score"] = 0


def set_off_scale(data):
    score_of(data)["score"] = 9


def set_abstained(data):
    score_of(data)["abstained"] = True


def set_reason(data):
    score_of(data)["reason"] = "something else"


def set_panel(data):
    score_of(data)["scorer"] = "SCR-Y1"


def set_question(data):
    score_of(data)["question"] = "lunch"


def set_agreed(data):
    agreed_of(data)["value"] = 0


def set_outside(data):
    agreed_of(data).update(value=0, why_outside="The panel changed its mind.")


def set_words(data):
    agreed_of(data)["reason"] = "Other words for the same score."


def set_value(data):
    """To another score that the panel gave too, so that only words and results tell."""
    row = agreed_of(data)
    given = (one["score"] for one in data["scores"] if one["question"] == row["question"])
    row["value"] = next(one for one in given if one != row["value"])


def set_dissent(data):
    agreed_of(data)["dissent"] = "Nobody said this."


def set_there(data):
    agreed_of(data)["present"] = ["PER-1", "PER-3"]


def set_correction_words(data):
    data["corrections"][0]["reason"] = "It was asked for."


def no_quorum(data):
    agreed_of(data)["present"] = ["PER-1"]


def with_interest(data):
    row = next(
        one for one in data["conflicts"] if (one["person"], one["bid"]) == ("PER-2", "APP-0002")
    )
    row.update(interest="financial", detail="shares")


def drop_scores(data):
    data["scores"] = [
        row for row in data["scores"] if (row["bid"], row["question"]) != ("APP-0002", "matching")
    ]


def drop_agreed(data):
    data["consensus"].remove(agreed_of(data))


def set_correction(data):
    data["corrections"][0]["old"] = 0


def alone(data):
    data["corrections"][0]["second"] = data["corrections"][0]["by"]


def corrected_again(data):
    data["corrections"].append({**data["corrections"][0], "number": 2, "old": 3, "new": 5})


def set_rate(data):
    data["prices"][1]["rates"] = copy.deepcopy(data["prices"][1]["rates"])
    data["prices"][1]["rates"][0]["pence"] += 1


def set_envelope(data):
    data["prices"][1]["rates"][0]["pence"] += 1
    data["prices"][1]["envelope"]["rates"] = data["prices"][1]["rates"]


def set_evaluated(data):
    data["prices"][1]["evaluated"][0]["price"] = "50000/1"


def set_offer(data):
    data["prices"][1]["offers"][0]["bp"] = 9_000


def set_submission(data):
    data["bids"][1]["content"]["answers"][0]["value"] = "another answer"


def set_submission_hash(data):
    data["bids"][1]["sha256"] = "0" * 64


def set_total(data):
    result_of(data)["total"] = "100/1"


def set_rank(data):
    result_of(data)["rank"] = 9


def set_working(data):
    result_of(data)["criteria"][0]["criteria"][0]["lines"][0]["working"] = "9 ÷ 5 × 21 = 21"


def set_threshold(data):
    result_of(data)["findings"] = [{"code": "x", "message": "y", "where": "z"}]


def award_nobody(data):
    data["awards"]["admitted"] = []


def award_another(data):
    admitted = {(one["bid"], one["lot"]) for one in data["awards"]["admitted"]}
    loser = next(
        (one["bid"], lot["lot"])
        for lot in data["results"]
        for one in lot["bids"]
        if (one["bid"], lot["lot"]) not in admitted
    )
    data["awards"]["admitted"].append({"bid": loser[0], "lot": loser[1], "council": ""})


def set_recommendation(data):
    data["awards"]["recommendation"]["content"]["results"].append("more")


def set_weight(data):
    data["round"]["scheme"]["body"]["criteria"][0]["weight_bp"] -= 100
    data["round"]["scheme"]["body"]["criteria"][3]["weight_bp"] += 100


def set_scale(data):
    data["round"]["scales"][0]["body"]["points"].append({"value": 6, "label": "More"})


def cancel_lot(data):
    data["round"]["lots"][0]["cancelled"] = True


def fail_compliance(data):
    data["bids"][1]["lots"][0]["outcome"] = "failed"


def unknown_lot(data):
    data["bids"][1]["lots"][0]["lot"] = "F9"


def set_entry(data):
    data["trail"]["entries"][4]["content"]["actor"] = "PER-1"


def drop_entry(data):
    del data["trail"]["entries"][4]


def cut_trail(data):
    del data["trail"]["entries"][-1]


def set_anchor(data):
    data["trail"]["anchors"]["links"][3]["entry"] = "ab" * 32


def set_sheet_hash(data):
    data["sheets"][0]["sha256"] = "0" * 64


def set_letter(data):
    data["letters"][0]["content_sha256"] = "0" * 64


def set_head(data):
    data["letters"][0]["trail_head"] = "0" * 64


def set_aside(data):
    data["decisions"].append(
        {"number": 2, "kind": "set-aside", "bid": "APP-0002", "lot": "", "words": "Not explained.",
         "by": "PER-9", "second": "PER-8", "at": START, "reason": "No answer came."}
    )  # fmt: skip


def set_question_words(data):
    data["decisions"][0]["question"] = "Is it late?"


def set_answer(data):
    data["decisions"][0]["answer"] = "We pay them well."


def set_decision_words(data):
    data["decisions"][0]["reason"] = "It was explained well."


def set_aside_alone(data):
    set_aside(data)
    data["decisions"][-1]["second"] = data["decisions"][-1]["by"]


def set_award_words(data):
    data["awards"]["recommendation"]["reason"] = "Other words for the same award."


def set_reference(data):
    data["awards"]["approvals"][0]["reference"] = "D-2"


def set_limit(data):
    data["awards"]["approvals"][0]["delegation_limit_pence"] = 1


def approve_as_scorer(data):
    data["awards"]["approvals"][0]["by"] = "PER-2"


def set_approval_back(data):
    data["awards"]["approvals"][0].update(decision="return", reason="It is dear.")


ROW = r"(scores|consensus|corrections|sheets|letters)\.json/bids/\d+/rows/\d+"
PRICES, RESULT = r"prices\.json/bids/1", r"results\.json/lots/\d/bids/\d/result"
DECIDED, COUNCIL = r"decisions\.json/rows/\d", r"awards\.json/approvals/rows/0"
ENTRY = r"trail\.json/entries/\d+(/link/previous|/content)?"

FORGERIES = [
    (set_score, r"scores\.json/bids/1", "the scores of SCR-1 are not those handed in"),
    (set_off_scale, ROW, "the score 9 is not on the scale"),
    (set_abstained, ROW, "neither a score nor an abstention"),
    (set_reason, r"scores\.json/bids/1", "not those handed in"),
    (set_panel, ROW, "SCR-Y1 does not belong to the panel"),
    (set_question, ROW, "“lunch” is not scored"),
    (set_agreed, ROW, "lies outside the panel's own scores"),
    (set_agreed, RESULT + ".*", "the pack says"),
    (set_outside, RESULT + "/total", "the pack says"),
    (set_words, ROW, "the trail has another hash of what was agreed here"),
    (set_value, ROW, "the trail has another hash of what was agreed here"),
    (set_dissent, ROW, "the trail has another hash of what was agreed here"),
    (set_there, ROW, "the trail has another hash of what was agreed here"),
    (set_correction_words, ROW, "the trail has another hash of this correction"),
    (no_quorum, ROW, "1 were there, and 2 are needed"),
    (with_interest, ROW, "PER-2 was there, and has an interest"),
    (drop_scores, ROW, "it rests on no score"),
    (drop_agreed, r"results\.json", "has no consensus score"),
    (set_correction, ROW, "it corrects 0"),
    (alone, ROW, "one person alone"),
    (corrected_again, RESULT + "/total", "the pack says"),
    (set_rate, PRICES + "/rates", "not those of the envelope"),
    (set_envelope, PRICES + "/envelope", "not the envelope that was sealed"),
    (set_envelope, PRICES + "/evaluated/0/.*", "the pack says"),
    (set_evaluated, PRICES + "/evaluated/0/price", 'the pack says "50000/1"'),
    (set_evaluated, RESULT + "/price/.*", "the pack says"),
    (set_offer, PRICES + "/evaluated/.*", "the pack says"),
    (set_submission, r"bids\.json/bids/1/content", "not what was submitted"),
    (set_submission_hash, r"bids\.json/bids/1/facts", "the trail has another hash"),
    (set_total, RESULT + "/total", 'the pack says "100/1"'),
    (set_total, RESULT, "the trail has another hash of this result"),
    (set_rank, RESULT + "/rank", "the pack says 9"),
    (set_working, RESULT + "/criteria/0/criteria/0/lines/0/working", "9 ÷ 5 × 21 = 21"),
    (set_threshold, RESULT + "/findings.*", "the pack says"),
    (award_nobody, r"awards\.json/admitted", "which is missing"),
    (award_another, r"awards\.json/admitted/\d", "the results do not award this"),
    (set_recommendation, r"awards\.json/recommendation", "its SHA-256 is another"),
    (set_weight, r"round\.json/scheme", "not the published one"),
    (set_weight, r"results\.json/.*", "the pack says"),
    (set_scale, r"round\.json/scales/0", "not the published one"),
    (cancel_lot, r"results\.json/lots", "the pack says"),
    (fail_compliance, r"results\.json/.*", "the pack says"),
    (unknown_lot, r"bids\.json/bids/1/lots/0", "there is no lot F9"),
    (set_entry, ENTRY, "it was changed after it was written"),
    (drop_entry, ENTRY, "it does not follow the entry before it"),
    (drop_entry, ENTRY, "it is not anchored"),
    (cut_trail, r"trail\.json/entries", "is anchored, and is missing"),
    (set_anchor, r"trail\.json/anchors/links/3", "the global chain does not hold"),
    (set_sheet_hash, ROW, "the trail has another hash of this sheet"),
    (set_letter, ROW, "the trail has another hash of this letter"),
    (set_head, ROW, "is not in the global chain"),
    (set_aside, RESULT + "/.*", "the pack says"),
    (set_question_words, DECIDED, "the trail has another hash of the words that were sent"),
    (set_answer, DECIDED, "the trail has another hash of the words that were answered"),
    (set_decision_words, DECIDED, "the trail has another hash of this decision"),
    (set_aside_alone, DECIDED, "one person alone decided it"),
    (set_award_words, r"awards\.json/recommendation", "the trail has another hash of its reason"),
    (set_reference, COUNCIL, "the trail has another hash of this council's decision"),
    (set_limit, COUNCIL, "the trail has another hash of this council's decision"),
    (set_approval_back, COUNCIL, "the trail has another hash of this council's decision"),
    (approve_as_scorer, COUNCIL, "PER-2 decided, and took part in the scoring"),
]


class TestCarefulForgeries:
    """Somebody makes the whole pack anew, all hashes with it, from rows that they changed."""

    @pytest.mark.parametrize(
        ("change", "path", "words"),
        FORGERIES,
        ids=[f"{change.__name__}-{number}" for number, (change, *_) in enumerate(FORGERIES)],
    )
    def test_are_named(self, change, path, words):
        there, differences = found(forged(change), path, words)
        assert there, [str(one) for one in differences]

    @pytest.mark.parametrize("change", sorted({one for one, *_ in FORGERIES}, key=str))
    def test_have_another_root_than_the_printed_one(self, change):
        assert forged(change).root != root_of(DATA)
