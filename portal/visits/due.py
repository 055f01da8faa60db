"""What a visit asks of somebody, for their home page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flask import url_for

from portal.access import Permission, Viewer
from portal.days import LONDON
from portal.visits import comments, policy, queries
from portal.visits.models import MemberPart, Visit, VisitSheet
from portal.web import Due, date_text
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel

FOR_THE_LEAD = {
    VisitStage.SCORES_IN: "Agree the scores",
    VisitStage.AGREED: "Send the report",
    VisitStage.PROVIDER_RESPONDED: "The provider has answered the report",
}
SLOW = timedelta(days=7)  # after which the lead is told that sheets are missing


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """What waits for this person."""
    if viewer.may(Permission.VISIT_ANSWER):
        yield from _of_provider(viewer, now)
    if viewer.may(Permission.VISIT_TAKE_PART):
        yield from _of_team(viewer, now)
    if viewer.may(Permission.VISIT_SIGN_OFF):
        yield from _to_sign_off(viewer)
        yield from _to_read(viewer)


def _of_provider(viewer: Viewer, now: datetime) -> Iterator[Due]:
    known = queries.known_to_provider(viewer)
    until = queries.comments_until([one.id for one in known])
    for visit in known:
        address = url_for("visits.provider_visit", ref=visit.ref)
        if visit.stage is VisitStage.PLANNED and policy.may_confirm(viewer, visit):
            words = f"A visit on {date_text(visit.starts_at)}: does the day suit you?"
            yield Due(words, address, visit.starts_at, note=visit.setting.name, tag="Visit")
        elif policy.may_comment(viewer, visit) and until.get(visit.id, date.max) >= _day(now):
            words = f"A visit report to check until {date_text(until[visit.id])}"
            yield Due(words, address, note=visit.setting.name, tag="Visit")


def _of_team(viewer: Viewer, now: datetime) -> Iterator[Due]:
    for visit in queries.mine(viewer):
        lead = policy.part_of(viewer, visit) is MemberPart.LEAD
        title = f"Visit to {visit.setting.name}"
        sheet = queries.own_sheet(visit, viewer)
        if visit.stage in policy.BEFORE:
            yield from _before(viewer, visit, lead, now)
        elif visit.stage is VisitStage.UNDER_WAY and _waits_for(sheet):
            yield _phone(f"{title}: your scores", visit, sheet.returned_reason if sheet else "")
        elif lead and visit.stage in FOR_THE_LEAD:
            yield _show(f"{FOR_THE_LEAD[visit.stage]}: {visit.setting.name}", visit)
        elif lead and visit.stage is VisitStage.UNDER_WAY and _all_in(visit):
            yield _show(f"{title}: bring the scores together", visit)
        elif lead and visit.stage is VisitStage.UNDER_WAY and _is_slow(visit, now):
            yield _show(f"{title}: some sheets are not in yet", visit)


def _before(viewer: Viewer, visit: Visit, lead: bool, now: datetime) -> Iterator[Due]:
    """The day has come, or it has gone and nobody said so."""
    title = f"Visit to {visit.setting.name}"
    gone = _day(visit.starts_at) < _day(now)
    if lead and visit.declined_note:
        yield _show(f"{title}: another day is asked for", visit)
    elif lead and gone:
        words = "has not begun. Start it, choose another day or cancel it"
        yield _show(f"{title} {words}", visit)
    elif not gone and policy.may_begin(viewer, visit, now):
        yield _phone(f"{title} is today", visit)


def _waits_for(sheet: VisitSheet | None) -> bool:
    return sheet is not None and sheet.stage is SheetStage.DRAFT and not sheet.excused_reason


def _is_slow(visit: Visit, now: datetime) -> bool:
    return visit.begun_at is not None and now - visit.begun_at > SLOW


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _show(title: str, visit: Visit) -> Due:
    return Due(title, url_for("visits.show", ref=visit.ref), visit.starts_at, tag="Visit")


def _phone(title: str, visit: Visit, note: str = "") -> Due:
    address = url_for("visits.phone_visit", ref=visit.ref)
    return Due(title, address, visit.starts_at, note=note, tag="Visit")


def _all_in(visit: Visit) -> bool:
    return all(one.stage is SheetStage.SUBMITTED for one in visit.sheets if one.required)


def _to_sign_off(viewer: Viewer) -> Iterator[Due]:
    """Young people's words that nobody has looked at, once their sheets are in."""
    running = queries.running(viewer)
    signed = queries.signed_off([one.id for one in running])
    for visit in running:
        young = [one for one in visit.sheets if one.panel is Panel.YOUNG and one.counts]
        stages = {VisitStage.UNDER_WAY, VisitStage.SCORES_IN}
        all_in = young and all(one.stage is SheetStage.SUBMITTED for one in young)
        if all_in and visit.stage in stages and visit.id not in signed:
            address = url_for("visits.young_comments", ref=visit.ref)
            words = f"Visit to {visit.setting.name}: read what young people wrote, and sign off"
            yield Due(words, address, tag="Visit")


def _to_read(viewer: Viewer) -> Iterator[Due]:
    """Young people's words on a visit that was given up: somebody reads them, though no report does."""
    ended = queries.given_up(viewer)
    unread = comments.unread(one.id for one in ended) if ended else set()
    for visit in ended:
        if visit.id in unread:
            address = url_for("visits.young_comments", ref=visit.ref)
            words = f"Visit to {visit.setting.name}, given up: read what young people wrote"
            yield Due(words, address, tag="Visit")
