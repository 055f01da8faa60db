"""Late cases: asked once, proposed by one officer, decided by another, sealed all the while."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.applications import queries
from portal.applications.late import actions as actions_late, cases as late_cases
from portal.applications.late.models import LateCase
from portal.applications.models import Arrival, BidLot, Submission
from portal.applications.opening import actions as actions_opening, queries as queries_opening
from portal.audit import AuditEntry
from portal.mail import Mail, Message
from scoring.late import Cause
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, LateCaseStage
from tests.factories.applications import a_submitted, an_application, complete, submit
from tests.factories.people import a_person, viewer
from tests.factories.rounds import (
    AFTER_OPENING,
    DEADLINE,
    WHILE_OPEN,
    a_council,
    an_officer,
    open_it,
)
from tests.factories.sending import send

LATE = DEADLINE + timedelta(minutes=2)
STORY = "We pressed submit at five to twelve and the portal showed an error page for ten minutes."
SHOWN = "The page said “Something went wrong”, reference 4c1d, at 11:56 and again at 11:59."
REASON = "The record shows that the portal failed twice before the deadline."
TYPED = {"what_happened": STORY, "evidence": SHOWN, "certified": "yes"}


@pytest.fixture
def draft(session, town):
    """Complete at the deadline, and never submitted."""
    application = complete(an_application(town.round, by=town.ada, lots=["1A"]))
    session.commit()
    town.at(LATE)
    return application


@pytest.fixture
def officers(session, town):
    pair = [
        a_person(Role.COMMISSIONER, a_council("luton"), name=name)
        for name in ("Fay First", "Sol Second")
    ]
    session.commit()
    return pair


def ask(draft, town, *, by=None, at=LATE, **more):
    said = {"what_happened": STORY, "evidence": SHOWN, "certified": True, **more}
    return actions_late.ask_late(
        draft,
        said["what_happened"],
        said["evidence"],
        certified=said["certified"],
        received_at=at,
        actor=viewer(by or town.ada),
        now=at,
    )


def propose(case, officer, *, accept=True, cause=Cause.PORTAL, reason=REASON):
    actions_late.propose_late(
        case, accept=accept, cause=cause, reason=reason, actor=viewer(officer), now=LATE
    )


def decide(case, officer, *, accept=True, cause=Cause.PORTAL, reason=REASON):
    actions_late.decide_late(
        case, accept=accept, cause=cause, reason=reason, actor=viewer(officer), now=LATE
    )


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def test_a_bidder_asks_and_what_was_written_is_sealed_and_does_not_count(session, town, draft):
    client = town.by(town.ada)
    assert "Ask the councils to take it" in client.page(f"/applications/{draft.ref}").text
    answer = send(client, f"/applications/{draft.ref}/late", TYPED)
    assert answer.location == f"/applications/{draft.ref}/late"
    session.expire_all()
    case = session.query(LateCase).one()
    assert case.stage is LateCaseStage.ASKED
    assert case.submission.received_at == LATE
    assert draft.standing_number is None
    assert draft.stage is ApplicationStage.DRAFT
    assert queries.counts(town.round).submissions == 0
    assert "Two officers look at your case" in client.page(answer.location).text
    receipt = client.page(f"/applications/receipts/{case.submission.ref}").text
    assert "counts only if two officers decide so" in receipt


def test_the_second_officer_takes_it_and_it_is_opened_with_the_others(
    session, town, draft, officers
):
    other = a_submitted(town.round, by=town.cyd, lots=["1A"], now=WHILE_OPEN)
    case = ask(draft, town)
    propose(case, officers[0])
    decide(case, officers[1])
    assert case.stage is LateCaseStage.ACCEPTED
    assert draft.standing_number == case.submission.number
    assert draft.stage is ApplicationStage.SUBMITTED
    assert queries.counts(town.round).submissions == 2
    open_it(town.round)
    bids = {
        row["application"]: row["problems"] for row in queries_opening.opening_of(town.round).bids
    }
    assert bids == {draft.ref: [], other.ref: []}
    assert {one.application_id for one in session.scalars(select(BidLot))} == {draft.id, other.id}


def test_a_refused_case_leaves_what_was_submitted_in_time(session, town, officers):
    sent = a_submitted(town.round, by=town.ada, lots=["1A"])
    town.at(LATE)
    case = ask(sent, town)
    propose(case, officers[0], accept=True)
    decide(case, officers[1], accept=False, cause=Cause.BIDDER)
    assert case.stage is LateCaseStage.REFUSED
    assert sent.standing_number == 1
    addresses = {one.address for one in session.query(Mail).filter_by(message="late-case-decided")}
    assert addresses == {town.ada.email, town.ben.email}
    session.commit()
    shown = town.by(town.ben).page(f"/applications/{sent.ref}/late").text
    assert REASON in shown
    assert "does not count" in town.by(town.ben).page(f"/applications/{sent.ref}").text


def test_nobody_asks_twice_or_before_the_deadline_or_after_the_opening(session, town, draft):
    assert refusal(lambda: ask(draft, town, at=DEADLINE - timedelta(minutes=1))) == (
        "late-case:refused"
    )
    ask(draft, town)
    assert refusal(lambda: ask(draft, town)) == "late-case:refused"


def test_after_the_opening_it_is_too_late(session, town, draft):
    open_it(town.round)
    assert refusal(lambda: ask(draft, town, at=AFTER_OPENING)) == "late-case:refused"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"what_happened": "It broke"}, "late-case:story-missing"),
        ({"evidence": ""}, "late-case:story-missing"),
        ({"certified": False}, "application:not-certified"),
    ],
)
def test_a_case_says_what_happened_and_is_signed(session, town, draft, more, code):
    assert refusal(lambda: ask(draft, town, **more)) == code
    assert session.query(Submission).count() == 0


def test_what_was_not_complete_at_the_deadline_is_not_taken(session, town):
    half = an_application(town.round, by=town.ada, lots=["1A"])
    session.commit()
    town.at(LATE)
    assert refusal(lambda: ask(half, town)) == "answer:missing"
    shown = town.by(town.ada).page(f"/applications/{half.ref}/late").text
    assert "there is nothing to ask for" in shown


def test_only_an_administrator_of_the_bidder_asks(session, town, draft):
    assert refusal(lambda: ask(draft, town, by=town.ben)) == "late-case:refused"
    assert refusal(lambda: ask(draft, town, by=town.cyd)) == "late-case:refused"
    assert town.by(town.cyd).get(f"/applications/{draft.ref}/late").status_code == 404
    assert town.by(town.dev).get(f"/applications/{draft.ref}/late").status_code == 403


def test_the_same_officer_cannot_propose_and_decide(session, town, draft, officers):
    case = ask(draft, town)
    assert refusal(lambda: decide(case, officers[0])) == "late-case:refused"  # nothing proposed
    propose(case, officers[0])
    assert refusal(lambda: propose(case, officers[1])) == "late-case:refused"
    assert refusal(lambda: decide(case, officers[0])) == "late-case:refused"
    assert refusal(lambda: decide(case, town.ada)) == "late-case:refused"
    assert refusal(lambda: decide(case, officers[1], reason="No")) == "late-case:reason-missing"
    assert refusal(lambda: decide(case, officers[1], cause=Cause.BIDDER)) == "late-case:own-fault"
    decide(case, officers[1])
    assert refusal(lambda: decide(case, officers[1])) == "late-case:refused"


def test_the_round_waits_for_the_decision(session, town, draft, officers):
    case = ask(draft, town)
    session.commit()
    later = DEADLINE + timedelta(minutes=10)
    act = lambda: actions_opening.begin_opening(  # noqa: E731
        town.round, actor=an_officer(), now=later
    )
    assert refusal(act) == "round:open:late-cases"
    propose(case, officers[0], accept=False, cause=Cause.OTHER)
    assert refusal(act) == "round:open:late-cases"
    decide(case, officers[1], accept=False, cause=Cause.OTHER)
    act()


def test_a_case_that_was_taken_back_holds_nothing_up(session, town, draft):
    ask(draft, town)
    session.commit()
    client = town.by(town.ada)
    address = f"/applications/{draft.ref}/late"
    answer = send(client, address, {}, action=f"{address}/take-back")
    assert answer.location == address
    assert late_cases.number_open(town.round) == 0
    assert "You took your late case back" in client.page(address).text


def test_officers_decide_without_knowing_whose_case_it_is(session, town, draft, officers):
    case = ask(draft, town)
    session.commit()
    first, second = (town.by(one) for one in officers)
    pages = [
        first.page(f"/council/rounds/{town.round.ref}/opening").text,
        first.page(f"/council/rounds/{town.round.ref}/opening/late").text,
        first.page(f"/council/rounds/{town.round.ref}/opening/late/{case.ref}").text,
        first.page("/").text,
        *(
            one.subject + one.body
            for one in session.query(Mail).filter_by(message="late-case-waits")
        ),
    ]
    for text in pages:
        assert "Oak House" not in text
        assert draft.ref not in text
        assert "Ada Ash" not in text
        assert "What we say to" not in text
    typed = {"outcome": "take", "cause": "portal", "reason": REASON}
    address = f"/council/rounds/{town.round.ref}/opening/late/{case.ref}"
    assert send(first, address, typed).status_code == 302
    assert send(second, address, typed).status_code == 302
    session.expire_all()
    assert case.stage is LateCaseStage.ACCEPTED
    open_it(town.round)
    session.commit()
    assert "Oak House" in first.page(address).text


def test_what_the_portal_recorded_is_beside_what_people_say(session, town, draft):
    failed = DEADLINE - timedelta(minutes=4)
    session.add(Arrival(application_id=draft.id, received_at=failed, finished_at=failed))
    session.commit()
    town.by(town.ada).post(f"/applications/{draft.ref}/submit")  # without its token: no trace
    send(town.by(town.ada), f"/applications/{draft.ref}/late", TYPED)
    case = session.query(LateCase).one()
    assert [line["words"] for line in case.portal_record] == [
        "The last change was saved.",
        (
            "A request to submit came in before the deadline. "
            "It was not stored: something was missing, or the portal failed."
        ),
    ]


def test_everything_stands_in_the_trail_of_the_round(session, town, draft, officers):
    case = ask(draft, town)
    propose(case, officers[0])
    decide(case, officers[1])
    session.commit()
    events = session.scalars(
        select(AuditEntry.event).where(AuditEntry.subject_ref == case.ref).order_by(AuditEntry.id)
    ).all()
    assert events == ["late-case:asked", "late-case:proposed", "late-case:decided"]
    [submitted] = session.scalars(
        select(AuditEntry).where(AuditEntry.event == "application:submitted")
    ).all()
    assert submitted.detail["receipt"] == case.submission.ref


def test_councils_outside_and_other_roles_find_nothing(session, town, draft):
    case = ask(draft, town)
    outside = a_person(Role.COMMISSIONER, a_council("hertfordshire"), name="Out")
    approver = a_person(Role.APPROVER, a_council("luton"), name="App")
    session.commit()
    for tail in ("", f"/{case.ref}"):
        address = f"/council/rounds/{town.round.ref}/opening/late{tail}"
        assert town.by(outside).get(address).status_code == 404
        assert town.by(approver).get(address).status_code == 403


def test_a_waiting_case_is_among_what_officers_have_to_do(session, town, draft, officers):
    case = ask(draft, town)
    with town_request(town):
        assert [one.tag for one in late_cases.due(viewer(officers[0]), LATE)] == ["Late case"]
        propose(case, officers[0])
        assert list(late_cases.due(viewer(officers[0]), LATE)) == []
        assert len(list(late_cases.due(viewer(officers[1]), LATE))) == 1
    assert Message.LATE_CASE_WAITS.value in {one.message for one in session.query(Mail)}


def town_request(town):
    from flask import current_app

    return current_app.test_request_context()


def test_two_people_stand_behind_a_late_case_where_the_organisation_wants_it(session, town, draft):
    from portal.applications.submitting import signing

    signing.set_rule(town.oak, two_people=True, actor=viewer(town.ada), now=LATE)
    assert refusal(lambda: ask(draft, town)) == "application:second-person"


def test_in_time_nothing_is_asked(session, town):
    sent = complete(an_application(town.round, by=town.ada, lots=["1A"]))
    submit(sent, by=town.ada)
    session.commit()
    page = town.by(town.ada).page(f"/applications/{sent.ref}").text
    assert "although it is late" not in page
    shown = town.by(town.ada).page(f"/applications/{sent.ref}/late").text
    assert "The deadline has not passed" in shown
