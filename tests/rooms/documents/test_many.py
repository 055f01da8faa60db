"""Several files at once: guesses that a person looks at, and all or none."""

import io
from datetime import date

import pytest

from portal.content import queries as content
from portal.documents import guessing, staging
from portal.documents.actions import StagedFile
from portal.documents.models import Document
from tests.factories.documents import a_file, an_infected_pdf
from tests.factories.people import viewer
from tests.factories.providers import a_setting

UNTIL = {"until-0-day": "31", "until-0-month": "3", "until-0-year": "2027"}


def start(town, session):
    home = a_setting(town.oak, "Mill Lane")
    session.commit()
    return home, town.by(town.ada), f"/documents/of/{town.oak.ref}"


def send(client, where, *files):
    shown = client.page(f"{where}/several")
    token = shown.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    data = {"csrf_token": token, "files": list(files)}
    return client.post(f"{where}/several", data=data, content_type="multipart/form-data")


def test_files_are_sorted_by_their_names_and_taken_together(town, session):
    home, client, where = start(town, session)
    shown = send(
        client,
        where,
        a_file("Gas safety certificate Mill Lane 2027-03-31.pdf"),
        a_file("Safeguarding policy.pdf"),
    )
    client.sends(shown, {}, to=where)
    kept = {(one.type_key, one.setting_id) for one in session.query(Document)}
    assert kept == {("gas-safety-record", home.id), ("safeguarding-policy", None)}


def test_nothing_is_kept_while_one_of_them_lacks_its_home(town, session):
    _home, client, where = start(town, session)
    shown = send(client, where, a_file("Gas safety.pdf"), a_file("Safeguarding policy.pdf"))
    refused = client.sends(shown, UNTIL, status=422)
    assert "Choose the home that it is for" in refused.text
    assert session.query(Document).count() == 0


def test_an_infected_file_is_refused_by_name_before_anything_else(town, session):
    _home, client, where = start(town, session)
    answer = send(client, where, (io.BytesIO(an_infected_pdf()), "bad.pdf"), a_file("Good.pdf"))
    assert answer.status_code == 422
    assert "bad.pdf:" in answer.text


def test_what_waits_is_its_senders_alone(town, app):
    file = StagedFile("a" * 64, 10, "application/pdf", "policy.pdf")
    with app.test_request_context():
        token = staging.signed([file], town.oak.ref, viewer(town.ada))
        assert staging.read(token, town.oak.ref, viewer(town.ada)) == [file]
        assert staging.read(token, town.oak.ref, viewer(town.ben)) == []
        assert staging.read(token, town.elm.ref, viewer(town.ada)) == []
        assert staging.read("", town.oak.ref, viewer(town.ada)) == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Gas Safety Record - Mill Lane.pdf", "gas-safety-record"),
        ("PUBLIC_LIABILITY_INSURANCE.pdf", "public-liability-insurance"),
        ("Insurance.pdf", ""),
        ("IMG_2034.jpg", ""),
    ],
)
def test_a_type_is_guessed_where_the_name_leaves_no_doubt(town, name, key):
    assert guessing.guess_type(name, content.document_types()) == key


def test_a_day_is_guessed_where_the_name_holds_one():
    assert guessing.guess_last_day("gas 2027-03-31.pdf") == date(2027, 3, 31)
    assert guessing.guess_last_day("gas 20270230.pdf") is None
