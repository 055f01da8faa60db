"""Writing answers: saved as they are typed, by script or by button, by one person or by two."""

import pytest

from portal.applications import actions, queries
from portal.applications.actions import EditConflict
from portal.applications.models import Answer
from portal.audit import AuditEntry
from portal.db import db
from portal.providers.models import Registration, ServiceKind
from scoring.eligibility import questions_in
from scoring.rules import RuleBroken
from tests.factories.applications import an_application
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE
from tests.factories.sending import form_on, send
from tests.rooms.applications.answering import at, kept, save


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada)
    session.commit()
    return application


# --- The verb -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "raw", "value"),
    [
        (("legal-name", ""), "  Oak   House Ltd ", "Oak House Ltd"),
        (("safeguarding", ""), "One\r\nTwo", "One\nTwo"),
        (("places-offered", "1A"), "1,204.0", "1204"),
        (("voluntary-sector", ""), "yes", "yes"),
        (("organisation-form", ""), "charity", "charity"),
        (("mandatory-organisation-grounds", ""), ["tax", "terrorism"], ["terrorism", "tax"]),
    ],
)
def test_an_answer_is_kept_in_its_one_form(town, draft, place, raw, value):
    key, lot = place
    assert save(draft, town, key, raw, lot=lot).value == value
    assert draft.changed_at == town.now


@pytest.mark.parametrize(
    ("place", "raw", "code"),
    [
        (("places-offered", "1A"), "many", "answer:not-a-number"),
        (("voluntary-sector", ""), "perhaps", "answer:not-yes-or-no"),
        (("organisation-form", ""), "a circus", "answer:not-an-option"),
        (("love", ""), "yes", "answer:unknown-question"),
        (("places-offered", ""), "4", "answer:unknown-lot"),
        (("places-offered", "9Z"), "4", "answer:unknown-lot"),
        (("legal-name", "1A"), "Oak", "answer:unknown-lot"),
        (("safeguarding", ""), "x" * 100_001, "text:too-long"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(town, draft, place, raw, code):
    key, lot = place
    with pytest.raises(RuleBroken) as refused:
        save(draft, town, key, raw, lot=lot)
    assert refused.value.code == code
    assert refused.value.field == key
    assert db.session.query(Answer).count() == 0


def test_a_text_that_is_too_long_is_saved_all_the_same(session, town, draft):
    save(draft, town, "safeguarding", "word " * 900)
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    [finding] = [one for one in copy.findings[""] if one.where == "safeguarding"]
    assert finding.code == "answer:too-many-words"


def test_each_save_is_a_revision(session, town, draft):
    first = save(draft, town, "legal-name", "Oak")
    assert first.revision == 1
    assert save(draft, town, "legal-name", "Oak", 1).revision == 1  # nothing changed
    assert save(draft, town, "legal-name", "Oak House", 1).revision == 2


def test_an_answer_can_be_taken_out(session, town, draft):
    save(draft, town, "legal-name", "Oak")
    assert save(draft, town, "legal-name", "", 1).value is None


def test_the_second_to_save_sees_both(session, town, draft):
    save(draft, town, "legal-name", "Oak")
    save(draft, town, "legal-name", "Oak House", 1, by="ben")
    with pytest.raises(EditConflict) as conflict:
        save(draft, town, "legal-name", "Oak Homes", 1)
    assert conflict.value.mine == "Oak Homes"
    assert conflict.value.theirs.value == "Oak House"
    assert conflict.value.theirs.by == "Ben Birch"
    assert kept(session, "legal-name") == "Oak House"


def test_two_first_answers_meet(session, town, draft):
    save(draft, town, "legal-name", "Oak", 0)
    with pytest.raises(EditConflict):
        save(draft, town, "legal-name", "Elm", 0, by="ben")


def test_two_who_write_the_same_have_no_conflict(session, town, draft):
    save(draft, town, "legal-name", "Oak")
    assert save(draft, town, "legal-name", "Oak", 0, by="ben").revision == 1


def test_one_open_page_saves_many_times(session, town, draft):
    """Its answer about the save before may come late or be lost; it is no conflict with itself."""
    save(draft, town, "legal-name", "O", 0, page="p1", leaving=False)
    save(draft, town, "legal-name", "Oa", 0, page="p1", leaving=False)
    assert save(draft, town, "legal-name", "Oak", 0, page="p1").value == "Oak"


def test_what_a_left_page_sends_too_late_overwrites_nothing(session, town, draft):
    save(draft, town, "legal-name", "Oa", 0, page="p1", leaving=False)
    save(draft, town, "legal-name", "Oak House", 1, page="p1")
    with pytest.raises(EditConflict):
        save(draft, town, "legal-name", "Oak", 1, page="p1", leaving=False)


def test_nothing_is_saved_after_the_deadline(session, town, draft):
    with pytest.raises(RuleBroken) as refused:
        actions.save_answer(
            draft, "legal-name", "", "Oak", None, actor=viewer(town.ada), now=DEADLINE
        )
    assert refused.value.code == "application:edit-refused"


def test_strangers_save_nothing(session, town, draft):
    for stranger in ("cyd", "dev"):
        with pytest.raises(RuleBroken) as refused:
            save(draft, town, "legal-name", "Oak", by=stranger)
        assert refused.value.code == "application:edit-refused"


def test_the_trail_holds_no_answer(session, town, draft):
    save(draft, town, "legal-name", "A very secret name")
    session.commit()
    entry = session.query(AuditEntry).filter_by(event="answer:saved").one()
    assert "secret" not in str(entry.detail)
    assert entry.chain == f"round:{town.round.ref}"


# --- The page, without its script -----------------------------------------------------------------


@pytest.fixture
def conflict(session, town, draft):
    """Ada sends her text to the page on which Ben has saved his in the meantime."""
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    save(draft, town, "safeguarding", "Ben’s words", by="ben")
    session.commit()
    mine = {"safeguarding": "Ada’s words"}
    return client, send(client, at(draft, "safeguarding"), mine, form=form)


# --- Everything else ------------------------------------------------------------------------------


def test_a_section_lists_its_pages(session, town, draft):
    page = town.by(town.ada).get(f"/applications/{draft.ref}/sections/quality")
    assert page.text.count("govuk-task-list__item--with-link") == 10
    assert "Lot 2A: Why are these homes" in page.text


def test_a_section_that_there_is_not(session, town, draft):
    assert town.by(town.ada).get(f"/applications/{draft.ref}/sections/love").status_code == 404


def test_the_task_list_costs_the_same_however_much_is_written(
    session, town, draft, count_statements
):
    def cost():
        session.expire_all()
        session.expunge_all()
        with count_statements() as counted:
            own = queries.own_application(ref, ada)
            copy = queries.working_copy(own, ada, now)
            assert copy.parts
        return counted.number

    ada, ref, now = viewer(town.ada), draft.ref, town.now
    session.commit()
    few = cost()
    for key in ("legal-name", "safeguarding", "contact"):
        actions.save_answer(
            queries.own_application(ref, ada), key, "", "Words", None, actor=ada, now=now
        )
    session.commit()
    assert cost() == few
    assert few <= 10


# --- What the portal knows already ----------------------------------------------------------------


def test_the_number_of_ones_own_organisation_is_filled_in_and_not_saved(session, town, draft):
    asked = next(
        question["key"]
        for question in questions_in(town.round.question_set.body).values()
        if question.get("identifier") == "company-or-charity"
    )
    number = town.oak.company_number
    client = town.by(town.ada)
    shown = client.page(at(draft, asked))
    assert f'value="{number}"' in shown.text
    assert "Nothing is saved yet" in shown.text
    assert kept(session, asked) is None
    send(client, at(draft, asked), {asked: number})
    assert kept(session, asked) == number
    assert "Nothing is saved yet" not in client.page(at(draft, asked)).text


def test_of_two_services_no_registration_is_filled_in(session, town, draft):
    key = next(
        question["key"]
        for question in questions_in(town.round.question_set.body).values()
        if question.get("identifier") == "urns"
    )
    save(draft, town, "ofsted-registered", "yes")
    session.commit()
    urn = town.oak.registrations[0].urn
    client = town.by(town.ada)
    assert f'value="{urn}"' in client.page(at(draft, key)).text
    town.oak.registrations.append(
        Registration(
            urn="SC999999",
            service=ServiceKind.FOSTERING,
            outcome="registered",
            recorded_at=town.now,
        )
    )
    session.commit()
    assert "SC999999" not in client.page(at(draft, key)).text
