"""Scoring: each scorer alone, each score with a reason, nothing lost.

What belongs to the panel and to the moderation lies beside this file and is named here, so that a
caller finds every verb of the room in one place.
"""

from datetime import datetime

from sqlalchemy import func, select

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.evaluation import policy, queries
from portal.evaluation.actions_start import start_evaluation
from portal.evaluation.asked import Asked, Key
from portal.evaluation.models import Score, Sheet, SheetSubmission
from portal.evaluation.moderation.actions import (
    forget_sign_off,
    record_consensus,
    sign_off_young,
)
from portal.evaluation.moderation.actions_lock import lock_quality
from portal.evaluation.panels.actions import add_member, make_scorer, remove_member, remove_scorer
from portal.evaluation.panels.actions_assign import assign
from portal.evaluation.panels.actions_interests import declare, note_mitigation
from portal.mail import Message
from portal.people.models import Person
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken, refuse_errors
from scoring.stages import SHEET, SheetStage, move
from scoring.terms import Panel
from scoring.text import cleaned

__all__ = [
    "add_member",
    "assign",
    "declare",
    "give_back",
    "is_whole",
    "lock_quality",
    "make_scorer",
    "note_mitigation",
    "record_consensus",
    "remove_member",
    "remove_scorer",
    "save_score",
    "sign_off_young",
    "start_evaluation",
    "submit_sheet",
]


def save_score(
    sheet: Sheet,
    question_key: str,
    lot_code: str,
    *,
    value: int | None,
    abstained: bool,
    reason: str,
    seen_revision: int | None,
    actor: Viewer,
    now: datetime,
) -> Score:
    """Keep a score as it is written; it need not be whole before the sheet is submitted.

    Args:
        value: a point of the scale; none while it is undecided, or with `abstained`.
        seen_revision: the revision that the page showed; none where nothing was saved.

    Raises:
        RuleBroken: `score:not-on-scale`, `score:not-asked`, `score:no-abstention`.
        EditConflict: the other half of the pair saved something else in the meantime.
    """
    _refuse(sheet, actor)
    asked = _asked(sheet, (question_key, lot_code))
    if value is not None:
        value = asked.scale.check(value, "value")
    if abstained and not asked.scale.abstention:
        raise RuleBroken("score:no-abstention", "Each question needs a score.", "value")
    reason = cleaned(reason, "reason")
    score = queries.score_of(sheet, asked.key)
    if score is None:
        score = Score(sheet=sheet, question_key=question_key, lot_code=lot_code, revision=0)
        db.session.add(score)
    else:
        mine = (None if abstained else value, abstained, reason)
        _refuse_unseen(score, seen_revision, mine, actor)
    score.value = None if abstained else value
    score.abstained, score.reason = abstained, reason
    score.revision += 1
    score.saved_by_id, score.saved_at = actor.acting_id(), now
    db.session.flush()
    return score


def _asked(sheet: Sheet, key: Key) -> Asked:
    for asked in queries.asked_on(sheet):
        if asked.key == key:
            return asked
    raise RuleBroken("score:not-asked", "This sheet does not ask this question.")


def _refuse(sheet: Sheet, actor: Viewer) -> None:
    """The sheet is held meanwhile: both halves of a pair may save at the same moment."""
    bid_round = sheet.application.round
    queries.hold(bid_round, shared=True)
    queries.hold_sheet(sheet)
    may = policy.may_score(queries.standing(actor, bid_round), sheet, queries.bid_ids(bid_round))
    may.or_refuse("score:not-allowed")


def _refuse_unseen(
    score: Score, seen_revision: int | None, mine: tuple[int | None, bool, str], actor: Viewer
) -> None:
    by = "You, in another window,"
    if score.saved_by_id != actor.person_id:
        by = db.session.get_one(Person, score.saved_by_id).name
    theirs = Saved((score.value, score.abstained, score.reason), score.revision, by, score.saved_at)
    refuse_unseen(seen_revision, mine, theirs, "reason")


def submit_sheet(sheet: Sheet, *, actor: Viewer, now: datetime) -> None:
    """Hand a sheet in: it is locked, and kept for ever as it was.

    Raises:
        RuleBroken: the first thing that is missing, with its question as the field.
    """
    _refuse(sheet, actor)
    refuse_errors(queries.missing_on(sheet))
    sheet.stage = move(SHEET, sheet.stage, "submit")
    sheet.submitted_at, sheet.submitted_by_id = now, actor.acting_id()
    sheet.returned_reason = ""
    kept = _keep(sheet, now)
    audit.record(
        Event.SHEET_SUBMITTED, sheet, actor=actor, now=now, number=kept.number, sha256=kept.sha256
    )


def _keep(sheet: Sheet, now: datetime) -> SheetSubmission:
    content = {
        "application": sheet.application.ref,
        "scorer": sheet.scorer.ref,
        "scores": [
            {
                "question": one.question_key,
                "lot": one.lot_code,
                "score": one.value,
                "abstained": one.abstained,
                "reason": one.reason,
            }
            for one in sorted(sheet.scores, key=lambda one: (one.question_key, one.lot_code))
            if one.set_aside_at is None
        ],
    }
    earlier = select(func.count()).where(SheetSubmission.sheet_id == sheet.id)
    kept = SheetSubmission(
        sheet_id=sheet.id,
        number=(db.session.scalar(earlier) or 0) + 1,
        content=content,
        sha256=sha256_of(canonical_json(content)),
        submitted_by_id=sheet.submitted_by_id,
        submitted_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def give_back(sheet: Sheet, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Give a submitted sheet back to its scorer, with a reason that they see.

    Raises:
        RuleBroken: `sheet:reason-missing`, `sheet:give-back:not-allowed`, or the policy's refusal.
    """
    bid_round = sheet.application.round
    queries.hold(bid_round, shared=True)
    standing = queries.standing(actor, bid_round)
    may = policy.may_give_back(standing, sheet, queries.bid_ids(bid_round))
    may.or_refuse("sheet:not-allowed")
    if not reason.strip():
        raise RuleBroken("sheet:reason-missing", "Say why you give it back.", "reason")
    sheet.stage = move(SHEET, sheet.stage, "give-back")
    sheet.returned_reason = cleaned(reason, "reason")
    if sheet.scorer.panel is Panel.YOUNG:
        forget_sign_off(sheet.application)
    db.session.flush()
    audit.record(Event.SHEET_RETURNED, sheet, actor=actor, now=now, scorer=sheet.scorer.ref)
    people = [one.person for one in sheet.scorer.people]
    mail.write(Message.SHEET_RETURNED, people, now=now, about=bid_round.ref, title=bid_round.title)


def is_whole(sheet: Sheet) -> bool:
    """Whether nothing is missing on a sheet."""
    return sheet.stage is SheetStage.SUBMITTED or not queries.missing_on(sheet)
