"""The questions of a round as pages: one thing at a time, in the order of the question set.

A long text has a page of its own. Short questions stand together, and a page ends where what is
asked next depends on an answer, so that nothing appears or vanishes while somebody types.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.web import pounds
from scoring.answers import AnswerValue, rows_in
from scoring.content import Content
from scoring.eligibility import Asking
from scoring.rows import ROW_KINDS, Row, columns_of
from scoring.timetable import date_words

ALONE = frozenset({"long-text", "many-of", "file", *ROW_KINDS})
MOST_ON_A_PAGE = 5


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Questions that are answered on one page, for the whole application or for one lot."""

    section: Content
    questions: tuple[Content, ...]
    lot: str = ""
    key: str = ""  # of the first question that could stand here: the page's address

    @property
    def is_alone(self) -> bool:
        return len(self.questions) == 1

    @property
    def title(self) -> str:
        if self.is_alone:
            return str(self.questions[0]["label"])
        return str(self.section["title"])


def section_pages(section: Content, asking: Asking) -> list[QuestionPage]:
    """The pages of a section on which something is asked."""
    asked = {
        lot: {question["key"] for question in asking.questions(lot)} for lot in ("", *asking.lots)
    }
    pages = []
    for run in _runs(section):
        lots = asking.lots if run[0][0].get("per_lot") else ("",)
        for lot in lots:
            for group in run:
                shown = tuple(one for one in group if one["key"] in asked[lot])
                if shown:
                    pages.append(QuestionPage(section, shown, lot, str(group[0]["key"])))
    return pages


def all_pages(question_set: Content, asking: Asking) -> list[QuestionPage]:
    """Every page, in order."""
    return [page for section in question_set["sections"] for page in section_pages(section, asking)]


def _runs(section: Content) -> Iterator[list[list[Content]]]:
    """Groups of questions; neighbours that are asked for each lot stay together lot by lot."""
    run: list[list[Content]] = []
    for group in _groups(section["questions"]):
        if run and (not group[0].get("per_lot") or not run[0][0].get("per_lot")):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _groups(questions: Iterable[Content]) -> Iterator[list[Content]]:
    questions = list(questions)
    waited_for = {question["when"]["question"] for question in questions if question.get("when")}
    group: list[Content] = []
    for question in questions:
        if group and not _may_join(question, group, waited_for):
            yield group
            group = []
        group.append(question)
    if group:
        yield group


def _may_join(question: Content, group: list[Content], waited_for: set[str]) -> bool:
    last = group[-1]
    return not (
        len(group) >= MOST_ON_A_PAGE
        or _is_alone(question)
        or _is_alone(last)
        or last["key"] in waited_for
        or bool(question.get("per_lot")) != bool(last.get("per_lot"))
    )


def _is_alone(question: Content) -> bool:
    return question["kind"] in ALONE or bool(question.get("guidance"))


def typed_form(question: Content, value: AnswerValue) -> Any:
    """An answer as it stands in its field: pounds for pence, a date for its text."""
    if value is None:
        return None
    if question["kind"] == "date":
        return date.fromisoformat(str(value))
    return value


def words_of(question: Content, value: AnswerValue) -> str:
    """An answer as a person reads it; empty when there is none."""
    if value is None or value in ("", []):
        return ""
    words = str(value)
    match question["kind"]:
        case "money" if isinstance(value, int):
            words = pounds(value)
        case "date":
            words = date_words(date.fromisoformat(words))
        case "yes-no":
            words = words.capitalize()
        case "one-of" | "many-of":
            words = _labels(question, value)
        case "number" if question.get("unit"):
            words = f"{words} {question['unit']}"
        case "table" | "settings":
            words = "\n".join(_rows_in_words(question, value))
    return words


def cells_of(question: Content, row: Row) -> list[str]:
    """The cells of a row as a person reads them, in the order of the columns."""
    return [words_of(column, row.get(column["key"])) for column in columns_of(question)]


def _rows_in_words(question: Content, value: AnswerValue) -> Iterator[str]:
    """One line for each row: what it is about, and then each cell by the name of its column."""
    labels = [str(column["label"]) for column in columns_of(question)]
    for number, row in enumerate(rows_in(value), 1):
        told = [
            words if at == 0 else f"{label}: {words}"
            for at, (label, words) in enumerate(zip(labels, cells_of(question, row), strict=True))
            if words
        ]
        yield f"{number}. {'; '.join(told)}"


def _labels(question: Content, value: AnswerValue) -> str:
    labels = {option["value"]: option["label"] for option in question["options"]}
    chosen = value if isinstance(value, list) else [value]
    return "\n".join(str(labels.get(one, one)) for one in chosen)
