"""Who scored, what they declared, every sheet as it was handed in, and what the panels agreed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import db
from portal.evaluation.models import (
    ConflictDeclaration,
    Consensus,
    PanelMember,
    Scorer,
    ScorerPerson,
    Sheet,
    SheetSubmission,
)
from portal.evaluation.panels.queries import closed_sheets
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.stages import SheetStage

Row = dict[str, Any]


@dataclass(frozen=True)
class Scored:
    """What the panels of a round left behind; a handful of statements."""

    refs: Mapping[int, str]  # of the bids, by their number in the database
    members: Sequence[PanelMember]
    scorers: Sequence[Scorer]
    declared: Sequence[ConflictDeclaration]
    submissions: Sequence[tuple[SheetSubmission, Sheet]]
    agreed: Sequence[Consensus]

    @classmethod
    def of(cls, bid_round: Round, refs: Mapping[int, str]) -> "Scored":
        """Read them."""
        here = Scorer.round_id == bid_round.id
        return cls(
            refs,
            db.session.scalars(
                select(PanelMember)
                .where(PanelMember.round_id == bid_round.id)
                .options(joinedload(PanelMember.person))
            ).all(),
            db.session.scalars(
                select(Scorer)
                .where(here)
                .options(selectinload(Scorer.people).joinedload(ScorerPerson.person))
            ).all(),
            db.session.scalars(
                select(ConflictDeclaration)
                .where(ConflictDeclaration.round_id == bid_round.id)
                .options(joinedload(ConflictDeclaration.person))
            ).all(),
            [
                (submission, sheet)
                for submission, sheet in db.session.execute(
                    select(SheetSubmission, Sheet)
                    .join(Sheet, Sheet.id == SheetSubmission.sheet_id)
                    .join(Scorer, Scorer.id == Sheet.scorer_id)
                    .where(here)
                )
            ],
            db.session.scalars(
                select(Consensus)
                .where(Consensus.application_id.in_(list(refs)))
                .options(joinedload(Consensus.recorded_by))
            ).all(),
        )

    def people(self, more: Collection[str]) -> list[Row]:
        """Everybody who took part, with what they did; and those who approved."""
        parts: dict[Person, set[str]] = {}
        for one in self.members:
            parts.setdefault(one.person, set()).add(one.part.value)
        for scorer in self.scorers:
            for behind in scorer.people:
                parts.setdefault(behind.person, set())
        for agreed in self.agreed:
            parts.setdefault(agreed.recorded_by, set())
        known = {person.ref for person in parts}
        others = select(Person).where(Person.ref.in_(set(more) - known))
        parts |= {person: {"approver"} for person in db.session.scalars(others)}
        return [
            {"ref": person.ref, "name": person.name, "roles": " ".join(sorted(held))}
            for person, held in sorted(parts.items(), key=lambda one: one[0].ref)
        ]

    def scorer_rows(self) -> list[Row]:
        """Persons and pairs."""
        return [
            {
                "scorer": one.ref,
                "panel": one.panel.value,
                "people": sorted(behind.person.ref for behind in one.people),
                "label": one.label,
            }
            for one in self.scorers
        ]

    def conflict_rows(self) -> list[Row]:
        """What everybody declared about every bid."""
        return [
            {
                "bid": self.refs[one.application_id],
                "person": one.person.ref,
                "interest": one.interest.value,
                "declared_at": one.declared_at,
                "detail": one.detail,
                "mitigation": one.mitigation,
            }
            for one in self.declared
            if one.application_id in self.refs
        ]

    @property
    def _standing(self) -> dict[int, int]:
        """The newest submission of each sheet that is handed in."""
        newest: dict[int, int] = {}
        for submission, sheet in self.submissions:
            if sheet.stage is SheetStage.SUBMITTED:
                newest[sheet.id] = max(submission.number, newest.get(sheet.id, 0))
        return newest

    def handed_in(self) -> Iterable[tuple[SheetSubmission, Sheet, bool]]:
        """Every sheet each time it was handed in, and whether that is the one that stands."""
        standing = self._standing
        for submission, sheet in self.submissions:
            if sheet.application_id in self.refs:
                yield submission, sheet, standing.get(sheet.id) == submission.number

    def sheet_rows(self) -> list[Row]:
        """Sheets with the hash that the trail has of them."""
        return [
            {
                "bid": self.refs[sheet.application_id],
                "sheet": sheet.ref,
                "number": submission.number,
                "scorer": submission.content["scorer"],
                "submitted_at": submission.submitted_at,
                "stands": stands,
                "sha256": submission.sha256,
            }
            for submission, sheet, stands in self.handed_in()
        ]

    @property
    def closed(self) -> set[tuple[int, int]]:
        """(scorer, bid) whose scores do not count, because of an interest."""
        return closed_sheets(self.scorers, self.declared)


def score_rows(scored: Scored) -> list[Row]:
    """Every single score each time it was handed in, with its reason; only those that stand count."""
    closed = scored.closed
    return [
        {
            "bid": scored.refs[sheet.application_id],
            "scorer": submission.content["scorer"],
            "question": one["question"],
            "lot": one["lot"],
            "score": one["score"],
            "abstained": one["abstained"],
            "at": submission.submitted_at,
            "counts": stands
            and (sheet.scorer_id, sheet.application_id) not in closed
            and sheet.set_aside_at is None
            and sheet.asks_for(f"{one['question']}|{one['lot']}"),
            "reason": one["reason"],
            **({} if stands else {"number": submission.number}),
        }
        for submission, sheet, stands in scored.handed_in()
        for one in submission.content["scores"]
    ]


def consensus_rows(scored: Scored) -> list[Row]:
    """What the panels agreed, who recorded it, and who was there."""
    return [
        {
            "bid": scored.refs[one.application_id],
            "question": one.question_key,
            "lot": one.lot_code,
            "panel": one.panel.value,
            "value": one.value,
            "by": one.recorded_by.ref,
            "at": one.recorded_at,
            "present": sorted(one.present),
            "reason": one.reason,
            "why_outside": one.why_outside,
            "dissent": one.dissent,
        }
        for one in scored.agreed
    ]
