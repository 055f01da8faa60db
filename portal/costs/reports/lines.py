"""Lines over years: a picture beside a table, never instead of it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portal.charts import COLOURS, MONEY
from portal.drawing import INK, WIDE, Look, legend, plane
from portal.figures import Column, display

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
Value = Fraction | int | None


@dataclass(frozen=True, slots=True)
class Line:
    """The values of one thing, year by year; None where there is none."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Several lines over the same years. Each has a marker and dashes of its own besides a colour."""

    title: str
    places: tuple[str, ...]
    lines: tuple[Line, ...]
    axis: str = ""
    column: Column = MONEY

    @property
    def description(self) -> str:
        """What the picture shows, in sentences."""
        return " ".join(
            f"{line.name}: "
            + ", ".join(
                f"{place} {display(value, self.column)}"
                for place, value in zip(self.places, line.values, strict=True)
            )
            + "."
            for line in self.lines
        )

    def draw(self, look: Look = WIDE) -> Any:
        """The figure, with the names of the lines below it."""
        columns = 1 if look.above else 2
        rows = -(-len(self.lines) // columns)
        below = (0.75 + 0.24 * rows) * look.scale
        figure, axes = plane(look, 3.4 * look.scale - 0.45, below)
        for number, line in enumerate(self.lines):
            self._draw(axes, number, line)
        self._dress(axes, look)
        legend(axes, look, under=0.42, columns=columns, line=2.6)
        return figure

    def _draw(self, axes: Any, number: int, line: Line) -> None:
        points = [
            (at, float(Fraction(value) / self._unit))
            for at, value in enumerate(line.values)
            if value is not None
        ]
        axes.plot(
            [at for at, _ in points],
            [value for _, value in points],
            color=COLOURS[number % len(COLOURS)],
            marker=MARKERS[number % len(MARKERS)],
            linestyle=DASHES[number // len(COLOURS) % len(DASHES)],
            linewidth=2,
            markersize=7,
            clip_on=False,  # the highest and the last are drawn whole
            label=line.name,
        )

    @property
    def _unit(self) -> Fraction:
        return {"money": Fraction(100), "percent": Fraction(1, 100)}.get(
            str(self.column.kind), Fraction(1)
        )

    def _shown(self, look: Look) -> list[int]:
        """The places whose names stand below the scale: no more than fit, the last among them."""
        widest = max((len(place) for place in self.places), default=1)
        room = int((look.width * 72 * 0.8) / (0.6 * look.text * (widest + 2)))
        every = max(1, -(-len(self.places) // max(room, 1)))
        return list(range(len(self.places) - 1, -1, -every))

    def _dress(self, axes: Any, look: Look) -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        shown = self._shown(look)
        axes.set_xticks(shown, [self.places[at] for at in shown])
        if look.above:  # the last name would run off the side
            axes.get_xticklabels()[0].set_ha("right")
        axes.set_xlim(-0.3, max(len(self.places) - 0.7, 0.3))
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        sign = {"money": "£{:,.0f}", "percent": "{:.0f}%"}.get(str(self.column.kind), "{:,.0f}")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda point, _at: sign.format(point)))
        axes.set_title(self.axis, loc="left", color=INK, fontsize=look.text)
        axes.grid(axis="y", color="#d4d6d7", linewidth=0.6)
