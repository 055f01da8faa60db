"""What the taken ledgers of a council say, so that a row that is sent again is known."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.costs.imports.judging import IDENTITY, LEDGER_COLUMNS
from portal.costs.imports.twins import Twins
from portal.costs.models import CostImport, FileKind, ImportStage, LedgerEntry
from portal.db import db
from portal.people.models import Council

_CHUNK = 10_000


def twins_of(council: Council, kind: FileKind) -> Twins:
    """What has been said already; nothing for returns, of which a later one replaces all."""
    twins = Twins()
    if kind not in {FileKind.LEDGER, FileKind.STANDARD}:
        return twins
    names = LEDGER_COLUMNS[1:]
    identity = [names.index(name) for name in IDENTITY[kind]]
    with db.only_reading():
        rows = db.session.execute(
            select(*(getattr(LedgerEntry, name) for name in names))
            .join(CostImport, CostImport.id == LedgerEntry.import_id)
            .where(CostImport.council_id == council.id, CostImport.stage == ImportStage.TAKEN)
            .execution_options(yield_per=_CHUNK)
        )
        for some in rows.partitions(_CHUNK):
            columns = [_as_written(column) for column in zip(*some, strict=True)]
            twins.remember(
                zip(*(columns[at] for at in identity), strict=True),
                zip(*columns, strict=True),
                len(some),
            )
    return twins


def _as_written(column: Sequence[Any]) -> Sequence[Any]:
    """Days as a check has them: texts."""
    if not any(isinstance(value, date) for value in column):
        return column
    return [value.isoformat() if isinstance(value, date) else value for value in column]
