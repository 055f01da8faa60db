"""A fostering tender of four councils in real browsers: from publishing to contracts and their proof.

What a tender shares with an opening of a list is walked once, in `test_main_job`: there is less of
it here, and more of what only a tender has. What repeats a step is done by the verbs behind the
pages (`behind`): most questions and papers, a third bid, most scores and agreements, the other
councils' approvals.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from scoring.terms import Panel
from tests.browser import behind, bidding, deciding, entering, judging, pricing
from tests.browser.live import Live, a_portal, goes, says
from tests.journeys.tendering import NOTICE, WORDS
from tools.chromium import chromium

pytestmark = pytest.mark.browser
OPENS = datetime(2027, 1, 11, 9, tzinfo=UTC)
QUESTIONS = datetime(2027, 1, 29, 12, tzinfo=UTC)
DEADLINE = datetime(2027, 2, 15, 12, tzinfo=UTC)
SENT = DEADLINE + timedelta(days=15)
AFTER_STANDSTILL = SENT + timedelta(days=14)
TITLE = "Fostering tender of 2027"
TENDER = "fostering-tender"
OAK, ELM, ASH = "Oak Fostering", "Elm Fostering", "Ash Fostering"
ADMINS = {OAK: "Nora Quill", ELM: "Omar Reed"}
AGES = ("age-0-4", "age-5-9", "age-10-15", "age-16-17")
WEEKS = {OAK: "903.21", ELM: "853.21"}
ASHS = {**dict.fromkeys(AGES, 84_021), "discount-volume": None, "discount-siblings": None,
        "discount-long-term": None}  # fmt: skip
SEALED = ("903.21", "853.21", "840.21", "90321", "85321", "84021")
QUESTION = "May one carer offer two placements in the same home?"
ANSWER = "Yes. Say in the table of carers how many placements each household is approved for."
PANEL = {
    "evaluator": ["Daniel", "Hannah", "Owen"],
    "moderator": ["Grace"],
    "supporter": ["Sunita"],
    "young-commissioner": ["Comet", "Maple", "River", "Skye"],
}
PAIRS = (("Comet", "Maple"), ("River", "Skye"))
KNOWN = "My sister works there as a social worker."


@pytest.fixture
def chrome():
    try:
        with chromium() as browser:
            yield browser
    except FileNotFoundError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def live(chrome, tmp_path):
    with a_portal(tmp_path) as portal:
        here = Live(portal, chrome)
        yield here
        here.close()
    assert here.slips == []


def test_a_tender_from_publishing_to_contracts(live, tmp_path):
    ref = it_is_tried_and_published(live)
    questions_are_answered(live, ref)
    oak = agencies_apply(live, ref)
    officers_open_and_check(live, ref)
    panels_score(live, ref)
    panels_agree(live, ref, oak)
    prices_are_opened(live, ref)
    councils_approve(live, ref)
    letters_go_out(live, ref)
    live.at(AFTER_STANDSTILL)
    pricing.conclude_into_contracts(live, ref, date(2027, 4, 1))
    pricing.read_a_contract(live, ref, OAK, WORDS, f"£{WEEKS[OAK]}", "Hertfordshire")
    pricing.take_the_pack(live, ref, tmp_path)
    assert len(live.pages) >= 8, "people with a browser of their own"


def it_is_tried_and_published(live):
    """From the shipped content, tried on made-up bids, to a page that anybody can read."""
    behind.a_council_of(live, "hertfordshire", "Hertfordshire County Council", "Nasreen")
    dates = {"opens_at": OPENS, "questions_until_at": QUESTIONS, "deadline_at": DEADLINE}
    ref = bidding.publish_a_round(
        live, TITLE, dates, template=TENDER, lots=("F1", "F5", "Hertfordshire"),
        before=lambda page, board: pricing.try_the_scheme(live, page, board),
    )  # fmt: skip
    says(goes(live.a_browser(), f"/rounds/{ref}"), TITLE, "F1", "F5", NOTICE, "Price: 35%")
    return ref


def questions_are_answered(live, ref):
    """One agency asks, the lead council answers to all, and the other agency reads it."""
    live.at(OPENS + timedelta(days=2))
    for agency, admin in ADMINS.items():
        behind.an_agency(live, agency, admin)
    pricing.ask_the_council(live, ADMINS[OAK], ref, QUESTION)
    words = {"wording": QUESTION, "answer": ANSWER}
    pricing.answer_the_bidder(live, ref, words, hidden=OAK)
    other = goes(live.by(ADMINS[ELM]), f"/rounds/{ref}/clarifications")
    says(other, "Q1:", QUESTION, ANSWER)
    assert OAK not in other.content()


def agencies_apply(live, ref):
    """Two by hand, with councils for their lot, their promises and their prices; one more behind."""
    live.at(OPENS + timedelta(days=4))
    applications = [an_agency_applies(live, ref, agency) for agency in ADMINS]
    behind.another_applies(live, ref, ASH, "F1", ASHS)
    return applications[0]


def an_agency_applies(live, ref, agency):
    admin = ADMINS[agency]
    application = bidding.start_an_application(live, admin, ref, ["F1"])
    page = live.by(admin)
    bidding.for_councils(page, application, "F1")
    assert bidding.answer(page, application, "social-value", {}, template=TENDER) == 1
    behind.write_the_rest(live, admin, application)
    assert behind.attach_the_rest(live, admin, application) == 7
    bidding.prices_of(page, application, lambda name: "2" if "discount" in name else WEEKS[agency])
    live.settle()
    receipt = bidding.submit(page, application)
    says(page, "Application submitted", receipt, "SHA-256")
    return application


def officers_open_and_check(live, ref):
    """Two officers open it together, and check each bid."""
    live.at(DEADLINE + timedelta(minutes=6))
    bidding.open_together(live, ref, "Amina", "Leila")
    live.at(DEADLINE + timedelta(days=2))
    bid = bidding.check_by_hand(live, ref, OAK)
    behind.decide_every_item(live, ref, [OAK])
    bidding.conclude_the_check(live, bid)
    behind.decide_every_item(live, ref, [ELM, ASH], conclude=True)


def panels_score(live, ref):
    """Interests first; then officers alone, and a pair of Young Commissioners on a phone."""
    behind.an_evaluator(live, "Owen", "bedford-borough")
    for alias in PANEL["young-commissioner"]:
        behind.a_young_commissioner(live, alias)
    judging.seat_the_panel(live, ref, PANEL, *PAIRS)
    judging.declare_no_interest(live, "Daniel", ref)
    judging.declare_an_interest(live, "Hannah", ref, ASH, KNOWN)
    comet = entering.by_card(live, "Comet")
    judging.say_whom_we_know(comet)
    others = ["Owen", "Grace", "Sunita", "Maple", "River", "Skye"]
    behind.declare_no_interest(live, ref, others)
    judging.note_what_is_done(live, ref, "Daniel and Owen score this bid without her.")
    sheet = judging.score_by_hand(live, "Daniel", ref, OAK)
    assert judging.score_as_a_pair(live, comet, OAK) == 4
    behind.score_the_rest(live, ref, scores_of, but=sheet)
    judging.submit_the_sheet(live, "Daniel", sheet)


def scores_of(scorer, bidder, question):
    """The cheapest bid is unsafe: it is not awarded, and its price measures nobody."""
    if bidder == ASH:
        return 2 if question == "safeguarding" else 3
    return 3 if scorer == "Owen" or bidder == ELM else 4


def panels_agree(live, ref, application):
    """The young people among themselves, the officers in their meeting; then quality is locked."""
    live.at(DEADLINE + timedelta(days=8))
    maple = entering.by_card(live, "Maple")
    assert judging.agree_as_young_people(maple, application) == 4
    assert behind.agree_the_rest(live, ref, Panel.YOUNG) == 8
    judging.sign_off(live, ref, application)
    behind.sign_off_the_rest(live, ref)
    judging.meet(live, ref)
    judging.agree_two_scores(live, ref)
    assert behind.agree_the_rest(live, ref, Panel.OFFICERS) > 20
    judging.lock(live, ref)


def prices_are_opened(live, ref):
    """By two officers, after the lock; then every number opens its working."""
    live.at(DEADLINE + timedelta(days=10))
    pricing.open_prices(live, ref, SEALED)
    pricing.read_the_results(live, ref, "F1", OAK, "35 × ", "Discount for volume")


def councils_approve(live, ref):
    """Two councils by hand, two behind; nobody who scored approves."""
    live.at(DEADLINE + timedelta(days=14))
    deciding.recommend(live, ref)
    deciding.approve(live, ref, "Martin", "Luton Council", "ODR 2027/001")
    deciding.approve(live, ref, "Joan", "Central Bedfordshire Council", "ODR 2027/002")
    behind.approve(live, ref, "Tom", "bedford-borough")
    behind.approve(live, ref, "Nasreen", "hertfordshire")
    live.settle()


def letters_go_out(live, ref):
    """Looked through, released together, read by a bidder; the notice begins the standstill."""
    live.at(SENT)
    deciding.release(live, ref, "Martin")
    live.settle()
    page = goes(live.by(ADMINS[ELM]), "/letters")
    page.locator("main a[href^='/letters/LET-']").first.click()
    page.wait_for_url("**/letters/LET-*")
    live.looks_well(page, "letter of a tender")
    says(page, ELM, "Lot F1", "Price")
    assert ASH not in page.content()
    pricing.begin_the_standstill(live, ref, "2027/S 000-009911")
