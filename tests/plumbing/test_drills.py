"""A drill notices what is lost: the book that those who act keep, held against what is there."""

from datetime import UTC, datetime, timedelta

import pytest

from drills.deadline import Press, wrongs
from drills.ledger import Ledger

PLACE = "answer APP-1 quality"


@pytest.fixture
def book():
    return Ledger()


def saved(book, *texts):
    for text in texts:
        book.was_saved(PLACE, book.writes(PLACE, text))


def test_the_last_saved_text_must_be_there(book):
    saved(book, "first", "second")
    assert book.losses({PLACE: "second"}, []) == []
    assert book.losses({PLACE: "first"}, []) == [
        f"{PLACE}: “second” was saved, and “first” is there"
    ]
    assert book.losses({}, []) == [f"{PLACE}: “second” was saved, and “None” is there"]


def test_a_text_that_was_never_answered_may_be_there_or_not(book):
    saved(book, "first")
    book.writes(PLACE, "second")
    assert book.losses({PLACE: "first"}, []) == []
    assert book.losses({PLACE: "second"}, []) == []
    assert len(book.losses({PLACE: "half of the sec"}, [])) == 1


def test_a_text_that_nobody_saw_saved_need_not_be_there(book):
    book.writes(PLACE, "first")
    assert book.losses({}, []) == []


def test_what_was_taken_must_be_there_once(book):
    book.sends("submission APP-1")
    book.was_taken("submission APP-1")
    assert book.losses({}, ["submission APP-1"]) == []
    assert book.losses({}, []) == ["submission APP-1 was taken, and is not there"]
    assert book.losses({}, ["submission APP-1"] * 2) == ["submission APP-1 is there 2 times"]


def test_what_was_not_answered_may_be_missing_but_not_doubled(book):
    book.sends("file abc")
    assert book.losses({}, []) == []
    assert book.losses({}, ["file abc"] * 2) == ["file abc is there 2 times"]


def test_what_was_acknowledged_is_counted_by_kind(book):
    saved(book, "first", "second")
    book.sends("file abc")
    book.sends("file def")
    book.was_taken("file abc")
    assert book.acknowledged == {"answer": 2, "file": 1}


ENDS = datetime(2027, 2, 15, 12, tzinfo=UTC)


def pressed(seconds, status=302):
    return Press("APP-1", ENDS + timedelta(seconds=seconds), status)


@pytest.mark.parametrize(
    ("press", "received", "wrong"),
    [
        (pressed(-60), -59.9, ""),
        (pressed(-60, 409), None, "APP-1 pressed in time and was answered 409"),
        (pressed(0.2, 409), None, ""),
        (pressed(0.2), -0.1, ""),
        (pressed(5, 409), None, ""),
        (pressed(5), -1, "APP-1 pressed too late and is in"),
        (pressed(-0.1), 0.1, "APP-1 is stored as received after the deadline"),
    ],
)
def test_a_deadline_is_the_same_for_everybody(press, received, wrong):
    stored = {} if received is None else {"APP-1": ENDS + timedelta(seconds=received)}
    assert list(wrongs([press], ENDS, stored)) == ([wrong] if wrong else [])
