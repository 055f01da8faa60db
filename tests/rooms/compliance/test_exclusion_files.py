"""The files that come with an answer, and what the authority is told of an exclusion."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import mail, queue
from portal.access import Viewer
from portal.applications.exclusions import (
    actions,
    actions_files as files,
    actions_notices as notices,
    due as due_exclusions,
    jobs as jobs_exclusions,
    queries as queries_exclusions,
)
from portal.applications.exclusions.actions import Charge
from portal.db import db
from portal.documents.actions import record_scan
from portal.rounds.models import Regime
from scoring.exclusion import About
from scoring.exclusion_notices import Occasion
from tests.factories.bids import administrator_of, an_opened_bid
from tests.factories.documents import a_staged_file
from tests.factories.people import viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import AFTER_OPENING, an_officer
from tests.rooms.compliance.excluding import (
    AFTER,
    excluded,
    first,
    looked_up,
    opened,
    proposed,
    refusal,
    second,
)


@pytest.fixture
def bid(session):
    return an_opened_bid(["1A", "2A"], regime=Regime.PA_2023_LIGHT_TOUCH)


# --- Its files, and what the authority is told ----------------------------------------------------


def test_files_come_with_the_answer_and_not_before(bid):
    exclusion, ada = opened(bid), administrator_of(bid.provider)
    told = {"received_at": AFTER_OPENING, "actor": ada, "now": AFTER_OPENING}
    plan, bad = a_staged_file("plan.pdf", "Training"), a_staged_file("bad.pdf", "Bad")
    given = files.give_file(exclusion, plan, **told)
    assert files.give_file(exclusion, plan, **told) is given
    infected = files.give_file(exclusion, bad, **told)
    record_scan(infected.version.file, infected=True, actor=Viewer.system(), now=AFTER_OPENING)
    with pytest.raises(NotFound):
        queries_exclusions.file_of_answer(bid, given.version.ref)
    answer = lambda: actions.answer(exclusion, "We trained everybody.", **told)  # noqa: E731
    assert refusal(answer) == "exclusion:infected"
    files.take_file_out(exclusion, infected.version.ref, **told)
    answer()
    assert queries_exclusions.file_of_answer(bid, given.version.ref) is given.version
    assert refusal(lambda: files.give_file(exclusion, bad, **told)) == "exclusion:answer-refused"
    assert refusal(lambda: files.take_file_out(exclusion, given.version.ref, **told)) == (
        "exclusion:answer-refused"
    )
    assert given.version.document.bound_to == bid.ref


def test_only_the_supplier_gives_files_and_only_so_many(bid, monkeypatch):
    exclusion, ada = opened(bid), administrator_of(bid.provider)
    told = {"received_at": AFTER_OPENING, "now": AFTER_OPENING}
    plan = a_staged_file("plan.pdf", "Training")
    for stranger in (first(), viewer(a_provider_admin(a_provider("Elm House")))):
        assert refusal(lambda by=stranger: files.give_file(exclusion, plan, actor=by, **told)) == (
            "exclusion:answer-refused"
        )
    monkeypatch.setattr(files, "MOST_FILES", 0)
    assert refusal(lambda: files.give_file(exclusion, plan, actor=ada, **told)) == (
        "exclusion:too-many-files"
    )


def told_on(notice, day, *, by=None, **more):
    words = {"told": "The Cabinet Office", **more}
    now = datetime.combine(day, time(12), tzinfo=UTC)
    notices.settle(notice, given_on=day, actor=by or first(), now=now, **words)


def test_the_authority_is_told_of_an_exclusion_within_thirty_days(app, bid):
    exclusion = excluded(bid)
    (owed,) = exclusion.notices
    assert (owed.occasion, owed.happened_on) == (Occasion.EXCLUDED, AFTER.date())
    assert owed.last_day == AFTER.date() + timedelta(days=29)
    jobs = db.session.scalars(
        select(queue.Job).where(queue.Job.kind == notices.NOTIFY_JOB).order_by(queue.Job.due_at)
    ).all()
    assert [(owed.last_day - one.due_at.date()).days for one in jobs] == [14, 5, 1]
    with app.test_request_context():
        due = [one for one in due_exclusions.due(first(), AFTER) if "authority" in one.title]
        assert not list(due_exclusions.due(an_officer("hertfordshire"), AFTER))
    assert [one.due_at.date() for one in due] == [owed.last_day]
    db.session.query(mail.Mail).delete()
    jobs_exclusions.remind_to_notify(jobs[0], AFTER)
    (sent,) = {one.body for one in db.session.query(mail.Mail)}
    assert bid.provider.name not in sent
    late = owed.last_day + timedelta(days=1)
    assert refusal(lambda: told_on(owed, late, by=an_officer("hertfordshire"))) == (
        "exclusion:not-allowed"
    )
    assert refusal(lambda: told_on(owed, late, told=" ")) == "exclusion:told-nobody"
    early = AFTER.date() - timedelta(days=1)
    assert refusal(lambda: told_on(owed, early)) == "exclusion:before-decision"
    told_on(owed, late)
    assert owed.was_late  # and is kept all the same
    assert refusal(lambda: told_on(owed, late)) == "exclusion:settled"
    db.session.query(mail.Mail).delete()
    jobs_exclusions.remind_to_notify(jobs[1], AFTER)
    assert not db.session.query(mail.Mail).count()


def test_it_is_told_who_was_replaced_and_what_a_court_does(bid):
    person = Charge("tax", About.SUBCONTRACTOR, "Northern Repairs", date(2026, 5, 4), "Declared.")
    exclusion = opened(bid, person)
    looked_up(bid)
    ids = {one.id for one in exclusion.grounds}
    proposed(exclusion, exclude=False, may_recur=True, replaced=ids)
    court = {"actor": first(), "now": AFTER + timedelta(days=9)}
    day = (AFTER + timedelta(days=8)).date()
    act = lambda what: notices.record_proceedings(exclusion, what, day, **court)  # noqa: E731
    assert refusal(lambda: act(Occasion.BEGUN)) == "exclusion:nothing-decided"
    actions.confirm(exclusion, actor=second(), now=AFTER)
    assert [one.occasion for one in exclusion.notices] == [Occasion.REPLACED]
    assert refusal(lambda: act(Occasion.OUTCOME)) == "exclusion:not-begun"
    assert refusal(lambda: act(Occasion.EXCLUDED)) == "exclusion:not-of-court"
    act(Occasion.BEGUN)
    assert refusal(lambda: act(Occasion.BEGUN)) == "exclusion:known"
    act(Occasion.OUTCOME)
    outcome = exclusion.notices[-1]
    assert refusal(lambda: notices.settle(outcome, given_on=None, **court)) == (
        "exclusion:no-reason"
    )
    notices.settle(outcome, given_on=None, not_needed="The authority was a party.", **court)
    assert not outcome.is_owed


def test_the_law_of_2015_asks_for_no_notice(session):
    bid = an_opened_bid(["1A"], regime=Regime.PCR_2015_LIGHT_TOUCH)
    exclusion = opened(bid)
    proposed(exclusion)
    actions.confirm(exclusion, actor=second(), now=AFTER)
    assert exclusion.notices == []
