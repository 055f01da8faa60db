"""Why this provider: what a record of a placement choice must say, so that somebody can follow it later."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.rules import RuleBroken
from scoring.text import meaningful_words

LEAST_WORDS = 8
LEAST_WORDS_WHY_NOT = 2
MOST_DAYS_BACK = 14
REFERENCE = re.compile(r"(?=[^\s]*\d)[A-Za-z0-9][A-Za-z0-9/._-]{1,39}\Z")
"""Letters, digits and signs without a space, with a digit: a number of the council's, never a name."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A provider that was considered.

    Args:
        provider: its reference. why_not: for those who were not chosen.
        distance_tenths: of a mile; None where nobody knows.
        may_be_chosen: whether the list allowed a placement that day.
    """

    provider: str
    why_not: str = ""
    distance_tenths: int | None = None
    may_be_chosen: bool = True


def check_reference(reference: str) -> str:
    """Return the reference of a placement, without outer space.

    Raises:
        RuleBroken: `choice:reference`.
    """
    if not REFERENCE.match(reference.strip()):
        raise RuleBroken(
            "choice:reference",
            "Use the placement's reference, with a number and without spaces. Never a name.",
            "reference",
        )
    return reference.strip()


def check_day(decided_on: date, on: date) -> None:
    """Refuse a day whose facts cannot be vouched for.

    Args:
        decided_on: the day of the choice. on: today.

    Raises:
        RuleBroken: `choice:later`, `choice:long-ago`.
    """
    if decided_on > on:
        raise RuleBroken("choice:later", "This day has not come yet.", "decided_on")
    if decided_on < on - timedelta(days=MOST_DAYS_BACK):
        raise RuleBroken(
            "choice:long-ago",
            f"Record a choice within {MOST_DAYS_BACK} days, while its facts are known.",
            "decided_on",
        )


def check_choice(
    considered: Sequence[Considered], chosen: str, why: str, *, why_alone: str = ""
) -> None:
    """Refuse a record that does not tell how the choice was made.

    Args:
        chosen: the reference of one of those who were considered.
        why: how it meets the need. why_alone: why only one was considered.

    Raises:
        RuleBroken: `choice:nobody`, `choice:twice`, `choice:not-considered`, `choice:may-not`,
            `choice:no-reason`, `choice:alone`, `choice:no-why-not`, `choice:distance`.
    """
    by_provider: Mapping[str, Considered] = {one.provider: one for one in considered}
    if not by_provider:
        raise RuleBroken("choice:nobody", "Say which providers you considered.", "considered")
    if len(by_provider) < len(considered):
        raise RuleBroken("choice:twice", "A provider stands there twice.", "considered")
    if chosen not in by_provider:
        raise RuleBroken(
            "choice:not-considered", "Choose one of the providers that you considered.", "chosen"
        )
    if not by_provider[chosen].may_be_chosen:
        raise RuleBroken(
            "choice:may-not", "This provider is suspended: no new placements.", "chosen"
        )
    if meaningful_words(why) < LEAST_WORDS:
        raise RuleBroken(
            "choice:no-reason", f"Say in {LEAST_WORDS} words or more how it meets the need.", "why"
        )
    if len(by_provider) == 1 and meaningful_words(why_alone) < LEAST_WORDS:
        words = f"Say in {LEAST_WORDS} words or more why you considered nobody else."
        raise RuleBroken("choice:alone", words, "why_alone")
    for one in considered:
        if one.distance_tenths is not None and one.distance_tenths < 0:
            raise RuleBroken("choice:distance", "A distance is 0 miles or more.", one.provider)
        if one.provider != chosen and meaningful_words(one.why_not) < LEAST_WORDS_WHY_NOT:
            raise RuleBroken(
                "choice:no-why-not", "Say in a few words why not this one.", one.provider
            )
