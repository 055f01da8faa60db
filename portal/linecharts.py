"""Lines over time: a picture beside a table, as those of `portal.charts`, which draws and keeps it."""

from dataclasses import dataclass
from typing import Any

from portal.charts import COLOURS, Series, Value
from portal.drawing import INK, Look, legend, plane
from portal.figures import NOT_GIVEN, Column, display, exact

MARKS = ("o", "D", "s", "^")  # nothing is told by colour alone
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 1, 1, 1)))
_HEIGHT, _HEAD = 2.6, 0.15  # inches at the smallest size of text
_WORDS = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"}
GRID = "#d9dcdd"


@dataclass(frozen=True, slots=True)
class Lines:
    """Values at moments, the oldest first, one line for each series; a gap where nothing is known."""

    title: str
    moments: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str
    column: Column
    highest: Value = 1  # the scale reaches at least this far, so that two charts can be compared

    def __post_init__(self) -> None:
        if any(len(line.values) != len(self.moments) for line in self.series):
            raise ValueError("each series has a value, or None, for each moment")
        if len(self.series) > len(MARKS):
            raise ValueError(f"at most {len(MARKS)} lines can be told apart")

    @property
    def description(self) -> str:
        """What the picture shows, in sentences."""
        return " ".join(
            f"{moment}: "
            + ", ".join(f"{line.name} {self._spoken(line.values[at])}" for line in self.series)
            + "."
            for at, moment in enumerate(self.moments)
        )

    def draw(self, look: Look) -> Any:
        """The figure: moments from left to right, from nought upwards."""
        longest = max(map(len, self.moments))
        below = 0.3 + 0.062 * longest + 0.24 * len(self.series)
        tall, below, above = (inches * look.scale for inches in (_HEIGHT, below, _HEAD))
        left = 0.7 * look.scale / look.width
        figure, axes = plane(look, tall, below, left=left, right=0.97, above=above)
        for number, line in enumerate(self.series):
            self._draw_line(axes, number, line)
        self._draw_scale(axes, look)
        self._draw_legend(axes, look)
        return figure

    def _draw_line(self, axes: Any, number: int, line: Series) -> None:
        points = [float("nan") if v is None else float(exact(v)) for v in line.values]
        axes.plot(
            range(len(points)),
            points,
            color=COLOURS[(0, 2, 1, 4)[number]],
            linestyle=DASHES[number],
            linewidth=2,
            marker=MARKS[number],
            markersize=8 + 5 * number,  # where two meet, both are seen
            markeredgecolor="white",
            label=line.name,
            clip_on=False,
            zorder=3 - number * 0.1,
        )

    def _draw_scale(self, axes: Any, look: Look) -> None:
        from matplotlib.ticker import MaxNLocator

        known = [exact(v) for line in self.series for v in line.values if v is not None]
        axes.set_ylim(0, float(max([*known, exact(self.highest)])))
        axes.set_xlim(-0.4, len(self.moments) - 0.6)
        axes.yaxis.set_major_locator(MaxNLocator(look.ticks, integer=True))
        every = max(1, -(-len(self.moments) // (6 if look.above else 12)))
        shown = range(len(self.moments) - 1, -1, -every)
        axes.set_xticks(list(shown), [self.moments[at] for at in shown], **_WORDS)
        axes.set_ylabel(self.axis, color=INK, fontsize=look.text)
        axes.grid(axis="y", color=GRID, linewidth=0.8, zorder=0)

    def _draw_legend(self, axes: Any, look: Look) -> None:
        legend(axes, look)
        height = axes.figure.get_size_inches()[1]
        top = (0.24 * len(self.series) + 0.1) * look.scale / height
        axes.get_legend().set_bbox_to_anchor((0.02, top), axes.figure.transFigure)
        axes.get_legend().set_loc("upper left")

    def _spoken(self, value: Value | None) -> str:
        return NOT_GIVEN.spoken if value is None else display(value, self.column)
