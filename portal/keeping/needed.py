"""Which rows point at which objects of the store."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, null, select

from portal.costs.models import CostImport, ImportStage
from portal.documents.models import StoredFile
from portal.evidence.jobs import AREA as EVIDENCE, MOST_BYTES
from portal.evidence.models import EvidencePack
from portal.storage import Store, get_store

DOCUMENTS, IMPORTS = "documents", "imports"
KEPT_AREAS = (DOCUMENTS, EVIDENCE)  # the third holds what waits a day at most
MOST = {EVIDENCE: MOST_BYTES}


@dataclass(frozen=True, slots=True)
class Needed:
    """A row that points at an object. `size` is in bytes, or None where the row does not say."""

    area: str
    sha256: str
    size: int | None
    table: str
    ref: str


def store_of(area: str) -> Store:
    """The store of an area, with room for what it may hold."""
    return get_store(area, most_bytes=MOST.get(area, 2 * 1024**3))


def needed(connection: Connection) -> Iterator[Needed]:
    """Every row that points at an object, in no order; read as it is walked through."""
    for area, wanted in _asked():
        table = wanted.get_final_froms()[0].name  # type: ignore[attr-defined]
        for sha256, size, ref in connection.execute(wanted.execution_options(yield_per=1000)):
            yield Needed(area, sha256, size, table, ref)


def is_needed(connection: Connection, area: str, sha256: str) -> bool:
    """Whether any row points at an object."""
    return any(
        connection.execute(wanted.where(wanted.selected_columns[0] == sha256).limit(1)).first()
        for own, wanted in _asked()
        if own == area
    )


def _asked() -> list[tuple[str, Select[Any]]]:
    """Name, size and reference of what points at objects, by area. A pack that was let go keeps its
    hash, and points at nothing."""
    file, pack, sent = _table(StoredFile), _table(EvidencePack), _table(CostImport)
    packs = select(pack.c.sha256, pack.c.size, pack.c.ref)
    return [
        (DOCUMENTS, select(file.c.sha256, file.c.size, file.c.ref)),
        (EVIDENCE, packs.where(pack.c.sha256 != "", pack.c.let_go_at.is_(None))),
        (
            IMPORTS,
            select(sent.c.laid_aside, null(), sent.c.ref).where(
                sent.c.laid_aside != "", sent.c.stage == ImportStage.WAITING
            ),
        ),
    ]


def _table(model: type) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table
