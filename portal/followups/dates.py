"""What follow-ups, forums and quarterly reviews put on the calendar."""

from collections.abc import Iterator
from datetime import date, datetime, time

from flask import url_for

from portal.access import Viewer
from portal.days import LONDON
from portal.followups import listing, queries, queries_forums as forums, queries_plan as plans
from portal.followups.words import source_words
from portal.web import CalendarEntry, in_london, time_text

KIND, FORUM, REVIEW = "follow-up", "forum", "review"


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """The last days of what is open, forums to which one may come, and reviews that fall due."""
    for one in queries.due(viewer, from_on, until_on):
        words = one.text if len(one.text) <= 80 else f"{one.text[:77].rstrip()}…"
        yield CalendarEntry(
            one.due_on,
            f"{listing.about(one)}: {words}",
            url_for("followups.show", ref=one.ref),
            KIND,
            source_words(one.source_kind, one.source_label),
            frozenset({one.council_id}),
        )
    yield from _forums(viewer, from_on, until_on)
    for plan in plans.plans(viewer):
        if from_on <= plan.next_review_on <= until_on:
            words = f"Quarterly review: {plan.title}"
            address = url_for("followups.plan", ref=plan.ref)
            ours = frozenset({plan.council_id})
            yield CalendarEntry(plan.next_review_on, words, address, REVIEW, "", ours)


def _forums(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    first = datetime.combine(from_on, time.min, tzinfo=LONDON)
    last = datetime.combine(until_on, time.max, tzinfo=LONDON)
    for forum in forums.between(viewer, first, last):
        day = in_london(forum.held_at)
        yield CalendarEntry(
            day.date() if day else from_on,
            f"{forum.title}, {time_text(forum.held_at)}",
            url_for("followups.forum", ref=forum.ref),
            FORUM,
            forum.place,
            forum.council_ids,
        )
