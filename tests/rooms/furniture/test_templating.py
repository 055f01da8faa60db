"""Templates that are kept compiled: they make pages quicker and can make none of them fail."""

import pytest
from jinja2 import DictLoader, Environment

from portal.templating import Compiled


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "compiled"


def an_environment(folder, text="{{ home }} is near"):
    return Environment(
        loader=DictLoader({"home.html": text}), bytecode_cache=Compiled(folder), autoescape=True
    )


def shown(environment):
    return environment.get_template("home.html").render(home="Elm House")


def test_what_was_compiled_once_is_not_compiled_again(folder, monkeypatch):
    shown(an_environment(folder))
    monkeypatch.setattr(Environment, "compile", lambda *_: pytest.fail("compiled again"))
    assert shown(an_environment(folder)) == "Elm House is near"


def test_a_template_that_has_changed_is(folder):
    shown(an_environment(folder))
    assert shown(an_environment(folder, "{{ home }} is far")) == "Elm House is far"


def test_what_is_damaged_is_compiled_anew(folder):
    shown(an_environment(folder))
    for kept in folder.iterdir():
        kept.write_bytes(kept.read_bytes()[:40])
    assert shown(an_environment(folder)) == "Elm House is near"


def test_a_full_disk_makes_no_page_fail(folder, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert shown(an_environment(folder)) == "Elm House is near"
    assert list(folder.iterdir()) == []


def test_nobody_else_reads_or_changes_it(folder):
    an_environment(folder)
    assert folder.stat().st_mode & 0o077 == 0
