"""From a matplotlib figure to SVG that a strict page may hold, and to PNG.

The library writes `style` attributes, a `<style>` element, ids that repeat from chart to chart and
the name of its version. Here they become presentation attributes, ids of this chart's own, and a
title and description that a screen reader reads.
"""

import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DOTS_PER_INCH = 200
INK, QUIET = "#0b0c0c", "#484b4c"
_HEAD = 0.33  # of a row: how far above it stand its name and its value
_OVER, _UNDER = -0.55, -0.14  # of a row: from where to where they reach
_LETTER = 0.67  # of the size of the text, for the width of one letter
FONTS = "'DejaVu Sans', Verdana, Arial, sans-serif"
BEHIND = {
    "bbox": {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is drawn for a width of page, so that its words keep the size of those beside it.

    Args:
        width: inches, each of 72 units; a unit is about a pixel on the page that it is drawn for.
        text: the size of the words, in units.
        letters: of a name on one line.
        above: whether names and values stand above their row, where there is no room beside it.
    """

    width: float
    text: float
    letters: int
    ticks: int
    above: bool = False

    @property
    def scale(self) -> float:
        """Inches in the drawing for an inch that is told for text of 10.5 units."""
        return self.text / 10.5


WIDE = Look(width=9.5, text=12.5, letters=26, ticks=6)
PHONE = Look(width=4.8, text=13.5, letters=26, ticks=3, above=True)


@cache
def figure_class() -> Any:
    """The library's Figure (0.6 s to load, so only here), set up once for this process."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update(
        {
            "svg.fonttype": "none",  # text stays text: it can be read, found and enlarged
            "svg.hashsalt": "portal",  # the same chart has the same bytes
            "font.family": "DejaVu Sans",  # comes with the library
            "text.parse_math": False,  # a name with $ in it is a name
            "hatch.linewidth": 0.8,
        }
    )
    return Figure


def new_figure(
    names: Sequence[str], look: Look, *, row: float, below: float
) -> tuple[Any, Any, list[str]]:
    """A figure that grows with its rows, its axes, and the names as they are written beside them.

    Args:
        row, below: inches, at the smallest size of text.
    """
    row, below = row * look.scale, below * look.scale
    if look.above:
        row *= 1.5
    height = max(len(names), 1) * row + below + 0.1
    written = [""] * len(names) if look.above else [wrapped(name, look.letters) for name in names]
    longest = max((len(line) for name in written for line in name.split("\n")), default=0)
    left = 0.03 + _LETTER * look.text * longest / (look.width * 72)
    figure = figure_class()(figsize=(look.width, height), facecolor="white")
    axes = figure.add_axes((left, below / height, 0.97 - left, (height - below - 0.1) / height))
    axes.tick_params(labelsize=look.text, length=0, colors=INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), written)
    return figure, axes, written


def plane(
    look: Look,
    tall: float,
    below: float,
    *,
    left: float = 0,
    right: float = 0.96,
    above: float = 0.45,
) -> tuple[Any, Any]:
    """A figure with two scales, and its axes: open above and on the right.

    Args:
        tall, below, above: inches: of the scale, of the words under it, of those over it.
        left, right: where the scale begins and ends, as shares of the width; 0 is as usual.
    """
    height = tall + below + above
    figure = figure_class()(figsize=(look.width, height), facecolor="white")
    start = left or (0.16 if look.above else 0.1)
    axes = figure.add_axes((start, below / height, right - start, tall / height))
    axes.tick_params(labelsize=look.text, length=0, colors=INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.set_axisbelow(True)
    return figure, axes


def value(
    axes: Any, look: Look, end: tuple[float, float], words: str, *, off: int = 6, bold: bool = False
) -> None:
    """A value beside the end of its bar, or beside its dot.

    Args:
        off: units from the end.
    """
    axes.annotate(
        words,
        end,
        xytext=(off, 0),
        textcoords="offset points",
        va="center",
        fontweight="bold" if bold else "normal",
        fontsize=look.text,
        **BEHIND,
    )


def head(axes: Any, look: Look, at: int, name: str, value: str, *, bold: bool = False) -> None:
    """The name and the value of a row, above it."""
    words = {
        "xycoords": axes.get_yaxis_transform(),
        "va": "center",
        "fontsize": look.text,
        "fontweight": "bold" if bold else "normal",
        "color": INK,
        "zorder": 4,
        **BEHIND,
    }
    axes.annotate(cut(name, look.letters), (0, at - _HEAD), ha="left", **words)
    axes.annotate(value, (1, at - _HEAD), ha="right", **words)


def stretches(rows: int, look: Look) -> list[tuple[float, float]]:
    """From where to where a mark across all rows is drawn, so that it crosses no name or value.

    In rows, of which the first is 0. Beside their rows no words are in its way: it is one stretch.
    """
    if not look.above:
        return [(-0.6, rows - 0.4)]
    ends = [at + 1 + _OVER for at in range(rows - 1)] + [rows - 0.4]
    return [(at + _UNDER, end) for at, end in enumerate(ends)]


def across(axes: Any, look: Look, rows: int, point: float, *, label: str, **line: Any) -> None:
    """A dashed line across all rows at one point of the scale."""
    dashes = {"colors": INK, "linestyles": [(0, (4, 2))], **line}
    tops, bottoms = zip(*stretches(rows, look), strict=True)
    axes.vlines([point] * len(tops), tops, bottoms, label=label, **dashes)


def legend(
    axes: Any, look: Look, *, under: float = 0.56, columns: int = 1, line: float = 1.6
) -> None:
    """What the marks mean, below the scale and its words.

    Args:
        under: inches below the scale, at the smallest size of text. line: length of a mark.
    """
    position, height = axes.get_position(), axes.figure.get_size_inches()[1]
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(0.02, position.y0 - under * look.scale / height),
        bbox_transform=axes.figure.transFigure,
        ncols=columns,
        frameon=False,
        borderaxespad=0,
        handlelength=line,
        fontsize=look.text,
    )


def wrapped(name: str, letters: int) -> str:
    """A name on at most two lines."""
    lines = textwrap.wrap(name, letters) or [""]
    return "\n".join(lines if len(lines) <= 2 else [lines[0], lines[1][: letters - 1] + "…"])


def cut(name: str, letters: int) -> str:
    """A name on one line."""
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


def svg_of(figure: Any, title: str, description: str, key: str) -> str:
    """The figure as an SVG element for a page.

    Args:
        key: letters and digits, unlike that of any other chart; begins the ids in it.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out = io.StringIO()
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(out, metadata={"Date": None})
    # what is parsed was written by the library a line above
    root = ET.fromstring(out.getvalue())  # noqa: S314
    _drop(root, "metadata", "style")
    for element in root.iter():
        _present(element)
    _own_ids(root, key)
    _head(root, title, description, key)
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def png_of(figure: Any) -> bytes:
    """The figure as a picture, for a document or a slide."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    out = io.BytesIO()
    figure.set_dpi(_DOTS_PER_INCH)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(out, metadata={"Software": None})
    return out.getvalue()


def _drop(root: ET.Element, *names: str) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{SVG}}}{name}" for name in names}:
                parent.remove(child)


def _present(element: ET.Element) -> None:
    """Styles as presentation attributes, which a strict policy allows and SVG reads alike."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            element.set(name.strip(), FONTS if name.strip() == "font-family" else value.strip())
    if _XLINK in element.attrib:
        element.set("href", element.attrib.pop(_XLINK))


def _own_ids(root: ET.Element, key: str) -> None:
    """Two charts on a page share no id, and nothing carries an id that nobody refers to."""
    used = set()
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            used.update(_REFERENCE.findall(value))
            element.set(name, _REFERENCE.sub(rf"url(#{key}-\1)", value))
        if (target := element.get("href", "")).startswith("#"):
            used.add(target[1:])
            element.set("href", f"#{key}-{target[1:]}")
    for element in root.iter():
        own = element.attrib.pop("id", None)
        if own in used:
            element.set("id", f"{key}-{own}")


def _head(root: ET.Element, title: str, description: str, key: str) -> None:
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title {key}-desc")
    root.set("class", "portal-chart__picture")
    root.set("stroke-linejoin", "round")
    for at, (name, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{SVG}}}{name}", {"id": f"{key}-{name}"})
        element.text = text
        root.insert(at, element)
