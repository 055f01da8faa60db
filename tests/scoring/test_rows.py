"""Answers with rows: what can be read, what must be there, and what is said of each cell."""

import contextlib

import pytest
from hypothesis import given, strategies as st

from scoring.answers import check_answer, parse_answer
from scoring.canonical import canonical_json
from scoring.rows import CellsRefused, read_postcode
from scoring.rules import RuleBroken

STAFF = {
    "key": "staff",
    "kind": "table",
    "most_rows": 3,
    "columns": [
        {"key": "job", "label": "Job", "kind": "text", "required": True},
        {"key": "people", "label": "People", "kind": "whole", "required": True},
        {"key": "pay", "label": "Pay", "kind": "money", "required": False},
        {"key": "since", "label": "Since", "kind": "date", "required": False},
        {
            "key": "shift",
            "label": "Shift",
            "kind": "one-of",
            "required": False,
            "options": [{"value": "day", "label": "Day"}, {"value": "night", "label": "Night"}],
        },
    ],
}
HOMES = {"key": "homes", "kind": "settings"}
HOME = {
    "name": "Elm",
    "address": "1 High Street",
    "postcode": "lu1 2bq",
    "places": "4",
    "opened": "1/3/2023",
}


def test_rows_are_kept_cell_by_cell_in_the_form_of_their_kind():
    typed = {"job": " Support  worker ", "people": "1,204", "pay": "£12.50", "since": "1 3 2024"}
    assert parse_answer(STAFF, [typed | {"shift": "night", "other": "x"}]) == [
        {
            "job": "Support worker",
            "people": "1204",
            "pay": 1250,
            "since": "2024-03-01",
            "shift": "night",
        }
    ]


@pytest.mark.parametrize("raw", [None, "", [], [{}], [{"job": " ", "people": ""}, {}]])
def test_rows_with_nothing_in_them_are_no_answer(raw):
    assert parse_answer(STAFF, raw) is None


def test_every_cell_that_cannot_be_read_is_named_and_none_is_taken():
    typed = [{"job": "Cook", "people": "two"}, {}, {"job": "Manager", "since": "31/2/2024"}]
    with pytest.raises(CellsRefused) as refused:
        parse_answer(STAFF, typed)
    assert refused.value.code == "answer:cells"
    assert set(refused.value.cells) == {(0, "people"), (1, "since")}  # as the rows are shown again
    assert "Row 1, People: Enter a whole number" in refused.value.message
    assert "Row 2, Since: Enter a real date" in refused.value.message


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("words", "answer:unknown-kind"),
        (["words"], "answer:unknown-kind"),
        ([{"job": "A"}] * 4, "answer:too-many-rows"),
        ([{"shift": "noon"}], "answer:cells"),
        ([{"people": "-1"}], "answer:cells"),
        ([{"people": "1.5"}], "answer:cells"),
        ([{"job": "x" * 201}], "answer:cells"),
        ([{"job": ["a", "b"]}], "answer:cells"),
    ],
)
def test_what_is_no_row_is_refused(typed, code):
    with pytest.raises(RuleBroken) as refused:
        parse_answer(STAFF, typed)
    assert refused.value.code == code


def test_a_half_filled_row_is_saved_and_cannot_be_submitted():
    value = parse_answer(STAFF, [{"job": "Cook"}, {"people": "2"}])
    with pytest.raises(CellsRefused) as refused:
        check_answer(STAFF, value)
    assert refused.value.code == "answer:cell-missing"
    assert set(refused.value.cells) == {(0, "people"), (1, "job")}


def test_fewer_rows_than_the_round_wants_cannot_be_submitted():
    with pytest.raises(RuleBroken, match="Fill in 2 rows or more"):
        check_answer({**STAFF, "least_rows": 2}, [{"job": "Cook", "people": "1"}])


def test_a_home_has_its_address_whatever_the_round_adds():
    question = {**HOMES, "columns": [{"key": "lift", "label": "Lift", "kind": "yes-no"}]}
    [home] = parse_answer(question, [HOME | {"lift": "no"}])
    assert (home["postcode"], home["opened"], home["lift"]) == ("LU1 2BQ", "2023-03-01", "no")
    check_answer(question, [home])


@pytest.mark.parametrize("text", ["lu12bq", "LU1 2BQ", " Lu1-2bq "])
def test_a_postcode_is_written_as_the_post_office_does(text):
    assert read_postcode(text, "postcode") == "LU1 2BQ"


@pytest.mark.parametrize("text", ["Luton", "LU1", "LU1 2B", "1LU 2BQ", "LU1 2BQ, Luton"])
def test_what_is_no_postcode_is_refused(text):
    with pytest.raises(RuleBroken):
        read_postcode(text, "postcode")


cells = st.sampled_from(["", " ", "Cook", "3", "12.50", "1/3/2024", "day", "=1+1", "\x00"])
NAMES = {"job", "people", "pay", "since", "shift"}
rows = st.lists(
    st.dictionaries(st.sampled_from(["job", "people", "pay", "since", "shift", "x"]), cells),
    max_size=4,
)


@given(rows)
def test_whatever_is_typed_is_read_into_known_cells_or_refused_by_name(typed):
    with contextlib.suppress(RuleBroken):
        value = parse_answer(STAFF, typed)
        canonical_json(value)
        assert all(row and set(row) <= NAMES for row in value or [])
