"""Confidential parts: marked with a reason, sealed with the bid, shown to the council, named in the pack."""

from datetime import date

import pytest

from portal.applications import actions_marks, queries
from portal.applications.models_marks import SensitiveMark
from portal.applications.submitting import sealing
from portal.awards import letters
from portal.evidence.bid_rows import bid_rows
from scoring.confidentiality import Exemption
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage
from tests.factories.applications import a_submitted, an_application, complete, submit
from tests.factories.people import viewer
from tests.factories.rounds import AFTER_OPENING, an_officer, open_it
from tests.factories.sending import send

WHY = "Rivals could copy how we keep our staff."
UNTIL = date(2029, 3, 31)
STAFFING = ("answer", "staffing", "")
TYPED = {
    "what": "answer:staffing:",
    "exemption": "commercial-interests",
    "reason": WHY,
    "until_on-day": "31",
    "until_on-month": "3",
    "until_on-year": "2029",
}


@pytest.fixture
def draft(session, town):
    application = complete(an_application(town.round, by=town.ada, lots=["1A"]))
    session.commit()
    return application


def copy_of(draft, town):
    return queries.working_copy(draft, viewer(town.ada), town.now)


def mark(draft, town, place=STAFFING, *, exemption=Exemption.COMMERCIAL, reason=WHY, until=UNTIL):
    copy = copy_of(draft, town)
    return actions_marks.mark(
        copy, place, exemption, reason, until, actor=viewer(town.ada), now=town.now
    )


def address_of(draft):
    return f"/applications/{draft.ref}/confidential"


def test_an_answer_is_marked_on_the_page_and_taken_back(session, town, draft):
    client = town.by(town.ben)
    assert send(client, address_of(draft), TYPED).location == address_of(draft)
    one = session.query(SensitiveMark).one()
    assert (one.place, one.exemption, one.until_on) == (STAFFING, Exemption.COMMERCIAL, UNTIL)
    page = client.page(address_of(draft))
    assert WHY in page.text
    assert "section 43(2)" in page.text
    assert "(1 marked)" in client.page(f"/applications/{draft.ref}").text
    send(client, address_of(draft), {}, action=f"{address_of(draft)}/{one.ref}/remove")
    assert session.query(SensitiveMark).count() == 0


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"what": ""}, "Choose a part of your application"),
        ({"exemption": None}, "Choose why it should not be told"),
        ({"reason": "Secret"}, "Say in at least 5 words"),
        ({"until_on-year": "2020"}, "Enter a day after today."),
        ({"until_on-day": "", "until_on-month": "", "until_on-year": ""}, "Enter the last day"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_marked(session, town, draft, typed, message):
    answer = send(town.by(town.ada), address_of(draft), TYPED | typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert session.query(SensitiveMark).count() == 0


@pytest.mark.parametrize(
    "place", [("answer", "no-such", ""), ("answer", "trading-name", "9Z"), ("bid", "", "")]
)
def test_only_what_is_there_can_be_marked(session, town, draft, place):
    with pytest.raises(RuleBroken) as refused:
        mark(draft, town, place)
    assert refused.value.code == "mark:unknown"


def test_marks_are_part_of_what_is_submitted(session, town, draft):
    before = sealing.seal(copy_of(draft, town), "s").sha256
    mark(draft, town)
    mark(draft, town, ("prices", "", ""))
    mark(
        draft, town, ("document", "safeguarding-policy", ""), exemption=Exemption.SAFETY, until=None
    )
    sealed = sealing.seal(copy_of(draft, town), "s")
    assert sealed.sha256 != before
    content = sealing.read_content(sealed.content)
    assert [one.place for one in content.marks] == [
        STAFFING,
        ("document", "safeguarding-policy", ""),
        ("prices", "", ""),
    ]
    assert content.marks[0].reason == WHY


def test_marking_again_changes_what_is_said(session, town, draft):
    mark(draft, town)
    mark(draft, town, exemption=Exemption.PERSONAL, until=None)
    assert session.query(SensitiveMark).one().exemption is Exemption.PERSONAL


def test_the_council_reads_marks_after_the_opening_and_never_before(session, town, draft):
    mark(draft, town)
    receipt = submit(draft, by=town.ada)
    session.commit()
    page = f"/council/applications/{draft.ref}/submitted"
    assert town.by(town.dev).get(page).status_code == 404
    mine = town.by(town.ada).page(f"/applications/receipts/{receipt.ref}/answers").text
    assert WHY in mine
    pdf = town.by(town.ada).get(f"/applications/receipts/{receipt.ref}/answers.pdf")
    assert pdf.data.startswith(b"%PDF")
    town.at(AFTER_OPENING)
    open_it(town.round)
    session.commit()
    shown = town.by(town.dev).page(page).text
    assert WHY in shown
    assert "What we say to “safeguarding”." in shown
    assert "£895" not in shown
    assert (
        "1 marked as confidential"
        in town.by(town.dev).page(f"/council/applications/{draft.ref}/compliance").text
    )


def test_every_form_of_the_pack_names_what_is_marked_without_why(session, town, draft):
    mark(draft, town)
    submit(draft, by=town.ada)
    open_it(town.round)
    [row] = bid_rows([draft], an_officer())
    assert row["marked"] == [
        {
            "kind": "answer",
            "key": "staffing",
            "lot": "",
            "exemption": "commercial-interests",
            "until": "2029-03-31",
        }
    ]


def test_a_letter_says_what_a_mark_does_to_whoever_marked_something(session, town, draft):
    mark(draft, town)
    submit(draft, by=town.ada)
    other = a_submitted(town.round, by=town.cyd, answers={"trading-name": '"confidential":[{'})
    open_it(town.round)
    for bid in (draft, other):
        bid.stage = ApplicationStage.EVALUATED
    session.flush()
    found = letters.contents(town.round, [], AFTER_OPENING)
    assert found[draft.id]["marked"] is True
    assert found[other.id]["marked"] is False


def test_strangers_find_nothing_and_late_marks_are_refused(session, town, draft):
    one = mark(draft, town)
    session.commit()
    assert town.by(town.cyd).get(address_of(draft)).status_code == 404
    assert town.by(town.dev).get(address_of(draft)).status_code == 403
    town.at(AFTER_OPENING)
    assert town.by(town.ada).get(address_of(draft)).status_code == 409
    with pytest.raises(RuleBroken):
        actions_marks.unmark(draft, one.ref, actor=viewer(town.ada), now=AFTER_OPENING)
