"""Rows about placements go when their time is over, and not while one of them is open."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from portal import audit, retention as house, settings
from portal.access import Viewer
from portal.costs.imports import actions, retention
from portal.costs.models import CostBlock, CostCell, CostImport, ImportStage, LedgerEntry
from portal.db import db
from tests.factories.placements import a_costing_council, a_ledger, bring_in

ENDED = "P1,4711007,Oak House,IFA,01/04/2018,01/06/2018,700.00"
OPEN = "P2,4711008,Oak House,IFA,01/04/2018,,700.00"
THAT_DAY, LATER = date(2018, 7, 1), datetime(2030, 5, 3, 9, tzinfo=UTC)
YEARS_AFTER = {"as_at": date(2026, 7, 1), "now": LATER}


@pytest.fixture
def luton(session):
    return a_costing_council()


def due_on(day):
    [kept] = retention.KEPT
    return [(one.ref, one.held) for one in kept.due(house.due_before(kept, day), 100)]


def number_of(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_file_is_due_seven_years_after_the_last_day_it_tells_of(luton):
    [one] = bring_in(luton, ("ledger.csv", a_ledger(ENDED)), as_at=THAT_DAY)
    assert due_on(date(2025, 7, 1)) == []
    assert due_on(date(2025, 7, 2)) == [(one.ref, "")]
    settings.change("keep_placements_months", 96)
    assert due_on(date(2025, 7, 2)) == []


def test_a_placement_that_was_to_end_later_counts_from_its_end(luton):
    row = ENDED.replace("01/06/2018", "01/06/2019")
    [one] = bring_in(luton, ("ledger.csv", a_ledger(row)), as_at=THAT_DAY)
    assert due_on(date(2026, 6, 1)) == []
    assert due_on(date(2026, 6, 2)) == [(one.ref, "")]


def test_a_file_with_an_open_placement_is_held_until_it_is_taken_back(luton):
    [one] = bring_in(luton, ("ledger.csv", a_ledger(ENDED, OPEN)), as_at=THAT_DAY)
    assert due_on(date(2027, 1, 1)) == [(one.ref, retention.STILL_OPEN)]
    actions.take_back(one, actor=Viewer.system(), now=LATER)
    db.session.commit()
    ended = OPEN.replace("01/04/2018,,", "01/04/2018,01/06/2018,")
    [anew] = bring_in(luton, ("ledger.csv", a_ledger(ENDED, ended)), as_at=THAT_DAY)
    assert due_on(date(2027, 1, 1)) == [(anew.ref, "")]


def test_a_birth_month_stays_with_the_placements_of_its_child(luton):
    episodes = "child,decom,dec,ls,place,place_provider\n4711007,01/04/2018,01/06/2018,C2,U1,PR4\n"
    headers = "child,dob\n4711007,01/05/2004\n"
    files = bring_in(luton, ("e.csv", episodes), ("h.csv", headers), as_at=THAT_DAY)
    held = dict(due_on(date(2027, 1, 1)))
    assert held == {files[0].ref: "", files[1].ref: retention.STILL_PLACED}
    retention.let_placements_go([files[0].ref], LATER)
    db.session.commit()
    assert due_on(date(2027, 1, 1)) == [(files[1].ref, "")]


def test_rows_and_the_figures_counted_from_them_go_and_the_file_is_remembered(luton):
    [old] = bring_in(luton, ("ledger.csv", a_ledger(ENDED)), as_at=THAT_DAY)
    new = "P3,4711009,Elm House,IFA,01/04/2026,01/05/2026,900.00"
    bring_in(luton, ("new.csv", a_ledger(new)), **YEARS_AFTER)
    ref, sha256 = old.ref, old.sha256
    erased = retention.let_placements_go([ref], LATER)
    db.session.commit()
    db.session.expire_all()
    assert (erased.number, erased.rows["ledger_entry"]) == (1, 1)
    assert [one.placement_ref for one in db.session.scalars(select(LedgerEntry))] == ["P3"]
    assert number_of(CostBlock) == 1
    assert {one.year for one in db.session.scalars(select(CostCell))} == {2026}
    left = db.session.scalars(select(CostImport).where(CostImport.ref == ref)).one()
    assert (left.sha256, left.accepted, left.stage) == (sha256, 1, ImportStage.TAKEN_BACK)
    assert not list(audit.verify())
    assert retention.let_placements_go([ref], LATER).number == 0
    assert due_on(date(2027, 1, 1)) == []


def test_the_house_knows_the_class(app, session):
    assert {"placements", "visits"} <= set(house.classes())
