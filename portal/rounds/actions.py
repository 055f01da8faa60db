"""The verbs of a round: made from shipped content, edited while a draft, published, cancelled."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from portal import audit, mail
from portal.access import Role, Viewer
from portal.audit import Event
from portal.content import queries as content
from portal.content.schemas import Kind
from portal.db import db
from portal.people.models import Council, Person
from portal.rounds import checks, policy, queries
from portal.rounds.models import (
    Agreement,
    AgreementKind,
    AgreementLot,
    Regime,
    Round,
    RoundCouncil,
    RoundLot,
)
from scoring.rules import RuleBroken, refuse_errors
from scoring.stages import ROUND, RoundStage, move
from scoring.text import cleaned

LONGEST_SUMMARY = 4_000


def create_from_template(
    template_key: str,
    *,
    agreement: Agreement | None = None,
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
    lead = _lead(lead_slug, body["lead"], actor)
    councils = _councils(_slugs(council_slugs, body["councils"]) | {lead.slug})
    list_of = agreement or _new_agreement(body, actor=actor, now=now)
    if list_of.kind != body["agreement"]["kind"]:
        raise RuleBroken("round:other-kind", "This agreement is of another kind.", "agreement")
    new = Round(
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
    _set_lots(new, wanted)
    db.session.flush()
    _record(Event.ROUND_CREATED, new, actor, now, template=bundle.template.ref)
    return new


def change_details(
    bid_round: Round,
    title: str,
    summary: str,
    contact_email: str,
    *,
    blind: bool,
    list_years: int,
    actor: Viewer,
    now: datetime,
) -> None:
    """Change what a draft says of itself.

    Args:
        blind: bidders are hidden from those who score until quality is locked.
        list_years: for how many years a provider joins the list, 1 to 10.

    Raises:
        RuleBroken: `round:edit-refused`, `round:no-title`, `round:summary-too-long`,
            `round:list-years`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    if not title.strip():
        raise RuleBroken("round:no-title", "Give the round a title.", "title")
    if len(summary) > LONGEST_SUMMARY:
        raise RuleBroken(
            "round:summary-too-long", f"Use {LONGEST_SUMMARY:,} characters or fewer.", "summary"
        )
    if not 1 <= list_years <= 10:
        raise RuleBroken("round:list-years", "Enter a number of years from 1 to 10.", "list_years")
    fields = {
        "title": cleaned(title, "title"),
        "summary": cleaned(summary, "summary"),
        "contact_email": contact_email.strip().lower(),
        "blind": blind,
        "list_years": list_years,
    }
    _change(bid_round, fields, "details", actor, now)


def change_timetable(
    bid_round: Round,
    opens_at: datetime | None,
    questions_until_at: datetime | None,
    deadline_at: datetime | None,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    """Set the dates of a draft. A round without `opens_at` opens when it is published.

    Raises:
        RuleBroken: `round:edit-refused`, `timetable:missing`, `timetable:in-the-past`,
            `timetable:order`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    refuse_errors(checks.timetable_findings(opens_at, questions_until_at, deadline_at, now))
    fields = {
        "opens_at": opens_at,
        "questions_until_at": questions_until_at,
        "deadline_at": deadline_at,
    }
    _change(bid_round, fields, "timetable", actor, now)


def change_lots(bid_round: Round, codes: Sequence[str], *, actor: Viewer, now: datetime) -> None:
    """Choose which lots of the agreement a draft opens.

    Raises:
        RuleBroken: `round:edit-refused`, `round:no-lots`, `round:no-lot`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    before = [lot.code for lot in bid_round.lots]
    _set_lots(bid_round, codes)
    after = [lot.code for lot in bid_round.lots]
    if before != after:
        _record(Event.ROUND_CHANGED, bid_round, actor, now, part="lots", before=before, after=after)


def change_councils(
    bid_round: Round,
    slugs: Iterable[str],
    lead_slug: str | None = None,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    """Choose which councils take part in a draft, and which of the actor's own leads it.

    Raises:
        RuleBroken: `round:edit-refused`, `round:no-council`, `round:lead`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    lead = _lead(lead_slug or bid_round.lead_council.slug, "", actor)
    wanted = {council.id: council for council in _councils({*slugs, lead.slug})}
    before = sorted(part.council.slug for part in bid_round.councils)
    for part in [part for part in bid_round.councils if part.council_id not in wanted]:
        bid_round.councils.remove(part)
        db.session.delete(part)
    for council in wanted.values():
        if council.id not in bid_round.council_ids:
            bid_round.councils.append(RoundCouncil(council_id=council.id, council=council))
    lead_changed = bid_round.lead_council_id != lead.id
    bid_round.lead_council = lead
    db.session.flush()
    after = sorted(council.slug for council in wanted.values())
    if before != after or lead_changed:
        _record(
            Event.ROUND_CHANGED,
            bid_round,
            actor,
            now,
            part="councils",
            before=before,
            after=after,
            lead=lead.slug,
        )


def use_newest_content(bid_round: Round, *, actor: Viewer, now: datetime) -> list[str]:
    """Let a draft use the newest version of everything that it points at.

    Returns:
        The parts that changed.

    Raises:
        RuleBroken: `round:edit-refused`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    newer = queries.newer_content(bid_round)
    if newer:
        _change(bid_round, dict(newer), "content", actor, now)
    return list(newer)


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
    _record(
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
    _record(
        Event.ROUND_CANCELLED, bid_round, actor, now, values={"reason": why}, stage=before.value
    )


def _new_agreement(body: dict[str, Any], *, actor: Viewer, now: datetime) -> Agreement:
    agreement = Agreement(
        kind=AgreementKind(body["agreement"]["kind"]),
        title=body["agreement"]["title"],
        created_at=now,
    )
    agreement.lots = [
        AgreementLot(position=position, **lot) for position, lot in enumerate(body["lots"])
    ]
    db.session.add(agreement)
    db.session.flush()
    audit.record(Event.AGREEMENT_CREATED, agreement, actor=actor, now=now)
    return agreement


def _set_lots(bid_round: Round, codes: Sequence[str]) -> None:
    if not codes:
        raise RuleBroken("round:no-lots", "Choose at least one lot.", "lots")
    there = {lot.code: lot for lot in bid_round.agreement.lots}
    for code in codes:
        if code not in there:
            raise RuleBroken("round:no-lot", f"The agreement has no lot {code}.", "lots")
    for lot in [lot for lot in bid_round.lots if lot.code not in codes]:
        bid_round.lots.remove(lot)
        db.session.delete(lot)
    open_already = {lot.code for lot in bid_round.lots}
    for code in codes:
        if code not in open_already:
            open_already.add(code)
            bid_round.lots.append(_round_lot(there[code]))
    bid_round.lots.sort(key=lambda lot: lot.position)
    db.session.flush()


def _round_lot(lot: AgreementLot) -> RoundLot:
    return RoundLot(agreement_lot=lot, code=lot.code, title=lot.title, position=lot.position)


def _slugs(chosen: Iterable[str] | None, suggested: Iterable[str]) -> set[str]:
    """The councils that somebody chose; without a choice, those of the template that are here."""
    if chosen is not None:
        return set(chosen)
    return {council.slug for council in queries.councils() if council.slug in set(suggested)}


def _councils(slugs: set[str]) -> list[Council]:
    there = {council.slug: council for council in queries.councils()}
    for slug in sorted(slugs):
        if slug not in there:
            raise RuleBroken("round:no-council", f"There is no council “{slug}”.", "councils")
    return [there[slug] for slug in sorted(slugs)]


def _lead(chosen: str | None, suggested: str, actor: Viewer) -> Council:
    there = {council.slug: council for council in queries.councils()}
    own = [one for one in there.values() if one.id in actor.councils_as(Role.COMMISSIONER)]
    if chosen is None:
        return next((council for council in own if council.slug == suggested), own[0])
    if chosen not in there:
        raise RuleBroken("round:no-council", f"There is no council “{chosen}”.", "lead")
    policy.may_lead(actor, there[chosen].id).or_refuse("round:lead")
    return there[chosen]


def _councils_of(agreement: Agreement | None) -> frozenset[int] | None:
    return None if agreement is None else queries.council_ids_of(agreement)


def _address_of(actor: Viewer) -> str:
    person = db.session.get(Person, actor.person_id) if actor.person_id else None
    return (person.email or "") if person else ""


def _change(
    bid_round: Round, fields: dict[str, Any], part: str, actor: Viewer, now: datetime
) -> None:
    """Set what differs; what was there before is kept beside the trail."""
    changed = {name: value for name, value in fields.items() if getattr(bid_round, name) != value}
    if not changed:
        return
    before = {name: _plain(getattr(bid_round, name)) for name in changed}
    for name, value in changed.items():
        setattr(bid_round, name, value)
    db.session.flush()
    after = {name: _plain(value) for name, value in changed.items()}
    _record(
        Event.ROUND_CHANGED,
        bid_round,
        actor,
        now,
        part=part,
        fields=sorted(changed),
        values={"before": before, "after": after},
    )


def _plain(value: Any) -> Any:
    """A content version stands in the trail by its reference."""
    return getattr(value, "ref", value)


def _record(
    act: Event,
    bid_round: Round,
    actor: Viewer,
    now: datetime,
    *,
    values: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    audit.record(act, bid_round, actor=actor, now=now, values=values, **detail)


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
