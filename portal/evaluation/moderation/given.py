"""The single scores of many bids, summed up by the database: for exact means, and to count pairs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select

from portal.db import db
from portal.evaluation.asked import Key
from portal.evaluation.models import Score, Sheet
from portal.evaluation.panels.queries import counts
from scoring.stages import SheetStage


@dataclass(frozen=True, slots=True)
class Given:
    """What was given for one question of one bid: how many scores, and their sum."""

    number: int
    total: int

    @property
    def mean(self) -> Fraction:
        """The exact mean; it is never rounded on the way."""
        return Fraction(self.total, self.number)


def given(
    application_ids: Collection[int], questions: Collection[str]
) -> Mapping[tuple[int, Key], Given]:
    """The scores that count, by bid and question: of sheets that are in, and without an interest.

    An abstention is no score. One statement, however many scores there are.
    """
    if not questions or not application_ids:
        return {}
    rows = db.session.execute(
        select(
            Sheet.application_id,
            Score.question_key,
            Score.lot_code,
            func.count(Score.id),
            func.sum(Score.value),
        )
        .join(Score, Score.sheet_id == Sheet.id)
        .where(
            Sheet.application_id.in_(application_ids),
            Sheet.stage == SheetStage.SUBMITTED,
            Score.question_key.in_(questions),
            Score.value.is_not(None),
            Score.set_aside_at.is_(None),
            counts(),
        )
        .group_by(Sheet.application_id, Score.question_key, Score.lot_code)
    )
    return {
        (bid, (question, lot)): Given(number, int(total))
        for bid, question, lot, number, total in rows
    }
