"""The fostering tender that ships: four councils, five lots, quality, young people and price."""

from fractions import Fraction

import pytest

from portal.content.checks import every_question
from portal.content.loading import checked, defaults
from portal.content.rates import asked_in, is_discount, items_for, only_asked, price_findings
from portal.content.references import findings_beside, scales_of
from portal.content.schemas import Kind
from scoring.baskets import evaluated_price
from scoring.criteria import Panel, Scheme
from scoring.rules import Finding, RuleBroken
from scoring.terms import CriterionKind, Formula, Mechanism, TieAtCap, TieBy

KEY = "fostering-tender"
LOTS = ("F1", "F2", "F3", "F4", "F5")


@pytest.fixture(scope="module")
def shelf():
    return {(content.kind, content.key): content.body for content in defaults()}


@pytest.fixture(scope="module")
def scheme(shelf):
    return Scheme.from_content(shelf[Kind.SCHEME, KEY])


@pytest.fixture(scope="module")
def card(shelf):
    return shelf[Kind.RATE_CARD, KEY]


@pytest.fixture(scope="module")
def questions(shelf):
    body = shelf[Kind.QUESTION_SET, KEY]
    return {question["key"]: (section, question) for _, section, question in every_question(body)}


def test_four_councils_five_lots_and_luton_leads(shelf):
    template = shelf[Kind.ROUND_TEMPLATE, KEY]
    assert tuple(lot["code"] for lot in template["lots"]) == LOTS
    assert template["councils"] == [
        "luton", "central-bedfordshire", "bedford-borough", "hertfordshire"
    ]  # fmt: skip
    assert template["lead"] == "luton"
    assert template["regime"] == "pa-2023-light-touch"
    assert template["agreement"]["kind"] == "framework"
    assert template["ofsted_scale"] == "ofsted-fostering"


def test_the_scheme_fits_its_questions_scales_lots_and_rates(shelf, scheme, card):
    scales = scales_of(shelf[Kind.SCHEME, KEY], shelf)
    assert scheme.check(scales, shelf[Kind.QUESTION_SET, KEY], LOTS, card) == []
    assert list(price_findings(scheme, card, LOTS)) == []


def test_quality_young_people_social_value_and_price(scheme):
    weights = {criterion.kind: criterion.weight_bp for criterion in scheme.criteria}
    assert weights == {
        CriterionKind.QUALITY: 4000,
        CriterionKind.YOUNG: 1500,
        CriterionKind.SOCIAL_VALUE: 1000,
        CriterionKind.PRICE: 3500,
    }
    assert 3 <= len(scheme.questions_for(Panel.YOUNG)) <= 4
    assert scheme.least_pairs == 2


def test_the_first_of_each_lot_are_awarded_and_ties_are_broken_in_a_stated_order(scheme):
    assert scheme.mechanism is Mechanism.RANKED_TOP
    assert [scheme.award.cap_for(lot) for lot in LOTS] == [12, 12, 12, 6, 4]
    assert scheme.award.tie_at_cap is TieAtCap.ADMIT_ALL
    assert [step.by for step in scheme.award.tie_breaks] == [
        TieBy.QUALITY, TieBy.QUESTION, TieBy.CRITERION, TieBy.PRICE
    ]  # fmt: skip


def test_safeguarding_needs_three_of_five(scheme):
    minimums = {one.question: one.minimum_score for one in scheme.questions_for(Panel.OFFICERS)}
    assert minimums["safeguarding"] == 3


def test_each_lot_asks_only_for_its_own_prices(card):
    asked = {lot: [item["key"] for item in items_for(card, lot)] for lot in LOTS}
    bands = ["age-0-4", "age-5-9", "age-10-15", "age-16-17"]
    assert asked["F1"][:4] == bands
    assert asked["F3"][:3] == bands[1:]
    assert asked["F4"] == ["parent-and-child", "second-child", "second-parent"]
    assert asked["F5"] == ["pace-night", "remand-week"]
    assert not asked_in({"lots": ["F1"]}, "F2")
    assert asked_in({"lots": []}, "F2")


def test_the_basket_weighs_age_bands_by_expected_placements_and_takes_discounts_in_order(scheme):
    rates = {"age-0-4": 90_000, "age-5-9": 92_000, "age-10-15": 98_000, "age-16-17": 105_000}
    offered = {"discount-volume": 1000, "discount-siblings": 500}
    found = evaluated_price(scheme.price.basket_for("F1"), rates, scheme.price.discounts, offered)
    before = Fraction(90_000 * 48 + 92_000 * 62 + 98_000 * 96 + 105_000 * 54, 48 + 62 + 96 + 54)
    assert found.before == before
    # 10% counted for 30% of placements, then 5% of what is left for 25% of them
    assert found.price == before * Fraction(97, 100) * Fraction(9875, 10000)
    assert scheme.price.formula is Formula.RELATIVE_TO_LOWEST


def test_what_is_promised_for_the_years_to_come_goes_into_the_contract(questions):
    promised = {key for key, (_, question) in questions.items() if question["promise"]}
    assert promised == {"recruiting-and-keeping-carers", "social-value"}


def test_duties_of_supported_accommodation_do_not_reach_fostering(shelf):
    lines = shelf[Kind.CHECKLIST, KEY]["documents"]
    assert {line["of"] for line in lines} == {"organisation"}
    sixteen_plus = {"location-assessment", "quality-of-support-review", "workforce-plan"}
    assert not sixteen_plus & {line["type"] for line in lines}
    insurance = [line for line in lines if "insurance" in line["type"]]
    assert all(line["stage"] == "award" and line["promise"] for line in insurance)


def test_grounds_for_exclusion_are_the_same_as_in_the_list(shelf, questions):
    other = shelf[Kind.QUESTION_SET, "apl-16plus"]
    theirs = {q["key"]: q for _, s, q in every_question(other) if s["key"].startswith("exclusion")}
    ours = {k: q for k, (s, q) in questions.items() if s["key"].startswith("exclusion")}
    assert ours == theirs
    afresh = {section["key"] for section, _ in questions.values() if not section["prefill"]}
    assert afresh == {"exclusion-mandatory", "exclusion-discretionary", "declarations"}


def test_method_statements_about_the_care_itself_are_written_for_each_lot(questions):
    per_lot = {
        key for key, (_, one) in questions.items() if one["per_lot"] and one["role"] == "scored"
    }
    assert per_lot == {"matching-and-stability", "care-in-this-lot"}


def test_every_scored_question_says_what_a_good_answer_shows(questions):
    scored = [question for _, question in questions.values() if question["role"] == "scored"]
    assert len(scored) == 12
    assert all(question["guidance"] and question["words"] for question in scored)


def test_the_ofsted_answers_are_the_grades_of_the_scale(shelf, questions):
    grades = shelf[Kind.OFSTED_SCALE, "ofsted-fostering"]["outcomes"]
    _, asked = questions["ofsted-grade"]
    assert [option["value"] for option in asked["options"]] == [one["value"] for one in grades]


def test_young_commissioners_read_short_words(questions):
    known = {"Commissioners", "professionals", "questions", "sentences"}
    for section, question in questions.values():
        if section["audience"] == "young":
            texts = [question["label"], question["hint"], *question["guidance"]]
            words = {word.strip(".,?!()“”’'") for text in texts for word in text.split()}
            assert not {word for word in words if len(word) > 10} - known


class TestRefusals:
    def refused(self, shelf, code, **changes):
        with pytest.raises(RuleBroken) as broken:
            checked({**shelf[Kind.SCHEME, KEY], **changes})
        assert broken.value.code == code
        return broken.value

    def test_weights_that_do_not_sum(self, shelf):
        first, *rest = shelf[Kind.SCHEME, KEY]["criteria"]
        self.refused(
            shelf, "scheme:weights-do-not-sum", criteria=[{**first, "weight_bp": 3999}, *rest]
        )

    def test_a_cap_without_a_mechanism(self, shelf):
        award = {**shelf[Kind.SCHEME, KEY]["award"], "mechanism": "all-over-thresholds"}
        self.refused(shelf, "scheme:cap-without-mechanism", award=award)

    def test_a_ranking_without_a_cap(self, shelf):
        award = {**shelf[Kind.SCHEME, KEY]["award"], "cap": None, "cap_by_lot": {}}
        self.refused(shelf, "scheme:cap-missing", award=award)

    def test_a_formula_that_nobody_knows_is_named_by_its_path(self, shelf):
        price = {**shelf[Kind.SCHEME, KEY]["price"], "formula": "cheapest"}
        assert self.refused(shelf, "content:shape", price=price).field == "price.formula"

    def test_a_basket_weight_that_is_no_number(self, shelf):
        price = {
            **shelf[Kind.SCHEME, KEY]["price"],
            "baskets": [{"method": "sum", "items": [{"item": "age-0-4", "weight": 2.5}]}],
        }
        assert (
            "baskets[0].items[0].weight"
            in self.refused(shelf, "content:shape", price=price).message
        )

    def test_a_part_without_a_weight(self, shelf):
        first, *rest = shelf[Kind.SCHEME, KEY]["criteria"]
        bare = {key: value for key, value in first.items() if key != "weight_bp"}
        broken = self.refused(shelf, "content:shape", criteria=[bare, *rest])
        assert broken.field == "criteria[0].weight_bp"

    @pytest.mark.parametrize(
        ("key", "changes", "code"),
        [
            ("age-0-4", {"required": False}, "scheme:basket-item-not-asked"),
            ("age-0-4", {"lots": ["F2"]}, "scheme:basket-item-not-asked"),
            ("discount-volume", {"unit": "week"}, "scheme:discount-unknown"),
        ],
    )
    def test_prices_that_are_compared_are_stated_by_everybody(
        self, shelf, card, key, changes, code
    ):
        items = [{**one, **changes} if one["key"] == key else one for one in card["items"]]
        other = {**shelf, (Kind.RATE_CARD, KEY): {**card, "items": items}}
        found = findings_beside(shelf[Kind.ROUND_TEMPLATE, KEY], other)
        assert {finding.code for finding in found} == {code}

    def test_a_price_for_a_lot_that_is_not_open(self, shelf, card):
        first, *rest = card["items"]
        other = {**card, "items": [{**first, "lots": ["F1", "F2", "F9"]}, *rest]}
        found = findings_beside(
            shelf[Kind.ROUND_TEMPLATE, KEY], {**shelf, (Kind.RATE_CARD, KEY): other}
        )
        assert [finding.code for finding in found] == ["content:no-lot"]


def test_nobody_is_asked_for_a_price_of_another_lot(card):
    missing = Finding("rate:missing", "Enter a price.", "age-0-4")
    other = Finding("answer:missing", "Answer this.", "age-0-4")
    assert only_asked({"F1": [missing], "F5": [missing, other], "F4": [missing]}, card) == {
        "F1": [missing], "F5": [other]
    }  # fmt: skip


def test_discounts_are_told_by_their_unit(card):
    assert [item["key"] for item in card["items"] if is_discount(item)] == [
        "discount-volume", "discount-siblings", "discount-long-term"
    ]  # fmt: skip
