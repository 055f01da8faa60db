"""Two colleagues save one thing: the same choice stands on every page, and each choice does as it says."""

import pytest
from lxml import html

from portal.applications import actions
from portal.applications.actions import EditConflict
from portal.applications.models import AttachedDocument, OfferedRate
from tests.client import filled
from tests.factories.applications import an_application
from tests.factories.documents import a_document, a_file
from tests.factories.people import viewer
from tests.factories.sending import autosave, form_on, send
from tests.hygiene import words_of
from tests.reading import classed, page_of

CORE, HOUR = "core-weekly-price", "extra-support-hour"
FIRST, SECOND = f"rate-1A-{CORE}", f"rate-2A-{HOUR}"
POLICY = "safeguarding-policy"


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada)
    session.commit()
    return application


def block_of(answer):
    """The title, and the buttons, of the choice on a page."""
    (block,) = classed(page_of(answer), "portal-conflict")
    return words_of(block.xpath(".//h2")[0]), [words_of(one) for one in block.xpath(".//button")]


def prices(session):
    session.expire_all()
    return {
        f"rate-{one.lot_code}-{one.item_key}": one.amount_pence
        for one in session.query(OfferedRate)
    }


def press(client, answer, value, **typed):
    """Press a button of the choice, on the page as it came back."""
    (form,) = page_of(answer).xpath("//form[.//button[@name='keep']]")
    data = {**filled(form, typed), "keep": value}
    return client.post(answer.request.path, data=data)


# --- The same words everywhere -----------------------------------------------------------------


def conflict_on(session, town, draft, kind):
    """Ada sends a page on which Ben has saved something else since she opened it."""
    ada, ben = town.by(town.ada), {"actor": viewer(town.ben), "now": town.now}
    if kind == "answer":
        path, typed = "questions/legal-name", {"legal-name": "Oak"}
        form = form_on(ada, f"/applications/{draft.ref}/{path}", list(typed))
        actions.save_answer(draft, "legal-name", "", "Ben’s", None, **ben)
    elif kind == "rate":
        path, typed = "rates", {FIRST: "910"}
        form = form_on(ada, f"/applications/{draft.ref}/{path}", list(typed))
        actions.offer_rate(draft, "1A", CORE, 90000, None, **ben)
    else:
        path, typed = f"documents/{POLICY}", {"source": "upload", "file": a_file("ada.pdf")}
        form = form_on(ada, f"/applications/{draft.ref}/{path}", list(typed))
        version = a_document(town.oak, POLICY, by=town.ben, words="Ben’s")
        actions.attach_document(draft, POLICY, version, **ben)
    session.commit()
    return ada, send(ada, f"/applications/{draft.ref}/{path}", typed, form=form)


@pytest.mark.parametrize("kind", ["answer", "rate", "document"])
def test_the_choice_has_the_same_words_on_every_page(session, town, draft, kind):
    _ada, answer = conflict_on(session, town, draft, kind)
    assert answer.status_code == 409
    title, buttons = block_of(answer)
    assert title == "Ben Birch saved another version at 10:00am"
    assert buttons == ["Keep mine", "Keep theirs"]
    assert "Choose which one to keep; you can change yours first." in answer.text


def test_the_page_s_own_script_is_handed_the_same_choice(session, town, draft):
    ada = town.by(town.ada)
    for path, name, mine in (("questions/legal-name", "legal-name", "Oak"), ("rates", FIRST, "9")):
        form = form_on(ada, f"/applications/{draft.ref}/{path}", [name])
        by_ben = {"actor": viewer(town.ben), "now": town.now}
        if name == FIRST:
            actions.offer_rate(draft, "1A", CORE, 90000, None, **by_ben)
        else:
            actions.save_answer(draft, name, "", "Ben’s <b>", None, **by_ben)
        session.commit()
        answer = autosave(ada, f"/applications/{draft.ref}/{path}", {name: mine}, form=form)
        assert answer.status_code == 409
        block = html.fragment_fromstring(answer.json["html"], create_parent="div")
        assert words_of(block.xpath(".//h2")[0]) == "Ben Birch saved another version at 10:00am"
        assert [one.get("value") for one in block.xpath(".//button")] == [
            f"mine:{name}",
            f"theirs:{name}",
        ]
        assert not block.xpath(".//b")


# --- A choice ends one conflict, and no other ----------------------------------------------------


@pytest.fixture
def two_prices(session, town, draft):
    """Ada sends two prices, both of which Ben has changed meanwhile."""
    ada, address = town.by(town.ada), f"/applications/{draft.ref}/rates"
    form = form_on(ada, address, [FIRST])
    for lot, item in (("1A", CORE), ("2A", HOUR)):
        actions.offer_rate(draft, lot, item, 90000, None, actor=viewer(town.ben), now=town.now)
    session.commit()
    return ada, send(ada, address, {FIRST: "910", SECOND: "25"}, form=form)


@pytest.mark.parametrize(("kept", "first"), [("mine", 91000), ("theirs", 90000)])
def test_of_two_conflicts_a_choice_ends_one(session, two_prices, kept, first):
    ada, answer = two_prices
    assert prices(session) == {FIRST: 90000, SECOND: 90000}
    again = press(ada, answer, f"{kept}:{FIRST}")
    assert again.status_code == 409
    assert prices(session) == {FIRST: first, SECOND: 90000}
    (left,) = classed(page_of(again), "portal-conflict")
    assert left.get("id") == f"conflict-{SECOND}"
    assert press(ada, again, f"mine:{SECOND}").status_code == 302
    assert prices(session) == {FIRST: first, SECOND: 2500}


def test_save_keeps_all_of_one_s_own(session, two_prices):
    ada, answer = two_prices
    assert press(ada, answer, "").status_code == 302
    assert prices(session) == {FIRST: 91000, SECOND: 2500}


# --- Documents -----------------------------------------------------------------------------------


def offered(session):
    session.expire_all()
    return session.query(AttachedDocument).one().version.file.name


def test_a_colleague_s_document_is_not_put_out_unseen(session, town, draft):
    ada, answer = conflict_on(session, town, draft, "document")
    name = offered(session)
    assert name != "ada.pdf"
    assert name in answer.text
    assert "ada.pdf" in answer.text
    assert "To keep your file, choose it again below." in answer.text
    kept = press(ada, answer, "mine:source", source="upload", file=a_file("ada.pdf"))
    assert kept.status_code == 302
    assert offered(session) == "ada.pdf"


def test_a_colleague_s_document_can_be_kept(session, town, draft):
    ada, answer = conflict_on(session, town, draft, "document")
    name = offered(session)
    assert press(ada, answer, "theirs:source").location.endswith("/documents")
    assert offered(session) == name


def test_two_who_give_the_same_document_have_no_conflict(session, town, draft):
    version = a_document(town.oak, POLICY, by=town.ben)
    for person, seen in ((town.ben, "nothing"), (town.ada, "nothing")):
        actions.attach_document(
            draft, POLICY, version, seen=seen, actor=viewer(person), now=town.now
        )
    other = a_document(town.oak, POLICY, by=town.ben, words="Another")
    with pytest.raises(EditConflict) as conflict:
        actions.attach_document(
            draft, POLICY, other, seen="nothing", actor=viewer(town.ada), now=town.now
        )
    assert conflict.value.theirs.by == "Ben Birch"
    seen = actions.seen_of(session.query(AttachedDocument).one())
    actions.attach_document(draft, POLICY, other, seen=seen, actor=viewer(town.ada), now=town.now)
    assert session.query(AttachedDocument).one().version is other
