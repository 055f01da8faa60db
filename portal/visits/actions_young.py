"""The young people's side: what they wrote is looked at, their view is agreed by them and signed off.

Nobody changes their words or scores. A comment can be held back for somebody's care, with a reason.
"""

from datetime import datetime

from sqlalchemy import delete, select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.people.models import Person
from portal.visits import comments, frameworks, policy
from portal.visits.models import Visit
from portal.visits.models_entries import CheckOutcome, VisitCommentCheck, VisitEntry
from portal.visits.models_report import VisitAgreed, VisitSignOff
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.sheets import Mark, check_mark
from scoring.terms import Panel
from scoring.text import cleaned


def check_comment(
    entry: VisitEntry,
    visit: Visit,
    outcome: CheckOutcome,
    reason: str = "",
    *,
    actor: Viewer,
    now: datetime,
) -> VisitCommentCheck:
    """Let others read what a young person wrote, or hold it back.

    Raises:
        RuleBroken: the actor may not; `visit-comment:not-in`, `visit-comment:no-reason`.
    """
    policy.may_support(actor, visit).or_refuse("visit-comment:refused")
    if entry.sheet is None or entry.sheet.panel is not Panel.YOUNG:
        raise RuleBroken("visit-comment:not-young", "Only young people's comments are looked at.")
    if entry not in {one.entry for one in comments.to_read(visit)}:
        raise RuleBroken("visit-comment:not-in", "They have not sent their scores yet.")
    reason = cleaned(reason, "reason")
    if outcome is CheckOutcome.HELD and not reason:
        words = "Say why it is held back. The young person is told that it is."
        raise RuleBroken("visit-comment:no-reason", words, "reason")
    check = comments.check_of(entry)
    if check is None:
        check = VisitCommentCheck(entry=entry, revision=entry.revision)
    check.outcome, check.reason = outcome, reason
    check.checked_by_id, check.checked_at = actor.acting_id(), now
    db.session.add(check)
    db.session.flush()
    audit.record(
        Event.VISIT_COMMENT_CHECKED, check_subject(entry), actor=actor, now=now, outcome=outcome
    )
    return check


def check_subject(entry: VisitEntry) -> str:
    """What the trail calls a comment: its sheet and its place, never its words."""
    return f"{entry.sheet.ref if entry.sheet else ''} {entry.place}".strip()


def agree(
    visit: Visit,
    matter: str,
    mark: Mark,
    *,
    seen_revision: int | None = None,
    actor: Viewer,
    now: datetime,
) -> VisitAgreed:
    """The young people agree one score for a matter among themselves.

    Raises:
        RuleBroken: the actor may not; `visit-agreed:unknown`, `score:…`.
        EditConflict: somebody of them saved another one in the meantime.
    """
    policy.may_agree_young(actor, visit).or_refuse("visit-agreed:refused")
    forget_sign_off(visit)
    return record(
        visit, Panel.YOUNG, matter, mark, seen_revision=seen_revision, actor=actor, now=now
    )


def record(
    visit: Visit,
    panel: Panel,
    matter: str,
    mark: Mark,
    *,
    seen_revision: int | None,
    minimum_words: int = 0,
    actor: Viewer,
    now: datetime,
) -> VisitAgreed:
    """Keep an agreed score; who may was asked before."""
    if matter not in frameworks.framework(visit).matters:
        raise RuleBroken("visit-agreed:unknown", "This visit has no such matter.")
    scale = frameworks.scale_of(visit, panel)
    mark = _whole(mark, panel, scale, minimum_words)
    agreed = agreed_on(visit, panel, matter)
    if agreed is None:
        agreed = VisitAgreed(visit=visit, panel=panel, matter=matter, revision=0)
        db.session.add(agreed)
    else:
        mine = (mark.value, mark.abstained, mark.reason)
        theirs = (agreed.value, agreed.abstained, agreed.reason)
        saved = Saved(theirs, agreed.revision, agreed.agreed_by.name, agreed.agreed_at)
        refuse_unseen(seen_revision, mine, saved, "reason")
    agreed.value, agreed.abstained, agreed.reason = mark.value, mark.abstained, mark.reason
    agreed.revision += 1
    agreed.agreed_by, agreed.agreed_at = db.session.get_one(Person, actor.person_id), now
    db.session.flush()
    audit.record(Event.VISIT_SCORE_AGREED, visit, actor=actor, now=now, panel=panel, matter=matter)
    return agreed


def _whole(mark: Mark, panel: Panel, scale: Scale, minimum_words: int) -> Mark:
    if panel is Panel.YOUNG and not mark.abstained and mark.value is not None:
        return Mark(scale.check(mark.value, "value"), cleaned(mark.reason, "reason"))
    field = None if mark.value is not None or mark.abstained else "value"
    return check_mark(mark, scale, minimum_words=minimum_words, field=field or "reason")


def agreed_on(visit: Visit, panel: Panel, matter: str) -> VisitAgreed | None:
    return db.session.scalar(
        select(VisitAgreed).where(
            VisitAgreed.visit_id == visit.id,
            VisitAgreed.panel == panel,
            VisitAgreed.matter == matter,
        )
    )


def sign_off(visit: Visit, *, actor: Viewer, now: datetime) -> VisitSignOff:
    """It was the young people's own view, and nothing was added to it.

    Raises:
        RuleBroken: the actor may not; `visit-sign-off:…`.
    """
    policy.may_support(actor, visit).or_refuse("visit-sign-off:refused")
    for problem in comments.before_sign_off(visit):
        raise problem
    found = comments.sign_off_of(visit)
    if found is not None:
        return found
    signed = VisitSignOff(visit_id=visit.id, signed_by_id=actor.person_id, signed_at=now)
    db.session.add(signed)
    db.session.flush()
    audit.record(Event.VISIT_SIGNED_OFF, visit, actor=actor, now=now)
    return signed


def forget_sign_off(visit: Visit) -> None:
    """What was signed off has changed, so it is signed off anew."""
    db.session.execute(delete(VisitSignOff).where(VisitSignOff.visit_id == visit.id))
