"""Proving a pack: whatever was changed is named, down to one digit."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import scoring
from scoring.canonical import canonical_json, sha256_of
from scoring.pack import Form
from scoring.pack_reading import Difference
from scoring.verify import Report, lines_of, main

from .opening import (
    DATA,
    PACK,
    edited,
    found,
    members,
    paths,
    renamed,
    with_file,
    zipped,
)
from .packs import Story, a_list, packed, proved, root_of

FEW = settings(max_examples=40)
LIST = packed(a_list(bids=2).data())
SMALL = Story(bids=2, lots=("F1",), officers=2).data()
PACKS = {form: packed(SMALL, form, bid="APP-0002") for form in Form}


class TestAWholePack:
    def test_holds(self):
        report = proved(PACK)
        assert report.holds
        assert report.not_checked == ()
        assert report.counts["scores"] == 48
        assert list(lines_of(report))[-1].startswith("Everything holds")

    def test_of_a_list_holds(self):
        assert proved(LIST).holds

    def test_of_before_the_trail_kept_hashes_of_what_was_agreed_holds(self):
        data = Story(bids=2, lots=("F1",), officers=2, hashes=False).data()
        data["consensus"][0]["reason"] = "another one"
        assert proved(packed(data)).holds

    def test_holds_against_the_root_that_was_printed(self):
        assert proved(PACK, root=root_of(DATA)).holds
        assert paths(proved(PACK, root="0" * 64)) == ["root"]


def dissented(words):
    """A pack in which somebody saw one agreed score another way, and those words."""
    return packed(Story(bids=2, lots=("F1",), officers=2, dissent=words).data()), words


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

    def test_another_dissent_is_named_by_bid_and_question(self):
        pack, old = dissented("Ben would have given a 2.")
        assert proved(pack).holds
        for new in ("Ben would have given a 3.", ""):
            report = edited("consensus.json", canonical_json(old), canonical_json(new), pack)
            told = proved(report).differences
            assert told[0].path == "consensus.json"
            assert any(
                one.path.startswith("consensus.json/bids/0/")
                and "question safeguarding" in str(one)
                for one in told
            ), [str(one) for one in told]

    def test_a_dissent_that_a_pack_made_anew_leaves_out_has_another_root(self):
        pack, _ = dissented("Ben would have given a 2.")
        without, _ = dissented("")
        report = proved(without, root=proved(pack).root)
        assert paths(report) == ["root"]

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
        differences = tuple(Difference(str(number), "x") for number in range(150))
        many = Report("full", "RND-1", "", differences, (), {})
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
