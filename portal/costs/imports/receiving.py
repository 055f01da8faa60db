"""Taking files of placements and costs in, for page and interface: hashed, laid aside, noted."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BufferedReader
from os import SEEK_END
from typing import BinaryIO

from portal import settings
from portal.access import Viewer
from portal.costs import jobs
from portal.costs.imports import actions, mappings
from portal.costs.imports.hashing import ChildHasher
from portal.costs.imports.reading import Aside, clean
from portal.costs.models import CostImport
from portal.costs.postcodes import Distances
from portal.db import db
from portal.people.models import Council
from portal.storage import MAX_FILE_BYTES, FileTooLarge


def receive(
    council: Council,
    files: Sequence[tuple[str, BinaryIO]],
    *,
    as_at: date,
    replaces: bool = False,
    control: tuple[int, int] | None = None,
    actor: Viewer,
    now: datetime,
) -> list[CostImport]:
    """Hash, lay aside and note files (name and content each), and ask for their check.

    What is slow happens before the write lock. The caller commits.

    Raises:
        RuleBroken: as `actions.receive` does; FileRefused where a file cannot be read.
    """
    _refuse_too_large(content for _, content in files)
    laid = [laid_aside(name, content, council) for name, content in files]
    made = actions.receive(
        council,
        [sent for sent, _ in laid],
        as_at=as_at,
        replaces=replaces,
        control=control,
        actor=actor,
        now=now,
    )
    for one, (_, rows) in zip(made, laid, strict=True):
        jobs.ask_for_check(one, rows, now)
    return made


def _refuse_too_large(contents: Iterable[BinaryIO]) -> None:
    """All of them before the first is laid aside, so that nothing is left lying."""
    with db.reading() as session:
        settings.load(session)
    most = settings.most_bytes()
    for one in contents:
        if one.seek(0, SEEK_END) > most:
            raise FileTooLarge(most)
        one.seek(0)


def laid_aside(name: str, content: BinaryIO, council: Council) -> tuple[actions.Sent, int]:
    """A file whose numbers are hashed while it is laid aside, and how many rows it has."""
    with db.reading() as session:
        file = clean(
            content,
            ChildHasher(council),
            mappings.finder(council, session),
            name=name,
            distances=Distances(council, session),
            most_bytes=MAX_FILE_BYTES,
        )
        rows = Aside(file)
        stored = jobs.aside().put(BufferedReader(rows))
    return actions.Sent(file.kind, name, file.sha256, stored.sha256), rows.rows
