"""What may be written on a visit, what becomes of two versions, and what visits show."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.rules import RuleBroken
from scoring.scales import Scale, ScalePoint
from scoring.sheets import Mark
from scoring.visits import (
    Agreement,
    Change,
    Framework,
    Part,
    Seen,
    Verdict,
    Where,
    changes,
    missing_on_sheet,
    missing_to_agree,
    over_time,
    picture,
    read_value,
    weigh,
    where_of,
    young_view,
)

SCALE = Scale("faces", "Faces", tuple(ScalePoint(n, str(n)) for n in range(5)), abstention=True)
STRICT = Scale("strict", "Strict", SCALE.points)
FRAMEWORK = Framework(
    matters={"1a": "Facilities", "1b": "Repair"},
    documents={"fire": "Fire log"},
    places={"kitchen": "Kitchen"},
    spoken={"staff": "Staff"},
    judgements={"meets": "Meets"},
    weak_at_most=1,
)
SCORE = Where(Part.SCORE, "1a")
values = st.fixed_dictionaries({"seen": st.sampled_from(["yes", "no", ""]), "note": st.text("ab")})


@pytest.mark.parametrize("text", ["score:9z", "score", "document:kitchen", "care:now", "", "photo"])
def test_a_place_that_the_framework_does_not_have_is_refused(text):
    with pytest.raises(RuleBroken, match="does not ask"):
        where_of(text, FRAMEWORK)


@pytest.mark.parametrize("text", ["score:1b", "document:fire", "place:kitchen", "care", "say"])
def test_a_place_is_read_and_written_the_same(text):
    assert str(where_of(text, FRAMEWORK)) == text


@pytest.mark.parametrize(
    ("where", "raw"),
    [
        (SCORE, {"value": 5}),
        (SCORE, {"value": True}),
        (SCORE, {"value": "3"}),
        (SCORE, {"value": 3, "abstained": True}),
        (SCORE, {"value": 3, "reason": ["a list"]}),
        (SCORE, {"value": 3, "reason": "a" * 2001}),
        (Where(Part.SPOKEN, "staff"), {"number": -1}),
        (Where(Part.SPOKEN, "staff"), {"number": 100}),
        (Where(Part.SPOKEN, "staff"), {"number": "Ada and Ben"}),
        (Where(Part.CARE), {"answer": "perhaps"}),
        (Where(Part.DOCUMENT, "fire"), {"seen": "maybe"}),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(where, raw):
    with pytest.raises(RuleBroken) as refused:
        read_value(where, raw, SCALE)
    assert refused.value.field in raw


def test_saying_nothing_is_allowed_only_where_the_scale_says_so():
    assert read_value(SCORE, {"abstained": True}, SCALE)["abstained"] is True
    with pytest.raises(RuleBroken):
        read_value(SCORE, {"abstained": True}, STRICT)


def test_names_that_nobody_asked_for_are_left_out():
    kept = read_value(SCORE, {"value": 2, "who": "Ada", "reason": " Fine "}, SCALE)
    assert kept == {"value": 2, "abstained": False, "reason": "Fine"}


@given(mine=values, theirs=values, seen=st.none() | st.integers(1, 4), now=st.integers(1, 4))
def test_nothing_is_overwritten_unseen(mine, theirs, seen, now):
    verdict = weigh(mine, theirs, seen_revision=seen, revision=now, is_open=True)
    if mine == theirs:
        assert verdict is Verdict.SAME
    else:
        assert verdict is (Verdict.SAVE if seen == now else Verdict.ASIDE)


@given(mine=values, theirs=st.none() | values)
def test_what_comes_late_is_kept_aside_and_never_saved(mine, theirs):
    revision = None if theirs is None else 1
    verdict = weigh(mine, theirs, seen_revision=revision, revision=revision, is_open=False)
    assert verdict in {Verdict.ASIDE, Verdict.SAME}
    if verdict is Verdict.SAME:
        assert theirs == mine or not any(mine.values())


def test_a_sheet_needs_every_score_and_only_officers_need_a_reason():
    marks = {"1a": Mark(3), "1b": Mark(None, "", abstained=True)}
    codes = [one.code for one in missing_on_sheet(FRAMEWORK, SCALE, marks, minimum_words=3)]
    assert codes == ["reason:missing"]
    assert missing_on_sheet(FRAMEWORK, SCALE, marks, minimum_words=0) == []
    [one] = missing_on_sheet(FRAMEWORK, SCALE, {"1a": Mark(3)}, minimum_words=0)
    assert (one.code, one.where) == ("score:missing", "1b")


def test_no_number_is_made_of_several_young_peoples_scores():
    sheets = [{"1a": Mark(0)}, {"1a": Mark(4)}]
    assert young_view(FRAMEWORK, sheets, {}) == {"1a": None, "1b": None}
    assert young_view(FRAMEWORK, sheets, {"1a": Mark(1)})["1a"] == Mark(1)
    assert young_view(FRAMEWORK, sheets[:1], {})["1a"] == Mark(0)


def test_what_keeps_a_team_from_finishing():
    whole = Agreement(
        {key: Mark(3, "Seen on the day") for key in FRAMEWORK.matters},
        "meets",
        "Fine.",
        "no",
        "",
        young_signed_off=True,
        open_choices=0,
    )
    assert missing_to_agree(FRAMEWORK, SCALE, whole, minimum_words=3) == []
    for change, code in (
        ({"scores": {}}, "score:missing"),
        ({"judgement": "best"}, "visit:no-judgement"),
        ({"judgement_reason": ""}, "visit:no-reason"),
        ({"care": ""}, "visit:no-care"),
        ({"care": "yes"}, "visit:care-reason"),
        ({"young_signed_off": False}, "visit:not-signed-off"),
        ({"open_choices": 2}, "visit:choices"),
    ):
        other = Agreement(**{**vars(whole), **change})
        found = missing_to_agree(FRAMEWORK, SCALE, other, minimum_words=3)
        assert found[0].code == code


def test_a_revisit_says_what_changed_where_the_scale_is_the_same():
    now = {"1a": 3, "1b": 1, "1c": 2, "1d": None, "1e": 2}
    before = {"1a": 2, "1b": 2, "1c": 2, "1d": 1}
    assert changes(before, now, comparable=True) == {
        "1a": Change.BETTER,
        "1b": Change.WORSE,
        "1c": Change.SAME,
        "1e": Change.NEW,
    }
    assert set(changes(before, now, comparable=False).values()) == {Change.NEW}


scores = st.none() | st.integers(0, 4)
visits = st.lists(st.builds(Seen, *[st.fixed_dictionaries({"1a": scores})] * 2, st.just(1)))


@given(seen=visits)
def test_the_picture_counts_officers_and_young_people_apart(seen):
    [line] = picture(["1a"], seen)
    officers = [one.officers["1a"] for one in seen if one.officers["1a"] is not None]
    assert (line.visits, line.weak) == (len(officers), sum(one <= 1 for one in officers))
    assert line.newest == (officers[-1] if officers else None)
    assert line.young_visits == sum(one.young["1a"] is not None for one in seen)


# --- Over time ---------------------------------------------------------------------------------


def seen(officers, young=None, weak=1):
    return Seen({"1a": officers, "1b": 3}, {"1a": young, "1b": None}, weak)


def test_each_visit_is_a_point_as_long_as_a_line_can_hold_them():
    visits = [(date(2026, 1, 5), seen(1, 4)), (date(2026, 2, 5), seen(3, None))]
    told = over_time(visits)
    assert [(one.first_on, one.visits) for one in told] == [(visits[0][0], 1), (visits[1][0], 1)]
    assert [(one.officers, one.young) for one in told] == [(1, 0), (0, None)]
    assert [(one.officers, one.young) for one in over_time(visits, "1a")] == [(1, 4), (3, None)]
    assert over_time([]) == []


def test_many_visits_are_told_by_quarter_exactly_and_the_newest_are_kept():
    visits = [(date(2026, month, 5), seen(month % 3)) for month in range(1, 13)]
    quarters = over_time(visits, "1a", most=3)
    assert [(one.first_on, one.visits) for one in quarters] == [
        (date(2026, 4, 5), 3),
        (date(2026, 7, 5), 3),
        (date(2026, 10, 5), 3),
    ]
    assert {one.officers for one in quarters} == {1}
    uneven = [(date(2026, 1, 1), seen(0)), (date(2026, 2, 1), seen(0)), (date(2026, 3, 1), seen(1))]
    assert over_time(uneven, "1a", most=2)[0].officers == Fraction(1, 3)
