"""Declaring interests, before any bid is seen and whenever one comes up."""

from datetime import datetime

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.models import ConflictDeclaration, Interest
from scoring.rules import RuleBroken
from scoring.text import cleaned


def declare(
    application: Application, interest: Interest, detail: str, *, actor: Viewer, now: datetime
) -> ConflictDeclaration:
    """Declare an interest in a bidder, or that there is none.

    It can be added to later ("none" becomes an interest), never taken back.

    Raises:
        RuleBroken: `conflict:detail-missing`, `conflict:interest-missing`,
            `conflict:cannot-be-taken-back`, `conflict:not-now`.

    Source: Procurement Act 2023, sections 81 to 83.
    """
    bid_round = application.round
    queries.hold(bid_round)  # nobody agrees scores or locks them at this moment
    may = policy.may_declare(
        queries.standing(actor, bid_round),
        bid_round,
        list_is_whole=queries.list_is_whole(bid_round),
    )
    may.or_refuse("conflict:not-now")
    if actor.person_id is None or application.stage not in queries.IN_EVALUATION:
        raise RuleBroken("conflict:not-now", "This bid is not on the list of bidders.")
    check_declaration(interest, detail, application.provider.name)
    declaration = _declaration(application, actor.person_id)
    if declaration is None:
        declaration = ConflictDeclaration(
            round_id=bid_round.id, person_id=actor.person_id, application_id=application.id
        )
        db.session.add(declaration)
    elif declaration.interest is interest:
        return declaration
    elif declaration.interest is not Interest.NONE:
        raise RuleBroken(
            "conflict:cannot-be-taken-back",
            "You declared an interest in this bidder. Only the moderator can look at it with you.",
        )
    declaration.interest = interest
    declaration.detail = cleaned(detail, "detail")
    declaration.declared_at = now
    db.session.flush()
    audit.record(
        Event.CONFLICT_DECLARED,
        bid_round,
        actor=actor,
        now=now,
        application=application.ref,
        interest=interest.value,
    )
    return declaration


def check_declaration(interest: Interest, detail: str, name: str) -> None:
    """Refuse an interest without words, and words without an interest: one of them is a slip.

    Raises:
        RuleBroken: `conflict:detail-missing`, `conflict:interest-missing`.
    """
    if interest is not Interest.NONE and not detail.strip():
        raise RuleBroken("conflict:detail-missing", "Say in a few words what it is.", "detail")
    if interest is Interest.NONE and detail.strip():
        raise RuleBroken(
            "conflict:interest-missing",
            f"You wrote something about {name}. Choose what kind of interest it is, "
            "or empty the box if it is none.",
            "interest",
        )


def _declaration(application: Application, person_id: int) -> ConflictDeclaration | None:
    return db.session.scalar(
        select(ConflictDeclaration).where(
            ConflictDeclaration.application_id == application.id,
            ConflictDeclaration.person_id == person_id,
        )
    )
