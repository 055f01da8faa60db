"""Deleting by two people: one asks, another agrees, and what remains says what class went.

A legal hold placed at any moment before the worker begins stops what it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import audit, queue, retention, settings
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.people import policy
from portal.retention import (
    ANY,
    CARRY_OUT,
    DESTROY,
    Deletion,
    DeletionState,
    DestroyedFile,
    DueItem,
    Erased,
    Kept,
    LegalStop,
)
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken

AT_ONCE = 500  # of one class; the rest is asked for again


@dataclass(frozen=True, slots=True)
class ClassDue:
    """A class as the page shows it: what may go, and what has had its time and is held."""

    kept: Kept
    before_on: date
    items: Sequence[DueItem]
    stopped: bool  # the whole class
    held: Sequence[DueItem] = ()  # each says why


def due_now(today: date) -> list[ClassDue]:
    """Every class, and what of it has had its time and is under no hold."""
    stops = _stops()
    return [_class_due(kept, today, stops) for kept in retention.classes().values()]


def due_of(kept: Kept, today: date) -> ClassDue:
    """The same of one class."""
    return _class_due(kept, today, _stops())


def _class_due(kept: Kept, today: date, stops: Sequence[LegalStop]) -> ClassDue:
    before = retention.due_before(kept, today)
    stopped = any(not one.subject_ref and one.kept_key in {ANY, kept.key} for one in stops)
    items = list(kept.due(before, AT_ONCE))
    stayed = {one.ref for one in items if any(stop.holds(kept.key, one) for stop in stops)}
    held = [
        DueItem(one.ref, one.since_on, one.about, one.held or "A legal hold names it.")
        for one in items
        if one.held or one.ref in stayed
    ]
    free = [one for one in items if not one.held and one.ref not in stayed]
    return ClassDue(kept, before, free, stopped, held)


def ask_deletion(kept_key: str, *, actor: Viewer, now: datetime) -> Deletion:
    """Ask that what is due of a class be deleted; another person decides.

    Raises:
        RuleBroken: the actor may not; `deletion:nothing-due`, `deletion:asked-already`.
    """
    policy.may_administer(actor).or_refuse("deletion:refused")
    kept = retention.classes().get(kept_key)
    found = due_of(kept, now.date()) if kept else None
    if kept is None or found is None or not found.items:
        raise RuleBroken("deletion:nothing-due", "Nothing of this is due for deletion.")
    waiting = select(Deletion.id).where(
        Deletion.kept_key == kept_key,
        Deletion.state.in_([DeletionState.ASKED, DeletionState.AGREED]),
    )
    if db.session.scalar(waiting) is not None:
        raise RuleBroken("deletion:asked-already", "Somebody has asked for this already.")
    deletion = _asked(kept, found, actor, now)
    db.session.add(deletion)
    db.session.flush()
    audit.record(
        Event.DELETION_ASKED,
        deletion,
        actor=actor,
        now=now,
        kept=kept_key,
        count=deletion.asked,
        before=found.before_on.isoformat(),
        refs=deletion.refs_sha256,
    )
    return deletion


def _asked(kept: Kept, found: ClassDue, actor: Viewer, now: datetime) -> Deletion:
    refs = [one.ref for one in found.items]
    return Deletion(
        kept_key=kept.key,
        before_on=found.before_on,
        refs=refs,
        asked=len(refs),
        refs_sha256=sha256_of(canonical_json(sorted(refs))),
        months=int(settings.get(kept.setting)),
        basis=kept.basis,
        asked_by_id=actor.acting_id(),
        asked_at=now,
    )


def agree_deletion(deletion: Deletion, *, actor: Viewer, now: datetime) -> None:
    """Let a worker delete what was asked for.

    Raises:
        RuleBroken: the actor may not; `deletion:same-person`, `deletion:decided`.
    """
    _second(deletion, actor)
    deletion.state = DeletionState.AGREED
    deletion.decided_by_id, deletion.decided_at = actor.acting_id(), now
    db.session.flush()
    queue.put(CARRY_OUT, deletion.ref, now=now)
    audit.record(Event.DELETION_AGREED, deletion, actor=actor, now=now, kept=deletion.kept_key)


def carry_out(deletion: Deletion, now: datetime) -> None:
    """Delete it, as far as it is still due and under no hold; its files follow in jobs of their own.

    Done twice it is done once. The class must still be known: a room that went keeps its rows.
    """
    if deletion.state is not DeletionState.AGREED:
        return
    found = due_of(retention.classes()[deletion.kept_key], now.date())
    still = {one.ref for one in found.items}
    refs = [] if found.stopped else [one for one in deletion.refs if one in still]
    told = found.kept.erase(refs, now) if refs else 0
    erased = told if isinstance(told, Erased) else Erased(told)
    db.session.flush()
    deletion.state, deletion.refs = DeletionState.DONE, []
    deletion.erased, deletion.counts, deletion.done_at = erased.number, dict(erased.rows), now
    for area, sha256 in sorted(erased.files):
        file = DestroyedFile(deletion=deletion, area=area, sha256=sha256)
        db.session.add(file)
        db.session.flush()
        queue.put(DESTROY, file.ref, now=now)
    audit.record(
        Event.DELETION_DONE,
        deletion,
        actor=Viewer.system(),
        now=now,
        kept=deletion.kept_key,
        count=erased.number,
        files=len(erased.files),
    )


def refuse_deletion(deletion: Deletion, *, actor: Viewer, now: datetime) -> None:
    """Leave everything as it is; whoever asked may also take it back.

    Raises:
        RuleBroken: the actor may not; `deletion:decided`.
    """
    policy.may_administer(actor).or_refuse("deletion:refused")
    _open(deletion)
    second = None if actor.person_id == deletion.asked_by_id else actor
    deletion.state, deletion.refs = DeletionState.REFUSED, []
    deletion.decided_by_id = second.acting_id() if second else None
    deletion.decided_at = now
    db.session.flush()
    audit.record(Event.DELETION_REFUSED, deletion, actor=actor, now=now, kept=deletion.kept_key)


def stop_deleting(
    kept_key: str, subject_ref: str, reason: str, *, actor: Viewer, now: datetime
) -> LegalStop:
    """Place a legal hold on a class, or on one thing of it.

    Raises:
        RuleBroken: the actor may not; `hold:class`, `hold:reason`.
    """
    policy.may_administer(actor).or_refuse("hold:refused")
    if kept_key not in {ANY, *retention.classes()}:
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
