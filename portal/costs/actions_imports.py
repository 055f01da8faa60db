"""Bringing a council's placements and costs in: checked whole, then all accepted rows or none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import findings, known, policy, store
from portal.costs.checking import TABLES, Check, until_the_next
from portal.costs.keeping import in_chunks, insert
from portal.costs.layouts import reduced
from portal.costs.models import (
    ColumnMapping,
    CostImport,
    CostRejection,
    EpisodeRow,
    FileKind,
    ImportStage,
)
from portal.costs.reading import CleanRow
from portal.db import db, new_ref
from portal.people.models import Council
from portal.previews import KEPT_FOR
from scoring.canonical import canonical_json, sha256_of
from scoring.returns import ReturnedEpisode, return_year
from scoring.rules import RuleBroken

Step = Callable[[int], None]
ENDED = frozenset({ImportStage.TAKEN_BACK, ImportStage.DISCARDED})


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, after its numbers were hashed.

    Args:
        laid_aside: where its rows lie until the check; empty where they are handed over.
    """

    kind: FileKind
    name: str
    sha256: str
    laid_aside: str = ""


def receive(
    council: Council,
    files: Sequence[Sent],
    *,
    as_at: date,
    replaces: bool = False,
    control: tuple[int, int] | None = None,
    actor: Viewer,
    now: datetime,
) -> list[CostImport]:
    """Note files that wait for their check. Nothing of them counts before they are taken.

    Args:
        as_at: the day up to which a ledger tells what is.
        replaces: whether a return may replace an earlier one of the same year.
        control: a financial year, and what the general ledger shows for it in pence.

    Raises:
        RuleBroken: `cost:not-allowed`, `cost:as-at`, `cost:no-file`.
    """
    policy.may_bring_in(actor, council.id).or_refuse("cost:not-allowed")
    if as_at > now.date():
        raise RuleBroken("cost:as-at", "A file cannot tell what is after today.", "as_at")
    if not files:
        raise RuleBroken("cost:no-file", "Choose a file.", "files")
    _forget_old(council, actor=actor, now=now)
    batch = new_ref("BAT")
    made = [
        CostImport(
            batch=batch,
            council_id=council.id,
            kind=one.kind,
            stage=ImportStage.WAITING,
            file_name=one.name[:200],
            sha256=one.sha256,
            laid_aside=one.laid_aside,
            as_at_on=as_at,
            replaces=replaces,
            control_year=control[0] if control and one.kind is FileKind.LEDGER else None,
            control_pence=control[1] if control and one.kind is FileKind.LEDGER else None,
            made_by_id=actor.person_id,
            made_at=now,
        )
        for one in files
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def _forget_old(council: Council, *, actor: Viewer, now: datetime) -> None:
    """Files that were checked and that nobody took within a day."""
    old = db.session.scalars(
        select(CostImport).where(
            CostImport.council_id == council.id,
            CostImport.stage.in_([ImportStage.WAITING, ImportStage.CHECKED]),
            CostImport.made_at < now - KEPT_FOR,
        )
    ).all()
    discard(old, actor=actor, now=now)


def remember_columns(
    council: Council,
    kind: FileKind,
    headings: Sequence[str],
    columns: Mapping[str, str],
    *,
    actor: Viewer,
    now: datetime,
) -> ColumnMapping:
    """Remember what a council's files call the columns.

    Args:
        columns: our name of a column → their heading.

    Raises:
        RuleBroken: `cost:not-allowed`, `cost:heading-twice`.
    """
    policy.may_bring_in(actor, council.id).or_refuse("cost:not-allowed")
    given = {name: heading for name, heading in columns.items() if heading}
    if len(set(given.values())) < len(given):
        raise RuleBroken("cost:heading-twice", "Choose each heading once.")
    signature = signature_of(headings)
    found = db.session.scalar(
        select(ColumnMapping).where(
            ColumnMapping.council_id == council.id,
            ColumnMapping.kind == kind,
            ColumnMapping.signature == signature,
        )
    )
    if found is None:
        found = ColumnMapping(council_id=council.id, kind=kind, signature=signature)
        db.session.add(found)
    found.headings, found.columns, found.made_at = list(headings), given, now
    db.session.flush()
    return found


def signature_of(headings: Sequence[str]) -> str:
    """What tells one layout of a file from another: its headings, in order."""
    return sha256_of(canonical_json([reduced(heading) for heading in headings]))


def check(
    one: CostImport,
    columns: Sequence[str],
    lines: Iterable[CleanRow],
    *,
    actor: Viewer,
    step: Step = lambda _done: None,
) -> Check:
    """Judge every row of a file, and lay the accepted ones where nothing counts them yet.

    Args:
        step: told after each few thousand rows how many there were; it may commit.

    Raises:
        RuleBroken: `cost:not-allowed`, `cost:stage`.
    """
    policy.may_bring_in(actor, one.council_id).or_refuse("cost:not-allowed")
    if one.stage is not ImportStage.WAITING:
        raise RuleBroken("cost:stage", "This file has been checked already.")
    _clear(one)
    judged = Check(one.kind, columns, known.known_of(one.council, one.kind))
    table, names = TABLES[one.kind]
    rows: Iterable[Any] = judged.rows(lines)
    if one.kind is FileKind.STANDARD:
        rows = until_the_next(rows)
    fixed = (("import_id", one.id), ("council_id", one.council_id))
    for chunk in in_chunks(rows):
        insert(db.session, table, names, chunk, fixed)
        step(judged.lines)
    _write_down(one, judged)
    return judged


def _clear(one: CostImport) -> None:
    """What an interrupted check left behind."""
    table, _ = TABLES[one.kind]
    db.session.execute(delete(table).where(table.import_id == one.id))
    db.session.execute(delete(CostRejection).where(CostRejection.import_id == one.id))


def _write_down(one: CostImport, judged: Check) -> None:
    rejections = [
        (row.line, row.column[:80], row.value[:210], row.reason[:300]) for row in judged.rejections
    ]
    names = ("line", "column", "value", "reason")
    if rejections:
        insert(db.session, CostRejection, names, rejections, (("import_id", one.id),))
    one.lines, one.accepted = judged.lines, judged.accepted
    one.rejected, one.on_record = judged.rejected, judged.on_record
    if one.kind is FileKind.EPISODES and one.accepted:
        one.return_year = _year_of(one)
    one.findings = findings.of(one, judged)
    one.stage = ImportStage.CHECKED
    db.session.flush()


def _year_of(one: CostImport) -> int:
    rows = db.session.execute(
        select(EpisodeRow.child, EpisodeRow.arrives_on, EpisodeRow.departs_on).where(
            EpisodeRow.import_id == one.id
        )
    )
    return return_year(ReturnedEpisode(*row) for row in rows)


def take(batch: Sequence[CostImport], *, actor: Viewer, now: datetime) -> int:
    """Let every accepted row of files that were sent together count, or none.

    Returns:
        How many rows are new.

    Raises:
        RuleBroken: `cost:not-allowed`, `cost:stage`, `cost:nothing`, `cost:changed` (another file
            was taken since the check), `cost:same-year` (a return of that year is there).
    """
    council = batch[0].council
    policy.may_bring_in(actor, council.id).or_refuse("cost:not-allowed")
    if any(one.stage is not ImportStage.CHECKED for one in batch):
        raise RuleBroken("cost:stage", "These files are not ready to be taken.")
    new = [one for one in batch if one.accepted]
    if not new:
        raise RuleBroken("cost:nothing", "There is nothing new in these files.")
    if any(one.findings["record"] != findings.record_of(council) for one in batch):
        raise RuleBroken(
            "cost:changed", "Another file was taken since the check. Send these files again."
        )
    for one in new:
        _make_room(one, new, now)
    for one in batch:
        one.stage = ImportStage.TAKEN if one.accepted else ImportStage.DISCARDED
        one.taken_at = now
    store.rebuild(council, now=now)
    audit.record(
        Event.COSTS_TAKEN,
        council,
        actor=actor,
        now=now,
        files=[[one.kind.value, one.sha256] for one in new],
        rows=sum(one.accepted for one in new),
    )
    return sum(one.accepted for one in new)


def _make_room(one: CostImport, batch: Sequence[CostImport], now: datetime) -> None:
    """A return of a year replaces another of that year only if the person said so."""
    if one.kind is not FileKind.EPISODES:
        return
    if any(other is not one and other.return_year == one.return_year for other in batch):
        raise RuleBroken("cost:same-year", "Two of these files are returns of the same year.")
    for other in returns_of_year(one):
        if not one.replaces:
            raise RuleBroken(
                "cost:same-year",
                "There is a return of this year already. Send the file again and say that it "
                "replaces the earlier one.",
            )
        _end(other, now)


def returns_of_year(one: CostImport) -> Sequence[CostImport]:
    """The returns of the same council and year that count now."""
    return db.session.scalars(
        select(CostImport).where(
            CostImport.council_id == one.council_id,
            CostImport.kind == FileKind.EPISODES,
            CostImport.stage == ImportStage.TAKEN,
            CostImport.return_year == one.return_year,
            CostImport.id != one.id,
        )
    ).all()


def take_back(one: CostImport, *, actor: Viewer, now: datetime) -> None:
    """Let a file that was wrong count no more. Its rows go; what it was stays in the trail.

    Raises:
        RuleBroken: `cost:not-allowed`, `cost:stage`.
    """
    policy.may_bring_in(actor, one.council_id).or_refuse("cost:not-allowed")
    if one.stage is not ImportStage.TAKEN:
        raise RuleBroken("cost:stage", "This file does not count, so it cannot be taken back.")
    _end(one, now)
    store.rebuild(one.council, now=now)
    audit.record(
        Event.COSTS_TAKEN_BACK,
        one.council,
        actor=actor,
        now=now,
        file=one.sha256,
        kind=one.kind.value,
        rows=one.accepted,
    )


def _end(one: CostImport, now: datetime) -> None:
    _clear(one)
    one.stage, one.ended_at = ImportStage.TAKEN_BACK, now


def discard(batch: Sequence[CostImport], *, actor: Viewer, now: datetime) -> None:
    """Forget files that nobody took.

    Raises:
        RuleBroken: `cost:not-allowed`, `cost:stage`.
    """
    for one in batch:
        policy.may_bring_in(actor, one.council_id).or_refuse("cost:not-allowed")
        if one.stage is ImportStage.TAKEN:
            raise RuleBroken("cost:stage", "These files were taken. Take them back instead.")
        if one.stage not in ENDED:
            _clear(one)
            one.stage, one.ended_at = ImportStage.DISCARDED, now
