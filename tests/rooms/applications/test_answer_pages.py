"""The page of an answer, with and without its script: nothing typed is lost or written over."""

from datetime import timedelta

import pytest

from tests.factories.applications import an_application
from tests.factories.rounds import DEADLINE
from tests.factories.sending import autosave, form_on, send
from tests.hygiene import words_of
from tests.reading import page_of
from tests.rooms.applications.answering import at, kept, save


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada)
    session.commit()
    return application


# --- The page, without its script -----------------------------------------------------------------


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
    assert "Your version, not saved yet, is in its own field below." in answer.text  # on a phone
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


# --- The page's own script ------------------------------------------------------------------------


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
