"""The deadline passes while a page is open: the page says so, and offers nothing that cannot work."""

import io
from datetime import timedelta

import pytest

from portal.applications.models import Answer, AttachedDocument, OfferedRate
from portal.documents.models import DocumentVersion
from portal.rounds import actions as rounds
from tests.factories.applications import an_application
from tests.factories.documents import a_pdf
from tests.factories.rounds import DEADLINE, an_officer
from tests.factories.sending import autosave, form_on, send
from tests.reading import about_saving, beside, errors_of, page_of

PASSED = "Not saved. The deadline has passed, so nothing can be changed."
PRICE, HOUR = "rate-1A-core-weekly-price", "rate-2A-extra-support-hour"


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada)
    session.commit()
    return application


@pytest.fixture
def late(session, town, draft):
    """Return what comes back when a page that was open before the deadline is sent after it."""

    def sent(path, typed, **options):
        town.at(DEADLINE - timedelta(minutes=1))
        client = town.by(town.ada)
        address = f"/applications/{draft.ref}/{path}"
        form = form_on(client, address, [name for name in typed if name in {PRICE, HOUR}])
        town.at(DEADLINE)
        by_script = options.pop("by_script", False)
        return (autosave if by_script else send)(client, address, typed, form=form, **options)

    return sent


def nothing_is_offered(answer):
    """Nothing on the page can save, and nothing says that anything was saved."""
    page = page_of(answer)
    main = page.get_element_by_id("main-content")
    assert main.xpath(".//form | .//button | .//*[@data-autosave]") == []
    assert not main.xpath(".//*[@data-state='saved']")
    return page


def test_an_answer_is_told_beside_the_field_and_in_the_line_about_saving(session, late):
    answer = late("questions/safeguarding", {"safeguarding": "My last words"})
    assert answer.status_code == 422
    page = nothing_is_offered(answer)
    assert beside(answer, "safeguarding") == PASSED
    assert about_saving(answer) == (PASSED, "unsaved")
    text = page.get_element_by_id("safeguarding")
    assert text.text == "My last words"
    assert "readonly" in text.attrib
    assert session.query(Answer).count() == 0


def test_choices_that_are_lost_are_told_and_those_untouched_are_not(session, late):
    answer = late("questions/places-offered/1A", {"places-offered": "4", "open-now": "yes"})
    page = nothing_is_offered(answer)
    assert errors_of(answer) == [(PASSED, "#places-offered"), (PASSED, "#open-now")]
    ticked = page.get_element_by_id("open-now")
    assert "checked" in ticked.attrib
    assert "disabled" in ticked.attrib


def test_each_price_that_is_lost_is_named(session, late):
    answer = late("rates", {PRICE: "900", HOUR: "abc"})
    page = nothing_is_offered(answer)
    why = "is not saved. The deadline has passed, so nothing can be changed."
    assert errors_of(answer) == [
        (f"“Core weekly price, with 5 hours of support, lot 1A” {why}", f"#{PRICE}"),
        (f"“One extra hour of support, lot 2A” {why}", f"#{HOUR}"),
    ]
    assert page.get_element_by_id(PRICE).get("value") == "900"
    assert session.query(OfferedRate).count() == 0


def test_a_page_that_was_not_touched_says_so_too(late):
    answer = late("rates", {PRICE: "", HOUR: ""})
    nothing_is_offered(answer)
    assert errors_of(answer) == [(PASSED, "")]


def test_the_page_s_own_script_is_told(session, late):
    for path, typed in (
        ("questions/safeguarding", {"safeguarding": "Late"}),
        ("rates", {PRICE: "900"}),
    ):
        answer = late(path, typed, by_script=True)
        assert answer.status_code == 409
        assert answer.json["status"] == "refused"
        assert answer.json["closed"] is True
        assert f"Not saved. {answer.json['message']}" == PASSED
    assert session.query(Answer).count() == session.query(OfferedRate).count() == 0


@pytest.mark.parametrize("source", ["upload", "promise", "library"])
def test_a_document_is_told_beside_the_choice(session, late, source):
    typed = {"source": source, "file": (io.BytesIO(a_pdf()), "policy.pdf")}
    answer = late("documents/safeguarding-policy", typed)
    assert answer.status_code == 422
    nothing_is_offered(answer)
    assert beside(answer, "source") == PASSED
    assert session.query(AttachedDocument).count() == 0
    assert session.query(DocumentVersion).count() == 0


def test_a_cancelled_round_is_told_in_its_own_words(session, town, draft):
    client = town.by(town.ada)
    address = f"/applications/{draft.ref}/questions/safeguarding"
    form = form_on(client, address, ["safeguarding"])
    rounds.cancel(town.round, "No need any more.", actor=an_officer(), now=town.now)
    session.commit()
    answer = send(client, address, {"safeguarding": "Words"}, form=form)
    nothing_is_offered(answer)
    assert beside(answer, "safeguarding") == "Not saved. This round was cancelled."
