"""What the verbs of clarifications share: one at a time in a round, each question decided once."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.access import Viewer
from portal.db import db
from portal.rounds.models import Round
from portal.rounds.models_clarifications import ClarificationQuestion
from scoring.rules import RuleBroken
from scoring.stages import QuestionStage
from scoring.text import cleaned, meaningful_words

LONGEST_REASON = 1_000


def lock(bid_round: Round) -> None:
    db.session.execute(select(Round.id).where(Round.id == bid_round.id).with_for_update())


def refuse_decided(question: ClarificationQuestion, field: str | None = None) -> None:
    db.session.refresh(question)
    if question.stage is not QuestionStage.WAITING:
        raise RuleBroken(
            "question:decided", f"This question is {question.stage.value} already.", field
        )


def leave_draft(question: ClarificationQuestion) -> None:
    """Take a question out of its draft; a draft without a question is no draft."""
    draft = question.clarification
    if draft is None:
        return
    draft.questions.remove(question)
    db.session.flush()
    if not draft.questions:
        db.session.delete(draft)
        db.session.flush()


def reason_of(text: str, field: str, code: str, message: str) -> str:
    why = cleaned(text, field)
    if not meaningful_words(why):
        raise RuleBroken(code, message, field)
    if len(why) > LONGEST_REASON:
        raise RuleBroken(
            "clarification:too-long", f"Use {LONGEST_REASON:,} characters or fewer.", field
        )
    return why


def refs(questions: Sequence[ClarificationQuestion]) -> list[str]:
    return sorted(one.ref for one in questions)


def person_id(actor: Viewer) -> int:
    if actor.person_id is None:
        raise RuleBroken("clarification:not-allowed", "Only people ask and answer.")
    return actor.person_id
