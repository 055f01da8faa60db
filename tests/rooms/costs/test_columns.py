"""Figures in columns are the figures of the rules; files in pieces are the files."""

import io
from datetime import date

import numpy as np  # noqa: TID253  a test of what counts in arrays
import pytest
import xlsxwriter
from hypothesis import given, settings, strategies as st

from portal.costs.figures import blocks, tally
from portal.costs.imports import splitting
from portal.costs.imports.twins import Twins
from portal.sheets import columns_of, rows_of, streamed
from portal.storage import FileRefused
from scoring.costs import PriceSource, Standing, Stretch, measure_each, overlaps

KINDS = ("ifa", "residential", "with-parents")
UNPAID = frozenset({"with-parents"})
AS_AT = date(2021, 9, 14)
FIRST = date(2018, 11, 1).toordinal()
a_stretch = st.tuples(
    st.integers(0, 2),  # child
    st.integers(0, 2),  # kind
    st.integers(FIRST, FIRST + 1200),
    st.none() | st.integers(0, 500),
    st.sampled_from([0, 1, 70_000, 500_001]),
    st.booleans(),
    st.integers(0, 2),  # standing
    st.integers(0, 3),  # spell of the child
)
some_stretches = st.lists(a_stretch, max_size=9).map(
    lambda rows: sorted(rows, key=lambda one: one[0])
)


def in_both_ways(rows):
    """The same runs as stretches of the rules and as arrays."""
    stretches, columns = [], []
    for child, kind, start, days, pence, contract, standing, spell in rows:
        end = None if days is None else start + days
        source = PriceSource.CONTRACT if contract else PriceSource.LEDGER
        number = child * 10 + spell
        told = (f"{child}", KINDS[kind], start, end, pence or None, f"{number}", source)
        stretches.append(Stretch(*told, tally.STANDINGS[standing]))
        after = blocks.FOREVER if end is None else end
        columns.append((child, kind, start, after, pence, number, contract, standing))
    arrays = list(np.array(columns, np.int64).reshape(-1, 8).T)
    arrays[6] = arrays[6].astype(bool)
    return stretches, tally.Runs(*arrays)


@settings(max_examples=150)
@given(some_stretches)
def test_sums_over_arrays_are_the_sums_of_the_rules(rows):
    stretches, runs = in_both_ways(rows)
    pieces = tally.cut(runs, AS_AT.toordinal() + 1)
    found = tally.measure_each(pieces, KINDS, UNPAID)
    expected = measure_each(stretches, as_at=AS_AT, unpaid=UNPAID)
    assert found == {standing: cells for standing, cells in expected.items() if cells}
    young = [one for one in stretches if one.standing is Standing.LOOKED_AFTER]
    by_kind = tally.count(pieces, KINDS, pieces.runs.kind)
    for place, cell in measure_each(young, as_at=AS_AT).get(Standing.LOOKED_AFTER, {}).items():
        if place in by_kind:
            mine = by_kind.pop(place)
            assert (mine.children, mine.child_days, mine.sevenths, mine.at_year_end) == (
                cell.children, cell.child_days, cell.sevenths, cell.at_year_end,
            )  # fmt: skip
    assert by_kind == {}


@settings(max_examples=100)
@given(some_stretches)
def test_overlaps_over_arrays_are_those_of_the_rules(rows):
    rows = [(*row[:7], at) for at, row in enumerate(rows)]  # each a spell of its own
    stretches, runs = in_both_ways(rows)
    told = sorted(
        (one.one.child, one.start, one.days, *sorted((int(one.one.spell), int(one.other.spell))))
        for one in overlaps(stretches, as_at=AS_AT)
    )
    pairs = tally.overlaps(runs, AS_AT.toordinal() + 1, 1000)
    found = sorted(
        (f"{runs.child[one]}", start, days, *sorted((runs.spell[one], runs.spell[other])))
        for one, other, start, days in zip(pairs.one, pairs.other, pairs.start, pairs.days, strict=True)
    )  # fmt: skip
    assert found == told
    assert len(tally.overlaps(runs, AS_AT.toordinal() + 1, 1)) == min(len(told), 1)


# --- Files in pieces -------------------------------------------------------------------------

cells = st.sampled_from(["", " ", "a", "12", " x ", 'q"q', "two\nlines", "a,b", "é", "ends\r"])
tables = st.lists(st.lists(cells, min_size=0, max_size=4), max_size=8)


@settings(max_examples=150)
@given(
    tables,
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from([8, 64, 4096]),
    st.sampled_from([None, splitting.shared_columns]),
)
def test_a_file_in_pieces_is_the_file(tables, end, quoted, piece, split):
    import csv

    from portal import sheets

    out = io.StringIO()
    writer = csv.writer(
        out, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    )
    writer.writerows([["one", "two", "three"], *tables])
    content = out.getvalue().encode()
    expected = [(at, [*row, "", "", ""][:3]) for at, row in rows_of(io.BytesIO(content), _is_known)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "_PIECE", piece)
        patch.setattr(splitting, "SHORT", 0)
        table = streamed(io.BytesIO(content), _is_known, split=split)
        found = [(1, table.heading)]
        for some in table.chunks:
            rows = zip(*([cell.strip() for cell in column] for column in some.columns), strict=True)
            found += [(at, list(row)) for at, row in zip(some.lines, rows, strict=True)]
    assert found == expected


def _is_known(word):
    return word in {"one", "two", "three"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'one,two\n1,"2', "file:quotes"),
        (b"one,two\n1,\x00", "file:not-a-table"),
        (b" \n ", "file:empty"),
        (b"\xff\xfeo\x00n\xd8", "file:letters"),
        (b"%PDF-1.4", "file:not-a-table"),
    ],
)
def test_what_is_no_table_is_refused_in_pieces_too(content, code):
    with pytest.raises(FileRefused) as refusal:
        list(streamed(io.BytesIO(content), _is_known).chunks)
    assert refusal.value.code == code


# --- What was said before --------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 1)), max_size=12), max_size=8)
)
def test_what_is_said_again_is_found_over_chunks(chunks):
    twins, first, line = Twins(), {}, 0
    for chunk in chunks:
        lines = list(range(line, line + len(chunk)))
        line += len(chunk)
        abouts, says = [one for one, _ in chunk], [other for _, other in chunk]
        same, other, new = 0, {}, {}
        for at, (about, saying) in enumerate(chunk):
            if about not in first:
                first[about] = new[about] = (lines[at], saying)
            elif first[about][1] == saying:
                same += 1
            else:
                other[at] = first[about][0]
        told = twins.look(lines, [abouts], [abouts, says])
        assert (told.same, told.other) == (same, other)
        assert len(told.passed_over) == len(chunk) - len(new)


@settings(max_examples=150)
@given(st.lists(st.text("ab,; \t|'#%é\x0b\x1c\x85\u2028\ufeffNA-0.", max_size=12), max_size=6))
def test_cells_that_are_shared_are_the_cells(lines):
    piece, width = "\n".join(lines), lines[0].count(",") + 1 if lines else 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "SHORT", 0)
        shared = splitting.shared_columns(piece, ",", width)
    plain = columns_of(piece, ",", width)
    if shared is not None:  # else the lines are read with care
        assert shared == plain


def _as_workbook(rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def _as_text(rows, sign):
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return "\n".join(",".join(f"{sign}{cell}{sign}" for cell in row) for row in padded).encode()


@pytest.mark.parametrize("made", ["workbook", "plain", "quoted"])
@pytest.mark.parametrize(
    "titles", [[], ["Weekly costs"], ["Weekly costs", "", "Children's services"]]
)
def test_the_headings_stand_below_a_title(titles, made):
    rows = [*([title] for title in titles), ["one", "two", "three"], ["1", "2", "3"], ["4", "", ""]]
    forms = {
        "workbook": _as_workbook,
        "plain": lambda r: _as_text(r, ""),
        "quoted": lambda r: _as_text(r, '"'),
    }
    table = streamed(
        io.BytesIO(forms[made](rows)), _is_known, name="a.xlsx" if made == "workbook" else "a.csv"
    )
    assert table.heading == ["one", "two", "three"]
    (some,) = table.chunks
    assert [list(column) for column in some.columns] == [["1", "4"], ["2", ""], ["3", ""]]
    assert list(some.lines) == [len(titles) + 2, len(titles) + 3]


def test_a_file_with_one_column_has_its_heading_in_the_first_row():
    table = streamed(io.BytesIO(_as_workbook([["one"], ["1"]])), _is_known, name="a.xlsx")
    assert table.heading == ["one"]
