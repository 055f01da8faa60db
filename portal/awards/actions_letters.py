"""Looking letters through before they go out."""

from datetime import datetime

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.awards import policy
from portal.awards.models import Letter, LetterLook
from portal.db import db


def look(letter: Letter, *, actor: Viewer, now: datetime) -> None:
    """Keep that an approver has looked at a letter; a second look changes nothing.

    Raises:
        RuleBroken: the policy's refusal.
    """
    policy.may_look(actor, letter).or_refuse("letter:not-allowed")
    seen = select(LetterLook.id).where(
        LetterLook.letter_id == letter.id, LetterLook.person_id == actor.person_id
    )
    if db.session.scalar(seen) is not None:
        return
    db.session.add(LetterLook(letter_id=letter.id, person_id=actor.person_id, looked_at=now))
    db.session.flush()
    audit.record(Event.LETTER_LOOKED_AT, letter, actor=actor, now=now, sha256=letter.sha256)
