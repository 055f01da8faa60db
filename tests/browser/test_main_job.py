"""The main job in real browsers: from an open list to accredited providers.

The heart of every step is done by hand, by people with a browser each. What only repeats it is
done by the verbs behind the pages (`behind`): the second and third bidder, most questions and
papers of the first one, the second and third evaluator's sheets, the other bids' checks, scores
and agreements, the second young person's card, the third council's approval.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from scoring.terms import Panel
from tests.browser import behind, bidding, deciding, entering, judging
from tests.browser.live import Live, a_portal, downloaded, fits, goes, says
from tests.journeys.tendering import NOTICE
from tools.chromium import chromium

pytestmark = pytest.mark.browser
OPENS = datetime(2027, 1, 11, 9, tzinfo=UTC)
QUESTIONS = datetime(2027, 1, 29, 12, tzinfo=UTC)
DEADLINE = datetime(2027, 2, 15, 12, tzinfo=UTC)
TITLE = "16+ list, opening of 2027"
HARBOUR, OAK, THIN = "Harbour Lane Homes", "Oak House", "Thinly Homes"
BETH, BETHS = "Beth Carter", "beth@demo.example"
SAM, SAMS = "Sam Idowu", "sam@demo.example"
SECRET = "Marmalade-grey is the colour of our kitchen"
ANSWERS = {"safeguarding": SECRET, "ofsted-urn": "2791234"}
BY_HAND = {"organisation": 2, "ofsted": 1, "homes": 2, "young-commissioners": 2}  # pages
RATES = {"1A": ("1,234.50", "26.75"), "2A": ("905.00", "24.00")}
PANEL = {
    "evaluator": ["Daniel", "Hannah", "Owen"],
    "moderator": ["Grace"],
    "supporter": ["Sunita"],
    "young-commissioner": ["Comet", "Maple"],
}
APPROVERS = {"Martin": "Luton Council", "Joan": "Central Bedfordshire Council"}


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


def test_from_an_open_list_to_accredited_providers(live):
    ref = a_commissioner_publishes(live)
    application, receipt = a_provider_applies(live, ref)
    behind.others_apply(live, ref, {OAK: 100_000, THIN: 80_000})
    nobody_sees_it_before_it_is_opened(live, ref, application)
    officers_check(live, ref)
    panels_score(live, ref)
    panels_agree(live, ref, application)
    councils_decide(live, ref)
    live.at(DEADLINE + timedelta(days=15))
    deciding.read_the_letter(live, BETH, BETHS, HARBOUR, list(RATES))
    deciding.the_list_is_public(live, [HARBOUR, OAK], THIN)
    deciding.the_register_holds(live, HARBOUR, RATES)
    pounds = {HARBOUR: "1234.50", OAK: "1000.00"}
    deciding.rates_are_the_same_everywhere(live, pounds, date(2027, 4, 1))
    deciding.the_trail_holds(live, receipt)
    assert len(live.seen) >= 10, "pages that axe looked at"


def a_commissioner_publishes(live):
    """From the shipped content to a page that anybody can read; returns the round."""
    entering.by_password(live, "Amina")
    dates = {"opens_at": OPENS, "questions_until_at": QUESTIONS, "deadline_at": DEADLINE}
    ref = bidding.publish_a_round(live, TITLE, dates)
    anybody = goes(live.a_browser(), f"/rounds/{ref}")
    says(anybody, TITLE, "Apply before 12 noon on 15 February 2027", "1A", "3B", NOTICE)
    return ref


def a_provider_applies(live, ref):
    """Two colleagues write on three devices; one submits. Returns application and receipt."""
    live.at(OPENS + timedelta(days=2))
    organisation = entering.create_an_organisation(live, HARBOUR, BETH, BETHS)
    sam = entering.invite_a_colleague(live, organisation, BETH, SAM, SAMS)
    application = bidding.start_an_application(live, BETH, ref, list(RATES))
    an_answer_saves_itself(live, sam, application)
    for section, most in BY_HAND.items():
        assert bidding.answer(sam, application, section, ANSWERS, most) > 0
    behind.write_the_rest(live, SAM, application)
    bidding.refuses_what_is_no_document(sam, application)
    bidding.upload_two_papers(sam, application)
    assert behind.attach_the_rest(live, SAM, application) == 5
    bidding.offer_rates(sam, application, RATES)
    goes(sam, f"/applications/{application}/check")
    assert sam.get_by_role("button", name="Submit").count() == 0  # Sam is no administrator
    live.settle()
    beth = live.by(BETH)
    receipt = bidding.submit(beth, application)
    the_receipt_is_whole(live, beth, receipt)
    return application, receipt


def an_answer_saves_itself(live, sam, application):
    """Nothing is pressed, and the answer is there: after a reload, and on another device."""
    safeguarding = f"/applications/{application}/questions/safeguarding"
    bidding.saves_itself(sam, safeguarding, "safeguarding", SECRET)
    phone = entering.on_another_device(live, SAMS)
    goes(phone, safeguarding)
    assert phone.input_value("[name=safeguarding]") == SECRET
    fits(phone)
    goes(phone, f"/applications/{application}")
    live.looks_well(phone, "task list on a phone")


def the_receipt_is_whole(live, page, receipt):
    live.looks_well(page, "receipt")
    says(page, "Application submitted", receipt, "SHA-256")
    paper = downloaded(page, page.locator("main a", has_text="Download this receipt"))
    assert receipt in deciding.words_of_pdf(paper)
    assert receipt in live.mail_to(BETHS).subject


def nobody_sees_it_before_it_is_opened(live, ref, application):
    """Officers of two councils ask by address; six minutes after the deadline they open it."""
    live.at(DEADLINE + timedelta(minutes=4))
    for name in ("Amina", "Leila"):
        page = live.by(name)
        for address in (
            f"/council/applications/{application}/compliance",
            f"/applications/{application}",
        ):
            assert page.goto(address).status in {403, 404}
            assert "Harbour Lane" not in page.content()
        goes(page, f"/council/rounds/{ref}")
        for words in ("Harbour Lane", SECRET, "1,234.50"):
            assert words not in page.content()
        goes(page, f"/council/rounds/{ref}/opening")
        assert page.get_by_role("button", name="Begin").count() == 0
    live.at(DEADLINE + timedelta(minutes=6))
    bidding.open_together(live, ref, "Amina", "Leila")


def officers_check(live, ref):
    """The compliance check, item by item."""
    live.at(DEADLINE + timedelta(days=2))
    bid = bidding.check_by_hand(live, ref, HARBOUR)
    behind.decide_every_item(live, ref, [HARBOUR])
    bidding.conclude_the_check(live, bid)
    behind.decide_every_item(live, ref, [OAK, THIN], conclude=True)


def panels_score(live, ref):
    """Interests are declared; then each scorer alone, and the pair on a phone."""
    behind.an_evaluator(live, "Owen", "bedford-borough")
    entering.welcome_a_young_commissioner(live, "Comet")
    behind.a_young_commissioner(live, "Maple")
    judging.seat_the_panel(live, ref, PANEL, PANEL["young-commissioner"])
    comet = entering.by_card(live, "Comet")
    judging.declare_no_interest(live, "Daniel", ref)
    judging.say_whom_we_know(comet)
    behind.declare_no_interest(live, ref, ["Hannah", "Owen", "Grace", "Sunita", "Maple"])
    sheet = judging.score_by_hand(live, "Daniel", ref, HARBOUR)
    assert judging.score_as_a_pair(live, comet, HARBOUR) == 4
    behind.score_the_rest(live, ref, scores_of, but=sheet)
    judging.submit_the_sheet(live, "Daniel", sheet)


def scores_of(scorer, bidder, question):
    """Evaluators differ by a point; everybody finds the thin one unsafe."""
    if bidder == THIN:
        return 1 if question == "safeguarding" else 2
    return 3 if scorer == "Owen" else 4


def panels_agree(live, ref, application):
    """The young people among themselves, the officers with their moderator; then the lock."""
    live.at(DEADLINE + timedelta(days=8))
    maple = entering.by_card(live, "Maple")
    assert judging.agree_as_young_people(maple, application) == 4
    assert behind.agree_the_rest(live, ref, Panel.YOUNG) == 8
    judging.sign_off(live, ref, application)
    behind.sign_off_the_rest(live, ref)
    judging.agree_two_scores(live, ref)
    assert behind.agree_the_rest(live, ref, Panel.OFFICERS) > 20
    judging.lock(live, ref)


def councils_decide(live, ref):
    """The lead council recommends, each council approves its part; letters, and the list."""
    live.at(DEADLINE + timedelta(days=14))
    deciding.recommend(live, ref)
    for number, (name, council) in enumerate(APPROVERS.items(), 1):
        deciding.approve(live, ref, name, council, f"ODR 2027/{number:03d}")
    behind.approve(live, ref, "Tom", "bedford-borough")
    live.settle()
    deciding.release_and_conclude(live, ref, "Martin", live.now.date())
    live.settle()
