"""Who scores which answers: shared out evenly, checked against the rules, and what work it makes.

An answer is one question of one bid. It is scored by a number of scorers that the council states; three
are the published ideal. Nobody scores a bid in which they declared an interest (Procurement Act 2023,
sections 81 to 83).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from scoring.rules import RuleBroken

Place: TypeAlias = tuple[str, str]
"""An answer: the bid's reference, and the question (for a lot) as one word."""

Plan: TypeAlias = Mapping[str, Set[Place]]
"""What each scorer scores, by the scorer's reference."""

Closed: TypeAlias = Collection[tuple[str, str]]
"""(scorer, bid) that a declared interest closes."""


class Share(StrEnum):
    """What goes to the same people: a whole bid, or one question across all bids."""

    BID = "bid"
    QUESTION = "question"


@dataclass(frozen=True)
class Workload:
    """What one scorer has to do; `words` is what they read."""

    answers: int = 0
    bids: int = 0
    words: int = 0

    def hours(self, words_an_hour: int) -> Fraction:
        """How long it takes at a pace in words an hour, exact.

        Raises:
            RuleBroken: `assignment:pace`, when the pace is not above zero.
        """
        if words_an_hour <= 0:
            raise RuleBroken("assignment:pace", "The pace must be above zero.", "words_an_hour")
        return Fraction(self.words, words_an_hour)


def suggest(
    words: Mapping[Place, int],
    scorers: Sequence[str],
    closed: Closed,
    *,
    each: int,
    share: Share = Share.BID,
) -> dict[str, set[Place]]:
    """Share the answers out so that everybody reads about the same.

    The longest bid (or question) goes first, to those who have least to read so far. An answer that is
    closed to one of them goes to the next. Where fewer than `each` are left, all of them score it.

    Args:
        words: the length of every answer, in words.
        each: how many score each answer, 1 or more.

    Raises:
        RuleBroken: `assignment:each`, when `each` is below 1 or above the number of scorers.
    """
    check_each(each, len(scorers))
    out = set(closed)
    load = dict.fromkeys(scorers, 0)
    plan: dict[str, set[Place]] = {scorer: set() for scorer in scorers}
    for group in _groups(words, share):
        order = sorted(scorers, key=lambda scorer: load[scorer])  # equals stay in their order
        for place in group:
            may = [scorer for scorer in order if (scorer, place[0]) not in out]
            for scorer in may[:each]:
                plan[scorer].add(place)
                load[scorer] += max(words[place], 1)  # one that was left empty is work too
    return plan


def _groups(words: Mapping[Place, int], share: Share) -> list[list[Place]]:
    groups: dict[str, list[Place]] = {}
    for place in words:
        groups.setdefault(place[0] if share is Share.BID else place[1], []).append(place)
    return sorted(groups.values(), key=lambda group: -sum(max(words[one], 1) for one in group))


def check_each(each: int, scorers: int) -> None:
    """Refuse a number of scorers for each answer that nobody can keep.

    Raises:
        RuleBroken: `assignment:each`.
    """
    if each < 1:
        raise RuleBroken("assignment:each", "Each answer needs at least one scorer.", "each")
    if each > scorers:
        raise RuleBroken(
            "assignment:each", f"There are only {scorers} to score each answer.", "each"
        )


def short(words: Collection[Place], plan: Plan, each: int) -> dict[Place, int]:
    """Return the answers that fewer than `each` score, with how many do, in their order."""
    number = dict.fromkeys(words, 0)
    for places in plan.values():
        for place in places:
            if place in number:
                number[place] += 1
    return {place: there for place, there in number.items() if there < each}


def against_interest(plan: Plan, closed: Closed) -> list[tuple[str, str]]:
    """Return (scorer, bid) of a plan that a declared interest closes, each once, in order."""
    given = {(scorer, bid) for scorer, places in plan.items() for bid, _ in places}
    return sorted(given & set(closed))


def workload(places: Collection[Place], words: Mapping[Place, int]) -> Workload:
    """Return what these answers make for one scorer."""
    return Workload(
        answers=len(places),
        bids=len({bid for bid, _ in places}),
        words=sum(words.get(place, 0) for place in places),
    )


def changed(
    plan: Plan, scorers: Collection[str], places: Collection[Place], closed: Closed, *, give: bool
) -> dict[str, set[Place]]:
    """Return a plan in which these answers are given to these scorers, or taken from them.

    An answer that an interest closes is not given; who is not named keeps what they have.
    """
    out = set(closed)
    after = {scorer: set(held) for scorer, held in plan.items()}
    for scorer in scorers:
        named = {place for place in places if (scorer, place[0]) not in out}
        held = after.setdefault(scorer, set())
        after[scorer] = held | named if give else held - set(places)
    return after
