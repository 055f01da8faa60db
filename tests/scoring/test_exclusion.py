"""When a supplier is excluded: what must, what may, and what may not be decided."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.exclusion import (
    ACT,
    EXCLUSION,
    REGULATIONS,
    About,
    Debarment,
    ExclusionStage,
    Found,
    Weight,
    choice,
    ground,
    grounds,
    reaches_back_to,
    refuse_date,
    refuse_decision,
)
from scoring.life import move
from scoring.rules import RuleBroken

DAY = date(2027, 2, 20)
FOUND = st.lists(
    st.builds(
        Found, st.sampled_from(ACT), st.sampled_from(About), st.just(DAY), replaced=st.booleans()
    ),
    max_size=4,
)
LIST = st.sampled_from([None, *Debarment])


def found(key="tax", about=About.SUPPLIER, *, replaced=False):
    return Found(ground(key, True), about, DAY, replaced)


@given(FOUND, st.booleans(), LIST)
def test_something_can_always_be_decided(those, may_recur, listed):
    given_ = choice(those, may_recur, listed)
    assert given_.may_exclude or given_.may_keep
    assert given_.why


@given(FOUND, LIST)
def test_whoever_must_go_may_not_stay(those, listed):
    given_ = choice(those, True, listed)
    kept = [one for one in those if not (one.replaced and one.about.can_be_replaced)]
    must = listed is Debarment.MANDATORY or any(
        one.ground.weight is Weight.MANDATORY for one in kept
    )
    assert given_.may_keep is not must


@given(FOUND)
def test_what_is_over_excludes_nobody(those):
    assert not choice(those, False, Debarment.NOT_LISTED).may_exclude


def test_a_discretionary_ground_leaves_the_choice():
    given_ = choice([found("performance")], True, Debarment.NOT_LISTED)
    assert (given_.may_exclude, given_.may_keep) == (True, True)


def test_the_list_counts_whatever_may_recur():
    assert not choice([], False, Debarment.MANDATORY).may_keep
    listed = choice([], False, Debarment.DISCRETIONARY)
    assert (listed.may_exclude, listed.may_keep) == (True, True)


@pytest.mark.parametrize("about", [About.ASSOCIATED, About.SUBCONTRACTOR])
def test_who_was_replaced_excludes_nobody(about):
    assert not choice([found(about=about, replaced=True)], True, None).may_exclude
    assert not choice([found(about=about)], True, None).may_keep


@pytest.mark.parametrize("about", [About.SUPPLIER, About.CONNECTED])
def test_nobody_replaces_itself_or_those_who_control_it(about):
    assert choice([found(about=about, replaced=True)], True, None).may_exclude


@pytest.mark.parametrize(
    ("act", "key", "years"), [(True, "tax", 5), (False, "tax", 5), (False, "insolvency", 3)]
)
def test_grounds_reach_back_for_years(act, key, years):
    one = ground(key, act)
    first = reaches_back_to(one, DAY)
    assert first == date(2027 - years, 2, 20)
    refuse_date(one, first, DAY)
    with pytest.raises(RuleBroken, match="no ground any more"):
        refuse_date(one, first - timedelta(days=1), DAY)
    with pytest.raises(RuleBroken, match="has not come yet"):
        refuse_date(one, DAY + timedelta(days=1), DAY)


def test_a_leap_day_reaches_back_to_the_day_before():
    assert reaches_back_to(ground("tax", True), date(2028, 2, 29)) == date(2023, 2, 28)


def test_the_law_is_held_to():
    must = choice([found()], True, None)
    with pytest.raises(RuleBroken) as kept:
        refuse_decision(False, must)
    assert kept.value.code == "exclusion:must-exclude"
    with pytest.raises(RuleBroken) as excluded:
        refuse_decision(True, choice([found()], False, None))
    assert excluded.value.code == "exclusion:may-not-exclude"
    refuse_decision(True, must)


def test_each_law_has_its_grounds():
    with pytest.raises(RuleBroken):
        ground("conflict", True)
    for law in (ACT, REGULATIONS):
        keys = [one.key for one in law]
        assert len(keys) == len(set(keys))
    assert grounds(True) is ACT


def test_nothing_is_decided_without_a_hearing_nor_confirmed_without_a_decision():
    for stage, verb in (
        (ExclusionStage.HEARING, "exclude"),
        (ExclusionStage.NOT_EXCLUDED, "exclude"),
        (ExclusionStage.EXCLUDED, "lift"),
        (ExclusionStage.LIFTED, "propose"),
    ):
        with pytest.raises(RuleBroken):
            move(EXCLUSION, stage, verb)
