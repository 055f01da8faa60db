"""Making a pack: three forms, one root, and nothing in them that is not for their reader."""

import json
import zipfile
from fractions import Fraction
from io import BytesIO

import pytest
from hypothesis import given, settings, strategies as st

from scoring.commitments import HIDDEN
from scoring.pack import Form, build, prepare
from scoring.pack_layout import BY_BID, FILES
from scoring.rules import RuleBroken

from .packs import SECRET, START, Story, a_list, letters_of, packed, proved, root_of

FEW = settings(max_examples=12)
DATA = Story().data()
OWN, OTHERS = "APP-0002", ("APP-0001", "APP-0003")


def files_of(pack):
    with zipfile.ZipFile(BytesIO(pack)) as archive:
        return {
            name: json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }


def text_of(pack):
    with zipfile.ZipFile(BytesIO(pack)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def refusal(**changes):
    with pytest.raises(RuleBroken) as refused:
        prepare({**DATA, **changes}, SECRET)
    return refused.value.code, refused.value.field


class TestTheFiles:
    files = files_of(packed(DATA))

    def test_every_file_is_there(self):
        assert set(FILES) | {"manifest.json", "index.json", "salts.json"} == set(self.files)

    def test_the_manifest_names_every_other_file(self):
        names = zipfile.ZipFile(BytesIO(packed(DATA))).namelist()
        assert set(self.files["manifest.json"]["files"]) == set(names) - {"manifest.json"}

    def test_bids_stand_in_the_same_order_everywhere(self):
        for name in BY_BID:
            assert [one["bid"] for one in self.files[name]["bids"]] == [
                "APP-0001", "APP-0002", "APP-0003",
            ]  # fmt: skip

    def test_texts_lie_beside_the_facts(self):
        entry = self.files["scores.json"]["bids"][0]
        assert len(entry["rows"]) == len(entry["texts"]) == 16
        assert "reason" not in entry["rows"][0]
        assert entry["texts"][0].keys() == {"reason"}

    def test_fractions_are_exact(self):
        price = self.files["prices.json"]["bids"][0]["evaluated"][0]["place"]["price"]
        assert Fraction(price).denominator > 1

    def test_the_same_content_makes_the_same_bytes(self):
        assert packed(DATA) == packed(DATA)

    def test_the_order_of_rows_changes_nothing(self):
        turned = {
            name: list(reversed(rows))
            for name, rows in DATA.items()
            if name in ("people", "bids", "scores", "consensus", "conflicts", "prices", "sheets")
        }
        turned["people"] = DATA["people"]
        assert root_of({**DATA, **turned}) == root_of(DATA)


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"round": None}, "pack:missing", "round"),
            ({"round": {"ref": "R"}}, "pack:missing", "round"),
            ({"bids": [{"bid": "A"}]}, "pack:missing", "bids"),
            ({"scores": "none"}, "pack:missing", "scores"),
            ({"scores": [{"bid": OWN, "question": "q", "lot": ""}]}, "pack:missing", "scorer"),
            ({"scores": [{"bid": "Z"}]}, "pack:unknown-bid", "bid"),
            ({"bids": DATA["bids"] * 2}, "pack:bid-twice", "bids"),
        ],
    )
    def test_rows_that_cannot_be_laid_out(self, changes, code, field):
        assert refusal(**changes) == (code, field)

    def test_no_float_comes_in(self):
        wrong = [{**DATA["corrections"][0], "new": 2.5}]
        assert refusal(corrections=wrong)[0] == "canonical:float"

    def test_a_pack_of_a_bid_that_is_not_there(self):
        with pytest.raises(RuleBroken) as refused:
            packed(DATA, Form.BIDDER, bid="APP-9999")
        assert refused.value.code == "pack:unknown-bid"

    @pytest.mark.parametrize(
        "letter", [("letters/LET-0001.pdf", b"other"), ("letters/LET-9.pdf", b"x")]
    )
    def test_a_letter_that_is_not_of_this_round(self, letter):
        with pytest.raises(RuleBroken) as refused:
            packed(DATA, letters=[letter])
        assert refused.value.code == "pack:letter"

    def test_a_letter_twice(self):
        with pytest.raises(RuleBroken) as refused:
            packed(DATA, letters=letters_of(DATA)[:1] * 2)
        assert refused.value.code == "pack:letter"

    def test_a_path_that_hides_nothing(self):
        with pytest.raises(RuleBroken) as refused:
            packed(DATA, hide_too=["prices.json/bids/*/price"])
        assert refused.value.code == "pack:nothing-to-hide"


class TestOneRoot:
    def test_of_all_forms(self):
        packs = [packed(DATA), packed(DATA, Form.REDACTED), packed(DATA, Form.BIDDER, bid=OWN)]
        assert {proved(one).root for one in packs} == {root_of(DATA)}
        assert all(proved(one).holds for one in packs)

    def test_another_secret_makes_another(self):
        assert root_of(DATA) != root_of(DATA, bytes(32))

    def test_prepared_once_and_written_often(self):
        prepared = prepare(DATA, SECRET)
        for bid in (OWN, *OTHERS):
            into = BytesIO()
            manifest = build(
                prepared, Form.BIDDER, into, made_at=START, bid=bid, letters=letters_of(DATA, bid)
            )
            assert manifest["root"] == prepared.root
            assert proved(into.getvalue()).holds

    def test_of_a_list_too(self):
        data = a_list(bids=2).data()
        for form, bid in ((Form.FULL, ""), (Form.REDACTED, ""), (Form.BIDDER, "APP-0001")):
            report = proved(packed(data, form, bid=bid))
            assert report.holds
            assert report.root == root_of(data)


class TestABiddersOwn:
    pack = packed(DATA, Form.BIDDER, bid=OWN)
    files = files_of(pack)

    def test_it_has_its_own_scores_reasons_and_prices(self):
        own = self.files["scores.json"]["bids"][1]
        assert own["bid"] == OWN
        assert own["texts"][0]["reason"]
        assert self.files["prices.json"]["bids"][1]["rates"]
        assert self.files["results.json"]["lots"][0]["bids"]

    def test_of_others_it_has_hashes_alone(self):
        for name in BY_BID:
            first, _, third = self.files[name]["bids"]
            assert first.keys() == third.keys() == {HIDDEN}

    def test_nothing_in_it_names_another_bid(self):
        text = text_of(self.pack)
        for other in OTHERS:
            for kind in ("APP", "PRV", "REC", "LET"):
                assert other.replace("APP", kind) not in text
        assert "Officer" not in text

    def test_no_text_or_price_or_plain_hash_of_another_is_in_it(self):
        text = text_of(self.pack)
        for row in DATA["prices"]:
            for one in row["envelope"]["rates"]:
                if row["bid"] != OWN:
                    assert f":{one['pence']}," not in text
        for row in DATA["sheets"]:
            assert (row["sha256"] in text) == (row["bid"] == OWN)
        assert SECRET.hex() not in text

    def test_no_link_of_the_trail_can_be_used_to_try_out_what_is_hidden(self):
        text = text_of(self.pack)
        for entry in DATA["trail"]["entries"]:
            assert entry["hash"] not in text

    def test_its_letter_alone_is_in_it(self):
        names = zipfile.ZipFile(BytesIO(self.pack)).namelist()
        assert [name for name in names if name.startswith("letters/")] == ["letters/LET-0002.pdf"]


class TestRedacted:
    pack = packed(DATA, Form.REDACTED)
    files = files_of(pack)

    def test_scores_and_results_stay(self):
        report = proved(self.pack)
        assert report.holds
        assert report.counts["scores"] == 48
        assert not any("ranks" in line for line in report.not_checked)

    def test_each_text_is_its_hash(self):
        texts = self.files["scores.json"]["bids"][0]["texts"]
        assert len(texts) == 16
        assert all(text.keys() == {HIDDEN} for text in texts)

    def test_no_text_rate_or_name_of_a_person_is_in_it(self):
        text = text_of(self.pack)
        reasons = {row["reason"] for row in (*DATA["scores"], *DATA["consensus"])}
        assert not any(reason in text for reason in reasons)
        assert "Officer" not in text
        assert "secret" not in text
        for row in DATA["prices"]:
            assert not any(f":{one['pence']}," in text for one in row["envelope"]["rates"])

    def test_no_plain_hash_over_texts_is_in_it(self):
        text = text_of(self.pack)
        for row in (*DATA["sheets"], *DATA["letters"]):
            assert row["sha256"] not in text

    def test_more_can_be_hidden(self):
        more = ["results.json/lots/*/bids/*/result/price", "results.json/lots/*/reference",
                "prices.json/bids/*/evaluated"]  # fmt: skip
        pack = packed(DATA, Form.REDACTED, hide_too=more)
        report = proved(pack)
        assert report.holds
        assert report.root == root_of(DATA)
        assert any("ranks" in line for line in report.not_checked)


class TestProperties:
    @FEW
    @given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from(Form), st.booleans())
    def test_every_form_of_every_round_holds_with_one_root(self, seed, bids, form, priced):
        story = Story(bids=bids, seed=seed, officers=2) if priced else a_list(
            bids=bids, seed=seed, officers=2
        )  # fmt: skip
        data = story.data()
        report = proved(packed(data, form, bid="APP-0001"))
        assert report.differences == ()
        assert report.root == root_of(data)
