"""Prove an evidence pack, or name what does not hold: `python -m scoring.verify PACK`.

Python and this folder are all that is needed. The hashes of every file and item are computed
anew, then the audit trail, then every result from the scores and prices in the pack, by the
scheme in the pack. Exit status: 0 when everything holds, 1 when something differs, 2 when the
command is not understood.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scoring.canonical import sha256_of
from scoring.commitments import is_hidden
from scoring.pack_acts import check_acts
from scoring.pack_book import Book
from scoring.pack_decided import check_alone, check_approvers
from scoring.pack_facts import (
    check_bids,
    check_consensus,
    check_contents,
    check_corrections,
    check_prices,
    check_sheets,
)
from scoring.pack_forms import Form
from scoring.pack_reading import Difference, Opened, open_pack
from scoring.pack_results import check_results
from scoring.pack_trail import check_chain
from scoring.rules import RuleBroken

MOST_SHOWN = 100

Check = Callable[[Book], Iterable[Difference]]

CHECKS: Mapping[str, Check] = {
    "round.json": check_contents,
    "bids.json": check_bids,
    "prices.json": check_prices,
    "scores.json": check_sheets,
    "consensus.json": check_consensus,
    "corrections.json": check_corrections,
    "decisions.json": check_alone,
    "results.json": check_results,
    "awards.json": check_approvers,
    "trail.json": check_chain,
    "trail.json (acts)": check_acts,
}
"""What is held against what, by the file that it begins with."""

TROUBLE = (
    RuleBroken,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RecursionError,
)
"""How a check ends that meets content of a shape that it cannot be computed with."""


@dataclass(frozen=True)
class Report:
    """What was found. `not_checked` tells what this form hides, so that nobody could check it."""

    form: str
    round: str
    root: str
    differences: tuple[Difference, ...]
    not_checked: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain content."""
        return {
            "holds": self.holds,
            "form": self.form,
            "round": self.round,
            "root": self.root,
            "differences": [{"path": one.path, "what": one.what} for one in self.differences],
            "not_checked": list(self.not_checked),
            "counts": dict(self.counts),
        }


def verify(stream: IO[bytes], *, root: str = "") -> Report:
    """Prove a pack.

    Args:
        stream: the pack, a binary file that can be sought in.
        root: the root as it is printed elsewhere (on a letter, in the trail). Without it, a pack
            that somebody made anew from beginning to end holds as well.
    """
    opened = open_pack(stream)
    if root and opened.root != root:
        opened.say("root", "it is not the root that was handed in")
    book = Book(opened.files)
    if opened.whole:
        for name, check in CHECKS.items():
            opened.differences += _run(name, check, book)
        opened.differences += _run("letters.json", lambda one: _letters(one, opened), book)
    else:
        opened.say("pack", "not every file could be read, so nothing was computed")
    return Report(
        form=str(opened.manifest.get("form", "")),
        round=str(opened.manifest.get("round", "")),
        root=opened.root,
        differences=tuple(dict.fromkeys(opened.differences)),
        not_checked=tuple(_in_short(book.not_checked)),
        counts=_counts(book, opened) if opened.whole else {},
    )


def _run(name: str, check: Check, book: Book) -> list[Difference]:
    found: list[Difference] = []
    try:
        found.extend(check(book))
    except RuleBroken as broken:
        found.append(Difference(name, broken.message))
    except TROUBLE as error:
        found.append(Difference(name, f"it cannot be computed ({type(error).__name__}: {error})"))
    return found


def _letters(book: Book, opened: Opened) -> Iterator[Difference]:
    """Every letter that is there is named, and in a full pack every named letter is there."""
    named: dict[str, tuple[str, str]] = {}
    for entry in book.entries("letters.json"):
        for path, row, _ in entry.rows():
            if row.get("file"):
                named[row["file"]] = (path, row["sha256"])
    there = {name for name in opened.content if name.startswith("letters/")}
    for name in sorted(there - named.keys()):
        yield Difference(name, "no row of letters.json names this letter")
    for name, (path, sha256) in sorted(named.items()):
        if name in there and sha256_of(opened.content[name]) != sha256:
            yield Difference(name, "it is not the letter that was made")
        elif name not in there and opened.manifest["form"] != Form.REDACTED:
            yield Difference(path, f"{name} is missing")
    others = opened.content.keys() - there - {"manifest.json", *book.files}
    for name in sorted(others):
        yield Difference(name, "a pack has no such file")
    if opened.manifest["round"] != book.round["ref"]:
        yield Difference("manifest.json/round", "it is not the round of the content")


def _in_short(lines: Iterable[str]) -> Iterator[str]:
    """Many lines about one file become one."""
    by_file: dict[str, list[str]] = {}
    for line in lines:
        by_file.setdefault(line.partition("/")[0].partition(":")[0], []).append(line)
    for same in by_file.values():
        yield same[0] if len(same) == 1 else f"{same[0]} – and {len(same) - 1} more like it"


def _counts(book: Book, opened: Opened) -> dict[str, int]:
    try:
        return {
            "files": len(opened.content),
            "items": opened.items,
            "bids": len(book.entries("bids.json")),
            "scores": _rows(book, "scores.json"),
            "agreed_scores": _rows(book, "consensus.json"),
            "lots": sum(not is_hidden(lot) for lot in book.files["results.json"]["lots"]),
            "trail": len(book.files["trail.json"]["entries"]),
        }
    except TROUBLE:
        return {}


def _rows(book: Book, name: str) -> int:
    return sum(len(entry.content["rows"]) for entry in book.entries(name))


def lines_of(report: Report) -> Iterator[str]:
    """Return the report in words."""
    yield f"Evidence pack of round {report.round or '?'}, {report.form or '?'} form"
    yield f"Root: {report.root or '?'}"
    if report.counts:
        counted = (f"{number} {name.replace('_', ' ')}" for name, number in report.counts.items())
        yield f"Looked at: {', '.join(counted)}"
    for line in report.not_checked:
        yield f"Not checked: {line}"
    for one in report.differences[:MOST_SHOWN]:
        yield f"DIFFERS {one}"
    if len(report.differences) > MOST_SHOWN:
        yield f"… and {len(report.differences) - MOST_SHOWN} more"
    if report.holds:
        yield "Everything holds: the results follow from the scores and prices by the scheme."
    else:
        yield f"{len(report.differences)} differences. This pack does not prove its results."


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m scoring.verify", description=__doc__)
    parser.add_argument("pack", help="the evidence pack, a ZIP")
    parser.add_argument("--root", default="", help="the root as it is printed on a letter")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    chosen = parser.parse_args(arguments)
    try:
        with Path(chosen.pack).open("rb") as stream:
            report = verify(stream, root=chosen.root)
    except OSError as error:
        sys.stderr.write(f"{chosen.pack} cannot be opened: {error.strerror}\n")
        return 2
    if chosen.json:
        sys.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines_of(report))
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
