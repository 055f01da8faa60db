"""Declaring interests, before any bid is seen and whenever one comes up."""

from datetime import datetime

from sqlalchemy import select

from portal import audit, mail
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.models import ConflictDeclaration, Interest, Part
from portal.evaluation.moderation.actions import forget_sign_off
from portal.evaluation.panels.interests import scores_set_aside
from portal.mail import Message
from portal.rounds.models import Round
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
            round_id=bid_round.id,
            person_id=actor.person_id,
            application_id=application.id,
            earlier=[],
        )
        db.session.add(declaration)
    elif declaration.interest is interest:
        return declaration
    elif declaration.interest is not Interest.NONE:
        raise RuleBroken(
            "conflict:cannot-be-taken-back",
            "You declared an interest in this bidder. Only the moderator can look at it with you.",
        )
    is_late = declaration.interest is Interest.NONE
    if is_late:  # what was said first stays on record beside it
        declaration.earlier = [*declaration.earlier, _as_it_stood(declaration)]
    declaration.interest = interest
    declaration.detail = cleaned(detail, "detail")
    declaration.declared_at = now
    db.session.flush()
    set_aside = _set_aside(declaration, application) if is_late else 0
    audit.record(
        Event.CONFLICT_DECLARED,
        bid_round,
        actor=actor,
        now=now,
        application=application.ref,
        interest=interest.value,
        late=is_late,
        set_aside=set_aside,
    )
    if is_late:
        _tell_who_leads(bid_round, declaration, now)
    return declaration


def _as_it_stood(declaration: ConflictDeclaration) -> dict[str, str]:
    return {
        "interest": declaration.interest.value,
        "detail": declaration.detail,
        "declared_at": declaration.declared_at.isoformat(),
    }


def _set_aside(declaration: ConflictDeclaration, application: Application) -> int:
    """Their scores count no more from now on, and are kept; a view they shared is signed off anew."""
    number = scores_set_aside(declaration.person_id, application.id)
    young = {
        one.person_id
        for one in queries.members(application.round)
        if one.part is Part.YOUNG_COMMISSIONER
    }
    if number and declaration.person_id in young:
        forget_sign_off(application)
    return number


def _tell_who_leads(bid_round: Round, declaration: ConflictDeclaration, now: datetime) -> None:
    """The moderators look at it. The mail names nobody: it may be read anywhere."""
    people = [
        one.person
        for one in queries.members(bid_round)
        if one.part is Part.MODERATOR and one.person_id != declaration.person_id
    ]
    mail.write(
        Message.INTEREST_CAME_UP, people, now=now, about=bid_round.ref, title=bid_round.title
    )


def note_mitigation(
    declaration: ConflictDeclaration, words: str, *, actor: Viewer, now: datetime
) -> None:
    """Record what was done about an interest. The bid stays closed to who declared it.

    Raises:
        RuleBroken: `conflict:mitigation-missing`, `conflict:own`, `conflict:no-interest`, or the
            policy's refusal.
    """
    bid_round = declaration.application.round
    policy.may_manage_panel(actor, bid_round).or_refuse("conflict:not-allowed")
    if declaration.interest is Interest.NONE:
        raise RuleBroken("conflict:no-interest", "No interest was declared here.")
    if declaration.person_id == actor.person_id:
        raise RuleBroken("conflict:own", "Somebody else looks at your own interest.")
    if not words.strip():
        raise RuleBroken("conflict:mitigation-missing", "Say what is done about it.", "words")
    declaration.mitigation = cleaned(words, "words")
    declaration.mitigated_by_id, declaration.mitigated_at = actor.person_id, now
    db.session.flush()
    audit.record(
        Event.CONFLICT_MITIGATED,
        bid_round,
        actor=actor,
        now=now,
        application=declaration.application.ref,
        person=declaration.person.ref,
        values={"mitigation": declaration.mitigation},
    )


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
