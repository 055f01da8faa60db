"""Which version of a document counts, and when a document stops placements."""

from datetime import date, timedelta

import pytest

from scoring.documents import DocumentFacts, DocumentState, standing, stops_placements
from scoring.placing import check_exception
from scoring.rules import RuleBroken
from scoring.stages import CheckStage, ScanStage

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
CLEAN, INFECTED = ScanStage.CLEAN, ScanStage.INFECTED


def version(check, days=200, scan=CLEAN):
    return DocumentFacts(scan, check, TODAY + days * DAY)


ACCEPTED = version(CheckStage.ACCEPTED)
ENDED = version(CheckStage.ACCEPTED, -1)
WAITING = version(CheckStage.WAITING)
REJECTED = version(CheckStage.REJECTED)
SICK = version(CheckStage.WAITING, scan=INFECTED)


@pytest.mark.parametrize(
    ("versions", "counts", "newer", "state"),
    [
        ([], None, None, DocumentState.MISSING),
        ([WAITING], 0, None, DocumentState.WAITING_FOR_CHECK),
        ([ACCEPTED, WAITING], 0, 1, DocumentState.ACCEPTED),
        ([ACCEPTED, REJECTED], 0, 1, DocumentState.ACCEPTED),
        ([ACCEPTED, ACCEPTED], 1, None, DocumentState.ACCEPTED),
        ([ENDED, WAITING], 1, None, DocumentState.WAITING_FOR_CHECK),
        ([ENDED, REJECTED], 1, None, DocumentState.REJECTED),
        ([ACCEPTED, WAITING, SICK], 0, 2, DocumentState.ACCEPTED),
        ([ACCEPTED, ENDED], 0, 1, DocumentState.ACCEPTED),
    ],
)
def test_the_newest_that_holds_counts(versions, counts, newer, state):
    found = standing(versions, TODAY)
    assert (found.counts, found.newer, found.state) == (counts, newer, state)


@pytest.mark.parametrize(
    ("versions", "stops"),
    [
        ([], False),
        ([WAITING], False),
        ([ACCEPTED], False),
        ([ENDED], True),
        ([ENDED, WAITING], True),
        ([ACCEPTED, REJECTED], False),
        ([REJECTED], True),
        ([SICK], True),
    ],
)
def test_what_ran_out_stops_placements_until_another_is_accepted(versions, stops):
    assert stops_placements(versions, TODAY) is stops


WHY = "Gas engineer visited today and found it safe"


def test_a_document_holds_to_the_end_of_its_last_day():
    last = version(CheckStage.ACCEPTED, 0)
    assert not stops_placements([last], TODAY)
    assert stops_placements([last], TODAY + DAY)


@pytest.mark.parametrize(
    ("reason", "days", "code"),
    [
        ("Because we must", 10, "exception:no-reason"),
        (". . . . . . .", 10, "exception:no-reason"),
        (WHY, -1, "exception:ended"),
        (WHY, 91, "exception:too-long"),
    ],
)
def test_an_exception_without_a_reason_or_an_end_is_refused(reason, days, code):
    with pytest.raises(RuleBroken) as refused:
        check_exception(reason, TODAY + days * DAY, TODAY, 90)
    assert refused.value.code == code


@pytest.mark.parametrize("days", [0, 90])
def test_an_exception_lasts_from_a_day_to_the_most(days):
    check_exception(WHY, TODAY + days * DAY, TODAY, 90)
