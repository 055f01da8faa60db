"""Recording a placement choice, and correcting the record. Facts stay as they stood that day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs.choices import facts as choice_facts, policy as policy_choices
from portal.costs.choices.models import PlacementChoice, PlacementChoiceVersion
from portal.costs.of_lots.reports import LotAsked
from portal.days import LONDON
from portal.db import db
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.choices import Considered, check_choice, check_day, check_reference
from scoring.rules import RuleBroken
from scoring.text import cleaned, meaningful_words


@dataclass(frozen=True, slots=True)
class ChoiceTold:
    """What a commissioner tells of a choice."""

    reference: str
    considered: Sequence[Considered]
    chosen: str
    why: str
    why_alone: str = ""


def record(
    council: Council, asked: LotAsked, told: ChoiceTold, *, actor: Viewer, now: datetime
) -> PlacementChoice:
    """Keep a choice with what was known of every provider of the lot that day.

    Raises:
        RuleBroken: the actor may not; `choice:…`.
    """
    policy_choices.may_choose(actor, council.id).or_refuse("choice:refused")
    check_day(asked.on, now.astimezone(LONDON).date())
    facts = choice_facts.facts_on(asked)
    told = _checked(told, facts)
    choice = PlacementChoice(
        council=council,
        agreement_lot=asked.lot,
        like=asked.like.address,
        decided_on=asked.on,
        facts=facts,
        facts_sha256=sha256_of(canonical_json(facts)),
        reference=told.reference,
        chosen_ref=told.chosen,
        made_at=now,
    )
    db.session.add(choice)
    _add(choice, told, actor, now)
    _tell(Event.CHOICE_RECORDED, choice, actor, now)
    return choice


def correct(
    choice: PlacementChoice, told: ChoiceTold, reason: str, *, actor: Viewer, now: datetime
) -> None:
    """A further version of the record; the earlier ones stay.

    Raises:
        RuleBroken: the actor may not; `choice:…`, `choice:taken-back`, `choice:no-correction`.
    """
    _may_correct(choice, reason, actor)
    told = _checked(told, choice.facts)
    _add(choice, told, actor, now, correction=cleaned(reason))
    choice.reference, choice.chosen_ref = told.reference, told.chosen
    _tell(Event.CHOICE_CORRECTED, choice, actor, now)


def take_back(choice: PlacementChoice, reason: str, *, actor: Viewer, now: datetime) -> None:
    """No placement came of it, or it was recorded twice: it stays, marked as taken back.

    Raises:
        RuleBroken: the actor may not; `choice:taken-back`, `choice:no-correction`.
    """
    _may_correct(choice, reason, actor)
    last = choice.newest
    told = ChoiceTold(
        last.reference,
        [Considered(**_read(one)) for one in last.considered],
        last.chosen_ref,
        last.why,
        last.why_alone,
    )
    _add(choice, told, actor, now, correction=cleaned(reason)).taken_back = True
    choice.taken_back = True
    _tell(Event.CHOICE_TAKEN_BACK, choice, actor, now)


def _may_correct(choice: PlacementChoice, reason: str, actor: Viewer) -> None:
    policy_choices.may_choose(actor, choice.council_id).or_refuse("choice:refused")
    if choice.taken_back:
        raise RuleBroken("choice:taken-back", "This record was taken back.")
    if not meaningful_words(reason):
        raise RuleBroken("choice:no-correction", "Say why the record is changed.", "correction")


def _checked(told: ChoiceTold, facts: Sequence[Mapping[str, Any]]) -> ChoiceTold:
    suspended = {one["provider"]: one["suspended"] for one in facts}
    strangers = [one for one in told.considered if one.provider not in suspended]
    if strangers:
        raise RuleBroken(
            "choice:not-on-list",
            "One of them did not hold this lot for your council that day.",
            "considered",
        )
    considered = [
        replace(
            one,
            why_not="" if one.provider == told.chosen else cleaned(one.why_not),
            may_be_chosen=not suspended[one.provider],
        )
        for one in told.considered
    ]
    made = replace(
        told,
        reference=check_reference(told.reference),
        considered=considered,
        why=cleaned(told.why),
        why_alone=cleaned(told.why_alone),
    )
    check_choice(made.considered, made.chosen, made.why, why_alone=made.why_alone)
    return made


def _add(
    choice: PlacementChoice,
    told: ChoiceTold,
    actor: Viewer,
    now: datetime,
    *,
    correction: str = "",
) -> PlacementChoiceVersion:
    version = PlacementChoiceVersion(
        choice=choice,
        number=len(choice.versions) + 1,
        reference=told.reference,
        considered=[
            {
                "provider": one.provider,
                "why_not": one.why_not,
                "distance_tenths": one.distance_tenths,
            }
            for one in told.considered
        ],
        chosen_ref=told.chosen,
        why=told.why,
        why_alone=told.why_alone,
        correction=correction,
        made_by_id=actor.acting_id(),
        made_at=now,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _read(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("provider", "why_not", "distance_tenths")}


def _tell(event: Event, choice: PlacementChoice, actor: Viewer, now: datetime) -> None:
    """The trail holds references and a hash; the words stand beside it, and can be erased."""
    last = choice.newest
    audit.record(
        event,
        choice,
        actor=actor,
        now=now,
        council=choice.council.ref,
        chosen=last.chosen_ref,
        considered=[one["provider"] for one in last.considered],
        facts=choice.facts_sha256,
        version=last.number,
        values={"why": last.why, "reason": last.correction},
    )
