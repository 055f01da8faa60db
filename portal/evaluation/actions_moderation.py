"""Agreeing scores, signing off the young people's view, locking quality and computing results."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from portal import audit, settings
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.evaluation import policy, queries
from portal.evaluation.asked import Asked, Key, asked_for, questions_of, scales_of, scheme_of
from portal.evaluation.models import Consensus, Result, YoungSignOff
from portal.people.models import Person
from portal.rounds.models import Round, RoundLot
from scoring.awards import BidResult, BidScores, compute_lot
from scoring.canonical import canonical_json, fraction_text, sha256_of
from scoring.moderation import check_consensus
from scoring.rules import Finding, RuleBroken, refuse_errors
from scoring.stages import APPLICATION, ROUND, SheetStage, move
from scoring.terms import Panel


def record_consensus(
    application: Application,
    question_key: str,
    lot_code: str,
    *,
    value: int | None,
    reason: str,
    present: Sequence[Person],
    seen_revision: int | None = None,
    why_outside: str = "",
    actor: Viewer,
    now: datetime,
) -> Consensus:
    """Record what a panel agreed for one question of one bid.

    The officers' is recorded by the moderator; the young people's by one of them, for themselves.
    Every sheet of the panel for this bid must be in.

    Raises:
        RuleBroken: `consensus:…`, `score:not-on-scale`, `reason:…`, or the policy's refusal.
        EditConflict: somebody else recorded another one in the meantime.
    """
    bid_round = application.round
    asked = _asked(application, (question_key, lot_code))
    _refuse(asked.panel, application, actor)
    scores = _scores(application, asked)
    agreed = check_consensus(
        value,
        reason,
        scores,
        asked.scale,
        panel=asked.panel,
        minimum_words=settings.get("reason_words"),
        present={person.ref for person in present},
        quorum=settings.get("moderation_quorum"),
        least_pairs=scheme_of(bid_round).least_pairs,
        why_outside=why_outside,
    )
    _refuse_strangers(bid_round, asked.panel, present)
    consensus = queries.consensus_of([application.id]).get((application.id, asked.key))
    if consensus is None:
        consensus = Consensus(
            application_id=application.id,
            panel=asked.panel,
            question_key=question_key,
            lot_code=lot_code,
            revision=0,
        )
        db.session.add(consensus)
    else:
        by, at = consensus.recorded_by.name, consensus.recorded_at
        theirs = Saved((consensus.value, consensus.reason), consensus.revision, by, at)
        refuse_unseen(seen_revision, (agreed.value, agreed.reason), theirs, "reason")
    before = _values(consensus)
    consensus.value, consensus.reason = agreed.value, agreed.reason
    consensus.why_outside = agreed.why_outside
    consensus.present = sorted(person.ref for person in present)
    consensus.revision += 1
    consensus.recorded_by_id, consensus.recorded_at = actor.person_id or 0, now
    if asked.panel is Panel.YOUNG:
        _forget_sign_off(application)
    db.session.flush()
    audit.record(
        Event.CONSENSUS_RECORDED,
        application,
        actor=actor,
        now=now,
        values={"before": before, "after": _values(consensus)},
        question=question_key,
        lot=lot_code,
        panel=asked.panel.value,
        present=consensus.present,
    )
    return consensus


def _values(consensus: Consensus) -> dict[str, Any] | None:
    if not consensus.revision:
        return None
    return {"score": consensus.value, "reason": consensus.reason, "why": consensus.why_outside}


def _asked(application: Application, key: Key) -> Asked:
    lots = queries.lots_of([application.id])[application.id]
    for asked in asked_for(application.round, [lot.code for lot in lots]):
        if asked.key == key:
            return asked
    raise RuleBroken("consensus:not-asked", "This question is not scored for this bid.")


def _refuse(panel: Panel, application: Application, actor: Viewer) -> None:
    bid_round = application.round
    standing = queries.standing(actor, bid_round)
    bid_ids = [bid.id for bid in queries.bids(bid_round)]
    may = policy.may_moderate if panel is Panel.OFFICERS else policy.may_agree_young
    may(standing, bid_round, bid_ids).or_refuse("consensus:not-allowed")
    if application.id in standing.closed:
        raise RuleBroken("consensus:conflict", "A declared interest closes this bid to you.")


def _scores(application: Application, asked: Asked) -> list[int | None]:
    sheets = queries.sheets_of_panel(application.round, asked.panel, application.id)
    if any(sheet.stage is not SheetStage.SUBMITTED for sheet in sheets):
        raise RuleBroken(
            "consensus:sheets-missing", "Not every sheet for this bid is in. Wait until all are."
        )
    found = [queries.score_of(sheet, asked.key) for sheet in sheets]
    return [None if one is None or one.abstained else one.value for one in found]


def _refuse_strangers(bid_round: Round, panel: Panel, present: Sequence[Person]) -> None:
    """Who was there must be on the panel; Young Commissioners meet by themselves."""
    parts = policy.YOUNG_MEETING if panel is Panel.YOUNG else policy.OFFICERS_MEETING
    members = {one.person_id for one in queries.members(bid_round) if one.part in parts}
    for person in present:
        if person.id not in members:
            raise RuleBroken(
                "consensus:stranger", f"{person.name} is not on this panel.", "present"
            )


def _forget_sign_off(application: Application) -> None:
    """A view that changed is signed off anew."""
    signed = queries.sign_offs([application.id]).get(application.id)
    if signed is not None:
        db.session.delete(signed)


def sign_off_young(application: Application, *, actor: Viewer, now: datetime) -> YoungSignOff:
    """The Participation Officer's word that this was the young people's own view; it adds nothing.

    Raises:
        RuleBroken: `young:not-agreed` while a question has no consensus; `young:signed-off`.
    """
    bid_round = application.round
    standing = queries.standing(actor, bid_round)
    bid_ids = [bid.id for bid in queries.bids(bid_round)]
    policy.may_sign_off(standing, bid_round, bid_ids).or_refuse("young:not-allowed")
    if application.id in standing.closed:
        raise RuleBroken("young:conflict", "A declared interest closes this bid to you.")
    if _not_agreed(application, Panel.YOUNG):
        raise RuleBroken("young:not-agreed", "The young people have not agreed every score yet.")
    if application.id in queries.sign_offs([application.id]):
        raise RuleBroken("young:signed-off", "This was signed off already.")
    signed = YoungSignOff(
        application_id=application.id, signed_by_id=actor.person_id or 0, signed_at=now
    )
    db.session.add(signed)
    db.session.flush()
    audit.record(Event.YOUNG_VIEW_SIGNED_OFF, application, actor=actor, now=now)
    return signed


def _not_agreed(application: Application, panel: Panel | None = None) -> list[Asked]:
    lots = [lot.code for lot in queries.lots_of([application.id])[application.id]]
    agreed = queries.consensus_of([application.id])
    return [
        asked
        for asked in asked_for(application.round, lots, panel)
        if (application.id, asked.key) not in agreed
    ]


def lock_findings(bid_round: Round) -> list[Finding]:
    """What keeps quality from being locked, bid by bid."""
    found = []
    applications = queries.bids(bid_round)
    ids = [bid.id for bid in applications]
    lots, agreed, signed = queries.lots_of(ids), queries.consensus_of(ids), queries.sign_offs(ids)
    needs_sign_off = bool(scheme_of(bid_round).questions_for(Panel.YOUNG))
    for bid in applications:
        asked = asked_for(bid_round, [lot.code for lot in lots[bid.id]])
        missing = sum((bid.id, one.key) not in agreed for one in asked)
        if missing:
            words = (
                f"{bid.provider.name}: {missing} of {len(asked)} questions have no agreed score."
            )
            found.append(Finding("lock:consensus-missing", words, bid.ref))
        elif needs_sign_off and bid.id not in signed:
            words = f"{bid.provider.name}: the young people's view is not signed off."
            found.append(Finding("lock:sign-off-missing", words, bid.ref))
    return found


def lock_quality(bid_round: Round, *, actor: Viewer, now: datetime) -> list[Result]:
    """Close the moderation and compute every lot's results exactly as the scheme says.

    Raises:
        RuleBroken: the first of `lock_findings`, or the policy's refusal.
    """
    standing = queries.standing(actor, bid_round)
    applications = queries.bids(bid_round)
    bid_ids = [bid.id for bid in applications]
    policy.may_moderate(standing, bid_round, bid_ids).or_refuse("lock:not-allowed")
    refuse_errors(lock_findings(bid_round))
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


def compute(bid_round: Round, now: datetime) -> list[Result]:
    """The results of every lot from the agreed scores; nothing is stored."""
    applications = {bid.ref: bid for bid in queries.bids(bid_round)}
    ids = [bid.id for bid in applications.values()]
    lots, agreed = queries.lots_of(ids), queries.consensus_of(ids)
    titles = {key: question["label"] for key, question in questions_of(bid_round).items()}
    results = []
    for lot in bid_round.lots:
        entered = {
            ref: BidScores(_scores_for(bid, lot, lots[bid.id], agreed))
            for ref, bid in applications.items()
            if lot.code in {one.code for one in lots[bid.id]}
        }
        if not entered:
            continue
        outcome = compute_lot(scheme_of(bid_round), scales_of(bid_round), entered, titles)
        results += [_result(applications[one.bid], lot, one, now) for one in outcome.bids]
    return results


def _scores_for(
    bid: Application,
    lot: RoundLot,
    lots: Collection[RoundLot],
    agreed: Mapping[tuple[int, Key], Consensus],
) -> dict[str, int]:
    asked = asked_for(bid.round, [one.code for one in lots])
    return {
        one.question: agreed[bid.id, one.key].value
        for one in asked
        if one.lot_code in {"", lot.code} and (bid.id, one.key) in agreed
    }


def _result(bid: Application, lot: RoundLot, outcome: BidResult, now: datetime) -> Result:
    content = result_content(outcome)
    return Result(
        application_id=bid.id,
        application=bid,
        round_lot_id=lot.id,
        round_lot=lot,
        admitted=outcome.admitted,
        total=fraction_text(outcome.total),
        content=content,
        sha256=sha256_of(canonical_json(content)),
        computed_at=now,
    )


def result_content(outcome: BidResult) -> dict[str, Any]:
    """A result with its whole working, as JSON; every fraction is "n/d"."""
    return {
        "total": fraction_text(outcome.total),
        "admitted": outcome.admitted,
        "findings": [
            {"code": one.code, "message": one.message, "where": one.where}
            for one in outcome.findings
        ],
        "criteria": [
            {
                "key": criterion.criterion,
                "title": criterion.title,
                "panel": criterion.panel.value,
                "weight_bp": criterion.weight_bp,
                "available": fraction_text(criterion.available),
                "points": fraction_text(criterion.points),
                "share": fraction_text(criterion.share),
                "minimum_share_bp": criterion.minimum_share_bp,
                "meets_minimum": criterion.meets_minimum,
                "lines": [
                    {
                        "question": line.question,
                        "scale": line.scale,
                        "score": line.score,
                        "highest": line.highest,
                        "weight_bp": line.question_weight_bp,
                        "available": fraction_text(line.available),
                        "points": fraction_text(line.points),
                        "minimum_score": line.minimum_score,
                        "meets_minimum": line.meets_minimum,
                        "working": line.working,
                    }
                    for line in criterion.lines
                ],
            }
            for criterion in outcome.criteria
        ],
    }
