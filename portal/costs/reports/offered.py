"""Which providers and lots a report can be narrowed to."""

from sqlalchemy import select

from portal.costs.models import CostImport, ImportStage, LedgerEntry
from portal.costs.reports.asking import Asked
from portal.db import db


def of(asked: Asked) -> tuple[list[str], list[str]]:
    """The providers and the lots that the council's ledgers name. One statement."""
    found = db.session.execute(
        select(LedgerEntry.provider, LedgerEntry.lot)
        .join(CostImport, CostImport.id == LedgerEntry.import_id)
        .where(CostImport.council_id == asked.council.id, CostImport.stage == ImportStage.TAKEN)
        .distinct()
    ).all()
    providers = sorted({provider or "In house" for provider, _ in found}, key=str.casefold)
    return providers, sorted({lot for _, lot in found if lot})
