"""What a visit asks of somebody, for their home page."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for

from portal.access import Permission, Viewer
from portal.visits import policy, queries
from portal.visits.models import MemberPart, Visit
from portal.web import Due, date_text
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel

FOR_THE_LEAD = {
    VisitStage.SCORES_IN: "Agree the scores",
    VisitStage.AGREED: "Send the report",
    VisitStage.PROVIDER_RESPONDED: "The provider has answered the report",
}


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """What waits for this person."""
    if viewer.may(Permission.VISIT_ANSWER):
        yield from _of_provider(viewer)
    if viewer.may(Permission.VISIT_TAKE_PART):
        yield from _of_team(viewer, now)
    if viewer.may(Permission.VISIT_SIGN_OFF):
        yield from _to_sign_off(viewer)


def _of_provider(viewer: Viewer) -> Iterator[Due]:
    for visit in queries.known_to_provider(viewer):
        address = url_for("visits.provider_visit", ref=visit.ref)
        if policy.may_confirm(viewer, visit):
            words = f"A visit on {date_text(visit.starts_at)}: does the day suit you?"
            yield Due(words, address, visit.starts_at, note=visit.setting.name, tag="Visit")
        elif policy.may_comment(viewer, visit):
            yield Due("A visit report to check", address, note=visit.setting.name, tag="Visit")


def _of_team(viewer: Viewer, now: datetime) -> Iterator[Due]:
    for visit in queries.mine(viewer):
        part = policy.part_of(viewer, visit)
        title = f"Visit to {visit.setting.name}"
        sheet = queries.own_sheet(visit, viewer)
        if policy.may_begin(viewer, visit, now):
            yield _phone(f"{title} is today", visit)
        elif visit.stage is VisitStage.UNDER_WAY and sheet and sheet.stage is SheetStage.DRAFT:
            yield _phone(f"{title}: your scores", visit, sheet.returned_reason)
        elif part is MemberPart.LEAD and visit.stage in FOR_THE_LEAD:
            address = url_for("visits.show", ref=visit.ref)
            yield Due(f"{FOR_THE_LEAD[visit.stage]}: {visit.setting.name}", address, tag="Visit")
        elif part is MemberPart.LEAD and visit.declined_note:
            address = url_for("visits.show", ref=visit.ref)
            yield Due(f"{title}: another day is asked for", address, tag="Visit")
        elif part is MemberPart.LEAD and visit.stage is VisitStage.UNDER_WAY and _all_in(visit):
            address = url_for("visits.show", ref=visit.ref)
            yield Due(f"{title}: bring the scores together", address, tag="Visit")


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
        young = [one for one in visit.sheets if one.panel is Panel.YOUNG]
        stages = {VisitStage.UNDER_WAY, VisitStage.SCORES_IN}
        all_in = young and all(one.stage is SheetStage.SUBMITTED for one in young)
        if all_in and visit.stage in stages and visit.id not in signed:
            address = url_for("visits.young_comments", ref=visit.ref)
            words = f"Visit to {visit.setting.name}: read what young people wrote, and sign off"
            yield Due(words, address, tag="Visit")
