"""Questions of bidders and what is done with them, for the tests of clarifications."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit import AuditEntry
from portal.db import db
from portal.rounds import actions_clarifications as actions
from scoring.rules import RuleBroken
from tests.factories.rounds import (
    WHILE_OPEN,
    an_officer,
)

INSTANT = timedelta(microseconds=1)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def entries(*events):
    db.session.commit()
    wanted = select(AuditEntry).order_by(AuditEntry.id)
    return db.session.scalars(wanted.where(AuditEntry.event.in_(events))).all()


def publish(draft, *, checked=True, seen=None, actor=None, now=WHILE_OPEN):
    return actions.publish(
        draft,
        checked=checked,
        seen_revision=draft.revision if seen is None else seen,
        actor=actor or an_officer(),
        now=now,
    )
