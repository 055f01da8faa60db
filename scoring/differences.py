"""What differs between two versions of a round, line by line, and whom it touches.

Each part of a round (its questions, documents, prices …) is a list of lines with keys that never
change. A difference says of one line what it said before and says now. It touches an answer when the
line that was answered was changed in any way: the answer must then be confirmed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scoring.content import Content

Words = Callable[[Any], str]
Fields = Mapping[str, tuple[str, Words]]


class Part(StrEnum):
    """The parts of a round that a version can change."""

    DETAILS = "details"
    TIMETABLE = "timetable"
    LOTS = "lots"
    QUESTIONS = "questions"
    ELIGIBILITY = "eligibility"
    DOCUMENTS = "documents"
    RATES = "rates"
    SCHEME = "scheme"


ANSWERED = frozenset({Part.QUESTIONS, Part.DOCUMENTS, Part.RATES})
"""The parts to which bidders answer."""


class Change(StrEnum):
    """What happened to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a line, in words, before and after; empty where there was or is nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one line of a part. `touches`: an answer to it must be confirmed again."""

    part: Part
    key: str
    change: Change
    title: str
    lines: tuple[Line, ...] = ()

    @property
    def touches(self) -> bool:
        """Whether an answer given before may not fit any more.

        A line that comes back counts as changed: an answer from before it was taken out is kept.
        """
        return self.part in ANSWERED and self.change is not Change.REMOVED

    def as_content(self) -> dict[str, Any]:
        """The same to be kept as JSON."""
        return {
            "part": self.part.value,
            "key": self.key,
            "change": self.change.value,
            "title": self.title,
            "lines": [[line.name, line.before, line.after] for line in self.lines],
        }

    @classmethod
    def from_content(cls, kept: Content) -> Difference:
        """Read back what `as_content` wrote."""
        return cls(
            Part(kept["part"]),
            kept["key"],
            Change(kept["change"]),
            kept["title"],
            tuple(Line(*line) for line in kept["lines"]),
        )


def between(
    part: Part,
    before: Iterable[Content],
    after: Iterable[Content],
    fields: Fields,
    title: str = "title",
) -> list[Difference]:
    """Compare the lines of a part by their keys: the new order first, then what was taken out.

    Args:
        before: lines with a `key`, each key once.
        after: the same of the newer version.
        fields: the fields that count, with their names and how a value is said in words.
        title: the field by which a line is called.
    """
    was = {line["key"]: line for line in before}
    now = {line["key"]: line for line in after}
    found = []
    for key, line in now.items():
        lines = _lines(was.get(key, {}), line, fields)
        if key not in was:
            found.append(Difference(part, key, Change.ADDED, plain(line.get(title)), lines))
        elif lines:
            found.append(Difference(part, key, Change.CHANGED, plain(line.get(title)), lines))
    return found + [
        Difference(part, key, Change.REMOVED, plain(line.get(title)))
        for key, line in was.items()
        if key not in now
    ]


def touched_since(
    differences: Sequence[tuple[int, Difference]], seen: int
) -> dict[tuple[Part, str], tuple[int, Difference]]:
    """Return what touches answers since a version, by part and key: the newest of each.

    Args:
        differences: with the number of the version that each came with, in any order.
        seen: the number of the version on which everything was confirmed.
    """
    found: dict[tuple[Part, str], tuple[int, Difference]] = {}
    for number, one in sorted(differences, key=lambda each: each[0]):
        if number > seen and one.touches:
            found[one.part, one.key] = (number, one)
    return found


def plain(value: Any) -> str:
    """A text as it stands; nothing stated is empty."""
    return "" if value is None else str(value)


def yes_no(value: Any) -> str:
    """Yes or no in words; nothing stated is no."""
    return "yes" if value else "no"


def listed(value: Any) -> str:
    """A list of texts, with commas; nothing in it is empty."""
    return ", ".join(str(one) for one in value or ())


def in_lines(value: Any) -> str:
    """A list of texts, one under the other."""
    return "\n".join(str(one) for one in value or ())


def _lines(before: Content, after: Content, fields: Fields) -> tuple[Line, ...]:
    texts = [
        (
            name,
            words(before[key]) if key in before else "",
            words(after[key]) if key in after else "",
        )
        for key, (name, words) in fields.items()
    ]
    return tuple(Line(*text) for text in texts if text[1] != text[2])
