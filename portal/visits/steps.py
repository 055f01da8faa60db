"""The way through a visit on a phone: one thing on a page, what stands there, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from forms.visits import (
    RATHER_NOT,
    CareForm,
    SayForm,
    ScoreEntryForm,
    SeenForm,
    SpokenForm,
    YoungEntryForm,
)
from portal.access import Viewer
from portal.visits import frameworks, policy, queries
from portal.visits.models import MemberPart, Visit, VisitSheet
from portal.visits.models_entries import VisitEntry
from portal.visits.telling import said
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel
from scoring.visits import Part, Where, is_blank

HEADINGS = {
    Part.SCORE: "Score each matter",
    Part.DOCUMENT: "Documents",
    Part.PLACE: "Walk round",
    Part.SPOKEN: "People you speak to",
    Part.CARE: "Care or support",
    Part.SAY: "Anything else",
}
FOR_YOUNG = {Part.SCORE: "How is it there?", Part.SAY: "Is there more?"}
FORMS: Mapping[Part, type[Any]] = {
    Part.DOCUMENT: SeenForm,
    Part.PLACE: SeenForm,
    Part.SPOKEN: SpokenForm,
    Part.CARE: CareForm,
    Part.SAY: SayForm,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the way."""

    where: Where
    title: str
    hint: str
    address: str
    entry: VisitEntry | None
    content: Mapping[str, Any]

    @property
    def is_done(self) -> bool:
        return self.entry is not None and not is_blank(self.entry.value)


@dataclass(frozen=True, slots=True)
class Way:
    """The whole way of one member of a team."""

    visit: Visit
    sheet: VisitSheet | None
    young: bool
    steps: list[Step]
    is_open: bool  # for their scores
    under_way: bool  # for what belongs to the team

    @property
    def groups(self) -> dict[str, list[Step]]:
        """The pages under their headings; of a visit that was given up those that say something."""
        found: dict[str, list[Step]] = {}
        ended = self.visit.stage is VisitStage.GIVEN_UP
        for step in (one for one in self.steps if one.is_done or not ended):
            heading = (FOR_YOUNG if self.young else HEADINGS)[step.where.part]
            found.setdefault(heading, []).append(step)
        return found

    @property
    def has_own(self) -> bool:
        """Whether they wrote anything on their sheet."""
        return any(one.is_done and one.where.part.is_own for one in self.steps)

    @property
    def titles(self) -> dict[str, str]:
        """What each page is called, by its place."""
        return {str(one.where): one.title for one in self.steps}

    def at(self, part: str, key: str) -> Step | None:
        wanted = f"{part}:{key}" if key else part
        return next((one for one in self.steps if str(one.where) == wanted), None)

    def takes(self, step: Step) -> bool:
        """Whether this page is written on now: one's own sheet, or what belongs to the team."""
        return self.is_open if step.where.part.is_own else self.under_way

    def beside(self, step: Step, by: int) -> str:
        """The address of the page before or after; at the ends that of the visit."""
        at = self.steps.index(step) + by
        if at < 0:
            return url_for("visits.phone_visit", ref=self.visit.ref)
        if at >= len(self.steps):
            return url_for("visits.phone_send", ref=self.visit.ref)
        return self.steps[at].address


def way_of(visit: Visit, viewer: Viewer, *, may_begin: bool = False) -> Way:
    """The way of somebody of the team: young people score, and say what else they want to.

    Args:
        may_begin: the first thing they write begins the visit, so the pages are open before.
    """
    sheet = queries.own_sheet(visit, viewer)
    young = policy.part_of(viewer, visit) is MemberPart.YOUNG
    entries = queries.entries_for(visit, sheet)
    steps = [_step(visit, one, young, entries) for one in _places(visit, sheet, young)]
    under_way = visit.stage is VisitStage.UNDER_WAY or may_begin
    is_open = under_way and sheet is not None and sheet.stage is SheetStage.DRAFT
    return Way(visit, sheet, young, steps, is_open, under_way)


def _places(visit: Visit, sheet: VisitSheet | None, young: bool) -> list[Where]:
    rules = frameworks.framework(visit)
    scores = [Where(Part.SCORE, key) for key in rules.matters] if sheet else []
    say = [Where(Part.SAY)] if sheet else []
    if young:
        return scores + say
    return [
        *(Where(Part.DOCUMENT, key) for key in rules.documents),
        *(Where(Part.SPOKEN, key) for key in rules.spoken),
        *(Where(Part.PLACE, key) for key in rules.places),
        Where(Part.CARE),
        *scores,
        *say,
    ]


def _step(visit: Visit, where: Where, young: bool, entries: Mapping[str, VisitEntry]) -> Step:
    content = _content(visit, where)
    title = content.get("plain" if young else "title") or HEADINGS[where.part]
    address = url_for(
        "visits.phone_entry", ref=visit.ref, part=where.part.value, key=where.key or None
    )
    hint = "" if young else str(content.get("formal") or content.get("hint") or "")
    return Step(where, str(title), hint, address, entries.get(str(where)), content)


def _content(visit: Visit, where: Where) -> Mapping[str, Any]:
    body = visit.framework_version.body
    lists = {
        Part.SCORE: "matters",
        Part.DOCUMENT: "documents",
        Part.PLACE: "places",
        Part.SPOKEN: "spoken",
    }
    if where.part is Part.CARE:
        care: Mapping[str, Any] = body["care"]
        return care
    if where.part not in lists:
        return {}
    found: Mapping[str, Any] = next(
        one for one in body[lists[where.part]] if one["key"] == where.key
    )
    return found


def said_at(way: Way, step: Step) -> str:
    """What stands at a step, in words; nothing where nothing was written."""
    if step.entry is None or is_blank(step.entry.value):
        return ""
    panel = Panel.YOUNG if way.young else Panel.OFFICERS
    return said(str(step.where), step.entry.value, frameworks.scale_of(way.visit, panel))


def form_of(way: Way, step: Step, client_id: str) -> Any:
    """The form of a page, with what stands there."""
    entry = step.entry
    data = {**(_typed(step, entry) if entry else {}), "client_id": client_id}
    data["revision"] = str(entry.revision) if entry else ""
    if step.where.part is Part.SCORE:
        kind = YoungEntryForm if way.young else ScoreEntryForm
        panel = Panel.YOUNG if way.young else Panel.OFFICERS
        return kind(data=data).fit(frameworks.scale_of(way.visit, panel))
    return FORMS[step.where.part](data=data)


def _typed(step: Step, entry: VisitEntry) -> dict[str, Any]:
    value = dict(entry.value)
    if step.where.part is Part.SCORE:
        number = value.get("value")
        chosen = RATHER_NOT if value.get("abstained") else None if number is None else str(number)
        return {"value": chosen, "reason": value.get("reason")}
    return value
