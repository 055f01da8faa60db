"""The questions, documents and prices of a draft: what is chosen of them, and how it is worded."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from werkzeug.exceptions import NotFound

from portal.content import queries as content
from portal.content.kinds import Kind
from portal.rounds.models import Round
from portal.rounds.question_edit import free_key, in_own_order

Body = Mapping[str, Any]
LISTS = {"checklist": "documents", "rate_card": "items"}


def base_of(bid_round: Round, part: str, kind: Kind) -> Body:
    """What the round's part began as: from there what was left out can be taken back."""
    template = content.newest(Kind.ROUND_TEMPLATE, bid_round.made_from)
    version = template and content.newest(kind, template.body[part])
    own: Body = getattr(bid_round, part).body
    return version.body if version else own


def all_lines(base: Body, own: Body, name: str) -> list[Body]:
    """Every line that there is: the round's own wording where it has it, in the order of the base."""
    mine = {line["key"]: line for line in own[name]}
    known = [mine.get(line["key"], line) for line in base[name]]
    return known + [line for line in own[name] if line["key"] not in {one["key"] for one in known}]


def with_lines(base: Body, own: Body, name: str, keys: Collection[str]) -> dict[str, Any]:
    """The part with only the lines that were chosen."""
    chosen = [line for line in all_lines(base, own, name) if line["key"] in keys]
    return {**own, name: chosen}


def all_sections(base: Body, own: Body) -> list[dict[str, Any]]:
    """Every section with every question that there is, in the round's own wording."""
    mine = {section["key"]: section for section in own["sections"]}
    none: dict[str, Any] = {"questions": []}
    return [
        {
            **section,
            "questions": in_own_order(
                section["questions"], mine.get(section["key"], none)["questions"]
            ),
        }
        for section in base["sections"]
    ]


def with_questions(base: Body, own: Body, keys: Collection[str]) -> dict[str, Any]:
    """The questions that were chosen. What hangs on one that goes, goes with it."""
    kept: set[str] = set()
    sections = []
    for section in all_sections(base, own):
        questions = []
        for question in section["questions"]:
            when = question["when"]
            wanted = question["key"] in keys if when is None else when["question"] in kept
            if wanted:
                kept.add(question["key"])
                questions.append(question)
        if questions:
            sections.append({**section, "questions": questions})
    return {**own, "sections": sections}


def question_of(own: Body, key: str) -> Body:
    """A question of the round.

    Raises:
        NotFound: it is not asked.
    """
    for section in own["sections"]:
        for question in section["questions"]:
            if question["key"] == key:
                found: Body = question
                return found
    raise NotFound


def reworded(own: Body, key: str, **words: Any) -> dict[str, Any]:
    """The questions with one of them in other words; its key and its kind never change."""
    return {
        **own,
        "sections": [
            {
                **section,
                "questions": [
                    {**question, **words} if question["key"] == key else question
                    for question in section["questions"]
                ],
            }
            for section in own["sections"]
        ],
    }


def priced(own: Body, key: str, **terms: Any) -> dict[str, Any]:
    """The rate card with other words or limits for one item."""
    return {
        **own,
        "items": [{**item, **terms} if item["key"] == key else item for item in own["items"]],
    }


def with_item(own: Body, item: Body) -> dict[str, Any]:
    """The rate card with one more price or discount, last."""
    return {**own, "items": [*own["items"], item]}


def new_item_key(own: Body, title: str) -> str:
    """A key that no item of the card has, from the words of its name. It never changes."""
    return free_key(title, {item["key"] for item in own["items"]}, "price")


def item_of(own: Body, key: str) -> Body:
    """An item of the round's rate card.

    Raises:
        NotFound: there is none.
    """
    items: Sequence[Body] = own["items"]
    found = next((item for item in items if item["key"] == key), None)
    if found is None:
        raise NotFound
    return found
