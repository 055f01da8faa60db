"""Letters of a ranked tender, under each law: what the first bid got, and why, beside one's own."""

import io
import re

import pytest
from lxml import html
from pypdf import PdfReader

from portal.awards.presentation import readable
from portal.rounds.models import Regime
from portal.storage import get_store
from tests.factories.awards import an_approved_round, letter_to, make_pdfs, told
from tests.factories.rounds import an_officer

FIRST = told("Oak House", score=5, reasons={"safeguarding": "Names who is told, and by when."})
SECOND = told("Elm House", score=4, reasons={"safeguarding": "Says who is told."})
BELOW = told("Ash House", score=2)


def tender(regime=Regime.PA_2023, *bids, **more):
    return an_approved_round(*(bids or (FIRST, SECOND, BELOW)), awards=1, regime=regime, **more)


def lot_of(letter):
    (lot,) = letter.content["lots"]
    return lot


def test_the_first_bid_wins_and_each_letter_says_the_place(session):
    bid_round = tender()
    won, lost, below = (letter_to(bid_round, f"{name} House") for name in ("Oak", "Elm", "Ash"))
    assert [lot_of(one)["outcome"] for one in (won, lost, below)] == [
        "admitted",
        "not-admitted",
        "not-admitted",
    ]
    assert (lot_of(won)["rank"], lot_of(lost)["rank"], lot_of(below).get("rank")) == (1, 2, None)
    assert (won.outcome, lost.outcome) == ("admitted", "not-admitted")
    assert lot_of(lost)["why"]
    assert "compared" not in lot_of(won)


def test_an_unsuccessful_bidder_reads_the_first_bids_scores_and_reasons(session):
    """70 and 22.50 points against 56 and 22.50."""
    both = lot_of(letter_to(tender(), "Elm House"))["compared"]
    assert (both["provider"], both["rank"], both["total"]) == ("Oak House", 1, "92.50")
    assert both["criteria"] == [
        {"title": "Quality", "own": "56.00", "theirs": "70.00", "available": "70.00"},
        {"title": "Young Commissioners", "own": "22.50", "theirs": "22.50", "available": "30.00"},
    ]
    safe = next(one for one in both["questions"] if one["title"] == "Safeguarding")
    assert (safe["own"], safe["theirs"], safe["highest"], safe["higher"]) == (4, 5, 5, True)
    assert safe["reason"] == ["Names who is told, and by when."]
    equal = [one for one in both["questions"] if not one["higher"]]
    assert len(equal) == 4  # what the young people scored alike


def test_a_bid_under_a_threshold_is_compared_too(session):
    assert lot_of(letter_to(tender(), "Ash House"))["compared"]["provider"] == "Oak House"


def test_where_nobody_wins_there_is_nobody_to_compare_with(session):
    bid_round = tender(Regime.PA_2023, BELOW)
    assert "compared" not in lot_of(letter_to(bid_round, "Ash House"))


def test_on_a_list_no_other_bidder_is_named(session):
    bid_round = an_approved_round(FIRST, BELOW)
    letter = letter_to(bid_round, "Ash House")
    assert "Oak House" not in str(letter.content)


@pytest.mark.parametrize(
    ("regime", "name", "said"),
    [
        (Regime.PA_2023, "Assessment summary", "at least 8 working days"),
        (Regime.PA_2023_LIGHT_TOUCH, "Assessment summary", "If it states a standstill period"),
        (Regime.PCR_2015_LIGHT_TOUCH, "Notice of the decision", "regulations 86 and 87"),
    ],
)
def test_page_and_paper_say_the_same_under_each_law(by, regime, name, said):
    bid_round = tender(regime, FIRST, SECOND)
    make_pdfs(bid_round, to_read=True)
    letter = letter_to(bid_round, "Elm House")
    page = by(an_officer()).page(f"/letters/{letter.ref}").text
    with get_store().open(letter.file.sha256) as stream:
        pages = PdfReader(io.BytesIO(stream.read())).pages
        paper = re.sub(r"\s+", "", "".join(one.extract_text() for one in pages))
    shown = re.sub(r"\s+", "", "".join(html.document_fromstring(page).xpath("//main//text()")))
    content = readable(letter)
    both = content["lots"][0]["compared"]
    words = [name, said, content["how"], both["provider"], both["total"], "Place of your bid"]
    words.append(
        "characteristics and relative advantages"
        if regime is Regime.PCR_2015_LIGHT_TOUCH
        else "The most advantageous bid"
    )
    words += [one[key] for one in both["criteria"] for key in ("title", "own", "theirs")]
    words += [line for one in both["questions"] for line in [one["title"], *one["reason"]]]
    for one in words:
        squeezed = re.sub(r"\s+", "", one)
        assert squeezed in shown, one
        assert squeezed in paper, one
