"""The scales that scores are given on: whole numbers, each with its published meaning."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.content import Content, flag_of, parts_of, text_of, whole_of
from scoring.rules import RuleBroken


@dataclass(frozen=True)
class ScalePoint:
    """One value of a scale, with the words that were published for it."""

    value: int
    label: str
    meaning: str = ""
    face: str = ""


@dataclass(frozen=True)
class Scale:
    """A published scale, lowest value first. `abstention` allows “I'd rather not say”.

    `pass_fail`: two values; whoever does not reach the higher one is not awarded.
    """

    key: str
    title: str
    points: tuple[ScalePoint, ...]
    abstention: bool = False
    pass_fail: bool = False

    @classmethod
    def from_content(cls, content: Content) -> Scale:
        """Read a scale.

        Raises:
            RuleBroken: `content:…` for a wrong shape, `scale:too-short`, `scale:negative`,
                `scale:value-twice`, `scale:pass-fail`.
        """
        key = text_of(content, "key", "scale")
        points = [_point(point, key) for point in parts_of(content, "points", key)]
        pass_fail = flag_of(content, "pass_fail", key)
        _refuse_unsound(key, points)
        if pass_fail and len(points) > 2:
            raise RuleBroken("scale:pass-fail", f"{key}: pass or fail has two values.", key)
        return cls(
            key=key,
            title=text_of(content, "title", key),
            points=tuple(sorted(points, key=lambda point: point.value)),
            abstention=flag_of(content, "abstention", key),
            pass_fail=pass_fail,
        )

    @property
    def lowest(self) -> int:
        """The lowest score; zero or more."""
        return self.points[0].value

    @property
    def highest(self) -> int:
        """The score that earns the whole weight; always above zero."""
        return self.points[-1].value

    @property
    def values(self) -> tuple[int, ...]:
        """Every score that can be given, lowest first."""
        return tuple(point.value for point in self.points)

    def label(self, value: int) -> str:
        """Return the published words of a value."""
        return next(point.label for point in self.points if point.value == self.check(value))

    def check(self, value: object, field: str | None = None) -> int:
        """Return the value when it is on the scale.

        Raises:
            RuleBroken: `score:not-on-scale`.
        """
        if isinstance(value, int) and not isinstance(value, bool) and value in self.values:
            return value
        allowed = ", ".join(str(point) for point in self.values)
        raise RuleBroken("score:not-on-scale", f"Choose one of these scores: {allowed}.", field)


def _point(content: Content, where: str) -> ScalePoint:
    return ScalePoint(
        value=whole_of(content, "value", where),
        label=text_of(content, "label", where),
        meaning=str(content.get("meaning") or ""),
        face=str(content.get("face") or ""),
    )


def _refuse_unsound(key: str, points: list[ScalePoint]) -> None:
    values = [point.value for point in points]
    if len(values) < 2:
        raise RuleBroken("scale:too-short", f"{key}: a scale needs at least two values.", key)
    if min(values) < 0:
        raise RuleBroken("scale:negative", f"{key}: a score is never below zero.", key)
    if len(set(values)) != len(values):
        raise RuleBroken("scale:value-twice", f"{key}: a value stands twice on the scale.", key)
