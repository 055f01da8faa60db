"""What a compliance check looks at, item by item, and what the rules suggest for each.

The rules suggest; an officer decides. Where a matter is to be weighed (a ground for exclusion that
was declared, a document that nobody has looked at) the rules suggest nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from portal.applications.compliance.documents import answer_files, documents
from portal.applications.compliance.evidence import (
    CLARIFY,
    FAIL,
    PASS,
    WHOLE,
    Evidence,
    Item,
    concerned,
)
from portal.applications.lots.branches import gated
from portal.applications.models import CheckOutcome
from portal.applications.paper import words_of
from portal.content import queries as content
from portal.providers.models import Registration
from scoring.content import Content
from scoring.differences import Part
from scoring.eligibility import Asking, Branch, OutcomeScale, ofsted_gate, questions_in
from scoring.rules import RuleBroken
from scoring.timetable import date_words

__all__ = ["Evidence", "Item", "items_of"]

DAY_UNKNOWN = (
    "The organisation has not given the day of this registration. "
    "Look it up in Ofsted’s reports, and decide."
)


def items_of(evidence: Evidence) -> list[Item]:
    """Every item of one bid, in the order of the page."""
    return [
        *_integrity(evidence),
        *_version(evidence),
        *documents(evidence),
        *answer_files(evidence),
        *_questions(evidence),
        *_ofsted(evidence),
        *_prices(evidence),
    ]


def _integrity(evidence: Evidence) -> Iterator[Item]:
    if evidence.problems:
        yield Item(
            key="integrity",
            group="As submitted",
            title="Is this what was submitted?",
            lots=evidence.content.lots,
            why=" ".join(evidence.problems),
            to_weigh=True,
        )


def _version(evidence: Evidence) -> Iterator[Item]:
    """A bid that stands on an earlier version of the round is looked at by people."""
    if not evidence.newer:
        return
    now, stood = evidence.application.round.version, evidence.content.round_version
    touched = [one for _, one in evidence.newer if one.touches]
    yield Item(
        key="version",
        group="As submitted",
        title=f"Submitted on version {stood} of the round",
        lots=evidence.content.lots,
        why=f"Version {now} counts. It was announced, and this bid was not submitted again: it "
        "stands on the text before. Look at whether it still fits.",
        facts=tuple((PARTS[one.part], one.title) for one in touched),
        to_weigh=True,
    )


PARTS = {
    Part.QUESTIONS: "Question that changed",
    Part.DOCUMENTS: "Document that changed",
    Part.RATES: "Price that changed",
}


# --- Grounds for exclusion, and pass or fail -------------------------------------------------


def _questions(evidence: Evidence) -> Iterator[Item]:
    body = evidence.application.round.question_set.body
    asking = Asking(body, evidence.content.lots, evidence.content.answers)
    asked = [
        (question, lot)
        for lot in (WHOLE, *evidence.content.lots)
        for question in asking.questions(lot)
        if question["role"] == "pass-fail"
    ]
    later: dict[str, list[Content]] = {}
    for question in questions_in(body).values():
        if question.get("when"):
            later.setdefault(question["when"]["question"], []).append(question)
    for section in body["sections"]:
        keys = [question["key"] for question in section["questions"]]
        mine = [(question, lot) for question, lot in asked if question["key"] in keys]
        for question, lot in sorted(mine, key=lambda place: keys.index(place[0]["key"])):
            yield _question(question, section, lot, later.get(question["key"], []), evidence)


def _question(
    question: Content, section: Content, lot: str, later: Sequence[Content], evidence: Evidence
) -> Item:
    value = evidence.content.answers.get((question["key"], lot))
    afresh = not section["prefill"]  # declarations: weighed by people, never refused by a rule
    suggested, why, to_weigh = _judge_answer(question, value, afresh)
    number = evidence.added_later(Part.QUESTIONS, question["key"])
    if number and value in (None, "", []):
        suggested, why = (
            CLARIFY,
            f"Version {number} added it after this bid was submitted. Ask once.",
        )
    answer = ("Answer", words_of(question, value) or "None")
    return Item(
        key=f"{'ground' if afresh else 'question'}:{question['key']}",
        group=section["title"],
        title=question["label"],
        lots=(lot,) if lot else concerned(question, evidence),
        lot_code=lot,
        why=why,
        suggested=suggested,
        facts=(answer, *_follow_ups(later, lot, evidence)),
        to_weigh=to_weigh,
    )


def _judge_answer(
    question: Content, value: Any, afresh: bool
) -> tuple[CheckOutcome | None, str, bool]:
    expected = question["pass_value"]
    wanted = _in_a_line(question, expected)
    if value == expected or (isinstance(value, list) and expected in value):
        return PASS, f"The provider answered “{wanted}”, as the round asks.", False
    if value in (None, "", []):
        return FAIL, f"There is no answer. The round asks for “{wanted}”.", False
    why = f"The provider answered “{_in_a_line(question, value)}”. The round asks for “{wanted}”."
    if afresh:
        return None, f"{why} Weigh what the provider says.", True
    return FAIL, why, False


def _in_a_line(question: Content, value: Any) -> str:
    return words_of(question, value).replace("\n", ", ")


def _follow_ups(
    later: Sequence[Content], lot: str, evidence: Evidence
) -> Iterator[tuple[str, str]]:
    """What was asked because of an answer, such as what was put right."""
    for question in later:
        place = (question["key"], lot if question["per_lot"] else WHOLE)
        if words := words_of(question, evidence.content.answers.get(place)):
            yield question["label"], words


# --- Ofsted ----------------------------------------------------------------------------------


def _ofsted(evidence: Evidence) -> Iterator[Item]:
    """Each branch that the bid offers at the gate, for each lot that asks for a registration.

    Where it chose none for a lot, every registration that fits is looked at.
    """
    scale = content.ofsted_scale(evidence.application.round.ofsted_scale)
    known = [one for one in evidence.registrations if one.service.value == scale.provision]
    for lot in gated(evidence.application.round.checklist.body, evidence.content.lots):
        chosen = evidence.content.branches.get(lot)
        branches = [one for one in known if chosen is None or one.urn in chosen]
        for branch in branches:
            yield _branch(branch, scale, lot, evidence.on)
        for urn in set(chosen or ()) - {one.urn for one in branches}:
            yield _gone(urn, lot)
        if not branches and not chosen:
            yield Item(
                key="ofsted:none",
                group="Ofsted",
                title=f"Lot {lot}: registered with Ofsted",
                lots=(lot,),
                lot_code=lot,
                why="No registration for this kind of home is on record.",
                suggested=FAIL,
            )


def _gone(urn: str, lot: str) -> Item:
    """A branch that the bid offers, and that is not registered for this kind of home any more."""
    return Item(
        key=f"ofsted:{urn}",
        group="Ofsted",
        title=f"Lot {lot}: registration {urn}",
        lots=(lot,),
        lot_code=lot,
        why="The bid offers this branch. It is not on record for this kind of home.",
        suggested=FAIL,
    )


def _branch(branch: Registration, scale: OutcomeScale, lot: str, on: date) -> Item:
    registered = branch.registered_on is not None and branch.registered_on <= on
    suggested: CheckOutcome | None
    label = branch.outcome or "Not on record"
    try:
        found = ofsted_gate(Branch(branch.urn, registered, branch.outcome), scale, scale.usual_gate)
        label = scale.outcome(branch.outcome).label if branch.outcome else label
        suggested = FAIL if found else PASS
        why = found[0].message if found else f"Ofsted: {label}. The round accepts that."
        if branch.registered_on is None:
            suggested, why = None, DAY_UNKNOWN
    except RuleBroken as unknown:
        suggested, why = None, unknown.message
    return Item(
        key=f"ofsted:{branch.urn}",
        group="Ofsted",
        title=f"Lot {lot}: registration {branch.urn}{f', {branch.branch}' if branch.branch else ''}",
        lots=(lot,),
        lot_code=lot,
        why=why,
        suggested=suggested,
        facts=(
            ("Outcome", label),
            (
                "Registered",
                date_words(branch.registered_on) if branch.registered_on else "No day given",
            ),
            ("Inspected", date_words(branch.inspected_on) if branch.inspected_on else "Not yet"),
        ),
    )


def _prices(evidence: Evidence) -> Iterator[Item]:
    complete = evidence.prices_complete
    later = any(one.part is Part.RATES and one.touches for _, one in evidence.newer)
    if not complete and later:
        yield Item(
            key="prices",
            group="Prices",
            title="Is the price envelope complete?",
            lots=evidence.content.lots,
            why="A price is not there. The prices changed after this bid was submitted. Weigh that.",
            to_weigh=True,
        )
        return
    yield Item(
        key="prices",
        group="Prices",
        title="Is the price envelope complete?",
        lots=evidence.content.lots,
        why="Every price that is needed is there."
        if complete
        else "A price that is needed is not there.",
        suggested=PASS if complete else FAIL,
    )
