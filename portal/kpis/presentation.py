"""A return as a page shows it: each KPI with its value, its rating and what is worth a second look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from portal.kpis.models_returns import KpiEvidence, KpiFigure, KpiReturn
from portal.kpis.sets import kpi_set, unit_sign
from scoring.kpis import Kpi, Rating, Trend, is_small, is_unusual, rate, trend, value_of
from scoring.rounding import printed
from scoring.rules import RuleBroken

RATING_WORDS = {
    Rating.GREEN: "Meets the target",
    Rating.AMBER: "Just misses it",
    Rating.RED: "Misses it",
    Rating.NOT_APPLICABLE: "Not applicable",
    Rating.NO_TARGET: "Reported, no target",
}
TREND_WORDS = {
    Trend.BETTER: "Better than before",
    Trend.WORSE: "Worse than before",
    Trend.SAME: "As before",
    Trend.UNKNOWN: "",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI of a return. `rating` is None where there is nothing to rate yet."""

    kpi: Kpi
    words: Mapping[str, Any]
    figure: KpiFigure | None
    value: Fraction | None = None
    rating: Rating | None = None
    trend: Trend = Trend.UNKNOWN
    small: bool = False
    unusual: bool = False
    evidence: Sequence[KpiEvidence] = field(default_factory=tuple)

    @property
    def value_words(self) -> str:
        return value_words(self.kpi, self.value, self.rating)

    @property
    def target_words(self) -> str:
        return target_words(self.kpi)

    @property
    def numbers(self) -> tuple[str, str]:
        """Numerator and denominator that stand, as text."""
        standing = self.figure.standing if self.figure else (None, None)
        return number_words(standing[0]), number_words(standing[1])

    @property
    def given(self) -> tuple[str, str]:
        """Numerator and denominator as the provider gave them."""
        given = self.figure.given if self.figure else (None, None)
        return number_words(given[0]), number_words(given[1])


def lines_of(one: KpiReturn, earlier: Mapping[str, Sequence[KpiFigure]]) -> list[Line]:
    """Every KPI that a return asks for, in the order of the set.

    Args:
        earlier: what the same unit reported before, oldest first, by KPI.
    """
    asked = kpi_set(one.kpi_set)
    files: dict[str, list[KpiEvidence]] = {}
    for file in one.evidence:
        files.setdefault(file.kpi_key, []).append(file)
    return [
        _line(
            kpi,
            asked.words[kpi.key],
            one.figure(kpi.key),
            earlier.get(kpi.key, ()),
            files.get(kpi.key, ()),
        )
        for kpi in asked.of(one.kpi_keys)
    ]


def value_words(kpi: Kpi, value: Fraction | None, rating: Rating | None) -> str:
    """A value as it is printed, rounded once, at the end."""
    if value is None:
        return "Not applicable" if rating is Rating.NOT_APPLICABLE else "–"
    decimals = 0 if value.denominator == 1 and not unit_sign(kpi) else 2
    return f"{printed(value, decimals)}{unit_sign(kpi)}"


def target_words(kpi: Kpi) -> str:
    """A target with its direction: "90% or more"."""
    if kpi.target is None:
        return "No target"
    way = "more" if kpi.direction.value == "higher" else "less"
    return f"{number_words(kpi.target)}{unit_sign(kpi)} or {way}"


def number_words(number: Fraction | None) -> str:
    """A number as it was typed: 12, 12.5, 1,204.25."""
    if number is None:
        return "–"
    whole, _, part = printed(number, 2).partition(".")
    part = part.rstrip("0")
    return f"{int(whole):,}" + (f".{part}" if part else "")


def value_of_figure(kpi: Kpi, figure: KpiFigure | None) -> Fraction | None:
    """The exact value that stands; None where it is not applicable or cannot be told yet."""
    if figure is None:
        return None
    try:
        return value_of(kpi, *figure.standing)
    except RuleBroken:
        return None


def _line(
    kpi: Kpi,
    words: Mapping[str, Any],
    figure: KpiFigure | None,
    earlier: Sequence[KpiFigure],
    evidence: Sequence[KpiEvidence],
) -> Line:
    if figure is None:
        return Line(kpi, words, None, evidence=evidence)
    try:
        value = value_of(kpi, *figure.standing)
    except RuleBroken:  # a draft that is not complete
        return Line(kpi, words, figure, evidence=evidence)
    before = [value_of_figure(kpi, one) for one in earlier]
    return Line(
        kpi,
        words,
        figure,
        value,
        rate(kpi, value),
        trend(kpi, [*before, value]),
        is_small(figure.standing[1]),
        is_unusual(kpi, value, before),
        evidence,
    )
