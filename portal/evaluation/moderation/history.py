"""Everything that was ever scored and agreed for one question of one bid. Nothing is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.applications.models import Application
from portal.audit import AuditEntry, AuditValues, Event
from portal.db import db
from portal.evaluation.asked import Key
from portal.evaluation.models import Score, Scorer, Sheet, SheetSubmission
from portal.evaluation.panels.queries import closed_sheets, interests_in, scorers
from portal.people.models import Person
from scoring.stages import SheetStage
from scoring.terms import Panel


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A score each time its sheet was handed in."""

    scorer: str
    number: int  # of the submission of this sheet
    at: datetime
    value: int | None
    reason: str
    state: str  # why it counts, or does not


@dataclass(frozen=True, slots=True)
class Version:
    """What was agreed at one moment."""

    at: datetime
    by: str
    value: int | None
    reason: str
    why_outside: str


def handed_in(application: Application, panel: Panel, key: Key) -> list[HandedIn]:
    """Every score of one question that was ever handed in, by scorer and in its order."""
    bid_round = application.round
    closed = closed_sheets(scorers(bid_round), interests_in(bid_round, application))
    rows = db.session.execute(
        select(SheetSubmission, Sheet, Scorer.label)
        .join(Sheet, Sheet.id == SheetSubmission.sheet_id)
        .join(Scorer, Scorer.id == Sheet.scorer_id)
        .where(Sheet.application_id == application.id, Scorer.panel == panel)
        .order_by(Scorer.label, SheetSubmission.number)
    ).all()
    newest = {sheet.id: submission.number for submission, sheet, _ in rows}
    taken = _taken_away([sheet.id for _, sheet, _ in rows], key)
    found = []
    for submission, sheet, label in rows:
        for one in submission.content["scores"]:
            if (one["question"], one["lot"]) != key:
                continue
            is_newest = newest[sheet.id] == submission.number
            state = _state(sheet, sheet.id in taken, closed, is_newest=is_newest)
            value = None if one["abstained"] else one["score"]
            found.append(
                HandedIn(
                    label, submission.number, submission.submitted_at, value, one["reason"], state
                )
            )
    return found


def _taken_away(sheet_ids: Sequence[int], key: Key) -> set[int]:
    return set(
        db.session.scalars(
            select(Score.sheet_id).where(
                Score.sheet_id.in_(sheet_ids),
                Score.question_key == key[0],
                Score.lot_code == key[1],
                Score.set_aside_at.is_not(None),
            )
        )
    )


def _state(sheet: Sheet, taken: bool, closed: set[tuple[int, int]], *, is_newest: bool) -> str:
    if (sheet.scorer_id, sheet.application_id) in closed:
        return "Set aside for a declared interest"
    if sheet.set_aside_at is not None or taken:
        return "Set aside: the answer was given to somebody else"
    if not is_newest:
        return "Handed in again later"
    return "Counts" if sheet.stage is SheetStage.SUBMITTED else "Given back"


def versions(application: Application, key: Key) -> list[Version]:
    """Every version of what was agreed, oldest first, as the trail kept them."""
    rows = db.session.execute(
        select(AuditEntry, AuditValues, Person.name)
        .join(AuditValues, AuditValues.entry_id == AuditEntry.id)
        .outerjoin(Person, Person.ref == AuditEntry.actor_ref)
        .where(
            AuditEntry.event == Event.CONSENSUS_RECORDED.value,
            AuditEntry.subject_ref == application.ref,
        )
        .order_by(AuditEntry.number)
    )
    return [
        _version(entry, values.values["after"], name)
        for entry, values, name in rows
        if (entry.detail["question"], entry.detail["lot"]) == key
    ]


def _version(entry: AuditEntry, after: dict[str, Any], name: str | None) -> Version:
    return Version(entry.at, name or entry.actor_ref, after["score"], after["reason"], after["why"])
