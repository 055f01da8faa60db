"""What letters say: exact figures, thresholds and reasons, the same on the page and on paper."""

import io
import re
from fractions import Fraction

import pytest
from lxml import html

from portal import queue
from portal.access import Viewer
from portal.awards import actions, queries
from portal.awards.jobs import make_pdf
from portal.awards.presentation import readable
from portal.db import db
from portal.documents.models import StoredFile
from portal.evaluation import queries as evaluation
from portal.storage import get_store
from scoring.canonical import canonical_json, read_fraction, sha256_of
from scoring.rounding import printed
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from tests.factories.awards import (
    DECIDED,
    LOCKED,
    NO_ACCOUNTS,
    RELEASED,
    a_locked_round,
    a_recommendation,
    a_recommended_round,
    an_approved_round,
    an_approver,
    approve_all,
    approve_for,
    letter_to,
    make_pdfs,
    told,
)
from tests.factories.counting import counted
from tests.factories.rounds import an_officer

LONG = "The answer names who is told, by when, and how the young person is heard. " * 120


def lot_of(letter, code):
    return next(lot for lot in letter.content["lots"] if lot["code"] == code)


def row_of(lot, title):
    rows = [line for criterion in lot["criteria"] for line in criterion["lines"]]
    return next(row for row in rows if row["title"] == title)


# --- Figures -------------------------------------------------------------------------------


def test_every_figure_is_the_computed_one_rounded_once(session):
    """Scores of 4 of 5 and 3 of 4: 56 and 22.50 points; a third of a weight is never cut early."""
    bid_round = an_approved_round(told("Oak House", score=4, young=3, scores={"young-home": 1}))
    lot = lot_of(letter_to(bid_round, "Oak House"), "1A")
    (result,) = evaluation.results(bid_round, Viewer.system())
    assert lot["total"] == printed(read_fraction(result.total), 2) == "74.75"
    quality, young = lot["criteria"]
    assert (quality["points"], quality["available"], quality["needed"]) == (
        "56.00",
        "70.00",
        "42.00",
    )
    assert (young["points"], young["available"], young["needed"]) == ("18.75", "30.00", None)
    home = row_of(lot, "Feels like a home")
    assert (home["score"], home["highest"], home["points"], home["available"]) == (
        1,
        4,
        "1.88",
        "7.50",
    )
    safe = row_of(lot, "Safeguarding")
    assert (safe["points"], safe["available"], safe["needed"]) == ("11.20", "14.00", 3)


def test_printed_points_come_from_exact_ones_not_from_each_other(session):
    """Four times 5.625 is 22.50, though 5.63 is printed four times."""
    bid_round = an_approved_round(told("Oak House", young=3))
    young = lot_of(letter_to(bid_round, "Oak House"), "1A")["criteria"][1]
    assert [line["points"] for line in young["lines"]] == ["5.63"] * 4
    assert young["points"] == "22.50"
    assert sum(Fraction(line["points"]) for line in young["lines"]) != Fraction(young["points"])


def test_a_letter_names_every_threshold_that_was_not_reached(session):
    bid_round = an_approved_round(told("Elm House", score=2, young=1))
    lot = lot_of(letter_to(bid_round, "Elm House"), "1A")
    assert lot["outcome"] == "not-admitted"
    assert lot["why"] == [
        "Safeguarding: the score is 2. At least 3 is needed.",
        "Quality: 40.00% of the points. At least 60% is needed.",
        "Total: 35.50% of the points. At least 50% is needed.",
    ]
    assert (lot["total"], lot["needed"], lot["reached"]) == ("35.50", "50.00", False)
    assert not row_of(lot, "Safeguarding")["reached"]
    assert row_of(lot, "Staffing")["reached"]


def test_meeting_a_threshold_exactly_passes(session):
    """3 of 5 on every question is exactly 60% of quality; with 8 of 30 it is exactly 50 points."""
    scores = {"young-home": 1, "young-staff": 1, "young-growing-up": 1, "young-listening": 1}
    bid_round = an_approved_round(told("Elm House", score=3, scores=scores))
    lot = lot_of(letter_to(bid_round, "Elm House"), "1A")
    assert (lot["criteria"][0]["points"], lot["criteria"][0]["reached"]) == ("42.00", True)
    assert (lot["total"], lot["outcome"]) == ("49.50", "not-admitted")
    assert lot["why"] == ["Total: 49.50% of the points. At least 50% is needed."]


def test_each_lot_has_its_own_outcome_and_its_own_answer(session):
    """One question is answered for each lot; the others serve all of them and are told once."""
    bid_round = a_locked_round(told("Oak House", lots=["1A", "2B"]))
    approve_all(a_recommendation(bid_round))
    letter = letter_to(bid_round, "Oak House")
    assert [lot["code"] for lot in letter.content["lots"]] == ["1A", "2B"]
    reasons = letter.content["reasons"]
    asked = [(one["title"], one["lot"]) for one in reasons]
    assert asked.count(("The home and its location", "1A")) == 1
    assert asked.count(("The home and its location", "2B")) == 1
    assert asked.count(("Safeguarding", "")) == 1
    assert len(asked) == len(set(asked)) == 13
    assert asked[0] == ("Safeguarding", "")
    assert {tuple(one["reason"]) for one in reasons if one["title"] == "Safeguarding"} == {
        ("Clear on safeguarding.",)
    }


def test_a_lot_that_failed_the_check_stands_beside_one_that_was_scored(session):
    failing = {("1A", "ofsted"): "This home cannot be checked."}
    bid_round = a_locked_round(told("Oak House", lots=["1A", "2B"], failing=failing))
    approve_all(a_recommendation(bid_round))
    letter = letter_to(bid_round, "Oak House")
    failed, scored = lot_of(letter, "1A"), lot_of(letter, "2B")
    assert failed["outcome"] == "failed"
    assert "criteria" not in failed
    assert any("This home cannot be checked." in line for line in failed["why"])
    assert scored["outcome"] == "admitted"
    assert all(one["lot"] in {"", "2B"} for one in letter.content["reasons"])


def test_who_failed_the_check_altogether_gets_a_letter_with_the_reasons(session):
    bid_round = an_approved_round(
        told("Oak House"),
        told("Cedar House", lots=["1A", "2A"], failing={("", "document:accounts"): NO_ACCOUNTS}),
    )
    letter = letter_to(bid_round, "Cedar House")
    assert [lot["outcome"] for lot in letter.content["lots"]] == ["failed", "failed"]
    for lot in letter.content["lots"]:
        assert lot["why"] == [f"Accounts for the last two years: {NO_ACCOUNTS}"]
    assert letter.content["reasons"] == []


def test_nobody_gets_a_letter_for_a_draft(session):
    bid_round = an_approved_round(told("Oak House"))
    assert [one.application.provider.name for one in queries.letters_of(bid_round)] == ["Oak House"]


# --- Frozen ---------------------------------------------------------------------------------


def test_letters_are_written_with_the_last_approval_and_not_before(session):
    bid_round = a_recommended_round(told("Oak House"))
    recommendation = queries.recommendation_of(bid_round)
    approve_for(recommendation, "luton")
    approve_for(recommendation, "bedford-borough")
    assert bid_round.stage is RoundStage.RECOMMENDED
    assert queries.letters_of(bid_round) == []
    approve_for(recommendation, "central-bedfordshire")
    assert bid_round.stage is RoundStage.APPROVED
    assert len(queries.letters_of(bid_round)) == 1


def test_a_letter_stays_as_it_was_written(session):
    bid_round = an_approved_round(told("Oak House"))
    letter = letter_to(bid_round, "Oak House")
    before = canonical_json(letter.content)
    assert letter.sha256 == sha256_of(before)
    for consensus in evaluation.consensus_of([letter.application_id]).values():
        consensus.reason = "Rewritten"
    letter.application.provider.name = "Another Name"
    db.session.commit()
    db.session.expire_all()
    assert canonical_json(letter_to(bid_round, "Another Name").content) == before
    assert "Oak House" in dict(readable(letter)["about"])["To"]


def test_a_letter_carries_the_head_of_the_trail_and_its_own_hash(session):
    bid_round = an_approved_round(told("Oak House"))
    letter = letter_to(bid_round, "Oak House")
    assert re.fullmatch("[0-9a-f]{64}", letter.trail_head)
    assert letter.trail_head != "0" * 64
    assert letter.content["receipt"]["sha256"] == letter.application.standing.sha256


def test_writing_letters_costs_the_same_for_one_bid_and_for_five(session):
    numbers = []
    for bids in (2, 1, 5):  # the first reads what the process remembers from then on
        bid_round = a_locked_round(*(told(f"Home {bids}-{number}") for number in range(bids)))
        recommendation = a_recommendation(bid_round)
        results = evaluation.results(bid_round, Viewer.system())
        from portal.awards import letters

        db.session.commit()
        with counted() as statements:
            letters.contents(recommendation.round, results, DECIDED)
        numbers.append(statements.number)
    assert numbers[1] == numbers[2]


# --- Page and paper -------------------------------------------------------------------------


def words_of_page(text):
    page = html.document_fromstring(text)
    for hidden in page.xpath("//caption | //*[contains(@class, 'govuk-visually-hidden')]"):
        hidden.drop_tree()
    return re.sub(r"\s+", "", "".join(page.xpath("//main//text()")))


def words_of_pdf(content):
    from pypdf import PdfReader

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return re.sub(r"\s+", "", "".join(pages))


def pdf_of(letter):
    with get_store().open(letter.file.sha256) as file:
        return file.read()


def test_page_and_pdf_say_the_same_words(by):
    bid_round = an_approved_round(
        told(
            "Oak House", lots=["1A", "2B"], score=2, reasons={"staffing": "First.\nThen Ŵŷż & <b>."}
        ),
        told("Cedar House", failing={("", "document:accounts"): NO_ACCOUNTS}),
    )
    officer = by(an_officer())
    for letter in make_pdfs(bid_round, to_read=True):
        page = words_of_page(officer.page(f"/letters/{letter.ref}").text)
        paper = words_of_pdf(pdf_of(letter))
        content = readable(letter)
        told_words = [value for _, value in content["about"]]
        for lot in content["lots"]:
            told_words += [lot["words"], lot["short"], *lot["why"]]
            told_words += [f"{lot['total']} of {lot['available']}"] if "total" in lot else []
            for criterion in lot.get("criteria", []):
                told_words.append(f"{criterion['points']} of {criterion['available']}")
                for line in criterion["lines"]:
                    told_words += [line["title"], f"{line['score']} of {line['highest']}"]
                    told_words.append(f"{line['points']} of {line['available']}")
        for one in content["reasons"]:
            told_words += [one["title"], one["question"], one["meaning"][1:], *one["reason"]]
        told_words += [letter.trail_head, letter.sha256, content["receipt"]["sha256"]]
        for said in told_words:
            squeezed = re.sub(r"\s+", "", str(said))
            assert squeezed in page, said
            assert squeezed in paper, said


def test_the_pdf_has_a_title_and_its_pages_numbered(session):
    from pypdf import PdfReader

    bid_round = an_approved_round(told("Ŵaun Ŷ Oak & <Sons>"))
    (letter,) = make_pdfs(bid_round, to_read=True)
    reader = PdfReader(io.BytesIO(pdf_of(letter)))
    assert reader.metadata.title == "Assessment summary for Ŵaun Ŷ Oak & <Sons>"
    assert "Page 1 of" in reader.pages[0].extract_text()
    assert letter.file.name == f"assessment-summary-{letter.content['application']}.pdf"


def test_a_reason_longer_than_a_page_still_makes_a_letter(session):
    bid_round = an_approved_round(told("Oak House", reasons={"safeguarding": LONG}))
    (letter,) = make_pdfs(bid_round, to_read=True)
    words = words_of_pdf(pdf_of(letter))
    assert words.count("theyoungperson") >= 115  # some are parted by the foot of a page


# --- The job and the release ----------------------------------------------------------------


def test_the_job_makes_a_pdf_once(session):
    bid_round = an_approved_round(told("Oak House"))
    (letter,) = make_pdfs(bid_round)
    first = letter.file_id
    job = db.session.query(queue.Job).filter_by(kind="letter:pdf").one()
    make_pdf(job, DECIDED)
    db.session.commit()
    db.session.expire_all()
    assert letter_to(bid_round, "Oak House").file_id == first
    assert (
        db.session.query(StoredFile)
        .filter_by(mime="application/pdf", name=letter.file.name)
        .count()
        == 1
    )


def test_letters_go_out_together_when_the_last_pdf_is_made(session):
    bid_round = an_approved_round(told("Oak House"), told("Elm House"))
    with pytest.raises(RuleBroken, match="still being made"):
        actions.release_letters(bid_round, actor=an_approver(), now=RELEASED)
    db.session.rollback()
    queue.run_one(DECIDED)
    while sum(one.file_id is not None for one in queries.letters_of(bid_round)) < 1:
        queue.run_one(DECIDED)
        db.session.expire_all()
    if any(one.file_id is None for one in queries.letters_of(bid_round)):
        with pytest.raises(RuleBroken, match="still being made"):
            actions.release_letters(bid_round, actor=an_approver(), now=RELEASED)
        db.session.rollback()
    make_pdfs(bid_round)
    released = actions.release_letters(bid_round, actor=an_approver(), now=RELEASED)
    assert {one.released_at for one in released} == {RELEASED}
    assert LOCKED < RELEASED
