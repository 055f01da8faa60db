"""What ships with the portal holds together, and says what the law and the councils ask."""

from collections import Counter
from itertools import pairwise

import pytest

from portal.content.checks import every_question
from portal.content.loading import Content, defaults
from portal.content.references import scales_of
from portal.content.schemas import Kind
from scoring.criteria import Panel, Scheme
from scoring.scales import Scale

LOTS = ("1A", "2A", "3A", "1B", "2B", "3B")
MOST_DOCUMENTS = 8  # that somebody can find for an application in a day


@pytest.fixture(scope="module")
def shipped() -> dict[tuple[Kind, str], Content]:
    return {(content.kind, content.key): content for content in defaults()}


@pytest.fixture(scope="module")
def questions(shipped):
    body = shipped[Kind.QUESTION_SET, "apl-16plus"].body
    return {question["key"]: (section, question) for _, section, question in every_question(body)}


def test_every_kind_ships(shipped):
    assert {kind for kind, _ in shipped} == set(Kind)


def test_hashes_are_the_same_each_time(shipped):
    again = {(content.kind, content.key): content.sha256 for content in defaults()}
    assert again == {named: content.sha256 for named, content in shipped.items()}


def test_the_scheme_fits_the_questions_the_scales_and_the_lots(shipped):
    shelf = {named: content.body for named, content in shipped.items()}
    scheme = shelf[Kind.SCHEME, "apl-16plus"]
    asked = shelf[Kind.QUESTION_SET, "apl-16plus"]
    assert Scheme.from_content(scheme).check(scales_of(scheme, shelf), asked, LOTS) == []


def test_the_young_commissioners_have_thirty_percent_on_at_most_four_questions(shipped):
    scheme = Scheme.from_content(shipped[Kind.SCHEME, "apl-16plus"].body)
    [young] = [criterion for criterion in scheme.criteria if criterion.panel is Panel.YOUNG]
    assert young.weight_bp == 3000
    assert 3 <= len(young.questions) <= 4


def test_the_young_commissioners_scores_can_change_who_is_admitted(shipped):
    """With a threshold on quality alone, their share would be for show."""
    scheme = Scheme.from_content(shipped[Kind.SCHEME, "apl-16plus"].body)
    [quality] = [criterion for criterion in scheme.criteria if criterion.panel is Panel.OFFICERS]
    passes_quality = quality.weight_bp * quality.minimum_share_bp // 10_000
    assert scheme.total_share_bp > passes_quality


def test_safeguarding_needs_three_of_five(shipped):
    scheme = Scheme.from_content(shipped[Kind.SCHEME, "apl-16plus"].body)
    officers = {
        scored.question: scored.minimum_score for scored in scheme.questions_for(Panel.OFFICERS)
    }
    assert officers["safeguarding"] == 3


def test_the_young_scale_allows_an_abstention_and_the_officers_scale_does_not(shipped):
    faces = Scale.from_content(shipped[Kind.SCALE, "faces-0-4"].body)
    officers = Scale.from_content(shipped[Kind.SCALE, "officers-0-5"].body)
    assert (faces.values, faces.abstention) == ((0, 1, 2, 3, 4), True)
    assert (officers.values, officers.abstention) == ((0, 1, 2, 3, 4, 5), False)
    assert [point.face for point in faces.points] == ["1", "2", "3", "4", "5"]


def test_six_lots_three_councils_and_luton_leads(shipped):
    template = shipped[Kind.ROUND_TEMPLATE, "apl-16plus"].body
    assert tuple(lot["code"] for lot in template["lots"]) == LOTS
    assert template["councils"] == ["luton", "central-bedfordshire", "bedford-borough"]
    assert template["lead"] == "luton"
    assert template["regime"] == "pa-2023-light-touch"


def test_hertfordshire_is_known_for_later(shipped):
    councils = shipped[Kind.COUNCILS, "standard"].body["councils"]
    assert "hertfordshire" in {council["slug"] for council in councils}


def test_insurance_is_asked_for_after_the_award_and_may_be_promised(shipped):
    """Procurement Act 2023, section 22(3)(b)."""
    lines = shipped[Kind.CHECKLIST, "apl-16plus"].body["documents"]
    insurance = [
        line for line in lines if "insurance" in line["type"] or line["type"] == "abuse-cover"
    ]
    assert len(insurance) == 5
    assert all(line["stage"] == "award" and line["promise"] for line in insurance)


def test_an_application_needs_few_documents(shipped):
    lines = shipped[Kind.CHECKLIST, "apl-16plus"].body["documents"]
    with_it = [line for line in lines if line["stage"] == "submission"]
    assert 6 <= len(with_it) <= MOST_DOCUMENTS
    assert all(line["of"] == "organisation" for line in with_it)


def test_every_type_of_document_that_stops_placements_has_its_line(shipped):
    types = shipped[Kind.DOCUMENT_TYPES, "standard"].body["types"]
    asked = {line["type"] for line in shipped[Kind.CHECKLIST, "apl-16plus"].body["documents"]}
    assert {kind["key"] for kind in types if kind["blocks_placement"]} <= asked


@pytest.mark.parametrize(
    ("key", "months", "basis"),
    [
        ("quality-of-support-review", 6, "law"),
        ("gas-safety-record", 12, "law"),
        ("electrical-installation-report", 60, "law"),
        ("hmo-licence", 60, "law"),
        ("energy-performance-certificate", 120, "law"),
        ("fire-risk-assessment", 12, "usual"),
        ("portable-appliance-test", 12, "usual"),
        ("legionella-assessment", 24, "usual"),
        ("dbs-and-training-summary", 12, "usual"),
    ],
)
def test_how_long_a_document_lasts_and_why(shipped, key, months, basis):
    types = {kind["key"]: kind for kind in shipped[Kind.DOCUMENT_TYPES, "standard"].body["types"]}
    assert (types[key]["months"], types[key]["basis"]) == (months, basis)


def test_a_location_assessment_is_due_in_every_calendar_year(shipped):
    types = {kind["key"]: kind for kind in shipped[Kind.DOCUMENT_TYPES, "standard"].body["types"]}
    assert types["location-assessment"]["calendar_year"]
    assert types["location-assessment"]["blocks_placement"]


def test_supported_accommodation_has_three_outcomes_and_a_state_before_them(shipped):
    outcomes = shipped[Kind.OFSTED_SCALE, "ofsted-supported-accommodation"].body["outcomes"]
    assert [outcome["value"] for outcome in outcomes] == ["registered", "1", "2", "3"]
    assert outcomes[0]["position"] is None


def test_declarations_are_never_filled_in_from_an_earlier_round(questions):
    afresh = {section["key"] for section, _ in questions.values() if not section["prefill"]}
    assert afresh == {"exclusion-mandatory", "exclusion-discretionary", "declarations"}


@pytest.mark.parametrize("schedule", ["mandatory", "discretionary"])
@pytest.mark.parametrize("who", ["organisation", "connected"])
def test_a_ground_for_exclusion_asks_which_what_and_what_was_done(questions, schedule, who):
    _, asked = questions[f"{schedule}-{who}"]
    assert "last five years" in asked["label"]
    assert (asked["role"], asked["pass_value"]) == ("pass-fail", "no")
    for more in ("grounds", "explanation", "put-right"):
        _, follows = questions[f"{schedule}-{who}-{more}"]
        assert follows["required"]
        assert follows["when"] == {"question": f"{schedule}-{who}", "is": "yes"}


def test_ofsted_questions_are_for_16_and_17_only(questions):
    ofsted = [question for section, question in questions.values() if section["key"] == "ofsted"]
    assert all(question["lots"] == ["1A", "2A", "3A"] for question in ofsted)


def test_the_ofsted_answers_are_the_points_of_the_scale(shipped, questions):
    points = shipped[Kind.OFSTED_SCALE, "ofsted-supported-accommodation"].body["outcomes"]
    _, asked = questions["ofsted-outcome"]
    assert [option["value"] for option in asked["options"]] == [point["value"] for point in points]


def test_every_scored_question_says_what_a_good_answer_shows(questions):
    scored = [question for _, question in questions.values() if question["role"] == "scored"]
    assert len(scored) == 12
    assert all(question["guidance"] and question["words"] for question in scored)


def test_young_commissioners_read_short_words(questions):
    """No count is a reading age; a long word in their texts is at least looked at here."""
    known = {
        "Commissioners",
        "professionals",
        "placement",
        "somebody",
        "questions",
        "sentences",
        "conversation",
    }
    for section, question in questions.values():
        if section["audience"] == "young":
            texts = [question["label"], question["hint"], *question["guidance"]]
            words = {word.strip(".,?!()“”’'") for text in texts for word in text.split()}
            assert not {word for word in words if len(word) > 10} - known


def test_what_people_read_holds_no_doubled_words(shipped):
    for content in shipped.values():
        for text in _texts(content.body):
            words = text.lower().split()
            assert not [one for one, two in pairwise(words) if one == two], text


def test_no_title_stands_twice_among_questions(questions):
    titles = Counter(
        question["label"] for _, question in questions.values() if not question["when"]
    )
    assert [title for title, times in titles.items() if times > 1] == []


def test_the_title_of_the_core_price_says_how_many_hours_are_in_it(shipped):
    core, _ = shipped[Kind.RATE_CARD, "apl-16plus"].body["items"]
    assert f"{core['included_hours']} hours" in core["title"]


def _texts(part):
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for inner in part.values():
            yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)
