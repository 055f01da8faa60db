from copy import deepcopy

import pytest
from hypothesis import given, strategies as st

from scoring.criteria import Panel, Scheme
from scoring.rules import RuleBroken

from .schemes import SCALES, a_scheme, content, schemes

QUESTIONS = {
    "sections": [
        {
            "audience": "officers",
            "questions": [
                {"key": "legal-name", "role": "information", "required": True},
                {"key": "safeguarding", "role": "scored", "required": True},
                {"key": "homes", "role": "scored", "required": True},
            ],
        },
        {
            "audience": "young",
            "questions": [{"key": "voice", "role": "scored", "required": True}],
        },
    ]
}


def changed(*path, to, of=None):
    """Return the worked scheme's content (or other content) with one value changed."""
    whole = deepcopy(of or content())
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return whole


def codes(scheme, *args, **kwargs):
    return [finding.code for finding in scheme.check(*args, **kwargs)]


def asking(*path, to):
    return changed("sections", *path, to=to, of=QUESTIONS)


def test_the_worked_scheme_is_sound():
    assert a_scheme().check(SCALES, QUESTIONS, ("1A", "2A")) == []


def test_each_panel_has_its_questions_in_order():
    scheme = a_scheme()
    assert [one.question for one in scheme.questions_for(Panel.OFFICERS)] == [
        "safeguarding",
        "homes",
    ]
    assert [one.question for one in scheme.questions_for(Panel.YOUNG)] == ["voice"]
    assert scheme.criterion_of("voice").title == "Young Commissioners"
    with pytest.raises(RuleBroken) as refusal:
        scheme.criterion_of("legal-name")
    assert refusal.value.code == "scheme:unknown-question"


@pytest.mark.parametrize(
    ("path", "to", "code"),
    [
        (("criteria", 0, "weight_bp"), 7999, "scheme:weights-do-not-sum"),
        (("criteria", 0, "weight_bp"), 8001, "scheme:weights-do-not-sum"),
        (("criteria", 0, "questions", 0, "weight_bp"), 5999, "scheme:weights-do-not-sum"),
        (("criteria", 0, "questions"), [], "scheme:weights-do-not-sum"),
        (("criteria",), [], "scheme:weights-do-not-sum"),
        (("criteria", 0, "minimum_share_bp"), 10001, "scheme:share-out-of-range"),
        (("criteria", 0, "minimum_share_bp"), -1, "scheme:share-out-of-range"),
        (("thresholds", "total_share_bp"), 10001, "scheme:share-out-of-range"),
        (("criteria", 0, "questions", 0, "minimum_score"), 6, "scheme:minimum-not-on-scale"),
        (("criteria", 0, "scale"), "officers-0-9", "scheme:no-scale"),
        (("criteria", 0, "scale"), "faces-0-4", "scheme:abstention"),
        (("criteria", 1, "key"), "quality", "scheme:criterion-twice"),
        (("criteria", 0, "questions", 1, "question"), "safeguarding", "scheme:question-twice"),
        (("award", "cap"), 3, "scheme:cap-without-mechanism"),
        (("decimals",), 7, "scheme:decimals"),
        (("decimals",), -1, "scheme:decimals"),
        (("young", "least_pairs"), 0, "scheme:least-pairs"),
    ],
)
def test_what_is_wrong_is_found(path, to, code):
    assert codes(Scheme.from_content(changed(*path, to=to)), SCALES) == [code]


def test_weights_below_zero_are_found_even_when_they_sum():
    parts = [
        {"question": "safeguarding", "weight_bp": 10001},
        {"question": "homes", "weight_bp": -1},
    ]
    scheme = Scheme.from_content(changed("criteria", 0, "questions", to=parts))
    assert codes(scheme) == ["scheme:weight-negative"]


def test_everything_wrong_is_found_at_once():
    both = changed("decimals", to=9, of=changed("award", "cap", to=1))
    assert set(codes(Scheme.from_content(both))) == {
        "scheme:decimals",
        "scheme:cap-without-mechanism",
    }


@pytest.mark.parametrize(
    ("path", "to", "code"),
    [
        (("criteria", 0, "weight_bp"), 8000.0, "content:whole-number"),
        (("criteria", 0, "weight_bp"), "8000", "content:whole-number"),
        (("criteria", 0, "weight_bp"), True, "content:whole-number"),
        (("criteria", 0, "weight_bp"), None, "content:whole-number"),
        (("criteria", 0, "panel"), "judges", "scheme:panel"),
        (("criteria", 0, "title"), "", "content:text"),
        (("criteria",), {"quality": 1}, "content:list"),
        (("award",), {}, "content:text"),
        (("award",), [1], "content:part"),
        (("award", "mechanism"), "lottery", "scheme:mechanism"),
        (("award", "ranked"), "yes", "content:yes-no"),
        (("award", "cap"), 2.5, "content:whole-number"),
        (("rounding",), "bankers", "scheme:rounding"),
        (("young", "below_least"), "ignore", "scheme:below-least"),
    ],
)
def test_a_wrong_shape_is_refused(path, to, code):
    with pytest.raises(RuleBroken) as refusal:
        Scheme.from_content(changed(*path, to=to))
    assert refusal.value.code == code


class TestAgainstTheQuestionSet:
    def test_a_scored_question_must_be_asked(self):
        without = asking(1, "questions", to=[])
        assert codes(a_scheme(), None, without) == ["scheme:question-not-asked"]

    def test_a_question_to_be_scored_needs_a_weight(self):
        more = [
            *QUESTIONS["sections"][0]["questions"],
            {"key": "new", "role": "scored", "required": True},
        ]
        assert codes(a_scheme(), None, asking(0, "questions", to=more)) == [
            "scheme:question-without-weight"
        ]

    def test_an_information_question_is_not_scored(self):
        plain = asking(0, "questions", 1, "role", to="information")
        assert codes(a_scheme(), None, plain) == ["scheme:question-not-scored"]

    def test_each_panel_scores_its_own_section(self):
        assert codes(a_scheme(), None, asking(1, "audience", to="officers")) == [
            "scheme:other-panel"
        ]

    def test_every_lot_must_ask_a_scored_question(self):
        only = asking(0, "questions", 1, "lots", to=["1A"])
        assert codes(a_scheme(), None, only, ("1A",)) == []
        assert codes(a_scheme(), None, only, ("1A", "1B")) == ["scheme:question-not-in-every-lot"]

    @pytest.mark.parametrize(
        "change", [{"when": {"question": "legal-name", "is": "x"}}, {"required": False}]
    )
    def test_an_answer_that_may_be_missing_is_a_warning(self, change):
        question = {"key": "homes", "role": "scored", "required": True, **change}
        (finding,) = a_scheme().check(SCALES, asking(0, "questions", 2, to=question))
        assert (finding.code, finding.level) == ("scheme:answer-may-be-missing", "warning")


@given(schemes())
def test_any_scheme_whose_levels_sum_is_sound(scheme):
    assert scheme.check(SCALES) == []


@given(st.integers(-10_000, 20_000).filter(lambda weight: weight != 8000))
def test_any_other_weight_is_found(weight):
    scheme = Scheme.from_content(changed("criteria", 0, "weight_bp", to=weight))
    assert "scheme:weights-do-not-sum" in codes(scheme)
