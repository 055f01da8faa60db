"""The main job, from an open list to accredited providers, through the pages, by fifteen people."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from portal import audit
from portal.applications.models import Application
from portal.audit import AuditEntry, Event
from portal.db import db
from tests.factories.applications import a_submitted
from tests.factories.people import viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.journeys import coming_in, judging, tendering
from tests.journeys.town import a_town, elements, links_on, text_of
from tests.sweeps.hunting import logged

OPENS = datetime(2027, 1, 11, 9, tzinfo=UTC)
QUESTIONS = datetime(2027, 1, 29, 12, tzinfo=UTC)
DEADLINE = datetime(2027, 2, 15, 12, tzinfo=UTC)
TITLE = "16+ list, opening of 2027"
SECRET = "Marmalade-grey is the colour of our kitchen"
RATES = {"1A": ("1,234.50", "26.75"), "2A": ("905.00", "24.00")}
THIN = "Thinly Homes"


@pytest.fixture
def town(app, session):
    return a_town(app)


def test_from_an_open_list_to_accredited_providers(town):
    with logged() as lines:
        the_main_job(town)
    said = "\n".join(lines)
    for secret in (SECRET, "1,234.50", "123450", "@demo.example", coming_in.PASSWORD):
        assert secret not in said


def the_main_job(town):
    # 1. A commissioner publishes a round from the shipped content.
    ref = tendering.publish_a_round(town, TITLE, OPENS, QUESTIONS, DEADLINE)
    shown = text_of(town.a_browser().page(f"/rounds/{ref}"))
    for words in (TITLE, "Apply before 12 noon on 15 February 2027", "1A", "3B", tendering.NOTICE):
        assert words in shown

    # 2. A provider comes in, a colleague joins, they write together and submit.
    town.at(OPENS + timedelta(days=2))
    beth, sam = "Beth Carter", "Sam Idowu"
    organisation = coming_in.create_an_organisation(
        town, "Harbour Lane Homes", beth, "beth@demo.example"
    )
    coming_in.invite_a_colleague(town, organisation, beth, sam, "sam@demo.example")
    application = tendering.start_an_application(town, beth, ref, ["1A", "2A"])
    answers = {"safeguarding": SECRET, "ofsted-urn": "2791234"}
    assert tendering.answer_everything(town, sam, application, answers) > 20
    assert tendering.upload_papers(town, sam, application) > 6
    tendering.offer_rates(town, sam, application, RATES)
    refused = town.by(sam).post(f"/applications/{application}/submit", data={})
    assert refused.status_code in {400, 403}
    town.settle()
    receipt = tendering.submit(town, beth, application)
    receipt_is_whole(town, beth, receipt)
    others_apply(ref, town.now)

    # 3. Sealed until two officers open it, five minutes after the deadline.
    town.at(DEADLINE + timedelta(minutes=4))
    nobody_sees_it(town, ref, application)
    early = town.by("Amina").page(f"/council/rounds/{ref}/opening")
    assert "Begin the opening" not in early.text
    town.at(DEADLINE + timedelta(minutes=6))
    tendering.open_together(town, ref, "Amina", "Leila")

    # 4. Checked, declared, scored alone, agreed with reasons, locked, approved.
    town.at(DEADLINE + timedelta(days=2))
    assert tendering.check_every_bid(town, ref) == 3
    coming_in.invite_an_officer(
        town, "Owen", "owen@demo.example", "Bedford Borough Council", "evaluator"
    )
    coming_in.welcome_a_young_commissioner(town, "Comet")
    coming_in.welcome_a_young_commissioner(town, "Maple")
    evaluators = ["Daniel", "Hannah", "Owen"]
    parts = {
        "evaluator": evaluators,
        "moderator": ["Grace"],
        "supporter": ["Sunita"],
        "young-commissioner": ["Comet", "Maple"],
    }
    judging.seat_the_panel(town, ref, parts, ["Comet", "Maple"])
    for name in (*evaluators, "Grace", "Sunita", "Comet", "Maple"):
        judging.declare_no_interest(town, name, ref)
    town.at(DEADLINE + timedelta(days=5))
    for number, name in enumerate(evaluators):
        assert judging.score_everything(town, name, ref, scores_of(number)) == 25
    coming_in.by_card(town, "Comet")
    assert judging.score_as_a_pair(town, "Comet") == 12
    town.at(DEADLINE + timedelta(days=8))
    bids = [one.ref for one in db.session.scalars(select(Application)).unique()]
    coming_in.by_card(town, "Maple")
    judging.agree_as_young_people(town, "Maple", bids)
    judging.sign_off(town, ref, bids)
    assert judging.moderate(town, ref) == 25
    judging.lock(town, ref)
    town.at(DEADLINE + timedelta(days=14))
    starts_on = (DEADLINE + timedelta(days=14)).date()
    approvers = {"luton": "Martin", "central-bedfordshire": "Joan", "bedford-borough": "Tom"}
    judging.award(town, ref, approvers, starts_on)

    # 5. Letters; the register; the public list.
    town.at(DEADLINE + timedelta(days=15))
    letters_are_out(town, beth)
    the_list_is_public(town)
    the_register_holds(town, organisation)

    # 6. Rates side by side, and the same figures in every file.
    rates_are_the_same_everywhere(town)

    # 7. Every act stands in the trail, which verifies.
    the_trail_holds(town)


def others_apply(round_ref, now):
    """Two more, whose forms need not be walked again: one good, one thin."""
    from portal.rounds.models import Round

    bid_round = db.session.scalars(select(Round).where(Round.ref == round_ref)).one()
    for name, pence in {"Oak House": 100_000, THIN: 80_000}.items():
        admin = viewer(a_provider_admin(a_provider(name)))
        prices = {"core-weekly-price": pence, "extra-support-hour": 2_000}
        a_submitted(bid_round, by=admin, lots=["1A"], now=now, prices=prices)
    db.session.commit()


def scores_of(number):
    """Evaluators differ by a point; everybody finds the thin one unsafe."""

    def scores(bidder, title):
        if bidder == THIN:
            return 1 if "safe" in title.lower() else 2
        return 4 if number else 5

    return scores


def receipt_is_whole(town, name, receipt):
    shown = text_of(town.by(name).page(f"/applications/receipts/{receipt}"))
    assert receipt in shown
    assert re.search(r"\b[0-9a-f]{64}\b", shown.replace(" ", "")) or "SHA-256" in shown
    paper = town.by(name).page(f"/applications/receipts/{receipt}/receipt.pdf")
    assert receipt in words_of_pdf(paper.data)
    assert (
        receipt
        in town.mail_to("beth@demo.example").body + town.mail_to("beth@demo.example").subject
    )


def nobody_sees_it(town, round_ref, application):
    for name in ("Amina", "Leila", "Grace", "Daniel", "Martin", "Ruth", "Claire", "Neil"):
        browser = town.by(name)
        for address in (
            f"/council/applications/{application}/compliance",
            f"/applications/{application}",
        ):
            assert browser.get(address).status_code in {403, 404}
        board = browser.get(f"/council/rounds/{round_ref}")
        for words in ("Harbour Lane", SECRET, "1,234.50"):
            assert words not in board.text


def letters_are_out(town, name):
    browser = town.by(name)
    shown = browser.page("/letters")
    (address,) = links_on(shown, "/letters/LET-")[:1]
    page = text_of(browser.page(address.removesuffix(".pdf")))
    paper = words_of_pdf(browser.page(f"{address.removesuffix('.pdf')}.pdf").data)
    for words in ("Harbour Lane Homes", "admitted", "Lot 1A", "Lot 2A"):
        assert words in page
        assert words in paper
    for reason in (judging.AGREED, "We all think so"):
        assert reason in page
        assert " ".join(reason.split()) in " ".join(paper.split())
    assert "Oak House" not in paper
    assert "letter" in town.mail_to("beth@demo.example").subject.lower()


def the_list_is_public(town):
    shown = town.a_browser().page("/accredited-providers")
    assert "Harbour Lane Homes" in shown.text
    assert "Oak House" in shown.text
    assert THIN not in shown.text
    assert "£" not in text_of(shown)


def the_register_holds(town, organisation):
    shown = town.by("Leila").page("/register")
    assert "Harbour Lane Homes" in shown.text
    file = text_of(town.by("Leila").page(f"/register/{organisation}"))
    for words in ("Harbour Lane Homes", "1A", "2A", "1,234.50", "905.00"):
        assert words in file


def rates_are_the_same_everywhere(town):
    claire = town.by("Claire")
    shown = claire.page("/costs/rates")
    lots = elements(shown, "//select[@name='lot']/option/@value")
    (lot,) = [one for one in lots if one.endswith("1A")]
    asked = f"lot={lot}&hours=5&source=list&on-day=1&on-month=4&on-year=2027"
    page = text_of(claire.page(f"/costs/rates?{asked}"))
    table = claire.page(f"/costs/rates.csv?{asked}").data.decode("utf-8-sig")
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(claire.page(f"/costs/rates.xlsx?{asked}").data)
    )
    sheets = [book.get_sheet_by_name(one).to_python() for one in book.sheet_names]
    paper = words_of_pdf(claire.page(f"/costs/rates.pdf?{asked}").data)
    rows = list(csv.reader(io.StringIO(table)))
    for provider, pounds in {"Harbour Lane Homes": "1234.50", "Oak House": "1000.00"}.items():
        (row,) = [one for one in rows if one and one[0] == provider]
        figures = [cell for cell in row if re.fullmatch(r"[\d,]+\.\d\d", cell)]
        assert pounds in [one.replace(",", "") for one in figures]
        (kept,) = [one for sheet in sheets for one in sheet if one and one[0] == provider]
        numbers = [round(float(cell), 2) for cell in kept if isinstance(cell, int | float)]
        for figure in figures:
            number = float(figure.replace(",", ""))
            assert number in numbers, (figure, kept)
            assert f"{number:,.2f}" in page
            assert f"{number:,.2f}" in paper
    assert THIN not in page
    for words in ("Lowest", "Lower quartile", "Median", "Upper quartile", "Highest"):
        assert words.lower() in page.lower()
    assert claire.page(f"/costs/rates/chart.svg?{asked}").mimetype == "image/svg+xml"
    assert claire.page(f"/costs/rates/chart.png?{asked}").data.startswith(b"\x89PNG")


def the_trail_holds(town):
    assert list(audit.verify()) == []
    told = set(db.session.scalars(select(AuditEntry.event)))
    for act in (
        Event.ROUND_PUBLISHED,
        Event.APPLICATION_SUBMITTED,
        Event.ROUND_OPENED,
        Event.COMPLIANCE_CONCLUDED,
        Event.CONFLICT_DECLARED,
        Event.SHEET_SUBMITTED,
        Event.CONSENSUS_RECORDED,
        Event.YOUNG_VIEW_SIGNED_OFF,
        Event.QUALITY_LOCKED,
        Event.AWARD_APPROVED,
        Event.LETTERS_RELEASED,
        Event.LIST_JOINED,
    ):
        assert act.value in told, act
    shown = text_of(town.by("Ruth").page("/trail/verification"))
    assert "holds" in shown.lower()
    command = town.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert command.exit_code == 0, command.output


def words_of_pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
