"""What the parts of content mean to each other, beyond their shape: all that is wrong, by path."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from portal.content.checks_costs import placement_types, published_table
from portal.content.kinds import Kind, QuestionKind, QuestionRole
from scoring.criteria import Scheme
from scoring.kpis import Kpi, Level, Unit
from scoring.ofsted import OutcomeScale
from scoring.rows import ROW_KINDS, columns_of, most_rows
from scoring.rules import Finding, RuleBroken
from scoring.scales import Scale
from scoring.visits import MATTERS_OF_THE_LAW

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


def _kpi_set(body: Body) -> Iterator[Finding]:
    yield from _twice([kpi["key"] for kpi in body["kpis"]], "kpis", "key")
    for number, raw in enumerate(body["kpis"]):
        path = f"kpis[{number}]"
        try:
            kpi = Kpi.from_content(raw)
        except RuleBroken as broken:
            yield Finding(broken.code, broken.message, f"{path}.{broken.field}")
            continue
        if kpi.unit is Unit.PERCENT and not kpi.has_denominator:
            message = "A percentage needs a denominator."
            yield Finding("content:denominator", message, f"{path}.denominator")
    if all(kpi["level"] == Level.SETTING for kpi in body["kpis"]):
        message = "At least one KPI is told for the organisation."
        yield Finding("content:level", message, "kpis")


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
    yield from _rows_beside(body, before)


def _rows_beside(body: Body, every: Mapping[str, Body]) -> Iterator[Finding]:
    """Rows that scorers read beside an answer: the answer must be one that officers score."""
    audiences = {one["key"]: section["audience"] for _, section, one in every_question(body)}
    for path, _, question in every_question(body):
        if "beside" not in question:
            continue
        other = every.get(question["beside"])
        if question["kind"] not in ROW_KINDS:
            message = "Only a table or a list of homes is read beside another answer."
            yield Finding("content:beside", message, f"{path}.beside")
        elif other is None or other["role"] != QuestionRole.SCORED:
            message = f"“{question['beside']}” is not a question that is scored."
            yield Finding("content:beside", message, f"{path}.beside")
        elif audiences[other["key"]] == "young" or (question["per_lot"] and not other["per_lot"]):
            message = f"“{question['beside']}” is not scored by officers for the same lot."
            yield Finding("content:beside", message, f"{path}.beside")


def _answer(path: str, question: Body) -> Iterator[Finding]:
    """Whether the kind of question and what stands beside it fit together."""
    kind, options = question["kind"], [option["value"] for option in question["options"]]
    yield from _columns(path, question)
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


def _columns(path: str, question: Body) -> Iterator[Finding]:
    """Whether the columns of a question with rows fit it, and each other."""
    own = question.get("columns", [])
    if question["kind"] not in ROW_KINDS:
        if own or {"row_title", "least_rows", "most_rows"} & question.keys():
            message = "Columns and rows belong to a table or a list of homes, and only to them."
            yield Finding("content:columns", message, f"{path}.columns")
        return
    if question["kind"] == QuestionKind.TABLE and not own:
        yield Finding("content:columns", "A table needs columns.", f"{path}.columns")
    yield from _twice([column["key"] for column in columns_of(question)], f"{path}.columns", "key")
    if question.get("least_rows", 1) > most_rows(question):
        message = "It asks for more rows than it takes."
        yield Finding("content:rows", message, f"{path}.least_rows")
    for number, column in enumerate(own):
        where = f"{path}.columns[{number}].options"
        yield from _twice([option["value"] for option in column["options"]], where, "value")
        if (column["kind"] == QuestionKind.ONE_OF) != bool(column["options"]):
            yield Finding("content:options", "Options belong to one-of, and only to it.", where)


def _condition(path: str, question: Body, before: Mapping[str, Body]) -> Iterator[Finding]:
    """A question can only hang on an earlier one, and on an answer which that one can have."""
    when = question["when"]
    if when is None:
        return
    earlier = before.get(when["question"])
    if earlier is None:
        message = f"It depends on “{when['question']}”, which is not asked before it."
        yield Finding("content:when-unknown", message, f"{path}.when.question")
    elif unknown := [one for one in answers_named(when) if one not in _answers(earlier)]:
        message = f"“{unknown[0]}” is not an answer to “{when['question']}”."
        yield Finding("content:when-answer", message, f"{path}.when.is")
    elif earlier["per_lot"] and not question["per_lot"]:
        message = f"“{when['question']}” is answered for each lot, so this must be too."
        yield Finding("content:when-lot", message, f"{path}.per_lot")
    elif earlier["lots"] and not (
        question["lots"] and set(question["lots"]) <= set(earlier["lots"])
    ):
        message = f"“{when['question']}” is not asked in all the lots in which this is."
        yield Finding("content:when-lot", message, f"{path}.lots")


def answers_named(when: Body) -> list[str]:
    """The answers under which a question appears: one, or any of several."""
    named = when["is"]
    return list(named) if isinstance(named, list) else [named]


def either(when: Body) -> str:
    """The same in words: “a”, “b” or “c”."""
    *first, last = [f"“{one}”" for one in answers_named(when)]
    return f"{', '.join(first)} or {last}" if first else last


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


def _visit_framework(body: Body) -> Iterator[Finding]:
    for part in ("standards", "asks", "matters", "documents", "places", "spoken", "judgements"):
        yield from _twice([one["key"] for one in body[part]], part, "key")
    known = {part: {one["key"] for one in body[part]} for part in ("standards", "asks")}
    for number, matter in enumerate(body["matters"]):
        for part, keys in known.items():
            for key in set(matter[part]) - keys:
                message = f"There is no “{key}” among the {part} of this framework."
                yield Finding("content:not-there", message, f"matters[{number}].{part}")
    missing = sorted(set(MATTERS_OF_THE_LAW) - {matter["key"] for matter in body["matters"]})
    if missing:
        message = f"The regulations name these matters too: {', '.join(missing)}."
        yield Finding("content:matter-of-the-law", message, "matters")


_WITHIN: dict[Kind, Callable[[Body], Iterator[Finding]]] = {
    Kind.SCALE: _scale,
    Kind.OFSTED_SCALE: _ofsted_scale,
    Kind.DOCUMENT_TYPES: _document_types,
    Kind.COUNCILS: _councils,
    Kind.QUESTION_SET: _question_set,
    Kind.CHECKLIST: _checklist,
    Kind.RATE_CARD: _rate_card,
    Kind.SCHEME: _scheme,
    Kind.KPI_SET: _kpi_set,
    Kind.ROUND_TEMPLATE: _round_template,
    Kind.PLACEMENT_TYPES: placement_types,
    Kind.PUBLISHED_TABLE: published_table,
    Kind.VISIT_FRAMEWORK: _visit_framework,
}
