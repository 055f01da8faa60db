"""Add up the test runs of one `make test` and print one closing line."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

COUNTED = ("tests", "failures", "errors", "skipped")


def tally(folder: Path) -> str:
    """One line for all the reports in the folder, in the form that pytest uses."""
    totals, seconds = dict.fromkeys(COUNTED, 0), 0.0
    for report in sorted(folder.glob("*.xml")):
        for suite in ET.parse(report).getroot().iter("testsuite"):
            seconds += float(suite.get("time", "0"))
            for name in COUNTED:
                totals[name] += int(suite.get(name, "0"))
    broken = totals["failures"] + totals["errors"]
    passed = totals["tests"] - broken - totals["skipped"]
    found = [(broken, "failed"), (passed, "passed"), (totals["skipped"], "skipped")]
    words = ", ".join(f"{count} {word}" for count, word in found if count)
    return f" {words or 'no tests ran'} in {seconds:.2f}s ".center(80, "=")


if __name__ == "__main__":
    print(tally(Path(sys.argv[1])))
