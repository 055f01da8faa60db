"""The verbs of a version: prepare it beside the round, publish it, or throw it away.

Publishing never damages an answer: it changes what the round asks and leaves what was written.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.rounds import checks, policy_versions, signals, versions
from portal.rounds.models import Round, RoundCouncil, RoundLot
from portal.rounds.models_versions import RoundVersion
from portal.rounds.parts import record
from scoring.rules import RuleBroken, refuse_errors
from scoring.stages import RoundStage
from scoring.text import cleaned, meaningful_words

LONGEST_REASON = 2_000
KEPT = (
    "agreement_id",
    "lead_council_id",
    "title",
    "regime",
    "blind",
    "list_years",
    "extension_months",
    "extension_steps",
    "extension_notice_months",
    "uplift_index",
    "uplift_month",
    "uplift_cap_bp",
    "made_from",
    "opens_at",
)
"""What a version cannot change: it is what bidders decided on when they began."""


def prepare(bid_round: Round, *, actor: Viewer, now: datetime) -> Round:
    """Make a draft of the next version beside a published round; one at a time, found again.

    Raises:
        RuleBroken: `version:prepare-refused`.
    """
    _lock(bid_round)
    policy_versions.may_prepare(actor, bid_round, now).or_refuse("version:prepare-refused")
    found = draft_of(bid_round)
    if found is not None:
        return found
    draft = Round(
        version_of=bid_round,
        version=bid_round.version + 1,
        stage=RoundStage.DRAFT,
        created_by_id=actor.person_id,
        created_at=now,
        **{name: getattr(bid_round, name) for name in (*KEPT, *versions.CARRIED)},
    )
    draft.councils = [RoundCouncil(council=part.council) for part in bid_round.councils]
    draft.lots = [_same_lot(lot) for lot in bid_round.open_lots]
    db.session.add(draft)
    db.session.flush()
    record(Event.VERSION_PREPARED, draft, actor, now)
    return draft


def draft_of(bid_round: Round) -> Round | None:
    """The version of a round that is being prepared."""
    return db.session.scalar(select(Round).where(Round.version_of_id == bid_round.id))


def discard(draft: Round, *, actor: Viewer, now: datetime) -> None:
    """Throw away a version that was never published. Nobody outside its councils has seen it.

    Raises:
        RuleBroken: `version:discard-refused`.
    """
    policy_versions.may_discard(actor, draft).or_refuse("version:discard-refused")
    record(Event.VERSION_DISCARDED, draft, actor, now)
    _remove(draft)


def publish(
    draft: Round,
    reason: str,
    notice_number: str = "",
    notice_published_at: datetime | None = None,
    *,
    actor: Viewer,
    now: datetime,
) -> RoundVersion:
    """Change a published round into its next version, and tell everybody who has started.

    Args:
        reason: why; everybody reads it.
        notice_number: of the revised tender notice (Procurement Act 2023, section 31).
        notice_published_at: when that notice was published.

    Raises:
        RuleBroken: `version:publish-refused`, `version:no-reason`, `version:nothing-changed`, or
            the first error of `versions.findings`.
    """
    bid_round = draft.root
    _lock(bid_round)
    policy_versions.may_publish(actor, draft, now).or_refuse("version:publish-refused")
    why = _reason(reason)
    refuse_errors(versions.findings(draft, notice_number, notice_published_at, now))
    found = versions.differences(bid_round, draft)
    if not found:
        raise RuleBroken("version:nothing-changed", "Nothing differs from the version before.")
    moved = draft.deadline_at != bid_round.deadline_at
    _take_over(bid_round, draft, now)
    version = RoundVersion(
        round=bid_round,
        number=bid_round.version,
        reason=why,
        differences=[one.as_content() for one in found],
        body=_body(bid_round),
        notice_number=notice_number.strip(),
        notice_published_at=notice_published_at,
        published_at=now,
        published_by_id=actor.acting_id(),
    )
    db.session.add(version)
    _remove(draft)
    record(
        Event.VERSION_PUBLISHED,
        bid_round,
        actor,
        now,
        values={"reason": why},
        number=version.number,
        notice=version.notice_number,
        differences=sorted({one.part.value for one in found}),
        **version.body,
    )
    signals.tell_version(bid_round, version.number, now)
    if moved:
        signals.tell_deadline_moved(bid_round, now)
    return version


def _take_over(bid_round: Round, draft: Round, now: datetime) -> None:
    """The round as the draft has it. A lot that goes is withdrawn, and what was written for it stays."""
    for name in versions.CARRIED:
        setattr(bid_round, name, getattr(draft, name))
    bid_round.version = draft.version
    wanted = {lot.code: lot for lot in draft.lots}
    there = {lot.code: lot for lot in bid_round.lots}
    for code, lot in there.items():
        if code in wanted:
            lot.cancelled_at = None
        elif lot.cancelled_at is None:
            lot.cancelled_at = now
    bid_round.lots.extend(_same_lot(lot) for code, lot in wanted.items() if code not in there)
    bid_round.lots.sort(key=lambda lot: lot.position)
    db.session.flush()


def _body(bid_round: Round) -> dict[str, Any]:
    frozen = checks.frozen_content(bid_round)
    return {
        "content": {part: [version.ref, version.sha256] for part, version in frozen.items()},
        "lots": [lot.code for lot in bid_round.open_lots],
        "deadline_at": bid_round.deadline_at.isoformat() if bid_round.deadline_at else None,
    }


def _same_lot(lot: RoundLot) -> RoundLot:
    return RoundLot(
        agreement_lot=lot.agreement_lot, code=lot.code, title=lot.title, position=lot.position
    )


def _lock(bid_round: Round) -> None:
    """Of two officers who press at once the second waits, and reads what the first has done."""
    db.session.refresh(bid_round, ["stage", "version"], with_for_update=True)


def _remove(draft: Round) -> None:
    for part in (*draft.lots, *draft.councils):
        db.session.delete(part)
    db.session.flush()
    db.session.expire(draft, ["lots", "councils"])
    db.session.delete(draft)
    db.session.flush()


def _reason(reason: str) -> str:
    why = cleaned(reason, "reason")
    if not meaningful_words(why):
        raise RuleBroken("version:no-reason", "Say why the round changes.", "reason")
    if len(why) > LONGEST_REASON:
        raise RuleBroken(
            "version:reason-too-long", f"Use {LONGEST_REASON:,} characters or fewer.", "reason"
        )
    return why
