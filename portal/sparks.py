"""A small line of values for a cell of a table. Beside it stands what it shows, in words.

Drawn by hand: the library of the large charts takes eighty milliseconds for each.
"""

from collections.abc import Sequence
from fractions import Fraction

from markupsafe import Markup

INK, LINE, QUIET = "#12436d", "#12436d", "#484b4c"
_EDGE = 4


def spark(
    values: Sequence[Fraction | None],
    description: str,
    *,
    target: Fraction | None = None,
    width: int = 120,
    height: int = 34,
) -> Markup:
    """Values from the oldest to the newest as a line; a gap where there is none.

    Args:
        description: what the line shows, in words, for whoever does not see it.
        target: drawn as a dashed line.
    """
    known = [one for one in (*values, target) if one is not None]
    if not any(one is not None for one in values):
        return Markup("")
    low, high = min(known), max(known)
    points = [
        None if one is None else (_across(at, len(values), width), _up(one, low, high, height))
        for at, one in enumerate(values)
    ]
    parts = [_line_of(run) for run in _runs(points)]
    if target is not None:
        level = _up(target, low, high, height)
        parts.insert(0, _dashes(level, width))
    last = next(one for one in reversed(points) if one is not None)
    parts.append(Markup('<circle cx="{}" cy="{}" r="3.5" fill="{}"></circle>').format(*last, INK))
    return Markup(
        '<svg class="portal-spark" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" '
        'height="{}">{}</svg>'
    ).format(description, width, height, width, height, Markup("").join(parts))


def _across(at: int, number: int, width: int) -> int:
    room = width - 2 * _EDGE
    return _EDGE + (room if number == 1 else round(Fraction(at * room, number - 1)))


def _up(value: Fraction, low: Fraction, high: Fraction, height: int) -> int:
    """Where a value stands; only a place in a picture is rounded."""
    room = height - 2 * _EDGE
    share = Fraction(1, 2) if low == high else (value - low) / (high - low)
    return height - _EDGE - round(share * room)


def _runs(points: Sequence[tuple[int, int] | None]) -> list[list[tuple[int, int]]]:
    """The stretches without a gap."""
    runs: list[list[tuple[int, int]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _line_of(run: list[tuple[int, int]]) -> Markup:
    if len(run) == 1:
        return Markup('<circle cx="{}" cy="{}" r="2" fill="{}"></circle>').format(*run[0], INK)
    places = " ".join(f"{x},{y}" for x, y in run)
    return Markup(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"></polyline>'
    ).format(places, LINE)


def _dashes(level: int, width: int) -> Markup:
    return Markup(
        '<line x1="0" y1="{0}" x2="{1}" y2="{0}" stroke="{2}" stroke-dasharray="4 3"></line>'
    ).format(level, width, QUIET)
