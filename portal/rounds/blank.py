"""The questions of a round without any answers, to be worked on with others: Word, PDF or Excel."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.content.checks import either
from portal.rounds.models import Round
from portal.tables import Column, Table
from portal.wordfiles import WordFile
from scoring.rows import ROW_KINDS, columns_of

Question = Mapping[str, Any]
_KINDS = {
    "text": "One line",
    "long-text": "Text",
    "number": "A number",
    "money": "Pounds",
    "date": "A date",
    "yes-no": "Yes or no",
    "one-of": "One of these",
    "many-of": "Any of these",
    "file": "A file, uploaded in the portal",
    "table": "A table",
    "settings": "A list of homes",
}
_LINES = {"long-text": 8, "text": 1, "number": 1, "money": 1, "date": 1, "yes-no": 1}


@dataclass(frozen=True, slots=True)
class Blank:
    """One question as a blank form shows it."""

    section: str
    label: str
    hint: str
    guidance: tuple[str, ...]
    kind: str
    facts: tuple[str, ...]
    options: tuple[str, ...]
    columns: tuple[str, ...]
    lines: int


def blanks(bid_round: Round) -> Iterator[Blank]:
    """Every question of a round, in order."""
    body = bid_round.question_set.body
    labels = {
        question["key"]: question["label"]
        for section in body["sections"]
        for question in section["questions"]
    }
    for section in body["sections"]:
        for question in section["questions"]:
            yield _blank(section, question, labels)


def word_file(bid_round: Round) -> bytes:
    """The blank questions as a Word document."""
    word = WordFile(f"Questions: {bid_round.title}")
    for text in about(bid_round):
        word.paragraph(text)
    section = ""
    for one in blanks(bid_round):
        if one.section != section:
            section = one.section
            word.heading(section, 1)
        word.heading(one.label, 2)
        if one.hint:
            word.paragraph(one.hint)
        word.points(one.guidance)
        word.paragraph(". ".join((one.kind, *one.facts)) + ".", small=True)
        word.points(one.options)
        if one.columns:
            word.table(one.columns, [[""] * len(one.columns)] * 3)
        elif not one.options:
            word.box(one.lines)
    return word.save()


def table(bid_round: Round) -> Table:
    """The blank questions as a table with a column to write in."""
    columns = [
        Column("section", "Section"),
        Column("label", "Question"),
        Column("hint", "What to say"),
        Column("kind", "Kind of answer"),
        Column("facts", "When, and how long"),
        Column("options", "Answers to choose from"),
        Column("answer", "Your answer"),
    ]
    rows = [
        {
            "section": one.section,
            "label": one.label,
            "hint": "\n".join((one.hint, *one.guidance)).strip(),
            "kind": one.kind,
            "facts": "; ".join(one.facts),
            "options": "; ".join(one.options or one.columns),
            "answer": "",
        }
        for one in blanks(bid_round)
    ]
    return Table(
        "questions",
        f"Questions: {bid_round.title}",
        columns,
        rows,
        source=bid_round.lead_council.name,
        notes=about(bid_round),
    )


def about(bid_round: Round) -> list[str]:
    """What whoever works on the questions away from the portal must know."""
    lots = "; ".join(f"{lot.code}: {lot.title}" for lot in bid_round.lots)
    return [
        (
            f"Questions of “{bid_round.title}”, as published by {bid_round.lead_council.name}, "
            f"version {bid_round.version}."
        ),
        (
            "This is for working on your answers together. Only what is written and submitted in the "
            "portal counts."
        ),
        f"Lots of this round: {lots}.",
    ]


def _blank(section: Mapping[str, Any], question: Question, labels: Mapping[str, str]) -> Blank:
    columns = columns_of(question) if question["kind"] in ROW_KINDS else ()
    return Blank(
        section=section["title"],
        label=question["label"],
        hint=question["hint"],
        guidance=tuple(question["guidance"]),
        kind=_KINDS[question["kind"]],
        facts=tuple(_facts(question, labels)),
        options=tuple(option["label"] for option in question["options"]),
        columns=tuple(column["label"] for column in columns),
        lines=_LINES.get(question["kind"], 2),
    )


def _facts(question: Question, labels: Mapping[str, str]) -> Iterator[str]:
    if question["words"]:
        yield f"Up to {question['words']} words"
    if question["role"] == "scored":
        yield "Scored"
    if question["per_lot"]:
        yield "Answer for each lot that you apply for"
    if question["lots"]:
        yield f"Only for lots {', '.join(question['lots'])}"
    if question["when"]:
        asked = labels[question["when"]["question"]]
        yield f"Only if you answer {either(question['when'])} to “{asked}”"
    if not question["required"]:
        yield "May be left out"
