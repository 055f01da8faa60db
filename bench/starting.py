"""How long the portal takes to import, and which heavy parts come along."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.server import ROOT, surroundings

RUNS = 7
HEAVY = (
    "boto3", "botocore", "lxml", "matplotlib", "numpy", "pandas", "PIL", "python_calamine",
    "reportlab", "xhtml2pdf", "xlsxwriter",
)  # fmt: skip
PROGRAM = f"""
import json, sys, time
began = time.perf_counter()
import wsgi
spent = time.perf_counter() - began
heavy = [name for name in {HEAVY!r} if name in sys.modules]
print(json.dumps({{"seconds": spent, "modules": len(sys.modules), "heavy": heavy}}))
"""


def measure() -> dict[str, object]:
    """Seconds to import `wsgi` in a new process (median), and the heavy modules loaded by it."""
    with tempfile.TemporaryDirectory() as data:
        found = [_once(Path(data)) for _ in range(RUNS)]
    return {
        "import_seconds": round(statistics.median(run["seconds"] for run in found), 3),
        "modules": found[-1]["modules"],
        "heavy_modules": found[-1]["heavy"],
    }


def _once(data: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=surroundings(data, PORTAL_DEMO="0"),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    run: dict[str, object] = json.loads(done.stdout)
    return run
