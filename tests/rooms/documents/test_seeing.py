"""Who sees which document: a library is for the provider and the councils, a bid's file is not."""

from datetime import timedelta

import pytest
from werkzeug.exceptions import NotFound

from portal.access import Role
from portal.days import today
from portal.documents import queries
from portal.documents.due import due
from portal.documents.models import DocumentVersion
from tests.factories.documents import a_document, a_file, a_pdf, find_infected
from tests.factories.people import a_person, viewer
from tests.factories.sending import form_on, send


def test_a_clean_file_comes_as_an_attachment(session, town):
    version = a_document(town.oak, by=town.ada, words="what it says")
    answer = town.by(town.ben).get(f"/documents/versions/{version.ref}/file")
    assert answer.status_code == 200
    assert answer.data == a_pdf("what it says")
    assert answer.headers["Content-Disposition"] == "attachment; filename=safeguarding-policy.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_nobody_opens_a_file_before_its_scan(session, town):
    version = a_document(town.oak, by=town.ada, scanned=False)
    for person in (town.ada, town.dev):
        answer = town.by(person).get(f"/documents/versions/{version.ref}/file")
        assert answer.status_code == 409
        assert "still being checked for viruses" in answer.text


def test_nobody_opens_an_infected_file(session, town):
    version = a_document(town.oak, by=town.ada, scanned=False)
    find_infected(version)
    for person in (town.ada, town.dev):
        answer = town.by(person).get(f"/documents/versions/{version.ref}/file")
        assert answer.status_code == 409
        assert "A virus was found" in answer.text


def test_a_commissioner_sees_a_library(session, town):
    version = a_document(town.oak, by=town.ada)
    dev = town.by(town.dev)
    assert "Safeguarding policy" in dev.get(f"/documents/of/{town.oak.ref}").text
    page = dev.get(f"/documents/of/{town.oak.ref}/safeguarding-policy")
    assert page.status_code == 200
    assert 'type="file"' not in page.text
    assert dev.get(f"/documents/versions/{version.ref}/file").status_code == 200


def test_a_commissioner_cannot_upload_for_a_provider(session, town):
    version = a_document(town.oak, by=town.ada)
    dev = town.by(town.dev)
    form = form_on(dev, f"/documents/versions/{version.ref}/check", ["outcome"])
    token = dict(form.fields)["csrf_token"]
    answer = dev.post(
        f"/documents/of/{town.oak.ref}/accounts", data={"csrf_token": token, "file": a_file()}
    )
    assert answer.status_code == 403
    assert session.query(DocumentVersion).count() == 1


def test_the_file_of_a_bid_is_the_provider_s_own(session, town):
    version = a_document(town.oak, "accounts", by=town.ada, bound_to="APP-11111-22222")
    address = f"/documents/versions/{version.ref}"
    assert town.by(town.ben).get(f"{address}/file").status_code == 200
    dev = town.by(town.dev)
    assert dev.get(f"{address}/file").status_code == 404
    assert dev.get(f"{address}/check").status_code == 404
    assert "accounts.pdf" not in dev.get(f"/documents/of/{town.oak.ref}/accounts").text
    assert town.oak.name not in dev.get("/documents/to-check").text
    with pytest.raises(NotFound):
        queries.version(version.ref, viewer(town.dev))


def test_another_provider_finds_nothing(session, town):
    version = a_document(town.oak, by=town.ada)
    cyd = town.by(town.cyd)
    for address in (
        f"/documents/of/{town.oak.ref}",
        f"/documents/of/{town.oak.ref}/safeguarding-policy",
        f"/documents/versions/{version.ref}/file",
    ):
        assert cyd.get(address).status_code == 404, address


def test_another_provider_s_upload_finds_nothing_and_stores_nothing(app, session, town):
    cyd = town.by(town.cyd)
    form = form_on(cyd, f"/documents/of/{town.elm.ref}/accounts", ["file"])
    address = f"/documents/of/{town.oak.ref}/accounts"
    answer = cyd.post(address, data={**dict(form.fields), "file": a_file()})
    assert answer.status_code == 404
    assert session.query(DocumentVersion).count() == 0


@pytest.mark.parametrize(
    "role",
    [
        Role.EVALUATOR,
        Role.MODERATOR,
        Role.FINANCE,
        Role.YOUNG_COMMISSIONER,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
    ],
)
def test_other_roles_do_not_read_documents(app, session, town, role):
    version = a_document(town.oak, by=town.ada)
    somebody = a_person(role)
    session.commit()
    client = town.by(somebody)
    assert client.get(f"/documents/versions/{version.ref}/file").status_code == 403
    assert client.get(f"/documents/of/{town.oak.ref}").status_code == 403


def test_a_stranger_is_asked_to_sign_in(app, session, town):
    version = a_document(town.oak, by=town.ada)
    session.commit()
    answer = app.test_client().get(f"/documents/versions/{version.ref}/file")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_somebody_at_two_providers_chooses(session, town):
    from portal.people.models import Membership

    session.add(
        Membership(
            person=town.ada,
            organisation=town.elm,
            role=Role.PROVIDER_CONTRIBUTOR,
            given_at=town.now,
        )
    )
    page = town.by(town.ada).get("/documents/")
    assert "Oak House" in page.text
    assert "Elm House" in page.text


def test_one_library_is_opened_at_once(town):
    answer = town.by(town.ada).get("/documents/")
    assert answer.location == f"/documents/of/{town.oak.ref}"


def test_a_library_costs_the_same_however_full(session, town, count_statements):
    def cost():
        session.expire_all()
        with count_statements() as counted:
            queries.library(town.oak.id, viewer_of_ada, today(town.now))
        return counted.number

    viewer_of_ada = viewer(town.ada)
    a_document(town.oak, by=town.ada)
    few = cost()
    for day, key in enumerate(("accounts", "workforce-plan", "complaints-policy")):
        a_document(town.oak, key, by=town.ada, at=town.now + timedelta(days=day))
        a_document(town.oak, key, by=town.ada, at=town.now + timedelta(days=day + 1))
    assert cost() == few


def test_the_home_page_names_what_must_be_mended(app, session, town):
    version = a_document(town.oak, by=town.ada)
    find_infected(version)
    session.flush()
    with app.test_request_context():
        [line] = due(viewer(town.ada), town.now)
        assert line.title == "Safeguarding policy has a virus"
        assert line.address == f"/documents/of/{town.oak.ref}/safeguarding-policy"
        assert due(viewer(town.cyd), town.now) == []


def test_the_home_page_counts_what_waits_for_a_check(app, session, town):
    a_document(town.oak, by=town.ada)
    a_document(town.elm, by=town.cyd)
    a_document(town.elm, "accounts", by=town.cyd, bound_to="APP-11111-22222")
    session.flush()
    with app.test_request_context():
        [line] = due(viewer(town.dev), town.now)
    assert (line.title, line.count) == ("2 documents wait for a check", 2)


def test_a_name_in_any_alphabet_survives_and_leads_nowhere(session, town):
    client = town.by(town.ada)
    where = f"/documents/of/{town.oak.ref}/accounts"
    send(client, where, {"file": a_file("../../Zażółć <gęślą> jaźń.pdf")})
    [version] = session.query(DocumentVersion)
    assert version.file.name == "Zażółć -gęślą- jaźń.pdf"
