"""What content says of other content: each name that it uses must be there, and fit."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.content.checks import Body, every_question
from portal.content.kinds import Kind
from portal.content.rates import price_findings
from scoring.criteria import Scheme
from scoring.rules import Finding
from scoring.scales import Scale

Shelf = Mapping[tuple[Kind, str], Body]  # the newest of each kind and key, the new one among them

NAMED_BY_A_TEMPLATE = {
    "question_set": Kind.QUESTION_SET,
    "checklist": Kind.CHECKLIST,
    "rate_card": Kind.RATE_CARD,
    "scheme": Kind.SCHEME,
    "ofsted_scale": Kind.OFSTED_SCALE,
}


def findings_beside(body: Body, shelf: Shelf) -> list[Finding]:
    """What is wrong between this body and those that it names."""
    check = _BESIDE.get(Kind(body["kind"]))
    return [] if check is None else list(check(body, shelf))


def scales_of(scheme: Body, shelf: Shelf) -> dict[str, Scale]:
    """The scales that a scheme names, as far as they are on the shelf."""
    keys = {leaf.scale for leaf in Scheme.from_content(scheme).leaves if not leaf.is_price}
    return {
        key: Scale.from_content(shelf[Kind.SCALE, key])
        for key in keys
        if (Kind.SCALE, key) in shelf
    }


def _scheme(body: Body, shelf: Shelf) -> Iterator[Finding]:
    yield from Scheme.from_content(body).check(scales_of(body, shelf))


def _checklist(body: Body, shelf: Shelf) -> Iterator[Finding]:
    types = {
        kind["key"]: kind
        for (shelf_kind, _), types in shelf.items()
        if shelf_kind is Kind.DOCUMENT_TYPES
        for kind in types["types"]
    }
    for number, line in enumerate(body["documents"]):
        path = f"documents[{number}]"
        if line["type"] not in types:
            yield Finding(
                "content:no-type", f"There is no type of document “{line['type']}”.", f"{path}.type"
            )
        elif types[line["type"]]["of"] != line["of"]:
            message = f"“{line['type']}” is a document of the {types[line['type']]['of']}."
            yield Finding("content:other-owner", message, f"{path}.of")


def _round_template(body: Body, shelf: Shelf) -> Iterator[Finding]:
    missing = [
        name for name, kind in NAMED_BY_A_TEMPLATE.items() if (kind, body[name]) not in shelf
    ]
    for name in missing:
        yield Finding(
            "content:not-there", f"There is no {name.replace('_', ' ')} “{body[name]}”.", name
        )
    yield from _known_councils(body, shelf)
    if missing:
        return
    lots = tuple(lot["code"] for lot in body["lots"])
    questions = shelf[Kind.QUESTION_SET, body["question_set"]]
    scheme, card = shelf[Kind.SCHEME, body["scheme"]], shelf[Kind.RATE_CARD, body["rate_card"]]
    rules = Scheme.from_content(scheme)
    yield from rules.check(scales_of(scheme, shelf), questions, lots, card)
    yield from price_findings(rules, card, lots)
    yield from _two_minute_check(body, questions)
    yield from _known_lots(lots, questions, shelf[Kind.CHECKLIST, body["checklist"]], card)


def _two_minute_check(body: Body, questions: Body) -> Iterator[Finding]:
    asked = {question["key"]: question for _, _, question in every_question(questions)}
    for key in body.get("eligibility") or []:
        question = asked.get(key)
        if question is None or question["role"] != "pass-fail" or question["kind"] != "yes-no":
            message = f"“{key}” is not a yes-or-no question that passes or fails."
            yield Finding("content:not-pass-fail", message, "eligibility")


def _visit_framework(body: Body, shelf: Shelf) -> Iterator[Finding]:
    for name in ("officer_scale", "young_scale"):
        scale = shelf.get((Kind.SCALE, body[name]))
        if scale is None:
            yield Finding("content:not-there", f"There is no scale “{body[name]}”.", name)
        elif not any(point["value"] <= body["weak_at_most"] for point in scale["points"]):
            words = "No score of this scale would count as weak."
            yield Finding("content:weak", words, "weak_at_most")
        elif name == "young_scale" and not all(point["face"] for point in scale["points"]):
            yield Finding("content:faces", "Young people's scales have a face each.", name)


def _known_councils(body: Body, shelf: Shelf) -> Iterator[Finding]:
    known = {
        council["slug"]
        for (kind, _), councils in shelf.items()
        if kind is Kind.COUNCILS
        for council in councils["councils"]
    }
    for slug in body["councils"]:
        if slug not in known:
            yield Finding("content:no-council", f"There is no council “{slug}”.", "councils")


def _known_lots(
    lots: tuple[str, ...], questions: Body, checklist: Body, card: Body
) -> Iterator[Finding]:
    named: list[tuple[str, Any]] = [
        (question["key"], question) for _, _, question in every_question(questions)
    ]
    named += [(line["key"], line) for line in checklist["documents"]]
    named += [(item["key"], item) for item in card["items"]]
    for key, part in named:
        for lot in part.get("lots") or []:
            if lot not in lots:
                yield Finding(
                    "content:no-lot", f"“{key}” names the lot {lot}, which is not open.", key
                )


_BESIDE: dict[Kind, Callable[[Body, Shelf], Iterator[Finding]]] = {
    Kind.SCHEME: _scheme,
    Kind.CHECKLIST: _checklist,
    Kind.ROUND_TEMPLATE: _round_template,
    Kind.VISIT_FRAMEWORK: _visit_framework,
}
