"""The verbs of a round: made from shipped content, published, cancelled.

Editing a draft is in `actions_editing.py`; other rooms find it here too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.content import queries as content
from portal.content.schemas import Kind
from portal.db import db
from portal.people.models import Person
from portal.rounds import checks, policy, queries, signals
from portal.rounds.actions_content import change_content, change_eligibility, fit_scheme
from portal.rounds.actions_editing import (
    add_lot,
    change_councils,
    change_details,
    change_lots,
    change_timetable,
    change_uplift_rule,
    use_newest_content,
)
from portal.rounds.models import (
    Agreement,
    AgreementKind,
    AgreementLot,
    Regime,
    Round,
    RoundCouncil,
)
from portal.rounds.parts import councils_named, lead_for, record, set_lots, wanted_slugs
from scoring.rules import RuleBroken, refuse_errors
from scoring.stages import ROUND, RoundStage, move
from scoring.text import cleaned

__all__ = [
    "add_lot",
    "cancel",
    "change_content",
    "change_councils",
    "change_details",
    "change_eligibility",
    "change_lots",
    "change_timetable",
    "change_uplift_rule",
    "create_from_round",
    "create_from_template",
    "publish",
    "use_newest_content",
]


def create_from_template(
    template_key: str,
    *,
    agreement: Agreement | None = None,
    list_title: str | None = None,
    title: str | None = None,
    lot_codes: Sequence[str] | None = None,
    council_slugs: Iterable[str] | None = None,
    lead_slug: str | None = None,
    actor: Viewer,
    now: datetime,
) -> Round:
    """Make a draft from a round template and the newest version of everything that it names.

    Args:
        agreement: the list to open again; a new one is made when there is none.
        list_title: what the new list is called; as the template says when nothing is said.
        lot_codes: lots of the agreement; all of the template's when nothing is said.
        council_slugs: who takes part; the template's when nothing is said.
        lead_slug: the council that leads; the template's if the actor may, else the actor's own.

    Raises:
        RuleBroken: `round:create-refused`, `round:no-council`, `round:lead`, `round:no-lots`,
            `round:no-lot`, `round:other-kind`.
        NotFound: there is no such template.
    """
    policy.may_create(actor, _councils_of(agreement)).or_refuse("round:create-refused")
    bundle = content.bundle(content.content(Kind.ROUND_TEMPLATE, template_key))
    body = bundle.template.body
    lead = lead_for(lead_slug, body["lead"], actor)
    councils = councils_named(wanted_slugs(council_slugs, body["councils"]) | {lead.slug})
    list_of = agreement or _new_agreement(body, list_title, actor=actor, now=now)
    if list_of.kind != body["agreement"]["kind"]:
        message = (
            f"A round of “{body['title']}” cannot be another round of “{list_of.title}”. "
            "Choose “A new list”, or the template that this list was made from."
        )
        raise RuleBroken("round:other-kind", message, "agreement")
    new = Round(
        made_from=template_key,
        eligibility=list(body.get("eligibility") or []),
        agreement=list_of,
        lead_council=lead,
        title=(title or body["title"]).strip(),
        summary=body["summary"],
        regime=Regime(body["regime"]),
        stage=RoundStage.DRAFT,
        list_years=body["list_years"],
        contact_email=_address_of(actor),
        created_by_id=actor.person_id,
        created_at=now,
        **{part: getattr(bundle, part) for part in checks.FROZEN},
    )
    new.councils = [RoundCouncil(council=council) for council in councils]
    db.session.add(new)
    wanted = [lot["code"] for lot in body["lots"]] if lot_codes is None else list(lot_codes)
    set_lots(new, wanted)
    db.session.flush()
    record(Event.ROUND_CREATED, new, actor, now, template=bundle.template.ref)
    fit_scheme(new, actor=actor, now=now)
    return new


def create_from_round(
    source: Round,
    *,
    title: str,
    lead_slug: str | None = None,
    actor: Viewer,
    now: datetime,
) -> Round:
    """Make a draft from an earlier round of the same agreement: all but its dates and its notice.

    It points at the same versions, those that were written for the earlier round too; the first
    change makes a copy of its own.

    Raises:
        RuleBroken: `round:create-refused`, `round:lead`, `round:no-title`.
    """
    policy.may_create(actor, queries.council_ids_of(source.agreement)).or_refuse(
        "round:create-refused"
    )
    if source.is_version:
        raise RuleBroken("round:create-refused", "Start from the round itself, not from a version.")
    if not title.strip():
        raise RuleBroken("round:no-title", "Give the round a title.", "title")
    lead = lead_for(lead_slug, source.lead_council.slug, actor)
    taking_part = {part.council.slug for part in source.councils}
    kept = (
        "summary",
        "regime",
        "list_years",
        "extension_months",
        "extension_steps",
        "extension_notice_months",
        "uplift_index",
        "uplift_month",
        "uplift_cap_bp",
        "blind",
        "made_from",
        *checks.FROZEN,
    )
    new = Round(
        agreement=source.agreement,
        lead_council=lead,
        title=cleaned(title, "title"),
        stage=RoundStage.DRAFT,
        eligibility=list(source.eligibility),
        contact_email=source.contact_email,
        created_by_id=actor.person_id,
        created_at=now,
        **{part: getattr(source, part) for part in kept},
    )
    new.councils = [
        RoundCouncil(council=council) for council in councils_named(taking_part | {lead.slug})
    ]
    db.session.add(new)
    set_lots(new, [lot.code for lot in source.open_lots])
    db.session.flush()
    record(Event.ROUND_CREATED, new, actor, now, source=source.ref)
    return new


def publish(
    bid_round: Round,
    notice_number: str,
    notice_published_at: datetime | None,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    """Open a draft to providers, and freeze it: what it says, and every version it points at.

    Args:
        notice_number: of the tender notice; the Procurement Act 2023 needs it (section 21).
        notice_published_at: when that notice was published; not in the future.

    Raises:
        RuleBroken: `round:publish-refused`, or the first error of `checks.publishing_findings`.
    """
    policy.may_publish(actor, bid_round).or_refuse("round:publish-refused")
    refuse_errors(checks.publishing_findings(bid_round, notice_number, notice_published_at, now))
    bid_round.stage = move(ROUND, bid_round.stage, "publish")
    bid_round.published_at = now
    bid_round.notice_number = notice_number.strip()
    bid_round.notice_published_at = notice_published_at
    if bid_round.opens_at is None or bid_round.opens_at < now:
        bid_round.opens_at = now
    db.session.flush()
    frozen = checks.frozen_content(bid_round)
    record(
        Event.ROUND_PUBLISHED,
        bid_round,
        actor,
        now,
        notice=bid_round.notice_number,
        deadline_at=bid_round.deadline_at,
        lots=[lot.code for lot in bid_round.lots],
        councils=sorted(part.council.slug for part in bid_round.councils),
        content={part: [version.ref, version.sha256] for part, version in frozen.items()},
    )
    _tell_officers(mail.Message.ROUND_PUBLISHED, bid_round, actor, now)


def cancel(bid_round: Round, reason: str, *, actor: Viewer, now: datetime) -> None:
    """End a round before its award. Of a published round everybody can read the reason.

    Whoever has started or submitted an application is told by mail.

    Raises:
        RuleBroken: `round:cancel-refused`, `round:no-reason`.
    """
    policy.may_cancel(actor, bid_round).or_refuse("round:cancel-refused")
    why = cleaned(reason, "reason")
    if not why:
        raise RuleBroken("round:no-reason", "Say why the round is cancelled.", "reason")
    before = bid_round.stage
    bid_round.stage = move(ROUND, bid_round.stage, "cancel")
    bid_round.cancelled_at, bid_round.cancel_reason = now, why
    db.session.flush()
    record(Event.ROUND_CANCELLED, bid_round, actor, now, values={"reason": why}, stage=before.value)
    signals.tell_cancelled(bid_round, now)


def _new_agreement(
    body: dict[str, Any], title: str | None, *, actor: Viewer, now: datetime
) -> Agreement:
    agreement = Agreement(
        kind=AgreementKind(body["agreement"]["kind"]),
        title=(title or "").strip() or body["agreement"]["title"],
        created_at=now,
    )
    agreement.lots = [
        AgreementLot(position=position, **lot) for position, lot in enumerate(body["lots"])
    ]
    db.session.add(agreement)
    db.session.flush()
    audit.record(Event.AGREEMENT_CREATED, agreement, actor=actor, now=now)
    return agreement


def _councils_of(agreement: Agreement | None) -> frozenset[int] | None:
    return None if agreement is None else queries.council_ids_of(agreement)


def _address_of(actor: Viewer) -> str:
    person = db.session.get(Person, actor.person_id) if actor.person_id else None
    return (person.email or "") if person else ""


def _tell_officers(message: mail.Message, bid_round: Round, actor: Viewer, now: datetime) -> None:
    others = [officer for officer in queries.officers(bid_round) if officer.id != actor.person_id]
    mail.write(
        message,
        others,
        now=now,
        about=bid_round.ref,
        title=bid_round.title,
        deadline_at=bid_round.deadline_at,
    )
