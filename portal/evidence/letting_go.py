"""Taking the words of a procurement away and leaving its bones: what stood where, and its hashes.

What goes is told as a list of parts, one for each table (`parts.py`); here is how it is done. Words
are replaced only where something was said, so that a rule of the database that asks for words holds.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, select, update

from portal.db import Base, db
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.retention import Erased

GONE = "Deleted, its time was over."
DOCUMENTS = "documents"
Mine = Callable[[Sequence[int]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """What goes from one table.

    Args:
        mine: which rows belong to the things that are let go, by their ids.
        words: texts that are replaced where something is said.
        emptied: columns that get this value.
        walked: JSON whose words go; its shape, its keys and its numbers stay.
        whole: the rows themselves go.
    """

    model: type[Base]
    mine: Mine
    words: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    walked: tuple[str, ...] = ()
    whole: bool = False

    @property
    def touched(self) -> frozenset[str]:
        """The columns that it empties."""
        names = self.model.__table__.columns.keys() if self.whole else ()
        return frozenset({*names, *self.words, *self.emptied, *self.walked})


def let_go(parts: Iterable[Part], ids: Sequence[int], erased: Erased) -> None:
    """Take away what these parts tell of the things with these ids, and count it."""
    for part in parts:
        table = part.model.__tablename__
        if part.whole:
            erased.rows[table] += _number(delete(part.model).where(part.mine(ids)))
            continue
        number = db.session.scalars(select(_key(part.model)).where(part.mine(ids))).all()
        erased.rows[table] += len(number)
        for name in part.words:
            column = getattr(part.model, name)
            said = update(part.model).where(part.mine(ids), column != "")
            _number(said.values({name: GONE}))
        if part.emptied:
            _number(update(part.model).where(part.mine(ids)).values(dict(part.emptied)))
        if part.walked:
            _walk(part, ids)


def _walk(part: Part, ids: Sequence[int]) -> None:
    for row in db.session.scalars(select(part.model).where(part.mine(ids))):
        for name in part.walked:
            setattr(row, name, without_words(getattr(row, name)))
    db.session.flush()


def without_words(value: Any) -> Any:
    """The same value with every text of more than one word empty.

    Keys, references, stages, days and fractions are single words, so pages and rules that read them
    find what they expect.
    """
    if isinstance(value, dict):
        return {key: without_words(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_words(one) for one in value]
    if isinstance(value, str) and (" " in value or len(value) > 80):
        return ""
    return value


def let_documents_go(bound_to: Collection[str], erased: Erased) -> None:
    """The documents that are bound to these bids, with every version that nothing else points at."""
    versions = select(DocumentVersion.id, DocumentVersion.file_id, DocumentVersion.document_id)
    mine = versions.join(DocumentVersion.document).where(Document.bound_to.in_(bound_to))
    rows = db.session.execute(mine).all()
    kept = pointed_at(DocumentVersion.__table__.c.id, {row.id for row in rows})
    going = [row for row in rows if row.id not in kept]
    gone = delete(DocumentVersion).where(DocumentVersion.id.in_([row.id for row in going]))
    erased.rows["document_version"] += _number(gone)
    documents = {row.document_id for row in going}
    empty = documents - pointed_at(Document.__table__.c.id, documents)
    erased.rows["document"] += _number(delete(Document).where(Document.id.in_(empty)))
    let_files_go({row.file_id for row in going}, erased)


def let_files_go(ids: Collection[int], erased: Erased) -> None:
    """The rows of these files, unless something points at them; the files follow after the commit."""
    free = set(ids) - pointed_at(StoredFile.__table__.c.id, ids)
    hashes = select(StoredFile.sha256).where(StoredFile.id.in_(free))
    erased.files |= {(DOCUMENTS, sha256) for sha256 in db.session.scalars(hashes)}
    erased.rows["stored_file"] += _number(delete(StoredFile).where(StoredFile.id.in_(free)))


def pointed_at(target: Column[Any], ids: Collection[int]) -> set[int]:
    """Which of these rows any table points at: asked of the schema, so that no new table is forgotten."""
    found: set[int] = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is target for key in column.foreign_keys):
                wanted = select(column).where(column.in_(ids)).distinct()
                found |= set(db.session.scalars(wanted))
    return found


def _key(model: type[Base]) -> Any:
    return next(iter(model.__table__.primary_key.columns))  # type: ignore[attr-defined]


def _number(statement: Any) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)
