"""Asking for a pack; it is made behind the pages."""

import secrets
from datetime import datetime

from portal import audit, queue
from portal.access import Viewer
from portal.audit import Event
from portal.awards.models import Letter
from portal.db import db
from portal.evidence import policy, queries
from portal.evidence.models import EvidencePack, EvidenceSecret
from portal.rounds.models import Round
from scoring.pack import Form
from scoring.rules import RuleBroken

MAKE = "evidence:make"


def ask(bid_round: Round, form: Form, *, actor: Viewer, now: datetime) -> EvidencePack:
    """Ask for a pack of the whole round, full or redacted.

    Raises:
        RuleBroken: `evidence:not-allowed`.
    """
    policy.may_ask(
        actor,
        bid_round,
        form,
        queries.letters(bid_round),
        interested=queries.is_interested(actor, bid_round),
    ).or_refuse("evidence:not-allowed")
    return _put(EvidencePack(round=bid_round, form=form), actor, now)


def ask_own(letter: Letter, *, actor: Viewer, now: datetime) -> EvidencePack:
    """Ask for one bidder's own pack. While one is being made, that is the one.

    Raises:
        RuleBroken: `evidence:not-allowed`.
    """
    policy.may_have_own(actor, letter).or_refuse("evidence:not-allowed")
    application = letter.application
    pack = EvidencePack(round=application.round, application=application, form=Form.BIDDER)
    return _put(pack, actor, now)


def _put(pack: EvidencePack, actor: Viewer, now: datetime) -> EvidencePack:
    if queries.is_let_go(pack.round):
        raise RuleBroken("evidence:let-go", policy.LET_GO)
    if actor.person_id is None:
        raise RuleBroken("evidence:not-a-person", "Only a person asks for evidence.")
    pack.asked_by_id, pack.asked_at = actor.person_id, now
    db.session.add(pack)
    keep_secret(pack.round, now)
    db.session.flush()
    queue.put(MAKE, pack.ref, now=now)
    audit.record(Event.EVIDENCE_ASKED, pack, actor=actor, now=now, form=pack.form)
    return pack


def keep_secret(bid_round: Round, now: datetime) -> bytes:
    """The secret of a round; made with its first pack."""
    kept = db.session.get(EvidenceSecret, bid_round.id)
    if kept is None:
        kept = EvidenceSecret(round_id=bid_round.id, secret=secrets.token_hex(32), made_at=now)
        db.session.add(kept)
    return bytes.fromhex(kept.secret)
