"""The line over time: visit by visit, or quarter by quarter where there are many."""

from collections.abc import Mapping, Sequence
from datetime import date

from portal.charts import Series
from portal.days import LONDON
from portal.figures import Column
from portal.linecharts import Lines
from portal.tables import Table
from portal.visits import frameworks, picture
from portal.visits.models import Visit
from portal.visits.picture import Scope
from portal.web import date_text
from scoring.terms import Panel
from scoring.visits import Moment, over_time

NUMBER = Column("value", "Value", "number", decimals=1)
QUARTERS = ("January to March", "April to June", "July to September", "October to December")


def table(scope: Scope, visits: Sequence[Visit], matter: str, on: date) -> Table:
    """How many matters were weak at each visit, or the score of one; officers beside young people."""
    names = picture.titles(visits)
    told = _comparable(visits) if matter else list(visits)
    days = [one.starts_at.astimezone(LONDON).date() for one in told]
    moments = over_time(list(zip(days, picture.seen_together(told), strict=True)), matter)
    single = len(told) == sum(one.visits == 1 for one in moments)
    homes = [one.setting.name for one in told] if single and not scope.setting_ref else []
    when = [_when(one, single) for one in moments]
    what = f"Score of {matter} – {names[matter]}" if matter else "Matters that were weak"
    return Table(
        key="visits-over-time",
        title=f"{what}, {'visit by visit' if single else 'by quarter'}: {scope.title}",
        columns=(
            Column("when", "Visit" if single else "Quarter"),
            *([Column("home", "Home")] if homes else []),
            *([] if single else [Column("visits", "Visits", "whole")]),
            Column("officers", "Officers", "number", decimals=0 if single else 1),
            Column("young", "Young people", "number", decimals=0 if single else 1),
        ),
        rows=[_row(at, moments, when, homes) for at in range(len(moments))],
        source=picture.source_of(len(told)),
        as_at=on,
        rules=_rules(single, len(told) < len(visits)),
        chart=_chart(f"{what}: {scope.title}", moments, when, told, matter)
        if len(moments) > 1
        else None,
    )


def _comparable(visits: Sequence[Visit]) -> list[Visit]:
    """Scores of one matter stand on one line only where both scales are those of the newest visit."""
    if not visits:
        return []
    newest = _scales(visits[-1])
    return [one for one in visits if _scales(one) == newest]


def _scales(visit: Visit) -> tuple[str, str]:
    return visit.officer_scale_version.sha256, visit.young_scale_version.sha256


def _when(moment: Moment, single: bool) -> str:
    day = moment.first_on
    if single:
        return date_text(day)
    return f"{QUARTERS[(day.month - 1) // 3]} {day.year}"


def _row(
    at: int, moments: Sequence[Moment], when: Sequence[str], homes: Sequence[str]
) -> Mapping[str, object]:
    one = moments[at]
    return {
        "when": when[at],
        "home": homes[at] if homes else "",
        "visits": one.visits,
        "officers": one.officers,
        "young": one.young,
    }


def _rules(single: bool, left_out: bool) -> tuple[str, ...]:
    rules = ["Officers and young people stand beside each other. No score is worked out of both."]
    if not single:
        rules.append(
            "Of the visits in a quarter the mean is shown. The newest 12 quarters are drawn."
        )
    if left_out:
        rules.append(
            "Visits on an earlier scale are left out, since their scores mean something else."
        )
    return tuple(rules)


def _chart(
    title: str, moments: Sequence[Moment], when: Sequence[str], visits: Sequence[Visit], matter: str
) -> Lines:
    highest = frameworks.scale_of(visits[-1], Panel.OFFICERS).highest if matter else 4
    series = (
        Series("Officers", tuple(one.officers for one in moments)),
        Series("Young people", tuple(one.young for one in moments)),
    )
    axis = "Score" if matter else "Weak matters"
    return Lines(title, tuple(when), series, axis, NUMBER, highest)
