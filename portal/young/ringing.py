"""Whom a young person can ring now: of their council, and everywhere in England."""

from dataclasses import dataclass

EVERYWHERE = (
    "Childline, free, day and night: 0800 1111",
    "If you are in danger now: 999",
)
"""Published numbers: Childline (NSPCC) and the emergency services."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Lines to be shown, each with a name and a number."""

    own: tuple[str, ...]
    everywhere: tuple[str, ...] = EVERYWHERE


def ring(kept: str) -> Ring:
    """The numbers of a council, one a line, and those that always help."""
    return Ring(tuple(line.strip() for line in kept.splitlines() if line.strip()))
