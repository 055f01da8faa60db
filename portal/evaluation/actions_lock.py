"""Locking quality: what stands in its way, and what is computed when nothing does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import Asked, Key, asked_for, scheme_of
from portal.evaluation.models import Consensus, Result, YoungSignOff
from portal.evaluation.outcome import compute
from portal.rounds.models import Round
from scoring.rules import Finding, refuse_errors
from scoring.stages import APPLICATION, ROUND, move
from scoring.terms import Panel


def lock_findings(bid_round: Round, closed: Collection[int] = ()) -> list[Finding]:
    """What keeps quality from being locked, bid by bid; `where` is the bid's reference.

    Args:
        closed: bids that are closed to the reader; they are not told which of them waits, or why.
    """
    applications = queries.bids(bid_round)
    ids = [bid.id for bid in applications]
    facts = _LockFacts(
        agreed=queries.consensus_of(ids),
        waiting=queries.waiting_sheets(ids),
        signed=queries.sign_offs(ids),
        met_with_interest=_met_with_interest(bid_round, ids),
        ranges={**queries.ranges(Panel.OFFICERS, ids), **queries.ranges(Panel.YOUNG, ids)},
        needs_sign_off=bool(scheme_of(bid_round).questions_for(Panel.YOUNG)),
    )
    lots = queries.lots_of(ids)
    found: list[Finding] = []
    for bid in applications:
        asked = asked_for(bid_round, [lot.code for lot in lots[bid.id]])
        found += [
            _closed_finding(one) if bid.id in closed else one
            for one in _of_a_bid(bid, asked, facts)
        ]
    return found


@dataclass(frozen=True, slots=True)
class _LockFacts:
    agreed: Mapping[tuple[int, Key], Consensus]
    waiting: Mapping[int, int]
    signed: Mapping[int, YoungSignOff]
    met_with_interest: Mapping[int, str]
    ranges: Mapping[tuple[int, Key], tuple[int, int]]
    needs_sign_off: bool


def _of_a_bid(bid: Application, asked: Sequence[Asked], facts: _LockFacts) -> Iterable[Finding]:
    name = bid.provider.name
    if out := facts.waiting.get(bid.id, 0):
        yield Finding("lock:sheets-missing", f"{name}: {_count(out, 'sheet')} not in.", bid.ref)
    missing = sum((bid.id, one.key) not in facts.agreed for one in asked)
    if missing:
        words = f"{name}: {missing} of {len(asked)} questions have no agreed score."
        yield Finding("lock:consensus-missing", words, bid.ref)
    elif facts.needs_sign_off and bid.id not in facts.signed:
        words = f"{name}: the young people's view is not signed off."
        yield Finding("lock:sign-off-missing", words, bid.ref)
    if adrift := sum(_is_adrift((bid.id, one.key), facts) for one in asked):
        words = (
            f"{name}: {_count(adrift, 'agreed score')} outside the panel's own scores, which "
            "changed since. Agree again."
        )
        yield Finding("lock:outside-range", words, bid.ref)
    if person := facts.met_with_interest.get(bid.id):
        words = (
            f"{name}: an interest was declared after scores were agreed with {person}. "
            "Agree these scores again without them."
        )
        yield Finding("lock:met-with-interest", words, bid.ref)


def _is_adrift(place: tuple[int, Key], facts: _LockFacts) -> bool:
    """A sheet that was given back, or a later interest, can leave an agreement without its reason."""
    agreed, between = facts.agreed.get(place), facts.ranges.get(place)
    if agreed is None or between is None or agreed.why_outside:
        return False
    return not between[0] <= agreed.value <= between[1]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing} is" if number == 1 else f"{number} {thing}s are"


def _closed_finding(finding: Finding) -> Finding:
    words = "A bid that a declared interest closes to you is not finished."
    return Finding(finding.code, words)


def _met_with_interest(bid_round: Round, application_ids: Collection[int]) -> dict[int, str]:
    """Who was there when a bid's scores were agreed, and has declared an interest in it since."""
    interested = {
        (application_id, person.ref): person.name
        for (_, application_id), person in queries.kept_out(bid_round).items()
    }
    if not interested:
        return {}
    return {
        consensus.application_id: interested[consensus.application_id, ref]
        for consensus in queries.consensus_of(application_ids).values()
        for ref in consensus.present
        if (consensus.application_id, ref) in interested
    }


def lock_quality(bid_round: Round, *, actor: Viewer, now: datetime) -> list[Result]:
    """Close the moderation and compute every lot's results exactly as the scheme says.

    Raises:
        RuleBroken: the first of `lock_findings`, or the policy's refusal.
    """
    queries.hold(bid_round)
    standing = queries.standing(actor, bid_round)
    applications = queries.bids(bid_round)
    bid_ids = [bid.id for bid in applications]
    policy.may_moderate(standing, bid_round, bid_ids).or_refuse("lock:not-allowed")
    refuse_errors(lock_findings(bid_round, standing.closed))
    results = compute(bid_round, now)
    db.session.add_all(results)
    for bid in applications:
        bid.stage = move(APPLICATION, bid.stage, "evaluate")
    bid_round.stage = move(ROUND, bid_round.stage, "lock")
    bid_round.quality_locked_at = now
    db.session.flush()
    audit.record(
        Event.QUALITY_LOCKED,
        bid_round,
        actor=actor,
        now=now,
        results={f"{one.application.ref}|{one.round_lot.code}": one.sha256 for one in results},
    )
    return results
