"""The pages of rounds, as anybody, as their councils, and as people who have no part in them."""

import re
from datetime import timedelta

import pytest

from portal.access import Role
from portal.db import db
from portal.people.models import Person
from portal.rounds import actions
from portal.rounds.models import Regime, Round
from scoring.stages import RoundStage
from tests.factories.counting import counted
from tests.factories.people import a_person, as_person
from tests.factories.providers import a_provider_admin
from tests.factories.rounds import (
    DEADLINE,
    NOTICE,
    PREPARED,
    WHILE_OPEN,
    a_round,
    an_officer,
    at,
)
from tests.factories.sending import send
from tests.reading import errors_of, page_of


@pytest.fixture
def now(app, session):
    return at(app, WHILE_OPEN)


@pytest.fixture
def anybody(app, now):
    return app.test_client()


@pytest.fixture
def officer(app, now):
    return signed_in(app, an_officer())


def signed_in(app, viewer):
    return as_person(app.test_client(), db.session.get(Person, viewer.person_id))


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


# --- Anybody ------------------------------------------------------------------------------


def test_anybody_reads_what_is_open(anybody):
    bid_round = a_round(lots=["1A", "2B"])
    shown = text_of(anybody.get("/rounds/"))
    assert bid_round.title in shown
    assert "before 12 noon on 15 February 2027" in shown
    assert "Lots 1A, 2B" in shown


def test_a_page_without_rounds_says_so(anybody):
    assert "No round is open" in anybody.get("/rounds/").text
    assert "No round has closed yet" in anybody.get("/rounds/past").text


def test_the_public_page_tells_what_a_provider_needs_to_know(anybody):
    bid_round = a_round(lots=["1A", "2B"])
    shown = text_of(anybody.get(f"/rounds/{bid_round.ref}"))
    for words in (
        "Apply before 12 noon on 15 February 2027",
        "Questions before 12 noon on 29 January 2027",
        "1A: Self-contained, 16 and 17",
        "Bedford Borough Council, Central Bedfordshire Council, Luton Council",
        "Procurement Act 2023, light touch",
        NOTICE,
        "placements@council.example",
        "Safeguarding policy",
        "Core weekly price",
        "Quality: 70% of all points",
        "Young Commissioners: 30% of all points",
        "At least 50% of all points are needed",
        "14%",  # safeguarding: 20% of 70%
        "Sign in",
    ):
        assert words in shown, words
    assert "3A:" not in shown


def test_every_question_can_be_read_before_applying(anybody):
    bid_round = a_round()
    shown = text_of(anybody.get(f"/rounds/{bid_round.ref}/questions"))
    assert "How do you keep young people safe?" in shown


def test_a_summer_deadline_is_told_in_london_time(anybody):
    bid_round = a_round(deadline=DEADLINE.replace(month=7, hour=11))
    assert "before 12 noon on 15 July 2027" in text_of(anybody.get(f"/rounds/{bid_round.ref}"))


def test_a_deadline_at_midnight_is_the_end_of_the_day_before(anybody):
    bid_round = a_round(deadline=DEADLINE.replace(day=20, hour=0))
    shown = text_of(anybody.get(f"/rounds/{bid_round.ref}"))
    assert "before the end of 19 February 2027" in shown


def test_a_round_leaves_the_open_list_at_its_deadline(app, anybody):
    bid_round = a_round()
    at(app, DEADLINE - timedelta(microseconds=1))
    assert bid_round.title in anybody.get("/rounds/").text
    at(app, DEADLINE)
    assert bid_round.title not in anybody.get("/rounds/").text
    assert bid_round.title in anybody.get("/rounds/past").text
    assert "takes no more applications" in anybody.get(f"/rounds/{bid_round.ref}").text


def test_a_cancelled_round_can_still_be_read_with_its_reason(anybody):
    bid_round = a_round()
    actions.cancel(bid_round, "The specification changed.", actor=an_officer(), now=WHILE_OPEN)
    assert "The specification changed." in anybody.get(f"/rounds/{bid_round.ref}").text
    assert bid_round.title not in anybody.get("/rounds/").text


def test_a_draft_is_found_by_the_commissioners_of_its_councils_only(app, anybody):
    draft = a_round(RoundStage.DRAFT)
    addresses = [f"/rounds/{draft.ref}", f"/rounds/{draft.ref}/questions"]
    clients = [
        anybody,
        signed_in(app, an_officer("hertfordshire")),
        signed_in(app, an_officer(role=Role.EVALUATOR)),
        signed_in(app, an_officer(role=Role.AUDITOR)),
        as_person(app.test_client(), a_provider_admin()),
        as_person(app.test_client(), a_person(Role.ADMINISTRATOR)),
    ]
    for client in clients:
        for address in addresses:
            assert client.get(address).status_code == 404
    for council in ("luton", "bedford-borough"):
        assert signed_in(app, an_officer(council)).get(addresses[0]).status_code == 200


def test_a_draft_that_was_cancelled_never_becomes_public(anybody):
    draft = a_round(RoundStage.DRAFT)
    actions.cancel(draft, "Made by mistake", actor=an_officer(), now=PREPARED)
    assert anybody.get(f"/rounds/{draft.ref}").status_code == 404
    assert draft.title not in anybody.get("/rounds/past").text


def test_an_address_that_was_guessed_finds_nothing(anybody):
    assert anybody.get("/rounds/RND-AAAAA-AAAAA").status_code == 404


# --- Councils -----------------------------------------------------------------------------


def test_staff_see_the_rounds_of_their_councils(app, officer):
    own = a_round(title="Pan-Bedfordshire round")
    other = a_round(councils=["hertfordshire"], lead="hertfordshire", title="Another county")
    draft = a_round(RoundStage.DRAFT, title="Spring draft")
    shown = officer.get("/council/rounds/").text
    assert own.title in shown
    assert draft.title in shown
    assert other.title not in shown
    assert officer.get(f"/council/rounds/{other.ref}").status_code == 404
    evaluator = signed_in(app, an_officer(role=Role.EVALUATOR))
    shown = evaluator.get("/council/rounds/").text
    assert own.title in shown
    assert draft.title not in shown
    assert evaluator.get(f"/council/rounds/{draft.ref}").status_code == 404


def test_the_list_is_filtered_by_where_rounds_stand(officer):
    a_round(title="Open one")
    a_round(RoundStage.DRAFT, title="Draft one")
    assert "Draft one" not in officer.get("/council/rounds/?group=open").text
    assert "Draft one" in officer.get("/council/rounds/?group=draft").text
    assert "There is no round here" in officer.get("/council/rounds/?group=award").text
    nonsense = officer.get("/council/rounds/?group=everything")
    assert nonsense.status_code == 200
    assert "Draft one" in nonsense.text


def test_a_long_list_has_pages(officer):
    for number in range(23):
        a_round(RoundStage.DRAFT, title=f"Round no {number:02d}")
    first = officer.get("/council/rounds/?sort=title")
    assert "Round no 00" in first.text
    assert "Round no 22" not in first.text
    assert "Showing 20 of 23 rounds" in first.text
    (following,) = re.findall(r'href="([^"]+)" rel="next"', first.text)
    assert "Round no 22" in officer.get(following.replace("&amp;", "&")).text


def test_nobody_without_a_post_at_a_council_comes_in(app, anybody):
    bid_round = a_round()
    for address in ("/council/rounds/", f"/council/rounds/{bid_round.ref}"):
        assert anybody.get(address).status_code == 302
        provider = as_person(app.test_client(), a_provider_admin())
        young = as_person(app.test_client(), a_person(Role.YOUNG_COMMISSIONER))
        assert provider.get(address).status_code == 403
        assert young.get(address).status_code == 403


def test_a_partner_sees_the_draft_and_cannot_change_it(app, now):
    draft = a_round(RoundStage.DRAFT)
    partner = signed_in(app, an_officer("bedford-borough"))
    shown = partner.get(f"/council/rounds/{draft.ref}")
    assert "Luton Council leads this round" in shown.text
    assert f"/council/rounds/{draft.ref}/publish" not in shown.text
    for part in ("details", "timetable", "lots", "councils", "publish", "cancel"):
        assert partner.get(f"/council/rounds/{draft.ref}/{part}").status_code == 409
    assert partner.get(f"/council/rounds/{draft.ref}/content").status_code == 200


def test_the_board_says_counts_and_nothing_else_before_the_opening(officer):
    bid_round = a_round()
    shown = text_of(officer.get(f"/council/rounds/{bid_round.ref}"))
    assert "The applications are sealed" in shown


# --- From a draft to a published round ----------------------------------------------------


def test_a_commissioner_prepares_and_publishes_a_round_by_hand(officer):
    a_round()  # the councils and the content are there
    new = {"template": "apl-16plus", "agreement": "new", "title": "Summer round", "lead": "luton"}
    answer = send(officer, "/council/rounds/new", new)
    assert "You have a list “16+ Accredited Provider List” already" in answer.text
    answer = send(officer, "/council/rounds/new", new | {"list_title": "A second list"})
    address = answer.headers["Location"]
    board = officer.get(address)
    assert "Not finished" in board.text
    send(officer, f"{address}/lots", {"lots": ["1A", "1B"]})
    send(officer, f"{address}/councils", {"councils": ["luton", "bedford-borough"]})
    answer = send(
        officer,
        f"{address}/timetable",
        {
            "opens_at-day": "",
            "opens_at-month": "",
            "opens_at-year": "",
            "opens_at-time": "",
            "questions_until_at-day": "1",
            "questions_until_at-month": "6",
            "questions_until_at-year": "2027",
            "questions_until_at-time": "noon",
            "deadline_at-day": "1",
            "deadline_at-month": "7",
            "deadline_at-year": "2027",
            "deadline_at-time": "12:00pm",
        },
    )
    assert answer.status_code == 302
    send(
        officer,
        f"{address}/details",
        {"summary": "Homes.", "contact_email": "homes@luton.example", "blind": "yes"},
    )
    answer = send(
        officer,
        f"{address}/publish",
        {
            "notice_number": "2027/S 000-7",
            "notice_published_at-day": "19",
            "notice_published_at-month": "1",
            "notice_published_at-year": "2027",
            "notice_published_at-time": "9am",
            "confirmed": "yes",
        },
    )
    assert answer.status_code == 302, text_of(answer)
    bid_round = db.session.query(Round).filter_by(title="Summer round").one()
    assert bid_round.stage is RoundStage.PUBLISHED
    assert bid_round.deadline_at.isoformat() == "2027-07-01T11:00:00+00:00"
    assert [lot.code for lot in bid_round.lots] == ["1A", "1B"]
    assert bid_round.blind
    assert "Summer round" in officer.get("/rounds/").text


def test_publishing_without_a_notice_number_keeps_what_was_typed(officer):
    draft = a_round(RoundStage.DRAFT)
    address = f"/council/rounds/{draft.ref}/publish"
    typed = {
        "notice_published_at-day": "19",
        "notice_published_at-month": "1",
        "notice_published_at-year": "2027",
        "notice_published_at-time": "9:20am",
        "confirmed": "yes",
    }
    answer = send(officer, address, typed)
    assert answer.status_code == 422
    assert "Enter the number of the published tender notice" in answer.text
    assert 'href="#notice_number"' in answer.text
    assert "9:20am" in answer.text
    assert "<title>Error: " in answer.text
    db.session.refresh(draft)
    assert draft.stage is RoundStage.DRAFT


def test_all_that_publishing_lacks_is_told_at_once(officer):
    draft = a_round(RoundStage.DRAFT)
    answer = send(officer, f"/council/rounds/{draft.ref}/publish", {"confirmed": None})
    assert answer.status_code == 422
    assert errors_of(answer) == [
        ("Enter the number of the published tender notice.", "#notice_number"),
        ("Enter when the notice was published.", "#notice_published_at-day"),
        ("Tick the box to say that you have checked the round", "#confirmed"),
    ]


def test_all_that_is_wrong_with_a_timetable_is_told_at_once(officer):
    draft = a_round(RoundStage.DRAFT)
    typed = {
        "opens_at-day": "40",
        "opens_at-time": "soon",
        "questions_until_at-year": "2025",
        "deadline_at-day": "",
        "deadline_at-time": "",
    }
    answer = send(officer, f"/council/rounds/{draft.ref}/timetable", typed)
    assert answer.status_code == 422
    assert errors_of(answer) == [
        ("The opening to providers must have a day from 1 to 31", "#opens_at-day"),
        (
            "The opening to providers must be a time, like 9:30am or 14:30",
            "#opens_at-time",
        ),
        ("“Last moment for questions” must be in the future.", "#questions_until_at-day"),
        ("The deadline must include a day and time", "#deadline_at-day"),
    ]
    assert page_of(answer).get_element_by_id("opens_at-day").get("value") == "40"


def test_publishing_needs_the_tick(officer):
    draft = a_round(RoundStage.DRAFT)
    draft.regime = Regime.PCR_2015_LIGHT_TOUCH
    answer = send(officer, f"/council/rounds/{draft.ref}/publish", {"confirmed": None})
    assert answer.status_code == 422
    assert "Tick the box" in answer.text
    assert (
        send(officer, f"/council/rounds/{draft.ref}/publish", {"confirmed": "yes"}).status_code
        == 302
    )


def test_findings_that_block_hide_the_button(officer):
    draft = a_round(RoundStage.DRAFT)
    draft.contact_email = ""
    shown = officer.get(f"/council/rounds/{draft.ref}/publish")
    assert "Enter an email address for questions." in shown.text
    assert "Publish the round" not in shown.text


def test_dates_in_the_wrong_order_stand_beside_their_field(officer):
    draft = a_round(RoundStage.DRAFT)
    answer = send(
        officer,
        f"/council/rounds/{draft.ref}/timetable",
        {"deadline_at-day": "28", "deadline_at-month": "1", "deadline_at-year": "2027"},
    )
    assert answer.status_code == 422
    assert "must be later than" in answer.text
    assert "#deadline_at-day" in answer.text


def test_a_published_round_cannot_be_edited_by_its_old_page(officer):
    draft = a_round(RoundStage.DRAFT)
    address = f"/council/rounds/{draft.ref}"
    from tests.factories.sending import form_on

    old_page = form_on(officer, f"{address}/lots", ["lots"])
    actions.publish(draft, NOTICE, PREPARED, actor=an_officer(), now=WHILE_OPEN)
    answer = send(officer, f"{address}/lots", {"lots": ["1A"]}, form=old_page)
    assert answer.status_code == 409
    assert "Publishing froze it" in answer.text
    assert len(draft.lots) == 6


def test_cancelling_asks_for_a_reason(officer):
    bid_round = a_round()
    address = f"/council/rounds/{bid_round.ref}/cancel"
    assert send(officer, address, {"reason": "  "}).status_code == 422
    assert send(officer, address, {"reason": "The need has changed."}).status_code == 302
    db.session.refresh(bid_round)
    assert bid_round.stage is RoundStage.CANCELLED


def test_a_draft_is_due_on_the_home_page_of_its_lead(session):
    from portal.rounds import queries

    draft = a_round(RoundStage.DRAFT)
    app_context_due = due_titles(queries, an_officer())
    assert app_context_due == [f"Finish and publish {draft.title}"]
    assert due_titles(queries, an_officer("bedford-borough")) == []
    assert due_titles(queries, an_officer(role=Role.EVALUATOR)) == []


def due_titles(queries, viewer):
    from flask import current_app

    with current_app.test_request_context():
        return [due.title for due in queries.due(viewer, WHILE_OPEN)]


# --- What a page costs --------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/rounds/", "/rounds/past", "/council/rounds/", "/council/rounds/{ref}"]
)
def test_statements_do_not_grow_with_the_rows(app, officer, address):
    bid_round = a_round()
    address = address.format(ref=bid_round.ref)
    officer.get(address)
    with counted() as few:
        officer.get(address)
    for number in range(5):
        a_round(title=f"More {number}")
        a_round(RoundStage.DRAFT, title=f"Draft {number}")
    officer.get(address)
    with counted() as many:
        officer.get(address)
    assert many.number == few.number, "\n".join(many.statements)
    assert many.number <= 12


# --- Versions after publishing ---------------------------------------------------------------


def test_a_published_round_is_changed_by_a_version_page_by_page(app, officer, anybody):
    bid_round = a_round(regime=Regime.PCR_2015_LIGHT_TOUCH)
    db.session.commit()
    ref = bid_round.ref
    assert "Change the published round" in text_of(officer.get(f"/council/rounds/{ref}"))
    answer = send(officer, f"/council/rounds/{ref}/version", {})
    draft = db.session.query(Round).filter(Round.version_of_id == bid_round.id).one()
    prepared = draft.ref
    board = text_of(officer.get(f"/council/rounds/{prepared}"))
    assert "This is version 2, being prepared" in board
    assert "What changes" in board
    assert "Councils Bedford" in board
    assert answer is not None
    send(officer, f"/council/rounds/{prepared}/asked/safeguarding", {"hint": "Name who leads."})
    send(officer, f"/council/rounds/{prepared}/details", {"summary": "Homes, and more."})
    shown = text_of(officer.get(f"/council/rounds/{prepared}/version/publish"))
    assert "2 differences" in shown
    assert "Now: Name who leads." in shown
    refused = send(officer, f"/council/rounds/{prepared}/version/publish", {"reason": "Asked."})
    assert "Tick the box" in text_of(refused)
    send(
        officer,
        f"/council/rounds/{prepared}/version/publish",
        {"reason": "A bidder asked.", "confirmed": "yes"},
    )
    public = text_of(anybody.get(f"/rounds/{ref}"))
    assert "This is version 2" in public
    versions = text_of(anybody.get(f"/rounds/{ref}/versions"))
    assert "A bidder asked." in versions
    assert "Name who leads." in versions
    assert officer.get(f"/council/rounds/{prepared}").status_code == 404


def test_a_version_can_be_thrown_away_on_its_page(officer):
    bid_round = a_round()
    db.session.commit()
    send(officer, f"/council/rounds/{bid_round.ref}/version", {})
    draft = db.session.query(Round).filter(Round.version_of_id == bid_round.id).one()
    send(officer, f"/council/rounds/{draft.ref}/version/discard", {})
    assert db.session.query(Round).filter(Round.version_of_id.is_not(None)).count() == 0


def test_a_partner_sees_a_version_but_no_button(app, now):
    bid_round = a_round()
    db.session.commit()
    partner = signed_in(app, an_officer("bedford-borough"))
    assert "Change the published round" not in text_of(
        partner.get(f"/council/rounds/{bid_round.ref}")
    )
    assert partner.get(f"/council/rounds/{bid_round.ref}/version").status_code == 409
    provider = as_person(app.test_client(), a_provider_admin())
    assert provider.get(f"/council/rounds/{bid_round.ref}/version").status_code == 403
