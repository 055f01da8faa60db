"""Placing all the same: one council, for a reason, until a day; the rest of them are not bound."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.access import Role
from portal.contracts.models import ListMembership
from portal.db import db
from portal.providers import actions_exceptions as actions, queries_exceptions as exceptions
from portal.providers.actions_exceptions import About
from portal.providers.models_exceptions import Hindrance, PlacementException
from portal.register import actions_exceptions, queries
from scoring.rules import RuleBroken
from scoring.stages import CheckStage
from tests.factories.contracts import a_list, a_place
from tests.factories.documents import a_document
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_provider, a_provider_admin, a_setting
from tests.factories.rounds import an_officer

NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)
ON = NOW.date()
DAY = timedelta(days=1)
WHY = "The insurer confirmed the renewal by telephone today"
INSURANCE = "employers-liability-insurance"


@pytest.fixture
def oak(session):
    provider = a_provider("Oak House")
    a_place(provider, a_list(), "1A")
    return provider


@pytest.fixture
def paper(oak):
    """An insurance that ran out yesterday."""
    version = a_document(
        oak,
        INSURANCE,
        by=a_provider_admin(oak),
        valid_until_on=ON - DAY,
        checked=CheckStage.ACCEPTED,
    )
    db.session.commit()
    return version.document


def test_a_council_without_a_place_gives_none(oak, paper, by):
    """Kent places nobody there from a list: an exception of its own would change nothing."""
    kent = an_officer("kent")
    assert answer(oak, kent)[0] == "no"
    code = refused(lambda: give(oak, paper, council="kent"))
    assert code == "exception:no-place"
    client = by(kent)
    assert "Place all the same" not in client.page(f"/register/{oak.ref}").text
    page = client.get(f"/register/{oak.ref}/exceptions/new/{paper.ref}")
    assert page.status_code == 409
    assert f"{a_council('kent').name} has no place on a list and no contract" in page.text


def test_a_day_that_is_over_is_told_as_such_and_not_as_a_place_that_is_missing(oak, paper):
    assert refused(lambda: give(oak, paper, days=-1)) == "exception:ended"


def test_a_place_that_is_over_or_comes_too_late_is_none(oak, paper):
    place = oak_place(oak)
    place.ends_on = ON - DAY
    assert refused(lambda: give(oak, paper)) == "exception:no-place"
    place.starts_on, place.ends_on = ON + 11 * DAY, ON + 99 * DAY
    assert refused(lambda: give(oak, paper)) == "exception:no-place"
    place.starts_on = ON + 10 * DAY
    assert give(oak, paper)


def oak_place(oak):
    return db.session.query(ListMembership).filter_by(provider_id=oak.id).one()


def refused(act):
    with pytest.raises(RuleBroken) as broken:
        act()
    return broken.value.code


def give(oak, paper, *, council="luton", actor=None, days=10, why=WHY) -> PlacementException:
    by_whom = actor or an_officer(council)
    db.session.flush()
    return actions_exceptions.give(
        oak,
        queries.provider_file(oak.ref, an_officer(council), ON).ground.places,
        a_council(council),
        About(Hindrance.DOCUMENT, paper.ref, paper.title),
        why,
        until_on=ON + days * DAY,
        actor=by_whom,
        now=NOW,
    )


def answer(oak, viewer, on=ON):
    db.session.expire_all()
    found = queries.provider_file(oak.ref, viewer, on).answer
    return found.kind, found.reason


def test_an_exception_opens_the_door_for_its_council_alone(oak, paper):
    luton, bedford = an_officer("luton"), an_officer("bedford-borough")
    assert answer(oak, luton) == ("no", "Out of date: Employers' liability insurance.")
    give(oak, paper)
    kind, reason = answer(oak, luton)
    assert kind == "care"
    assert "By exception until 13 May 2027: Employers' liability insurance." in reason
    assert answer(oak, bedford)[0] == "no"


def test_it_holds_to_the_end_of_its_last_day_and_not_after_it_was_ended(oak, paper):
    luton = an_officer("luton")
    given = give(oak, paper)
    assert answer(oak, luton, ON + 10 * DAY)[0] == "care"
    assert answer(oak, luton, ON + 11 * DAY)[0] == "no"
    actions.end(given, actor=luton, now=NOW)
    assert answer(oak, luton)[0] == "no"
    with pytest.raises(RuleBroken, match="ended already"):
        actions.end(given, actor=luton, now=NOW)


def test_somebody_of_two_councils_needs_it_for_both(oak, paper):
    both = a_viewer([Role.COMMISSIONER], "luton")
    given = give(oak, paper)
    other = an_officer("bedford-borough")
    posts = type(both)(person_id=both.person_id, name="", posts=both.posts + other.posts)
    assert exceptions.holding([given], both, ON) == {paper.ref: given}
    assert exceptions.holding([given], posts, ON) == {}


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.APPROVER, Role.MODERATOR])
def test_nobody_but_a_commissioner_decides(oak, paper, role):
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        give(oak, paper, actor=a_viewer(role))


def test_nobody_decides_for_another_council(oak, paper):
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        give(oak, paper, actor=an_officer("bedford-borough"))


def test_a_second_one_for_the_same_thing_is_refused(oak, paper):
    give(oak, paper)
    with pytest.raises(RuleBroken, match="has an exception for this already"):
        give(oak, paper)


def test_the_paper_of_a_home_stops_that_home_alone(oak):
    home = a_setting(oak, "Mill Lane")
    version = a_document(
        oak,
        "gas-safety-record",
        by=a_provider_admin(oak),
        valid_until_on=ON - DAY,
        setting=home,
        checked=CheckStage.ACCEPTED,
    )
    db.session.commit()
    luton = an_officer("luton")
    kind, reason = answer(oak, luton)
    assert kind == "care"
    assert "Not at these homes: Mill Lane (gas safety record out of date)." in reason
    give(oak, version.document)
    assert "Not at these homes" not in answer(oak, luton)[1]
    home.closed_on = ON
    db.session.commit()
    assert answer(oak, luton)[1] == "Lot 1A."


def test_a_commissioner_records_it_from_the_page_and_ends_it(oak, paper, by):
    client = by(an_officer("luton"))
    where = f"/register/{oak.ref}"
    assert "Place all the same" in client.page(where).text
    shown = client.page(f"{where}/exceptions/new/{paper.ref}")
    day = {"until_on-day": "1", "until_on-month": "6", "until_on-year": "2027"}
    refused = client.sends(shown, {"reason": "Because", **day}, status=422)
    assert "5 words or more" in refused.text
    after = client.sends(shown, {"reason": WHY, **day}, to=where)
    assert WHY in after.text
    client.sends(after, {}, button="End it", to=where)
    assert client.get(f"{where}/exceptions/new/DOC-UNKNOWN").status_code == 404
    assert by(a_viewer(Role.FINANCE)).get(f"{where}/exceptions/new/{paper.ref}").status_code == 403


def test_an_exception_whose_paper_was_renewed_is_said_to_be_needed_no_longer(oak, paper, by):
    given, client = give(oak, paper), by(an_officer("luton"))
    db.session.commit()
    assert "Holds" in client.page(f"/register/{oak.ref}").text
    a_document(
        oak,
        INSURANCE,
        by=a_provider_admin(oak),
        words="renewed",
        valid_until_on=ON + 300 * DAY,
        checked=CheckStage.ACCEPTED,
        at=NOW,
    )
    db.session.commit()
    shown = client.page(f"/register/{oak.ref}")
    assert "Not needed now" in shown.text
    assert "By exception" not in shown.text
    client.sends(shown, {}, button="End it", to=f"/register/{oak.ref}")
    db.session.refresh(given)
    assert given.ended_at is not None
