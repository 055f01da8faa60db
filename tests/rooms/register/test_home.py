"""Home pages: what needs this person today, where they may go, and nothing that is not theirs."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from lxml import html

from portal.access import ANONYMOUS, Role
from portal.db import db
from portal.providers.models import Provider
from portal.register import home, queries
from portal.web import Due
from scoring.stages import CheckStage, RoundStage
from tests.factories.applications import an_application
from tests.factories.awards import a_recommended_round, a_released_round, an_approver, told
from tests.factories.counting import counted
from tests.factories.documents import a_document
from tests.factories.people import a_person
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.rounds import DEADLINE, WHILE_OPEN, a_round, an_officer, at

COUNCIL_ROLES = sorted(set(Role) - {Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR})


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def places(answer):
    """The words of the cards that lead on."""
    page = html.document_fromstring(answer.text)
    return [
        one.text_content() for one in page.xpath("//main//*[contains(@class, 'portal-card__link')]")
    ]


# --- Anybody -------------------------------------------------------------------------------


def test_anybody_sees_what_is_open_and_how_to_apply(anybody, app):
    bid_round = a_round()
    at(app, WHILE_OPEN)
    said = words(anybody.page("/"))
    assert bid_round.title in said
    assert "Apply before 12 noon on 15 February 2027" in said
    assert "Create your organisation" in said
    at(app, DEADLINE)
    assert "Nothing is open at the moment" in words(anybody.page("/"))


@pytest.mark.parametrize("address", ["/accessibility", "/privacy", "/cookies"])
def test_anybody_reads_the_statements(anybody, address):
    anybody.page(address)


# --- Everybody ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", COUNCIL_ROLES)
def test_everybody_at_a_council_has_a_home_that_leads_nowhere_forbidden(by, role):
    a_round()
    client = by(a_person(role))
    shown = client.page("/")
    links = html.document_fromstring(shown.text).xpath(
        "//main//a[not(starts-with(@href, '#'))]/@href | //nav//a/@href"
    )
    for link in dict.fromkeys(link for link in links if link.startswith("/")):
        assert client.get(link).status_code in {200, 302}, link


@pytest.mark.parametrize(
    ("role", "wanted", "not_for_them"),
    [
        (Role.COMMISSIONER, {"Rounds", "Register", "Compare rates"}, {"Moderation", "Audit trail"}),
        (Role.MODERATOR, {"Rounds", "Moderation", "Register"}, {"Your scoring", "Compare rates"}),
        (Role.EVALUATOR, {"Rounds", "Your scoring", "Register"}, {"Moderation", "Compare rates"}),
        (Role.FINANCE, {"Rounds", "Register", "Compare rates", "Spot rates"}, {"Moderation"}),
        (Role.APPROVER, {"Rounds", "Register"}, {"Compare rates", "Your scoring"}),
        (Role.AUDITOR, {"Rounds", "Register", "Audit trail"}, {"Spot rates"}),
        (Role.PARTICIPATION_OFFICER, {"Rounds", "Young Commissioners", "Sign-off"}, {"Register"}),
        (Role.ADMINISTRATOR, {"Content", "People and settings"}, {"Rounds", "Register"}),
    ],
)
def test_each_role_is_led_to_its_own_places(by, role, wanted, not_for_them):
    found = places(by(a_person(role)).page("/"))
    assert set(found) >= wanted
    assert not set(found) & not_for_them
    assert len(set(found)) == len(found), "no place twice"


def test_a_provider_is_led_to_its_applications_letters_and_documents(by):
    found = places(by(a_provider_admin()).page("/"))
    wanted = ["Open rounds", "Your applications", "Letters", "Your documents", "Your organisation"]
    assert [one for one in found if one in wanted] == wanted
    assert not {"Rounds", "Register", "Moderation"} & set(found)


def test_many_places_stand_under_headings_and_few_under_one(by):
    page = html.document_fromstring(by(an_officer()).page("/").text)
    headings = [one.text_content() for one in page.xpath("//main//h2")]
    assert headings[0] == "Rounds and bids"
    assert "Providers and homes" in headings
    page = html.document_fromstring(by(a_person(Role.ADMINISTRATOR)).page("/").text)
    assert [one.text_content() for one in page.xpath("//main//h2")][-1:] == ["Where to go"]


def test_every_place_has_its_heading():
    assert {home._subject_of(one) for one in home.SHORTCUTS} <= set(home.SUBJECTS)


def test_who_is_up_to_date_is_told_so(by):
    assert "Nothing waits for you" in words(by(a_contributor()).page("/"))


# --- What waits -----------------------------------------------------------------------------


def test_a_commissioner_sees_what_can_be_opened_and_what_is_to_be_published(by, app):
    bid_round = a_round()
    a_round(stage=RoundStage.DRAFT, title="Spring opening")
    officer = by(an_officer())
    at(app, DEADLINE + timedelta(minutes=6))
    said = words(officer.page("/"))
    assert f"Open {bid_round.title}" in said
    assert "Finish and publish Spring opening" in said


def test_a_provider_sees_its_draft_with_the_deadline_and_its_papers(by, app):
    bid_round = a_round()
    oak = a_provider("Oak House")
    ada = a_provider_admin(oak)
    an_application(bid_round, by=ada)
    a_document(oak, "safeguarding-policy", by=ada, checked=CheckStage.REJECTED)
    at(app, WHILE_OPEN)
    said = words(by(ada).page("/"))
    assert f"Finish the application to {bid_round.title}" in said
    assert "by 12 noon on 15 February 2027" in said
    assert "Safeguarding policy was not accepted" in said


def test_an_approver_sees_what_waits_for_a_decision(by):
    a_recommended_round(told("Oak House"))
    shown = by(an_approver()).page("/")
    assert "Decide on an award for Luton Council" in words(shown)
    assert "Decide" not in words(by(an_approver("hertfordshire")).page("/"))


def test_a_provider_sees_that_its_letter_is_there(by, app):
    a_released_round(told("Oak House"))
    oak = db.session.query(Provider).filter_by(name="Oak House").one()
    at(app, DEADLINE + timedelta(days=30))
    assert "Your assessment summary is here" in words(by(a_provider_admin(oak)).page("/"))


def test_a_young_commissioner_sees_big_cards_and_nothing_else(by):
    young = a_person(Role.YOUNG_COMMISSIONER, name="Comet")
    said = words(by(young).page("/"))
    assert said.startswith("Hello Comet")
    assert "Nothing to do right now" in said
    assert places(by(young).page("/")) == []


def test_the_home_page_costs_the_same_with_one_award_and_with_two(by):
    officer = an_officer()
    numbers = []
    for number in range(2):
        a_recommended_round(told(f"Home {number}"))
        client = by(officer)
        client.page("/")
        with counted() as statements:
            client.page("/")
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]


def test_what_is_urgent_comes_before_everything_that_has_a_day(monkeypatch):
    late = Due("Open the round", "/rounds", due_at=WHILE_OPEN)
    some_day = Due("Draft", "/draft")
    told = Due("A young person has told us something", "/told", urgent=True)
    room = SimpleNamespace(due=lambda _viewer, _now: [some_day, late, told])
    monkeypatch.setattr(queries, "rooms", lambda: {"any": room})
    assert queries.due(ANONYMOUS, WHILE_OPEN) == [told, late, some_day]
