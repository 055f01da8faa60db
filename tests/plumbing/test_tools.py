"""The scripts behind the Makefile."""

import socket

import pytest
from grimp import build_graph

from tools import serve
from tools.contracts import OwnViews, StandardLibrary, VerbsWithoutTheWeb
from tools.prepare import fingerprint
from tools.tally import tally

SUITE = '<testsuites><testsuite tests="{}" failures="{}" errors="0" skipped="{}" time="1.5"/></testsuites>'


def test_the_closing_line_adds_up_every_run(tmp_path):
    (tmp_path / "sqlite.xml").write_text(SUITE.format(10, 1, 2))
    (tmp_path / "browser.xml").write_text(SUITE.format(5, 0, 0))
    assert tally(tmp_path).strip("= ") == "1 failed, 12 passed, 2 skipped in 3.00s"


def test_the_closing_line_says_that_nothing_ran(tmp_path):
    assert "no tests ran" in tally(tmp_path)


def test_a_fingerprint_follows_the_content_not_the_date(monkeypatch, tmp_path):
    monkeypatch.setattr("tools.prepare.ROOT", tmp_path)
    lock = tmp_path / "requirements.txt"
    lock.write_text("flask==3.1.3")
    first = fingerprint([lock])
    lock.touch()
    assert fingerprint([lock]) == first
    lock.write_text("flask==3.1.4")
    assert fingerprint([lock]) != first


def test_a_port_in_use_is_told_before_anything_is_built(monkeypatch, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert serve.main(["--port-is-free"]) == 1
    assert "is in use" in capsys.readouterr().err
    assert serve.main(["--port-is-free"]) == 0


@pytest.mark.parametrize("wrong", ["eight", "0", "65536", "-1"])
def test_a_port_that_is_none_is_told(monkeypatch, capsys, wrong):
    monkeypatch.setenv("PORT", wrong)
    assert serve.main(["--port-is-free"]) == 1
    assert f"PORT={wrong} is no port" in capsys.readouterr().err


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small portal with one import that each contract refuses."""
    files = {
        "house/__init__.py": "",
        "house/rounds/__init__.py": "",
        "house/rounds/views.py": "",
        "house/rounds/room.py": "from house.rounds import views",
        "house/awards/__init__.py": "",
        "house/awards/actions.py": "import json\nimport yaml\nfrom house.rounds import views",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    return build_graph("house", include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize(
    ("contract", "more", "refused"),
    [
        (StandardLibrary, {}, "house.awards.actions -> yaml"),
        (OwnViews, {}, "house.awards.actions -> house.rounds.views"),
        (VerbsWithoutTheWeb, {"forbidden_modules": ["yaml"]}, "house.awards.actions -> yaml"),
    ],
)
def test_a_contract_names_the_import_that_breaks_it(house, contract, more, refused):
    options = {"package": "house", **more}
    checked = contract(name="", session_options={}, contract_options=options).check(
        house, verbose=False
    )
    assert not checked.kept
    assert checked.metadata["broken"] == [refused]
