"""The pages of content: for the councils and the administrator, and nobody else."""

import re
from datetime import UTC, datetime

import pytest

from portal.access import Role, Viewer
from portal.content import actions, queries
from tests.factories.people import a_person, as_person
from tests.factories.replay import replayed

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
@replayed
def loaded(session):
    actions.load_defaults(actor=Viewer.system(), now=NOW)
    session.commit()
    return [(version.kind, version.key) for version in queries.shelf().values()]


def somebody(app, role):
    return as_person(app.test_client(), a_person(role))


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_the_catalogue_links_to_everything(app, loaded, role):
    client = somebody(app, role)
    page = client.get("/content/")
    assert page.status_code == 200
    for kind, key in loaded:
        assert f'href="/content/{kind}/{key}"' in page.text


def test_each_kind_has_its_page(app, loaded):
    client = somebody(app, Role.COMMISSIONER)
    for kind, key in loaded:
        page = client.get(f"/content/{kind}/{key}")
        assert page.status_code == 200, (kind, key)
        [heading] = re.findall(r"<h1[^>]*>(.*?)</h1>", page.text)
        assert f"<title>{heading} – " in page.text
        assert client.get(f"/content/{kind}/{key}/1").status_code == 200


def test_every_question_is_on_the_page_of_its_set(app, loaded):
    page = somebody(app, Role.COMMISSIONER).get("/content/question-set/apl-16plus").text
    body = queries.content("question-set", "apl-16plus").body
    for section in body["sections"]:
        for question in section["questions"]:
            assert f'<div id="{question["key"]}">' in page


def test_a_percentage_is_written_without_binary_fractions(app, loaded):
    with app.test_request_context():
        words = app.jinja_env.get_template("content/words.html").module
        assert [words.percent(bp).strip() for bp in (7000, 1250, 3333, 5, 0)] == [
            "70 %", "12.5 %", "33.33 %", "0.05 %", "0 %",
        ]  # fmt: skip


@pytest.mark.parametrize(
    "address", ["/content/recipe/cake", "/content/scale/none", "/content/scale/faces-0-4/9"]
)
def test_what_is_not_there(app, loaded, address):
    assert somebody(app, Role.COMMISSIONER).get(address).status_code == 404


@pytest.mark.parametrize(
    "role",
    [
        Role.PROVIDER_ADMIN,
        Role.PROVIDER_CONTRIBUTOR,
        Role.YOUNG_COMMISSIONER,
        Role.PARTICIPATION_OFFICER,
    ],
)
def test_others_may_not(app, loaded, role):
    client = somebody(app, role)
    assert client.get("/content/").status_code == 403
    assert client.get("/content/scale/faces-0-4").status_code == 403


def test_a_stranger_is_asked_to_sign_in(app, loaded):
    assert app.test_client().get("/content/").status_code == 302


def test_the_command_takes_in_what_ships_and_says_when_there_is_nothing_new(app):
    commands = app.test_cli_runner()
    first = commands.invoke(args=["content", "load"])
    assert first.exit_code == 0, first.output
    assert "question-set apl-16plus, version 1" in first.output
    assert commands.invoke(args=["content", "load"]).output == "Nothing new.\n"
