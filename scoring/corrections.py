"""After the lock an agreed score is mended only by a correction that has a name and two people."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.sheets import check_reason


@dataclass(frozen=True)
class Correction:
    """A correction that may stand. `prices_open` says whether prices were known by then."""

    old: int
    new: int
    reason: str
    by: str
    second: str
    prices_open: bool


def check_correction(
    old: int,
    new: int | None,
    reason: str,
    scale: Scale,
    *,
    by: str,
    second: str,
    prices_open: bool,
    minimum_words: int,
) -> Correction:
    """Return a correction when it may be recorded, its reason cleaned.

    Args:
        old: the score that stands now, with all earlier corrections.
        new: the score that takes its place.
        by, second: references of the two people; both answer for it.

    Raises:
        RuleBroken: `score:not-on-scale`, `correction:same` (nothing would change),
            `correction:alone` (one person twice), `reason:…`.
    """
    value = scale.check(new, "new")
    if value == old:
        raise RuleBroken("correction:same", "This is the score that stands already.", "new")
    if not second or second == by:
        raise RuleBroken("correction:alone", "Somebody else must confirm the correction.", "second")
    words = check_reason(reason, minimum_words=minimum_words, field="reason")
    return Correction(old, value, words, by, second, prices_open)
