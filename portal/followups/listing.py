"""Follow-ups as a table: on the page, in its files, in the report for a meeting."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import url_for

from portal.followups.models import FollowUp
from portal.followups.words import KINDS, STAGES, source_words
from portal.tables import Column, Kind, Table
from scoring.followups import days_late, is_due_soon, is_overdue

COLUMNS = (
    Column("text", "What is to be done", link=lambda row: row["address"]),
    Column("about", "About"),
    Column("owner", "Who is to do it"),
    Column("source", "From"),
    Column("due_on", "Due", Kind.DATE),
    Column("state", "State"),
)
IN_FILES = (
    Column("ref", "Reference"),
    Column("kind", "Kind"),
    *COLUMNS,
    Column("answer", "Newest answer"),
    Column("decision", "Newest decision"),
)


def state_words(one: FollowUp, today: date) -> str:
    """Its state as it stands that day: "Overdue by 3 days"."""
    if is_overdue(one.stage, one.due_on, today):
        late = days_late(one.due_on, today)
        return f"Overdue by {late} {'day' if late == 1 else 'days'}"
    if is_due_soon(one.stage, one.due_on, today):
        return "Due soon"
    return STAGES[one.stage]


def state_colour(one: FollowUp, today: date) -> str:
    """The colour of its tag where the date says more than the stage; else nothing."""
    if is_overdue(one.stage, one.due_on, today):
        return "red"
    return "yellow" if is_due_soon(one.stage, one.due_on, today) else ""


def about(one: FollowUp) -> str:
    """Whom it concerns: the home and its provider, or everybody."""
    named = one.provider.name if one.provider else "All providers"
    return f"{one.setting.name}, {named}" if one.setting else named


def row(one: FollowUp, today: date) -> dict[str, Any]:
    """One line."""
    return {
        "ref": one.ref,
        "address": url_for("followups.show", ref=one.ref),
        "kind": KINDS[one.kind],
        "text": one.text,
        "about": about(one),
        "owner": one.owner,
        "source": source_words(one.source_kind, one.source_label),
        "due_on": one.due_on,
        "state": state_words(one, today),
        "answer": one.answer.text if one.answer else "",
        "decision": one.decision.text if one.decision else "",
    }


def table(
    found: Iterable[FollowUp],
    today: date,
    *,
    title: str = "Recommendations and actions",
    filters: Mapping[str, str] | None = None,
) -> Table:
    """The list for a file."""
    return Table(
        "follow-ups",
        title,
        IN_FILES,
        [row(one, today) for one in found],
        source="Follow-ups of this portal",
        as_at=today,
        filters=filters or {},
    )
