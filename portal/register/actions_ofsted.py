"""The verbs of Ofsted's outcomes: take a file in, all of it or nothing, and decide on a downgrade."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import audit
from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.audit import Event
from portal.contracts import actions_stopping as stopping, queries as contracts
from portal.contracts.models import Contract, ListMembership
from portal.contracts.queries_placing import bought
from portal.days import today
from portal.db import db
from portal.followups import actions as followups
from portal.followups.actions import Owner, Source
from portal.followups.models import FollowUpKind, OwnerSide
from portal.imports import Preview
from portal.people.models import Council
from portal.providers import actions as providers, policy
from portal.providers.actions_exceptions import About
from portal.providers.models import ServiceKind
from portal.providers.models_exceptions import Hindrance
from portal.providers.models_ofsted import OutcomeChange
from portal.register import actions_exceptions as exceptions, ofsted_file, telling
from portal.register.models_ofsted import Answer, DowngradeDecision, OfstedColumns, OfstedImport
from portal.register.placing import Held
from scoring.rules import RuleBroken
from scoring.stages import ContractStage, MembershipStage
from scoring.text import meaningful_words

LEAST_WORDS = 5


def may_import(viewer: Viewer) -> Decision:
    """Commissioners, and the portal's own command."""
    if viewer.is_system or viewer.may(Permission.OFSTED_IMPORT):
        return allowed
    return denied("Only a commissioner brings in what Ofsted published.")


def remember_columns(
    service: ServiceKind, columns: Mapping[str, str], *, actor: Viewer, now: datetime
) -> None:
    """Keep which column is which, for the next file of this service.

    Raises:
        RuleBroken: the actor may not; `ofsted:column-twice`.
    """
    may_import(actor).or_refuse("ofsted:import-refused")
    for name, heading in columns.items():
        if list(columns.values()).count(heading) > 1:
            raise RuleBroken("ofsted:column-twice", "Choose another column for each.", name)
    known = db.session.scalar(select(OfstedColumns).where(OfstedColumns.service == service))
    if known is None:
        known = OfstedColumns(service=service)
        db.session.add(known)
    known.columns, known.said_by_id, known.said_at = dict(columns), actor.person_id, now
    db.session.flush()


def take_file(
    preview: Preview, service: ServiceKind, *, actor: Viewer, now: datetime
) -> OfstedImport | None:
    """Record every outcome that the file changes; None where it changes nothing.

    What was refused stays out. The rows are judged again against what is on record now.

    Raises:
        RuleBroken: the actor may not; whatever recording a registration refuses, and then all of it.
    """
    may_import(actor).or_refuse("ofsted:import-refused")
    found = ofsted_file.judgement(preview, service, today(now))
    if not found.judged.changes:
        return None
    taken = OfstedImport(
        service=service,
        file_name=preview.file_name[:200],
        sha256=preview.sha256,
        changed=len(found.judged.changes),
        taken_by_id=actor.person_id,
        taken_at=now,
    )
    db.session.add(taken)
    db.session.flush()
    for one in found.judged.changes:
        known = found.registrations[one.urn]
        providers.record_registration(
            known.provider,
            one.urn,
            service,
            known.registered_on,
            one.after,
            one.inspected_on,
            known.branch,
            source_ref=taken.ref,
            actor=actor,
            now=now,
        )
    audit.record(
        Event.OFSTED_IMPORTED,
        taken,
        actor=actor,
        now=now,
        service=service,
        sha256=preview.sha256,
        changed=taken.changed,
    )
    telling.of_downgrades(taken, now)
    return taken


@dataclass(frozen=True, slots=True)
class Decided:
    """What a commissioner decides.

    Args:
        due_on: by when the provider answers an action plan.
        until_on: the last day of an exception; none where nobody is placed for now.
    """

    answer: Answer
    reason: str
    due_on: date | None = None
    until_on: date | None = None


def decide(
    change: OutcomeChange, council: Council, decided: Decided, *, actor: Viewer, now: datetime
) -> DowngradeDecision:
    """Record what a council does about a downgrade, and do it.

    Raises:
        RuleBroken: the actor may not; `downgrade:no-reason`, `downgrade:decided-already`,
            `downgrade:no-day`; `downgrade:nothing-held`; whatever the
            follow-up, the exception or the suspension refuses.
    """
    policy.may_except(actor, council.id).or_refuse("downgrade:refused")
    reason = decided.reason.strip()
    if meaningful_words(reason) < LEAST_WORDS:
        raise RuleBroken(
            "downgrade:no-reason", f"Give your reason in {LEAST_WORDS} words or more.", "reason"
        )
    known = select(DowngradeDecision).where(
        DowngradeDecision.change_id == change.id, DowngradeDecision.council_id == council.id
    )
    if db.session.scalar(known) is not None:
        raise RuleBroken("downgrade:decided-already", f"{council.name} has decided on this.")
    decision = DowngradeDecision(
        change=change,
        council=council,
        answer=decided.answer,
        reason=reason,
        led_to=_carry_out(change, council, decided, actor=actor, now=now),
        decided_by_id=actor.person_id,
        decided_at=now,
    )
    db.session.add(decision)
    db.session.flush()
    audit.record(
        Event.DOWNGRADE_DECIDED,
        decision,
        actor=actor,
        now=now,
        change=change.ref,
        council=council.slug,
        answer=decided.answer,
        led_to=decision.led_to,
        values={"reason": reason},
    )
    return decision


def _carry_out(
    change: OutcomeChange, council: Council, decided: Decided, *, actor: Viewer, now: datetime
) -> str:
    """Do what was decided; returns the reference of what it led to."""
    label = f"Ofsted registration {change.registration.urn}"
    if decided.answer is Answer.ACTION_PLAN:
        if decided.due_on is None:
            raise RuleBroken("downgrade:no-day", "Say by when the provider answers.", "due_on")
        asked = followups.raise_followup(
            FollowUpKind.ACTION,
            provider=change.registration.provider,
            council=council,
            text=decided.reason,
            owner=Owner(OwnerSide.PROVIDER, "Registered manager"),
            due_on=decided.due_on,
            source=Source("ofsted", change.ref, label),
            actor=actor,
            now=now,
        )
        return asked.ref
    if decided.answer is Answer.BY_EXCEPTION and decided.until_on is not None:
        about = About(Hindrance.REGISTRATION, change.registration.ref, label)
        provider, until_on = change.registration.provider, decided.until_on
        places: list[Held] = [
            *contracts.memberships(actor, provider_ids=[provider.id]),
            *bought(actor, [provider.id]),
        ]
        given = exceptions.give(
            provider,
            places,
            council,
            about,
            decided.reason,
            until_on=until_on,
            actor=actor,
            now=now,
        )
        return given.ref
    if decided.answer is Answer.SUSPEND:
        held = _held(change, council, actor, now)
        on = today(now)
        placed = stopping.suspend(
            held, council=council, from_on=on, reason=decided.reason, actor=actor, now=now
        )
        return placed[0].ref
    return ""


def _held(
    change: OutcomeChange, council: Council, actor: Viewer, now: datetime
) -> list[ListMembership | Contract]:
    """What this council holds with the provider today and has not suspended yet.

    Raises:
        RuleBroken: `downgrade:nothing-held`.
    """
    provider_id, on = change.registration.provider_id, today(now)
    places = contracts.memberships(actor, on=on, provider_ids=[provider_id])
    bought = [one for one in contracts.contracts(actor) if one.provider_id == provider_id]
    everything: list[ListMembership | Contract] = [*places, *bought]
    held = [
        one
        for one in everything
        if council.id in one.council_ids
        and one.starts_on <= on <= one.ends_on
        and one.stage_on(on, {council.id}) in {MembershipStage.ACTIVE, ContractStage.ACTIVE}
    ]
    if not held:
        words = f"{council.name} holds nothing with this provider that could be suspended."
        raise RuleBroken("downgrade:nothing-held", words, "answer")
    return held
