"""What placements cost, against a reference that looks at each day by itself."""

import itertools
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from scoring.ages import USUAL_BANDS
from scoring.bridge import bridge
from scoring.costs import (
    OVERALL,
    Cell,
    Standing,
    Stretch,
    cost_of,
    measure,
    overlaps,
    variance,
)
from scoring.precedence import ContractRate, Episode, LedgerRow, stretches
from scoring.rounding import rounded
from tests.scoring import slowly

TYPES = ("ifa", "residential", "with-parents")
UNPAID = frozenset({"with-parents"})
BANDS = {band.key: (band.youngest, band.oldest) for band in USUAL_BANDS}
AS_AT = date(2021, 9, 14)
days = st.dates(date(2019, 2, 1), date(2021, 11, 30))


@st.composite
def stays(draw, **more):
    start = draw(days)
    end = draw(st.none() | st.integers(0, 500).map(lambda number: start + timedelta(number)))
    return {
        "child": draw(st.sampled_from(["a", "b"])),
        "start": start,
        "end": end,
        "type": draw(st.sampled_from(TYPES)),
        **{name: draw(values) for name, values in more.items()},
    }


episodes = st.lists(
    stays(legal=st.sampled_from(["C2", "V3", "V4"]), provider=st.sampled_from(["", "p"])),
    max_size=4,
)
ledgers = st.lists(stays(pence=st.none() | st.integers(0, 500_001)), max_size=4)
rate_lists = st.lists(
    st.fixed_dictionaries(
        {
            "provider": st.just("p"),
            "lot": st.sampled_from(["F1", "F2"]),
            "band": st.sampled_from(["", *BANDS]),
            "types": st.just(frozenset({"ifa"})),
            "pence": st.integers(1, 200_000),
            "from": days,
            "until": st.none() | days,
        }
    ),
    max_size=3,
    unique_by=lambda one: (one["lot"], one["from"], one["band"] != ""),
)
births = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.dates(date(2000, 1, 1), date(2016, 1, 1)).map(lambda day: day.replace(day=1)),
)


def named(rows, prefix):
    return [row | {"spell": f"{prefix}{at}"} for at, row in enumerate(rows)]


def quickly(episodes, ledger, rates, births):
    """The stretches of every child, child by child."""
    made = []
    for child in ("a", "b"):
        made += stretches(
            [
                Episode(
                    child,
                    one["spell"],
                    one["type"],
                    one["start"],
                    one["end"],
                    one["legal"],
                    one["provider"],
                )
                for one in episodes
                if one["child"] == child
            ],
            [
                LedgerRow(child, one["spell"], one["type"], one["start"], one["end"], one["pence"])
                for one in ledger
                if one["child"] == child
            ],
            [
                ContractRate(
                    one["provider"],
                    one["lot"],
                    one["band"],
                    one["types"],
                    one["pence"],
                    one["from"],
                    one["until"],
                )
                for one in rates
            ],
            birth_month=births.get(child),
            bands=USUAL_BANDS,
        )
    return made


def plain(cells):
    return {
        place: {
            "children": cell.children,
            "at_year_end": cell.at_year_end,
            "child_days": cell.child_days,
            "priced_days": cell.priced_days,
            "estimated_days": cell.estimated_days,
            "missing": cell.missing,
            "pence": cell.pence,
        }
        for place, cell in cells.items()
    }


@settings(max_examples=60)
@given(episodes, ledgers, rate_lists, births)
def test_every_figure_is_what_counting_day_by_day_finds(episodes, ledger, rates, births):
    episodes, ledger = named(episodes, "e"), named(ledger, "l")
    made = quickly(episodes, ledger, rates, births)
    told = list(slowly.days_of(episodes, ledger, rates, births, BANDS, as_at=AS_AT))
    for standing in Standing:
        expected = slowly.figures(told, UNPAID, standing.value)
        assert plain(measure(made, as_at=AS_AT, unpaid=UNPAID, standing=standing)) == expected


@settings(max_examples=40)
@given(ledgers)
def test_the_cost_of_all_types_is_that_of_every_paid_row(ledger):
    made = quickly([], named(ledger, "l"), [], {})
    cells = measure(made, as_at=AS_AT, unpaid=UNPAID)
    whole = sum((cell.pence for (_, kind), cell in cells.items() if kind == OVERALL), Fraction())
    by_row = sum(
        (
            cost_of(row["pence"] or 0, max(0, (end - row["start"]).days))
            for row in ledger
            for end in [min(row["end"] or date.max, AS_AT + timedelta(1))]
            if row["type"] not in UNPAID
        ),
        Fraction(),
    )
    assert whole == by_row


@settings(max_examples=40)
@given(ledgers)
def test_two_stretches_overlap_when_they_share_a_day(ledger):
    made = quickly([], named(ledger, "l"), [], {})
    told = {}
    for child, day, _type, _pence, spell, *_ in slowly.days_of([], named(ledger, "l"), as_at=AS_AT):
        told.setdefault((child, day), []).append(spell)
    pairs = {}
    for (child, _), spells in told.items():
        for at, one in enumerate(sorted(spells)):
            for other in sorted(spells)[at + 1 :]:
                pairs[child, one, other] = pairs.get((child, one, other), 0) + 1
    found = {
        (one.one.child, *sorted((one.one.spell, one.other.spell))): one.days
        for one in overlaps(made, as_at=AS_AT)
    }
    assert found == pairs


def a_stretch(start, end, pence=70_000, child="a", kind="ifa"):
    return Stretch(child, kind, start.toordinal(), end and end.toordinal(), pence, f"{start}")


def test_arriving_and_leaving_on_one_day_is_no_day():
    day = date(2020, 5, 1)
    assert measure([a_stretch(day, day)], as_at=AS_AT) == {}


def test_a_leap_year_of_a_weekly_price_has_366_days():
    whole = a_stretch(date(2019, 4, 1), date(2021, 4, 1), pence=100)
    cells = measure([whole], as_at=AS_AT)
    assert cells[2019, "ifa"].pence == Fraction(100 * 366, 7)
    assert cells[2020, "ifa"].pence == Fraction(100 * 365, 7)


def test_the_as_at_day_counts_and_a_known_later_end_is_cut_there():
    for end in (None, date(2022, 1, 1)):
        cells = measure([a_stretch(date(2021, 4, 1), end)], as_at=date(2021, 4, 1))
        assert cells[2021, "ifa"].child_days == 1


def test_an_average_is_weighted_by_child_days_and_no_mean_of_means():
    rows = [
        a_stretch(date(2020, 4, 1), date(2020, 4, 8), 70_000),
        a_stretch(date(2020, 4, 1), date(2020, 4, 22), 10_000, child="b"),
    ]
    assert measure(rows, as_at=AS_AT)[2020, OVERALL].average_weekly == 25_000


@pytest.mark.parametrize("pence", [None, 0])
def test_a_missing_price_keeps_the_child_and_leaves_the_average(pence):
    rows = [
        a_stretch(date(2020, 4, 1), date(2020, 5, 1), 70_000),
        a_stretch(date(2020, 4, 1), date(2020, 5, 1), pence, child="b"),
    ]
    cell = measure(rows, as_at=AS_AT)[2020, "ifa"]
    assert (cell.children, cell.child_days, cell.missing) == (2, 60, 1)
    assert cell.average_weekly == 70_000


def test_figure_10_of_luton_has_these_variances():
    averages = [833, 981, 976, 1001, 1017]
    found = [
        variance(Fraction(now), Fraction(before)) for before, now in itertools.pairwise(averages)
    ]
    assert [rounded(one * 100) for one in found] == [18, -1, 3, 2]


def test_a_variance_against_nothing_is_not_applicable():
    assert variance(Fraction(5), None) is None
    assert variance(Fraction(5), Fraction(0)) is None
    assert variance(None, Fraction(5)) is None


cells_of_types = st.dictionaries(
    st.sampled_from(["ifa", "residential"]),
    st.builds(Cell, priced_days=st.integers(0, 900), sevenths=st.integers(1, 10**9)),
    min_size=1,
)


def whole(parts):
    total = Cell()
    for cell in parts.values():
        if not cell.priced_days:
            cell.sevenths = 0
        total.add(cell)
    return total


@given(cells_of_types, cells_of_types)
def test_a_bridge_sums_to_the_penny(before, now):
    start, end = whole(before), whole(now)
    made = bridge(start, end, before, now)
    if not start.priced_days:
        assert made is None
        return
    assert made.children + made.price + made.mix == made.change == made.now - made.before
    assert (made.before, made.now) == (rounded(start.pence), rounded(end.pence))


def test_a_bridge_of_prices_alone_has_no_mix():
    before = {"ifa": Cell(priced_days=70, sevenths=7_000)}
    now = {"ifa": Cell(priced_days=70, sevenths=7_700)}
    made = bridge(before["ifa"], now["ifa"], before, now)
    assert (made.children, made.price, made.mix) == (0, 100, 0)
