"""Flows against looking at every child on every day."""

from collections import Counter
from datetime import date

from hypothesis import given, settings, strategies as st

from scoring.ages import USUAL_BANDS, band_on
from scoring.costs import Standing, Stretch
from scoring.flows import LEFT, NO_AGE, flows, timelines_of

FIRST = date(2020, 2, 20).toordinal()
AFTER = FIRST + 30
days = st.integers(0, 30)
rows = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), days, st.none() | days, st.booleans()),
    max_size=7,
)
births = st.dictionaries(
    st.sampled_from("ab"), st.sampled_from([date(2002, 3, 1), date(2015, 3, 1), date(2009, 1, 1)])
)


def made(rows):
    found = []
    for at, (child, kind, start, end, adult) in enumerate(rows):
        standing = Standing.CARE_LEAVER if adult and at % 3 == 0 else Standing.LOOKED_AFTER
        after = None if end is None else FIRST + max(start, end)
        found.append(Stretch(child, kind, FIRST + start, after, 1, f"S{at}", standing=standing))
    return sorted(found, key=lambda one: one.child)


def type_on(stretches, child, day):
    """The type of the row that began last, among those with this day."""
    there = [
        (one.start, one.spell, one.type)
        for one in stretches
        if one.child == child
        and one.standing is Standing.LOOKED_AFTER
        and one.start <= day < (AFTER if one.end is None else min(one.end, AFTER))
    ]
    return max(there)[2] if there else None


@settings(max_examples=100, deadline=None)
@given(rows, births, st.tuples(days, days).map(sorted))
def test_flows_are_those_of_looking_at_every_day(rows, births, within):
    stretches = made(rows)
    first, after = FIRST + within[0], FIRST + within[1]
    counted, moves, entries = Counter(), Counter(), []
    for child in "ab":
        birth = births.get(child)
        for day in range(first, after):
            before, now = type_on(stretches, child, day - 1), type_on(stretches, child, day)
            if now:
                counted[now, band(birth, day)] += 1
            if before and now != before:
                adult = birth and date.fromordinal(day) >= birth.replace(year=birth.year + 18)
                if now or not adult:
                    moves[(before, band(birth, day - 1)), now or LEFT] += 1
            if now and not before:
                entries.append(now)
    found = flows(timelines_of(stretches, AFTER), births, (first, after))
    assert found.days == counted
    assert found.moves == moves
    assert sorted(kind for kind, _ in found.entries) == sorted(entries)


def band(birth, day):
    return band_on(birth, date.fromordinal(day), USUAL_BANDS) or NO_AGE
