"""Charts: a picture beside a table, never instead of it.

Nothing is told by colour alone: a dot of one's own has another shape and bold words, the parts of
a bar have patterns, and every value stands as text. The same chart always has the same bytes.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from flask import Response
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.drawing import (
    BEHIND,
    INK,
    PHONE,
    QUIET,
    WIDE,
    Look,
    across,
    head,
    legend,
    new_figure,
    png_of,
    stretches,
    svg_of,
    value as drawn_value,
)
from portal.figures import NOT_GIVEN, Column, display, exact
from portal.tables import attachment, slug

LINE, BOX = "#b1b4b6", "#cfe3e1"
# The palette of the Government Analysis Function, whose neighbours differ for colour-blind people.
COLOURS = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1")
PATTERNS = ("", "///", "|||", "\\\\\\", "xxx", "---")
MONEY = Column("value", "Value", "money")
Value = int | Fraction
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dot:
    """One value with its name. `own` marks the reader's own."""

    name: str
    value: Value | None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The five numbers, exact, in the unit of the values."""

    lowest: Value
    lower_quartile: Value
    median: Value
    upper_quartile: Value
    highest: Value

    @classmethod
    def of(cls, numbers: Any) -> "Quartiles | None":
        """Take them from what `scoring.rates.five_numbers` returns."""
        if numbers is None:
            return None
        names = ("lowest", "lower_quartile", "median", "upper_quartile", "highest")
        return cls(*(getattr(numbers, name) for name in names))


@dataclass(frozen=True, slots=True)
class Series:
    """One part of each bar; None where it is not known."""

    name: str
    values: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Values of many providers on one scale."""

    title: str
    dots: tuple[Dot, ...]
    quartiles: Quartiles | None = None
    axis: str = ""
    column: Column = MONEY

    @property
    def description(self) -> str:
        """What the picture shows, in sentences."""
        given = [dot for dot in self.dots if dot.value is not None]
        words = [f"{len(given)} values, from lowest to highest."]
        if q := self.quartiles:
            words.append(
                f"Lowest {self._text(q.lowest)}, lower quartile {self._text(q.lower_quartile)}, "
                f"median {self._text(q.median)}, upper quartile {self._text(q.upper_quartile)}, "
                f"highest {self._text(q.highest)}."
            )
        words += [f"{dot.name}: {self._text(dot.value)}." for dot in given if dot.own]
        if missing := len(self.dots) - len(given):
            words.append(f"{missing} {NOT_GIVEN.spoken}.")
        return " ".join(words)

    def draw(self, look: Look = WIDE) -> Any:
        """The figure: a row for each provider, the middle half as a band, the median as a line."""
        rows = _by_value(self.dots)
        below = 1.15 if self.quartiles else 0.65
        figure, axes, _ = new_figure([dot.name for dot in rows], look, row=0.4, below=below)
        if self.quartiles:
            self._draw_quartiles(axes, self.quartiles, look)
        for at, dot in enumerate(rows):
            self._draw_dot(axes, at, dot, look)
        for label, dot in zip(axes.get_yticklabels(), rows, strict=True):
            label.set_fontweight("bold" if dot.own else "normal")
        _scale(axes, [dot.value for dot in rows], self.column, self.axis or self.column.title, look)
        return figure

    def _draw_quartiles(self, axes: Any, q: Quartiles, look: Look) -> None:
        low, high = point_of(q.lower_quartile, self.column), point_of(q.upper_quartile, self.column)
        median = point_of(q.median, self.column)
        half = f"Middle half: {self._text(q.lower_quartile)} to {self._text(q.upper_quartile)}"
        line = f"Median: {self._text(q.median)}"
        edge = {"edgecolor": QUIET, "linewidth": 0.8, "zorder": 0}
        for number, (top, bottom) in enumerate(stretches(len(self.dots), look)):
            said = {"label": half} if not number else {}
            place = [(low, high - low)], (top, bottom - top)
            axes.broken_barh(*place, facecolor=BOX, **edge, **said)
        across(axes, look, len(self.dots), median, label=line, linewidth=1.4, zorder=1)
        legend(axes, look)

    def _draw_dot(self, axes: Any, at: int, dot: Dot, look: Look) -> None:
        axes.axhline(at, color=LINE, linewidth=0.5, zorder=0.5)
        said = NOT_GIVEN.spoken if dot.value is None else self._text(dot.value)
        if look.above:
            head(axes, look, at, dot.name, said, bold=dot.own)
        elif dot.value is None:
            words = {"xycoords": axes.get_yaxis_transform(), "va": "center", **BEHIND}
            axes.annotate(said, (0.03, at), color=QUIET, fontsize=look.text, **words)
        if dot.value is None:
            return
        point = point_of(dot.value, self.column)
        mark = {"marker": "D", "markersize": 10} if dot.own else {"marker": "o", "markersize": 8}
        colour = COLOURS[2] if dot.own else COLOURS[0]
        axes.plot([point], [at], color=colour, markeredgecolor="white", zorder=3, **mark)
        if look.above:
            return
        drawn_value(axes, look, (point, at), said, off=9, bold=dot.own)

    def _text(self, value: Value | None) -> str:
        return display(value, self.column)


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of several parts, one bar for each category."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str = ""
    column: Column = MONEY
    marks: tuple[tuple[str, Value], ...] = ()  # lines across all bars, such as a threshold

    def __post_init__(self) -> None:
        if any(len(part.values) != len(self.categories) for part in self.series):
            raise ValueError("each series has a value, or None, for each category")
        if any(value is not None and value < 0 for part in self.series for value in part.values):
            raise ValueError("a part of a bar cannot be below zero")
        if len(self.series) > len(COLOURS):
            raise ValueError(f"at most {len(COLOURS)} parts can be told apart")

    @property
    def description(self) -> str:
        """What the picture shows, in sentences."""
        bars = [
            f"{category}: "
            + ", ".join(f"{part.name} {self._spoken(part.values[at])}" for part in self.series)
            + "."
            for at, category in enumerate(self.categories)
        ]
        lines = [f"{name}: {self._spoken(value)}." for name, value in self.marks]
        return " ".join(bars + lines)

    def draw(self, look: Look = WIDE) -> Any:
        """The figure: bars that lie, so that their names can be read."""
        words = len(self.series) + len(self.marks)
        row = self._row_height()
        figure, axes, _ = new_figure(self.categories, look, row=row, below=0.7 + 0.22 * words)
        self._draw_rows(axes, look)
        for name, value in self.marks:
            line = f"{name}: {self._spoken(value)}"
            point = point_of(value, self.column)
            across(axes, look, len(self.categories), point, label=line, linewidth=1.6)
        legend(axes, look)
        reach = [*self._reach(), *(value for _, value in self.marks), 0]
        gaps = any(value is None for part in self.series for value in part.values)
        title = self.axis or self.column.title
        _scale(axes, reach, self.column, title, look, words=0.5 if gaps else 0.22)
        return figure

    def _row_height(self) -> float:
        """Inches, at the smallest size of text."""
        return 0.46

    def _draw_rows(self, axes: Any, look: Look) -> None:
        """Draw every bar and write its sum."""
        for at, end in enumerate(self._draw_bars(axes, look)):
            if look.above:
                head(axes, look, at, self.categories[at], self._bar_text(at))
            else:
                drawn_value(axes, look, (end, at), self._bar_text(at))

    def _reach(self) -> Sequence[Value]:
        """How far the bars go."""
        return self._sums()

    def _draw_bars(self, axes: Any, look: Look) -> list[float]:
        """Draw the parts of every bar; return where each bar ends."""
        ends = [0.0] * len(self.categories)
        rows = [at + 0.14 if look.above else at for at in range(len(ends))]
        for number, part in enumerate(self.series):
            widths = [0.0 if v is None else point_of(v, self.column) for v in part.values]
            fill = {"color": COLOURS[number], "hatch": PATTERNS[number], "edgecolor": "white"}
            height = 0.42 if look.above else 0.7
            axes.barh(rows, widths, left=ends, height=height, label=part.name, **fill)
            ends = [end + width for end, width in zip(ends, widths, strict=True)]
        return ends

    def _sums(self) -> list[Fraction]:
        columns = zip(*(part.values for part in self.series), strict=True)
        return [sum((exact(v) for v in parts if v is not None), Fraction()) for parts in columns]

    def _bar_text(self, at: int) -> str:
        """The sum, and that something is missing from it."""
        parts = [part.values[at] for part in self.series]
        if all(value is None for value in parts):
            return NOT_GIVEN.spoken
        gap = " (part not given)" if any(value is None for value in parts) else ""
        return display(self._sums()[at], self.column) + gap

    def _spoken(self, value: Value | None) -> str:
        return NOT_GIVEN.spoken if value is None else display(value, self.column)


Chart = Strip | Bars


def stacked_bars(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    axis: str = "",
    column: Column = MONEY,
    marks: Sequence[tuple[str, Value]] = (),
) -> Bars:
    """Bars of several parts. Raises ValueError for parts below zero or without a category.

    Args:
        marks: names and values of lines across all bars.
    """
    return Bars(title, tuple(categories), tuple(series), axis, column, tuple(marks))


@lru_cache(maxsize=256)
def svg(chart: Chart, look: Look = WIDE) -> Markup:
    """The chart as an element for a page. Kept by its content: drawing takes 80 ms."""
    key = f"{key_of(chart)}{'-phone' if look is PHONE else ''}"
    # the library escapes what it writes; ours is set as text of elements
    return Markup(svg_of(chart.draw(look), chart.title, chart.description, key))  # noqa: S704


def picture(chart: Chart) -> Markup:
    """The chart for a page: drawn for a desk and for a phone, of which one is shown."""
    return Markup(
        '<div class="portal-chart__wide">{}</div><div class="portal-chart__phone">{}</div>'
    ).format(svg(chart), svg(chart, PHONE))


@lru_cache(maxsize=32)
def png(chart: Chart) -> bytes:
    """The chart as a picture for documents."""
    return png_of(chart.draw(WIDE))


def download(chart: Chart, kind: str) -> Response:
    """The chart as an attachment. `kind` is svg or png. Raises NotFound for another."""
    makers: dict[str, tuple[str, Callable[[Chart], bytes]]] = {
        "svg": ("image/svg+xml", lambda drawn: str(svg(drawn)).encode()),
        "png": ("image/png", png),
    }
    if kind not in makers:
        raise NotFound
    mime, make = makers[kind]
    return attachment(make(chart), f"{slug(chart.title)}.{kind}", mime)


def key_of(chart: Chart) -> str:
    """A short name for this content; it begins the ids in the drawing."""
    return f"chart-{hashlib.sha256(repr(chart).encode()).hexdigest()[:10]}"


def _by_value(dots: Sequence[Dot]) -> list[Dot]:
    """Lowest first, what is missing last; equals by name, so that the order is never in doubt."""
    return sorted(
        dots, key=lambda dot: (dot.value is None, exact(dot.value or 0), dot.name.casefold())
    )


def _scale(
    axes: Any,
    values: Sequence[Value | None],
    column: Column,
    title: str,
    look: Look,
    *,
    words: float = 0.22,
) -> None:
    """Args: words: room for what is written on the right of the highest, as a share of the range."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    points = [point_of(value, column) for value in values if value is not None] or [0.0, 1.0]
    low, high = min(points), max(points)
    room = (high - low) or abs(high) or 1.0
    right = 0.1 if look.above else words
    axes.set_xlim(0 if low == 0 else low - room * 0.08, high + room * right)
    # half a visit is no visit: what is counted has a scale of whole numbers
    ticks = MaxNLocator(look.ticks, integer=column.kind == "whole").tick_values(low, high)
    inside = [float(tick) for tick in ticks if low <= tick <= high]  # none is cut at the edge
    axes.set_xticks(inside or [low])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda point, _at: _tick(point, column)))
    axes.set_xlabel(title, color=INK, fontsize=look.text, loc="left")


def _tick(point: float, column: Column) -> str:
    tick = Column("tick", "", column.kind, decimals=0 if point == int(point) else 2)
    return display(Fraction(str(round(point, 4))) / _unit(column), tick)


def _unit(column: Column) -> Fraction:
    """Pence are drawn as pounds, and shares as hundredths."""
    return {"money": Fraction(1, 100), "percent": Fraction(100)}.get(column.kind, Fraction(1))


def point_of(value: Value, column: Column) -> float:
    """Where a value stands: only a place in a picture may be a float."""
    return float(exact(value) * _unit(column))
