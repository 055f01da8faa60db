"""How well the scorers of a round agree: by question, and by scorer, in words that anybody follows.

Only bids whose every sheet is in, and that no interest closes to the reader.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from portal.db import db
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.bids import lots_of
from portal.evaluation.models import Score, Scorer, Sheet
from portal.evaluation.moderation.board import Known
from portal.evaluation.panels.queries import counts
from portal.figures import Column, Kind
from portal.rounds.models import Round
from portal.tables import Table
from scoring.agreement import Agreement, Leaning, agreement, leanings
from scoring.stages import SheetStage
from scoring.terms import Panel

GOOD, FAIR = Fraction(4, 5), Fraction(2, 3)  # Krippendorff's own limits for alpha
LEANS, LEANS_MUCH = Fraction(1, 4), Fraction(3, 4)  # points of the scale
Units = dict[Key, dict[int, dict[str, int | None]]]  # by question, bid and scorer


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """Both tables, and from how much they are made."""

    questions: Table
    scorers: Table
    bids: int


def figures(bid_round: Round, panel: Panel, known: Known, now: datetime) -> AgreementFigures:
    """The agreement among a panel's scorers: three statements."""
    ids = [bid.id for bid in known.bids if bid.id not in known.closed]
    units, ready = _units(panel, ids)
    lots = lots_of(ids)
    asked = {
        one.key: one
        for key in ids
        for one in asked_for(bid_round, [lot.code for lot in lots[key]], panel)
    }
    found = [(one, agreement(_values(units, one))) for one in asked.values()]
    rows = [_question_row(one, measured) for one, measured in _widest_first(found)]
    people = leanings(unit for bids in units.values() for unit in bids.values())
    return AgreementFigures(
        questions=_table("by-question", "Agreement by question", _QUESTION_COLUMNS, rows, now),
        scorers=_table(
            "by-scorer", "Harsh and lenient scorers", _SCORER_COLUMNS, map(_scorer_row, people), now
        ),
        bids=len(ready),
    )


def _values(units: Units, asked: Asked) -> list[list[int | None]]:
    return [list(unit.values()) for unit in units.get(asked.key, {}).values()]


def _widest_first(
    found: list[tuple[Asked, Agreement | None]],
) -> list[tuple[Asked, Agreement | None]]:
    return sorted(found, key=lambda one: -one[1].mean_difference if one[1] else Fraction(1))


def _units(panel: Panel, application_ids: list[int]) -> tuple[Units, set[int]]:
    states = db.session.execute(
        select(Sheet.application_id, Sheet.stage)
        .join(Sheet.scorer)
        .where(Scorer.panel == panel, Sheet.application_id.in_(application_ids), counts())
    ).all()
    out = {one.application_id for one in states if one.stage is not SheetStage.SUBMITTED}
    ready = {one.application_id for one in states} - out
    rows = db.session.execute(
        select(Score.question_key, Score.lot_code, Sheet.application_id, Scorer.label, Score.value)
        .join(Score.sheet)
        .join(Sheet.scorer)
        .where(
            Scorer.panel == panel,
            Sheet.application_id.in_(ready),
            Score.set_aside_at.is_(None),
            counts(),
        )
    )
    flat: dict[tuple[str, str, int], dict[str, int | None]] = defaultdict(dict)
    for question, lot_code, bid, scorer, value in rows:  # tens of thousands
        flat[question, lot_code, bid][scorer] = value
    units: Units = defaultdict(dict)
    for (question, lot_code, bid), unit in flat.items():
        units[question, lot_code][bid] = unit
    return units, ready


def _question_row(asked: Asked, found: Agreement | None) -> dict[str, object]:
    row: dict[str, object] = {"question": asked.short_title, "words": in_words(found)}
    if found is None:
        return row | dict.fromkeys(("bids", "exact", "within_one", "apart", "widest", "alpha"))
    return row | {
        "bids": found.bids,
        "exact": found.exact,
        "within_one": found.within_one,
        "apart": found.mean_difference,
        "widest": found.widest,
        "alpha": found.alpha,
    }


def in_words(found: Agreement | None) -> str:
    """What the figures say. Alpha falls where nearly all scores are the same, so that goes first."""
    if found is None:
        return "Too few scores to tell"
    if found.exact >= Fraction(9, 10):
        return "Nearly always the same score"
    if found.alpha is not None and found.alpha >= GOOD:
        return "Agree well"
    if found.alpha is not None and found.alpha >= FAIR:
        return "Agree fairly well"
    if found.within_one >= Fraction(9, 10):
        return "Differ, but by one point at most"
    return "Often disagree: talk about what the scale means here"


def _scorer_row(found: Leaning) -> dict[str, object]:
    return {
        "scorer": found.scorer,
        "answers": found.answers,
        "leans": found.mean_difference,
        "alone": found.alone,
        "words": leaning_in_words(found),
    }


def leaning_in_words(found: Leaning) -> str:
    """Harsh or lenient, and how much. It is no fault: whoever differs may be right."""
    if found.mean_difference is None:
        return "Nobody scored the same answers"
    size = abs(found.mean_difference)
    if size < LEANS:
        return "Like the others"
    kind = "Lenient" if found.mean_difference > 0 else "Harsh"
    return f"{'Much' if size >= LEANS_MUCH else 'A little'} more {kind.lower()} than the others"


_QUESTION_COLUMNS = (
    Column("question", "Question"),
    Column("words", "In words"),
    Column("bids", "Bids", Kind.WHOLE),
    Column("exact", "Same score", Kind.PERCENT),
    Column("within_one", "At most 1 apart", Kind.PERCENT),
    Column("apart", "Points apart, mean", Kind.NUMBER),
    Column("widest", "Widest", Kind.WHOLE),
    Column("alpha", "Alpha", Kind.NUMBER),
)
_SCORER_COLUMNS = (
    Column("scorer", "Scorer"),
    Column("words", "In words"),
    Column("answers", "Answers", Kind.WHOLE),
    Column("leans", "Points above or below", Kind.NUMBER, signed=True),
    Column("alone", "Nobody within 1 point", Kind.PERCENT),
)
_RULES = {
    "by-question": (
        (
            "Every pair of scorers of the same bid is compared. A question about which they differ most "
            "stands first."
        ),
        (
            "Alpha is Krippendorff’s, for ranks: 1 is full agreement, 0 is no better than chance. It has no "
            "value where all scores are the same."
        ),
    ),
    "by-scorer": (
        (
            "Each score is compared with the mean of the others’ for the same answer, and the differences "
            "are averaged. The harshest stands first."
        ),
        "It is no fault to differ: the panel talks about it, and no score is changed because of it.",
    ),
}


def _table(
    key: str, title: str, columns: Sequence[Column], rows: Iterable[object], now: datetime
) -> Table:
    return Table(
        key=key, title=title, columns=columns, rows=list(rows), as_at=now, rules=_RULES[key]
    )
