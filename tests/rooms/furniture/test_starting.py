"""What a server process loads before anybody has asked for anything."""

import subprocess
import sys

from bench.starting import HEAVY
from tests.databases import ROOT


def test_heavy_parts_are_loaded_only_where_they_are_used(tmp_path):
    program = f"import sys, wsgi; sys.exit(', '.join(set({HEAVY!r}) & set(sys.modules)) or 0)"
    surroundings = {"PORTAL_DATA_DIR": str(tmp_path), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=surroundings,
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0, done.stderr
