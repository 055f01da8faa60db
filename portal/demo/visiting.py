"""The visits of the story: one at every stage, a re-visit, and two versions of an entry that wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from portal.access import Viewer
from portal.db import db
from portal.demo.cast import Cast, told
from portal.demo.drawn import picture_of
from portal.followups import actions as followups, queries as followup_queries
from portal.followups.models import OwnerSide
from portal.providers.models_settings import Setting
from portal.visits import (
    actions,
    actions_ending,
    actions_entries,
    actions_final,
    actions_photos,
    actions_report,
    actions_sheets,
    actions_young,
    comments,
    focus,
    frameworks,
)
from portal.visits.actions_entries import Sent
from portal.visits.models import EndedCause, MemberPart, Visit, VisitSheet
from portal.visits.models_entries import CheckOutcome
from portal.visits.models_report import FactOutcome
from portal.visits.team import Team
from scoring.rules import RuleBroken
from scoring.sheets import Mark
from scoring.terms import Panel

LEAD, OFFICER, SUPPORTER = "Amina Hussain", "Daniel Reyes", "Sunita Rao"
DAY = timedelta(days=1)
LOOKED_AT_FIRST = {"score", "confirm", "finish"}  # visits whose pages show what to look at first


@dataclass(slots=True)
class Telling:
    """One visit as it goes on: who acts, and when."""

    cast: Cast
    visit: Visit
    at: datetime
    told: Mapping[str, Any]

    def by(self, name: str) -> dict[str, Any]:
        return {"actor": self.cast.viewer(name), "now": self.at}

    @property
    def provider(self) -> dict[str, Any]:
        return {"actor": self.cast.admin_of(self.told["provider"]), "now": self.at}

    def write(self, name: str, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Somebody writes things down by place, as their phone would send them."""
        batch = [
            Sent(
                uuid5(NAMESPACE_URL, f"{self.visit.ref}{name}{place}").hex,
                place,
                raw,
                None,
                self.at,
            )
            for place, raw in entries.items()
        ]
        for answer in actions_entries.save_entries(self.visit, batch, **self.by(name)):
            if isinstance(answer, RuleBroken):
                raise answer


def visit(cast: Cast, clock: Any, homes: Mapping[str, Setting]) -> None:
    """Tell every visit of the story as far as it has come."""
    made: dict[str, Visit] = {}
    for one in told("visiting.yaml")["visits"]:
        telling = _planned(cast, clock, homes[one["home"]], one, made)
        made[one["key"]] = telling.visit
        for step in STEPS[: STEPS.index(one["until"]) + 1]:
            _DO[step](telling)
        if ended := one.get("ended"):
            _end(telling, ended)
        db.session.commit()


def _planned(
    cast: Cast, clock: Any, home: Setting, one: Mapping[str, Any], made: Mapping[str, Visit]
) -> Telling:
    at = clock(one["day"] - 14)
    young = {label: [cast.people[name] for name in names] for label, names in one["young"].items()}
    team = Team(
        cast.people[LEAD],
        [] if one.get("alone") else [cast.people[OFFICER]],
        cast.people[SUPPORTER] if young else None,
        young,
    )
    previous = made.get(one.get("previous", ""))
    lead = cast.viewer(LEAD)
    planned = actions.plan(
        home,
        cast.councils["luton"],
        team,
        starts_at=clock(one["day"], 8),
        announced=one.get("announced", True),
        purpose=one.get("purpose", ""),
        previous=previous,
        focus=focus.of(home, previous, lead, at.date()) if one["until"] in LOOKED_AT_FIRST else (),
        actor=lead,
        now=at,
    )
    db.session.commit()
    return Telling(cast, planned, at + DAY, one)


def _confirm(telling: Telling) -> None:
    if telling.visit.announced:
        actions.answer(telling.visit, suits=True, **telling.provider)


def _begin(telling: Telling) -> None:
    telling.at = telling.visit.starts_at
    actions.begin(telling.visit, **telling.by(LEAD))


def _look_round(telling: Telling) -> None:
    who = LEAD if telling.told.get("alone") else OFFICER
    telling.write(who, told("visiting.yaml")["seen"])
    if telling.told.get("two_versions"):
        other = {"seen": "yes", "note": "The oven does not work."}
        telling.write(LEAD, {"place:kitchen": other})
    _photograph(telling)


def _photograph(telling: Telling) -> None:
    """Rooms, drawn by the portal: taken in as a phone's are, so that they are drawn anew and scanned."""
    for number, one in enumerate(telling.told.get("photos", ())):
        actions_photos.add_photo(
            telling.visit,
            actions_photos.stage_photo(picture_of(one["room"])),
            one["caption"],
            client_id=uuid5(NAMESPACE_URL, f"{telling.visit.ref} photo {number}").hex,
            **telling.by(one.get("by", LEAD)),
        )


def _score(telling: Telling) -> None:
    for sheet in telling.visit.sheets:
        if sheet.required and sheet.title not in telling.told.get("late", ()):
            _fill(telling, sheet)


def _fill(telling: Telling, sheet: VisitSheet) -> None:
    young = sheet.panel is Panel.YOUNG
    scores = telling.told["scores"]["young" if young else "officers"]
    words = told("visiting.yaml")["words"]["young" if young else "officers"]
    who = sheet.people[0].person.name
    entries = {}
    for matter in frameworks.framework(telling.visit).matters:
        value = scores.get(matter, scores["most"])
        reason = words[value] if not young or matter in {"1a", "1c", "1e"} else ""
        entries[f"score:{matter}"] = {"value": value, "abstained": False, "reason": reason}
    telling.write(who, entries)
    actions_sheets.submit_sheet(sheet, telling.visit, **telling.by(who))


def _collect(telling: Telling) -> None:
    telling.at += DAY
    actions_sheets.collect(telling.visit, **telling.by(LEAD))


def _sign_off(telling: Telling) -> None:
    if not comments.young_sheets(telling.visit):
        return
    _agree_young(telling)
    for one in comments.of_visit(telling.visit):
        actions_young.check_comment(
            one.entry, telling.visit, CheckOutcome.CLEARED, **telling.by(SUPPORTER)
        )
    actions_young.sign_off(telling.visit, **telling.by(SUPPORTER))


def _agree_young(telling: Telling) -> None:
    """Where there are several sheets, the young people agree one face for each matter."""
    if len(comments.young_sheets(telling.visit)) < 2:
        return
    young = next(one.person for one in telling.visit.members if one.part is MemberPart.YOUNG)
    scores = telling.told["scores"]["young"]
    for matter in frameworks.framework(telling.visit).matters:
        mark = Mark(scores.get(matter, scores["most"]))
        actions_young.agree(telling.visit, matter, mark, **telling.by(young.name))


def _agree(telling: Telling) -> None:
    scores, words = telling.told["scores"]["officers"], told("visiting.yaml")["words"]["officers"]
    lead = telling.by(LEAD)
    for matter in frameworks.framework(telling.visit).matters:
        value = scores.get(matter, scores["most"])
        actions_report.agree_score(telling.visit, matter, Mark(value, words[value]), **lead)
    actions_report.save_report(
        telling.visit,
        judgement=telling.told["judgement"],
        judgement_reason=told("visiting.yaml")["judgements"][telling.told["judgement"]],
        summary="Young people know who their key worker is, and staff know them well.",
        care="no",
        care_reason="",
        **lead,
    )
    for one in telling.told["recommendations"]:
        actions_report.recommend(
            telling.visit,
            one["text"],
            matter=one["matter"],
            owner_side=OwnerSide.PROVIDER,
            owner_post="Registered manager",
            due_on=(telling.at + one["days"] * DAY).date(),
            young=one.get("young", False),
            **lead,
        )
    actions_report.finish_agreeing(telling.visit, **lead)


def _send(telling: Telling) -> None:
    telling.at += 2 * DAY
    actions_final.send(telling.visit, **telling.by(LEAD))


def _respond(telling: Telling) -> None:
    telling.at += 3 * DAY
    fact = telling.told.get("fact", "")
    if fact:
        actions_final.comment_on_fact(telling.visit, fact, **telling.provider)
    actions_final.respond(telling.visit, nothing_to_correct=not fact, **telling.provider)


def _finish(telling: Telling) -> None:
    telling.at += DAY
    lead = telling.by(LEAD)
    for fact in actions_final.facts(telling.visit):
        words = "Thank you. The report says so now."
        actions_final.answer_fact(fact, FactOutcome.ACCEPTED, words, **lead)
    partner = telling.cast.councils["central-bedfordshire"]
    actions_final.finish(telling.visit, [partner], **lead)


def _close(telling: Telling) -> None:
    """Each recommendation is answered, and closed with what was seen."""
    for one in followup_queries.of_source("visit", telling.visit.ref, Viewer.system()):
        telling.at += DAY
        followups.answer(one, "It is done, and the log says when.", **telling.provider)
        followups.close(one, "Seen in the log that they sent.", **telling.by(LEAD))
    actions_final.close(telling.visit, **telling.by(LEAD))


def _end(telling: Telling, ended: Mapping[str, Any]) -> None:
    """It is called off, or given up; a phone comes back with what it had kept in the cellar."""
    telling.at += timedelta(hours=2)
    actions_ending.end(
        telling.visit, EndedCause(ended["cause"]), ended["reason"], **telling.by(LEAD)
    )
    late = ended.get("late", {})
    telling.at += DAY / 24
    telling.write(LEAD, late)


_DO = {
    "plan": lambda _telling: None,
    "confirm": _confirm,
    "begin": _begin,
    "look": _look_round,
    "score": _score,
    "collect": _collect,
    "sign-off": _sign_off,
    "agree": _agree,
    "send": _send,
    "respond": _respond,
    "finish": _finish,
    "close": _close,
}
STEPS = list(_DO)
