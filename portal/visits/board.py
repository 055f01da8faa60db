"""Where a visit stands, for the page on which its team and its council meet it."""

from datetime import datetime
from typing import Any

from portal.access import ANONYMOUS, Viewer
from portal.days import day_of
from portal.followups import queries as followups
from portal.providers.policy import address_for
from portal.visits import (
    actions_final,
    actions_sheets,
    comments,
    focus,
    frameworks,
    policy,
    queries,
)
from portal.visits.focus import Focus
from portal.visits.models import MemberPart, Visit
from portal.visits.models_report import FactOutcome
from portal.visits.telling import Choice, choices
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel
from scoring.visits import Part

WHAT_NEXT = {
    VisitStage.PLANNED: "Waiting for the day, or for the provider to confirm it.",
    VisitStage.CONFIRMED: "The provider has confirmed the day.",
    VisitStage.UNDER_WAY: "Everybody scores alone. When all sheets are in, bring the scores together.",
    VisitStage.SCORES_IN: "Agree one score for each matter, a judgement and recommendations.",
    VisitStage.AGREED: "The team has agreed. Send the report to the provider.",
    VisitStage.WITH_PROVIDER: "The provider can comment on facts.",
    VisitStage.PROVIDER_RESPONDED: "The provider has answered. Answer its comments, then finish.",
    VisitStage.ACTIONS_OPEN: "The report is final. Its recommendations are followed up.",
    VisitStage.CLOSED: "Everything that was recommended is done.",
    VisitStage.CANCELLED: "This visit does not take place.",
    VisitStage.GIVEN_UP: "This visit was broken off. What was written down is kept; there is no report.",
}


def of(visit: Visit, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Everything that the page of a visit shows."""
    own = queries.own_sheet(visit, viewer)
    part = policy.part_of(viewer, visit)
    told = {
        "visit": visit,
        "address": visit.setting.full_address if part else address_for(viewer, visit.setting),
        "what_next": WHAT_NEXT[visit.stage],
        "own_sheet": own,
        "part": part,
        "members": sorted(visit.members, key=lambda one: list(MemberPart).index(one.part)),
        "may": _may(visit, viewer, now),
        "asides": queries.waiting_asides(visit, viewer),
        "open_asides": len(queries.waiting_asides(visit)),
        "kept_beside": _kept_beside(visit, viewer),
        "seen": _seen(visit),
        "today": _today(visit, viewer, now),
        "facts": actions_final.sent_facts(visit),
        "facts_open": FactOutcome.WAITING,
        "followups": followups.of_source("visit", visit.ref, viewer),
        "signed": comments.sign_off_of(visit),
    }
    told["all_in"] = all(one.stage is SheetStage.SUBMITTED for one in visit.sheets if one.required)
    return told


def _today(visit: Visit, viewer: Viewer, now: datetime) -> list[Focus] | None:
    """What is worth a look as it stands today, until the visit begins, for whoever may plan it."""
    if not policy.may_change(viewer, visit):
        return None
    return focus.of(visit.setting, visit.previous, viewer, day_of(now))


def _may(visit: Visit, viewer: Viewer, now: datetime) -> dict[str, bool]:
    lead = bool(policy.may_lead(viewer, visit))
    stage = visit.stage
    return {
        "change": bool(policy.may_change(viewer, visit)),
        "team": bool(policy.may_change_team(viewer, visit)),
        "begin": bool(policy.may_begin(viewer, visit, now)),
        "collect": lead and stage is VisitStage.UNDER_WAY,
        "agree": bool(policy.may_agree(viewer, visit)),
        "reopen": lead and stage is VisitStage.AGREED,
        "send": lead and stage is VisitStage.AGREED,
        "finish": lead and stage in {VisitStage.WITH_PROVIDER, VisitStage.PROVIDER_RESPONDED},
        "more_time": lead and stage is VisitStage.WITH_PROVIDER,
        "close": lead and stage is VisitStage.ACTIONS_OPEN,
        "revisit": bool(policy.may_plan(viewer, visit.council_id)) and stage in policy.FINAL,
        "end": bool(policy.may_end(viewer, visit)),
        "again": bool(policy.may_plan(viewer, visit.council_id)) and stage in policy.ENDED_EARLY,
        "comments": bool(policy.may_support(viewer, visit)) and _has_young(visit),
        "photos": bool(policy.may_see_photos(viewer, visit)),
        "scores": stage in policy.SCORES_SHOWN,
        "report": stage in policy.SCORES_SHOWN - policy.ENDED_EARLY,
    }


def _has_young(visit: Visit) -> bool:
    return any(one.panel is Panel.YOUNG for one in visit.sheets)


def _kept_beside(visit: Visit, viewer: Viewer) -> list[Choice]:
    """On a visit that was given up: what came from a phone afterwards, or stands in two versions.

    Nobody chooses any more, and nothing is lost. Young people's words are for who reads them first.
    """
    if visit.stage is not VisitStage.GIVEN_UP:
        return []
    sees_all = policy.may_read_comments(viewer, visit)
    shown = [
        one
        for one in queries.waiting_asides(visit)
        if sees_all or one.sheet is None or one.sheet.panel is Panel.OFFICERS
    ]
    return choices(visit, shown, ANONYMOUS)  # what stands comes first, whoever reads


def _seen(visit: Visit) -> list[tuple[str, str, str]]:
    """What the team wrote down for all: where, what, and who wrote it."""
    rules = frameworks.framework(visit)
    words = {"yes": "Yes", "no": "No", "not-there": "Not there", "unsure": "Not sure", "": "–"}
    found = []
    for entry in queries.entries(visit):
        name, _, key = entry.place.partition(":")
        part = Part(name)
        if part.is_own:
            continue
        title = rules.titles(part).get(key) or "Does the home give care?"
        value = entry.value
        said = value.get("seen", value.get("answer"))
        text = str(value["number"]) if part is Part.SPOKEN else words[str(said)]
        note = str(value.get("note") or "")
        found.append((title, f"{text}. {note}" if note else text, entry.saved_by.name))
    return found


def marks(visit: Visit) -> dict[int, Any]:
    """The scores on each sheet, by its id, once they are together."""
    if visit.stage not in policy.SCORES_SHOWN:
        return {}
    return {one.id: actions_sheets.marks_on(one, visit) for one in visit.sheets}
