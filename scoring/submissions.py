"""What still keeps an application from being submitted, lot by lot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from scoring.answers import AnswerValue, check_answer
from scoring.content import Content
from scoring.documents import MAY_BE_SUBMITTED, DocumentState
from scoring.rates import check_rate
from scoring.rules import Finding, RuleBroken

V = TypeVar("V")

WHOLE = ""
"""Stands for the whole application where a lot's code could stand."""

DOCUMENT_WORDS = {
    DocumentState.MISSING: "Upload “{title}”.",
    DocumentState.INFECTED: "“{title}” has a virus. Upload a clean file.",
    DocumentState.REJECTED: "“{title}” was not accepted. Upload another one.",
    DocumentState.EXPIRED: "“{title}” has run out. Upload one that is valid.",
}


@dataclass(frozen=True)
class Submission:
    """Everything that a submission is measured by, as plain data.

    Args:
        lots: codes of the lots applied for.
        answers: by (question key, lot code), the lot code empty for the whole application.
        documents: by (checklist key, reference of the setting), the reference empty for those
            of the organisation.
        settings: references of the settings offered.
        rates: pence by (lot code, item key).
        lot_order: the lots, the most wanted first; None where the round does not ask for it.
    """

    question_set: Content
    checklist: Content
    rate_card: Content
    lots: tuple[str, ...]
    answers: Mapping[tuple[str, str], AnswerValue] = field(default_factory=dict)
    documents: Mapping[tuple[str, str], DocumentState] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    rates: Mapping[tuple[str, str], int | None] = field(default_factory=dict)
    lot_order: tuple[str, ...] | None = None


def submission_findings(submission: Submission) -> dict[str, list[Finding]]:
    """Return what is missing or wrong, by lot code; the empty code is the whole application.

    Only lots (and the whole) with a finding are listed. Errors stop the submission; warnings
    (an answer other than the round asks for) are for the provider to know. `where` is the
    question, document or rate.

    Raises:
        RuleBroken: `content:unknown-question`, when a condition names no question of the set.
    """
    found: dict[str, list[Finding]] = {}
    if not submission.lots:
        found[WHOLE] = [Finding("lot:none", "Choose at least one lot.", "lots")]
    if submission.lot_order is not None and set(submission.lot_order) != set(submission.lots):
        words = "Put your lots in the order in which you want them."
        found.setdefault(WHOLE, []).append(Finding("lot-order:missing", words, "lot-order"))
    for lot in (WHOLE, *submission.lots):
        mine = [
            *_of_answers(submission, lot),
            *_of_documents(submission, lot),
            *_of_rates(submission, lot),
        ]
        if mine:
            found.setdefault(lot, []).extend(mine)
    return found


def questions_in(question_set: Content) -> dict[str, Content]:
    """Return every question of a set by its key, in order."""
    return {
        question["key"]: question
        for section in question_set["sections"]
        for question in section["questions"]
    }


@dataclass(frozen=True)
class Asking:
    """Which questions are asked, given the lots applied for and the answers so far."""

    question_set: Content
    lots: tuple[str, ...]
    answers: Mapping[tuple[str, str], AnswerValue]

    def questions(self, lot: str = WHOLE) -> list[Content]:
        """Return the questions asked for a lot, or (no lot) once for the whole application.

        A question is asked when it belongs to one of the lots applied for, and when the
        question that its `when` names is itself asked and has that answer.

        Raises:
            RuleBroken: `content:unknown-question`, `content:circle` (it waits for itself).
        """
        every = questions_in(self.question_set)
        return [
            question
            for question in every.values()
            if bool(question.get("per_lot")) == bool(lot) and self._appears(question, lot, every)
        ]

    def _appears(
        self, question: Content, lot: str, every: Mapping[str, Content], seen: tuple[str, ...] = ()
    ) -> bool:
        key, when = question["key"], question.get("when")
        if key in seen:
            raise RuleBroken("content:circle", f"“{key}” waits for its own answer.", key)
        if not _concerns(question, (lot,) if lot else self.lots):
            return False
        if not when:
            return True
        earlier = every.get(when["question"])
        if earlier is None:
            raise RuleBroken(
                "content:unknown-question", f"“{key}” waits for “{when['question']}”, never asked."
            )
        return any(
            _matches(self.answers.get((earlier["key"], place)), when["is"])
            and self._appears(earlier, place, every, (*seen, key))
            for place in self._places(earlier, lot)
        )

    def _places(self, question: Content, lot: str) -> tuple[str, ...]:
        """Where the answer stands; seen from the whole, an answer for any lot will do."""
        if not question.get("per_lot"):
            return (WHOLE,)
        return (lot,) if lot else self.lots


def _concerns(part: Content, lots: tuple[str, ...]) -> bool:
    """Say whether a question or document is for one of these lots; without lots it is for all."""
    return not part.get("lots") or not set(part["lots"]).isdisjoint(lots)


def _matches(value: AnswerValue, expected: object) -> bool:
    """Compare an answer with the content's word for it; YAML reads a bare yes as true."""
    if isinstance(expected, list):
        return any(_matches(value, one) for one in expected)
    word = _word(expected)
    return word in value if isinstance(value, list) else value is not None and str(value) == word


def _word(expected: object) -> str:
    if isinstance(expected, bool):
        return "yes" if expected else "no"
    return str(expected)


def _of_answers(submission: Submission, lot: str) -> Iterator[Finding]:
    asking = Asking(submission.question_set, submission.lots, submission.answers)
    for question in asking.questions(lot):
        key = question["key"]
        value = submission.answers.get((key, lot))
        if value is None or value in ("", []):
            if question.get("required"):
                yield Finding("answer:missing", f"Answer “{question['label']}”", key)
            continue
        yield from _refusal(check_answer, question, value, key)
        expected = question.get("pass_value")
        if expected is not None and not _matches(value, expected):
            yield Finding(
                "answer:not-as-asked",
                f"The round asks for “{_word(expected)}” to “{question['label']}”",
                key,
                level="warning",
            )


def _of_documents(submission: Submission, lot: str) -> Iterator[Finding]:
    if lot != WHOLE:
        return
    for line in submission.checklist["documents"]:
        if line["stage"] != "submission" or not _concerns(line, submission.lots):
            continue
        owners = submission.settings if line["of"] == "setting" else ("",)
        for owner in owners:
            yield from _of_a_document(submission, line, owner)


def _of_a_document(submission: Submission, line: Content, owner: str) -> Iterator[Finding]:
    state = submission.documents.get((line["key"], owner), DocumentState.MISSING)
    missing = state is DocumentState.MISSING and not line.get("required")
    if state not in MAY_BE_SUBMITTED and not missing:
        words = DOCUMENT_WORDS[state].format(title=line["title"])
        yield Finding(
            f"document:{state}", words, f"{line['key']}/{owner}" if owner else line["key"]
        )


def _of_rates(submission: Submission, lot: str) -> Iterator[Finding]:
    if lot == WHOLE:
        return
    for item in submission.rate_card["items"]:
        if not _concerns(item, (lot,)):
            continue
        pence = submission.rates.get((lot, item["key"]))
        yield from _refusal(check_rate, item, pence, item["key"])


def _refusal(
    rule: Callable[[Content, V], object], content: Content, value: V, where: str
) -> Iterator[Finding]:
    try:
        rule(content, value)
    except RuleBroken as refusal:
        yield Finding(refusal.code, refusal.message, where)
