"""The pages of the opening, and a hunt for anything that leaks before it."""

import re
from datetime import timedelta

import pytest

from portal.access import Role
from portal.applications.opening import actions as actions_opening, queries as queries_opening
from portal.db import db
from portal.people.models import Person, SensitiveRead
from tests.factories.bids import a_bid, a_draft
from tests.factories.counting import counted
from tests.factories.people import a_person, as_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import (
    AFTER_OPENING,
    DEADLINE,
    OPENING,
    WHILE_OPEN,
    a_round,
    an_officer,
    at,
    open_it,
)
from tests.factories.sending import forms_on, send

SECRET_WORDS = "Zebra crossing at dawn"


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2B"])


def signed_in(app, someone):
    person = db.session.get(Person, someone.person_id)
    return as_person(app.test_client(), person)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def opening_page(bid_round, part=""):
    return f"/council/rounds/{bid_round.ref}/opening{part}"


# --- Opening by hand ------------------------------------------------------------------------


def test_two_officers_open_a_round_by_hand(app, bid_round):
    bid = a_bid(bid_round)
    a_draft(bid_round)
    at(app, DEADLINE + timedelta(minutes=1))
    first = signed_in(app, an_officer())
    early = text_of(first.get(opening_page(bid_round)))
    assert "5 minutes after its deadline" in early
    assert "It can be opened from 12:05pm on 15 February 2027" in early
    assert "Begin the opening" not in early

    at(app, OPENING)
    assert (
        send(
            first, opening_page(bid_round), {}, action=opening_page(bid_round, "/begin")
        ).status_code
        == 302
    )
    shown = text_of(first.get(opening_page(bid_round)))
    assert "somebody else must confirm it" in shown
    assert "Take the opening back" in shown
    assert "Confirm and open" not in shown

    second = signed_in(app, an_officer(name="Second Officer"))
    page = opening_page(bid_round)
    assert "Luton Commissioner, 12:05pm" in text_of(second.get(page))
    assert send(second, page, {}, action=opening_page(bid_round, "/confirm")).status_code == 302
    assert "1 application opened" in text_of(second.get(page))
    record = text_of(second.get(opening_page(bid_round, "/record")))
    for words in (bid.provider.name, bid.standing.ref, bid.standing.sha256, "As submitted"):
        assert words in record
    assert "Drafts that lapsed 1" in record


def test_pressing_too_early_is_refused_by_the_server_too(app, bid_round):
    at(app, OPENING)
    officer = signed_in(app, an_officer())
    (form,) = [
        one for one in forms_on(officer, opening_page(bid_round)) if one.action.endswith("/begin")
    ]
    at(app, OPENING - timedelta(seconds=1))
    answer = send(officer, opening_page(bid_round), {}, form=form)
    assert answer.status_code == 409
    assert "5 minutes after its deadline" in answer.text
    assert queries_opening.opening_of(bid_round) is None


def test_a_press_without_the_token_does_nothing(app, bid_round):
    at(app, OPENING)
    officer = signed_in(app, an_officer())
    assert officer.post(opening_page(bid_round, "/begin")).status_code == 400
    assert queries_opening.opening_of(bid_round) is None


def test_what_was_tampered_with_is_said_on_the_record(app, bid_round):
    from portal.applications.models import Submission

    bid = a_bid(bid_round, a_provider("Oak House"))
    db.session.commit()
    submission = db.session.query(Submission).filter_by(application_id=bid.id).one()
    submission.content = submission.content.replace("What we do", "What we promise")
    open_it(bid_round)
    at(app, AFTER_OPENING)
    record = text_of(signed_in(app, an_officer()).get(opening_page(bid_round, "/record")))
    assert "Not everything is as it was submitted" in record
    assert "Oak House: The content is not what the receipt says." in record
    assert "Has changed" in record


def test_looking_at_the_record_is_remembered(app, bid_round):
    open_it(bid_round)
    at(app, AFTER_OPENING)
    officer = an_officer()
    signed_in(app, officer).get(opening_page(bid_round, "/record"))
    (read,) = db.session.query(SensitiveRead).all()
    assert (read.person_id, read.subject_ref) == (officer.person_id, bid_round.ref)


# --- Who comes in ---------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "/record"])
def test_partners_read_and_councils_outside_find_nothing(app, bid_round, part):
    open_it(bid_round)
    at(app, AFTER_OPENING)
    partner = signed_in(app, an_officer("bedford-borough"))
    assert partner.get(opening_page(bid_round, part)).status_code == 200
    outsider = signed_in(app, an_officer("hertfordshire"))
    assert outsider.get(opening_page(bid_round, part)).status_code == 404


def test_an_auditor_reads_the_record(app, bid_round):
    open_it(bid_round)
    at(app, AFTER_OPENING)
    auditor = signed_in(app, an_officer(role=Role.AUDITOR))
    assert auditor.get(opening_page(bid_round, "/record")).status_code == 200
    assert auditor.get(opening_page(bid_round)).status_code == 403


@pytest.mark.parametrize(
    "role",
    [Role.EVALUATOR, Role.MODERATOR, Role.APPROVER, Role.FINANCE, Role.PARTICIPATION_OFFICER],
)
def test_other_posts_at_the_council_do_not_come_in(app, bid_round, role):
    open_it(bid_round)
    at(app, AFTER_OPENING)
    client = signed_in(app, an_officer(role=role))
    assert client.get(opening_page(bid_round)).status_code == 403
    assert client.get(opening_page(bid_round, "/record")).status_code in {403, 404}


def test_a_commissioner_who_is_in_finance_too_reads_no_names(app, bid_round):
    bid = a_bid(bid_round)
    open_it(bid_round)
    at(app, AFTER_OPENING)
    both = as_person(app.test_client(), a_person([Role.COMMISSIONER, Role.FINANCE]))
    shown = both.get(opening_page(bid_round))
    assert shown.status_code == 200
    assert bid.provider.name not in shown.text
    assert "See the record" not in shown.text
    assert both.get(opening_page(bid_round, "/record")).status_code == 403


def test_providers_administrators_and_young_people_do_not_come_in(app, bid_round):
    bid = a_bid(bid_round)
    open_it(bid_round)
    at(app, AFTER_OPENING)
    people = [
        a_provider_admin(bid.provider),
        a_person(Role.ADMINISTRATOR),
        a_person(Role.YOUNG_COMMISSIONER),
    ]
    for person in people:
        client = as_person(app.test_client(), person)
        for part in ("", "/record"):
            assert client.get(opening_page(bid_round, part)).status_code in {403, 404}
    assert app.test_client().get(opening_page(bid_round)).status_code == 302


# --- Sealed ---------------------------------------------------------------------------------


EVERY_POST = [role for role in Role if role not in {Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR}]


def sealed_pages(bid_round, bid):
    base = f"/council/rounds/{bid_round.ref}"
    check = f"/council/applications/{bid.ref}/compliance"
    version = bid.standing.content.partition('"version":"')[2].partition('"')[0]
    return [
        "/rounds/",
        "/rounds/past",
        f"/rounds/{bid_round.ref}",
        "/council/rounds/",
        "/council/rounds/?group=open",
        "/council/rounds/?group=waiting-to-be-opened",
        base,
        f"{base}/content",
        f"{base}/opening",
        f"{base}/opening/record",
        f"{base}/compliance",
        check,
        f"{check}/prices",
        f"{check}/question:open-now/1A",
        f"{check}-conclusion",
        f"/council/applications/{bid.ref}/documents/{version}",
    ]


def secrets_of(bid):
    return [
        bid.provider.name,
        bid.provider.registrations[0].urn,
        bid.standing.ref,
        bid.standing.sha256,
        SECRET_WORDS,
        "345.67",
        "34567",
    ]


@pytest.mark.parametrize("moment", [WHILE_OPEN, DEADLINE + timedelta(days=30)])
def test_nothing_leaks_before_the_opening(app, bid_round, moment):
    bid = a_bid(
        bid_round,
        a_provider("Quillfeather Homes"),
        lots=["2B"],
        answers={"staffing": SECRET_WORDS},
        pence=34_567,
    )
    db.session.commit()
    if moment > OPENING:  # begun, and not confirmed
        actions_opening.begin_opening(bid_round, actor=an_officer(), now=OPENING)
    at(app, moment)
    people = [a_person(role) for role in EVERY_POST]
    people.append(a_person(Role.COMMISSIONER, "bedford-borough"))
    people.append(a_person([Role.COMMISSIONER, Role.MODERATOR, Role.APPROVER]))
    people.append(a_person(Role.COMMISSIONER, "hertfordshire"))
    clients = [app.test_client()] + [as_person(app.test_client(), person) for person in people]
    secrets, addresses = secrets_of(bid), sealed_pages(bid_round, bid)
    for client in clients:
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code in {200, 302, 403, 404}, address
            for secret in secrets:
                assert secret not in answer.text, (address, secret)
            if bid.ref in address:
                assert answer.status_code in {302, 403, 404}, address


def test_before_the_opening_a_council_sees_two_numbers(app, bid_round):
    a_bid(bid_round, lots=["1A"])
    a_bid(bid_round, lots=["2B"])
    a_draft(bid_round)
    at(app, DEADLINE)
    for address in (f"/council/rounds/{bid_round.ref}", opening_page(bid_round)):
        shown = text_of(signed_in(app, an_officer()).get(address))
        assert "2 submitted, and sealed" in shown
        assert "1 draft" in shown


def test_the_queries_know_nothing_before_the_opening(bid_round):
    from werkzeug.exceptions import NotFound

    from portal.applications.compliance import queries as queries_compliance

    bid = a_bid(bid_round)
    for someone in (an_officer(), an_officer(role=Role.AUDITOR), viewer(a_person(Role.APPROVER))):
        opening = queries_opening.opening_of(bid_round)
        assert queries_opening.opened_bids(bid_round, opening, someone) == []
        with pytest.raises(NotFound):
            queries_compliance.checks_of(bid_round, someone, OPENING)
        with pytest.raises(NotFound):
            queries_compliance.check_of(bid.ref, someone, OPENING)


# --- Home page and cost ---------------------------------------------------------------------


def dues(app, someone, now):
    with app.test_request_context():
        return [(due.title, due.note) for due in queries_opening.due(someone, now)]


def test_an_opening_that_waits_is_due(app, bid_round):
    title = f"Open {bid_round.title}"
    db.session.commit()
    assert dues(app, an_officer(), DEADLINE - timedelta(seconds=1)) == []
    assert dues(app, an_officer(), OPENING) == [(title, "Two officers do it together.")]
    actions_opening.begin_opening(bid_round, actor=an_officer(), now=OPENING)
    db.session.commit()
    assert dues(app, an_officer(), OPENING)[0][1] == "A second officer has yet to confirm it."
    partner = an_officer("bedford-borough")
    db.session.commit()
    assert dues(app, partner, OPENING)[0][1] == "An officer has begun. You can confirm."
    for someone in (an_officer("hertfordshire"), an_officer(role=Role.MODERATOR)):
        db.session.commit()
        assert dues(app, someone, OPENING) == []


@pytest.mark.parametrize("part", ["", "/record"])
def test_statements_do_not_grow_with_the_bids(app, session, part):
    small, large = a_round(title="Small"), a_round(title="Large")
    a_bid(small)
    for _ in range(3):
        a_bid(large)
    open_it(small)
    open_it(large)
    at(app, AFTER_OPENING)
    officer = signed_in(app, an_officer())
    officer.get(opening_page(small, part))
    with counted() as few:
        officer.get(opening_page(small, part))
    with counted() as many:
        officer.get(opening_page(large, part))
    assert many.number == few.number <= 14, "\n".join(many.statements)
