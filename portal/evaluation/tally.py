"""How far an evaluation is, in numbers of sheets, agreed questions and sign-offs: never a score."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.applications.models import Application
from portal.db import db
from portal.evaluation.asked import asked_for
from portal.evaluation.bids import IN_EVALUATION, lots_of
from portal.evaluation.models import Consensus, Scorer, Sheet
from portal.evaluation.moderation.agreed import sign_offs
from portal.evaluation.panels.queries import counts
from portal.rounds.models import Round
from scoring.stages import SheetStage
from scoring.terms import Panel


@dataclass(frozen=True, slots=True)
class PanelTally:
    """One panel's work on one bid."""

    asked: int
    sheets: int
    sheets_in: int
    agreed: int
    by_mean: int = 0  # questions of which the mean counts, so that nothing is agreed

    @property
    def is_ready(self) -> bool:
        """Whether the panel can agree: every sheet is in."""
        return self.sheets > 0 and self.sheets_in == self.sheets

    @property
    def is_agreed(self) -> bool:
        return self.agreed + self.by_mean >= self.asked and self.sheets_in == self.sheets

    @property
    def to_agree(self) -> int:
        """Questions that the panel can agree now."""
        return max(self.asked - self.by_mean - self.agreed, 0) if self.is_ready else 0


@dataclass(frozen=True, slots=True)
class BidTally:
    """How far one bid is."""

    application: Application
    panels: Mapping[Panel, PanelTally]
    signed_off: bool

    @property
    def officers(self) -> PanelTally:
        return self.panels[Panel.OFFICERS]

    @property
    def young(self) -> PanelTally:
        return self.panels[Panel.YOUNG]

    @property
    def waits_for_sign_off(self) -> bool:
        return self.young.asked > 0 and self.young.is_agreed and not self.signed_off

    @property
    def is_finished(self) -> bool:
        signed = self.signed_off or not self.young.asked
        return self.officers.is_agreed and self.young.is_agreed and signed


def tallies(rounds: Sequence[Round], hidden: Collection[int] = ()) -> dict[int, list[BidTally]]:
    """How far each bid of these rounds is, by round: five statements, however many bids.

    Args:
        hidden: bids that are closed to the reader.
    """
    by_round = {one.id: one for one in rounds}
    applications = [one for one in _applications(by_round) if one.id not in hidden]
    ids = [one.id for one in applications]
    lots, sheets, agreed, signed = lots_of(ids), _sheets(ids), _agreed(ids), sign_offs(ids)
    found: dict[int, list[BidTally]] = {key: [] for key in by_round}
    for bid in applications:
        codes = [lot.code for lot in lots[bid.id]]
        asked = {panel: asked_for(by_round[bid.round_id], codes, panel) for panel in Panel}
        panels = {
            panel: PanelTally(
                asked=len(asked[panel]),
                sheets=sum(number for _, number in sheets.get((bid.id, panel), ())),
                sheets_in=dict(sheets.get((bid.id, panel), ())).get(SheetStage.SUBMITTED, 0),
                agreed=agreed.get((bid.id, panel), 0),
                by_mean=sum(not one.needs_agreement for one in asked[panel]),
            )
            for panel in Panel
        }
        found[bid.round_id].append(BidTally(bid, panels, bid.id in signed))
    return found


def _applications(round_ids: Collection[int]) -> list[Application]:
    found = db.session.scalars(
        select(Application)
        .where(Application.round_id.in_(round_ids), Application.stage.in_(IN_EVALUATION))
        .options(joinedload(Application.provider))
    )
    return sorted(found, key=lambda bid: bid.provider.name.casefold())


def _sheets(
    application_ids: Collection[int],
) -> dict[tuple[int, Panel], list[tuple[SheetStage, int]]]:
    rows = db.session.execute(
        select(Sheet.application_id, Scorer.panel, Sheet.stage, func.count())
        .join(Scorer, Scorer.id == Sheet.scorer_id)
        .where(Sheet.application_id.in_(application_ids), counts())
        .group_by(Sheet.application_id, Scorer.panel, Sheet.stage)
    )
    counted: dict[tuple[int, Panel], list[tuple[SheetStage, int]]] = {}
    for application_id, panel, stage, number in rows:
        counted.setdefault((application_id, panel), []).append((stage, number))
    return counted


def _agreed(application_ids: Collection[int]) -> dict[tuple[int, Panel], int]:
    rows = db.session.execute(
        select(Consensus.application_id, Consensus.panel, func.count())
        .where(Consensus.application_id.in_(application_ids))
        .group_by(Consensus.application_id, Consensus.panel)
    )
    return {(application_id, panel): number for application_id, panel, number in rows}
