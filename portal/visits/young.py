"""What a visit asks of a Young Commissioner: one card for each, with the next thing to do."""

from datetime import datetime, timedelta

from flask import url_for

from portal.access import Viewer
from portal.evaluation.waiting import BigCard
from portal.visits import policy, queries
from portal.visits.models import Visit, VisitSheet
from portal.web import moment_text
from scoring.stages import SheetStage, VisitStage

TOLD_FOR = timedelta(
    days=14
)  # young people have no e-mail: their page tells them that a visit ended


def cards(viewer: Viewer, now: datetime) -> list[BigCard]:
    """The visits of a young person that are not over, the next first; what is done comes last."""
    ended = queries.ended_lately(viewer, now - TOLD_FOR)
    found = [_card(visit, viewer, now) for visit in [*queries.mine(viewer), *ended]]
    return sorted(found, key=lambda one: one.done)


def _card(visit: Visit, viewer: Viewer, now: datetime) -> BigCard:
    sheet = queries.own_sheet(visit, viewer)
    address = url_for("visits.phone_visit", ref=visit.ref)
    title = f"Visit: {visit.setting.name}"
    text, tag, done = _next(visit, sheet, viewer, now)
    return BigCard(title, address, text, tag, done)


def _next(
    visit: Visit, sheet: VisitSheet | None, viewer: Viewer, now: datetime
) -> tuple[str, str, bool]:
    if visit.stage in policy.BEFORE:
        today = bool(policy.may_begin(viewer, visit, now))
        return f"You go at {moment_text(visit.starts_at)}.", "Today" if today else "", False
    if policy.may_agree_young(viewer, visit):
        return "Say together what you think.", "To do", False
    if visit.stage is VisitStage.UNDER_WAY and sheet and sheet.stage is SheetStage.DRAFT:
        return "Say how it is there.", "To do", False
    if visit.stage in policy.ENDED_EARLY:
        return _ended(visit), "", True
    if sheet is None or sheet.stage is SheetStage.DRAFT:
        return "This visit is over. Thank you for coming!", "Done", True
    return "You have sent your scores. Thank you!", "Done", True


def _ended(visit: Visit) -> str:
    stopped = visit.stage is VisitStage.GIVEN_UP
    words = "This visit stopped early." if stopped else "You do not go on this visit."
    return f"{words} {visit.ended_cause.plain}" if visit.ended_cause else words
