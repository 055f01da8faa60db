"""Asking a bidder, and its reply, for the tests of compliance."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.applications.clarifications import actions as requests
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.models import CheckOutcome
from portal.audit import AuditEntry
from portal.db import db
from scoring.rules import RuleBroken
from tests.factories.clarifications import REPLY_UNTIL
from tests.factories.rounds import AFTER_OPENING, an_officer

PASS, FAIL, CLARIFY = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.CLARIFY
ACCOUNTS, NAME = "document:accounts", "answer:legal-name"
LATER = AFTER_OPENING + timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def record(bid, key=ACCOUNTS, outcome=PASS, reason="", *, lot="", now=AFTER_OPENING, actor=None):
    return actions_compliance.record_check(
        bid, lot, key, outcome, reason, actor=actor or an_officer(), now=now
    )


def send(bid, until=REPLY_UNTIL, *, actor=None, now=AFTER_OPENING):
    return requests.send_request(bid, until, actor=actor or an_officer(), now=now)


def check_of(bid, now=LATER, actor=None):
    return queries_compliance.check_of(bid.ref, actor or an_officer(), now)


def conclude(bid, now=LATER):
    """Pass whatever is left, and conclude."""
    actions_compliance.record_suggested_passes(bid, actor=an_officer(), now=now)
    for item in check_of(bid, now).undecided:
        record(bid, item.key, PASS, "Looked at it.", lot=item.lot_code, now=now)
    actions_compliance.conclude_compliance(bid, actor=an_officer(), now=now)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def entries(event):
    db.session.commit()
    wanted = select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.id)
    return db.session.scalars(wanted).all()
