"""Questions as pages: one thing at a time, in the order of the set."""

from portal.applications.paper import all_pages, section_pages, words_of
from scoring.eligibility import Asking


def question(key, kind="text", **more):
    return {
        "key": key,
        "kind": kind,
        "label": f"What about {key}?",
        "required": True,
        "options": [],
        "guidance": [],
        **more,
    }


def pages(questions, answers=None, lots=("1A", "2A")):
    section = {"key": "one", "title": "One", "questions": questions}
    body = {"sections": [section]}
    asking = Asking(body, lots, {(key, ""): value for key, value in (answers or {}).items()})
    found = section_pages(section, asking)
    assert found == all_pages(body, asking)
    return [("".join(one["key"] for one in page.questions), page.lot) for page in found]


def test_short_questions_stand_together():
    assert pages([question("a"), question("b", "yes-no")]) == [("ab", "")]


def test_a_long_text_stands_alone():
    assert pages([question("a"), question("b", "long-text"), question("c")]) == [
        ("a", ""),
        ("b", ""),
        ("c", ""),
    ]


def test_a_question_with_guidance_stands_alone():
    assert pages([question("a"), question("b", "yes-no", guidance=["x"])]) == [("a", ""), ("b", "")]


def test_a_page_ends_where_the_next_question_depends_on_an_answer():
    questions = [
        question("a"),
        question("b", "yes-no"),
        question("c", when={"question": "b", "is": "yes"}),
        question("d"),
    ]
    assert pages(questions) == [("ab", ""), ("d", "")]
    assert pages(questions, {"b": "yes"}) == [("ab", ""), ("cd", "")]


def test_a_page_keeps_its_address_when_a_question_appears_on_it():
    questions = [
        question("b", "yes-no"),
        question("c", when={"question": "b", "is": "yes"}),
        question("d"),
    ]
    section = {"key": "one", "title": "One", "questions": questions}
    for answers in ({}, {("b", ""): "yes"}):
        asking = Asking({"sections": [section]}, (), answers)
        assert [page.key for page in section_pages(section, asking)] == ["b", "c"]


def test_questions_for_each_lot_come_lot_by_lot():
    questions = [
        question("a"),
        question("b", "long-text", per_lot=True),
        question("c", per_lot=True),
        question("d"),
    ]
    assert pages(questions) == [
        ("a", ""),
        ("b", "1A"),
        ("c", "1A"),
        ("b", "2A"),
        ("c", "2A"),
        ("d", ""),
    ]


def test_no_page_holds_more_than_five():
    assert [len(keys) for keys, _ in pages([question(k) for k in "abcdefg"])] == [5, 2]


def test_answers_are_read_as_people_read_them():
    options = [{"value": "x", "label": "Ex"}, {"value": "y", "label": "Why"}]
    assert words_of(question("a", "money"), 123450) == "£1,234.50"
    assert words_of(question("a", "date"), "2027-03-04") == "4 March 2027"
    assert words_of(question("a", "yes-no"), "no") == "No"
    assert words_of(question("a", "one-of", options=options), "y") == "Why"
    assert words_of(question("a", "many-of", options=options), ["x", "y"]) == "Ex\nWhy"
    assert words_of(question("a", "number", unit="places"), "4") == "4 places"
    assert words_of(question("a"), None) == ""
