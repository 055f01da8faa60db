from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.eligibility import (
    HOLDS,
    MAY_BE_SUBMITTED,
    DocumentFacts,
    DocumentState,
    days_left,
    document_state,
    expiry_warning,
    warnings_due,
)
from scoring.stages import CheckStage, ScanStage

TODAY = date(2026, 11, 22)
LONG = date(2030, 1, 1)
PAST = TODAY - timedelta(days=1)


def state(scan="clean", check="accepted", until=LONG, on=TODAY):
    return document_state(DocumentFacts(ScanStage(scan), CheckStage(check), until), on)


@pytest.mark.parametrize(
    ("scan", "check", "until", "expected"),
    [
        ("waiting", "waiting", LONG, DocumentState.WAITING_FOR_SCAN),
        ("infected", "accepted", LONG, DocumentState.INFECTED),
        ("infected", "waiting", PAST, DocumentState.INFECTED),
        ("clean", "waiting", LONG, DocumentState.WAITING_FOR_CHECK),
        ("clean", "waiting", None, DocumentState.WAITING_FOR_CHECK),
        ("clean", "accepted", LONG, DocumentState.ACCEPTED),
        ("clean", "accepted", None, DocumentState.ACCEPTED),
        ("clean", "rejected", LONG, DocumentState.REJECTED),
        ("clean", "rejected", PAST, DocumentState.REJECTED),
        ("clean", "accepted", PAST, DocumentState.EXPIRED),
        ("clean", "waiting", PAST, DocumentState.EXPIRED),
    ],
)
def test_the_state_follows_from_the_facts(scan, check, until, expected):
    assert state(scan, check, until) is expected


def test_no_document_is_missing():
    assert document_state(None, TODAY) is DocumentState.MISSING


def test_it_is_valid_to_the_end_of_its_last_day():
    assert state(until=TODAY) is DocumentState.EXPIRING
    assert state(until=TODAY, on=TODAY + timedelta(days=1)) is DocumentState.EXPIRED


@pytest.mark.parametrize(
    ("left", "warning"),
    [(61, None), (60, 60), (31, 60), (30, 30), (15, 30), (14, 14), (0, 14), (-1, None)],
)
def test_it_warns_at_60_30_and_14_days(left, warning):
    until = TODAY + timedelta(days=left)
    assert days_left(until, TODAY) == left
    assert expiry_warning(until, TODAY) == warning
    assert (state(until=until) is DocumentState.EXPIRING) == (warning is not None)


def test_other_warnings_can_be_set():
    facts = DocumentFacts(ScanStage.CLEAN, CheckStage.ACCEPTED, TODAY + timedelta(days=80))
    assert document_state(facts, TODAY, warning_days=(90,)) is DocumentState.EXPIRING
    assert document_state(facts, TODAY, warning_days=()) is DocumentState.ACCEPTED


def test_each_warning_has_its_day():
    assert warnings_due(date(2027, 3, 3)) == (
        (60, date(2027, 1, 2)),
        (30, date(2027, 2, 1)),
        (14, date(2027, 2, 17)),
    )


def test_a_slow_scanner_does_not_stop_a_submission_and_a_virus_does():
    assert DocumentState.WAITING_FOR_SCAN in MAY_BE_SUBMITTED
    assert {DocumentState.ACCEPTED, DocumentState.EXPIRING} == HOLDS
    assert not MAY_BE_SUBMITTED & {
        DocumentState.MISSING, DocumentState.INFECTED, DocumentState.REJECTED, DocumentState.EXPIRED,
    }  # fmt: skip


@given(st.sampled_from(ScanStage), st.sampled_from(CheckStage), st.dates(), st.dates())
def test_what_holds_is_clean_accepted_and_valid(scan, check, until, on):
    holds = document_state(DocumentFacts(scan, check, until), on) in HOLDS
    assert holds == (scan is ScanStage.CLEAN and check is CheckStage.ACCEPTED and on <= until)
