"""What was written in a KPI return goes when its time is over; the figures stay, and so does the trail."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import audit, retention as house, settings
from portal.contracts.models import ListMembership
from portal.db import db
from portal.documents.actions import StagedFile
from portal.documents.models import Document, StoredFile
from portal.kpis import actions_checking, actions_returns, retention
from portal.kpis.models_returns import KpiEvidence
from tests.factories.kpis import AFTER, a_commissioner, a_plan, a_submitted, returns_of
from tests.factories.providers import a_provider, an_administering_viewer

SAID = ("We were short of staff.", "Why so few?", "Two people left.")


@pytest.fixture
def told(session):
    """A return with a comment, a file, a question and its answer."""
    oak = a_provider("Oak House")
    ada = an_administering_viewer(oak)
    one = returns_of(a_plan(oak, now=AFTER))[0]
    act = {"actor": ada, "now": AFTER}
    file = StagedFile("a" * 64, 12, "application/pdf", "rota.pdf")
    actions_returns.add_evidence(one, file, **act)
    a_submitted(one, ada)
    one.figures[0].comment = SAID[0]
    actions_checking.query(one, SAID[1], actor=a_commissioner(), now=AFTER)
    actions_returns.submit(one, SAID[2], **act)
    db.session.commit()
    return one


def over(told):
    """The contract is over and its own words are gone."""
    for place in db.session.scalars(select(ListMembership)):
        place.let_go_at = AFTER
    db.session.flush()


def due_on(day):
    [kept] = retention.KEPT
    return [(one.ref, one.held) for one in kept.due(house.due_before(kept, day), 100)]


def test_a_return_is_due_six_years_after_its_period_and_waits_for_its_place(told):
    last = told.period_ends_on
    same_day = date(last.year + 6, last.month, min(last.day, 28))
    assert told.ref not in dict(due_on(same_day))
    later = same_day + timedelta(days=5)
    assert dict(due_on(later))[told.ref] == retention.STILL_THERE
    over(told)
    assert dict(due_on(later))[told.ref] == ""
    settings.change("keep_kpi_returns_months", 84)
    assert told.ref not in dict(due_on(later))


def test_words_and_files_go_and_the_figures_stay(told):
    over(told)
    figures = [(one.kpi_key, one.numerator_hundredths) for one in told.figures]
    erased = retention.let_returns_go([told.ref], AFTER)
    db.session.commit()
    db.session.expire_all()
    assert erased.number == 1
    assert erased.files == {("documents", "a" * 64)}
    assert [(one.kpi_key, one.numerator_hundredths) for one in told.figures] == figures
    left = [told.figures[0].comment, told.queries[0].text, told.queries[0].answer]
    assert not set(SAID) & set(left)
    for model in (KpiEvidence, Document, StoredFile):
        assert db.session.scalars(select(model)).all() == []
    assert told.let_go_at == AFTER
    assert not list(audit.verify())
    assert retention.let_returns_go([told.ref], AFTER).number == 0
