"""Editing a draft, part by part; publishing ends it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.rounds import checks, policy, queries, signals, versions
from portal.rounds.actions_content import fit_scheme
from portal.rounds.models import AgreementLot, Regime, Round, RoundCouncil
from portal.rounds.parts import councils_named, lead_for, record, set_lots
from scoring.contract_terms import ExtensionTerms
from scoring.rules import Finding, RuleBroken, refuse_errors
from scoring.text import cleaned
from scoring.uplifts import UpliftRule

LONGEST_SUMMARY = 4_000


def change_details(
    bid_round: Round,
    title: str,
    summary: str,
    contact_email: str,
    *,
    blind: bool,
    list_years: int,
    regime: Regime | None = None,
    extension_terms: ExtensionTerms | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Change what a draft says of itself.

    Args:
        blind: bidders are hidden from those who score until quality is locked.
        list_years: for how many years a provider joins the list, 1 to 10.
        regime: the law under which it is run; as it was when nothing is said.
        extension_terms: by how much a place or a contract may be extended, and when that is
            decided on; as it was when nothing is said.

    Raises:
        RuleBroken: `round:edit-refused`, `round:no-title`, `round:summary-too-long`,
            `round:list-years`, `contract:extension`, `contract:notice`; `version:stays` in a version
            of a published round.
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
    terms = bid_round.extension_terms if extension_terms is None else extension_terms
    terms.check(list_years * 12)
    kept = (cleaned(title, "title"), blind, list_years, regime or bid_round.regime, terms)
    refuse_kept(bid_round, kept)
    fields = {
        "title": cleaned(title, "title"),
        "summary": cleaned(summary, "summary"),
        "contact_email": contact_email.strip().lower(),
        "blind": blind,
        "list_years": list_years,
        "regime": regime or bid_round.regime,
        "extension_months": terms.total,
        "extension_steps": list(terms.months),
        "extension_notice_months": terms.notice_months,
    }
    _change(bid_round, fields, "details", actor, now)


def change_uplift_rule(bid_round: Round, rule: UpliftRule, *, actor: Viewer, now: datetime) -> None:
    """Say how rates may rise while a contract or place of this round runs.

    Raises:
        RuleBroken: `round:edit-refused`, `uplift:rule-…`.
    """
    policy.may_change_uplifts(actor, bid_round).or_refuse("round:edit-refused")
    rule = replace(rule, index=cleaned(rule.index, "uplift_index"))
    rule.check()
    fields = {
        "uplift_index": rule.index,
        "uplift_month": rule.month,
        "uplift_cap_bp": rule.cap_bp,
    }
    _change(bid_round, fields, "uplifts", actor, now)


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
            `timetable:order`; in a version `version:stays`, `version:date-nearer`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    dates = (opens_at, questions_until_at, deadline_at)
    refuse_errors(dates_findings(bid_round, *dates, now))
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
    set_lots(bid_round, codes)
    after = [lot.code for lot in bid_round.lots]
    if before != after:
        record(Event.ROUND_CHANGED, bid_round, actor, now, part="lots", before=before, after=after)
        fit_scheme(bid_round, actor=actor, now=now)


def add_lot(
    bid_round: Round,
    code: str,
    title: str,
    *,
    ages: str,
    description: str,
    actor: Viewer,
    now: datetime,
) -> AgreementLot:
    """Add a lot to the agreement, and open it in this draft. Its code is never used again.

    Raises:
        RuleBroken: `round:edit-refused`, `lot:code`, `lot:code-taken`, `lot:no-title`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    wanted = code.strip().upper()
    if not re.fullmatch(r"[0-9A-Z]{1,12}", wanted):
        raise RuleBroken("lot:code", "Use capitals and digits, such as 4A.", "code")
    if wanted in {lot.code for lot in bid_round.agreement.lots}:
        raise RuleBroken("lot:code-taken", f"There is a lot {wanted} already.", "code")
    if not title.strip():
        raise RuleBroken("lot:no-title", "Give the lot a title.", "title")
    lot = AgreementLot(
        code=wanted,
        title=cleaned(title, "title"),
        ages=cleaned(ages, "ages"),
        description=cleaned(description, "description"),
        position=max((one.position for one in bid_round.agreement.lots), default=-1) + 1,
    )
    bid_round.agreement.lots.append(lot)
    db.session.flush()
    set_lots(bid_round, [*(one.code for one in bid_round.lots), wanted])
    record(Event.ROUND_CHANGED, bid_round, actor, now, part="lots", added=wanted)
    return lot


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
    policy.may_change_councils(actor, bid_round).or_refuse("round:edit-refused")
    lead = lead_for(lead_slug or bid_round.lead_council.slug, "", actor)
    wanted = {council.id: council for council in councils_named({*slugs, lead.slug})}
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
        record(
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
    record(
        Event.ROUND_CHANGED,
        bid_round,
        actor,
        now,
        part=part,
        fields=sorted(changed),
        values={"before": before, "after": after},
    )
    if "deadline_at" in changed:
        signals.tell_deadline_moved(bid_round, now)


def dates_findings(
    bid_round: Round,
    opens_at: datetime | None,
    questions_until_at: datetime | None,
    deadline_at: datetime | None,
    now: datetime,
) -> list[Finding]:
    """What is wrong with three dates of a draft, or of a version of a published round."""
    dates = (opens_at, questions_until_at, deadline_at)
    if bid_round.is_version:
        return versions.timetable_findings(bid_round, *dates, now)
    return checks.timetable_findings(*dates, now)


def refuse_kept(bid_round: Round, kept: tuple[str, bool, int, Regime, ExtensionTerms]) -> None:
    """A version cannot change what bidders decided on when they began.

    Raises:
        RuleBroken: `version:stays`.
    """
    names = ("title", "blind", "list_years", "regime", "extension_terms")
    if bid_round.is_version and kept != tuple(getattr(bid_round, name) for name in names):
        raise RuleBroken(
            "version:stays",
            "The name, the law, the years, the extensions and whether names are hidden stay as they were published.",
        )


def _plain(value: Any) -> Any:
    """A content version stands in the trail by its reference."""
    return getattr(value, "ref", value)
