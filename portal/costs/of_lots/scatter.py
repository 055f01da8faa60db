"""Two values of many things against each other: a picture beside a table, never instead of it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portal.charts import COLOURS
from portal.drawing import INK, QUIET, WIDE, Look, legend, plane
from portal.figures import Column, display
from portal.wording import within

MARKERS = {"meets": "o", "improve": "s", "serious": "^", "": "D"}
MARK_WORDS = {
    "meets": "Visit: meets what we ask for",
    "improve": "Visit: has to improve",
    "serious": "Visit: serious concerns",
    "": "No visit with a final report",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing, by the number that it has in the table. `mark` is a key of `MARKERS`."""

    number: int
    name: str
    across: Fraction
    up: Fraction
    mark: str = ""
    best: bool = False


@dataclass(frozen=True, slots=True)
class Scatter:
    """Price across, quality up. A shape tells the visit; a thick edge, whom nobody beats."""

    title: str
    spots: tuple[Spot, ...]
    across: Column
    up: Column

    @property
    def description(self) -> str:
        """What the picture shows, in sentences."""
        return " ".join(
            f"{one.number} {one.name}: {display(one.across, self.across)}, "
            f"{display(one.up, self.up)}, {within(MARK_WORDS[one.mark])}"
            f"{', best for its price' if one.best else ''}."
            for one in self.spots
        )

    def draw(self, look: Look = WIDE) -> Any:
        """The figure; each spot has the number that its row has in the table."""
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        marks = [mark for mark in MARKERS if any(one.mark == mark for one in self.spots)]
        below = (0.75 + 0.26 * len(marks)) * look.scale
        figure, axes = plane(look, 3.6 * look.scale - 0.45, below, right=0.94)
        for mark in marks:
            self._draw(axes, look, mark)
        axes.xaxis.set_major_locator(MaxNLocator(look.ticks, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda point, _at: f"£{point:,.0f}"))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda point, _at: f"{point:.0f}%"))
        axes.margins(0.12)
        axes.set_title(self.up.title, loc="left", color=INK, fontsize=look.text)
        axes.set_xlabel(self.across.title, loc="left", color=INK, fontsize=look.text)
        axes.grid(color="#d4d6d7", linewidth=0.6)
        axes.spines["left"].set(visible=True, color=QUIET)
        legend(axes, look, under=0.6)
        return figure

    def _draw(self, axes: Any, look: Look, mark: str) -> None:
        mine = [one for one in self.spots if one.mark == mark]
        at = list(MARKERS).index(mark)
        axes.scatter(
            [float(one.across / 100) for one in mine],
            [float(one.up * 100) for one in mine],
            s=110,
            marker=MARKERS[mark],
            color=COLOURS[at],
            edgecolors=[INK if one.best else "white" for one in mine],
            linewidths=[2.2 if one.best else 0.8 for one in mine],
            label=MARK_WORDS[mark],
            zorder=3,
        )
        for one in mine:
            axes.annotate(
                f"{one.number}",
                (float(one.across / 100), float(one.up * 100)),
                xytext=(8, 6),
                textcoords="offset points",
                fontsize=look.text,
                fontweight="bold" if one.best else "normal",
            )
