"""Results: exactly what the scheme says, with the working behind every number, after the lock only."""

import csv
import io
from fractions import Fraction

import pytest

from portal.access import Role, Viewer
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.models import Interest, Result
from portal.people.models import SensitiveRead
from scoring.canonical import canonical_json, read_fraction, sha256_of
from scoring.terms import Panel
from tests.factories.counting import counted
from tests.factories.evaluation import PENCE, an_evaluation
from tests.factories.people import a_person, viewer
from tests.factories.rounds import an_officer

# By hand, from the shipped scheme. Quality is 70 points on a scale to 5, the young people's
# questions are 30 points on faces to 4. Weights within quality: safeguarding 20 %, home, support
# and staffing 15 % each, missing, education and matching 10 % each, social value 5 %.
SCORES = {
    "safeguarding": 4,
    "home-and-location": 2,
    "support-and-move-on": 5,
    "staffing": 3,
    "missing-and-exploitation": 4,
    "education-employment-training": 3,
    "matching-and-partnership": 3,
    "social-value": 1,
    "young-home": 4,
    "young-staff": 3,
    "young-growing-up": 1,
    "young-listening": 2,
}
# 4/5 × 14 + 2/5 × 10.5 + 5/5 × 10.5 + 3/5 × 10.5 + 4/5 × 7 + 3/5 × 7 + 3/5 × 7 + 1/5 × 3.5
QUALITY = (
    Fraction(56, 5)
    + Fraction(21, 5)
    + Fraction(21, 2)
    + Fraction(63, 10)
    + Fraction(28, 5)
    + Fraction(21, 5)
    + Fraction(21, 5)
    + Fraction(7, 10)
)
# (4 + 3 + 1 + 2) ÷ 4 × 7.5
YOUNG = Fraction(75, 4)


def results_of(story, more=""):
    return f"/council/rounds/{story.round.ref}/results{more}"


def agreed(story, by_bid):
    """Lock a round in which each bid was scored and agreed as told."""
    for bid, scores in zip(story.bids, by_bid, strict=True):
        for person in [*story.evaluators, story.young[0]]:
            story.give(bid, person, scores)
            story.submit(bid, person)
        for asked in queries.asked_of(bid):
            story.agree(bid, asked, scores.get(asked.question, 3))
    from portal.evaluation import actions

    for bid in story.bids:
        actions.sign_off_young(bid, actor=viewer(story.supporter), now=story.now)
    return actions.lock_quality(story.round, actor=viewer(story.moderator), now=story.now)


def test_the_results_equal_what_is_computed_by_hand():
    story = an_evaluation(names=["Oak House"], evaluators=1)
    (result,) = agreed(story, [SCORES])
    quality, young = result.content["criteria"]
    assert read_fraction(quality["points"]) == QUALITY == Fraction("46.9")
    assert read_fraction(young["points"]) == YOUNG == Fraction("18.75")
    assert read_fraction(result.total) == Fraction("65.65")
    first = quality["lines"][0]
    assert first["working"] == "4 ÷ 5 × 14 = 56/5"
    assert result.admitted
    assert result.sha256 == sha256_of(canonical_json(result.content))


def test_below_a_threshold_nobody_is_admitted_whatever_the_total(by):
    story = an_evaluation(names=["Elm House", "Oak House"], evaluators=1)
    low = dict.fromkeys(SCORES, 4) | {"safeguarding": 2}
    oak_below, elm_over = agreed(story, [low, SCORES])
    by_name = {one.application.provider.name: one for one in (oak_below, elm_over)}
    assert not by_name["Elm House"].admitted
    assert read_fraction(by_name["Elm House"].total) > read_fraction(by_name["Oak House"].total)
    assert by_name["Oak House"].admitted
    shown = by(story.lead).page(results_of(story, "/1A"))
    assert "Safeguarding: the score is 2. At least 3 is needed." in shown.text


def test_a_lot_is_computed_from_its_own_answers(by):
    story = an_evaluation(names=["Oak House"], evaluators=1, lots=("1A", "2A"))
    bid = story.bids[0]
    sheets = [story.give(bid, person) for person in (story.evaluators[0], story.young[0])]
    for asked in queries.asked_on(sheets[0]):
        if asked.lot_code == "2A":
            story.give_one(sheets[0], story.evaluators[0], asked, 5)
    story.submit(bid, story.evaluators[0])
    story.submit(bid, story.young[0])
    for asked in queries.asked_of(bid):
        story.agree(bid, asked, 5 if asked.lot_code == "2A" else 3)
    from portal.evaluation import actions

    actions.sign_off_young(bid, actor=viewer(story.supporter), now=story.now)
    first, second = story.locked()
    assert (first.round_lot.code, second.round_lot.code) == ("1A", "2A")
    # two points more of five, for 15 % of 70 points
    assert read_fraction(second.total) - read_fraction(first.total) == Fraction("4.2")
    lots = by(story.lead).page(results_of(story))
    assert "Lot 2B" in lots.text
    empty = by(story.lead).page(results_of(story, "/2B"))
    assert "No bid in this lot" in empty.text


def test_page_and_files_print_the_same_figures(by):
    story = an_evaluation(names=["Elm House", "Oak House"], evaluators=1)
    agreed(story, [SCORES, {}])
    browser = by(story.lead)
    shown = browser.page(results_of(story, "/1A"))
    for figure in ("46.90", "18.75", "65.65", "42.00", "22.50", "64.50"):
        assert figure in shown.text
    assert "<svg" in shown.text
    assert "Needed in total" in shown.text
    file = browser.page(results_of(story, "/1A/table.csv"))
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[1][:4] == ["Elm House", "46.90", "18.75", "65.65"]
    assert rows[2][:4] == ["Oak House", "42.00", "22.50", "64.50"]
    assert browser.page(results_of(story, "/1A/table.xlsx")).data[:2] == b"PK"
    assert browser.page(results_of(story, "/1A/table.pdf")).data[:4] == b"%PDF"
    browser.page(results_of(story, "/1A/table.doc"), status=404)
    read = db.session.query(SensitiveRead).filter_by(subject_kind="results").all()
    assert [one.subject_ref for one in read] == [
        f"{story.round.ref}/1A.{kind}" for kind in ("csv", "xlsx", "pdf")
    ]


def test_every_number_opens_its_working(by):
    story = an_evaluation(names=["Oak House"], evaluators=2)
    agreed(story, [SCORES])
    browser = by(story.lead)
    link = results_of(story, f"/1A/{story.bids[0].ref}")
    shown = browser.page(results_of(story, "/1A")).text
    assert [
        shown.count(f'href="{link}{place}"') for place in ("#quality", "#young-commissioners", "")
    ] == [1] * 3
    shown = browser.page(link)
    assert "4 ÷ 5 × 14 = 56/5, printed 11.20" in shown.text
    assert "2 ÷ 4 × 15/2 = 15/4, printed 3.75" in shown.text
    assert "The panel agreed that the answer meets what was asked for." in shown.text
    assert story.evaluators[0].name in shown.text
    assert story.moderator.name in shown.text
    assert "Meets the minimum of 3" in shown.text
    # the words of single pairs stay with them
    assert "They say what they do and they mean it" not in shown.text
    assert str(PENCE) not in shown.text


@pytest.mark.parametrize(
    ("role", "council", "status"),
    [
        (Role.AUDITOR, "luton", 200),
        (Role.COMMISSIONER, "bedford-borough", 200),
        (Role.APPROVER, "central-bedfordshire", 200),
        (Role.COMMISSIONER, "hertfordshire", 404),
        (Role.AUDITOR, "hertfordshire", 404),
        (Role.EVALUATOR, "luton", 403),
        (Role.FINANCE, "luton", 403),
        (Role.ADMINISTRATOR, "luton", 403),
        (Role.PARTICIPATION_OFFICER, "luton", 403),
        (Role.YOUNG_COMMISSIONER, "luton", 403),
    ],
)
def test_who_reads_results(by, role, council, status):
    story = an_evaluation(names=["Oak House"], evaluators=1)
    story.locked()
    browser = by(a_person(role, council))
    for more in ("", "/panel", "/1A", f"/1A/{story.bids[0].ref}", "/1A/table.csv"):
        browser.page(results_of(story, more), status=status)


def test_before_the_lock_nobody_reads_results(by):
    story = an_evaluation(names=["Oak House"]).with_all_sheets_in()
    for asked in queries.asked_of(story.bids[0], Panel.OFFICERS):
        story.agree(story.bids[0], asked)
    for person in (an_officer(), a_person(Role.AUDITOR), story.moderator):
        someone = person if isinstance(person, Viewer) else viewer(person)
        assert queries.results(story.round, someone) == []
        for more in ("", "/1A", f"/1A/{story.bids[0].ref}", "/1A/table.csv"):
            shown = by(person).page(results_of(story, more), status=409)
            assert "Results are computed when quality is locked." in shown.text
    assert not db.session.query(Result).count()


def test_who_judges_the_award_reads_what_the_panel_declared(by):
    story = an_evaluation(names=["Oak House", "Elm House"])
    oak = story.bids[0]
    story.declare(story.evaluators[0], oak, Interest.PROFESSIONAL, "I worked there in 2024.")
    story.locked()
    shown = by(a_person(Role.AUDITOR)).page(results_of(story, "/panel"))
    assert "I worked there in 2024." in shown.text
    assert "The panel of this round cannot be changed any more." in shown.text
    assert "<form" not in shown.text.split("<main", 1)[1]


def test_what_is_not_there_is_not_found(by):
    story, other = (an_evaluation(bids=1, evaluators=1) for _ in range(2))
    story.locked()
    other.locked()
    browser = by(story.lead)
    for more in ("/9Z", "/9Z/table.csv", f"/1A/{other.bids[0].ref}", f"/2A/{story.bids[0].ref}"):
        browser.page(results_of(story, more), status=404)


def test_the_statements_of_the_pages_do_not_grow(by):
    def statements(bids, evaluators):
        story = an_evaluation(bids=bids, evaluators=evaluators)
        story.locked()
        browser, found = by(story.lead), []
        for more in ("", "/1A", f"/1A/{story.bids[0].ref}"):
            browser.page(results_of(story, more))
            with counted() as sent:
                browser.page(results_of(story, more))
            found.append(sent.number)
        return found

    assert statements(1, 1) == statements(4, 3)


def test_a_lot_is_sorted_by_address(by):
    story = an_evaluation(names=["Ash House", "Elm House", "Oak House"], evaluators=1)
    agreed(story, [{}, dict.fromkeys(SCORES, 4), dict.fromkeys(SCORES, 2)])
    browser = by(story.lead)

    def order(more):
        body = browser.page(results_of(story, f"/1A{more}")).text.split("<tbody", 1)[1]
        return sorted(("Ash", "Elm", "Oak"), key=lambda name: body.index(f"{name} House"))

    assert order("") == order("?sort=nonsense") == ["Ash", "Elm", "Oak"]
    assert order("?sort=-bidder") == ["Oak", "Elm", "Ash"]
    assert order("?sort=-total") == ["Elm", "Ash", "Oak"]
    assert order("?sort=total") == ["Oak", "Ash", "Elm"]
    assert "No bid in this lot" not in browser.page(results_of(story, "/1A?from=20")).text
