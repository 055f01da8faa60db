"""Writing answers: saved as they are typed, by script or by button, by one person or by two."""

from datetime import timedelta

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
from tests.factories.sending import autosave, form_on, send
from tests.hygiene import words_of
from tests.reading import page_of


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada)
    session.commit()
    return application


def at(draft, key, lot=""):
    return f"/applications/{draft.ref}/questions/{key}" + (f"/{lot}" if lot else "")


def kept(session, key, lot=""):
    session.expire_all()
    found = session.query(Answer).filter_by(question_key=key, lot_code=lot).one_or_none()
    return found.value if found else None


# --- The verb ---------------------------------------------------------------------------------


def save(draft, town, key, raw, seen=None, *, by="ada", lot="", **more):
    actor = viewer(getattr(town, by))
    return actions.save_answer(draft, key, lot, raw, seen, actor=actor, now=town.now, **more)


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


# --- The page, without its script -------------------------------------------------------------


def test_a_page_saves_and_goes_on(session, town, draft):
    client = town.by(town.ben)
    answer = send(
        client,
        at(draft, "legal-name"),
        {"legal-name": "Oak House Ltd", "trading-name": "", "organisation-form": "charity"},
    )
    assert answer.location == at(draft, "organisation-form-other")
    assert kept(session, "legal-name") == "Oak House Ltd"
    assert kept(session, "organisation-form") == "charity"
    page = client.get(at(draft, "legal-name"))
    assert 'value="Oak House Ltd"' in page.text
    assert "Saved 10:00am on 20 January 2027" in page.text


def test_a_colleague_reads_who_saved(session, town, draft):
    save(draft, town, "safeguarding", "We listen.", by="ben")
    session.commit()
    page = town.by(town.ada).get(at(draft, "safeguarding"))
    assert "We listen.</textarea>" in page.text
    assert "by Ben Birch" in page.text


def test_the_last_page_of_a_section_leads_to_the_task_list(session, town, draft):
    answer = send(town.by(town.ada), at(draft, "sub-contractors"), {"sub-contractors": "no"})
    assert answer.location == f"/applications/{draft.ref}"


def test_a_question_appears_after_the_answer_that_it_waits_for(session, town, draft):
    client = town.by(town.ada)
    assert client.get(at(draft, "sub-contractors-detail")).status_code == 404
    answer = send(client, at(draft, "sub-contractors"), {"sub-contractors": "yes"})
    assert answer.location == at(draft, "sub-contractors-detail")
    assert client.get(answer.location).status_code == 200


def test_questions_for_each_lot_are_asked_for_each(session, town, draft):
    client = town.by(town.ada)
    answer = send(
        client, at(draft, "home-and-location", "1A"), {"home-and-location": "1 High Street"}
    )
    assert answer.location == at(draft, "home-and-location", "2A")
    page = client.get(at(draft, "home-and-location", "2A"))
    assert "lot 2A" in page.text
    assert "1 High Street" not in page.text
    assert client.get(at(draft, "home-and-location", "3A")).status_code == 404
    assert client.get(at(draft, "home-and-location")).status_code == 404


def test_a_page_that_is_partly_wrong_saves_what_is_right_and_keeps_what_was_typed(
    session, town, draft
):
    answer = send(
        town.by(town.ada),
        at(draft, "places-offered", "1A"),
        {"places-offered": "about four", "open-now": "yes"},
    )
    assert answer.status_code == 422
    assert "Enter a number, such as 12 or 12.5." in answer.text
    assert 'value="about four"' in answer.text
    assert kept(session, "open-now", "1A") == "yes"
    assert kept(session, "places-offered", "1A") is None


def test_too_many_words_are_saved_and_said(session, town, draft):
    answer = send(town.by(town.ada), at(draft, "safeguarding"), {"safeguarding": "word " * 800})
    assert answer.status_code == 422
    assert "Your answer has 800 words. Shorten it to 750 words or fewer." in answer.text
    assert kept(session, "safeguarding").startswith("word word")


@pytest.fixture
def conflict(session, town, draft):
    """Ada sends her text to the page on which Ben has saved his in the meantime."""
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    save(draft, town, "safeguarding", "Ben’s words", by="ben")
    session.commit()
    mine = {"safeguarding": "Ada’s words"}
    return client, send(client, at(draft, "safeguarding"), mine, form=form)


def test_an_ordinary_conflict_shows_both_and_overwrites_nothing(session, conflict):
    _client, answer = conflict
    assert answer.status_code == 409
    assert "Ben Birch saved another version" in answer.text
    assert '<blockquote class="portal-quote">Ben’s words</blockquote>' in answer.text
    assert "Ada’s words</textarea>" in answer.text
    assert kept(session, "safeguarding") == "Ben’s words"


def again(answer, address, **typed):
    """The form of the page that came back, filled in and sent again."""
    from tools.browser import Answer as Page

    form = Page(address, 200, answer.text, 0, 0).form_with("safeguarding")
    return form, typed


def test_after_a_conflict_one_s_own_text_can_be_kept(session, town, draft, conflict):
    client, answer = conflict
    form, typed = again(answer, at(draft, "safeguarding"), safeguarding="Ada’s words, better")
    assert send(client, at(draft, "safeguarding"), typed, form=form).status_code == 302
    assert kept(session, "safeguarding") == "Ada’s words, better"


def test_after_a_conflict_the_other_text_can_be_kept(session, town, draft, conflict):
    client, answer = conflict
    form, typed = again(answer, at(draft, "safeguarding"), keep="theirs:safeguarding")
    assert send(client, at(draft, "safeguarding"), typed, form=form).status_code == 302
    assert kept(session, "safeguarding") == "Ben’s words"


def test_after_a_conflict_both_can_be_joined(session, town, draft, conflict):
    client, answer = conflict
    form, typed = again(answer, at(draft, "safeguarding"), keep="both:safeguarding")
    joined = send(client, at(draft, "safeguarding"), typed, form=form)
    assert joined.status_code == 200
    assert "Ben’s words\n\nAda’s words</textarea>" in joined.text
    assert kept(session, "safeguarding") == "Ben’s words"
    form, typed = again(joined, at(draft, "safeguarding"), safeguarding="Both")
    assert send(client, at(draft, "safeguarding"), typed, form=form).status_code == 302
    assert kept(session, "safeguarding") == "Both"


def test_a_third_save_during_the_choice_is_a_conflict_again(session, town, draft, conflict):
    client, answer = conflict
    save(draft, town, "safeguarding", "Ben again", 1, by="ben")
    session.commit()
    form, typed = again(answer, at(draft, "safeguarding"), safeguarding="Ada again")
    assert send(client, at(draft, "safeguarding"), typed, form=form).status_code == 409


def test_what_was_not_touched_is_no_conflict_and_is_not_undone(session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, at(draft, "legal-name"), ["legal-name"])
    save(draft, town, "trading-name", "The Oaks", by="ben")
    session.commit()
    answer = send(client, at(draft, "legal-name"), {"legal-name": "Oak House"}, form=form)
    assert answer.status_code == 302
    assert kept(session, "trading-name") == "The Oaks"
    assert kept(session, "legal-name") == "Oak House"


def test_a_page_shown_again_for_one_slip_overwrites_nothing_of_a_colleague(session, town, draft):
    client = town.by(town.ada)
    where = at(draft, "places-offered", "1A")
    form = form_on(client, where, ["places-offered"])
    save(draft, town, "places-offered", "7", by="ben", lot="1A")
    session.commit()
    answer = send(client, where, {"places-offered": "x"}, form=form)
    from tools.browser import Answer as Page

    form = Page(where, 200, answer.text, 0, 0).form_with("places-offered")
    assert send(client, where, {"places-offered": "8"}, form=form).status_code == 409
    assert kept(session, "places-offered", "1A") == "7"


def test_the_deadline_that_passes_while_somebody_writes_keeps_the_text_on_the_page(
    session, town, draft
):
    town.at(DEADLINE - timedelta(minutes=1))
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    town.at(DEADLINE)
    typed = {"safeguarding": "My last words"}
    answer = send(client, at(draft, "safeguarding"), typed, form=form)
    assert answer.status_code == 422
    assert "The deadline has passed" in answer.text
    assert "My last words</textarea>" in answer.text
    assert kept(session, "safeguarding") is None


def test_a_session_that_ended_in_the_middle_hands_the_text_back(app, session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    client.delete_cookie("portal")
    answer = send(client, at(draft, "safeguarding"), {"safeguarding": "Long words"}, form=form)
    assert answer.status_code == 400
    assert "You have been signed out, so what you typed is" in answer.text
    assert handed_back(answer) == {"How do you keep young people safe?": "Long words"}


def handed_back(answer):
    """What was typed, by the labels under which the page hands it back."""
    page = page_of(answer)
    fields = {one.get("id"): one for one in page.xpath("//*[starts-with(@id, 'kept-')]")}
    return {
        words_of(label): fields[label.get("for")].get("value") or fields[label.get("for")].text
        for label in page.xpath("//label")
    }


def test_a_text_is_handed_back_under_the_label_of_its_own_field(session, town, draft):
    client = town.by(town.ada)
    for path, typed, expected in (
        (
            "rates",
            {"rate-2A-extra-support-hour": "24.50"},
            {"One extra hour of support, lot 2A": "24.50"},
        ),
        (
            "documents/cyber-insurance",
            {"source": "upload", "valid_until_on-day": "31", "valid_until_on-month": "3"},
            {
                "How do you give us this document?": "upload",
                "What is the last day on which it is valid? (day)": "31",
                "What is the last day on which it is valid? (month)": "3",
            },
        ),
    ):
        address = f"/applications/{draft.ref}/{path}"
        form = form_on(client, address, list(typed)[:1])
        kept = client.get_cookie("portal")
        client.delete_cookie("portal")
        assert handed_back(send(client, address, typed, form=form)) == expected
        client.set_cookie("portal", kept.value)


# --- The page's own script --------------------------------------------------------------------


def test_an_autosave_saves_what_changed(session, town, draft):
    client = town.by(town.ben)
    answer = autosave(client, at(draft, "legal-name"), {"legal-name": "Oak"})
    assert answer.status_code == 200
    assert answer.json["status"] == "saved"
    assert answer.json["at"] == "10:00am"
    assert answer.json["revision"] == 1
    assert set(answer.json["hidden"]) == {"_seen-legal-name"}
    assert kept(session, "legal-name") == "Oak"


def test_an_autosave_touches_nothing_else(session, town, draft):
    save(draft, town, "organisation-form", "charity")
    session.commit()
    autosave(town.by(town.ada), at(draft, "legal-name"), {"legal-name": "Oak"})
    assert kept(session, "organisation-form") == "charity"


def test_autosaves_follow_each_other(session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    for text in ("W", "We", "We listen"):
        answer = autosave(client, at(draft, "safeguarding"), {"safeguarding": text}, form=form)
        assert answer.json["status"] == "saved"
    answer = send(client, at(draft, "safeguarding"), {"safeguarding": "We listen!"}, form=form)
    assert answer.status_code == 302
    assert kept(session, "safeguarding") == "We listen!"


def test_an_autosave_in_conflict_shows_the_other_text(session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    save(draft, town, "safeguarding", "Ben’s words", by="ben")
    session.commit()
    answer = autosave(client, at(draft, "safeguarding"), {"safeguarding": "Mine"}, form=form)
    assert answer.status_code == 409
    assert answer.json["status"] == "conflict"
    assert answer.json["theirs"] == "Ben’s words"
    assert answer.json["field"] == "safeguarding"
    assert "Ben Birch" in answer.json["message"]
    mine = {"safeguarding": "Mine", **answer.json["hidden"]}
    assert send(client, at(draft, "safeguarding"), mine, form=form).status_code == 302
    assert kept(session, "safeguarding") == "Mine"


def test_an_autosave_that_cannot_be_read_says_why(session, town, draft):
    client = town.by(town.ada)
    answer = autosave(client, at(draft, "places-offered", "1A"), {"places-offered": "some"})
    assert answer.status_code == 422
    assert answer.json["errors"] == {"places-offered": "Enter a number, such as 12 or 12.5."}


def test_an_autosave_after_the_deadline_is_refused(session, town, draft):
    town.at(DEADLINE - timedelta(minutes=1))
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    town.at(DEADLINE)
    answer = autosave(client, at(draft, "safeguarding"), {"safeguarding": "Late"}, form=form)
    assert (answer.status_code, answer.json["status"]) == (409, "refused")


def test_an_autosave_without_a_session_says_so(session, town, draft):
    client = town.by(town.ada)
    form = form_on(client, at(draft, "safeguarding"), ["safeguarding"])
    client.delete_cookie("portal")
    answer = autosave(client, at(draft, "safeguarding"), {"safeguarding": "x"}, form=form)
    assert (answer.status_code, answer.json["status"]) == (401, "signed-out")
    assert answer.json["message"] == "You have been signed out, so what you typed is not saved."


# --- Everything else --------------------------------------------------------------------------


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


# --- What the portal knows already ------------------------------------------------------------


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
