"""What differs between two versions of a round: nothing is lost, nothing is invented."""

from hypothesis import given, strategies as st

from scoring.differences import (
    Change,
    Difference,
    Line,
    Part,
    between,
    in_lines,
    listed,
    plain,
    touched_since,
    yes_no,
)

FIELDS = {"label": ("Question", plain), "required": ("Must be answered", yes_no)}
KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
LINES = st.dictionaries(
    KEYS, st.fixed_dictionaries({"label": st.text(max_size=5), "required": st.booleans()})
).map(lambda found: [{"key": key, "title": key.upper(), **line} for key, line in found.items()])


def question(key="a", label="Who?", required=True):
    return {"key": key, "title": key.upper(), "label": label, "required": required}


def compared(before, after, part=Part.QUESTIONS):
    return between(part, before, after, FIELDS)


@given(LINES)
def test_a_part_does_not_differ_from_itself(lines):
    assert compared(lines, list(reversed(lines))) == []


@given(LINES, LINES)
def test_each_line_differs_once_and_for_a_reason(before, after):
    found = {one.key: one.change for one in compared(before, after)}
    was, now = ({line["key"]: line for line in each} for each in (before, after))
    assert {key for key, how in found.items() if how is Change.ADDED} == now.keys() - was.keys()
    assert {key for key, how in found.items() if how is Change.REMOVED} == was.keys() - now.keys()
    changed = {key for key in was.keys() & now.keys() if was[key] != now[key]}
    assert {key for key, how in found.items() if how is Change.CHANGED} == changed


@given(LINES, LINES)
def test_what_is_kept_is_read_back(before, after):
    found = compared(before, after)
    assert [Difference.from_content(one.as_content()) for one in found] == found


def test_only_the_fields_that_differ_are_told():
    (one,) = compared([question()], [question(required=False)])
    assert one.lines == (Line("Must be answered", "yes", "no"),)
    assert one.title == "A"


def test_fields_that_are_not_named_do_not_count():
    assert compared([{**question(), "position": 1}], [{**question(), "position": 2}]) == []


def test_only_what_is_answered_touches():
    changed = ([question()], [question(label="Whom?")])
    assert [one.touches for one in compared(*changed)] == [True]
    assert [one.touches for one in compared(*changed, part=Part.SCHEME)] == [False]
    assert [one.touches for one in compared([question()], [])] == [False]


def test_a_line_that_comes_back_touches_what_was_answered_before():
    (back,) = compared([], [question()])
    assert back.touches


def test_of_several_versions_the_newest_counts():
    first = Difference(Part.QUESTIONS, "a", Change.CHANGED, "A", (Line("Question", "x", "y"),))
    second = Difference(Part.QUESTIONS, "a", Change.CHANGED, "A", (Line("Question", "y", "z"),))
    told = Difference(Part.TIMETABLE, "deadline_at", Change.CHANGED, "Deadline")
    changes = [(3, second), (2, first), (2, told)]
    assert touched_since(changes, 1) == {(Part.QUESTIONS, "a"): (3, second)}
    assert touched_since(changes, 2) == {(Part.QUESTIONS, "a"): (3, second)}
    assert touched_since(changes, 3) == {}


def test_values_are_said_in_words():
    assert (plain(None), plain(4), listed(["1A", "2A"]), listed(None)) == ("", "4", "1A, 2A", "")
    assert in_lines(["one", "two"]) == "one\ntwo"
