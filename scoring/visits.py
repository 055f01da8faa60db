"""Visits to homes: what may be written down, what is still missing, and what a visit shows.

The matters are those of the Care Planning, Placement and Case Review (England) Regulations 2010,
Schedule 6, and of the Care Leavers (England) Regulations 2010, Schedule 2. Officers and young people
stand beside each other: no function here puts their scores into one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from scoring.content import Content, parts_of
from scoring.rules import Finding, RuleBroken
from scoring.scales import Scale
from scoring.sheets import Mark, missing_scores
from scoring.text import cleaned

MATTERS_OF_THE_LAW = ("1a", "1b", "1c", "1d", "1e", "1f", "1g", "2a", "2b", "2c")
MOST_CHARACTERS = 2_000
MOST_PEOPLE = 99
SEEN = ("yes", "no", "not-there")
CARE = ("no", "unsure", "yes")

Value: TypeAlias = dict[str, object]


class Part(StrEnum):
    """Which part of a visit an entry belongs to; with the key of the framework it makes a place."""

    SCORE = "score"  # of one matter, on a sheet
    SAY = "say"  # whatever else somebody wants to say, on a sheet
    DOCUMENT = "document"
    SPOKEN = "spoken"
    PLACE = "place"
    CARE = "care"

    @property
    def is_own(self) -> bool:
        """Whether it stands on a sheet, and is nobody else's; the rest belongs to the whole team."""
        return self in {Part.SCORE, Part.SAY}


@dataclass(frozen=True)
class Where:
    """A place on a visit where something is written down, such as `score:1a` or `care`."""

    part: Part
    key: str = ""

    def __str__(self) -> str:
        return f"{self.part}:{self.key}" if self.key else str(self.part)


@dataclass(frozen=True)
class Framework:
    """The part of a framework that rules ask: its keys, in its order, with their titles."""

    matters: Mapping[str, str]
    documents: Mapping[str, str]
    places: Mapping[str, str]
    spoken: Mapping[str, str]
    judgements: Mapping[str, str]
    weak_at_most: int

    @classmethod
    def from_content(cls, content: Content) -> Framework:
        """Read a framework whose shape was checked when it was published."""
        names = ("matters", "documents", "places", "spoken", "judgements")
        found = {
            name: {str(one["key"]): str(one["title"]) for one in parts_of(content, name, name)}
            for name in names
        }
        weak = content["weak_at_most"]
        if not isinstance(weak, int):
            raise RuleBroken("content:weak", "A framework says which scores are weak.")
        return cls(**found, weak_at_most=weak)

    def titles(self, part: Part) -> Mapping[str, str]:
        """Return what may be written down in this part, by key."""
        return {
            Part.SCORE: self.matters,
            Part.DOCUMENT: self.documents,
            Part.PLACE: self.places,
            Part.SPOKEN: self.spoken,
        }.get(part, {"": ""})


def where_of(text: str, framework: Framework) -> Where:
    """Return the place that an entry names.

    Raises:
        RuleBroken: `visit-entry:unknown`, where the framework of the visit has no such place.
    """
    name, _, key = text.partition(":")
    part = next((one for one in Part if one == name), None)
    if part is None or key not in framework.titles(part):
        raise RuleBroken("visit-entry:unknown", "This visit does not ask for this.")
    return Where(part, key)


def read_value(where: Where, raw: Mapping[str, object], scale: Scale) -> Value:
    """Return what was written down in its one form, so that two of them can be compared.

    Args:
        raw: from a form or a phone; names that are not asked for are left out.
        scale: of the sheet, for a score.

    Raises:
        RuleBroken: `score:not-on-scale`, `score:no-abstention`, `score:both`, `visit-entry:…`,
            `text:…`, with the field.
    """
    match where.part:
        case Part.SCORE:
            return _score(raw, scale)
        case Part.SAY:
            return {"note": _note(raw, "note")}
        case Part.SPOKEN:
            return {"number": _number(raw.get("number"))}
        case Part.CARE:
            return {"answer": _one_of(raw, "answer", CARE), "note": _note(raw, "note")}
        case _:
            return {"seen": _one_of(raw, "seen", SEEN), "note": _note(raw, "note")}


def is_blank(value: Mapping[str, object]) -> bool:
    """Return whether nothing is written there."""
    return all(one in {None, "", False} for one in value.values())


def mark_of(value: Mapping[str, object] | None) -> Mark:
    """Return a score as the engine of sheets knows it."""
    if value is None:
        return Mark()
    number = value.get("value")
    return Mark(
        number if isinstance(number, int) else None,
        str(value.get("reason") or ""),
        value.get("abstained") is True,
    )


def _score(raw: Mapping[str, object], scale: Scale) -> Value:
    abstained = raw.get("abstained") is True
    value = raw.get("value")
    if value is not None:
        value = scale.check(value, "value")
    if abstained and value is not None:
        words = "Choose a score or “I'd rather not say”, not both."
        raise RuleBroken("score:both", words, "value")
    if abstained and not scale.abstention:
        raise RuleBroken("score:no-abstention", "Choose a score.", "value")
    return {"value": value, "abstained": abstained, "reason": _note(raw, "reason")}


def _note(raw: Mapping[str, object], name: str) -> str:
    text = raw.get(name) or ""
    if not isinstance(text, str):
        raise RuleBroken("visit-entry:not-text", "Write this in words.", name)
    note = cleaned(text, name)
    if len(note) > MOST_CHARACTERS:
        words = f"Use {MOST_CHARACTERS:,} characters or fewer."
        raise RuleBroken("visit-entry:too-long", words, name)
    return note


def _number(raw: object) -> int | None:
    if raw is None or raw == "":
        return None
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= MOST_PEOPLE:
        words = f"Enter how many, from 0 to {MOST_PEOPLE}. Never write who."
        raise RuleBroken("visit-entry:number", words, "number")
    return raw


def _one_of(raw: Mapping[str, object], name: str, words: Sequence[str]) -> str:
    chosen = raw.get(name) or ""
    if chosen not in {"", *words}:
        raise RuleBroken("visit-entry:choice", "Choose one of the answers.", name)
    return str(chosen)


# --- Two phones, one entry ------------------------------------------------------------------


class Verdict(StrEnum):
    """What becomes of an entry that comes in."""

    SAVE = "save"
    SAME = "same"  # it says what stands already
    ASIDE = "aside"  # kept beside what stands, until a person chooses


def weigh(
    value: Mapping[str, object],
    standing: Mapping[str, object] | None,
    *,
    seen_revision: int | None,
    revision: int | None,
    is_open: bool,
) -> Verdict:
    """Return what becomes of an entry: nothing that anybody wrote is overwritten unseen or lost.

    Args:
        standing: what stands there now; None where nothing does.
        seen_revision: the revision that the writer had seen, None where there was none.
        revision: of what stands.
        is_open: whether entries are taken as they come. One that arrives from a phone after the
            sheet was handed in is kept aside.
    """
    if standing is not None and dict(value) == dict(standing):
        return Verdict.SAME
    if standing is None and is_blank(value):
        return Verdict.SAME
    if not is_open or (standing is not None and seen_revision != revision):
        return Verdict.ASIDE
    return Verdict.SAVE


# --- What is missing ------------------------------------------------------------------------


def missing_on_sheet(
    framework: Framework, scale: Scale, marks: Mapping[str, Mark], *, minimum_words: int
) -> list[Finding]:
    """Return what keeps a sheet from being handed in, by matter; empty is complete.

    Args:
        minimum_words: of a reason; 0 where a score needs none, as for young people.
    """
    asked = dict.fromkeys(framework.matters, scale)
    given = {key: mark for key, mark in marks.items() if key in asked}
    found = missing_scores(asked, given, minimum_words=minimum_words)
    return [one for one in found if minimum_words or one.code != "reason:missing"]


def young_view(
    framework: Framework, sheets: Sequence[Mapping[str, Mark]], agreed: Mapping[str, Mark]
) -> dict[str, Mark | None]:
    """Return what the young people say of each matter; None where they have not agreed yet.

    One sheet (of one person or a pair) is their view. With more of them they agree among
    themselves, and only they do: no score is worked out of several.
    """
    if len(sheets) == 1:
        return {key: sheets[0].get(key) for key in framework.matters}
    return {key: agreed.get(key) for key in framework.matters}


@dataclass(frozen=True)
class Agreement:
    """How far a team is with agreeing."""

    scores: Mapping[str, Mark]  # of the team, by matter
    judgement: str
    judgement_reason: str
    care: str
    care_reason: str
    young_signed_off: bool  # true as well where no young people took part
    open_choices: int


def missing_to_agree(
    framework: Framework, scale: Scale, agreement: Agreement, *, minimum_words: int
) -> list[Finding]:
    """Return what keeps the team from finishing, with where it is put right."""
    found = missing_on_sheet(framework, scale, agreement.scores, minimum_words=minimum_words)
    if agreement.judgement not in framework.judgements:
        found.append(Finding("visit:no-judgement", "Choose a judgement.", "judgement"))
    elif not agreement.judgement_reason:
        found.append(Finding("visit:no-reason", "Give a reason for the judgement.", "judgement"))
    if agreement.care not in CARE:
        found.append(Finding("visit:no-care", "Say whether the home gives care.", "care"))
    elif agreement.care != "no" and not agreement.care_reason:
        found.append(Finding("visit:care-reason", "Say what you saw that looks like care.", "care"))
    if not agreement.young_signed_off:
        words = "The Participation Officer has not signed the young people's view off."
        found.append(Finding("visit:not-signed-off", words, "young"))
    if agreement.open_choices:
        words = f"{agreement.open_choices} entries have two versions: choose which to keep."
        found.append(Finding("visit:choices", words, "choices"))
    return found


# --- What visits show -----------------------------------------------------------------------


class Change(StrEnum):
    """How a matter stands against the visit before."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NEW = "new"  # it was not scored before, or on another scale


def changes(
    before: Mapping[str, int | None], now: Mapping[str, int | None], *, comparable: bool
) -> dict[str, Change]:
    """Return the change of each matter that has a score now.

    Args:
        comparable: whether both were given on the same scale.
    """
    found = {}
    for matter, score in now.items():
        earlier = before.get(matter)
        if score is None:
            continue
        if earlier is None or not comparable:
            found[matter] = Change.NEW
        elif score == earlier:
            found[matter] = Change.SAME
        else:
            found[matter] = Change.BETTER if score > earlier else Change.WORSE
    return found


@dataclass(frozen=True)
class Seen:
    """The scores of one visit, for the picture over time; None where one was not given."""

    officers: Mapping[str, int | None]
    young: Mapping[str, int | None]
    weak_at_most: int


@dataclass(frozen=True)
class MatterPicture:
    """One matter over several visits, in the order of time: counts, and the newest score of each."""

    matter: str
    visits: int  # with a score of officers
    weak: int
    newest: int | None
    young_visits: int
    young_weak: int
    young_newest: int | None


def picture(matters: Iterable[str], visits: Sequence[Seen]) -> list[MatterPicture]:
    """Return each matter over the visits, the oldest visit first."""
    return [_picture_of(matter, visits) for matter in matters]


def _picture_of(matter: str, visits: Sequence[Seen]) -> MatterPicture:
    officers = [(one.officers.get(matter), one.weak_at_most) for one in visits]
    young = [(one.young.get(matter), one.weak_at_most) for one in visits]
    seen = [(score, weak) for score, weak in officers if score is not None]
    felt = [(score, weak) for score, weak in young if score is not None]
    return MatterPicture(
        matter=matter,
        visits=len(seen),
        weak=sum(score <= weak for score, weak in seen),
        newest=seen[-1][0] if seen else None,
        young_visits=len(felt),
        young_weak=sum(score <= weak for score, weak in felt),
        young_newest=felt[-1][0] if felt else None,
    )


# --- Over time ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """A point of a line over time: one visit, or all visits of a quarter together.

    Args:
        first_on: the day of the visit, or of the first one of the quarter.
        visits: how many stand behind it.
        officers, young: the mean of these visits, exact; None where nobody scored.
    """

    first_on: date
    visits: int
    officers: Fraction | None
    young: Fraction | None


def over_time(
    visits: Sequence[tuple[date, Seen]], matter: str = "", *, most: int = 12
) -> list[Moment]:
    """Return how visits went one after the other, officers beside young people, never mixed.

    Args:
        visits: the oldest first.
        matter: the score of this matter; empty for how many matters were weak.
        most: points that a line may have. With more visits, those of one quarter are one point, and
            the newest quarters are kept.
    """
    groups: dict[object, list[tuple[date, Seen]]] = {}
    for number, (day, seen) in enumerate(visits):
        key: object = number if len(visits) <= most else (day.year, (day.month - 1) // 3)
        groups.setdefault(key, []).append((day, seen))
    return [_moment(group, matter) for group in list(groups.values())[-most:]]


def _moment(group: Sequence[tuple[date, Seen]], matter: str) -> Moment:
    officers = [_told(one.officers, one.weak_at_most, matter) for _, one in group]
    young = [_told(one.young, one.weak_at_most, matter) for _, one in group]
    return Moment(group[0][0], len(group), _mean(officers), _mean(young))


def _told(scores: Mapping[str, int | None], weak_at_most: int, matter: str) -> int | None:
    if matter:
        return scores.get(matter)
    given = [score for score in scores.values() if score is not None]
    return sum(score <= weak_at_most for score in given) if given else None


def _mean(values: Sequence[int | None]) -> Fraction | None:
    given = [value for value in values if value is not None]
    return Fraction(sum(given), len(given)) if given else None
