"""Rows that say something of the same thing, found in files of any length.

What a row is about, and what it says, are kept as two numbers of 64 bits each: 24 bytes a row,
instead of the row. Two rows are the same only if both numbers agree, and the numbers are made
anew, with another secret, in each process.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np  # noqa: TID253  only checks of files load this module

Column = Sequence[Any]
Numbers = Any  # arrays of numpy


@dataclass(slots=True)
class Told:
    """What was found of the rows of a chunk.

    Args:
        same: how many say again what was said. other: of those that say something else, the line
            that was first; 0 where it is in another file. passed_over: places of both.
    """

    same: int = 0
    other: dict[int, int] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)


class Twins:
    """What has been said so far: sorted runs of numbers, the later ones shorter."""

    def __init__(self) -> None:
        self._runs: list[tuple[Numbers, Numbers, Numbers]] = []

    def remember(self, identity: Iterable[Any], says: Iterable[Any], rows: int) -> None:
        """Note rows of files that count."""
        self._add(_numbers(identity, rows), _numbers(says, rows), np.zeros(rows, np.int64))

    def look(
        self, lines: Sequence[int], identity: Sequence[Column], columns: Sequence[Column]
    ) -> Told:
        """Hold rows against all that came before them, and note the new ones."""
        rows = len(lines)
        if not rows:
            return Told()
        about = _numbers(zip(*identity, strict=True), rows)
        says = _numbers(zip(*columns, strict=True), rows)
        told = Told()
        for at, first, same in chain(self._earlier(about, says), _within(about, says, lines)):
            if at in told.passed_over:
                continue
            told.passed_over.add(at)
            if same:
                told.same += 1
            else:
                told.other[at] = first
        new = np.ones(rows, bool)
        new[list(told.passed_over)] = False
        self._add(about[new], says[new], np.asarray(lines, np.int64)[new])
        return told

    def _earlier(self, about: Numbers, says: Numbers) -> Iterable[tuple[int, int, bool]]:
        for known, said, lines in self._runs:
            places = np.searchsorted(known, about)
            places[places == len(known)] = 0
            for at in np.flatnonzero(known[places] == about).tolist():
                there = places[at]
                yield at, int(lines[there]), bool(said[there] == says[at])

    def _add(self, about: Numbers, says: Numbers, lines: Numbers) -> None:
        """Add a run; two that are of a length become one, so there are never many."""
        if not len(about):
            return
        self._runs.append(_sorted(about, says, lines))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            one, other = self._runs.pop(), self._runs.pop()
            self._runs.append(_sorted(*map(np.concatenate, zip(one, other, strict=True))))


def _numbers(values: Iterable[Any], rows: int) -> Numbers:
    return np.fromiter(map(hash, values), np.int64, rows)


def _sorted(about: Numbers, *others: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    order = np.argsort(about, kind="stable")
    return about[order], *(one[order] for one in others)  # type: ignore[return-value]


def _within(about: Numbers, says: Numbers, lines: Sequence[int]) -> Iterable[tuple[int, int, bool]]:
    """Rows of one chunk that are about the same thing as an earlier one of it."""
    order = np.argsort(about, kind="stable")
    repeats = np.flatnonzero(about[order][1:] == about[order][:-1])
    if not len(repeats):
        return
    first: dict[int, int] = {}
    for at in np.unique(np.concatenate([order[repeats], order[repeats + 1]])).tolist():
        one = first.setdefault(int(about[at]), at)
        if one != at:
            yield at, lines[one], bool(says[one] == says[at])
