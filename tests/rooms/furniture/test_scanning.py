"""The scanner that ships finds the test file wherever it hides, and says how little it knows."""

import io

import pytest
from flask import Flask

from portal.scanning import (
    EmbeddedScanner,
    ScanResult,
    ScanStatus,
    get_scanner,
    refuse_infected,
)
from portal.storage import FileRefused
from tests.rooms.furniture.builders import EICAR, a_zip


def scan(content):
    stream = io.BytesIO(content)
    result = EmbeddedScanner().scan(stream)
    assert stream.tell() == 0
    return result


def test_true_files_are_clean(files):
    for content in files.values():
        assert scan(content).is_clean


def test_the_test_file_is_found(files):
    assert scan(EICAR) == ScanResult(ScanStatus.INFECTED, "Eicar-Test-Signature")
    assert not scan(files["pdf"] + EICAR).is_clean


def test_the_signature_is_found_across_two_pieces():
    for shift in (1, 30, 67):
        assert not scan(b"x" * (1024 * 1024 - shift) + EICAR).is_clean
        assert not scan(a_zip({"a": b"x" * (64 * 1024 - shift) + EICAR})).is_clean


def test_it_is_found_inside_office_files_and_zips_in_zips(files):
    assert not scan(a_zip({"[Content_Types].xml": "", "word/media/x.bin": EICAR})).is_clean
    assert not scan(a_zip({"xl/embeddings/a.xlsx": a_zip({"b": a_zip({"c": EICAR})})})).is_clean
    assert scan(a_zip({"xl/embeddings/a.xlsx": files["xlsx"]})).is_clean


def test_what_is_packed_too_deep_to_look_is_not_let_in():
    packed = b"nothing bad"
    for _ in range(5):
        packed = a_zip({"inner.zip": packed})
    assert scan(packed).signature == "Packed-Too-Deep"


def test_a_bomb_is_not_unpacked():
    assert scan(a_zip({"bomb": b"\0" * 30_000_000})).signature == "Zip-Bomb"


def test_bombs_side_by_side_share_one_limit():
    # each passes alone: it is below the limit and shrinks little, being half noise
    noise = bytes(range(256)) * 8
    inner = a_zip({"a": (noise + b"\0" * 60_000) * 100})
    packed = a_zip({f"{number}.zip": inner for number in range(60)}, packing=0)
    assert scan(packed).signature == "Zip-Bomb"


def test_a_broken_zip_is_only_bytes():
    assert scan(b"PK\x03\x04 not really").is_clean
    assert not scan(b"PK\x03\x04 not really" + EICAR).is_clean


def test_it_says_that_it_is_only_a_test():
    assert "test scanner" in EmbeddedScanner.description


def test_an_infected_file_is_refused_by_name_and_an_unscanned_one_is_not_open():
    with pytest.raises(FileRefused, match="Eicar-Test-Signature") as refusal:
        refuse_infected(scan(EICAR))
    assert refusal.value.code == "file:infected"
    waiting = ScanResult(ScanStatus.UNAVAILABLE)
    refuse_infected(waiting)
    assert not waiting.is_clean


def test_an_installation_can_bring_its_own_scanner():
    app = Flask(__name__)
    with app.app_context():
        assert isinstance(get_scanner(), EmbeddedScanner)
        app.extensions["scanner"] = "clamd"
        assert get_scanner() == "clamd"
