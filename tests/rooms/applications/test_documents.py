"""Documents of an application: from the library, uploaded now, or promised for the start."""

from datetime import date

import pytest

from portal.applications import actions, queries
from portal.applications.models import AttachedDocument
from portal.documents.models import Document, DocumentVersion
from scoring.eligibility import DocumentState
from scoring.rules import RuleBroken
from tests.factories.applications import an_application
from tests.factories.documents import a_document, a_file, an_infected_pdf, find_infected
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE
from tests.factories.sending import send
from tests.reading import errors_of, page_of


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada)
    session.commit()
    return application


def at(draft, key):
    return f"/applications/{draft.ref}/documents/{key}"


def attached(session, key):
    session.expire_all()
    return session.query(AttachedDocument).filter_by(checklist_key=key).one_or_none()


def test_the_list_says_what_is_needed_now_and_what_later(session, town, draft):
    page = town.by(town.ben).get(f"/applications/{draft.ref}/documents")
    now, later = page.text.split("Before the first young person moves in")
    assert "Safeguarding policy" in now
    assert "Cyber insurance" not in now
    assert "Cyber insurance" in later
    assert "Gas safety record" in later


def test_a_document_of_the_library_is_attached(session, town, draft):
    version = a_document(town.oak, "accounts", by=town.ada)
    client = town.by(town.ben)
    assert "There is one in your library" in client.get(f"/applications/{draft.ref}/documents").text
    answer = send(client, at(draft, "accounts"), {"source": "library"})
    assert answer.status_code == 302
    assert attached(session, "accounts").version is version


def test_a_newer_version_is_offered_and_not_taken_by_itself(session, town, draft):
    old = a_document(town.oak, "accounts", by=town.ada, words="old")
    actions.attach_document(draft, "accounts", old, actor=viewer(town.ada), now=town.now)
    new = a_document(town.oak, "accounts", by=town.ada, words="new")
    client = town.by(town.ada)
    assert "There is a newer version" in client.get(f"/applications/{draft.ref}/documents").text
    assert attached(session, "accounts").version is old
    send(client, at(draft, "accounts"), {"source": "library"})
    assert attached(session, "accounts").version is new


def test_a_file_uploaded_now_belongs_to_the_application_only(session, town, draft):
    answer = send(
        town.by(town.ben), at(draft, "accounts"), {"source": "upload", "file": a_file("books.pdf")}
    )
    assert answer.status_code == 302
    document = attached(session, "accounts").version.document
    assert document.bound_to == draft.ref
    assert "books.pdf" not in town.by(town.dev).get(f"/documents/of/{town.oak.ref}/accounts").text


def test_a_file_can_go_into_the_library_as_well(session, town, draft):
    typed = {"source": "upload", "file": a_file("books.pdf"), "keep": "yes"}
    send(town.by(town.ben), at(draft, "accounts"), typed)
    assert {one.bound_to for one in session.query(Document)} == {"", draft.ref}


def test_a_missing_file_and_a_missing_day_are_told_together(session, town, draft):
    answer = send(town.by(town.ada), at(draft, "cyber-insurance"), {"source": "upload"})
    assert errors_of(answer) == [
        ("Choose a file", "#file"),
        ("Enter the last day on which it is valid.", "#valid_until_on-day"),
    ]


def test_a_day_that_is_half_typed_does_not_stop_a_promise(session, town, draft):
    typed = {"source": "promise", "valid_until_on-day": "3"}
    answer = send(town.by(town.ada), at(draft, "cyber-insurance"), typed)
    assert answer.status_code == 302


def test_a_day_is_asked_for_where_the_kind_runs_out(session, town, draft):
    client = town.by(town.ada)
    where = at(draft, "cyber-insurance")
    typed = {"source": "upload", "file": a_file()}
    answer = send(client, where, typed)
    assert answer.status_code == 422
    assert "Enter the last day on which it is valid." in answer.text
    day = {"valid_until_on-day": "30", "valid_until_on-month": "2", "valid_until_on-year": "2028"}
    answer = send(client, where, {**typed, "file": a_file(), **day})
    assert "must be a real date" in answer.text
    assert 'value="2028"' in answer.text
    assert attached(session, "cyber-insurance") is None
    good = {**typed, "file": a_file(), **day, "valid_until_on-month": "3"}
    assert send(client, where, good).status_code == 302
    assert attached(session, "cyber-insurance").version.valid_until_on == date(2028, 3, 30)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "This file is empty"), (b"words", "something else"), (an_infected_pdf(), "Eicar")],
)
def test_a_file_that_cannot_be_taken_is_refused_beside_the_field(
    session, town, draft, content, words
):
    typed = {"source": "upload", "file": a_file("a.pdf", content)}
    answer = send(town.by(town.ada), at(draft, "accounts"), typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert session.query(DocumentVersion).count() == 0


def test_where_there_is_a_choice_it_is_asked_for(session, town, draft):
    client, where = town.by(town.ada), at(draft, "public-liability-insurance")
    assert "Choose one" in send(client, where, {"source": None}).text
    assert "Choose a file" in send(client, where, {"source": "upload"}).text


def test_where_there_is_one_way_it_is_chosen_already(session, town, draft):
    client, where = town.by(town.ada), at(draft, "accounts")
    (ticked,) = page_of(client.page(where)).xpath("//input[@name='source'][@checked]")
    assert ticked.get("value") == "upload"
    assert "Choose a file" in send(client, where, {"source": None}).text


def test_insurance_can_be_promised(session, town, draft):
    client = town.by(town.ben)
    where = at(draft, "public-liability-insurance")
    assert send(client, where, {"source": "promise"}).status_code == 302
    assert attached(session, "public-liability-insurance").promised is True
    assert "Promised" in client.get(f"/applications/{draft.ref}/documents").text


def test_what_is_needed_now_cannot_be_promised(session, town, draft):
    page = town.by(town.ada).get(at(draft, "accounts"))
    assert "We will hold it from the start" not in page.text
    with pytest.raises(RuleBroken) as refused:
        actions.promise_document(draft, "accounts", actor=viewer(town.ada), now=town.now)
    assert refused.value.code == "document:needed-now"


def test_a_document_can_be_taken_out(session, town, draft):
    version = a_document(town.oak, "accounts", by=town.ada)
    actions.attach_document(draft, "accounts", version, actor=viewer(town.ada), now=town.now)
    session.commit()
    client = town.by(town.ben)
    action = f"{at(draft, 'accounts')}/remove"
    assert send(client, at(draft, "accounts"), {}, action=action).status_code == 302
    assert attached(session, "accounts") is None
    assert session.query(DocumentVersion).count() == 1


def test_a_document_of_another_provider_cannot_be_attached(session, town, draft):
    theirs = a_document(town.elm, "accounts", by=town.cyd)
    with pytest.raises(RuleBroken) as refused:
        actions.attach_document(draft, "accounts", theirs, actor=viewer(town.ada), now=town.now)
    assert refused.value.code == "document:not-yours"


def test_a_file_of_another_application_cannot_be_attached(session, town, draft):
    other = a_document(town.oak, "accounts", by=town.ada, bound_to="APP-22222-33333")
    with pytest.raises(RuleBroken) as refused:
        actions.attach_document(draft, "accounts", other, actor=viewer(town.ada), now=town.now)
    assert refused.value.code == "document:not-yours"


def test_a_document_of_another_kind_cannot_be_attached(session, town, draft):
    policy = a_document(town.oak, "complaints-policy", by=town.ada)
    with pytest.raises(RuleBroken) as refused:
        actions.attach_document(draft, "accounts", policy, actor=viewer(town.ada), now=town.now)
    assert refused.value.code == "document:other-type"


def test_an_infected_one_cannot_be_attached_and_counts_as_missing_later(session, town, draft):
    bad = a_document(town.oak, "accounts", by=town.ada)
    actions.attach_document(draft, "accounts", bad, actor=viewer(town.ada), now=town.now)
    find_infected(bad)
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert copy.document_state("accounts") is DocumentState.INFECTED
    assert "document:infected" in {one.code for one in copy.findings[""]}
    actions.detach_document(draft, "accounts", actor=viewer(town.ada), now=town.now)
    with pytest.raises(RuleBroken) as refused:
        actions.attach_document(draft, "accounts", bad, actor=viewer(town.ada), now=town.now)
    assert refused.value.code == "document:infected"


def test_a_line_that_the_round_does_not_have(session, town, draft):
    assert town.by(town.ada).get(at(draft, "love-letters")).status_code == 404
    with pytest.raises(RuleBroken) as refused:
        actions.promise_document(draft, "love-letters", actor=viewer(town.ada), now=town.now)
    assert refused.value.code == "document:unknown-line"


def test_not_after_the_deadline(session, town, draft):
    version = a_document(town.oak, "accounts", by=town.ada)
    for act in (
        lambda more: actions.attach_document(draft, "accounts", version, **more),
        lambda more: actions.promise_document(draft, "cyber-insurance", **more),
        lambda more: actions.detach_document(draft, "accounts", **more),
    ):
        with pytest.raises(RuleBroken) as refused:
            act({"actor": viewer(town.ada), "now": DEADLINE})
        assert refused.value.code == "application:edit-refused"


def test_strangers_upload_nothing(session, town, draft):
    from tests.factories.sending import form_on

    client = town.by(town.cyd)
    token = dict(form_on(client, f"/applications/start/{town.round.ref}").fields)["csrf_token"]
    data = {"csrf_token": token, "source": "upload", "file": a_file()}
    assert client.post(at(draft, "accounts"), data=data).status_code == 404
    assert session.query(DocumentVersion).count() == 0
