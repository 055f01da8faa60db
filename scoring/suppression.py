"""Small numbers stay hidden where a report leaves the finance team.

A count of 1 to 4 is hidden with its average, and a second one of the same line, so that
subtracting the others from the total does not bring it back. A zero is no child, and is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LEAST_SHOWN = 5
SUPPRESSION_RULE = (
    "Counts of 1 to 4 children are hidden with their averages and costs, and with them the next "
    "smallest count of the same year, so that subtraction does not find them; the variance of the "
    "following year is hidden too."
)


def is_small(count: int) -> bool:
    """Return whether a count is one of 1 to 4."""
    return 0 < count < LEAST_SHOWN


def hidden_parts(parts: Mapping[str, int], total: int | None = None) -> frozenset[str]:
    """Return the parts of one line whose counts are not shown.

    Beside every small count another is hidden that is not small, the smallest there is; so what
    subtraction finds is never a small count alone, nor a sum of small counts alone.

    Args:
        parts: counts of children. total: of the line, where one is printed; a small total hides
            every part that is not zero.
    """
    here = {name: count for name, count in parts.items() if count}
    if total is not None and is_small(total):
        return frozenset(here)
    small = {name for name, count in here.items() if is_small(count)}
    if not small:
        return frozenset()
    others = sorted((count, name) for name, count in here.items() if name not in small)
    return frozenset(small | {name for _, name in others[:1]})


def hides_total(parts: Mapping[str, int], total: int) -> bool:
    """Return whether a line's total is not shown: it is small, or all that hides its small parts."""
    if is_small(total):
        return True
    here = [count for count in parts.values() if count]
    return any(map(is_small, here)) and all(map(is_small, here))


def hidden_variances(hidden_by_year: Sequence[bool]) -> list[bool]:
    """Return for each year whether its variance is hidden: its own average is, or the year's before.

    Args:
        hidden_by_year: whether the average of each year is hidden, oldest first.
    """
    before = [False, *hidden_by_year]  # one more than there are years
    return [one or other for one, other in zip(hidden_by_year, before, strict=False)]
