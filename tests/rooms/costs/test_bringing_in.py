"""Files that come in: in pieces, twice, corrected, interrupted; the figures are those of the days."""

import csv
import io
import random
from datetime import date

import pytest
from sqlalchemy import func, select

from portal import sheets
from portal.costs.figures import blocks, counting, reckoning, store
from portal.costs.figures.rows import rows_of
from portal.costs.imports import actions, mappings
from portal.costs.imports.hashing import ChildHasher
from portal.costs.imports.reading import clean
from portal.costs.models import (
    CostBlock,
    CostCell,
    CostImport,
    CostPart,
    CostPrepared,
    FileKind,
    ImportStage,
    LedgerEntry,
)
from portal.db import db
from portal.demo.placements import Town, as_csv
from scoring.costs import Standing, measure
from scoring.rules import RuleBroken
from tests.factories.placements import (
    NOW,
    SYSTEM,
    a_costing_council,
    a_ledger,
    bring_in,
    checked,
)
from tests.rooms.costs.test_counting import (
    AS_AT,
    agree,
    births_by_eye,
    ledger_by_eye,
    slowly,
    told,
)

SMALL = Town(31, children=8, first_year=2022, years=3, errors=30)


@pytest.fixture
def in_pieces(monkeypatch):
    """Files come in chunks of some twenty rows."""
    monkeypatch.setattr(sheets, "_PIECE", 2000)


def days_of(content):
    rows = ledger_by_eye(content)
    return list(slowly.days_of([], rows, births=births_by_eye([], rows), as_at=AS_AT))


def number_of(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_file_in_many_chunks_counts_day_by_day(session, in_pieces):
    content = as_csv(SMALL.ledger())
    council = a_costing_council()
    (one,) = bring_in(council, ("ledger.csv", content), as_at=AS_AT)
    assert number_of(CostBlock) > 3
    assert one.lines == content.count(b"\r\n") - 1
    agree(council, days_of(content), AS_AT)
    rows = csv.DictReader(io.StringIO(content.decode()))
    lines = {row["placement_ref"]: at for at, row in enumerate(rows, 2)}
    kept = dict(db.session.execute(select(LedgerEntry.placement_ref, LedgerEntry.line)).all())
    assert all(lines[ref] == line for ref, line in kept.items())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_imports_and_corrections_the_figures_are_those_of_the_days(
    session, in_pieces, seed
):
    chance = random.Random(seed)
    council = a_costing_council()
    head, *rows = (
        one for one in Town(seed, children=4, first_year=2022, years=3, errors=0).ledger()
    )
    files = {}
    for step in range(5):
        if files and chance.random() < 0.4:
            gone = chance.choice(sorted(files))
            one = db.session.get_one(CostImport, gone)
            actions.take_back(one, actor=SYSTEM, now=NOW)
            db.session.commit()
            del files[gone]
        else:
            known = {tuple(row[:1]) for own in files.values() for row in own}
            chosen = chance.sample(rows, len(rows) // 2)
            made = checked(council, (f"{step}.csv", as_csv([head, *chosen])), as_at=AS_AT)
            new = [row for row in chosen if tuple(row[:1]) not in known]
            assert (made[0].accepted, made[0].on_record) == (len(new), len(chosen) - len(new))
            actions.take(made, actor=SYSTEM, now=NOW)
            db.session.commit()
            files[made[0].id] = new
        taken = [row for own in files.values() for row in own]
        agree(council, days_of(as_csv([head, *taken])), AS_AT)


def test_a_file_that_is_sent_again_is_known_row_by_row(session, in_pieces):
    council = a_costing_council()
    content = as_csv(SMALL.ledger())
    (first,) = bring_in(council, ("ledger.csv", content), as_at=AS_AT)
    (again,) = checked(council, ("ledger.csv", content), as_at=AS_AT)
    assert (again.accepted, again.on_record) == (0, first.accepted)
    assert again.rejected == first.rejected
    assert number_of(LedgerEntry) == first.accepted


def test_what_says_otherwise_is_refused_wherever_it_stands(session, in_pieces):
    council = a_costing_council()
    bring_in(council, ("a.csv", a_ledger("P1,17,Oak House,IFA,2026-04-01,,700.00")))
    many = [f"Q{at},1{at},Oak House,IFA,2026-04-01,,700.00" for at in range(200)]
    (one,) = checked(
        council,
        (
            "b.csv",
            a_ledger(
                "P1,17,Oak House,IFA,2026-04-01,,800.00",
                *many,
                "Q3,13,Oak House,IFA,2026-04-01,,700.00",
                "Q4,14,Oak House,IFA,2026-04-01,,1.00",
                "Q4,14,Oak House,IFA,2026-04-02,,1.00",
            ),
        ),
    )
    assert (one.accepted, one.on_record, one.rejected) == (201, 1, 2)
    from portal.costs.imports.seen import rejected_table

    reasons = {row.line: row.reason for row in rejected_table(one).rows}
    assert reasons == {
        2: "Another file, which was taken, says something else of it.",
        204: "Line 7 is about the same thing and says something else.",
    }


class Killed(BaseException):
    """What ends a process at any moment."""


@pytest.mark.parametrize("at", ["a chunk", "the figures", "the taking"])
def test_an_import_that_is_killed_leaves_nothing_that_counts(session, in_pieces, monkeypatch, at):
    council = a_costing_council()
    bring_in(council, ("a.csv", a_ledger("P1,17,Oak House,IFA,2026-04-01,,700.00")), as_at=AS_AT)
    before = told(store.cells([council]))
    content = as_csv(SMALL.ledger())

    def die(*_args, **_more):
        raise Killed

    with monkeypatch.context() as patch:
        if at == "a chunk":
            keep, calls = blocks.keep, iter(range(9))
            patch.setattr(blocks, "keep", lambda *args: die() if next(calls) > 2 else keep(*args))
        else:
            patch.setattr(store, "prepare" if at == "the figures" else "_keep", die)
        with pytest.raises(Killed):
            bring_in(council, ("b.csv", content), as_at=AS_AT)
    db.session.rollback()
    assert told(store.cells([council])) == before
    assert store.kept_until(council) == AS_AT
    half = db.session.scalars(select(CostImport).order_by(CostImport.id.desc())).first()
    assert half.stage in {ImportStage.WAITING, ImportStage.CHECKED}
    actions.discard([half], actor=SYSTEM, now=NOW)
    db.session.commit()
    assert number_of(LedgerEntry) == 1
    (whole,) = bring_in(council, ("b.csv", content), as_at=AS_AT)
    assert number_of(LedgerEntry) == whole.accepted + 1
    assert whole.accepted == len(ledger_by_eye(content))


def test_others_write_while_a_file_is_checked(session, in_pieces):
    council = a_costing_council()
    content = as_csv(SMALL.ledger())
    file = clean(io.BytesIO(content), ChildHasher(council), mappings.finder(council))
    sent = [actions.Sent(file.kind, "l.csv", file.sha256)]
    (one,) = actions.receive(council, sent, as_at=AS_AT, actor=SYSTEM, now=NOW)
    db.session.commit()
    seen = []

    def somebody_else(done):
        with db.writing() as other:  # on SQLite it would wait for half a minute
            other.get(CostImport, one.id).file_name = f"{done}"
        seen.append(done)

    actions.check(one, file.columns, file.chunks, actor=SYSTEM, step=somebody_else)
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == one.lines


def test_no_number_of_a_child_is_in_columns_or_figures(session):
    council = a_costing_council()
    number = "4711007"
    rows = [f"P1,{number},Oak House,IFA,2026-04-01,,700.00", f"P2,{number},x,IFA,soon,,1.00"]
    checked(council, ("a.csv", a_ledger(*rows)))
    assert number.encode() not in db.session.scalars(select(CostBlock.content)).one()
    assert number not in str(db.session.scalars(select(CostPrepared.figures)).one())
    hasher = ChildHasher(council)
    hasher(number)
    assert number not in f"{hasher!r} {vars(hasher)!r}"


# --- The quick way and the slow one ----------------------------------------------------------


def parts_of(council):
    return {
        (one.part, one.year, one.key): (one.children, one.child_days, one.at_year_end, one.amount)
        for one in db.session.scalars(select(CostPart).where(CostPart.council_id == council.id))
    }


def test_figures_are_the_same_in_parts_and_without_columns(session, monkeypatch):
    council = a_costing_council()
    bring_in(council, ("l.csv", as_csv(SMALL.ledger())), as_at=AS_AT)
    cells, parts = told(store.cells([council])), parts_of(council)
    assert {part for part, *_ in parts} == {"group", "distance", "area", "funding"}
    monkeypatch.setattr(counting, "MOST_AT_ONCE", 20)
    store.rebuild(council, now=NOW)
    assert (told(store.cells([council])), parts_of(council)) == (cells, parts)
    for block in db.session.scalars(select(CostBlock)):
        db.session.delete(block)
    store.rebuild(council, now=NOW)  # as for files that were taken before there were columns
    assert (told(store.cells([council])), parts_of(council)) == (cells, parts)


def test_one_provider_alone_counts_as_its_rows_do(session):
    council = a_costing_council()
    bring_in(council, ("l.csv", as_csv(SMALL.ledger())), as_at=AS_AT)
    bring_in(council, ("2022.csv", as_csv(SMALL.episodes(2022))), as_at=AS_AT)
    rows = rows_of(council)
    for name in ("In house", "Kestrel Fostering", "URN SC000900", "nobody"):
        slow = measure(
            rows.stretches(lambda one, name=name: one.provider.casefold() == name.casefold()),
            as_at=AS_AT,
            unpaid=rows.mapping.unpaid,
        )
        quick = reckoning.cells_of(
            council, db.session, AS_AT, Standing.LOOKED_AFTER, lambda one, name=name: one.only(name, "")
        )  # fmt: skip
        assert quick == slow


# --- The national Placements Data Standard, version 2 ----------------------------------------

STANDARD = (
    "Child ID,Date of Data entry (placement),Total Weekly Cost (actual weekly fee paid),"
    "Placement Location,Preferabilty of placement location,Education Continuity,"
    "Provider URN (linked to Ofsted),How many siblings were placed together?,Placement Type"
)


def in_standard(*rows):
    lines = [
        f"{child},{day},{pounds},In area,Yes,Yes,SC1,0,{kind}" for child, day, pounds, kind in rows
    ]
    return "\n".join([STANDARD, *lines]) + "\n"


EARLY = in_standard(
    ("1", "01/04/2023", "700", "Foster"), ("2", "01/04/2023", "4000", "Residential")
)
LATE = in_standard(
    ("1", "01/06/2023", "", "Supported Accommodation"), ("1", "01/05/2023", "770", "Foster")
)


@pytest.mark.parametrize("order", [(EARLY, LATE), (LATE, EARLY)])
def test_an_entry_of_the_standard_holds_until_the_child_s_next_one_of_any_file(session, order):
    council = a_costing_council()
    for at, file in enumerate(order):
        (one,) = bring_in(council, (f"{at}.csv", file), as_at=date(2024, 3, 31))
        assert one.kind is FileKind.STANDARD
    cells = store.cells([council])
    ends, types = cells[2023, "overall"], {kind for _, kind in cells}
    assert ends.child_days == 2 * 366
    assert ends.sevenths == 70_000 * 30 + 77_000 * 31 + 400_000 * 366
    assert ends.missing == 1
    assert len(types) == 4
    assert one.findings["overlaps"] == 0
    rows = rows_of(council)
    slow = measure(rows.stretches(), as_at=date(2024, 3, 31), unpaid=rows.mapping.unpaid)
    assert slow == cells
    (again,) = checked(council, ("again.csv", order[0]), as_at=date(2024, 3, 31))
    assert (again.accepted, again.on_record) == (0, 2)


def test_a_faulty_entry_of_the_standard_is_refused_by_its_heading(session):
    council = a_costing_council()
    (one,) = checked(
        council,
        (
            "s.csv",
            in_standard(("1", "31/02/2023", "1", "Foster"), ("", "01/04/2023", "x", "Foster")),
        ),
    )
    from portal.costs.imports.seen import rejected_table

    told_of = {(row.line, row.column) for row in rejected_table(one).rows}
    cost = "Total Weekly Cost (actual weekly fee paid)"
    assert told_of == {(2, "Date of Data entry (placement)"), (3, "Child ID"), (3, cost)}


# --- The command ------------------------------------------------------------------------------

KINDS = {
    "SSDA903 episodes": as_csv(SMALL.episodes(2022)),
    "SSDA903 headers": as_csv(SMALL.headers(2022)),
    "Ledger": as_csv(SMALL.ledger()),
    "Placements Data Standard": EARLY.encode(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_brings_in_each_kind_with_the_same_checks(session, app, tmp_path, kind):
    council = a_costing_council()
    file, refused = tmp_path / "file.csv", tmp_path / "refused.csv"
    file.write_bytes(KINDS[kind])
    (page,) = checked(council, ("file.csv", KINDS[kind]), as_at=AS_AT)
    command = ["costs", "import", str(file), "--council", "luton", "--as-at", f"{AS_AT}"]
    tried = app.test_cli_runner().invoke(args=[*command, "--dry-run"]).output
    assert "Nothing was taken." in tried
    made = app.test_cli_runner().invoke(args=[*command, "--rejected", str(refused)]).output
    assert f"{kind}, {page.lines:,} rows, {page.accepted:,} new, 0 known already" in made
    assert f"{page.rejected:,} refused" in made
    assert f"{page.accepted:,} rows count now." in made
    assert refused.exists() == bool(page.rejected)
    assert number_of(CostCell) or kind == "SSDA903 headers"


def test_a_file_that_is_thrown_away_while_it_is_checked_stays_away(session):
    council = a_costing_council()
    content = a_ledger("P1,1,Oak,IFA,2025-04-01,,700").encode()
    file = clean(io.BytesIO(content), ChildHasher(council), mappings.finder(council))
    sent = [actions.Sent(file.kind, "ledger.csv", file.sha256)]
    (one,) = actions.receive(council, sent, as_at=AS_AT, actor=SYSTEM, now=NOW)
    db.session.commit()

    def discard(_done):
        with db.writing() as other:
            other.get_one(CostImport, one.id).stage = ImportStage.DISCARDED

    actions.check(one, file.columns, file.chunks, actor=SYSTEM, step=discard)
    assert one.stage is ImportStage.DISCARDED
    assert db.session.scalar(select(func.count(LedgerEntry.id))) == 0
    assert db.session.scalar(select(func.count(CostBlock.id))) == 0


def test_the_mapping_is_looked_up_once_for_each_step(session, monkeypatch):
    from portal.costs.placement_types import versions as types

    council, asked, look_up = a_costing_council(), [], types._number
    monkeypatch.setattr(types, "_number", lambda one: asked.append(one) or look_up(one))
    made = checked(council, ("ledger.csv", a_ledger("P1,1,Oak,IFA,2025-04-01,,700")))
    assert len(asked) == 1
    actions.take(made, actor=SYSTEM, now=NOW)
    assert len(asked) == 2


RETURN = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    "1,01/04/2025,S,C2,N1,U4,PR4,,,,,,\n"
    "2,01/05/2025,S,C2,N1,U4,PR1,01/06/2025,,,,,\n"
    "3,30/02/2025,S,C2,N1,U4,PR1,,,,,,\n"
)
BIRTHS = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,02/04/2011,,,,\n2,1,02/04/2012,,,,\n"


@pytest.mark.parametrize("replaces", [False, True])
def test_a_return_that_is_sent_again_is_known_as_a_whole(session, replaces):
    council = a_costing_council()
    bring_in(council, ("2026.csv", RETURN), ("h.csv", BIRTHS))
    before = told(store.cells([council]))
    again = checked(council, ("2026.csv", RETURN), ("h.csv", BIRTHS), replaces=replaces)
    assert [(one.accepted, one.on_record, one.rejected) for one in again] == [(0, 2, 1), (0, 2, 0)]
    with pytest.raises(RuleBroken) as refusal:
        actions.take(again, actor=SYSTEM, now=NOW)
    assert refusal.value.code == "cost:nothing"
    assert told(store.cells([council])) == before


def test_a_return_that_says_more_or_otherwise_is_new_as_a_whole(session):
    council = a_costing_council()
    bring_in(council, ("2026.csv", RETURN))
    mended = checked(council, ("2026.csv", RETURN.replace("30/02/2025", "28/02/2025")))
    assert [(one.accepted, one.on_record) for one in mended] == [(3, 0)]
    other = checked(council, ("2026.csv", RETURN.replace("01/06/2025", "02/06/2025")))
    assert [(one.accepted, one.on_record) for one in other] == [(2, 0)]
    with pytest.raises(RuleBroken) as refusal:
        actions.take(other, actor=SYSTEM, now=NOW)
    assert refusal.value.code == "cost:same-year"


def test_a_known_return_does_not_hold_up_what_came_with_it(session):
    council = a_costing_council()
    bring_in(council, ("2026.csv", RETURN))
    row = "P1,17,Oak House,IFA,2026-04-01,2026-04-08,700.00"
    both = bring_in(council, ("2026.csv", RETURN), ("ledger.csv", a_ledger(row)))
    assert [one.stage for one in both] == [ImportStage.DISCARDED, ImportStage.TAKEN]
    returns = db.session.scalars(
        select(CostImport.stage).where(CostImport.kind == FileKind.EPISODES)
    ).all()
    assert sorted(returns) == sorted([ImportStage.TAKEN, ImportStage.DISCARDED])
