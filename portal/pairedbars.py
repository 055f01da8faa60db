"""Bars beside each other: for values that nobody may add up, such as two panels' own counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.charts import COLOURS, PATTERNS, Bars, Value, point_of
from portal.drawing import Look, head, value

_ROOM = 0.7  # of a row's height, for all its bars together


@dataclass(frozen=True, slots=True)
class PairedBars(Bars):
    """For each category one bar for each series, each with its own value at its end."""

    def _row_height(self) -> float:
        return 0.16 + 0.3 * len(self.series)

    def _reach(self) -> Sequence[Value]:
        return [value for part in self.series for value in part.values if value is not None]

    def _draw_rows(self, axes: Any, look: Look) -> None:
        room = 0.55 if look.above else _ROOM
        each = room / len(self.series)
        middle = 0.16 if look.above else 0.0  # where the name stands above, the bars stand lower
        if look.above:
            for at, category in enumerate(self.categories):
                head(axes, look, at, category, "")
        for number in range(len(self.series)):
            off = middle - room / 2 + each * (number + 0.5)
            self._draw_series(axes, look, number, off, each)

    def _draw_series(self, axes: Any, look: Look, number: int, off: float, each: float) -> None:
        """Args: off: from the middle of a row; each: height of a bar; both as shares of a row."""
        values = self.series[number].values
        widths = [0.0 if v is None else point_of(v, self.column) for v in values]
        rows = [at + off for at in range(len(values))]
        fill = {"color": COLOURS[number], "hatch": PATTERNS[number], "edgecolor": "white"}
        axes.barh(rows, widths, height=each * 0.9, label=self.series[number].name, **fill)
        for row, width, known in zip(rows, widths, values, strict=True):
            value(axes, look, (width, row), self._spoken(known))
