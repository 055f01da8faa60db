"""One calendar of everything that falls due, each in their own; and the feed under a secret address."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import icalendar
import pytest
from flask import url_for

from portal.access import Role
from portal.db import db
from portal.people.models import CouncilIdentity, Person
from portal.register import actions_calendar, calendar, calendar_feed
from portal.register.models import CalendarFeed
from portal.web import CalendarEntry, Room, rooms
from tests.factories.contracts import ENDS_ON, a_list, a_place
from tests.factories.counting import counted
from tests.factories.documents import a_document
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import DEADLINE, a_round, an_officer

NOW = datetime(2027, 1, 20, 10, tzinfo=UTC)
INSURANCE = "public-liability-insurance"
FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)


@pytest.fixture
def dated(app, session):
    """A room that hands up entries of its own: `dated(CalendarEntry(…))`."""
    entries = []
    before = dict(rooms())

    def hand_up(*more):
        entries.extend(more)

    with app.test_request_context():
        rooms()["made-up"] = Room(
            SimpleNamespace(name="made-up"),
            dates=lambda _viewer, first, last: [one for one in entries if first <= one.on <= last],
        )
        yield hand_up
    rooms().clear()
    rooms().update(before)


def insured(provider, until_on):
    """Give a provider an insurance certificate with a last day."""
    by = viewer(a_provider_admin(provider))
    a_document(provider, INSURANCE, by=by, valid_until_on=until_on)


def titles(someone, first=FIRST, last=LAST, **chosen):
    return [one.title for one in calendar.calendar(someone, first, last, **chosen).entries]


# --- What each of them sees ---------------------------------------------------------------


def test_a_council_sees_the_dates_of_its_rounds_and_another_none(app, session):
    bid_round = a_round(councils=["luton"])
    with app.test_request_context():
        seen = titles(an_officer())
        assert f"{bid_round.title}: deadline" in seen
        assert f"{bid_round.title}: questions close" in seen
        assert titles(an_officer("hertfordshire")) == []


def test_a_provider_sees_what_it_may_apply_for_and_its_own_papers_alone(app, session):
    bid_round = a_round()
    oak, elm = a_provider("Oak House"), a_provider("Elm House")
    insured(oak, date(2027, 3, 31))
    insured(elm, date(2027, 3, 30))
    ada = viewer(a_provider_admin(oak))
    with app.test_request_context():
        seen = titles(ada)
        assert f"{bid_round.title}: deadline" in seen
        assert [one for one in seen if "runs out" in one] == ["Public liability insurance runs out"]
        assert len([one for one in titles(an_officer()) if "runs out" in one]) == 2


def test_the_ends_of_places_are_on_the_calendars_of_their_councils(app, session):
    oak = a_provider("Oak House")
    a_place(oak, a_list(), councils=["luton"])
    with app.test_request_context():
        last = (ENDS_ON - timedelta(days=1), ENDS_ON)
        assert titles(an_officer(), *last) == ["Oak House: place on lot 1A ends"]
        assert titles(viewer(a_provider_admin(oak)), *last) != []
        assert titles(an_officer("bedford-borough"), *last) == []


@pytest.mark.parametrize("role", [Role.YOUNG_COMMISSIONER, Role.ADMINISTRATOR])
def test_others_find_no_calendar(by, role):
    by(a_viewer(role)).page("/calendar", status=403)


# --- Narrowing and pages ------------------------------------------------------------------


def test_it_is_narrowed_by_kind_and_by_council(dated):
    luton, bedford = an_officer(), an_officer("bedford-borough")
    (here,), (there,) = luton.council_ids, bedford.council_ids
    dated(
        CalendarEntry(date(2027, 2, 3), "Ours", "/a", "visit", council_ids=frozenset({here})),
        CalendarEntry(date(2027, 2, 2), "Theirs", "/b", "visit", council_ids=frozenset({there})),
        CalendarEntry(date(2027, 2, 1), "Everybody's", "/c", "kpi"),
    )
    assert titles(luton) == ["Everybody's", "Theirs", "Ours"]
    assert titles(luton, kind="visit", council="luton") == ["Ours"]
    assert titles(luton, council="luton") == ["Everybody's", "Ours"]
    shown = calendar.calendar(luton, FIRST, LAST, kind="visit")
    assert list(shown.kinds) == ["kpi", "visit"]  # the other kind can still be chosen
    assert [day.on.day for day in shown.days] == [2, 3]


def test_long_calendars_have_pages_and_the_number_of_statements_stays(by, app, dated):
    a_round()
    first = date(2027, 5, 3)
    for number in range(60):
        on = first + timedelta(days=number)
        dated(CalendarEntry(on, f"Visit {number}", f"/cookies?v={number}", "visit"))
    ada = by(an_officer())
    assert "Visit 24" in ada.page("/calendar").text
    assert "Visit 25" not in ada.page("/calendar").text
    assert "Visit 25" in ada.page("/calendar?page=2&kind=visit").text
    assert "Visit 59" in ada.page("/calendar?page=3&kind=visit").text
    may = ada.page("/calendar?month=2027-05&kind=visit").text
    assert ("Visit 28" in may, "Visit 29" in may) == (True, False)
    assert "no date" in ada.page("/calendar?month=2031-01&kind=visit").text.lower()
    assert ada.get("/calendar.csv?month=2027-05&kind=visit").text.count("Visit ") == 29
    ada.page("/calendar?month=nonsense&page=0&council=nowhere")


def test_more_dates_need_no_more_statements(app, session):
    oak, agreement = a_provider("Oak House"), a_list()
    a_place(oak, agreement, "1A")
    insured(a_provider(), LAST)
    officer = an_officer()
    db.session.commit()
    with app.test_request_context():
        db.session.expunge_all()
        with counted() as few:
            titles(officer)
        for lot in ("2A", "3A", "1B"):
            a_place(a_provider(), agreement, lot)
            insured(a_provider(), LAST)
        db.session.commit()
        db.session.expunge_all()
        with counted() as many:
            titles(officer)
    assert many.number <= few.number


# --- The feed -----------------------------------------------------------------------------


@pytest.fixture
def ada(session):
    return an_officer()


def read(client, token):
    answer = client.get(f"/calendar/of/{token}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.data)


def test_a_feed_is_sound_and_says_what_the_calendar_says(anybody, app, ada, dated):
    bid_round = a_round()
    long = (
        "Ofsted’s monitoring visit; bring the improvement plan, its evidence, and a witness, please"
    )
    dated(CalendarEntry(date(2027, 5, 9), long, "/visits/x", "visit", "Two\nlines"))
    token = actions_calendar.make_feed(actor=ada, now=NOW)
    db.session.commit()
    found = read(anybody, token)
    raw = anybody.get(f"/calendar/of/{token}.ics").data
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert found.errors == []
    events = {str(one["summary"]): one for one in found.events}
    assert len({str(one["uid"]) for one in found.events}) == len(found.events)
    assert long in events
    assert date(2027, 5, 9) == events[long].DTSTART
    assert date(2027, 5, 10) == events[long].DTEND
    assert str(events[long]["url"]).endswith("/visits/x")
    assert bid_round.title not in str(events)  # it was long over on that day


def test_a_date_that_moves_keeps_its_name(dated, ada):
    def uid(on):
        entry = CalendarEntry(on, "Insurance runs out", "/d", "document")
        (event,) = icalendar.Calendar.from_ical(_written(ada, entry)).events
        return str(event["uid"])

    def _written(someone, entry):
        before = rooms()["made-up"]
        rooms()["made-up"] = Room(before.blueprint, dates=lambda *_: [entry])
        return calendar_feed.written(someone, "Name", "https://portal.example/", NOW)

    assert uid(date(2027, 3, 1)) == uid(date(2027, 9, 1))


def test_an_address_is_shown_once_and_kept_as_a_hash(by, anybody, ada):
    client = by(ada)
    shown = client.sends(client.page("/calendar/address"), to="/calendar/address")
    token = shown.text.split("/calendar/of/")[1].split(".ics")[0]
    assert token not in client.page("/calendar/address").text
    assert db.session.query(CalendarFeed).one().token_hash != token
    read(anybody, token)


def test_a_new_address_and_switching_off_stop_the_old_one(by, anybody, ada):
    first = actions_calendar.make_feed(actor=ada, now=NOW)
    second = actions_calendar.make_feed(actor=ada, now=NOW)
    db.session.commit()
    anybody.page(f"/calendar/of/{first}.ics", status=404)
    read(anybody, second)
    client = by(ada)
    client.sends(client.page("/calendar/address/revoke"), to="/calendar/address")
    anybody.page(f"/calendar/of/{second}.ics", status=404)
    anybody.page("/calendar/of/nonsense.ics", status=404)


def test_who_has_left_is_read_no_more(anybody, ada):
    token = actions_calendar.make_feed(actor=ada, now=NOW)
    db.session.get_one(Person, ada.person_id).active = False
    db.session.commit()
    anybody.page(f"/calendar/of/{token}.ics", status=404)


def test_an_address_sleeps_while_its_person_could_not_sign_in(session, ada):
    token = actions_calendar.make_feed(actor=ada, now=NOW)
    person = db.session.get_one(Person, ada.person_id)
    set_up = person.totp_confirmed_at
    person.totp_confirmed_at = None
    assert calendar_feed.reader_of(token, NOW).is_anonymous
    council_id = next(iter(ada.council_ids))
    known = CouncilIdentity(
        person_id=person.id, council_id=council_id, issuer="i", subject="s", connected_at=NOW
    )
    db.session.add(known)
    assert calendar_feed.reader_of(token, NOW).person_id == person.id  # the council vouches
    person.totp_confirmed_at = set_up or NOW
    known.last_used_at = NOW - timedelta(days=31)
    assert calendar_feed.reader_of(token, NOW).is_anonymous  # it has not come through lately
    known.last_used_at = NOW
    assert calendar_feed.reader_of(token, NOW).posts == ada.posts


def test_every_address_on_the_calendar_is_a_page(by, app, ada):
    a_round()
    insured(a_provider("Oak House"), LAST)
    a_place(a_provider("Elm House"), a_list(), ends_on=LAST)
    client = by(ada)
    with app.test_request_context():
        assert url_for("register.show_calendar") == "/calendar"
        addresses = {one.address for one in calendar.collected(ada, FIRST, LAST)}
    assert len(addresses) >= 3
    assert DEADLINE.date() < LAST
    for address in addresses:
        client.page(address)
