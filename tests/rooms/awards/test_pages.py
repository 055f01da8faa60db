"""The pages of the award, from the recommendation to the conclusion, in a browser without script."""

import pytest
from lxml import html
from sqlalchemy import select

from portal.access import Role
from portal.awards.models import Approval
from portal.db import db
from scoring.stages import RoundStage
from tests.client import filled, form_of
from tests.factories.awards import (
    NO_ACCOUNTS,
    STARTS_ON,
    a_concluded_round,
    a_locked_round,
    a_recommended_round,
    a_released_round,
    an_approved_round,
    an_approver,
    letter_to,
    make_pdfs,
    told,
)
from tests.factories.counting import counted
from tests.factories.people import a_person, a_viewer
from tests.factories.providers import a_provider_admin
from tests.factories.rounds import an_officer

OAK = told("Oak House", lots=["1A", "2B"])
ELM = told("Elm House", score=2)
CEDAR = told("Cedar House", failing={("", "document:accounts"): NO_ACCOUNTS})


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def award(bid_round, more=""):
    return f"/council/rounds/{bid_round.ref}/award{more}"


# --- Recommend -----------------------------------------------------------------------------


def test_the_lead_council_recommends_from_the_results(by):
    bid_round = a_locked_round(OAK, ELM)
    officer = by(an_officer())
    shown = officer.page(award(bid_round, "/recommend"))
    assert "Elm House Falls short Safeguarding" in words(shown)
    assert "Safeguarding: the score is 2. At least 3 is needed." in words(shown)
    assert (
        "£895.00 a week: core weekly price, with 5 hours of support "
        "£24.50 an hour: one extra hour of support" in words(shown)
    )
    after = officer.sends(shown, {"reason": "Everybody over the thresholds."}, to=award(bid_round))
    assert "Everybody over the thresholds." in words(after)
    db.session.refresh(bid_round)
    assert bid_round.stage is RoundStage.RECOMMENDED


def test_a_recommendation_needs_a_reason_and_nothing_is_kept_without(by):
    bid_round = a_locked_round(OAK)
    officer = by(an_officer())
    shown = officer.page(award(bid_round, "/recommend"))
    refused = officer.sends(shown, {"reason": " "}, status=422)
    assert "Say why this award is recommended" in words(refused)
    refused = officer.sends(shown, {"reason": "ok"}, status=422)
    assert "Say why this award is recommended. Use 3 words or more." in words(refused)
    assert "ok" in words(refused)
    db.session.refresh(bid_round)
    assert bid_round.stage is RoundStage.MODERATED


@pytest.mark.parametrize(
    ("council", "role", "status"),
    [
        ("luton", Role.EVALUATOR, 403),
        ("luton", Role.FINANCE, 403),
        ("luton", Role.APPROVER, 403),
        ("luton", Role.AUDITOR, 403),
        ("luton", Role.ADMINISTRATOR, 403),
        ("central-bedfordshire", Role.COMMISSIONER, 409),
        ("hertfordshire", Role.COMMISSIONER, 404),
    ],
)
def test_nobody_else_recommends(by, council, role, status):
    bid_round = a_locked_round(OAK)
    by(a_viewer(role, council)).page(award(bid_round, "/recommend"), status=status)


# --- Decide --------------------------------------------------------------------------------


def test_each_council_decides_its_own_part_on_a_page_of_its_own(by):
    bid_round = a_recommended_round(OAK, ELM, CEDAR)
    approver = by(an_approver())
    shown = approver.page(award(bid_round))
    assert "Did not pass the compliance check Cedar House, lot 1A" in words(shown)
    (link,) = html.document_fromstring(shown.text).xpath("//a[starts-with(., 'Decide for')]/@href")
    after = approver.sends(
        approver.page(link),
        {"decision": "approve", "decision_reference": "ODR 7", "declared_no_interest": "y"},
        to=award(bid_round),
    )
    assert "Approved ODR 7" in words(after)
    assert words(after).count("Waiting") == 2
    db.session.refresh(bid_round)
    assert bid_round.stage is RoundStage.RECOMMENDED


def test_who_presses_twice_is_told_so_and_led_back_to_the_page(by):
    bid_round = a_recommended_round(OAK, ELM, CEDAR)
    approver = by(an_approver())
    (link,) = _links(approver.page(award(bid_round)), "Decide for")
    typed = {"decision": "approve", "decision_reference": "ODR 7", "declared_no_interest": "y"}
    shown = approver.page(link)
    approver.sends(shown, typed, to=award(bid_round))
    sent = filled(form_of(shown, typed), typed)
    twice = approver.post(link, data=sent, headers={"Referer": f"http://localhost{link}"})
    assert twice.status_code == 409
    assert "Your council has decided its part." in words(twice)
    assert _links(twice, "Load the page again") == [link]
    at_once = approver.get(link, headers={"Referer": f"http://localhost{link}"})
    assert (at_once.status_code, _links(at_once, "Load the page again")) == (409, [])
    elsewhere = approver.get(link, headers={"Referer": "https://example.com/x?y"})
    assert _links(elsewhere, "Load the page again") == []
    assert list(db.session.scalars(select(Approval.decision_reference))) == ["ODR 7"]


def test_an_approval_wants_its_reference_and_the_declaration(by):
    bid_round = a_recommended_round(OAK)
    approver = by(an_approver())
    (link,) = _links(approver.page(award(bid_round)), "Decide for")
    refused = words(approver.sends(approver.page(link), {"decision": "approve"}, status=422))
    assert "Enter the reference of your council's decision" in refused
    assert "Confirm that you have no interest in any bidder" in refused
    nothing = words(approver.sends(approver.page(link), {}, status=422))
    assert "Choose whether to approve or to return it" in nothing


def test_a_return_wants_its_reason_and_the_panel_can_recommend_again(by):
    bid_round = a_recommended_round(OAK)
    approver = by(an_approver())
    (link,) = _links(approver.page(award(bid_round)), "Decide for")
    refused = approver.sends(approver.page(link), {"decision": "return"}, status=422)
    assert "Say why you return it" in words(refused)
    sent = {"decision": "return", "reason": "The rates of lot 2B need a word."}
    approver.sends(approver.page(link), sent, to=award(bid_round))
    officer = by(an_officer())
    shown = words(officer.page(award(bid_round)))
    assert "The rates of lot 2B need a word." in shown
    assert "Recommend the award" in shown
    again = officer.page(award(bid_round, "/recommend"))
    assert "Luton Council returned the recommendation of" in words(again)
    after = officer.sends(again, {"reason": "The rates stand."}, to=award(bid_round))
    assert "The rates of lot 2B need a word." in words(after)
    (link,) = _links(approver.page(award(bid_round)), "Decide for")
    assert "Luton Council returned the recommendation of" in words(approver.page(link))


def test_who_may_not_decide_is_told_why_on_the_page(by):
    bid_round = a_recommended_round(OAK)
    approver = by(an_approver("bedford-borough"))
    recommendation = _links(approver.page(award(bid_round)), "Decide for")[0]
    for_luton = recommendation.replace("bedford-borough", "luton")
    refused = approver.page(for_luton, status=409)
    assert "Only an approver of this council decides its part" in words(refused)
    by(an_approver("hertfordshire")).page(recommendation, status=404)
    by(an_officer()).page(recommendation, status=403)
    approver.page(recommendation.replace("bedford-borough", "hertfordshire"), status=404)


# --- Letters -------------------------------------------------------------------------------


def test_the_page_waits_for_the_letters_and_says_how_many_are_made(by):
    bid_round = an_approved_round(OAK, ELM, CEDAR)
    approver = by(an_approver())
    waiting = words(approver.page(award(bid_round)))
    assert "0 of 3 letters made" in waiting
    assert "The letters are still being made" in waiting
    approver.page(award(bid_round, "/release"), status=409)
    poll = {"X-Requested-With": "progress"}
    assert approver.get(award(bid_round, "/progress"), headers=poll).json["state"] == "working"
    make_pdfs(bid_round)
    told_now = approver.get(award(bid_round, "/progress"), headers=poll).json
    assert (told_now["done"], told_now["total"], told_now["state"]) == (3, 3, "done")
    approver.goes(award(bid_round, "/progress"), to=award(bid_round))
    assert "Release the letters" in words(approver.page(award(bid_round)))


def look_at_one(approver, bid_round):
    letter = approver.page(f"/letters/{letter_to(bid_round, 'Oak House').ref}")
    approver.sends(letter, {}, button="Looked at", to=award(bid_round, "/letters"))


def test_letters_are_released_after_a_look_and_only_once(by):
    bid_round = an_approved_round(OAK, ELM)
    make_pdfs(bid_round)
    approver = by(an_approver())
    shown = approver.page(award(bid_round, "/release"))
    refused = approver.sends(shown, {}, status=422)
    assert "Confirm that the letters may go" in words(refused)
    unread = approver.sends(shown, {"checked": "y"}, status=422)
    assert "You have looked at none of them" in words(unread)
    look_at_one(approver, bid_round)
    after = approver.sends(shown, {"checked": "y"}, to=award(bid_round))
    assert words(after).count("Released") == 2
    approver.page(award(bid_round, "/release"), status=409)
    by(an_officer()).page(award(bid_round, "/release"), status=403)


def test_a_provider_reads_its_letter_once_released_and_nobody_elses(by):
    bid_round = an_approved_round(OAK, ELM)
    make_pdfs(bid_round)
    letter = letter_to(bid_round, "Oak House")
    address, pdf = f"/letters/{letter.ref}", f"/letters/{letter.ref}.pdf"
    oak = by(a_provider_admin(letter.application.provider))
    oak.page(address, status=404)
    oak.page(pdf, status=404)
    assert "No letters yet" in words(oak.page("/letters"))
    approver = by(an_approver())
    look_at_one(approver, bid_round)
    approver.sends(
        approver.page(award(bid_round, "/release")), {"checked": "y"}, to=award(bid_round)
    )
    assert "16+ Accredited Provider List" in words(oak.page("/letters"))
    assert "You are admitted to this lot." in words(oak.page(address))
    assert oak.get(pdf).data.startswith(b"%PDF-")
    elm = by(a_provider_admin(letter_to(bid_round, "Elm House").application.provider))
    elm.page(address, status=404)
    elm.page(pdf, status=404)


@pytest.mark.parametrize(
    ("council", "role", "status"),
    [
        ("luton", Role.COMMISSIONER, 200),
        ("central-bedfordshire", Role.APPROVER, 200),
        ("bedford-borough", Role.AUDITOR, 200),
        ("luton", Role.MODERATOR, 403),
        ("luton", Role.EVALUATOR, 403),
        ("luton", Role.FINANCE, 403),
        ("hertfordshire", Role.COMMISSIONER, 404),
    ],
)
def test_the_councils_of_the_round_read_every_letter(by, council, role, status):
    letter = letter_to(a_released_round(OAK), "Oak House")
    by(a_viewer(role, council)).page(f"/letters/{letter.ref}", status=status)


def test_young_commissioners_see_neither_award_nor_letters(by):
    bid_round = a_released_round(OAK)
    young = by(a_person(Role.YOUNG_COMMISSIONER))
    young.page(award(bid_round), status=403)
    young.page("/letters", status=403)


# --- Conclude ------------------------------------------------------------------------------


def test_the_lead_council_concludes_and_the_providers_are_on_the_list(by):
    bid_round = a_released_round(OAK, ELM)
    officer = by(an_officer())
    shown = officer.page(award(bid_round, "/conclude"))
    day = {"starts_on-day": "1", "starts_on-month": "4", "starts_on-year": "2027"}
    after = officer.sends(shown, day, to=award(bid_round))
    assert "The admitted providers are on the register." in words(after)
    public = words(officer.page("/accredited-providers"))
    assert "Nobody is on a list yet" in public  # it is March; the places begin in April


def test_a_list_cannot_begin_in_the_past(by):
    bid_round = a_released_round(OAK)
    officer = by(an_officer())
    yesterday = {"starts_on-day": "12", "starts_on-month": "3", "starts_on-year": "2027"}
    refused = officer.sends(officer.page(award(bid_round, "/conclude")), yesterday, status=422)
    assert "Choose today or a later day" in words(refused)


def test_a_concluded_round_offers_nothing_more(by):
    bid_round = a_concluded_round(OAK, starts_on=STARTS_ON)
    officer = by(an_officer())
    shown = words(officer.page(award(bid_round)))
    assert "Concluded on" in shown
    for step in ("recommend", "conclude"):
        officer.page(award(bid_round, f"/{step}"), status=409)


def test_the_page_costs_the_same_with_one_bid_and_with_four(by):
    few = a_released_round(OAK)
    many = a_released_round(*(told(f"Home {number}") for number in range(4)))
    officer = by(an_officer())
    numbers = []
    for bid_round in (few, many):
        officer.page(award(bid_round))
        with counted() as statements:
            officer.page(award(bid_round))
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]


def test_the_award_is_not_there_before_quality_is_locked(by):
    bid_round = a_locked_round(OAK)
    bid_round.stage = RoundStage.EVALUATION
    by(an_officer()).page(award(bid_round), status=404)


def _links(answer, start):
    return html.document_fromstring(answer.text).xpath(f"//a[starts-with(., '{start}')]/@href")
