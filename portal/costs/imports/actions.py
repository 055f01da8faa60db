"""Bringing a council's placements and costs in: checked whole, then all accepted rows or none."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import policy
from portal.costs.figures import store
from portal.costs.imports import findings, known
from portal.costs.imports.checking import Accepted, Check
from portal.costs.imports.judging import TABLES
from portal.costs.imports.keeping import insert, insert_columns
from portal.costs.imports.layouts import reduced
from portal.costs.imports.reading import Chunk
from portal.costs.models import (
    ColumnMapping,
    CostBlock,
    CostImport,
    CostRejection,
    EpisodeRow,
    FileKind,
    ImportStage,
)
from portal.db import db, new_ref
from portal.people.models import Council
from portal.previews import KEPT_FOR
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken
from scoring.years import year_of

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
    chunks: Iterable[Chunk],
    *,
    actor: Viewer,
    step: Step = lambda _done: None,
) -> Check:
    """Judge every row of a file, and lay the accepted ones where nothing counts them yet.

    It commits chunk by chunk, so that others write meanwhile; what an interrupted check left
    behind counts nowhere, and goes with the next one.

    Args:
        step: told after each chunk how many rows there were.

    Raises:
        RuleBroken: `cost:not-allowed`, `cost:stage`.
    """
    policy.may_bring_in(actor, one.council_id).or_refuse("cost:not-allowed")
    if one.stage is not ImportStage.WAITING:
        raise RuleBroken("cost:stage", "This file has been checked already.")
    council = one.council
    if _was_interrupted(one):
        _clear(one)
    db.session.commit()
    with db.only_reading():
        judged = _check_of(one, council, columns)
    for accepted in judged.chunks(_counted(chunks, judged, step)):
        _lay_down(one, accepted)
        db.session.commit()
    _write_down(one, judged)
    db.session.commit()
    return judged


def _was_interrupted(one: CostImport) -> bool:
    """Whether an earlier check left rows behind. One statement."""
    table, _ = TABLES[one.kind]
    left = select(1).where(select(table.id).where(table.import_id == one.id).exists())
    return db.session.execute(left).first() is not None


def _check_of(one: CostImport, council: Council, columns: Sequence[str]) -> Check:
    from portal.costs.imports import on_record

    said = on_record.twins_of(council, one.kind)
    return Check(one.kind, columns, known.known_of(council, one.kind), said)


def _counted(chunks: Iterable[Chunk], judged: Check, step: Step) -> Iterator[Chunk]:
    """Tell how far the check is, between two chunks and at the end."""
    for chunk in chunks:
        yield chunk
        step(judged.lines)


def _lay_down(one: CostImport, accepted: Accepted) -> None:
    """Keep a chunk: its rows, and those of a ledger once more in columns."""
    table, names = TABLES[one.kind]
    fixed = (("import_id", one.id), ("council_id", one.council_id))
    insert_columns(db.session, table, names, accepted.columns, fixed)
    if one.kind in {FileKind.LEDGER, FileKind.STANDARD}:
        from portal.costs.figures import blocks

        blocks.keep(db.session, one.id, blocks.of_columns(accepted.columns))


def _batch_so_far(one: CostImport, accepted: int) -> list[int] | None:
    """The files that were sent together and have something new; None while some are unchecked."""
    others = db.session.execute(
        select(CostImport.id, CostImport.stage, CostImport.accepted).where(
            CostImport.batch == one.batch, CostImport.id != one.id
        )
    ).all()
    if any(stage is ImportStage.WAITING for _id, stage, _new in others):
        return None
    checked = [id_ for id_, stage, new in others if new and stage is ImportStage.CHECKED]
    return [*checked, one.id] if accepted else checked


def _clear(one: CostImport) -> None:
    """Take away the rows of a file, and what an interrupted check left behind."""
    table, _ = TABLES[one.kind]
    for each in (table, CostBlock, CostRejection):
        db.session.execute(delete(each).where(each.import_id == one.id))


def _write_down(one: CostImport, judged: Check) -> None:
    """What came of the check; all that takes long is done before anything is written."""
    if one.kind is FileKind.EPISODES and judged.accepted:
        one.return_year = _year_of(one)
        db.session.commit()  # the findings ask for it
    if judged.accepted and _is_known(one, judged.accepted):
        _clear(one)
        judged.accepted, judged.on_record = 0, judged.on_record + judged.accepted
        db.session.commit()
    with db.only_reading():
        batch = _batch_so_far(one, judged.accepted)
    found = findings.of(one, judged, batch)
    db.session.refresh(one, ["stage"], with_for_update=True)
    if one.stage is not ImportStage.WAITING:  # somebody threw it away meanwhile
        _clear(one)
        return
    one.lines, one.accepted = judged.lines, judged.accepted
    one.rejected, one.on_record = judged.rejected, judged.on_record
    one.findings, one.stage = found.told, ImportStage.CHECKED
    if found.made is not None:
        store.prepare(one.council, found.made_from, found.made)
    rejections = [
        (row.line, row.column[:80], row.value[:210], row.reason[:300]) for row in judged.rejections
    ]
    names = ("line", "column", "value", "reason")
    insert(db.session, CostRejection, names, rejections, (("import_id", one.id),))


def _is_known(one: CostImport, accepted: int) -> bool:
    """Whether a return that counts has just the rows of this one, or a file of headers is the same.

    A ledger is known row by row; a return replaces another as a whole, so it is known as a whole.
    """
    if one.kind is FileKind.EPISODES:
        others = returns_of_year(one)
    elif one.kind is FileKind.HEADERS:
        others = _same_headers(one)
    else:
        return False
    return any(other.accepted == accepted and _rows(other) == _rows(one) for other in others)


def _same_headers(one: CostImport) -> Sequence[CostImport]:
    return db.session.scalars(
        select(CostImport).where(
            CostImport.council_id == one.council_id,
            CostImport.kind == one.kind,
            CostImport.stage == ImportStage.TAKEN,
            CostImport.sha256 == one.sha256,
            CostImport.id != one.id,
        )
    ).all()


def _rows(one: CostImport) -> frozenset[Any]:
    """What a file says, whatever the lines it stands on. A check leaves no row in it twice."""
    table, names = TABLES[one.kind]
    columns = [getattr(table, name) for name in names if name != "line"]
    return frozenset(
        map(tuple, db.session.execute(select(*columns).where(table.import_id == one.id)))
    )


def _year_of(one: CostImport) -> int:
    """The year of the latest arrival, or of the last day before a departure if that is later."""
    arrival, departure = db.session.execute(
        select(func.max(EpisodeRow.arrives_on), func.max(EpisodeRow.departs_on)).where(
            EpisodeRow.import_id == one.id
        )
    ).one()
    last = departure and date.fromordinal(departure.toordinal() - 1)
    return year_of(max(arrival, last) if last else arrival)


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
    _count_again(council, now)
    audit.record(
        Event.COSTS_TAKEN,
        council,
        actor=actor,
        now=now,
        files=[[one.kind.value, one.sha256] for one in new],
        rows=sum(one.accepted for one in new),
    )
    return sum(one.accepted for one in new)


def _count_again(council: Council, now: datetime) -> None:
    """Figures that add up at once; what is slow to draw, by a worker."""
    from portal.costs.forecasts import drawn as forecast_drawn

    store.rebuild(council, now=now)
    forecast_drawn.ask_for_usual(council, now=now)


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
    _count_again(one.council, now)
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


def let_go(files: Sequence[CostImport], now: datetime) -> Counter[str]:
    """Their time is over: the rows go. Who asked and agreed, the house writes down.

    Returns:
        By table, how many rows went.
    """
    gone: Counter[str] = Counter()
    for one in files:
        table, _ = TABLES[one.kind]
        number = select(func.count()).select_from(table).where(table.import_id == one.id)
        gone[table.__tablename__] += db.session.scalar(number) or 0
        _end(one, now)
    for council in {one.council for one in files}:
        _count_again(council, now)
    return gone


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
