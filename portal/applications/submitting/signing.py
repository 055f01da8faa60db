"""Sign-off: a colleague prepares and says that it is ready, an administrator signs by submitting.

| rule of the organisation | who submits |
| --- | --- |
| one person (as it is without a choice) | any administrator |
| two people | an administrator, after somebody else said that it is ready and nothing changed since |
"""

from datetime import datetime

from portal import audit, mail
from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.applications import queries
from portal.applications.editing import may_edit, person_id
from portal.applications.models import Application, Readiness
from portal.applications.submitting.models_signing import SigningRule
from portal.applications.working_copy import WorkingCopy
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.providers.models import Provider
from scoring.rules import RuleBroken, refuse_errors

FEWEST_PEOPLE = 2


def needs_two(provider_id: int) -> bool:
    """Whether an organisation wants two people behind every submission."""
    rule = db.session.get(SigningRule, provider_id)
    return rule is not None and rule.two_people


def may_sign(viewer: Viewer, application: Application, *, two_people: bool) -> Decision:
    """Whether what the organisation asks for before a signature is there; the rest is policy's."""
    if not two_people:
        return allowed
    said = application.readiness
    if said is None:
        return denied("A colleague must say first that it is ready. Your organisation wants this.")
    if not application.is_ready:
        return denied("It was changed after a colleague said that it is ready. Ask them again.")
    if said.said_by_id == viewer.person_id:
        return denied("You said yourself that it is ready. Somebody else must submit it.")
    return allowed


def ask_to_sign(copy: WorkingCopy, *, actor: Viewer, now: datetime) -> None:
    """Say that an application is ready, and ask the administrators to sign it.

    Raises:
        RuleBroken: `application:edit-refused`, or the first thing that is missing.
    """
    application = copy.application
    may_edit(actor, application, now)
    for found in copy.findings.values():
        refuse_errors(found)
    said = application.readiness
    if said is not None and application.is_ready and said.said_by_id == actor.person_id:
        return
    if said is None:
        said = Readiness(application=application)
        db.session.add(said)
    said.said_by_id, said.said_at = person_id(actor), now
    db.session.flush()
    db.session.expire(said, ["said_by"])
    audit.record(Event.SIGN_OFF_ASKED, application, actor=actor, now=now)
    others = queries.administrators(application.provider_id)
    mail.write(
        Message.SIGN_OFF_ASKED,
        to=[one for one in others if one.id != actor.person_id],
        now=now,
        about=application.ref,
        round_title=application.round.title,
        deadline_at=application.round.deadline_at,
        by=actor.name,
    )


def refuse_unsigned(application: Application, actor: Viewer) -> None:
    """Refuse a submission that lacks the second person.

    Raises:
        RuleBroken: `application:second-person`.
    """
    two_people = needs_two(application.provider_id)
    decision = may_sign(actor, application, two_people=two_people)
    decision.or_refuse("application:second-person")


def set_rule(provider: Provider, *, two_people: bool, actor: Viewer, now: datetime) -> None:
    """Choose how the organisation signs; its administrators are told.

    Raises:
        RuleBroken: `signing:refused`, `signing:too-few` (there is nobody else).
    """
    if not actor.may(Permission.APPLICATION_SUBMIT) or not actor.administers(provider.id):
        raise RuleBroken("signing:refused", "Only an administrator of the organisation chooses.")
    if two_people and len(queries.colleagues(provider.id)) < FEWEST_PEOPLE:
        message = "You are the only person of your organisation here. Invite a colleague first."
        raise RuleBroken("signing:too-few", message, "two_people")
    rule = db.session.get(SigningRule, provider.id)
    if (rule is not None and rule.two_people) == two_people:
        return
    if rule is None:
        rule = SigningRule(provider=provider)
        db.session.add(rule)
    rule.two_people, rule.changed_by_id, rule.changed_at = two_people, person_id(actor), now
    db.session.flush()
    audit.record(Event.SIGNING_CHANGED, provider, actor=actor, now=now, two_people=two_people)
    mail.write(
        Message.SIGNING_CHANGED,
        to=queries.colleagues(provider.id, Role.PROVIDER_ADMIN),
        now=now,
        about=provider.ref,
        two_people=two_people,
        by=actor.name,
    )
