from datetime import date

import pytest
from hypothesis import given, strategies as st

from scoring.answers import READERS, check_answer, money_text, parse_answer, read_answer, read_money
from scoring.canonical import canonical_json
from scoring.rules import RuleBroken

OPTIONS = [{"value": "small", "label": "Small"}, {"value": "large", "label": "Large"}]


def asked(kind, **more):
    return {"key": "the-question", "kind": kind, "options": OPTIONS, **more}


def refusal(kind, raw, **more):
    with pytest.raises(RuleBroken) as refused:
        read_answer(asked(kind, **more), raw)
    assert refused.value.field == "the-question"
    return refused.value


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("text", "  Ada   House\t", "Ada House"),
        ("long-text", " One.\r\n\r\nTwo. ", "One.\n\nTwo."),
        ("long-text", "a\x00b", "a b"),
        ("file", "VER-ABC", "VER-ABC"),
        ("number", "12", "12"),
        ("number", "012.50", "12.5"),
        ("number", "1,000", "1000"),
        ("number", "-3", "-3"),
        ("number", "−3", "-3"),
        ("number", "-0.0", "0"),
        ("number", 7, "7"),
        ("money", "512.50", 51250),
        ("money", "£1,512", 151200),
        ("money", " £ 512.5 ", 51250),
        ("money", "0", 0),
        ("date", "2027-03-04", "2027-03-04"),
        ("date", "4/3/2027", "2027-03-04"),
        ("date", "04 03 2027", "2027-03-04"),
        ("date", ["4", " 3", "2027"], "2027-03-04"),
        ("date", date(2027, 3, 4), "2027-03-04"),
        ("date", "29/2/2028", "2028-02-29"),
        ("yes-no", "yes", "yes"),
        ("yes-no", False, "no"),
        ("one-of", "large", "large"),
        ("one-of", ["large"], "large"),
        ("many-of", ["large", "small", "large"], ["small", "large"]),
        ("many-of", "small", ["small"]),
    ],
)
def test_an_answer_is_kept_in_one_form(kind, raw, kept):
    assert read_answer(asked(kind), raw) == kept


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("raw", [None, "", "  \r\n", [], [""], ["", ""]])
def test_nothing_typed_is_no_answer(kind, raw):
    if isinstance(raw, list) and len(raw) > 1 and kind not in ("date", "many-of"):
        assert refusal(kind, raw).code == "answer:more-than-one"
    else:
        assert read_answer(asked(kind), raw) is None


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("number", "twelve", "answer:not-a-number"),
        ("number", "1e3", "answer:not-a-number"),
        ("number", "1,00", "answer:not-a-number"),
        ("number", "1.", "answer:not-a-number"),
        ("number", "nan", "answer:not-a-number"),
        ("number", "٣", "answer:not-a-number"),
        ("number", "9" * 16, "answer:not-a-number"),
        ("money", "512.505", "answer:not-money"),
        ("money", "-5", "answer:not-money"),
        ("money", "£", "answer:not-money"),
        ("money", "1,23", "answer:not-money"),
        ("money", "999999999999", "answer:not-money"),
        ("date", "30/2/2027", "answer:not-a-date"),
        ("date", "29/2/2027", "answer:not-a-date"),
        ("date", "3/2027", "answer:not-a-date"),
        ("date", ["4", "", "2027"], "answer:not-a-date"),
        ("date", "4/3/27", "answer:not-a-date"),
        ("date", "0001-01-01", "answer:not-a-date"),
        ("yes-no", "maybe", "answer:not-yes-or-no"),
        ("yes-no", "Yes", "answer:not-yes-or-no"),
        ("yes-no", ["yes", "no"], "answer:more-than-one"),
        ("one-of", "medium", "answer:not-an-option"),
        ("one-of", ["small", "large"], "answer:more-than-one"),
        ("many-of", ["small", "medium"], "answer:not-an-option"),
        ("text", "x" * 501, "answer:too-long"),
        ("long-text", "x" * 100_001, "text:too-long"),
        ("long-text", "half \ud83d", "text:characters"),
        ("staffing-table", "x", "answer:unknown-kind"),
        ("text", {"a": 1}, "answer:unknown-kind"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_question(kind, raw, code):
    assert refusal(kind, raw).code == code


def test_a_text_may_have_as_many_words_as_the_question_allows():
    question = asked("long-text", words=3)
    assert read_answer(question, "one two\nthree") == "one two\nthree"
    assert refusal("long-text", "one two three four", words=3).message == (
        "Your answer has 4 words. Shorten it to 3 words or fewer."
    )


def test_a_draft_that_is_too_long_can_still_be_saved():
    question = asked("long-text", words=3)
    draft = parse_answer(question, "one two three four")
    assert draft == "one two three four"
    with pytest.raises(RuleBroken):
        check_answer(question, draft)


@given(st.integers(0, 99_999_999_999))
def test_money_reads_back(pence):
    assert read_money(money_text(pence)) == pence


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_date_reads_back(day):
    for raw in (day, day.isoformat(), f"{day.day}/{day.month}/{day.year}"):
        assert read_answer(asked("date"), raw) == day.isoformat()


def kept_or_refused(question, raw):
    try:
        return parse_answer(question, raw), None
    except RuleBroken as refused:
        return None, refused


@given(
    st.sampled_from(sorted(READERS)),
    st.text() | st.lists(st.text(), max_size=3) | st.integers(),
)
def test_anything_typed_is_kept_in_a_stable_form_or_refused(kind, raw):
    question = asked(kind)
    value, refused = kept_or_refused(question, raw)
    assert refused is None or (refused.field == "the-question" and refused.message)
    assert canonical_json(value)
    if kind != "money":  # kept in pence, typed in pounds
        assert parse_answer(question, value) == value
