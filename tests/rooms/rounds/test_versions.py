"""A published round changes by a new version only: who may, until when, what, and who is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import queue
from portal.access import Role
from portal.audit import AuditEntry
from portal.db import db
from portal.rounds import actions, actions_versions, parts_edit, queries, queries_versions, signals
from portal.rounds.abouts import abouts
from portal.rounds.models import Regime, Round
from portal.rounds.models_versions import RoundVersion
from scoring.differences import Change, Part
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from scoring.uplifts import UpliftRule
from tests.factories.people import viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import DEADLINE, NOTICE, PREPARED, a_round, an_officer
from tests.factories.versions import LATER, REVISED, a_version, publish_version, reword


@pytest.fixture
def bid_round(session):
    return a_round()


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def changed(bid_round, **words):
    draft = a_version(bid_round)
    reword(draft, "safeguarding", **(words or {"hint": "Name the person who leads."}))
    return publish_version(draft)


def test_a_version_takes_over_what_was_prepared(bid_round):
    before = bid_round.question_set
    version = changed(bid_round)
    assert (version.number, bid_round.version) == (2, 2)
    assert bid_round.question_set.ref != before.ref
    (one,) = version.changes
    assert (one.part, one.key, one.change) == (Part.QUESTIONS, "safeguarding", Change.CHANGED)
    assert one.lines[0].after == "Name the person who leads."
    assert before.body != bid_round.question_set.body  # what was answered is kept for ever


def test_what_is_prepared_is_seen_by_nobody_outside(bid_round):
    draft = a_version(bid_round)
    partner, outsider = an_officer("bedford-borough"), an_officer("hertfordshire")
    ada = viewer(a_provider_admin(a_provider("Oak House")))
    assert queries.own_round(draft.ref, partner) is draft
    for stranger in (outsider, ada):
        with pytest.raises(NotFound):
            queries.round_by_ref(draft.ref, stranger)
    listed = queries.rounds_for(an_officer(), now=LATER).items
    assert [one.ref for one in listed] == [bid_round.ref]
    assert queries.rounds_to_copy(an_officer()) == [bid_round]


def test_there_is_one_version_at_a_time(bid_round):
    assert a_version(bid_round) is a_version(bid_round)
    assert db.session.query(Round).filter(Round.version_of_id.is_not(None)).count() == 1


def test_only_the_lead_council_prepares(bid_round):
    for other in (an_officer("bedford-borough"), an_officer("luton", role=Role.EVALUATOR)):
        code = refusal(lambda other=other: a_version(bid_round, by=other))
        assert code == "version:prepare-refused"


def test_nothing_changes_after_the_deadline(bid_round):
    draft = a_version(bid_round)
    reword(draft, "safeguarding", hint="Late.")
    assert refusal(lambda: publish_version(draft, now=DEADLINE)) == "version:publish-refused"
    assert refusal(lambda: a_version(bid_round, now=DEADLINE)) == "version:prepare-refused"


def test_a_draft_needs_no_version(session):
    draft = a_round(RoundStage.DRAFT)
    assert refusal(lambda: a_version(draft)) == "version:prepare-refused"


def test_a_cancelled_round_gets_no_version(bid_round):
    draft = a_version(bid_round)
    actions.cancel(bid_round, "No need any more.", actor=an_officer(), now=LATER)
    assert refusal(lambda: reword(draft, "safeguarding", hint="x")) == "round:edit-refused"
    assert refusal(lambda: publish_version(draft)) == "version:publish-refused"
    actions_versions.discard(draft, actor=an_officer(), now=LATER)
    assert actions_versions.draft_of(bid_round) is None


def test_how_rates_may_rise_stays_as_it_was_published(bid_round):
    draft = a_version(bid_round)
    rule = UpliftRule(cap_bp=300)
    code = refusal(lambda: actions.change_uplift_rule(draft, rule, actor=an_officer(), now=LATER))
    assert (code, draft.uplift_rule) == ("round:edit-refused", bid_round.uplift_rule)


def test_a_version_without_a_difference_is_refused(bid_round):
    assert refusal(lambda: publish_version(a_version(bid_round))) == "version:nothing-changed"


def test_a_version_says_why(bid_round):
    draft = a_version(bid_round)
    reword(draft, "safeguarding", hint="Other.")
    assert refusal(lambda: publish_version(draft, " … ")) == "version:no-reason"


def test_what_bidders_decided_on_stays(bid_round):
    draft = a_version(bid_round)

    def details(**other):
        kept = {"blind": draft.blind, "list_years": draft.list_years} | other
        actions.change_details(
            draft,
            kept.pop("title", draft.title),
            "Other words.",
            draft.contact_email,
            **kept,
            actor=an_officer(),
            now=LATER,
        )

    for other in (
        {"blind": not draft.blind},
        {"list_years": 9},
        {"title": "Another"},
        {"regime": Regime.PA_2023},
    ):
        assert refusal(lambda other=other: details(**other)) == "version:stays"
    details()
    assert draft.summary == "Other words."
    councils = ["luton", "bedford-borough"]
    assert (
        refusal(lambda: actions.change_councils(draft, councils, actor=an_officer(), now=LATER))
        == "round:edit-refused"
    )


def test_no_date_comes_nearer(bid_round):
    draft = a_version(bid_round)

    def dates(deadline, opens=draft.opens_at):
        actions.change_timetable(
            draft, opens, draft.questions_until_at, deadline, actor=an_officer(), now=LATER
        )

    nearer = DEADLINE - timedelta(days=1)
    assert refusal(lambda: dates(nearer)) == "version:date-nearer"
    assert refusal(lambda: dates(DEADLINE, opens=PREPARED)) == "version:stays"
    dates(DEADLINE + timedelta(days=7))
    publish_version(draft)
    assert bid_round.deadline_at == DEADLINE + timedelta(days=7)
    kinds = [job.kind for job in db.session.scalars(select(queue.Job))]
    assert signals.DEADLINE_MOVED in kinds
    assert signals.VERSION_PUBLISHED in kinds


def test_a_date_that_stays_may_have_gone_by(bid_round):
    draft = a_version(bid_round)
    reword(draft, "safeguarding", hint="Other.")
    publish_version(draft, now=bid_round.questions_until_at + timedelta(days=1))
    assert bid_round.version == 2


def test_a_lot_is_withdrawn_and_comes_back(bid_round):
    codes = [lot.code for lot in bid_round.lots]
    draft = a_version(bid_round)
    actions.change_lots(draft, codes[1:], actor=an_officer(), now=LATER)
    version = publish_version(draft)
    assert [lot.code for lot in bid_round.open_lots] == codes[1:]
    assert [lot.code for lot in bid_round.lots] == codes  # what was written for it stays
    assert f"lot:{codes[0]}" not in {one.key for one in abouts(bid_round)}
    assert {one.part for one in version.changes} == {Part.LOTS}
    again = a_version(bid_round)
    actions.change_lots(again, codes, actor=an_officer(), now=LATER)
    publish_version(again)
    assert [lot.code for lot in bid_round.open_lots] == codes


def test_weights_are_told_as_they_are_printed(bid_round):
    draft = a_version(bid_round)
    scheme = {**draft.scheme.body, "decimals": 3}
    actions.change_content(draft, "scheme", scheme, actor=an_officer(), now=LATER)
    (one,) = publish_version(draft).changes
    assert (one.part, one.key, one.touches) == (Part.SCHEME, "award", False)
    assert "3 decimals" in one.lines[0].after


def test_a_scheme_that_does_not_fit_is_refused(bid_round):
    draft = a_version(bid_round)
    kept = {"legal-name"}
    base = draft.question_set.body
    body = parts_edit.with_questions(base, base, kept)
    actions.change_content(draft, "question_set", body, actor=an_officer(), now=LATER)
    assert refusal(lambda: publish_version(draft)).startswith("scheme:")
    assert bid_round.version == 1


@pytest.mark.parametrize(
    ("number", "at", "code"),
    [
        ("", None, "notice:number"),
        (REVISED, None, "notice:time"),
        (REVISED, LATER + timedelta(days=1), "notice:in-the-future"),
        (NOTICE, PREPARED, "notice:not-revised"),
    ],
)
def test_the_notice_is_revised_first(session, number, at, code):
    bid_round = a_round(regime=Regime.PA_2023)
    draft = a_version(bid_round)
    reword(draft, "safeguarding", hint="Other.")
    act = lambda: actions_versions.publish(  # noqa: E731
        draft, "It was not clear.", number, at, actor=an_officer(), now=LATER
    )
    assert refusal(act) == code


def test_the_trail_keeps_it_in_the_chain_of_the_round(bid_round):
    version = changed(bid_round)
    db.session.commit()
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.chain == f"round:{bid_round.ref}")
        .order_by(AuditEntry.number)
    ).all()
    events = [one.event for one in entries]
    assert events[-3:] == ["round-version:prepared", "round:changed", "round-version:published"]
    assert {one.subject_ref for one in entries} == {bid_round.ref}
    assert entries[-1].detail["content"]["question_set"][1] == bid_round.question_set.sha256
    assert entries[-1].detail["number"] == version.number


def test_nothing_is_left_of_what_was_discarded(bid_round):
    draft = a_version(bid_round)
    reword(draft, "safeguarding", hint="Other.")
    actions_versions.discard(draft, actor=an_officer(), now=LATER)
    assert db.session.scalars(select(RoundVersion)).all() == []
    assert db.session.scalar(select(Round).where(Round.version_of_id.is_not(None))) is None
    again = a_version(bid_round)
    assert again.question_set is bid_round.question_set
    assert queries.newer_content(again) == {}


def test_a_version_is_not_published_as_a_round(bid_round):
    draft = a_version(bid_round)
    act = lambda: actions.publish(draft, NOTICE, PREPARED, actor=an_officer(), now=LATER)  # noqa: E731
    assert refusal(act) == "round:publish-refused"
    stop = lambda: actions.cancel(draft, "No.", actor=an_officer(), now=LATER)  # noqa: E731
    assert refusal(stop) == "round:cancel-refused"
    copy = lambda: actions.create_from_round(draft, title="T", actor=an_officer(), now=LATER)  # noqa: E731
    assert refusal(copy) == "round:create-refused"


def test_versions_are_read_newest_first(bid_round):
    changed(bid_round)
    changed(bid_round, hint="Again.")
    assert [one.number for one in queries_versions.versions_of(bid_round)] == [3, 2]
