"""Looking every letter through before the release."""

import pytest
from lxml import html
from sqlalchemy import func, select

from portal.access import Role
from portal.audit import AuditEntry, Event
from portal.awards import actions
from portal.awards.models import LetterLook
from portal.db import db
from tests.factories.awards import (
    RELEASED,
    an_approved_round,
    an_approver,
    letter_to,
    make_pdfs,
    told,
)
from tests.factories.counting import counted
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider_admin
from tests.factories.rounds import an_officer

BIDS = (told("Ash House", score=2), told("Elm House"), told("Oak House"))


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def address(bid_round, more=""):
    return f"/council/rounds/{bid_round.ref}/award/letters{more}"


def names(answer):
    return html.document_fromstring(answer.text).xpath("//tbody//th//a/text()")


def test_letters_are_listed_by_provider_and_narrowed_by_address(by):
    bid_round = an_approved_round(*BIDS)
    approver = by(an_approver())
    shown = approver.page(address(bid_round))
    assert names(shown) == ["Ash House", "Elm House", "Oak House"]
    assert "You have looked at 0 of 3" in words(shown)
    assert "0 of 3 letters made" in words(shown)
    assert names(approver.page(address(bid_round, "?words=elm"))) == ["Elm House"]
    assert names(approver.page(address(bid_round, "?outcome=not-admitted"))) == ["Ash House"]
    assert "No letter fits" in words(approver.page(address(bid_round, "?words=pine")))
    assert len(names(approver.page(address(bid_round, "?outcome=nonsense&looked=x")))) == 3


def test_looking_at_one_leads_to_the_next_that_was_not_looked_at(by):
    bid_round = an_approved_round(*BIDS)
    approver = by(an_approver())
    first = letter_to(bid_round, "Ash House")
    second = letter_to(bid_round, "Elm House")
    shown = approver.page(f"/letters/{first.ref}?looked=not-yet")
    assert "Letter 1 of 3 Next letter" in words(shown)
    after = approver.sends(
        shown,
        {},
        button="Looked at, next letter",
        to=f"/letters/{second.ref}",
    )
    assert "Letter 1 of 2" in words(after)
    assert names(approver.page(address(bid_round, "?looked=not-yet"))) == ["Elm House", "Oak House"]
    assert names(approver.page(address(bid_round, "?looked=looked-at"))) == ["Ash House"]
    other = by(an_approver("bedford-borough"))
    assert "You have looked at 0 of 3" in words(other.page(address(bid_round)))


def test_a_second_look_is_the_same_look(by, session):
    from portal.awards.actions_letters import look

    bid_round = an_approved_round(told("Oak House"))
    letter = letter_to(bid_round, "Oak House")
    for _ in range(2):
        look(letter, actor=an_approver(), now=RELEASED)
        session.commit()
    assert session.scalar(select(func.count(LetterLook.id))) == 1
    marked = select(func.count()).where(AuditEntry.event == Event.LETTER_LOOKED_AT)
    assert session.scalar(marked) == 1


def test_a_released_letter_is_marked_no_more(by):
    bid_round = an_approved_round(told("Oak House"))
    make_pdfs(bid_round)
    letter = letter_to(bid_round, "Oak House")
    approver = by(an_approver())
    shown = approver.page(f"/letters/{letter.ref}")
    actions.release_letters(bid_round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    approver.sends(shown, {}, button="Looked at", status=409)


@pytest.mark.parametrize(
    ("council", "role", "status"),
    [
        ("luton", Role.COMMISSIONER, 200),
        ("bedford-borough", Role.AUDITOR, 200),
        ("luton", Role.EVALUATOR, 403),
        ("hertfordshire", Role.APPROVER, 404),
    ],
)
def test_who_looks_letters_through(by, council, role, status):
    bid_round = an_approved_round(told("Oak House"))
    by(a_viewer(role, council)).page(address(bid_round), status=status)


def test_a_bidder_sees_neither_the_list_nor_its_neighbours(by):
    bid_round = an_approved_round(*BIDS)
    make_pdfs(bid_round)
    actions.release_letters(bid_round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    letter = letter_to(bid_round, "Elm House")
    elm = by(a_provider_admin(letter.application.provider))
    elm.page(address(bid_round), status=404)
    assert "Next letter" not in words(elm.page(f"/letters/{letter.ref}"))


def test_the_list_costs_the_same_however_many_letters(by):
    officer, numbers = by(an_officer()), []
    for bids in (BIDS[:1], tuple(told(f"Home {number}") for number in range(4))):
        bid_round = an_approved_round(*bids)
        officer.page(address(bid_round))
        with counted() as statements:
            officer.page(address(bid_round))
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]
