"""What of the KPIs waits for a person."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for

from portal.access import Permission, Viewer
from portal.days import end_of, today
from portal.kpis import assessing, queries
from portal.web import Due
from scoring.kpi_periods import year_words

MOST_NAMED = 3


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """For a provider the returns to fill in, for a commissioner those to check and those missing."""
    if not viewer.may(Permission.KPI_READ):
        return
    if viewer.may(Permission.KPI_ENTER):
        yield from _to_fill_in(viewer, now)
    for one in assessing.waiting_for_comment(viewer):
        words = f"Comment on your KPI assessment, {year_words(one.year)}"
        until = end_of(one.comment_until_on) if one.comment_until_on else None
        yield Due(words, url_for("kpis.comment", ref=one.ref), until, tag="KPI")
    if viewer.may(Permission.KPI_CHECK):
        for one in assessing.to_conclude(viewer, today(now)):
            words = f"KPI assessment {year_words(one.year)} can be made final"
            address = url_for("kpis.assessment", ref=one.ref)
            yield Due(words, address, note=one.plan.provider.name, tag="KPI")
        counts = queries.counts(viewer, today(now))
        for state, one, many in (
            ("to-check", "1 KPI return to check", "KPI returns to check"),
            ("late", "1 KPI return is late", "KPI returns are late"),
        ):
            if number := counts[state]:
                yield Due(
                    one if number == 1 else f"{number} {many}",
                    url_for("kpis.returns", state=state),
                    tag="KPI",
                    count=number,
                )


def _to_fill_in(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """What is queried or whose period is over; a few by name, the rest by number."""
    on = today(now)
    waiting = queries.to_fill_in(viewer, on)
    for one in waiting[:MOST_NAMED]:
        state = "The council asks about it." if one.open_query else ""
        late = f"It was due on {one.due_on:%-d %B %Y}." if one.due_on < on else ""
        yield Due(
            f"KPI return, {one.period.words}",
            url_for("kpis.show_return", ref=one.ref),
            end_of(one.due_on),
            note=" ".join(part for part in (one.unit.words + ".", state, late) if part),
            tag="Late" if late else "KPI",
        )
    if (more := len(waiting) - MOST_NAMED) > 0:
        words = "1 more KPI return" if more == 1 else f"{more} more KPI returns"
        yield Due(words, url_for("kpis.returns", state="open"), tag="KPI")
