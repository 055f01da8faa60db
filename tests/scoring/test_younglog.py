"""Time and money of Young Commissioners: exact, and refused where it cannot be."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.rules import RuleBroken
from scoring.younglog import EntryKind, Line, Totals, check_entry, hours_words, totals

TODAY = date(2026, 11, 22)
LINES = st.builds(
    lambda kind, amount, paid: Line(
        kind,
        amount if kind is EntryKind.TIME else 0,
        0 if kind is EntryKind.TIME else amount,
        paid,
    ),
    st.sampled_from(EntryKind),
    st.integers(1, 700),
    st.booleans(),
)


@given(st.lists(LINES))
def test_totals_lose_nothing(lines):
    found = totals(lines)
    assert found.minutes == sum(line.minutes for line in lines)
    money = sum(line.pence for line in lines)
    assert found.expenses_pence + found.vouchers_pence == money
    assert found.unpaid_pence == sum(line.pence for line in lines if not line.paid)


@given(st.lists(LINES), st.lists(LINES))
def test_totals_add_up(some, more):
    one, two, both = totals(some), totals(more), totals(some + more)
    assert both.minutes == one.minutes + two.minutes
    assert both.unpaid_pence == one.unpaid_pence + two.unpaid_pence


def test_nothing_is_nothing():
    assert totals([]) == Totals()


@pytest.mark.parametrize(
    ("kind", "minutes", "pence", "code"),
    [
        (EntryKind.TIME, 0, 0, "young-log:minutes"),
        (EntryKind.TIME, 721, 0, "young-log:minutes"),
        (EntryKind.TIME, 30, 5, "young-log:minutes"),
        (EntryKind.EXPENSE, 0, 0, "young-log:amount"),
        (EntryKind.VOUCHER, 0, 50_001, "young-log:amount"),
        (EntryKind.VOUCHER, 10, 500, "young-log:amount"),
    ],
)
def test_what_cannot_be_is_refused(kind, minutes, pence, code):
    with pytest.raises(RuleBroken) as broken:
        check_entry(kind, minutes, pence, TODAY, TODAY)
    assert broken.value.code == code


def test_nothing_is_written_down_for_tomorrow():
    check_entry(EntryKind.TIME, 90, 0, TODAY, TODAY)
    with pytest.raises(RuleBroken) as broken:
        check_entry(EntryKind.TIME, 90, 0, TODAY + timedelta(days=1), TODAY)
    assert broken.value.code == "young-log:future"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "none"), (45, "45 minutes"), (60, "1 hour"), (121, "2 hours 1 minute")],
)
def test_hours_in_words(minutes, words):
    assert hours_words(minutes) == words
