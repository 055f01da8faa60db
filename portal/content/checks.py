"""What the parts of content mean to each other, beyond their shape: all that is wrong, by path."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from portal.content.kinds import Kind, QuestionKind, QuestionRole
from scoring.criteria import Scheme
from scoring.ofsted import OutcomeScale
from scoring.rules import Finding, RuleBroken
from scoring.scales import Scale

Body = Mapping[str, Any]
CHOICES = frozenset({QuestionKind.ONE_OF, QuestionKind.MANY_OF})


def findings(body: Body) -> list[Finding]:
    """What is wrong within one body of sound shape."""
    check = _WITHIN.get(Kind(body["kind"]))
    return [] if check is None else list(check(body))


def _scale(body: Body) -> Iterator[Finding]:
    try:
        Scale.from_content(body)
    except RuleBroken as broken:
        yield Finding(broken.code, broken.message, "points")


def _ofsted_scale(body: Body) -> Iterator[Finding]:
    try:
        OutcomeScale.from_content(body)
    except RuleBroken as broken:
        yield Finding(broken.code, broken.message, "outcomes")


def _document_types(body: Body) -> Iterator[Finding]:
    yield from _twice([kind["key"] for kind in body["types"]], "types", "key")
    for number, kind in enumerate(body["types"]):
        if kind["expiry"] == "none" and (kind["months"] or kind["calendar_year"]):
            yield Finding(
                "content:expiry", "It never runs out, so it has no months.", f"types[{number}]"
            )


def _councils(body: Body) -> Iterator[Finding]:
    yield from _twice([council["slug"] for council in body["councils"]], "councils", "slug")
    yield from _twice([council["code"] for council in body["councils"]], "councils", "code")


def _checklist(body: Body) -> Iterator[Finding]:
    yield from _twice([line["key"] for line in body["documents"]], "documents", "key")


def _rate_card(body: Body) -> Iterator[Finding]:
    yield from _twice([item["key"] for item in body["items"]], "items", "key")
    for number, item in enumerate(body["items"]):
        if item["minimum_pence"] > item["maximum_pence"]:
            yield Finding(
                "content:limits", "The lowest price is above the highest.", f"items[{number}]"
            )


def _scheme(body: Body) -> Iterator[Finding]:
    yield from Scheme.from_content(body).check()


def _round_template(body: Body) -> Iterator[Finding]:
    yield from _twice([lot["code"] for lot in body["lots"]], "lots", "code")
    yield from _twice(body["councils"], "councils", "council")
    if body["lead"] not in body["councils"]:
        yield Finding("content:lead", "The lead must be one of the councils.", "lead")


def _question_set(body: Body) -> Iterator[Finding]:
    yield from _twice([section["key"] for section in body["sections"]], "sections", "key")
    before: dict[str, Body] = {}
    for path, section, question in every_question(body):
        if question["key"] in before:
            yield Finding(
                "content:question-twice", f"“{question['key']}” is asked twice.", f"{path}.key"
            )
        yield from _answer(path, question)
        yield from _condition(path, question, before)
        if question["role"] == QuestionRole.SCORED and not question["title"]:
            yield Finding(
                "content:short-name", "A scored question needs a short title.", f"{path}.title"
            )
        if section["audience"] == "young" and question["role"] != QuestionRole.SCORED:
            message = "Young Commissioners only see questions that they score."
            yield Finding("content:young-not-scored", message, f"{path}.role")
        before[question["key"]] = question


def _answer(path: str, question: Body) -> Iterator[Finding]:
    """Whether the kind of question and what stands beside it fit together."""
    kind, options = question["kind"], [option["value"] for option in question["options"]]
    yield from _twice(options, f"{path}.options", "value")
    if (kind in CHOICES) != bool(options):
        yield Finding(
            "content:options",
            "Options belong to one-of and many-of, and only to them.",
            f"{path}.options",
        )
    if kind == QuestionKind.LONG_TEXT and question["words"] is None:
        yield Finding("content:words", "A long text needs a limit of words.", f"{path}.words")
    if question["role"] == QuestionRole.SCORED and kind != QuestionKind.LONG_TEXT:
        yield Finding("content:scored-kind", "Only a long text can be scored.", f"{path}.role")
    if (question["role"] == QuestionRole.PASS_FAIL) != (question["pass_value"] is not None):
        yield Finding(
            "content:pass-value", "A pass-or-fail question, and only that, has a pass value.", path
        )
    elif question["pass_value"] is not None and question["pass_value"] not in _answers(question):
        message = f"“{question['pass_value']}” is not an answer to this question."
        yield Finding("content:pass-value", message, f"{path}.pass_value")


def _condition(path: str, question: Body, before: Mapping[str, Body]) -> Iterator[Finding]:
    """A question can only hang on an earlier one, and on an answer which that one can have."""
    when = question["when"]
    if when is None:
        return
    earlier = before.get(when["question"])
    if earlier is None:
        message = f"It depends on “{when['question']}”, which is not asked before it."
        yield Finding("content:when-unknown", message, f"{path}.when.question")
    elif when["is"] not in _answers(earlier):
        message = f"“{when['is']}” is not an answer to “{when['question']}”."
        yield Finding("content:when-answer", message, f"{path}.when.is")
    elif earlier["per_lot"] and not question["per_lot"]:
        message = f"“{when['question']}” is answered for each lot, so this must be too."
        yield Finding("content:when-lot", message, f"{path}.per_lot")
    elif earlier["lots"] and not (
        question["lots"] and set(question["lots"]) <= set(earlier["lots"])
    ):
        message = f"“{when['question']}” is not asked in all the lots in which this is."
        yield Finding("content:when-lot", message, f"{path}.lots")


def _answers(question: Body) -> list[str]:
    if question["kind"] == QuestionKind.YES_NO:
        return ["yes", "no"]
    return [option["value"] for option in question["options"]]


def every_question(body: Body) -> Iterator[tuple[str, Body, Body]]:
    """Each question of a set in its order: its path, its section, and itself."""
    for at, section in enumerate(body["sections"]):
        for number, question in enumerate(section["questions"]):
            yield f"sections[{at}].questions[{number}]", section, question


def _twice(values: Sequence[str], where: str, what: str) -> Iterator[Finding]:
    for value, times in Counter(values).items():
        if times > 1:
            yield Finding("content:twice", f"The {what} “{value}” stands {times} times.", where)


_WITHIN: dict[Kind, Callable[[Body], Iterator[Finding]]] = {
    Kind.SCALE: _scale,
    Kind.OFSTED_SCALE: _ofsted_scale,
    Kind.DOCUMENT_TYPES: _document_types,
    Kind.COUNCILS: _councils,
    Kind.QUESTION_SET: _question_set,
    Kind.CHECKLIST: _checklist,
    Kind.RATE_CARD: _rate_card,
    Kind.SCHEME: _scheme,
    Kind.ROUND_TEMPLATE: _round_template,
}
