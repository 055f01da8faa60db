"""Clarifications: bidders ask the council, and the council asks a bidder once.

A bidder's question (`QUESTION`; the council learns who asked when the round is opened):

    waiting   → answered   a commissioner of the lead council publishes an answer, to all
    waiting   → declined   the same, with a reason that only those who asked read
    waiting   → withdrawn  anybody of the provider that asked, before the deadline
    waiting   → lapsed     the clock, at the deadline for applications: nobody could act on an answer

The answer (`CLARIFICATION`), to one question or several that ask the same:

    draft     → published  with a number, Q1 and so on; the questions under it are answered
    published → published  corrected, with what changed; every version stays to be read

The council's request to a bidder (`CLARIFICATION_REQUEST`), in the compliance check of an opened bid:

    draft     → sent       a commissioner of the lead council, once for each bid, with a date
    sent      → replied    an administrator of the bidder, before the date
    sent      → expired    the clock, at the date

What a request may name: documents, pass or fail items, and answers that only inform. Never a price,
and never an answer that is scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scoring.clock import RoundFacts, round_stage_at
from scoring.rules import Finding, RuleBroken
from scoring.stage_names import QuestionStage, RequestStage, RoundStage
from scoring.text import cleaned, meaningful_words

LONGEST_QUESTION = 2_000
LONGEST_ANSWER = 10_000
SHORTEST_NAME = 4  # shorter names are words like any other

# --- Questions of bidders ----------------------------------------------------------------------


def asking_refusal(facts: RoundFacts, received_at: datetime) -> RuleBroken | None:
    """Return why a question received at this moment is not taken, or None when it is.

    Args:
        facts: the round's stored stage and its dates. Without a last moment for questions they may
            be asked until the deadline for applications.
        received_at: when the request came in. Exactly at the last moment is late.

    Source: the round's published timetable; equal treatment of bidders.
    """
    stage = round_stage_at(facts, received_at)
    if stage is RoundStage.OPEN_FOR_QUESTIONS:
        return None
    if stage in {RoundStage.DRAFT, RoundStage.PUBLISHED}:
        return RuleBroken("question:too-early", "This round is not open for questions yet.")
    if stage is RoundStage.CANCELLED:
        return RuleBroken("question:round-cancelled", "This round was cancelled.")
    return RuleBroken(
        "question:late",
        "The time for questions is over. This one came in at its last moment or after it, "
        "so it was not taken.",
    )


def answering_refusal(facts: RoundFacts, now: datetime) -> RuleBroken | None:
    """Return why nothing can be answered or declined at this moment, or None when it can.

    Answers are published while bidders can still act on them: until the deadline for applications.
    """
    stage = round_stage_at(facts, now)
    if stage in {RoundStage.OPEN_FOR_QUESTIONS, RoundStage.QUESTIONS_CLOSED}:
        return None
    if stage is RoundStage.CANCELLED:
        return RuleBroken("question:round-cancelled", "This round was cancelled.")
    if stage in {RoundStage.DRAFT, RoundStage.PUBLISHED}:
        return RuleBroken("question:too-early", "This round is not open for questions yet.")
    return RuleBroken(
        "question:after-deadline",
        "The deadline for applications has passed. Nobody could act on an answer any more.",
    )


def question_stage_at(
    stage: QuestionStage, deadline_at: datetime | None, now: datetime
) -> QuestionStage:
    """Return the stage that a question shows: one not answered by the deadline has lapsed."""
    if stage is QuestionStage.WAITING and deadline_at is not None and now >= deadline_at:
        return QuestionStage.LAPSED
    return stage


def checked_question(text: str, field: str = "question") -> str:
    """Return a question as it is kept: cleaned, with words in it.

    Raises:
        RuleBroken: `question:empty`, `question:too-long` above 2 000 characters, `text:…`.
    """
    return _checked(text, field, LONGEST_QUESTION, "question:empty", "Write the question.")


def checked_answer(text: str, field: str = "answer") -> str:
    """Return an answer as it is published: cleaned, with words in it.

    Raises:
        RuleBroken: `answer:empty`, `answer:too-long` above 10 000 characters, `text:…`.
    """
    return _checked(text, field, LONGEST_ANSWER, "answer:empty", "Write the answer.")


def _checked(text: str, field: str, longest: int, code: str, message: str) -> str:
    clean = cleaned(text, field)
    if not meaningful_words(clean):
        raise RuleBroken(code, message, field)
    if len(clean) > longest:
        thing = code.partition(":")[0]
        raise RuleBroken(f"{thing}:too-long", f"Use {longest:,} characters or fewer.", field)
    return clean


def label(number: int) -> str:
    """Return how a published answer is called by everybody: `Q7`."""
    return f"Q{number}"


# --- What may tell who asked -------------------------------------------------------------------

_TELLING = (
    ("email", "an email address", re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")),
    ("web", "a web address", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("telephone", "a telephone number", re.compile(r"(?:\+44|\b0)(?:[\s()-]*\d){9,10}\b")),
    ("postcode", "a postcode", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b")),
    ("urn", "an Ofsted number", re.compile(r"\bSC\s?\d{6,7}\b", re.IGNORECASE)),
    ("company", "a company number", re.compile(r"\b(?:\d{8}|(?:NI|OC|LP|CE)\d{6})\b")),
)
_LEGAL_FORM = re.compile(r"[\s,]+(ltd|limited|llp|plc|cic|c\.i\.c)\.?$", re.IGNORECASE)


def telling_findings(texts: Iterable[str], names: Iterable[str]) -> list[Finding]:
    """Return what in texts that will be published may tell who asked: warnings, to be looked at.

    Args:
        texts: the published wording of the question, and the answer.
        names: of every provider that is registered, whoever asked, so that a warning tells nothing.
    """
    whole = "\n".join(texts)
    return [*_patterns_in(whole), *_names_in(whole, names)]


def _patterns_in(text: str) -> Iterator[Finding]:
    for key, words, pattern in _TELLING:
        for found in sorted({match[0].strip(" .,;:") for match in pattern.finditer(text)}):
            yield _telling(key, f"“{found}” looks like {words}.")


def _names_in(text: str, names: Iterable[str]) -> Iterator[Finding]:
    folded = f" {_folded(text)} "
    for name in sorted({_LEGAL_FORM.sub("", name.strip()) for name in names}):
        words = _folded(name)
        if len(words) >= SHORTEST_NAME and f" {words} " in folded:
            yield _telling("name", f"“{name}” is the name of a provider.")


def _folded(text: str) -> str:
    """The words of a text, in small letters, one space apart."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _telling(key: str, message: str) -> Finding:
    return Finding(f"telling:{key}", message, level="warning")


# --- The council's request to a bidder ---------------------------------------------------------


class FieldKind(StrEnum):
    """What a field of a request is, by the first word of its key."""

    DOCUMENT = "document"  # a line of the checklist
    GROUND = "ground"  # a declaration on a ground for exclusion
    QUESTION = "question"  # another question that passes or fails
    OFSTED = "ofsted"  # a registration at the gate
    ANSWER = "answer"  # an answer that only informs


_ROLES = {
    FieldKind.GROUND: "pass-fail",
    FieldKind.QUESTION: "pass-fail",
    FieldKind.ANSWER: "information",
}


def askable_kind(key: str, role: str = "") -> FieldKind:
    """Return the kind of a field that a bidder may be asked about.

    Args:
        key: such as `document:accounts`, `ground:debarment`, `answer:legal-name`, `prices`.
        role: of the question behind an answer: `information`, `pass-fail` or `scored`.

    Raises:
        RuleBroken: `clarification-request:not-askable`, for prices, scored answers and whatever is
            not a field of the bid.
    """
    name, _, rest = key.partition(":")
    kind = next((one for one in FieldKind if one.value == name), None)
    if kind is None or not rest or (role and role != _ROLES.get(kind, role)):
        raise RuleBroken(
            "clarification-request:not-askable",
            "A bidder can be asked about documents, pass or fail items and information only. "
            "Never about prices, and never about an answer that is scored.",
        )
    return kind


def request_stage_at(
    stage: RequestStage, reply_until_at: datetime | None, now: datetime
) -> RequestStage:
    """Return the stage that a request shows: one not replied to by its date has expired."""
    if stage is RequestStage.SENT and reply_until_at is not None and now >= reply_until_at:
        return RequestStage.EXPIRED
    return stage


def refuse_second_request(stage: RequestStage) -> None:
    """Raise `clarification-request:once` when a bidder was asked already.

    Source: "The council may ask a bidder to clarify listed fields only, once, with a date."
    """
    if stage is not RequestStage.DRAFT:
        raise RuleBroken(
            "clarification-request:once",
            "This bidder was asked already. A bidder is asked once only.",
        )


def check_reply_date(now: datetime, reply_until_at: datetime | None, least_days: int) -> None:
    """Refuse a date for the reply that is missing or leaves less than `least_days` × 24 hours.

    Raises:
        RuleBroken: `clarification-request:no-date`, `clarification-request:too-soon`.
    """
    if reply_until_at is None:
        raise RuleBroken(
            "clarification-request:no-date", "Enter the date for the reply.", "reply_until_at"
        )
    if reply_until_at < now + timedelta(days=least_days):
        days = "1 day" if least_days == 1 else f"{least_days} days"
        raise RuleBroken(
            "clarification-request:too-soon",
            f"Give the bidder at least {days} to reply.",
            "reply_until_at",
        )


def refuse_empty_request(number_of_fields: int) -> None:
    """Raise `clarification-request:nothing-asked` when a request names no field."""
    if not number_of_fields:
        raise RuleBroken("clarification-request:nothing-asked", "Name at least one field first.")


def reply_refusal(
    stage: RequestStage, reply_until_at: datetime | None, received_at: datetime
) -> RuleBroken | None:
    """Return why a reply cannot be written or sent at this moment, or None when it can.

    Args:
        received_at: when the request came in; exactly at the date is late.
    """
    shown = request_stage_at(stage, reply_until_at, received_at)
    if shown is RequestStage.SENT:
        return None
    if shown is RequestStage.REPLIED:
        return RuleBroken(
            "clarification-reply:sent", "Your reply was sent. It cannot be changed any more."
        )
    return RuleBroken(
        "clarification-reply:late", "The date for the reply has passed, so nothing can be sent."
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a bidder wrote to one field of a request."""

    where: str
    title: str
    text: str
    has_document: bool = False


def reply_findings(replies: Sequence[Reply]) -> list[Finding]:
    """Return what is missing before a reply can be sent: each field has words or a document."""
    return [
        Finding("clarification-reply:missing", f"Reply to “{one.title}” first.", one.where)
        for one in replies
        if not one.has_document and not meaningful_words(one.text)
    ]


def decision_refusal(stage: RequestStage | None, *, listed: bool, asks: bool) -> RuleBroken | None:
    """Return why an item of the check cannot be decided like this now, or None when it can.

    Args:
        stage: of the request to this bidder as the clock shows it; None while there is none.
        listed: whether the request names the item.
        asks: whether the decision is to ask the bidder.
    """
    if stage in {None, RequestStage.DRAFT}:
        return None
    if asks:
        return RuleBroken(
            "clarification-request:once",
            "This bidder was asked already. A bidder is asked once only, so decide pass or fail.",
            "outcome",
        )
    if listed and stage is RequestStage.SENT:
        return RuleBroken(
            "clarification-request:waits",
            "The bidder still has time to reply. Decide this when the reply is there "
            "or its date has passed.",
        )
    return None
