"""What a file of Ofsted's outcomes would change: row by row, against what is on record.

The words of outcomes change from release to release; a row is matched by its URN, and a row about
somebody who is not on record is passed over. Nothing here reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scoring.ofsted import OutcomeScale
from scoring.rules import RuleBroken

NOT_INSPECTED = "registered"
NOTHING = frozenset(
    {"", "null", "na", "none", "notyetinspected", "notinspected", "noinspectionyet"}
)

# What Ofsted writes in full where the scale has a short word, by a part that has stayed the same.
PHRASES = {
    "consistentlystrong": "1",
    "inconsistentquality": "2",
    "seriousorwidespread": "3",
    "seriousandwidespread": "3",
    "requiresimprovement": "requires-improvement",
}


@dataclass(frozen=True)
class Known:
    """A registration as it is on record."""

    urn: str
    outcome: str
    inspected_on: date | None


@dataclass(frozen=True)
class FileRow:
    """A row of the file: the line it stands on, and its cells as text or day."""

    line: int
    urn: str
    outcome: str
    inspected_on: date | None


@dataclass(frozen=True)
class Change:
    """What a row would change."""

    line: int
    urn: str
    before: str
    after: str
    inspected_before_on: date | None
    inspected_on: date | None


@dataclass(frozen=True)
class Refused:
    """Why a row about somebody on record cannot be taken."""

    line: int
    field: str
    value: str
    reason: str


@dataclass
class Judged:
    """What the file would do. `others` are rows about somebody who is not on record."""

    changes: list[Change] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    same: int = 0
    older: int = 0
    others: int = 0


def read_outcome(text: str, scale: OutcomeScale) -> str:
    """Return the value of an outcome on the scale, however the file writes it.

    Raises:
        RuleBroken: `ofsted:unknown-outcome`, naming the outcomes that there are.
    """
    bare = _letters(text)
    if bare in NOTHING:
        return NOT_INSPECTED
    for outcome in scale.outcomes:
        if bare in {_letters(outcome.value), _letters(outcome.label)}:
            return outcome.value
    values = {outcome.value for outcome in scale.outcomes}
    for phrase, value in PHRASES.items():
        if phrase in bare and value in values:
            return value
    labels = "; ".join(outcome.label for outcome in scale.outcomes)
    raise RuleBroken(
        "ofsted:unknown-outcome", f"This is none of Ofsted's outcomes here: {labels}.", "outcome"
    )


def judge(
    rows: Iterable[FileRow], known: Mapping[str, Known], scale: OutcomeScale, today: date
) -> Judged:
    """Return what the rows would change.

    Of several rows about one URN the last inspection counts. A row with an earlier inspection than
    the one on record changes nothing, so that an old file undoes nothing.

    Args:
        known: registrations of the scale's provision, by URN. today: in London.
    """
    judged = Judged()
    newest: dict[str, tuple[FileRow, str]] = {}
    for row in rows:
        if row.urn not in known:
            judged.others += 1
            continue
        outcome = _outcome(row, scale, today, judged)
        if outcome is not None:
            _keep_newest(newest, row, outcome, judged)
    for urn, (row, outcome) in newest.items():
        _compare(known[urn], row, outcome, judged)
    judged.refused.sort(key=lambda one: one.line)
    return judged


def is_downgrade(before: str, after: str, scale: OutcomeScale) -> bool:
    """Return whether a commissioner must decide: the outcome is worse than before, or it is one
    that lists do not usually accept and was not on record before."""
    if before == after:
        return False
    was, is_now = scale.outcome(before).position, scale.outcome(after).position
    if is_now is None:
        return False
    worse = was is not None and is_now > was
    return worse or after not in scale.usual_gate


def _outcome(row: FileRow, scale: OutcomeScale, today: date, judged: Judged) -> str | None:
    """The outcome of a row that is sound; a fault is noted."""
    try:
        outcome = read_outcome(row.outcome, scale)
    except RuleBroken as broken:
        judged.refused.append(Refused(row.line, "outcome", row.outcome, broken.message))
        return None
    reason = _fault_of_day(row.inspected_on, outcome, today)
    if reason:
        day = row.inspected_on.isoformat() if row.inspected_on else ""
        judged.refused.append(Refused(row.line, "inspected_on", day, reason))
        return None
    return outcome


def _fault_of_day(inspected_on: date | None, outcome: str, today: date) -> str:
    if outcome != NOT_INSPECTED and inspected_on is None:
        return "An outcome needs the day of its inspection."
    if inspected_on is not None and inspected_on > today:
        return "This day is still to come."
    return ""


def _keep_newest(
    newest: dict[str, tuple[FileRow, str]], row: FileRow, outcome: str, judged: Judged
) -> None:
    first = newest.get(row.urn)
    if first is None:
        newest[row.urn] = (row, outcome)
        return
    here, there = row.inspected_on or date.min, first[0].inspected_on or date.min
    if here == there and outcome != first[1]:
        reason = f"Line {first[0].line} says another outcome of the same inspection."
        judged.refused.append(Refused(row.line, "outcome", row.outcome, reason))
    elif here > there:
        newest[row.urn] = (row, outcome)


def _compare(known: Known, row: FileRow, outcome: str, judged: Judged) -> None:
    inspected_on = row.inspected_on if outcome != NOT_INSPECTED else None
    if (outcome, inspected_on) == (known.outcome, known.inspected_on):
        judged.same += 1
    elif known.inspected_on is not None and (inspected_on or date.min) < known.inspected_on:
        judged.older += 1
    else:
        judged.changes.append(
            Change(row.line, row.urn, known.outcome, outcome, known.inspected_on, inspected_on)
        )


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
