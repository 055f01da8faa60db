"""What a file of Ofsted's outcomes would change, and what in it is refused or passed over."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.ofsted import Outcome, OutcomeScale
from scoring.ofsted_import import Change, FileRow, Known, is_downgrade, judge, read_outcome
from scoring.rules import RuleBroken

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
HOMES = OutcomeScale(
    "homes",
    "Outcomes",
    "supported-accommodation",
    tuple(
        Outcome(value, label, position)
        for value, label, position in [
            ("registered", "Registered, not yet inspected", None),
            ("1", "Outcome 1", 1),
            ("2", "Outcome 2", 2),
            ("3", "Outcome 3", 3),
        ]
    ),
    ("registered", "1", "2"),
)
FOSTERING = OutcomeScale(
    "fostering",
    "Grades",
    "fostering",
    tuple(
        Outcome(value, label, position)
        for value, label, position in [
            ("registered", "Registered, not yet inspected", None),
            ("outstanding", "Outstanding", 1),
            ("good", "Good", 2),
            ("requires-improvement", "Requires improvement to be good", 3),
            ("inadequate", "Inadequate", 4),
        ]
    ),
    ("outstanding", "good"),
)
KNOWN = {
    "100": Known("100", "2", TODAY - 400 * DAY),
    "200": Known("200", "registered", None),
}


@pytest.mark.parametrize(
    ("text", "scale", "value"),
    [
        ("Outcome 1", HOMES, "1"),
        ("3", HOMES, "3"),
        ("Inconsistent quality of experiences and progress", HOMES, "2"),
        ("Serious or widespread weaknesses", HOMES, "3"),
        ("Consistently strong service delivery", HOMES, "1"),
        ("NULL", HOMES, "registered"),
        ("", FOSTERING, "registered"),
        ("GOOD", FOSTERING, "good"),
        ("Requires improvement", FOSTERING, "requires-improvement"),
    ],
)
def test_an_outcome_is_read_however_the_release_writes_it(text, scale, value):
    assert read_outcome(text, scale) == value


@pytest.mark.parametrize(("text", "scale"), [("Good", HOMES), ("4", FOSTERING), ("?!x", HOMES)])
def test_an_outcome_of_another_scale_is_refused(text, scale):
    with pytest.raises(RuleBroken, match="none of Ofsted's outcomes"):
        read_outcome(text, scale)


def row(urn="100", outcome="3", ago=10, line=2):
    return FileRow(line, urn, outcome, None if ago is None else TODAY - ago * DAY)


def test_a_newer_inspection_changes_what_is_on_record():
    judged = judge([row(), row("999", line=3)], KNOWN, HOMES, TODAY)
    assert judged.changes == [
        Change(2, "100", "2", "3", TODAY - 400 * DAY, TODAY - 10 * DAY),
    ]
    assert (judged.others, judged.refused) == (1, [])


def test_what_is_on_record_already_changes_nothing():
    judged = judge([row(outcome="2", ago=400), row("200", "", None, 3)], KNOWN, HOMES, TODAY)
    assert (judged.same, judged.changes) == (2, [])


@pytest.mark.parametrize("row_of", [row(outcome="1", ago=500), row(outcome="", ago=None)])
def test_an_older_file_undoes_nothing(row_of):
    judged = judge([row_of], KNOWN, HOMES, TODAY)
    assert (judged.older, judged.changes) == (1, [])


@pytest.mark.parametrize(
    ("row_of", "field"),
    [
        (row(outcome="Good"), "outcome"),
        (row(ago=None), "inspected_on"),
        (row(ago=-1), "inspected_on"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_line_and_column(row_of, field):
    judged = judge([row_of], KNOWN, HOMES, TODAY)
    assert [(one.line, one.field) for one in judged.refused] == [(2, field)]
    assert judged.changes == []


def test_of_several_rows_the_last_inspection_counts():
    judged = judge([row(), row(outcome="1", ago=200, line=3)], KNOWN, HOMES, TODAY)
    assert [one.after for one in judged.changes] == ["3"]


def test_two_outcomes_of_one_inspection_are_refused():
    judged = judge([row(), row(outcome="1", line=3)], KNOWN, HOMES, TODAY)
    assert [one.line for one in judged.refused] == [3]


@pytest.mark.parametrize(
    ("before", "after", "scale", "down"),
    [
        ("1", "2", HOMES, True),
        ("2", "3", HOMES, True),
        ("3", "2", HOMES, False),
        ("registered", "2", HOMES, False),
        ("registered", "3", HOMES, True),
        ("3", "3", HOMES, False),
        ("good", "requires-improvement", FOSTERING, True),
        ("outstanding", "good", FOSTERING, True),
        ("inadequate", "requires-improvement", FOSTERING, True),
        ("registered", "good", FOSTERING, False),
        ("good", "registered", FOSTERING, False),
    ],
)
def test_what_a_commissioner_must_decide(before, after, scale, down):
    assert is_downgrade(before, after, scale) is down


rows = st.lists(
    st.builds(
        row,
        st.sampled_from(["100", "200", "300"]),
        st.sampled_from(["1", "2", "3", "", "Good"]),
        st.one_of(st.none(), st.integers(-5, 900)),
        st.integers(2, 99),
    ),
    max_size=12,
)


@given(rows)
def test_the_same_file_twice_changes_nothing_the_second_time(told):
    first = judge(told, KNOWN, HOMES, TODAY)
    after = KNOWN | {one.urn: Known(one.urn, one.after, one.inspected_on) for one in first.changes}
    assert judge(told, after, HOMES, TODAY).changes == []
