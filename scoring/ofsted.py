"""The Ofsted gate, tested on each branch that will deliver.

Fostering agencies have four grades. Supported accommodation has three outcomes, which are not
grades, and being registered and not yet inspected is a state of its own. Both are versioned
content that is handed in; nothing here knows their words.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from scoring.content import Content, parts_of, text_of, whole_or_none
from scoring.rules import Finding, RuleBroken


@dataclass(frozen=True)
class Outcome:
    """What an inspection can lead to. `position` 1 is the best; None is not inspected yet."""

    value: str
    label: str
    position: int | None
    meaning: str = ""
    next_inspection_months: int | None = None


@dataclass(frozen=True)
class OutcomeScale:
    """Ofsted's words for one kind of provision, in one version."""

    key: str
    title: str
    provision: str
    outcomes: tuple[Outcome, ...]
    usual_gate: tuple[str, ...] = ()

    @classmethod
    def from_content(cls, content: Content) -> OutcomeScale:
        """Read a scale of outcomes.

        Raises:
            RuleBroken: `content:…` for a wrong shape, `ofsted:value-twice`,
                `ofsted:unknown-outcome` when the usual gate names something else.
        """
        key = text_of(content, "key", "ofsted-scale")
        outcomes = tuple(_outcome(part, key) for part in parts_of(content, "outcomes", key))
        if len({outcome.value for outcome in outcomes}) != len(outcomes):
            raise RuleBroken("ofsted:value-twice", f"{key}: an outcome stands twice.", key)
        scale = cls(
            key=key,
            title=text_of(content, "title", key),
            provision=text_of(content, "provision", key),
            outcomes=outcomes,
            usual_gate=tuple(content.get("usual_gate") or ()),
        )
        for value in scale.usual_gate:
            scale.outcome(value)
        return scale

    def outcome(self, value: str) -> Outcome:
        """Return an outcome by its value.

        Raises:
            RuleBroken: `ofsted:unknown-outcome`.
        """
        for outcome in self.outcomes:
            if outcome.value == value:
                return outcome
        raise RuleBroken(
            "ofsted:unknown-outcome", f"“{value}” is not one of “{self.title}”.", "outcome"
        )


@dataclass(frozen=True)
class Branch:
    """A registration that will deliver. `outcome` is a value of the scale; empty is unknown."""

    urn: str
    registered: bool
    outcome: str = ""


def ofsted_gate(branch: Branch, scale: OutcomeScale, accepted: Collection[str]) -> list[Finding]:
    """Return why a branch does not pass the gate; empty means that it passes.

    Args:
        branch: one registration; test each that will deliver.
        scale: Ofsted's outcomes for this kind of provision.
        accepted: the outcomes that the round accepts, such as `scale.usual_gate`.

    Raises:
        RuleBroken: `ofsted:unknown-outcome`, for an outcome that is not on the scale.
    """
    names = [scale.outcome(value).label for value in accepted]
    if not branch.registered:
        return [Finding("ofsted:not-registered", "Not registered with Ofsted.", branch.urn)]
    if not branch.outcome:
        return [Finding("ofsted:no-outcome", "No Ofsted outcome is on record.", branch.urn)]
    found = scale.outcome(branch.outcome)
    if found.value in accepted:
        return []
    return [
        Finding(
            "ofsted:below-gate",
            f"Ofsted: {found.label}. The round accepts: {'; '.join(names)}.",
            branch.urn,
        )
    ]


def _outcome(content: Content, where: str) -> Outcome:
    return Outcome(
        value=text_of(content, "value", where),
        label=text_of(content, "label", where),
        position=whole_or_none(content, "position", where),
        meaning=str(content.get("meaning") or ""),
        next_inspection_months=whole_or_none(content, "next_inspection_months", where),
    )
