"""The rules stay pure: Python's standard library, no clock, no files, no floats."""

import ast
import sys
from pathlib import Path

import pytest

import scoring

FILES = sorted(Path(scoring.__file__).parent.glob("*.py"))
IMPURE = {
    "io",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
    "zoneinfo",
}
DOORS = {"verify.py": {"pathlib"}}
"""The one command that people run by itself: it opens the file that they name."""
CLOCKS = {"now", "today", "utcnow"}
CALLS = {"open", "print", "input", "float", "eval", "exec"}


def nodes(file, kind):
    return [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, kind)]


def imported(file):
    plain = {alias.name for node in nodes(file, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes(file, ast.ImportFrom)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
class TestEachFile:
    def test_imports_the_standard_library_and_its_neighbours_only(self, file):
        roots = {name.partition(".")[0] for name in imported(file)}
        impure = IMPURE - DOORS.get(file.name, set())
        assert roots - {"scoring"} <= set(sys.stdlib_module_names) - impure

    def test_has_no_float(self, file):
        assert not [node for node in nodes(file, ast.Constant) if isinstance(node.value, float)]

    def test_calls_no_clock_and_no_file(self, file):
        calls = nodes(file, ast.Call)
        assert not [call for call in calls if getattr(call.func, "attr", "") in CLOCKS]
        assert not [call for call in calls if getattr(call.func, "id", "") in CALLS]
