"""Two officers open a round, some minutes after its deadline, and every bid is compared."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit, mail, settings
from portal.access import Role
from portal.applications import actions
from portal.applications.models import Arrival, BidLot, PriceEnvelope, Submission
from portal.applications.opening import actions as actions_opening, queries as queries_opening
from portal.audit import AuditEntry
from portal.db import db
from portal.rounds import actions as rounds
from scoring.canonical import sha256_of
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RoundStage
from tests.factories.bids import a_bid, a_draft, administrator_of
from tests.factories.people import a_viewer
from tests.factories.rounds import (
    DEADLINE,
    OPENING,
    WHILE_OPEN,
    a_round,
    an_officer,
)


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2B"])


def second(council="luton"):
    return an_officer(council, name="Second Officer")


def begin(bid_round, *, actor=None, now=OPENING):
    db.session.commit()  # the trail is written at the commit, and the opening compares with it
    return actions_opening.begin_opening(bid_round, actor=actor or an_officer(), now=now)


def confirm(bid_round, *, actor=None, now=OPENING):
    return actions_opening.confirm_opening(bid_round, actor=actor or second(), now=now)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def entry_of(event):
    db.session.commit()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.event == event)).one()


# --- The opening ----------------------------------------------------------------------------


def test_two_officers_open_every_submission_and_drafts_lapse(bid_round):
    bid, draft = a_bid(bid_round), a_draft(bid_round)
    begin(bid_round)
    assert bid_round.stage is RoundStage.PUBLISHED
    assert bid.stage is ApplicationStage.SUBMITTED
    confirm(bid_round)
    assert (bid_round.stage, bid_round.opened_at) == (RoundStage.OPENED, OPENING)
    assert bid.stage is ApplicationStage.OPENED
    assert draft.stage is ApplicationStage.LAPSED


def test_the_bids_lots_are_those_of_the_standing_submission(bid_round):
    bid = a_bid(bid_round)
    by = administrator_of(bid.provider)
    actions.choose_lots(bid, ["2B"], actor=by, now=WHILE_OPEN)  # the copy only, not submitted again
    begin(bid_round)
    confirm(bid_round)
    lots = db.session.scalars(select(BidLot).where(BidLot.application_id == bid.id))
    assert sorted(lot.round_lot.code for lot in lots) == ["1A", "2B"]


def test_a_withdrawn_application_lapses(bid_round):
    bid = a_bid(bid_round)
    by = administrator_of(bid.provider)
    actions.withdraw(bid, "Wrong rates", actor=by, now=WHILE_OPEN)
    begin(bid_round)
    opening = confirm(bid_round)
    assert bid.stage is ApplicationStage.LAPSED
    assert opening.bids == []


def test_a_round_without_submissions_can_be_opened_too(bid_round):
    begin(bid_round)
    assert confirm(bid_round).bids == []
    assert bid_round.stage is RoundStage.OPENED


def test_who_when_and_each_hash_stand_in_the_trail(bid_round):
    bids = [a_bid(bid_round) for _ in range(2)]
    begin(bid_round)
    confirm(bid_round, now=OPENING + timedelta(minutes=1))
    entry = entry_of("round:opened")
    assert entry.chain == f"round:{bid_round.ref}"
    assert entry.detail["first_officer"] == an_officer().ref
    assert entry.detail["second_officer"] == entry.actor_ref == second().ref
    assert sorted(entry.detail["bids"]) == sorted(
        [bid.ref, bid.standing.ref, bid.standing.sha256, True] for bid in bids
    )
    assert list(audit.verify()) == []


def test_officers_of_two_councils_may_open_together(bid_round):
    begin(bid_round, actor=an_officer("bedford-borough"))
    confirm(bid_round, actor=an_officer("central-bedfordshire"))
    assert bid_round.stage is RoundStage.OPENED


def test_the_other_officers_are_told_that_it_waits_without_content(bid_round):
    bid = a_bid(bid_round)
    second(), an_officer("bedford-borough"), an_officer("hertfordshire")
    before = set(db.session.scalars(select(mail.Mail.id)))
    begin(bid_round)
    written = [one for one in db.session.scalars(select(mail.Mail)) if one.id not in before]
    addresses = {one.address.split("@")[0].rsplit(".", 1)[0] for one in written}
    assert addresses == {"second.officer", "bedford.borough.commissioner"}
    for one in written:
        assert bid.provider.name not in one.body + one.subject
        assert bid.ref not in one.body
        assert bid.standing.sha256 not in one.body


# --- When it may not be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (WHILE_OPEN, "round:open:before-deadline"),
        (DEADLINE - timedelta(microseconds=1), "round:open:before-deadline"),
        (DEADLINE, "round:open:too-early"),
        (DEADLINE + timedelta(minutes=4, seconds=59), "round:open:too-early"),
        (OPENING - timedelta(microseconds=1), "round:open:too-early"),
    ],
)
def test_it_is_too_early_until_five_minutes_after_the_deadline(bid_round, now, code):
    assert refusal(lambda: begin(bid_round, now=now)).code == code
    begin(bid_round)
    assert refusal(lambda: confirm(bid_round, now=now)).code == code
    assert bid_round.stage is RoundStage.PUBLISHED


def test_the_wait_is_a_setting(bid_round):
    settings.change("opening_wait_minutes", 30)
    assert refusal(lambda: begin(bid_round)).code == "round:open:too-early"
    begin(bid_round, now=DEADLINE + timedelta(minutes=30))


def arrival(bid, received_at):
    arrived = Arrival(application_id=bid.id, received_at=received_at)
    db.session.add(arrived)
    db.session.flush()
    return arrived


def test_a_submission_that_is_still_being_stored_is_waited_for(bid_round):
    bid = a_bid(bid_round)
    begin(bid_round)
    arrived = arrival(bid, DEADLINE - timedelta(seconds=1))
    assert refusal(lambda: confirm(bid_round)).code == "round:open:in-flight"
    arrived.finished_at = OPENING
    confirm(bid_round)


def test_a_submission_in_flight_stops_the_beginning_too(bid_round):
    arrival(a_bid(bid_round), DEADLINE - timedelta(seconds=1))
    assert refusal(lambda: begin(bid_round)).code == "round:open:in-flight"


def test_a_submission_that_was_cut_off_is_not_waited_for_for_ever(bid_round):
    arrival(a_bid(bid_round), DEADLINE - timedelta(seconds=1))
    begin(bid_round, now=DEADLINE + timedelta(hours=1))


def test_a_submission_in_flight_to_another_round_does_not_matter(bid_round):
    arrival(a_bid(a_round(title="Another")), DEADLINE - timedelta(seconds=1))
    begin(bid_round)


def test_the_same_officer_cannot_confirm(bid_round):
    begin(bid_round)
    refused = refusal(lambda: confirm(bid_round, actor=an_officer()))
    assert refused.code == "opening:not-allowed"
    assert "somebody else" in refused.message
    assert bid_round.stage is RoundStage.PUBLISHED


def test_it_must_be_begun_before_it_is_confirmed_and_once(bid_round):
    assert "No officer has begun" in refusal(lambda: confirm(bid_round)).message
    begin(bid_round)
    assert "begun the opening already" in refusal(lambda: begin(bid_round, actor=second())).message


def test_a_round_is_opened_once(bid_round):
    begin(bid_round)
    confirm(bid_round)
    assert refusal(lambda: confirm(bid_round)).code == "round:open:not-allowed"
    assert refusal(lambda: begin(bid_round)).code == "round:open:not-allowed"


def test_drafts_and_cancelled_rounds_are_not_opened(bid_round):
    rounds.cancel(bid_round, "The need has changed.", actor=an_officer(), now=WHILE_OPEN)
    assert refusal(lambda: begin(bid_round)).code == "round:open:not-allowed"
    draft = a_round(RoundStage.DRAFT)
    assert refusal(lambda: begin(draft)).code == "round:open:not-allowed"


STRANGERS = [
    lambda: an_officer("hertfordshire"),
    lambda: a_viewer(Role.MODERATOR),
    lambda: a_viewer(Role.APPROVER),
    lambda: a_viewer(Role.EVALUATOR),
    lambda: a_viewer(Role.FINANCE),
    lambda: a_viewer(Role.ADMINISTRATOR),
    lambda: a_viewer(Role.AUDITOR),
    lambda: a_viewer([Role.COMMISSIONER, Role.AUDITOR]),
    lambda: a_viewer(Role.YOUNG_COMMISSIONER),
]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_but_commissioners_of_the_rounds_councils_opens(bid_round, stranger):
    refused = refusal(lambda: begin(bid_round, actor=stranger()))
    assert (refused.code, "Only a commissioner" in refused.message) == ("opening:not-allowed", True)
    begin(bid_round)
    refused = refusal(lambda: confirm(bid_round, actor=stranger()))
    assert (refused.code, "Only a commissioner" in refused.message) == ("opening:not-allowed", True)


def test_a_stranger_is_not_told_the_time_either(bid_round):
    refused = refusal(lambda: begin(bid_round, actor=an_officer("hertfordshire"), now=WHILE_OPEN))
    assert refused.code == "opening:not-allowed"


def test_the_database_holds_that_there_are_two_officers(bid_round):
    from sqlalchemy.exc import IntegrityError

    opening = begin(bid_round)
    opening.second_officer_id = opening.first_officer_id
    with pytest.raises(IntegrityError, match="two_officers"):
        db.session.flush()
    db.session.rollback()


# --- Taking it back -------------------------------------------------------------------------


def test_the_first_officer_takes_it_back_and_anybody_begins_anew(bid_round):
    begin(bid_round)
    actions_opening.take_back_opening(bid_round, actor=an_officer(), now=OPENING)
    assert queries_opening.opening_of(bid_round) is None
    assert entry_of("opening:taken-back").subject_ref == bid_round.ref
    begin(bid_round, actor=second())
    confirm(bid_round, actor=an_officer())


def test_nobody_else_takes_it_back_and_not_after_the_opening(bid_round):
    def take_back(actor):
        actions_opening.take_back_opening(bid_round, actor=actor, now=OPENING)

    assert "no opening that waits" in refusal(lambda: take_back(an_officer())).message
    begin(bid_round)
    assert "Only the officer who began" in refusal(lambda: take_back(second())).message
    confirm(bid_round)
    assert "no opening that waits" in refusal(lambda: take_back(an_officer())).message


# --- What was tampered with -----------------------------------------------------------------


def problems_of(bid_round, tamper):
    """Open a round with one sound bid and one that somebody changed in the database."""
    sound, touched = a_bid(bid_round), a_bid(bid_round)
    submission = db.session.scalars(
        select(Submission).where(Submission.application_id == touched.id)
    ).one()
    envelope = db.session.get(PriceEnvelope, submission.id)
    tamper(submission, envelope)
    db.session.commit()
    begin(bid_round)
    opening = confirm(bid_round)
    found = {one["application"]: one["problems"] for one in opening.bids}
    assert found[sound.ref] == []
    assert touched.stage is ApplicationStage.OPENED
    entry = entry_of("round:opened")
    marks = {ref: held for ref, _receipt, _sha256, held in entry.detail["bids"]}
    assert marks == {sound.ref: True, touched.ref: False}
    return found[touched.ref]


def test_changed_content_is_noticed(bid_round):
    def tamper(submission, _envelope):
        submission.content = submission.content.replace("What we do", "What we promise")

    found = problems_of(bid_round, tamper)
    assert "The content is not what the receipt says." in found


def test_content_changed_together_with_its_hash_is_noticed_by_the_trail(bid_round):
    def tamper(submission, _envelope):
        submission.content = submission.content.replace("What we do", "What we promise")
        submission.sha256 = sha256_of(submission.content)

    assert problems_of(bid_round, tamper) == [
        "The audit trail recorded other content for this receipt."
    ]


def test_changed_prices_are_noticed(bid_round):
    def tamper(_submission, envelope):
        envelope.content = envelope.content.replace("10000", "10001")

    assert problems_of(bid_round, tamper) == [
        "The price envelope is not what was sealed.",
        "The content names another price envelope.",
    ]


def test_prices_changed_together_with_their_hash_are_noticed(bid_round):
    def tamper(_submission, envelope):
        envelope.content = envelope.content.replace("10000", "10001")
        envelope.sha256 = sha256_of(envelope.content)

    assert problems_of(bid_round, tamper) == ["The content names another price envelope."]


def test_a_lost_envelope_is_noticed(bid_round):
    def tamper(_submission, envelope):
        db.session.delete(envelope)

    assert problems_of(bid_round, tamper) == ["The price envelope is missing."]


def test_content_that_cannot_be_read_is_opened_and_said(bid_round):
    def tamper(submission, _envelope):
        submission.content = "{"

    assert "The content cannot be read." in problems_of(bid_round, tamper)


def test_an_earlier_submission_put_in_its_place_is_noticed(bid_round):
    bid = a_bid(bid_round)
    by = administrator_of(bid.provider)
    earlier = bid.standing
    actions.save_answer(bid, "staffing", "", "Better now.", 1, actor=by, now=WHILE_OPEN)
    actions.submit(bid, certified=True, received_at=WHILE_OPEN, actor=by, now=WHILE_OPEN)
    bid.standing.content, bid.standing.sha256 = earlier.content, earlier.sha256
    db.session.commit()
    begin(bid_round)
    (found,) = confirm(bid_round).bids
    assert found["problems"]
