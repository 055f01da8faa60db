"""Answers and documents given before are offered again, looked at one by one, and never copied unseen."""

from datetime import timedelta

import pytest
from werkzeug.exceptions import NotFound

from portal.applications import actions, queries, reuse
from portal.applications.actions import EditConflict
from portal.applications.models import Answer, AttachedDocument
from portal.rounds import actions as rounds
from tests.factories.applications import a_submitted, an_application
from tests.factories.counting import counted
from tests.factories.people import viewer
from tests.factories.rounds import NOTICE, PREPARED, WHILE_OPEN, an_officer
from tests.factories.sending import send

WORDS = "We ring the missing person at once."
ROW = {"job": "Cook", "people": "2", "hours": "37.5", "vacancies": "0"}


@pytest.fixture
def earlier(session, town):
    """Oak House has applied before; Elm House too, and that is nobody else's."""
    answers = {
        "missing-and-exploitation": WORDS,
        "staffing-table": [ROW],
        ("places-offered", "1A"): "7",
    }
    sent = a_submitted(town.round, by=town.ada, lots=["1A"], answers=answers)
    a_submitted(town.round, by=town.cyd, lots=["1A"], answers={"contact": "Elm"})
    session.commit()
    return sent


@pytest.fixture
def draft(session, town, earlier):
    """A second opening of the same list."""
    officer = an_officer()
    again = rounds.create_from_round(town.round, title="Again", actor=officer, now=PREPARED)
    opens, deadline = WHILE_OPEN - timedelta(days=1), WHILE_OPEN + timedelta(days=20)
    rounds.change_timetable(
        again, opens, deadline - timedelta(days=5), deadline, actor=officer, now=PREPARED
    )
    rounds.publish(again, NOTICE, PREPARED, actor=officer, now=PREPARED)
    application = an_application(again, by=town.ada, lots=["1A", "2A"])
    session.commit()
    return application


def copy_of(draft, town, by="ada"):
    return queries.working_copy(draft, viewer(getattr(town, by)), town.now)


def offered(draft, town, **more):
    found = reuse.offers(copy_of(draft, town), viewer(town.ada), **more)
    return {(one.key, one.lot): one for one in found}


def take(draft, town, key, lot="", *, source):
    copy = copy_of(draft, town)
    return reuse.reuse_answer(copy, key, lot, source, actor=viewer(town.ada), now=town.now)


def test_what_was_said_before_is_offered_with_where_it_comes_from(town, earlier, draft):
    found = offered(draft, town)
    assert found["missing-and-exploitation", ""].value == WORDS
    assert found["missing-and-exploitation", ""].earlier.application.ref == earlier.ref
    assert found["places-offered", "1A"].value == "7"
    assert ("places-offered", "2A") not in found  # it was not applied for


def test_grounds_and_declarations_are_never_offered(town, draft):
    keys = {key for key, _ in offered(draft, town)}
    assert "missing-and-exploitation" in keys
    assert not {key for key in keys if key.startswith(("mandatory", "discretionary", "declar"))}


def test_nothing_is_copied_by_looking(session, town, draft):
    client = town.by(town.ada)
    page = client.page(f"/applications/{draft.ref}/reuse")
    assert "From your application to" in page.text
    assert WORDS in page.text
    assert "Elm" not in page.text
    assert session.query(Answer).filter_by(application_id=draft.id).count() == 0


def test_an_answer_is_taken_from_its_own_page(session, town, earlier, draft):
    client = town.by(town.ben)
    address = f"/applications/{draft.ref}/questions/missing-and-exploitation"
    assert WORDS in client.page(address).text
    action = f"/applications/{draft.ref}/reuse/missing-and-exploitation"
    answer = send(client, address, {}, action=action)
    assert answer.location == address
    kept = session.query(Answer).filter_by(application_id=draft.id).one()
    assert (kept.value, kept.saved_by_id) == (WORDS, town.ben.id)
    assert "You answered this before" not in client.page(address).text


def test_rows_are_taken_cell_by_cell(session, town, earlier, draft):
    take(draft, town, "staffing-table", source=earlier.ref)
    assert copy_of(draft, town).values["staffing-table", ""] == [ROW]


def test_a_colleague_s_answer_is_never_overwritten(session, town, earlier, draft):
    copy = copy_of(draft, town)
    actions.save_answer(draft, "contact", "", "Ben", None, actor=viewer(town.ben), now=town.now)
    with pytest.raises(EditConflict):
        reuse.reuse_answer(copy, "contact", "", earlier.ref, actor=viewer(town.ada), now=town.now)
    with pytest.raises(NotFound):  # looked at afresh there is nothing to offer
        take(draft, town, "contact", source=earlier.ref)


@pytest.mark.parametrize("key", ["mandatory-organisation", "no-such-question", "debarment"])
def test_what_is_not_offered_cannot_be_taken(town, earlier, draft, key):
    with pytest.raises(NotFound):
        take(draft, town, key, source=earlier.ref)


def test_another_source_than_was_shown_is_refused(town, draft):
    with pytest.raises(NotFound):
        take(draft, town, "contact", source="APP-OTHER")


def test_a_withdrawn_application_offers_nothing(session, town, earlier, draft):
    actions.withdraw(earlier, "Not now", actor=viewer(town.ada), now=town.now)
    session.commit()
    assert offered(draft, town) == {}


def test_a_choice_that_is_not_offered_any_more_is_left_out():
    question = {"key": "a", "kind": "many-of", "options": [{"value": "x"}, {"value": "y"}]}
    assert reuse._fitting(question, ["x", "gone"]) == ["x"]
    assert reuse._fitting({**question, "kind": "one-of"}, "gone") is None
    assert reuse._fitting({"key": "a", "kind": "money"}, 51_250) == 51_250


def test_documents_in_date_are_attached_one_by_one(session, town, draft):
    client = town.by(town.ada)
    address = f"/applications/{draft.ref}/reuse"
    lines = reuse.documents_in_date(copy_of(draft, town), viewer(town.ada))
    assert lines
    key = next(iter(lines))
    answer = send(client, address, {}, action=f"{address}/documents/{key}")
    assert answer.location == address
    [attached] = session.query(AttachedDocument).filter_by(application_id=draft.id)
    assert (attached.checklist_key, attached.version.ref) == (key, lines[key].ref)
    assert client.post(f"{address}/documents/no-such-line").status_code in {400, 404}


def test_an_expired_document_is_not_offered(session, town, draft):
    lines = reuse.documents_in_date(copy_of(draft, town), viewer(town.ada))
    key, version = next((k, v) for k, v in lines.items() if v.valid_until_on)
    version.valid_until_on = town.now.date() - timedelta(days=1)
    session.flush()
    assert key not in reuse.documents_in_date(copy_of(draft, town), viewer(town.ada))


def test_strangers_find_nothing(town, draft):
    for person, status in ((town.cyd, 404), (town.dev, 403)):
        assert town.by(person).get(f"/applications/{draft.ref}/reuse").status_code == status


def test_the_page_costs_the_same_however_much_is_offered(session, town, draft):
    client = town.by(town.ada)
    with counted() as statements:
        client.get(f"/applications/{draft.ref}/reuse")
    assert statements.number <= 20
