"""Placing in spite of something that stands against it: an exception has a reason and an end."""

from __future__ import annotations

from datetime import date, timedelta

from scoring.rules import RuleBroken
from scoring.text import meaningful_words

LEAST_WORDS = 5


def check_exception(reason: str, until_on: date, on: date, most_days: int) -> None:
    """Refuse an exception that nobody could answer for.

    Args:
        reason: in the commissioner's own words.
        until_on: the last day on which it holds. on: today.
        most_days: an exception that lasts longer is a rule.

    Raises:
        RuleBroken: `exception:no-reason`, `exception:ended`, `exception:too-long`.
    """
    if meaningful_words(reason) < LEAST_WORDS:
        words = f"Say in {LEAST_WORDS} words or more why a placement is right all the same."
        raise RuleBroken("exception:no-reason", words, "reason")
    if until_on < on:
        raise RuleBroken("exception:ended", "Enter today or a later day.", "until_on")
    if until_on > on + timedelta(days=most_days):
        words = f"An exception lasts {most_days} days or less. You can give another one then."
        raise RuleBroken("exception:too-long", words, "until_on")
