"""Deleting by two people: one asks, another agrees, and what remains says what class went.

A legal hold placed at any moment before the second agrees stops what it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal import audit, retention
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.people import policy
from portal.retention import Deletion, DeletionState, DueItem, Kept, LegalStop
from scoring.rules import RuleBroken

AT_ONCE = 500  # of one class; the rest is asked for again


@dataclass(frozen=True, slots=True)
class ClassDue:
    """A class as the page shows it."""

    kept: Kept
    before_on: date
    items: Sequence[DueItem]
    stopped: bool  # the whole class


def due_now(today: date) -> list[ClassDue]:
    """Every class, and what of it has had its time and is under no hold."""
    stops = _stops()
    found = []
    for kept in retention.classes().values():
        before = retention.due_before(kept, today)
        own = {stop.subject_ref for stop in stops if stop.kept_key == kept.key}
        items = [] if "" in own else list(kept.due(before, AT_ONCE))
        free = [one for one in items if one.ref not in own]
        found.append(ClassDue(kept, before, free, stopped="" in own))
    return found


def ask_deletion(kept_key: str, *, actor: Viewer, now: datetime) -> Deletion:
    """Ask that what is due of a class be deleted; another person decides.

    Raises:
        RuleBroken: the actor may not; `deletion:nothing-due`, `deletion:asked-already`.
    """
    policy.may_administer(actor).or_refuse("deletion:refused")
    found = next((one for one in due_now(now.date()) if one.kept.key == kept_key), None)
    if found is None or not found.items:
        raise RuleBroken("deletion:nothing-due", "Nothing of this is due for deletion.")
    waiting = select(Deletion.id).where(
        Deletion.kept_key == kept_key, Deletion.state == DeletionState.ASKED
    )
    if db.session.scalar(waiting) is not None:
        raise RuleBroken("deletion:asked-already", "Somebody has asked for this already.")
    refs = [one.ref for one in found.items]
    deletion = Deletion(
        kept_key=kept_key,
        before_on=found.before_on,
        refs=refs,
        asked=len(refs),
        asked_by_id=actor.acting_id(),
        asked_at=now,
    )
    db.session.add(deletion)
    db.session.flush()
    told: dict[str, Any] = {
        "kept": kept_key,
        "count": len(refs),
        "before": found.before_on.isoformat(),
    }
    audit.record(Event.DELETION_ASKED, deletion, actor=actor, now=now, **told)
    return deletion


def agree_deletion(deletion: Deletion, *, actor: Viewer, now: datetime) -> int:
    """Delete what was asked for, as far as it is still due and under no hold. Returns how many.

    Raises:
        RuleBroken: the actor may not; `deletion:same-person`, `deletion:decided`.
    """
    _second(deletion, actor)
    today = now.date()
    found = next(one for one in due_now(today) if one.kept.key == deletion.kept_key)
    still = {one.ref for one in found.kept.due(found.before_on, AT_ONCE * 2)}
    stops = {stop.subject_ref for stop in _stops() if stop.kept_key == deletion.kept_key}
    refs = [] if "" in stops else [one for one in deletion.refs if one in still - stops]
    erased = found.kept.erase(refs, now) if refs else 0
    _decide(deletion, DeletionState.DONE, erased, actor, now)
    told: dict[str, Any] = {"kept": deletion.kept_key, "count": erased}
    audit.record(Event.DELETION_DONE, deletion, actor=actor, now=now, **told)
    return erased


def refuse_deletion(deletion: Deletion, *, actor: Viewer, now: datetime) -> None:
    """Leave everything as it is; whoever asked may also take it back.

    Raises:
        RuleBroken: the actor may not; `deletion:decided`.
    """
    policy.may_administer(actor).or_refuse("deletion:refused")
    _open(deletion)
    second = None if actor.person_id == deletion.asked_by_id else actor
    _decide(deletion, DeletionState.REFUSED, 0, second, now)
    audit.record(Event.DELETION_REFUSED, deletion, actor=actor, now=now, kept=deletion.kept_key)


def stop_deleting(
    kept_key: str, subject_ref: str, reason: str, *, actor: Viewer, now: datetime
) -> LegalStop:
    """Place a legal hold on a class, or on one thing of it.

    Raises:
        RuleBroken: the actor may not; `hold:class`, `hold:reason`.
    """
    policy.may_administer(actor).or_refuse("hold:refused")
    if kept_key not in retention.classes():
        raise RuleBroken("hold:class", "Choose what is to be kept.", "kept")
    if not reason.strip():
        raise RuleBroken("hold:reason", "Say why it is to be kept.", "reason")
    stop = LegalStop(
        kept_key=kept_key,
        subject_ref=subject_ref.strip(),
        reason=reason.strip(),
        placed_by_id=actor.acting_id(),
        placed_at=now,
    )
    db.session.add(stop)
    db.session.flush()
    values = {"reason": stop.reason}
    audit.record(Event.STOP_PLACED, stop, actor=actor, now=now, values=values, kept=kept_key)
    return stop


def lift_stop(stop: LegalStop, *, actor: Viewer, now: datetime) -> None:
    """End a legal hold: by somebody else than who placed it.

    Raises:
        RuleBroken: the actor may not; `hold:same-person`, `hold:lifted`.
    """
    policy.may_administer(actor).or_refuse("hold:refused")
    if stop.lifted_at is not None:
        raise RuleBroken("hold:lifted", "This hold was lifted already.")
    if actor.person_id == stop.placed_by_id:
        raise RuleBroken("hold:same-person", "Somebody else has to lift the hold that you placed.")
    stop.lifted_by_id, stop.lifted_at = actor.acting_id(), now
    audit.record(Event.STOP_LIFTED, stop, actor=actor, now=now, kept=stop.kept_key)
    db.session.flush()


def _stops() -> Sequence[LegalStop]:
    return db.session.scalars(select(LegalStop).where(LegalStop.lifted_at.is_(None))).all()


def _open(deletion: Deletion) -> None:
    db.wait_for(select(Deletion.id).where(Deletion.id == deletion.id))
    db.session.refresh(deletion)
    if deletion.state is not DeletionState.ASKED:
        raise RuleBroken("deletion:decided", "This was decided already.")


def _second(deletion: Deletion, actor: Viewer) -> None:
    policy.may_administer(actor).or_refuse("deletion:refused")
    _open(deletion)
    if actor.person_id == deletion.asked_by_id:
        raise RuleBroken("deletion:same-person", "Somebody else has to agree to what you asked.")


def _decide(
    deletion: Deletion, state: DeletionState, erased: int, actor: Viewer | None, now: datetime
) -> None:
    deletion.state, deletion.erased, deletion.refs = state, erased, []
    deletion.decided_by_id = actor.acting_id() if actor else None
    deletion.decided_at = now
    db.session.flush()
