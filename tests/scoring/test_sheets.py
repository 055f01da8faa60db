import pytest

from scoring.criteria import Panel
from scoring.rules import RuleBroken
from scoring.sheets import Mark, asked_of, check_mark, check_reason, missing_scores

from .schemes import FACES, OFFICERS, SCALES, a_scheme

WHY = "They name who does what, and show that it works."
ABSTAINS = Mark(abstained=True)


def found(marks, panel=Panel.OFFICERS):
    asked = asked_of(a_scheme(), SCALES, panel)
    return [(one.where, one.code) for one in missing_scores(asked, marks, minimum_words=5)]


def refusal(rule, *args, **kwargs):
    with pytest.raises(RuleBroken) as refused:
        rule(*args, **kwargs)
    return refused.value.code


def test_each_panel_is_asked_its_own_questions():
    assert asked_of(a_scheme(), SCALES, Panel.OFFICERS) == {
        "safeguarding": OFFICERS,
        "homes": OFFICERS,
    }
    assert asked_of(a_scheme(), SCALES, Panel.YOUNG) == {"voice": FACES}


def test_a_full_sheet_is_complete():
    assert found({"safeguarding": Mark(4, WHY), "homes": Mark(0, WHY)}) == []


def test_a_zero_is_a_score():
    assert check_mark(Mark(0, WHY), OFFICERS, minimum_words=5).value == 0


def test_what_is_missing_is_listed_question_by_question():
    assert found({}) == [("safeguarding", "score:missing"), ("homes", "score:missing")]
    assert found({"safeguarding": Mark(4), "homes": Mark(4, "Very good.")}) == [
        ("safeguarding", "reason:missing"),
        ("homes", "reason:too-short"),
    ]


def test_a_value_off_the_scale_is_found():
    assert found({"safeguarding": Mark(6, WHY), "homes": Mark(4, WHY)}) == [
        ("safeguarding", "score:not-on-scale")
    ]


def test_a_score_for_a_question_of_others_is_found():
    marks = {"safeguarding": Mark(4, WHY), "homes": Mark(4, WHY), "voice": Mark(4, WHY)}
    assert found(marks) == [("voice", "score:not-asked")]


class TestAbstention:
    def test_a_young_pair_would_rather_not_say_and_need_not_say_why(self):
        assert found({"voice": ABSTAINS}, Panel.YOUNG) == []
        assert check_mark(ABSTAINS, FACES, minimum_words=5).value is None

    def test_officers_do_not_abstain(self):
        assert refusal(check_mark, ABSTAINS, OFFICERS, minimum_words=5) == "score:no-abstention"

    def test_it_is_never_a_score_as_well(self):
        both = Mark(3, WHY, abstained=True)
        assert refusal(check_mark, both, FACES, minimum_words=5) == "score:both"


class TestReasons:
    def test_is_kept_clean(self):
        assert (
            check_reason("  Names who\r\ndoes what. \n", minimum_words=4) == "Names who\ndoes what."
        )

    def test_exactly_enough_words_are_enough(self):
        assert check_reason("one two three", minimum_words=3)
        assert refusal(check_reason, "one two", minimum_words=3) == "reason:too-short"
        assert check_reason("Excellent", minimum_words=1) == "Excellent"

    @pytest.mark.parametrize("text", ["", "   \n ", "\x00"])
    def test_nothing_is_no_reason(self, text):
        assert refusal(check_reason, text, minimum_words=1) == "reason:missing"

    @pytest.mark.parametrize("text", [". . . . . .", "- - - - yes", "good Good GOOD good good"])
    def test_filling_is_no_reason(self, text):
        assert refusal(check_reason, text, minimum_words=5) == "reason:too-short"

    def test_broken_text_is_refused(self):
        assert (
            refusal(check_reason, "half \ud83d a smile is here", minimum_words=2)
            == "text:characters"
        )

    def test_a_flood_is_refused(self):
        assert refusal(check_reason, "word " * 30_000, minimum_words=2) == "text:too-long"
