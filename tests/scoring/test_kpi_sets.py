"""Writing a KPI set: what is refused, which key a new KPI gets, what a draft changes."""

import pytest
from hypothesis import given, strategies as st

from scoring.kpi_sets import SetChange, changes, check_kpi, key_for, without
from scoring.rules import RuleBroken

SOUND = {
    "name": "Plans in time", "purpose": "To know.", "numerator": "Plans made", "denominator": "Moves",
    "unit": "percent", "direction": "higher", "target": "90", "tolerance": "5",
    "frequency": "quarterly", "level": "setting", "may_exceed": False, "decimals": False,
    "young_words": "",
}  # fmt: skip


def code_of(act, *arguments):
    with pytest.raises(RuleBroken) as refused:
        act(*arguments)
    return refused.value.code, refused.value.field


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"target": "ninety"}, ("kpi:number", "target")),
        ({"target": "-1"}, ("kpi:number", "target")),
        ({"target": ""}, ("kpi:number", "target")),
        ({"tolerance": "5 %"}, ("kpi:number", "tolerance")),
        ({"denominator": ""}, ("kpi:share-of-nothing", "denominator")),
        ({"target": "101"}, ("kpi:target-not-reachable", "target")),
        ({"tolerance": "101"}, ("kpi:target-not-reachable", "tolerance")),
        ({"unit": "number", "may_exceed": True}, ("kpi:exceeds-a-count", "may_exceed")),
    ],
)
def test_what_could_not_be_rated_is_refused(change, code):
    assert code_of(check_kpi, SOUND | change) == code


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"target": None},
        {"target": "92.5"},
        {"target": "120", "may_exceed": True},
        {"unit": "number", "denominator": "", "target": "2000"},
    ],
)
def test_a_sound_kpi_passes(change):
    check_kpi(SOUND | change)


def test_a_key_is_the_name_and_never_one_that_was_used():
    assert key_for("Ŵythnos – plans made!", ()) == "wythnos-plans-made"
    assert key_for("Plans", {"plans", "plans-2"}) == "plans-3"
    assert key_for("24 hours", ()) == "kpi-24-hours"
    assert code_of(key_for, "–?!", ()) == ("kpi:no-name", "name")


@given(st.text(min_size=1, max_size=120), st.sets(st.sampled_from(["a", "a-2", "b"])))
def test_every_key_is_new_and_of_the_shape_that_content_asks_for(name, taken):
    try:
        key = key_for(name, taken)
    except RuleBroken:
        return
    assert key not in taken
    assert len(key) <= 60
    assert all(part.isalnum() and part.isascii() for part in key.split("-"))


def a_set(*kpis, title="Set", days=20):
    return {"title": title, "due_days": days, "kpis": list(kpis)}


def test_a_draft_says_what_it_changes():
    one, two, three = ({**SOUND, "key": key, "name": key.title()} for key in ("a", "b", "c"))
    found = changes(a_set(one, two), a_set({**one, "target": "95", "young_words": "Ok"}, three))
    assert found == [
        SetChange("C", "added"),
        SetChange("A", "changed", ("Target", "How young people say it")),
        SetChange("B", "taken out"),
    ]
    assert changes(a_set(one), a_set(one, title="Other"))[0].parts == ("Title",)
    assert changes(a_set(one), a_set(one)) == []
    older = {name: said for name, said in one.items() if name != "decimals"}
    assert changes(a_set(older), a_set(one))[0].parts == ("Decimal places",)


def test_the_last_kpi_stays():
    one = {**SOUND, "key": "a"}
    assert code_of(without, [one], "a")[0] == "kpi-set:empty"
