"""What a compliance check looks at, item by item, and what the rules suggest for each.

The rules suggest; an officer decides. Where a matter is to be weighed (a ground for exclusion that
was declared, a document that nobody has looked at) the rules suggest nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.applications.models import Application, CheckOutcome
from portal.applications.paper import words_of
from portal.applications.sealing import BidContent, SealedDocument
from portal.content import queries as content
from portal.documents.models import DocumentVersion
from portal.documents.queries import state_of, today
from portal.providers.models import Registration
from scoring.content import Content
from scoring.eligibility import (
    Asking,
    Branch,
    DocumentState,
    OutcomeScale,
    ofsted_gate,
    questions_in,
)
from scoring.rules import RuleBroken
from scoring.timetable import date_words

WHOLE = ""
OFSTED_CERTIFICATE = "ofsted-registration-certificate"
PASS, FAIL, CLARIFY = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.CLARIFY


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is looked at for one bid."""

    application: Application
    content: BidContent
    versions: Mapping[str, DocumentVersion]
    registrations: Sequence[Registration]
    prices_complete: bool
    problems: tuple[str, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide. `lots` are those that a failure ends; `suggested` is None to weigh."""

    key: str
    group: str
    title: str
    lots: tuple[str, ...]
    why: str
    suggested: CheckOutcome | None = None
    lot_code: str = WHOLE
    facts: tuple[tuple[str, str], ...] = ()
    version_ref: str = ""
    to_weigh: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """What a decision is kept under: lot code and key."""
        return self.lot_code, self.key

    def needs_reason(self, outcome: CheckOutcome) -> bool:
        """A pass needs a reason where the rules say otherwise, or where there was something to weigh."""
        return outcome is not PASS or self.to_weigh or self.suggested in {FAIL, CLARIFY}


def items_of(evidence: Evidence) -> list[Item]:
    """Every item of one bid, in the order of the page."""
    return [
        *_integrity(evidence),
        *_documents(evidence),
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


# --- Documents ------------------------------------------------------------------------------


def _documents(evidence: Evidence) -> Iterator[Item]:
    sealed = {one.checklist_key: one for one in evidence.content.documents if one.checklist_key}
    for line in evidence.application.round.checklist.body["documents"]:
        lots = _concerned(line, evidence)
        offered = sealed.get(line["key"])
        wanted = line["required"] and line["stage"] == "submission"
        if line["of"] == "organisation" and lots and (wanted or offered):
            yield _document(line, offered, lots, evidence)


def _document(
    line: Content, offered: SealedDocument | None, lots: tuple[str, ...], evidence: Evidence
) -> Item:
    version = evidence.versions.get(offered.version_ref) if offered else None
    suggested, why = _judge(offered, version, evidence)
    facts = []
    if offered and not offered.promised:
        facts = [("File", offered.name), ("SHA-256", offered.sha256)]
        if offered.valid_until_on:
            facts.append(("Valid until", date_words(offered.valid_until_on)))
    return Item(
        key=f"document:{line['key']}",
        group="Documents",
        title=line["title"],
        lots=lots,
        why=why,
        suggested=suggested,
        facts=tuple(facts),
        version_ref=offered.version_ref if offered and version else "",
    )


def _judge(
    offered: SealedDocument | None, version: DocumentVersion | None, evidence: Evidence
) -> tuple[CheckOutcome | None, str]:
    """What the rules suggest for a document that was or was not offered."""
    if offered is None:
        return FAIL, "It was not submitted."
    if offered.promised:
        return PASS, "The provider will hold it from the start (Procurement Act 2023, section 22)."
    if version is None or version.file.sha256 != offered.sha256:
        return FAIL, "The file is not the one that was submitted."
    state = state_of(version, evidence.on)
    deadline = evidence.application.round.deadline_at
    if state is DocumentState.EXPIRED and offered.valid_until_on and deadline:
        if offered.valid_until_on < today(deadline):
            return FAIL, "It had run out before the deadline."
        return CLARIFY, "It has run out since the deadline. Ask for the new one."
    return _STATES[state]


_STATES: dict[DocumentState, tuple[CheckOutcome | None, str]] = {
    DocumentState.MISSING: (FAIL, "It was not submitted."),
    DocumentState.WAITING_FOR_SCAN: (
        None,
        "It is still being searched for viruses. Wait for that.",
    ),
    DocumentState.INFECTED: (CLARIFY, "A virus was found in it. Ask once for a clean file."),
    DocumentState.WAITING_FOR_CHECK: (None, "It is there and clean. Open it and look."),
    DocumentState.ACCEPTED: (PASS, "It was checked and accepted, and is valid."),
    DocumentState.EXPIRING: (PASS, "It was checked and accepted. It runs out soon."),
    DocumentState.REJECTED: (FAIL, "An officer looked at it and did not accept it."),
    DocumentState.EXPIRED: (CLARIFY, "It has run out. Ask for one that is valid."),
}


def _concerned(part: Content, evidence: Evidence) -> tuple[str, ...]:
    """The lots applied for that a line or question concerns."""
    only = part.get("lots") or evidence.content.lots
    return tuple(lot for lot in evidence.content.lots if lot in only)


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
    answer = ("Answer", words_of(question, value) or "None")
    return Item(
        key=f"{'ground' if afresh else 'question'}:{question['key']}",
        group=section["title"],
        title=question["label"],
        lots=(lot,) if lot else _concerned(question, evidence),
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
    if value == expected or (isinstance(value, list) and expected in value):
        return PASS, f"The answer is “{expected}”, as the round asks.", False
    if value in (None, "", []):
        return FAIL, "There is no answer.", False
    if afresh:
        return None, f"The round asks for “{expected}”. Weigh what the provider says.", True
    return FAIL, f"The round asks for “{expected}”.", False


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
    """Each branch at the gate, for each lot that asks for Ofsted's registration."""
    scale = content.ofsted_scale(evidence.application.round.ofsted_scale)
    branches = [one for one in evidence.registrations if one.service.value == scale.provision]
    for lot in _gated(evidence):
        for branch in branches:
            yield _branch(branch, scale, lot, evidence.on)
        if not branches:
            yield Item(
                key="ofsted:none",
                group="Ofsted",
                title=f"Lot {lot}: registered with Ofsted",
                lots=(lot,),
                lot_code=lot,
                why="No registration for this kind of home is on record.",
                suggested=FAIL,
            )


def _gated(evidence: Evidence) -> tuple[str, ...]:
    """The lots that ask for Ofsted's certificate; all of them where the checklist does not say."""
    for line in evidence.application.round.checklist.body["documents"]:
        if line["type"] == OFSTED_CERTIFICATE:
            return _concerned(line, evidence)
    return evidence.content.lots


def _branch(branch: Registration, scale: OutcomeScale, lot: str, on: date) -> Item:
    registered = branch.registered_on is not None and branch.registered_on <= on
    suggested: CheckOutcome | None
    label = branch.outcome or "Not on record"
    try:
        found = ofsted_gate(Branch(branch.urn, registered, branch.outcome), scale, scale.usual_gate)
        label = scale.outcome(branch.outcome).label if branch.outcome else label
        suggested = FAIL if found else PASS
        why = found[0].message if found else f"Ofsted: {label}. The round accepts that."
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
            ("Registered", date_words(branch.registered_on) if branch.registered_on else "Not yet"),
            ("Inspected", date_words(branch.inspected_on) if branch.inspected_on else "Not yet"),
        ),
    )


def _prices(evidence: Evidence) -> Iterator[Item]:
    complete = evidence.prices_complete
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
