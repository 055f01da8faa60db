"""New questions in a round's own set, and their order. What ships is never touched."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from scoring.rules import RuleBroken

Body = Mapping[str, Any]
LONGEST_KEY = 50
NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def with_question(own: Body, section_key: str, question: Body) -> dict[str, Any]:
    """The set with one more question, last in its section.

    Raises:
        RuleBroken: `question:no-section`.
    """
    if section_key not in {section["key"] for section in own["sections"]}:
        raise RuleBroken("question:no-section", "Choose a part of the application.", "section")
    return {
        **own,
        "sections": [
            {**section, "questions": [*section["questions"], question]}
            if section["key"] == section_key
            else section
            for section in own["sections"]
        ],
    }


def new_key(own: Body, label: str) -> str:
    """A key that no question of the set has, from the words of the question. It never changes."""
    taken = {one["key"] for section in own["sections"] for one in section["questions"]}
    return free_key(label, taken, "question")


def free_key(words: str, taken: Collection[str], otherwise: str) -> str:
    """A key from words that is not taken; from `otherwise` where they have no letter."""
    plain = NOT_A_LETTER.sub("-", words.lower()).strip("-")[:LONGEST_KEY].strip("-")
    stem = f"own-{plain or otherwise}"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def moved(own: Body, key: str, up: bool) -> dict[str, Any]:
    """The set with a question one place further up or down in its section.

    A question that follows from another stays behind it, and takes its own followers along.

    Raises:
        RuleBroken: `question:at-the-end`, when there is no place to go.
    """
    return {
        **own,
        "sections": [
            {**section, "questions": _moved(section["questions"], key, up)}
            if any(one["key"] == key for one in section["questions"])
            else section
            for section in own["sections"]
        ],
    }


def _moved(questions: Sequence[Body], key: str, up: bool) -> list[Body]:
    groups = _groups(questions)
    at = next((i for i, group in enumerate(groups) if group[0]["key"] == key), None)
    if at is None:
        raise RuleBroken(
            "question:at-the-end", "This question follows another. Move that one instead."
        )
    to = at - 1 if up else at + 1
    if not 0 <= to < len(groups):
        raise RuleBroken("question:at-the-end", "It is the first or last of its part already.")
    groups[at], groups[to] = groups[to], groups[at]
    return [one for group in groups for one in group]


def _groups(questions: Sequence[Body]) -> list[list[Body]]:
    """The questions that stand by themselves, each with those that follow from it."""
    groups: list[list[Body]] = []
    for question in questions:
        follows = question["when"]["question"] if question.get("when") else None
        home = next((group for group in groups if follows in {one["key"] for one in group}), None)
        if home is None:
            groups.append([question])
        else:
            home.append(question)
    return groups


def in_own_order(base: Sequence[Body], own: Sequence[Body]) -> list[Body]:
    """Every line that there is: the round's own in their order, each other one where it was."""
    lines = list(own)
    there = {line["key"] for line in own}
    before: str | None = None
    for line in base:
        if line["key"] not in there:
            place = next((i for i, one in enumerate(lines, 1) if one["key"] == before), 0)
            lines.insert(place, line)
        before = line["key"]
    return lines
