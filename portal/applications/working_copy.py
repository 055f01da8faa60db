"""The working copy of an application: what its people have written so far, read as a whole.

What a submission will hold, what is still missing, and how far each part is are all derived here
from the same rows, in a constant number of statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from portal.applications.lots.branches import gated
from portal.applications.lots.councils import councils_offered
from portal.applications.lots.order import in_order, is_asked
from portal.applications.models import Answer, Application, AttachedDocument, OfferedRate
from portal.applications.models_marks import SensitiveMark
from portal.applications.paper import QuestionPage, all_pages
from portal.applications.touching import Touched
from portal.content.rates import items_for, only_asked
from portal.documents.models import DocumentVersion
from portal.documents.queries import state_of
from portal.people.models import Council
from scoring.answers import AnswerValue
from scoring.content import Content
from scoring.eligibility import (
    Asking,
    DocumentState,
    Submission,
    questions_in,
    submission_findings,
)
from scoring.rates import weekly_pence
from scoring.rules import Finding, errors

WHOLE = ""
ANSWERS, DOCUMENTS, RATES = "answers", "documents", "rates"
EVERYTHING = frozenset({ANSWERS, DOCUMENTS, RATES})


class Progress(StrEnum):
    """How far a part of an application is."""

    NOT_NEEDED = "not-needed"
    NOT_STARTED = "not-started"
    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the task list: a section of questions with how far it is."""

    section: Content
    pages: tuple[QuestionPage, ...]
    progress: Progress
    missing: int


@dataclass(frozen=True)
class WorkingCopy:
    """An application with what was written for it, on a day.

    A page that shows only answers, or only rates, needs only these `parts`; what is missing can be
    said of the whole alone.
    """

    application: Application
    answers: Mapping[tuple[str, str], Answer]
    attached: Mapping[str, AttachedDocument]
    rates: Mapping[tuple[str, str], OfferedRate]
    files: Mapping[str, DocumentVersion]  # answers of the kind "file", by reference
    on: date
    marks: Sequence[SensitiveMark] = ()  # confidential parts
    parts_read: frozenset[str] = EVERYTHING
    unconfirmed: tuple[Touched, ...] = ()  # by a newer version of the round

    @property
    def question_set(self) -> Content:
        return self.application.round.question_set.body

    @property
    def checklist(self) -> Content:
        return self.application.round.checklist.body

    @property
    def rate_card(self) -> Content:
        return self.application.round.rate_card.body

    @cached_property
    def lots(self) -> tuple[str, ...]:
        """Codes of the lots applied for, in the order of the round."""
        chosen = {lot.round_lot_id for lot in self.application.lots}
        return tuple(
            lot.code
            for lot in self.application.round.lots
            if lot.id in chosen and lot.cancelled_at is None
        )

    @cached_property
    def gated_lots(self) -> tuple[str, ...]:
        """The lots that ask for a registration with Ofsted."""
        return gated(self.checklist, self.lots)

    @property
    def branches_chosen(self) -> bool:
        """Whether it was said for a lot which branches will deliver it."""
        return any(lot.branches is not None for lot in self.application.lots)

    @cached_property
    def lot_order(self) -> tuple[str, ...] | None:
        """The lots in the bidder's own order, as far as it is stated; None where none is asked."""
        if not is_asked(self.application.round, len(self.lots)):
            return None
        return tuple(code for code in in_order(self.application) if code in self.lots)

    @cached_property
    def lot_councils(self) -> dict[str, list[Council]]:
        """The councils to which each of the lots is offered."""
        chosen = {lot.round_lot_id: lot.councils for lot in self.application.lots}
        return {
            lot.code: councils_offered(chosen[lot.id], self.application.round)
            for lot in self.application.round.lots
            if lot.code in self.lots
        }

    @property
    def councils_in_words(self) -> str:
        """Which lots are not offered to every council; nothing before lots are chosen."""
        every = len(self.application.round.councils)
        fewer = [
            f"lot {code} to {', '.join(one.name for one in councils)}"
            for code, councils in self.lot_councils.items()
            if len(councils) < every
        ]
        if not self.lots:
            return ""
        return f"Only {'; '.join(fewer)}" if fewer else "Every lot is offered to every council."

    @cached_property
    def values(self) -> dict[tuple[str, str], AnswerValue]:
        return {place: answer.value for place, answer in self.answers.items()}

    @cached_property
    def asking(self) -> Asking:
        return Asking(self.question_set, self.lots, self.values)

    @cached_property
    def questions(self) -> dict[str, Content]:
        return questions_in(self.question_set)

    @cached_property
    def pages(self) -> list[QuestionPage]:
        return all_pages(self.question_set, self.asking)

    @cached_property
    def asked_places(self) -> set[tuple[str, str]]:
        """(question key, lot code) of every question that is asked now."""
        return {(question["key"], page.lot) for page in self.pages for question in page.questions}

    @cached_property
    def prices(self) -> dict[tuple[str, str], int]:
        """Pence by (lot code, item key), of the lots applied for and the items of the card."""
        asked = {(lot, item["key"]) for lot in self.lots for item in items_for(self.rate_card, lot)}
        return {
            place: rate.amount_pence
            for place, rate in self.rates.items()
            if rate.amount_pence is not None and place in asked
        }

    @cached_property
    def document_lines(self) -> list[Content]:
        """The lines of the checklist that concern these lots and the organisation itself."""
        return [
            line
            for line in self.checklist["documents"]
            if line["of"] == "organisation"
            and (not line.get("lots") or not set(line["lots"]).isdisjoint(self.lots))
        ]

    def document_state(self, key: str) -> DocumentState:
        """The state of what was attached for a line of the checklist."""
        attached = self.attached.get(key)
        return state_of(attached.version if attached else None, self.on)

    @cached_property
    def findings(self) -> dict[str, list[Finding]]:
        """What is missing or wrong, by lot code; the empty code is the whole application."""
        if self.parts_read != EVERYTHING:
            raise RuntimeError("what is missing can be said of the whole working copy only")
        states = {
            (line["key"], ""): self.document_state(line["key"]) for line in self.document_lines
        }
        found = submission_findings(
            Submission(
                question_set=self.question_set,
                checklist=self.checklist,
                rate_card=self.rate_card,
                lots=self.lots,
                answers=self.values,
                documents=states,
                rates=self.prices,
                lot_order=self.lot_order,
            )
        )
        found = only_asked(found, self.rate_card)
        for one in self.unconfirmed:
            found.setdefault(one.lot_code, []).append(one.finding)
        return found

    @property
    def is_complete(self) -> bool:
        """Whether nothing stands against submitting it."""
        return not any(errors(found) for found in self.findings.values())

    @property
    def missing(self) -> int:
        """How many things stand against submitting it."""
        return sum(len(errors(found)) for found in self.findings.values())

    @cached_property
    def parts(self) -> list[Part]:
        """The sections of questions, each with how far it is."""
        return [self._part(section) for section in self.question_set["sections"]]

    def _part(self, section: Content) -> Part:
        pages = tuple(page for page in self.pages if page.section["key"] == section["key"])
        places = [(question["key"], page.lot) for page in pages for question in page.questions]
        missing = sum(self._wrong(key, lot) for key, lot in places)
        answered = any(self.values.get(place) not in (None, "", []) for place in places)
        return Part(section, pages, _progress(bool(pages), answered, missing), missing)

    def page_progress(self, page: QuestionPage) -> Progress:
        """How far one page is."""
        keys = [question["key"] for question in page.questions]
        answered = any(self.values.get((key, page.lot)) not in (None, "", []) for key in keys)
        return _progress(True, answered, sum(self._wrong(key, page.lot) for key in keys))

    def _wrong(self, key: str, lot: str) -> int:
        return sum(
            finding.where == key and finding.code.startswith(("answer:", "text:"))
            for finding in errors(self.findings.get(lot, []))
        )

    @cached_property
    def documents_progress(self) -> Progress:
        asked = [line for line in self.document_lines if line["stage"] == "submission"]
        wrong = self._count("document:")
        return _progress(bool(asked), bool(self.attached), wrong)

    @cached_property
    def rates_progress(self) -> Progress:
        if not self.lots:
            return Progress.NOT_NEEDED
        return _progress(True, bool(self.prices), self._count("rate:"))

    def _count(self, prefix: str) -> int:
        return sum(
            finding.code.startswith(prefix)
            for found in self.findings.values()
            for finding in errors(found)
        )

    def weekly_example(self, lot: str, hours: int) -> int | None:
        """Pence for one young person for a week with these hours of support, if it can be said."""
        core = _item(self.rate_card, "week")
        hourly = _item(self.rate_card, "hour")
        if core is None:
            return None
        week = weekly_pence(
            self.prices.get((lot, core["key"])),
            core.get("included_hours") or 0,
            self.prices.get((lot, hourly["key"])) if hourly else None,
            hours,
        )
        return None if week is None else int(week)


def example_hours(rate_card: Content) -> int:
    """Hours of support in the example under a rate card: some more than the core price holds.

    None (0) where the card asks for no price of an hour, as for foster care.
    """
    core = _item(rate_card, "week")
    if _item(rate_card, "hour") is None:
        return 0
    return ((core.get("included_hours") or 0) if core else 0) + 3


def _item(rate_card: Content, unit: str) -> Any:
    return next((item for item in rate_card["items"] if item["unit"] == unit), None)


def _progress(needed: bool, answered: bool, missing: int) -> Progress:
    if not needed:
        return Progress.NOT_NEEDED
    if not missing and answered:
        return Progress.DONE
    if not answered:
        return Progress.NOT_STARTED
    return Progress.STARTED
