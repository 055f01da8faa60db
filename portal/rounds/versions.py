"""A version of a published round, while it is prepared: what it changes, and what stands against it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from portal import settings
from portal.content import queries as content
from portal.content.checks import either
from portal.content.rates import PERCENT
from portal.rounds import checks, presentation
from portal.rounds.models import Round
from scoring.differences import Difference, Part, between, in_lines, listed, plain, yes_no
from scoring.money import percent_words, pounds
from scoring.rules import Finding
from scoring.timetable import Step, order_findings

CARRIED = (
    "summary",
    "contact_email",
    "questions_until_at",
    "deadline_at",
    "eligibility",
    *checks.FROZEN,
)
"""What a version takes over into its round, beside the lots. All else stays as it was published."""

DATES = {"questions_until_at": "Last moment for questions", "deadline_at": "Deadline"}


def _options(value: Any) -> str:
    return "\n".join(one["label"] for one in value or ())


def _when(value: Any) -> str:
    if not value:
        return ""
    return f"If “{value['question']}” is answered {either(value)}"


_TEXT = {"text": ("Text", plain)}
_LOTS = ("Only for lots", listed)
_QUESTION = {
    "title": ("Short name", plain),
    "label": ("Question", plain),
    "hint": ("Hint", plain),
    "guidance": ("What a good answer shows", in_lines),
    "required": ("Must be answered", yes_no),
    "promise": ("The contract repeats it", yes_no),
    "words": ("Limit of words", plain),
    "options": ("Answers to choose from", _options),
    "pass_value": ("Answer that passes", plain),
    "per_lot": ("Asked for each lot", yes_no),
    "lots": _LOTS,
    "when": ("Asked", _when),
    "unit": ("Unit", plain),
}
_DOCUMENT = {
    "title": ("Document", plain),
    "hint": ("Hint", plain),
    "required": ("Must be there", yes_no),
    "stage": ("Needed at the", plain),
    "promise": ("A promise is enough", yes_no),
    "lots": _LOTS,
}
_RATE = {
    "title": ("Price", plain),
    "hint": ("Hint", plain),
    "required": ("Must be stated", yes_no),
    "included_hours": ("Hours included", plain),
    "least": ("Least", plain),
    "most": ("Most", plain),
    "lots": _LOTS,
}
_SCHEME = {
    "share": ("Share of all points", plain),
    "minimum": ("Minimum", plain),
    "text": ("Text", plain),
}


def differences(before: Round, after: Round) -> list[Difference]:
    """Everything that a version changes in its round, part by part, in the order of the page."""
    sides = (before, after)
    return [
        *between(Part.DETAILS, *map(_details, sides), _TEXT),
        *between(Part.TIMETABLE, *map(_timetable, sides), _TEXT),
        *between(Part.LOTS, *map(_lots, sides), {}),
        *between(Part.QUESTIONS, *map(_questions, sides), _QUESTION, "called"),
        *between(Part.ELIGIBILITY, *map(_eligibility, sides), {}),
        *between(Part.DOCUMENTS, *map(_documents, sides), _DOCUMENT),
        *between(Part.RATES, *map(_rates, sides), _RATE),
        *between(Part.SCHEME, *map(_scheme, sides), _SCHEME),
    ]


def findings(
    draft: Round, notice_number: str, notice_published_at: datetime | None, now: datetime
) -> list[Finding]:
    """Everything that stops a version from being published, and what its publisher should know."""
    dates = (draft.opens_at, draft.questions_until_at, draft.deadline_at)
    return [
        *checks.details_findings(draft),
        *timetable_findings(draft, *dates, now),
        *checks.content_findings(draft),
        *notice_findings(draft, notice_number, notice_published_at, now),
    ]


def timetable_findings(
    draft: Round,
    opens_at: datetime | None,
    questions_until_at: datetime | None,
    deadline_at: datetime | None,
    now: datetime,
) -> list[Finding]:
    """What is wrong with the dates of a version: they only ever move away from bidders.

    A date that stays may have gone by; one that is set anew lies ahead.
    """
    root = draft.root
    new = {"questions_until_at": questions_until_at, "deadline_at": deadline_at}
    steps = [
        Step("opens_at", "Opens to providers", root.opens_at, required=False),
        Step("questions_until_at", DATES["questions_until_at"], questions_until_at, required=False),
        Step("deadline_at", "Deadline for applications", deadline_at),
    ]
    found = order_findings(steps)
    if opens_at != root.opens_at:
        found.append(Finding("version:stays", "When it opened stays as it was.", "opens_at"))
    for name, at in new.items():
        found.extend(_moved(name, getattr(root, name), at, now))
    return found + list(_short(deadline_at, now))


def _moved(
    name: str, before: datetime | None, after: datetime | None, now: datetime
) -> Iterator[Finding]:
    """A date that bidders planned with never comes nearer. [usual]"""
    if after is None or after == before:
        return
    if after <= now:
        yield Finding("timetable:in-the-past", f"“{DATES[name]}” must be in the future.", name)
    elif before is None or after < before:
        yield Finding(
            "version:date-nearer",
            f"“{DATES[name]}” cannot come nearer: bidders have planned with the one before.",
            name,
        )


def _short(deadline_at: datetime | None, now: datetime) -> Iterator[Finding]:
    """Section 31(5) of the Procurement Act 2023 asks to think of the time that is left."""
    least = int(settings.get("version_days"))
    if deadline_at is not None and deadline_at - now < timedelta(days=least):
        yield Finding(
            "version:short",
            f"Bidders have less than {least} days after this version. Think of a later deadline.",
            "deadline_at",
            level="warning",
        )


def notice_findings(
    draft: Round, notice_number: str, notice_published_at: datetime | None, now: datetime
) -> Iterator[Finding]:
    """The tender notice is revised first (Procurement Act 2023, section 31)."""
    yield from checks.notice_findings(draft, notice_number, notice_published_at, now)
    known = draft.root.notice_published_at
    if notice_published_at and known and notice_published_at.astimezone(UTC) <= known:
        yield Finding(
            "notice:not-revised",
            "Enter the notice that was revised for this version. This is the one before.",
            "notice_published_at",
        )


def _details(one: Round) -> list[Mapping[str, Any]]:
    return [
        {"key": "summary", "title": "What it is for", "text": one.summary},
        {"key": "contact_email", "title": "Contact", "text": one.contact_email},
    ]


def _timetable(one: Round) -> list[Mapping[str, Any]]:
    return [
        {"key": name, "title": title, "text": presentation.before(getattr(one, name))}
        for name, title in DATES.items()
    ]


def _lots(one: Round) -> list[Mapping[str, Any]]:
    return [{"key": lot.code, "title": f"{lot.code}: {lot.title}"} for lot in one.open_lots]


def _asked(one: Round) -> Iterable[Mapping[str, Any]]:
    sections = one.question_set.body["sections"]
    return (question for section in sections for question in section["questions"])


def _questions(one: Round) -> list[Mapping[str, Any]]:
    return [{**asked, "called": asked["title"] or asked["label"]} for asked in _asked(one)]


def _eligibility(one: Round) -> list[Mapping[str, Any]]:
    labels = {asked["key"]: asked["label"] for asked in _asked(one)}
    return [{"key": key, "title": labels.get(key, key)} for key in one.eligibility]


def _documents(one: Round) -> list[Mapping[str, Any]]:
    lines: list[Mapping[str, Any]] = one.checklist.body["documents"]
    return lines


def _rates(one: Round) -> list[Mapping[str, Any]]:
    return [
        {**item, "least": _amount(item, "minimum_pence"), "most": _amount(item, "maximum_pence")}
        for item in one.rate_card.body["items"]
    ]


def _amount(item: Mapping[str, Any], name: str) -> str:
    return percent_words(item[name]) if item["unit"] == PERCENT else pounds(item[name])


def _scheme(one: Round) -> Iterator[Mapping[str, Any]]:
    """The scheme as it is printed: what each part and each question weighs, and every rule."""
    for criterion, rows in zip(
        (each for each in content.scheme(one.scheme).every if each.is_price or each.questions),
        presentation.scheme_rows(one),
        strict=True,
    ):
        yield {
            "key": f"part:{criterion.key}",
            "title": rows.title,
            "share": rows.share,
            "minimum": rows.minimum_share,
        }
        for scored, row in zip(criterion.questions, rows.questions, strict=True):
            yield {
                "key": f"question:{scored.question}",
                "title": row.label,
                "share": row.share,
                "minimum": plain(row.minimum),
            }
    yield {
        "key": "award",
        "title": "How awards are made",
        "text": in_lines(presentation.admission(one)),
    }
    if price := presentation.price(one):
        baskets = [f"{where}: {what}" for where, what in price.baskets]
        yield {"key": "price", "title": "Price", "text": in_lines([*price.lines, *baskets])}
