"""What a life is: a table of stages, verbs and the stages that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from scoring.rules import RuleBroken

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Life(Generic[S]):
    """A life: where it starts, its moves, its ends, and what time alone brings about."""

    name: str
    start: S
    moves: Mapping[tuple[S, str], S]
    ends: frozenset[S] = frozenset()
    clock: Mapping[S, tuple[S, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name in words, for a sentence: `list membership`."""
        return self.name.replace("-", " ")


def words(stage: StrEnum) -> str:
    """Return a stage as a person reads it: `open for questions`."""
    return stage.value.replace("-", " ")


def move(life: Life[S], stage: S, verb: str) -> S:
    """Return the stage that follows, or refuse.

    Raises:
        RuleBroken: `round:lock:not-allowed` and the like, when the table does not list the move.
    """
    following = life.moves.get((stage, verb))
    if following is None:
        raise RuleBroken(
            f"{life.name}:{verb}:not-allowed",
            f"This {life.title} is {words(stage)}, so “{verb.replace('-', ' ')}” is not possible.",
        )
    return following


def verbs_from(life: Life[S], stage: S) -> tuple[str, ...]:
    """Return what can be done from here, in the order of the table."""
    return tuple(verb for (origin, verb) in life.moves if origin is stage)


def ends(life: Life[S], stage: S) -> bool:
    """Say whether this stage is a named end of the life."""
    return stage in life.ends
