"""Locking quality: what stands in its way, and what is computed when nothing does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import audit
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import Asked, Key, asked_for, quorum_of, scheme_of
from portal.evaluation.models import Consensus, Result, YoungSignOff
from portal.evaluation.moderation.given import Given, given
from portal.evaluation.prices.models import Cause
from portal.evaluation.results.entries import mean_questions, young_questions
from portal.evaluation.results.outcome import hashes_of, keep
from portal.rounds.models import Round
from scoring.canonical import canonical_json, sha256_of
from scoring.criteria import Scheme
from scoring.rules import Finding, refuse_errors
from scoring.stages import APPLICATION, ROUND, move
from scoring.terms import BelowLeast, Panel


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
        given=given(ids, [*young_questions(bid_round), *mean_questions(bid_round)]),
        scheme=scheme_of(bid_round),
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
    given: Mapping[tuple[int, Key], Given]
    scheme: Scheme

    @property
    def needs_sign_off(self) -> bool:
        return bool(self.scheme.questions_for(Panel.YOUNG))

    def has_too_few_pairs(self, place: tuple[int, Key], asked: Asked) -> bool:
        """Whether fewer pairs gave a score than the round asks for."""
        found = self.given.get(place)
        number = 0 if found is None else found.number
        return asked.panel is Panel.YOUNG and number < self.scheme.least_pairs

    def is_missing(self, place: tuple[int, Key], asked: Asked) -> bool:
        """Whether a question that counts has neither an agreed score nor a mean."""
        leaves_out = self.scheme.below_least is BelowLeast.LEAVE_OUT
        if leaves_out and self.has_too_few_pairs(place, asked):
            return False
        return place not in (self.agreed if asked.needs_agreement else self.given)


def _of_a_bid(bid: Application, asked: Sequence[Asked], facts: _LockFacts) -> Iterable[Finding]:
    name = bid.provider.name
    if out := facts.waiting.get(bid.id, 0):
        yield Finding("lock:sheets-missing", f"{name}: {_count(out, 'sheet')} not in.", bid.ref)
    missing = sum(facts.is_missing((bid.id, one.key), one) for one in asked)
    if missing:
        words = f"{name}: {missing} of {len(asked)} questions have no agreed score."
        yield Finding("lock:consensus-missing", words, bid.ref)
    elif facts.needs_sign_off and bid.id not in facts.signed:
        words = f"{name}: the young people's view is not signed off."
        yield Finding("lock:sign-off-missing", words, bid.ref)
    few = [one for one in asked if facts.has_too_few_pairs((bid.id, one.key), one)]
    if few and not missing and not out and facts.scheme.below_least is BelowLeast.REFUSE:
        words = (
            f"{name}: fewer than {facts.scheme.least_pairs} pairs gave a score for "
            f"“{few[0].short_title}”. Give the sheets back, or ask the young people again."
        )
        yield Finding("lock:too-few-pairs", words, bid.ref)
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

    Where price is part of the scheme there are no results yet: prices are opened next.

    Raises:
        RuleBroken: the first of `lock_findings`, or the policy's refusal.
    """
    queries.hold(bid_round)
    standing = queries.standing(actor, bid_round)
    applications = queries.bids(bid_round)
    bid_ids = [bid.id for bid in applications]
    policy.may_moderate(standing, bid_round, bid_ids).or_refuse("lock:not-allowed")
    refuse_errors(lock_findings(bid_round, standing.closed))
    for bid in applications:
        bid.stage = move(APPLICATION, bid.stage, "evaluate")
    bid_round.stage = move(ROUND, bid_round.stage, "lock")
    bid_round.quality_locked_at = now
    db.session.flush()
    results: list[Result] = []
    told: dict[str, Any] = {"agreed": _agreed_hashes(bid_ids)}
    if scheme_of(bid_round).price is None:
        bid_round.prices_opened_at = now  # they count for nothing here, and nobody opens them
        results = keep(bid_round, Cause.LOCK, now=now)
        told = {"results": hashes_of(results)}
    told["quorum"] = _quorum_kept(bid_round, bid_ids)
    audit.record(Event.QUALITY_LOCKED, bid_round, actor=actor, now=now, **told)
    return results


def _quorum_kept(bid_round: Round, application_ids: Collection[int]) -> int:
    """The quorum that every agreement kept: that of today, unless it was raised in the meantime."""
    there = [len(one.present) for one in queries.consensus_of(application_ids).values()]
    return min([quorum_of(bid_round), *there])


def _agreed_hashes(application_ids: Collection[int]) -> dict[str, str]:
    """What was agreed of each bid before any price was known, as a hash."""
    agreed: dict[str, dict[str, int]] = {}
    for (_, (question, lot)), one in queries.consensus_of(application_ids).items():
        agreed.setdefault(one.application.ref, {})[f"{question}|{lot}"] = one.value
    return {ref: sha256_of(canonical_json(scores)) for ref, scores in sorted(agreed.items())}
