"""The report of a visit: what the page and the PDF print, from what the team agreed.

Young people's words stand in it once they were looked at, those that they agreed together with the
sign-off; held ones never do. Nobody's name does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.access import Viewer
from portal.followups import queries as followups
from portal.visits import actions_final, actions_report, comments, frameworks, policy, queries
from portal.visits.models import MemberPart, Visit
from portal.visits.models_report import VisitAgreed, VisitFact, VisitRecommendation
from portal.visits.telling import score_words
from scoring.sheets import Mark
from scoring.stages import FollowUpStage, VisitStage
from scoring.terms import Panel
from scoring.visits import Change, Part, changes

CHANGE_WORDS = {
    Change.BETTER: "Better than last time",
    Change.WORSE: "Worse than last time",
    Change.SAME: "Same as last time",
    Change.NEW: "",
}


CHANGED = {
    CHANGE_WORDS[Change.BETTER]: "better:",
    CHANGE_WORDS[Change.WORSE]: "worse:",
    CHANGE_WORDS[Change.SAME]: "the same:",
}


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One matter: the team's score beside the young people's, and how it was before."""

    key: str
    title: str
    formal: str
    officers: str
    reason: str
    weak: bool
    young: str
    young_words: Sequence[str]
    before: str
    change: str
    recommendations: Sequence[VisitRecommendation]


def told(visit: Visit, viewer: Viewer) -> dict[str, Any]:
    """Everything that a report prints."""
    report = actions_report.report_of(visit)
    body = visit.framework_version.body
    made = actions_final.recommendations(visit)
    judgement = next(
        (one for one in body["judgements"] if report and one["key"] == report.judgement), None
    )
    inside = bool(policy.may_read_inside(viewer, visit))
    matters, before = lines(visit), _followups_before(visit)
    return {
        "visit": visit,
        "report": report,
        "judgement": judgement,
        "lines": matters,
        "changed": _changed(visit, matters, before),
        "general": [one for one in made if not one.matter],
        "matters": {one["key"]: one["title"] for one in body["matters"]},
        "recommendations": made,
        "facts": _facts(visit, inside, viewer),
        "followups": {
            one.ref: one for one in followups.of_source("visit", visit.ref, Viewer.system())
        }
        if visit.stage in policy.FINAL
        else {},
        "before": before,
        "team": _team(visit),
        "spoken": _spoken(visit),
        "documents": _looked_at(visit),
        "final": visit.stage in policy.FINAL,
        "inside": inside,
    }


def _facts(visit: Visit, inside: bool, viewer: Viewer) -> Sequence[VisitFact]:
    """The provider's comments: its own people see them while they write, the council once sent."""
    if visit.setting.provider_id in viewer.provider_ids and visit.stage is VisitStage.WITH_PROVIDER:
        return actions_final.facts(visit)
    return actions_final.sent_facts(visit) if inside or visit.stage in policy.SENT else []


def lines(visit: Visit) -> list[MatterLine]:
    """Each matter of the framework with what was agreed."""
    entries, agreed = queries.entries(visit), actions_report.agreed_scores(visit)
    counts = comments.young_sheets(visit) and visit.stage is not VisitStage.GIVEN_UP
    view = comments.view_of(visit, entries, agreed) if counts else {}
    spoken = _young_words(visit, entries)
    if view and comments.sign_off_of(visit) is not None:
        for key, words in comments.said_together(agreed).items():
            spoken.setdefault(key, []).insert(0, words)
    officers = {one.matter: one for one in agreed if one.panel is Panel.OFFICERS}
    before = scores_before(visit)
    same_scale = visit.previous is None or (
        visit.previous.officer_scale_version.sha256 == visit.officer_scale_version.sha256
    )
    moved = changes(
        before, {key: one.value for key, one in officers.items()}, comparable=same_scale
    )
    made = actions_final.recommendations(visit)
    return [
        _line(visit, one, officers.get(one["key"]), view, spoken, before, moved, made)
        for one in visit.framework_version.body["matters"]
    ]


def _line(  # noqa: PLR0917  one line, out of what was read for all of them
    visit: Visit,
    matter: Mapping[str, Any],
    agreed: VisitAgreed | None,
    view: Mapping[str, Mark | None],
    spoken: Mapping[str, list[str]],
    before: Mapping[str, int | None],
    moved: Mapping[str, Change],
    made: Sequence[VisitRecommendation],
) -> MatterLine:
    key = matter["key"]
    scale = frameworks.scale_of(visit, Panel.OFFICERS)
    young_scale = frameworks.scale_of(visit, Panel.YOUNG)
    felt = view.get(key)
    earlier = before.get(key)
    value = agreed.value if agreed else None
    weak = value is not None and value <= frameworks.framework(visit).weak_at_most
    return MatterLine(
        key=key,
        title=matter["title"],
        formal=matter["formal"],
        officers=score_words(value, agreed.abstained, scale) if agreed else "Not agreed yet",
        reason=agreed.reason if agreed else "",
        weak=weak,
        young=score_words(felt.value, felt.abstained, young_scale) if felt else "",
        young_words=spoken.get(key, []),
        before=str(earlier) if earlier is not None else "",
        change=CHANGE_WORDS[moved[key]] if key in moved else "",
        recommendations=[one for one in made if one.matter == key],
    )


def scores_before(visit: Visit) -> dict[str, int | None]:
    """The team's scores at the visit that this one follows up."""
    if visit.previous is None or visit.previous.stage not in policy.FINAL:
        return {}
    same = frameworks.same_matters(visit, visit.previous)
    return {
        one.matter: one.value
        for one in actions_report.agreed_scores(visit.previous)
        if one.panel is Panel.OFFICERS and one.matter in same
    }


def _young_words(visit: Visit, entries: Sequence[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in comments.of_visit(visit, entries):
        name, _, key = one.entry.place.partition(":")
        counts = one.entry.sheet is not None and one.entry.sheet.counts
        if counts and one.is_cleared and name in {Part.SCORE, Part.SAY}:
            found.setdefault(key, []).append(one.text)
    return found


def young_said(visit: Visit) -> list[str]:
    """What young people wrote of the whole home, once it was looked at."""
    return _young_words(visit, queries.entries(visit)).get("", [])


def _changed(visit: Visit, matters: Sequence[MatterLine], before: Sequence[Any]) -> str:
    """What is better and worse than at the visit before, in a sentence or two."""
    if visit.previous is None:
        return ""
    counts = Counter(one.change for one in matters if one.change)
    told = [
        f"{words} {', '.join(one.key for one in matters if one.change == change)}"
        for change, words in CHANGED.items()
        if counts[change]
    ]
    scores = "; ".join(told) or "no score can be compared, since they stand on another scale"
    closed = sum(one.stage is FollowUpStage.CLOSED for one in before)
    asked = f" {closed} of {len(before)} recommendations of then are done." if before else ""
    return f"{scores[0].upper()}{scores[1:]}.{_asked_otherwise(visit, visit.previous)}{asked}"


def _asked_otherwise(visit: Visit, before: Visit) -> str:
    """What only one of two visits asked about: each stands on the framework of its own day."""
    now, then = frameworks.framework(visit).matters, frameworks.framework(before).matters
    new = ", ".join(f"{key} – {title}" for key, title in now.items() if key not in then)
    gone = ", ".join(f"{key} – {title}" for key, title in then.items() if key not in now)
    told = [f"Asked for the first time: {new}."] if new else []
    told += [f"Asked then and not now: {gone}."] if gone else []
    return "".join(f" {one}" for one in told)


def _followups_before(visit: Visit) -> Sequence[Any]:
    if visit.previous is None:
        return []
    return followups.of_source("visit", visit.previous.ref, Viewer.system())


def _team(visit: Visit) -> str:
    """Who went, by number and part: a report that others read holds no names."""
    counts = {
        part: sum(one.part is part for one in visit.members)
        for part in (MemberPart.LEAD, MemberPart.OFFICER, MemberPart.YOUNG, MemberPart.SUPPORTER)
    }
    officers = counts[MemberPart.LEAD] + counts[MemberPart.OFFICER]
    words = [f"{officers} officer{'s' if officers > 1 else ''}"]
    if young := counts[MemberPart.YOUNG]:
        words.append(f"{young} Young Commissioner{'s' if young > 1 else ''}")
    if counts[MemberPart.SUPPORTER]:
        words.append("a Participation Officer")
    return ", ".join(words)


def _spoken(visit: Visit) -> list[tuple[str, int]]:
    titles = frameworks.framework(visit).spoken
    found = {one.place: one.value for one in queries.entries(visit) if one.owner == 0}
    numbers = ((title, found.get(f"{Part.SPOKEN}:{key}")) for key, title in titles.items())
    return [
        (title, value["number"])
        for title, value in numbers
        if value and value.get("number") is not None
    ]


def _looked_at(visit: Visit) -> list[tuple[str, str, str]]:
    """Documents and rooms: what, how it was, and the note."""
    rules = frameworks.framework(visit)
    words = {"yes": "Looked at", "no": "Not looked at", "not-there": "Not there", "": "–"}
    found = {one.place: one.value for one in queries.entries(visit) if one.owner == 0}
    lines = []
    for part, titles in ((Part.DOCUMENT, rules.documents), (Part.PLACE, rules.places)):
        for key, title in titles.items():
            value = found.get(f"{part}:{key}")
            if value and value.get("seen"):
                lines.append((title, words[value["seen"]], str(value.get("note") or "")))
    return lines
