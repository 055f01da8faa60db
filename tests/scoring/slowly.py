"""What placements cost, told day by day: slow, obvious, and sharing no line with the rules.

A placement is a dict of plain values; every date is looked at by itself.
"""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

DAY = timedelta(days=1)


def every_day(start, end):
    """Each date from the arrival to the day before the departure."""
    while start < end:
        yield start
        start += DAY


def year_of(day):
    return day.year if day >= date(day.year, 4, 1) else day.year - 1


def age_on(birth, day):
    age = day.year - birth.year
    return age if (day.month, day.day) >= (birth.month, birth.day) else age - 1


def rate_of_day(rates, episode, day, birth, bands):
    """The contract's rate, if exactly one lot has one."""
    fit = {}
    for rate in sorted(rates, key=lambda one: (one["from"], one["band"] != "")):
        if rate["provider"] != episode["provider"] or episode["type"] not in rate["types"]:
            continue
        if day < rate["from"] or (rate["until"] is not None and day > rate["until"]):
            continue
        if rate["band"]:
            low, high = bands[rate["band"]]
            if birth is None or not low <= age_on(birth, day) <= high:
                continue
        fit[rate["lot"]] = rate["pence"]
    return next(iter(fit.values())) if len(fit) == 1 else None


def days_of(episodes, ledger, rates=(), births=None, bands=None, *, as_at):
    """Yield (child, date, type, weekly pence or None, spell, source, standing), one for each row and day."""
    births, bands = births or {}, bands or {}
    on = defaultdict(lambda: ([], []))
    for kind, rows in enumerate((episodes, ledger)):
        for row in rows:
            for day in every_day(row["start"], min(row["end"] or date.max, as_at + DAY)):
                on[row["child"], day][kind].append(row)
    for (child, day), (stays, paid) in sorted(on.items(), key=lambda one: one[0]):
        birth = births.get(child)
        adult = birth is not None and age_on(birth, day) >= 18
        only_short = stays and all(one["legal"] in {"V3", "V4"} for one in stays)
        for row in paid:
            standing = "short-break" if only_short else "care-leaver" if adult else "looked-after"
            pence = row["pence"] or None
            source = "ledger" if pence else "missing"
            yield child, day, row["type"], pence, row["spell"], source, standing
        for stay in [] if paid else stays:
            short = stay["legal"] in {"V3", "V4"}
            standing = "short-break" if short else "care-leaver" if adult else "looked-after"
            pence = rate_of_day(rates, stay, day, birth, bands)
            source = "missing" if pence is None else "contract"
            yield child, day, stay["type"], pence, stay["spell"], source, standing


def figures(days, unpaid=frozenset(), standing="looked-after"):
    """Figures by (year, type) and (year, "overall"), as plain dicts."""
    found = defaultdict(
        lambda: {
            "children": set(),
            "at_year_end": set(),
            "child_days": set(),
            "priced_days": set(),
            "estimated_days": set(),
            "missing": set(),
            "pence": Fraction(),
        }
    )
    for child, day, kind, pence, spell, source, counts_as in days:
        if counts_as != standing:
            continue
        for line in (kind, "overall"):
            figure = found[year_of(day), line]
            figure["children"].add(child)
            figure["child_days"].add((child, day))
            if (day.month, day.day) == (3, 31):
                figure["at_year_end"].add(child)
            if kind in unpaid and line == "overall":
                continue
            if pence is None:
                if kind not in unpaid:
                    figure["missing"].add((child, spell))
                continue
            figure["priced_days"].add((child, day))
            figure["pence"] += Fraction(pence, 7)
            if source == "contract":
                figure["estimated_days"].add((child, day))
    return {
        place: {name: value if name == "pence" else len(value) for name, value in one.items()}
        for place, one in found.items()
    }
