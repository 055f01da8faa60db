"""Proving a pack: whatever was changed is named, whoever changed it and however carefully."""

import copy
import json
import re
import shutil
import subprocess
import sys
import zipfile
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring
from scoring.awards import compute_round
from scoring.baskets import evaluated_price
from scoring.canonical import canonical_json, sha256_of
from scoring.criteria import Scheme
from scoring.pack import Form
from scoring.pack_facts import Book
from scoring.pack_layout import layout
from scoring.pack_reading import Difference
from scoring.pack_results import entries_of
from scoring.results import Place
from scoring.results_content import admitted_places, evaluated_content, round_content
from scoring.verify import lines_of, main

from .packs import (
    SCALES,
    SECRET,
    START,
    Story,
    a_list,
    handed_in,
    hashed,
    letters_of,
    packed,
    proved,
    root_of,
    scale_content,
)

FEW = settings(max_examples=40)
STORY = Story()
DATA = STORY.data()
PACK = packed(DATA)
LIST = packed(a_list(bids=2).data())
SMALL = Story(bids=2, lots=("F1",), officers=2).data()
PACKS = {form: packed(SMALL, form, bid="APP-0002") for form in Form}
MOMENT = (1980, 1, 1, 0, 0, 0)


def members(pack):
    with zipfile.ZipFile(BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files):
    """Put files into a container that is as it would be written, whatever is in them."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return into.getvalue()


def with_file(name, content, pack=PACK):
    return zipped({**members(pack), name: content})


def edited(name, old, new, pack=PACK):
    """Replace a text in a file of the pack."""
    content = members(pack)[name].decode()
    assert old in content
    return with_file(name, content.replace(old, new, 1).encode(), pack)


def renamed(pack):
    """Make the manifest fit to the files again, as somebody would who covers up a change."""
    files = members(pack)
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: {"sha256": sha256_of(content), "size": len(content)}
        for name, content in files.items()
        if name != "manifest.json"
    }
    del manifest["sha256"]
    manifest["sha256"] = sha256_of(canonical_json(manifest))
    return zipped({**files, "manifest.json": canonical_json(manifest).encode()})


def paths(report):
    return [one.path for one in report.differences]


@cache
def forged(change):
    """Pack rows that somebody changed beforehand: every hash fits, and only the rules object."""
    data = copy.deepcopy(DATA)
    change(data)
    return proved(packed(data, letters=letters_of(DATA)))


def found(report, path, words):
    return any(
        re.fullmatch(path, one.path) and words in one.what for one in report.differences
    ), report.differences


class TestAWholePack:
    def test_holds(self):
        report = proved(PACK)
        assert report.holds
        assert report.not_checked == ()
        assert report.counts["scores"] == 48
        assert list(lines_of(report))[-1].startswith("Everything holds")

    def test_of_a_list_holds(self):
        assert proved(LIST).holds

    def test_holds_against_the_root_that_was_printed(self):
        assert proved(PACK, root=root_of(DATA)).holds
        assert paths(proved(PACK, root="0" * 64)) == ["root"]


class TestOneDigit:
    def test_a_changed_score_is_named_by_bid_question_and_scorer(self):
        entry = json.loads(members(PACK)["scores.json"])["bids"][1]
        row = entry["rows"][4]
        old = canonical_json(row)
        report = proved(edited("scores.json", old, canonical_json({**row, "score": 1})))
        assert paths(report)[:2] == ["scores.json", "scores.json/bids/1/rows/4"]
        assert report.differences[1].what == (
            f"this item was changed (bid APP-0002, question {row['question']}, "
            f"scorer {row['scorer']})"
        )

    @pytest.mark.parametrize("name", sorted(members(PACK)))
    def test_in_any_file_is_named(self, name):
        content = bytearray(members(PACK)[name])
        place = next((at for at, one in enumerate(content) if chr(one).isdigit()), 8)
        content[place] = ord("8") if content[place] != ord("8") else ord("7")
        assert any(path.startswith(name) for path in paths(proved(with_file(name, bytes(content)))))

    @FEW
    @given(st.sampled_from(Form), st.data())
    def test_anywhere_in_any_form_is_found_and_its_file_named(self, form, data):
        pack = PACKS[form]
        name = data.draw(st.sampled_from(sorted(members(pack))))
        content = bytearray(members(pack)[name])
        digits = [at for at, one in enumerate(content) if chr(one).isdigit()]
        if not digits:
            return
        place = data.draw(st.sampled_from(digits))
        content[place] = data.draw(st.sampled_from(sorted(set(b"0123456789") - {content[place]})))
        report = proved(with_file(name, bytes(content), pack))
        assert any(path.startswith(name) for path in paths(report))

    @FEW
    @given(st.sampled_from(["scores.json", "results.json", "prices.json", "trail.json"]), st.data())
    def test_is_found_even_when_the_manifest_is_made_to_fit(self, name, data):
        pack = PACKS[Form.FULL]
        content = bytearray(members(pack)[name])
        digits = [at for at, one in enumerate(content) if chr(one).isdigit()]
        place = data.draw(st.sampled_from(digits))
        content[place] = ord("5") if content[place] != ord("5") else ord("6")
        report = proved(renamed(with_file(name, bytes(content), pack)))
        assert "root" in paths(report) or "pack" in paths(report)
        assert any(path.startswith(name) for path in paths(report))

    @FEW
    @given(st.data(), st.integers(1, 255))
    def test_no_byte_of_the_container_changes_what_is_read(self, data, by):
        pack = PACKS[Form.BIDDER]
        changed = bytearray(pack)
        changed[data.draw(st.integers(0, len(pack) - 1))] ^= by
        report = proved(bytes(changed))
        if report.holds:  # the last bits of a compressed stream mean nothing
            assert members(bytes(changed)) == members(pack)


class TestFiles:
    @pytest.mark.parametrize("name", sorted(members(PACK)))
    def test_a_missing_file_is_named(self, name):
        files = members(PACK)
        del files[name]
        report = proved(zipped(files))
        assert not report.holds
        assert any(name in f"{one.path} {one.what}" or name == "manifest.json"
                   for one in report.differences)  # fmt: skip

    def test_a_file_too_many_is_named(self):
        assert ("notes.txt", True) in [
            (one.path, "does not name" in one.what)
            for one in proved(with_file("notes.txt", b"x")).differences
        ]
        assert "notes.txt" in paths(proved(renamed(with_file("notes.txt", b"x"))))

    def test_a_letter_that_is_another(self):
        report = proved(renamed(with_file("letters/LET-0001.pdf", b"%PDF other")))
        assert "letters/LET-0001.pdf" in paths(report)

    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[1.5]", b"{ }", b'{"b":1,"a":2}', b"\xff", b"NaN", b'{"a":1,"a":1}',
         b"[" * 5000 + b"]" * 5000, b"null", b"[]", b"7", b'"x"', b"{}"],
    )  # fmt: skip
    @pytest.mark.parametrize("name", ["scores.json", "index.json", "salts.json", "manifest.json"])
    def test_what_is_not_a_file_of_a_pack_is_told_and_never_breaks(self, name, content):
        report = proved(with_file(name, content))
        assert any(path.startswith(name.partition(".")[0]) or path in ("root", "pack")
                   for path in paths(report))  # fmt: skip
        assert not report.holds

    @pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", PACK[:1000], PACK[1000:]])
    def test_what_is_no_pack(self, content):
        report = proved(content)
        assert not report.holds
        assert paths(report)[0] == "pack"

    def test_something_beside_the_files(self):
        assert not proved(PACK + b"more").holds
        assert not proved(b"more" + PACK).holds

    def test_a_full_pack_hides_nothing(self):
        redacted = members(packed(DATA, Form.REDACTED))
        manifest = json.loads(redacted["manifest.json"])
        manifest["form"] = "full"
        del manifest["sha256"]
        manifest["sha256"] = sha256_of(canonical_json(manifest))
        redacted["manifest.json"] = canonical_json(manifest).encode()
        assert found(proved(zipped(redacted)), ".*", "a full pack hides nothing")[0]


def score_of(data, question="matching", scorer="SCR-1", bid="APP-0002"):
    return next(
        row
        for row in data["scores"]
        if (row["bid"], row["question"], row["scorer"]) == (bid, question, scorer)
    )


def agreed_of(data, question="matching", bid="APP-0002"):
    return next(
        row for row in data["consensus"] if (row["bid"], row["question"]) == (bid, question)
    )


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


def result_of(data, bid="APP-0002"):
    return next(one for one in data["results"][0]["bids"] if one["bid"] == bid)["result"]


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
        {"number": 1, "kind": "set-aside", "bid": "APP-0002", "lot": "", "words": "Not explained.",
         "by": "PER-9", "second": "PER-8", "at": START, "reason": "No answer came."}
    )  # fmt: skip


ROW = r"(scores|consensus|corrections|sheets|letters)\.json/bids/\d+/rows/\d+"
PRICES, RESULT = r"prices\.json/bids/1", r"results\.json/lots/\d/bids/\d/result"
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


class TestTheCommand:
    @pytest.fixture
    def pack(self, tmp_path):
        path = tmp_path / "pack.zip"
        path.write_bytes(PACK)
        return path

    def test_holds(self, pack, capsys):
        assert main([str(pack)]) == 0
        assert "Everything holds" in capsys.readouterr().out

    def test_differs(self, tmp_path, capsys):
        path = tmp_path / "pack.zip"
        row = canonical_json(json.loads(members(PACK)["results.json"])["lots"][0]["bids"][0])
        path.write_bytes(edited("results.json", row, row.replace('"rank":1', '"rank":2')))
        assert main([str(path)]) == 1
        out = capsys.readouterr().out
        assert "DIFFERS results.json/lots/0/bids/0/result/rank: the pack says 2" in out

    def test_as_json(self, pack, capsys):
        assert main([str(pack), "--json", "--root", "0" * 64]) == 1
        report = json.loads(capsys.readouterr().out)
        assert report["differences"] == [
            {"path": "root", "what": "it is not the root that was handed in"}
        ]

    def test_no_such_file(self, tmp_path, capsys):
        assert main([str(tmp_path / "nothing.zip")]) == 2
        assert "cannot be opened" in capsys.readouterr().err

    def test_many_differences_are_cut_short(self):
        report = forged(set_weight)
        many = type(report)(
            **{**vars(report), "differences": tuple(Difference(str(n), "x") for n in range(150))}
        )
        assert "… and 50 more" in list(lines_of(many))

    def test_runs_with_this_folder_and_python_alone(self, pack, tmp_path):
        alone = tmp_path / "elsewhere"
        shutil.copytree(Path(scoring.__file__).parent, alone / "scoring",
                        ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
        run = subprocess.run(
            [sys.executable, "-E", "-S", "-s", "-m", "scoring.verify", str(pack)],
            cwd=alone, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (run.returncode, run.stderr) == (0, "")
        assert "Everything holds" in run.stdout


def test_the_story_of_these_tests_is_what_it_says():
    assert STORY.rules.price is not None
    assert any(Fraction(one["total"]) for one in [result_of(DATA)])
    assert hashed(scale_content(SCALES["faces-0-4"]))["sha256"] in {
        one["sha256"] for one in DATA["round"]["scales"]
    }
    rows = [row for row in DATA["scores"] if (row["bid"], row["scorer"]) == ("APP-0001", "SCR-1")]
    assert (
        sha256_of(canonical_json(handed_in("APP-0001", "SCR-1", rows)))
        == (DATA["sheets"][0]["sha256"])
    )
    assert len(SECRET) == 32
