"""The report of a quarterly review for the management meeting: numbers, and a line for each action.

It is read from the review's own lines, so a finished one says what was said that day.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from portal.followups import listing
from portal.followups.models_plan import PlanReview, PlanReviewLine, Progress
from portal.followups.words import STAGES, source_words
from portal.tables import Column, Kind, Table
from scoring.followups import is_overdue, quarter_words

PROGRESS = {
    Progress.OFF_TRACK: "Off track",
    Progress.AT_RISK: "At risk",
    Progress.ON_TRACK: "On track",
    Progress.DONE: "Done",
}
"""How an action stands, in the order in which a meeting looks at them."""
COLOURS = {
    Progress.OFF_TRACK: "red",
    Progress.AT_RISK: "orange",
    Progress.ON_TRACK: "green",
    Progress.DONE: "grey",
}
COLUMNS = (
    Column("progress", "How it stands"),
    Column("text", "What is to be done", link=lambda row: row["address"]),
    Column("about", "About"),
    Column("owner", "Who is to do it"),
    Column("source", "From"),
    Column("due_on", "Due", Kind.DATE),
    Column("state", "State that day"),
    Column("note", "What the review said"),
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of a review: how many actions stand how, and how many were overdue that day."""

    by_progress: dict[Progress, int]
    overdue: int

    @property
    def total(self) -> int:
        return sum(self.by_progress.values())


def lines(review: PlanReview) -> list[PlanReviewLine]:
    """What was looked at, the worst first, then by date."""
    order = list(PROGRESS)
    return sorted(review.lines, key=lambda one: (order.index(one.progress), one.due_on, one.id))


def numbers(review: PlanReview, on: date) -> Numbers:
    """Count the lines of a review.

    Args:
        on: the day of the review, for what was late.
    """
    counted = Counter(one.progress for one in review.lines)
    late = sum(is_overdue(one.stage, one.due_on, on) for one in review.lines)
    return Numbers({progress: counted[progress] for progress in PROGRESS}, late)


def title(review: PlanReview) -> str:
    """What the report is called: "Supported accommodation, October to December 2026"."""
    return f"{review.plan.title}, {quarter_words(review.quarter_on)}"


def table(review: PlanReview, on: date) -> Table:
    """The report as a table, for the page and its files."""
    counted = numbers(review, on)
    said = ", ".join(f"{PROGRESS[one].lower()} {n}" for one, n in counted.by_progress.items())
    return Table(
        "quarterly-review",
        f"Quarterly review: {title(review)}",
        COLUMNS,
        [_row(one) for one in lines(review)],
        source=f"Action plan of {review.plan.council.name}",
        as_at=on,
        notes=_notes(review, f"{counted.total} actions: {said}. Overdue: {counted.overdue}."),
    )


def _notes(review: PlanReview, counted: str) -> Sequence[str]:
    notes = [counted]
    if review.summary:
        notes.append(f"Summary: {review.summary}")
    if review.next_review_on:
        notes.append(f"Next review: {review.next_review_on:%d %B %Y}.".replace(" 0", " "))
    return notes


def _row(one: PlanReviewLine) -> dict[str, object]:
    action = one.follow_up
    return {
        "progress": PROGRESS[one.progress],
        "text": action.text,
        "address": url_for("followups.show", ref=action.ref),
        "about": listing.about(action),
        "owner": action.owner,
        "source": source_words(action.source_kind, action.source_label),
        "due_on": one.due_on,
        "state": STAGES[one.stage],
        "note": one.note,
    }
