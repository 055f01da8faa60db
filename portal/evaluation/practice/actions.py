"""Making practice rounds, practising, and closing them. Nothing here touches a round or a bid."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from portal import audit
from portal.access import Permission, Viewer
from portal.audit import Event
from portal.db import db
from portal.evaluation.asked import Asked
from portal.evaluation.practice.models import (
    PracticeBid,
    PracticePairScore,
    PracticeRound,
    PracticeScore,
)
from portal.evaluation.practice.queries import asked_in, may_practise, panel_of, reason_words
from portal.rounds.models import Round
from scoring.rounding import rounded
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.sheets import Mark, check_reason, check_typed
from scoring.terms import Panel
from scoring.text import cleaned

ANSWERS = Path(__file__).parent / "practice_answers.yaml"


def make_practice(source: Round, title: str, *, actor: Viewer, now: datetime) -> PracticeRound:
    """Make a practice round with made-up bids from the questions of a round.

    Raises:
        RuleBroken: `practice:not-allowed`, `practice:no-questions`, `practice:title`.
    """
    _refuse_others(actor, source.lead_council_id)
    if not title.strip():
        raise RuleBroken("practice:title", "Give the practice round a name.", "title")
    made = PracticeRound(
        title=cleaned(title, "title"),
        council_id=source.lead_council_id,
        source_id=source.id,
        question_set=source.question_set,
        scheme=source.scheme,
        officer_scale=source.officer_scale,
        young_scale=source.young_scale,
        made_by_id=actor.person_id,
        made_at=now,
    )
    questions = [one for panel in Panel for one in asked_in(made, panel)]
    if not questions:
        raise RuleBroken("practice:no-questions", "This round scores no question.", "source")
    told = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))["bids"]
    made.bids = [_made_up(one, questions) for one in told]
    db.session.add(made)
    db.session.flush()
    audit.record(Event.PRACTICE_MADE, made, actor=actor, now=now, source=source.ref)
    return made


def _made_up(told: dict[str, Any], questions: list[Asked]) -> PracticeBid:
    return PracticeBid(
        label=told["label"],
        answers={one.question: told[one.panel.value] for one in questions},
        model={
            one.question: {
                "value": _point(one.scale, told["tenths"]),
                "reason": told[f"{one.panel.value}_reason"],
            }
            for one in questions
        },
    )


def _point(scale: Scale, tenths: int) -> int:
    """The point of a scale that lies at this share of its height."""
    return scale.lowest + rounded(Fraction(tenths * (scale.highest - scale.lowest), 10))


def change_answer(
    bid: PracticeBid,
    asked: Asked,
    *,
    answer: str,
    value: int | None,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> None:
    """Change a made-up answer and its model score, while nobody could be compared with another one.

    Raises:
        RuleBroken: `practice:not-allowed`, `practice:answer`, `practice:scored`, `score:…`, `reason:…`.
    """
    _refuse_others(actor, bid.practice.council_id)
    if value is None:
        raise RuleBroken("score:missing", "Choose the model score.", "value")
    if not answer.strip():
        raise RuleBroken("practice:answer", "Write the made-up answer.", "answer")
    if _is_scored(bid, asked):
        raise RuleBroken(
            "practice:scored", "Somebody has scored this answer, so it stays as they read it."
        )
    model = {
        "value": asked.scale.check(value, "value"),
        "reason": check_reason(reason, minimum_words=reason_words(asked.panel), field="reason"),
    }
    bid.answers = {**bid.answers, asked.question: cleaned(answer, "answer")}
    bid.model = {**bid.model, asked.question: model}
    db.session.flush()
    audit.record(
        Event.PRACTICE_CHANGED,
        bid.practice,
        actor=actor,
        now=now,
        bid=bid.ref,
        question=asked.question,
    )


def _is_scored(bid: PracticeBid, asked: Asked) -> bool:
    """Alone, or by a pair."""
    return any(
        db.session.scalar(
            select(kind.id)
            .where(kind.practice_bid_id == bid.id, kind.question_key == asked.question)
            .limit(1)
        )
        for kind in (PracticeScore, PracticePairScore)
    )


def save_practice(
    bid: PracticeBid, asked: Asked, mark: Mark, *, actor: Viewer, now: datetime
) -> PracticeScore:
    """Keep what somebody gave a made-up answer. No trail: it is nobody's business but theirs.

    Raises:
        RuleBroken: `practice:not-allowed`, `practice:closed`, `score:…`, `reason:…`.
    """
    practice = bid.practice
    stranger = actor.person_id is None or not may_practise(practice, actor)
    if stranger or asked.panel is not panel_of(actor):
        raise RuleBroken("practice:not-allowed", "This practice is not for you.")
    if practice.closed_at is not None:
        raise RuleBroken("practice:closed", "This practice is over.")
    kept = check_typed(mark, asked.scale, minimum_words=reason_words(asked.panel))
    score = db.session.scalar(
        select(PracticeScore).where(
            PracticeScore.practice_bid_id == bid.id,
            PracticeScore.person_id == actor.person_id,
            PracticeScore.question_key == asked.question,
        )
    )
    if score is None:
        score = PracticeScore(
            practice_bid_id=bid.id, person_id=actor.person_id, question_key=asked.question
        )
        db.session.add(score)
    score.value, score.abstained, score.reason = kept.value, kept.abstained, kept.reason
    score.saved_at = now
    db.session.flush()
    return score


def close_practice(practice: PracticeRound, *, actor: Viewer, now: datetime) -> None:
    """End a practice round. Everybody keeps their comparison.

    Raises:
        RuleBroken: `practice:not-allowed`, `practice:closed`.
    """
    _refuse_others(actor, practice.council_id)
    if practice.closed_at is not None:
        raise RuleBroken("practice:closed", "This practice is over already.")
    practice.closed_at = now
    db.session.flush()
    audit.record(Event.PRACTICE_CLOSED, practice, actor=actor, now=now)


def _refuse_others(actor: Viewer, council_id: int) -> None:
    if not actor.may(Permission.PANEL_MANAGE) or council_id not in actor.council_ids:
        raise RuleBroken(
            "practice:not-allowed", "Only the council that leads the round makes its practice."
        )
