"""Ages, funding, suppression, returns: the rules beside the sums."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.ages import AgeBand, age_on, birthday, check_bands
from scoring.costs import Cell
from scoring.distances import tenths_of_miles
from scoring.funding import FUNDERS, check_shares, printed_shares, split
from scoring.placement_types import Mapping903
from scoring.returns import ReturnedEpisode, incomplete_years, lives, return_year
from scoring.rounding import rounded
from scoring.rules import RuleBroken
from scoring.suppression import hidden_parts, hidden_variances, hides_total, is_small
from scoring.whatif import Change, what_if
from scoring.years import cut, days_of, year_named, year_of, year_text


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 1500))
def test_a_stretch_is_cut_at_the_first_of_april(day, number):
    start = day.toordinal()
    parts = list(cut(start, start + number))
    assert sum(end - first for _, first, end in parts) == number
    for year, first, end in parts:
        assert year_of(date.fromordinal(first)) == year == year_of(date.fromordinal(end - 1))


def test_years_have_names_and_days():
    assert [days_of(year) for year in (2019, 2020)] == [366, 365]
    assert year_text(2020) == "2020/21"
    assert {year_named(text) for text in ("2020/21", "2020-21", "2020")} == {2020}
    with pytest.raises(RuleBroken, match="2020/21"):
        year_named("2020/22")


def test_the_birth_date_counts_as_the_first_of_its_month():
    born = date(2003, 5, 1)
    assert birthday(born, 18) == date(2021, 5, 1)
    assert [age_on(born, day) for day in (date(2021, 4, 30), date(2021, 5, 1))] == [17, 18]


def test_age_bands_that_overlap_are_refused():
    with pytest.raises(RuleBroken) as refusal:
        check_bands([AgeBand("a", 0, 5), AgeBand("b", 5, 9)])
    assert refusal.value.code == "age-band:overlap"


# --- Funding --------------------------------------------------------------------------------

shares = st.lists(st.integers(0, 10_000), min_size=4, max_size=4).map(
    lambda cuts: dict(
        zip(
            FUNDERS,
            (b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 10_000], strict=True)),
            strict=True,
        )
    )
)


@given(st.lists(st.tuples(st.fractions(0, 10**7), shares), min_size=1, max_size=5))
def test_printed_shares_add_to_the_printed_total(rows):
    parts = dict.fromkeys(FUNDERS, Fraction())
    for cost, of in rows:
        for name, part in split(cost, of).items():
            parts[name] += part
    shown = printed_shares(parts)
    assert sum(shown.values()) == rounded(sum(cost for cost, _ in rows))
    assert all(shown[name] == 0 for name in FUNDERS if not parts[name])


def test_the_last_share_that_is_not_zero_takes_the_rest():
    third = Fraction(100, 3)
    parts = {"social-care": third, "education": third, "health": third, "grant": Fraction(0)}
    assert printed_shares(parts) == {"social-care": 33, "education": 33, "health": 34, "grant": 0}


@pytest.mark.parametrize(
    ("given_shares", "code"),
    [
        ({"social-care": 9_999}, "share:not-whole"),
        ({"social-care": 11_000, "health": -1_000}, "share:negative"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(given_shares, code):
    with pytest.raises(RuleBroken) as refusal:
        check_shares(given_shares)
    assert refusal.value.code == code


def test_shares_that_nobody_stated_are_not_stated():
    assert check_shares(dict.fromkeys(FUNDERS)) is None


# --- Suppression ----------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1))
def test_no_small_count_is_shown_or_left_alone(parts):
    hidden = hidden_parts(parts, sum(parts.values()))
    small = {name for name, count in parts.items() if is_small(count)}
    assert small <= hidden
    assert not any(parts[name] == 0 for name in hidden)
    if small and not hides_total(parts, sum(parts.values())):
        assert sum(parts[name] for name in hidden) >= 5
        assert len(hidden) > len(small)


def test_a_second_cell_is_the_smallest_that_hides_the_first():
    assert hidden_parts({"a": 3, "b": 9, "c": 40, "d": 0}, 52) == {"a", "b"}
    assert hidden_parts({"a": 5, "b": 9}, 14) == frozenset()
    assert hidden_parts({"a": 3}, 3) == {"a"}
    assert hides_total({"a": 3, "b": 2}, 5)


def test_the_following_variance_is_hidden_too():
    assert hidden_variances([False, True, False, False]) == [False, True, True, False]
    assert hidden_variances([]) == []


# --- Returns --------------------------------------------------------------------------------


def stay(child, arrival, departure=None, **more):
    return ReturnedEpisode(child, arrival, departure, **more)


def test_the_year_of_a_return_is_read_from_its_dates():
    assert return_year([stay("a", date(2018, 5, 1), date(2019, 4, 1))]) == 2018
    assert return_year([stay("a", date(2018, 5, 1), date(2019, 4, 2))]) == 2019
    assert return_year([stay("a", date(2019, 4, 1), date(2019, 4, 1))]) == 2019
    with pytest.raises(RuleBroken):
        return_year([])


def test_a_later_return_replaces_all_fields_in_whatever_order_they_came():
    first = stay("a", date(2018, 5, 1), None, place="U5", provider_code="PR4")
    later = stay("a", date(2018, 5, 1), date(2019, 7, 1), place="U4", provider_code="PR1")
    for order in ({2018: [first], 2019: [later]}, {2019: [later], 2018: [first]}):
        (life,) = lives(order)
        assert (life.episode, life.ended_by_rule) == (later, False)


def test_an_open_episode_that_comes_back_was_there_throughout():
    one = stay("a", date(2018, 5, 1))
    (life,) = lives({2018: [one], 2019: [], 2020: [one]})
    assert life.episode.departure is None


def test_an_open_episode_that_never_comes_back_ends_after_31_march():
    (life,) = lives({2018: [stay("a", date(2018, 5, 1))], 2019: []})
    assert (life.episode.departure, life.ended_by_rule) == (date(2019, 4, 1), True)


def test_years_without_a_return_are_incomplete():
    told = incomplete_years([2018, 2020], [2017, 2018, 2019, 2020, 2021])
    assert sorted(told) == [2017, 2019, 2021]
    assert "before the first return" in told[2017]


# --- Types ----------------------------------------------------------------------------------

BODY = {
    "types": [
        {"key": "ifa", "title": "IFA", "paid": True, "group": "external", "words": ["Agency"]},
        {
            "key": "residential",
            "title": "Residential",
            "paid": True,
            "group": "external",
            "words": [],
            "tripartite": "tri",
            "not_tripartite": "non",
        },
    ],
    "codes": [
        {"place": "U4", "providers": ["PR4", "PR5"], "type": "ifa"},
        {"place": "K2", "providers": [], "type": "residential"},
    ],
}


def test_codes_and_words_lead_to_types():
    mapping = Mapping903.from_content(BODY)
    assert mapping.of_codes("u4", "PR5") == "ifa"
    assert mapping.of_codes("K2", "PR9") == "residential"
    assert mapping.of_codes("U4", "PR1") is None
    assert mapping.of_words("AGENCY ") == "ifa"
    assert mapping.of_words("hotel") is None


def test_the_funding_of_a_row_tells_tripartite_from_other_residential():
    mapping = Mapping903.from_content(BODY)
    alone = dict.fromkeys(FUNDERS, 0) | {"social-care": 10_000}
    with_health = alone | {"social-care": 5_000, "health": 5_000}
    assert mapping.with_funding("residential", None) == "residential"
    assert mapping.with_funding("residential", alone) == "non"
    assert mapping.with_funding("residential", with_health) == "tri"
    assert mapping.with_funding("ifa", with_health) == "ifa"


# --- Distances ------------------------------------------------------------------------------


@given(st.integers(-700_000, 700_000), st.integers(-1_300_000, 1_300_000))
def test_a_distance_is_the_nearest_tenth_of_a_mile(east, north):
    found = tenths_of_miles(east, north)
    square = Fraction(east**2 + north**2) / Fraction("160.9344") ** 2  # in tenths
    assert square < (found + Fraction(1, 2)) ** 2
    assert found == 0 or square >= (found - Fraction(1, 2)) ** 2


# --- What if --------------------------------------------------------------------------------

YEAR = {
    "ifa": Cell(priced_days=365, sevenths=70_000 * 365),
    "in-house-fostering": Cell(priced_days=730, sevenths=35_000 * 730),
}
GROUPS = {"ifa": "external", "in-house-fostering": "in-house"}


def tried(**change):
    return what_if(Change(**change), YEAR, GROUPS, leaving="ifa", days=365)


def test_an_uplift_is_on_external_prices_alone():
    made = tried(uplift_bp=300)
    assert made.uplift == Fraction(70_000 * 365, 7) * 3 / 100
    assert made.total == made.base + made.uplift


def test_a_child_that_moves_saves_the_difference_for_a_year():
    made = tried(moved=2)
    assert made.moved == Fraction(365, 7) * 2 * (35_000 - 70_000)
    assert tried(moved=2, uplift_bp=1_000).moved == Fraction(365, 7) * 2 * (35_000 - 77_000)


def test_an_empty_place_costs_all_the_same():
    assert tried(moved=1, void_bp=5_000).voids == Fraction(365, 7) * 35_000
    assert tried(void_bp=5_000).voids == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [({"moved": -1}, "what-if:moved"), ({"moved": 1, "void_bp": 10_000}, "what-if:void")],
)
def test_what_cannot_be_is_refused(change, code):
    with pytest.raises(RuleBroken) as refusal:
        tried(**change)
    assert refusal.value.code == code
