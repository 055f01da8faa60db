"""A file as the answer to a question: bound to the application, and pinned by what is submitted."""

import copy

import pytest

from portal.applications import queries
from portal.applications.models import Answer
from portal.documents.models import DocumentVersion
from scoring.rules import RuleBroken
from tests.factories.applications import an_application, complete, submit
from tests.factories.documents import a_file, an_infected_pdf
from tests.factories.people import viewer
from tests.factories.sending import send


@pytest.fixture
def draft(session, town):
    """An application to a round that asks for the plan of a home."""
    body = copy.deepcopy(town.round.question_set.body)
    asked = {
        **copy.deepcopy(body["sections"][0]["questions"][0]),
        "key": "floor-plan",
        "kind": "file",
        "label": "What does the home look like from above?",
    }
    body["sections"].append(
        {**body["sections"][0], "key": "plans", "title": "Plans", "questions": [asked]}
    )
    town.round.question_set.body = body
    application = an_application(town.round, by=town.ada)
    session.commit()
    return application


def at(draft):
    return f"/applications/{draft.ref}/questions/floor-plan"


def test_a_file_is_the_answer(session, town, draft):
    client = town.by(town.ben)
    answer = send(client, at(draft), {"file": a_file("plan.pdf")})
    assert answer.location == f"/applications/{draft.ref}"
    version = session.query(DocumentVersion).one()
    assert version.document.bound_to == draft.ref
    assert version.document.title == "What does the home look like from above?"
    assert session.query(Answer).filter_by(question_key="floor-plan").one().value == version.ref
    assert "plan.pdf" in client.get(at(draft)).text
    assert "plan.pdf" in client.get(f"/applications/{draft.ref}/check").text
    assert town.by(town.dev).get(f"/documents/versions/{version.ref}/file").status_code == 404


def test_another_file_takes_its_place(session, town, draft):
    client = town.by(town.ben)
    for name in ("one.pdf", "two.pdf"):
        assert send(client, at(draft), {"file": a_file(name)}).status_code == 302
    first, second = session.query(DocumentVersion).order_by(DocumentVersion.number)
    assert first.document_id == second.document_id
    assert session.query(Answer).filter_by(question_key="floor-plan").one().value == second.ref


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose a file"),
        (("plan.pdf", b""), "This file is empty"),
        (("plan.pdf", an_infected_pdf()), "Eicar-Test-Signature"),
    ],
)
def test_what_cannot_be_taken_is_refused(session, town, draft, file, words):
    sent = a_file(*file) if file else a_file("", b"")
    answer = send(town.by(town.ada), at(draft), {"file": sent})
    assert answer.status_code == 422
    assert words in answer.text
    assert session.query(Answer).count() == 0


def test_it_is_pinned_by_the_submission(session, town, draft):
    send(town.by(town.ben), at(draft), {"file": a_file("plan.pdf")})
    version = session.query(DocumentVersion).one()
    complete(draft)
    sent = submit(draft, by=town.ada)
    content = queries.bid_content(draft, viewer(town.ada))
    pinned = content.document(version.ref)
    assert (pinned.question_key, pinned.sha256) == ("floor-plan", version.file.sha256)
    assert content.sha256 == sent.sha256


def test_it_is_missing_when_it_is_missing(session, town, draft):
    complete(draft)
    session.query(Answer).filter_by(question_key="floor-plan").delete()
    session.flush()
    with pytest.raises(RuleBroken, match="from above"):
        submit(draft, by=town.ada)
