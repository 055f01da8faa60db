"""How long the portal takes to import, and which heavy parts come along."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.server import ROOT, surroundings

RUNS = 7
HEAVY = (
    "boto3", "botocore", "lxml", "matplotlib", "numpy", "pandas", "PIL", "python_calamine",
    "reportlab", "xhtml2pdf", "xlsxwriter",
)  # fmt: skip
PROGRAM = f"""
import json, sys, time
began, began_cpu = time.perf_counter(), time.process_time()
import wsgi
spent, spent_cpu = time.perf_counter() - began, time.process_time() - began_cpu
heavy = [name for name in {HEAVY!r} if name in sys.modules]
print(json.dumps({{"seconds": spent, "cpu": spent_cpu, "modules": len(sys.modules), "heavy": heavy}}))
"""


def measure() -> dict[str, object]:
    """Seconds to import `wsgi` in a new process (median), and the heavy modules loaded by it."""
    with tempfile.TemporaryDirectory() as data:
        _once(Path(data))  # compiles what has changed
        found = [_once(Path(data)) for _ in range(RUNS)]
    return {
        "import_seconds": round(statistics.median(run["seconds"] for run in found), 3),
        "import_cpu_seconds": round(statistics.median(run["cpu"] for run in found), 3),
        "modules": found[-1]["modules"],
        "heavy_modules": found[-1]["heavy"],
    }


def _once(data: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=surroundings(data, PORTAL_DEMO="0"),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    run: dict[str, Any] = json.loads(done.stdout)
    return run
