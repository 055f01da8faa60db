from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.kpi_assessing import Performance, suggested, suggested_overall
from scoring.kpis import (
    Direction,
    Kpi,
    Rating,
    Trend,
    Unit,
    check_figure,
    exact,
    is_small,
    is_unusual,
    missed_in_a_row,
    quartiles,
    rate,
    trend,
    value_of,
)
from scoring.rounding import printed
from scoring.rules import RuleBroken

PLANS = Kpi(
    "plans",
    "Plans in time",
    "Plans made in time",
    "People who moved in",
    Unit.PERCENT,
    Direction.HIGHER,
    Fraction(90),
    Fraction(5),
    "quarterly",
)
ENDINGS = replace(PLANS, key="endings", direction=Direction.LOWER, target=Fraction(10))
HOURS = replace(PLANS, key="hours", may_exceed=True)
COUNT = replace(PLANS, key="count", unit=Unit.NUMBER, denominator="", target=Fraction(2))
COUNT = replace(COUNT, direction=Direction.LOWER, tolerance=Fraction(1))
GREEN, AMBER, RED = Rating.GREEN, Rating.AMBER, Rating.RED
WHOLE = st.integers(0, 10_000)
PARTS = WHOLE.flatmap(lambda n: st.tuples(st.integers(0, n).map(Fraction), st.just(Fraction(n))))


def refused(kpi, numerator, denominator):
    with pytest.raises(RuleBroken) as broken:
        check_figure(kpi, numerator, denominator)
    return broken.value.code, broken.value.field


class TestRating:
    @pytest.mark.parametrize(
        ("value", "rating"),
        [(90, GREEN), (100, GREEN), (85, AMBER), (Fraction(8499, 100), RED), (0, RED)],
    )
    def test_green_meets_amber_misses_by_the_tolerance_red_is_worse(self, value, rating):
        assert rate(PLANS, Fraction(value)) is rating

    def test_the_exact_value_decides_and_not_what_is_printed(self):
        value = Fraction(89_999, 1000)
        assert rate(PLANS, value) is AMBER
        assert printed(value, 2) == "90.00"

    @pytest.mark.parametrize(("value", "rating"), [(10, GREEN), (0, GREEN), (15, AMBER), (16, RED)])
    def test_where_lower_is_better(self, value, rating):
        assert rate(ENDINGS, Fraction(value)) is rating

    def test_a_count_has_a_tolerance_in_its_own_unit(self):
        ratings = [rate(COUNT, value_of(COUNT, Fraction(n), None)) for n in range(5)]
        assert ratings == [GREEN, GREEN, GREEN, AMBER, RED]

    def test_without_a_target_it_is_reported_and_not_rated(self):
        assert rate(replace(PLANS, target=None), Fraction(3)) is Rating.NO_TARGET

    @given(PARTS)
    def test_more_of_the_good_never_lowers_a_rating(self, figures):
        part, whole = figures
        order = [RED, AMBER, GREEN]
        if part < whole:
            now, better = (rate(PLANS, value_of(PLANS, n, whole)) for n in (part, part + 1))
            assert order.index(better) >= order.index(now)

    @given(PARTS)
    def test_the_two_directions_mirror_each_other(self, figures):
        part, whole = figures
        share = value_of(PLANS, part, whole)
        rest = value_of(ENDINGS, whole - part, whole)
        assert rate(PLANS, share) is rate(ENDINGS, rest)


class TestFigures:
    def test_nobody_to_count_is_not_applicable_and_never_0_or_100(self):
        for numerator in (Fraction(0), None):
            assert value_of(PLANS, numerator, Fraction(0)) is None
        assert rate(PLANS, None) is Rating.NOT_APPLICABLE

    def test_what_is_missing_is_refused(self):
        assert refused(PLANS, None, Fraction(4)) == ("kpi:numerator-missing", "numerator")
        assert refused(PLANS, Fraction(4), None) == ("kpi:denominator-missing", "denominator")
        assert refused(COUNT, None, None) == ("kpi:numerator-missing", "numerator")

    def test_what_cannot_be_is_refused(self):
        assert refused(PLANS, Fraction(5), Fraction(4)) == ("kpi:more-than-all", "numerator")
        assert refused(PLANS, Fraction(1), Fraction(0)) == ("kpi:nothing-to-count", "numerator")
        assert refused(PLANS, Fraction(-1), Fraction(4)) == ("kpi:negative", "numerator")
        assert refused(PLANS, Fraction(1), Fraction(-4)) == ("kpi:negative", "denominator")

    def test_people_are_counted_whole_and_hours_are_not(self):
        people = replace(PLANS, decimals=False)
        assert refused(people, Fraction(3, 2), Fraction(4)) == ("kpi:not-whole", "numerator")
        assert refused(people, Fraction(1), Fraction(9, 2)) == ("kpi:not-whole", "denominator")
        check_figure(people, Fraction(3), Fraction(4))
        check_figure(HOURS, Fraction(3, 2), Fraction(9, 2))

    def test_a_version_from_before_takes_what_it_took(self):
        content = {"key": "a", "name": "A", "numerator": "n", "denominator": "d", "unit": "percent"}
        content |= {"direction": "higher", "target": None, "tolerance": "0", "level": "both"}
        content |= {"frequency": "monthly", "may_exceed": False}
        assert Kpi.from_content(content).decimals
        assert not Kpi.from_content(content | {"decimals": False}).decimals

    def test_hours_may_be_more_than_were_bought(self):
        assert value_of(HOURS, Fraction(105), Fraction(100)) == 105

    def test_fewer_than_five_are_few(self):
        assert [is_small(one) for one in (None, Fraction(0), Fraction(1), Fraction(4))] == [
            False,
            False,
            True,
            True,
        ]
        assert not is_small(Fraction(5))

    @given(PARTS)
    def test_a_share_is_from_0_to_100_and_exact(self, figures):
        part, whole = figures
        value = value_of(PLANS, part, whole)
        if whole == 0:
            assert value is None
        else:
            assert 0 <= value <= 100
            assert value * whole == part * 100

    @pytest.mark.parametrize("text", ["", "-1", "5.", ".5", "1e3", "٣", "1,000", " 5", "NaN"])
    def test_a_target_is_a_plain_number(self, text):
        with pytest.raises(RuleBroken):
            exact(text)

    def test_a_target_is_exact(self):
        assert exact("92.5") == Fraction(185, 2)


class TestTrend:
    def test_is_told_by_the_direction_of_the_kpi(self):
        values = [Fraction(80), Fraction(90)]
        assert trend(PLANS, values) is Trend.BETTER
        assert trend(ENDINGS, values) is Trend.WORSE
        assert trend(PLANS, [Fraction(80), Fraction(80)]) is Trend.SAME

    def test_a_gap_is_passed_over(self):
        assert trend(PLANS, [Fraction(80), None, Fraction(70)]) is Trend.WORSE

    @pytest.mark.parametrize("values", [[], [None], [Fraction(1)], [Fraction(1), None]])
    def test_is_unknown_without_two_values(self, values):
        assert trend(PLANS, values) is Trend.UNKNOWN

    def test_misses_in_a_row_count_to_the_last_green(self):
        assert missed_in_a_row([RED, GREEN, AMBER, Rating.NOT_APPLICABLE, RED]) == 2
        assert missed_in_a_row([RED, GREEN]) == 0

    def test_a_value_far_outside_all_earlier_ones_is_unusual(self):
        earlier = [Fraction(n) for n in (88, 92, 90, 91)]
        assert is_unusual(PLANS, Fraction(40), earlier)
        assert not is_unusual(PLANS, Fraction(80), earlier)
        assert not is_unusual(PLANS, Fraction(40), earlier[:3])
        assert not is_unusual(PLANS, None, earlier)


class TestQuartiles:
    @given(st.lists(st.fractions(0, 100), min_size=5, max_size=12))
    def test_lie_between_the_lowest_and_the_highest(self, values):
        found = quartiles(values, len(values) - 1)
        assert found.lowest <= found.lower_quartile <= found.median
        assert found.median <= found.upper_quartile <= found.highest

    def test_are_kept_back_with_fewer_than_four_peers(self):
        values = [Fraction(n) for n in (1, 2, 3, 4)]
        assert quartiles(values, 3) is None
        assert quartiles([*values, Fraction(5)], 4).median == 3


class TestAssessment:
    @pytest.mark.parametrize(
        ("ratings", "value"),
        [
            ([GREEN, GREEN, Rating.NOT_APPLICABLE, GREEN], Performance.GOOD),
            ([GREEN, AMBER, GREEN, GREEN], Performance.APPROACHING_TARGET),
            ([GREEN, RED, GREEN, AMBER], Performance.APPROACHING_TARGET),
            ([GREEN, GREEN, GREEN, RED], Performance.REQUIRES_IMPROVEMENT),
            ([RED], Performance.REQUIRES_IMPROVEMENT),
            ([RED, RED, GREEN, GREEN], Performance.REQUIRES_IMPROVEMENT),
            ([RED, RED], Performance.INADEQUATE),
            ([], Performance.OTHER),
            ([Rating.NOT_APPLICABLE, Rating.NO_TARGET], Performance.OTHER),
        ],
    )
    def test_of_one_kpi(self, ratings, value):
        assert suggested(ratings) is value

    def test_one_low_figure_is_not_a_breach(self):
        assert suggested([RED]) is not Performance.INADEQUATE

    @pytest.mark.parametrize(
        ("values", "overall"),
        [
            ("good good other", "good"),
            ("good approaching-target good", "approaching-target"),
            ("good good good requires-improvement", "requires-improvement"),
            ("good good good good requires-improvement", "approaching-target"),
            ("inadequate good good", "requires-improvement"),
            ("inadequate good", "inadequate"),
            ("other", "other"),
        ],
    )
    def test_of_the_whole(self, values, overall):
        assert suggested_overall([Performance(one) for one in values.split()]).value == overall
