"""The picture over time: which matters are weak, officers beside young people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Viewer
from portal.charts import Series
from portal.db import db
from portal.figures import Column
from portal.pairedbars import PairedBars
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.tables import Table
from portal.visits import frameworks, policy, queries
from portal.visits.models import Visit, VisitSheet
from portal.visits.models_entries import VisitEntry
from portal.visits.models_report import VisitAgreed
from scoring.terms import Panel
from scoring.visits import MATTERS_OF_THE_LAW, MatterPicture, Part, Seen, mark_of, picture

COUNT = Column("weak", "Visits", "whole")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the picture is of: a home, a provider, or the whole area."""

    title: str
    provider_ref: str = ""
    setting_ref: str = ""


def visits_of(scope: Scope, viewer: Viewer) -> Sequence[Visit]:
    """The visits with a final report that the viewer may read, the oldest first. Three statements."""
    wanted = (
        select(Visit)
        .join(Visit.setting)
        .join(Setting.provider)
        .where(Visit.stage.in_(policy.FINAL), queries.readable(viewer))
        .options(
            joinedload(Visit.setting).joinedload(Setting.provider),
            joinedload(Visit.council),
            joinedload(Visit.framework_version),
            joinedload(Visit.officer_scale_version),
            joinedload(Visit.young_scale_version),
            selectinload(Visit.sheets).selectinload(VisitSheet.people),
        )
        .order_by(Visit.starts_at, Visit.id)
    )
    if scope.provider_ref:
        wanted = wanted.where(Provider.ref == scope.provider_ref)
    if scope.setting_ref:
        wanted = wanted.where(Setting.ref == scope.setting_ref)
    return db.session.scalars(wanted).unique().all()


def titles(visits: Sequence[Visit]) -> dict[str, str]:
    """Every matter of the frameworks of these visits, in the newest one's words."""
    named = _names(visits)
    return {
        named(visit, key): title
        for visit in visits
        for key, title in frameworks.framework(visit).matters.items()
    }


Naming = Callable[[Visit, str], str]


def _names(visits: Sequence[Visit]) -> Naming:
    """What to call a matter: two councils may have added different ones under one short name."""
    added: dict[str, set[int]] = {}
    for visit in visits:
        for key in frameworks.framework(visit).matters.keys() - set(MATTERS_OF_THE_LAW):
            added.setdefault(key, set()).add(visit.council_id)
    return lambda visit, key: (
        f"{key} of {visit.council.name}" if len(added.get(key, ())) > 1 else key
    )


def seen_together(visits: Sequence[Visit]) -> list[Seen]:
    """As `seen`, with each matter under the name that it has in a picture of all these visits."""
    return seen(visits, _names(visits))


def seen(visits: Sequence[Visit], named: Naming = lambda _, key: key) -> list[Seen]:
    """The scores of each visit: the team's, and the young people's own. Two statements."""
    by_id = {one.id: one for one in visits}
    ids = [one.id for one in visits]
    agreed = db.session.scalars(select(VisitAgreed).where(VisitAgreed.visit_id.in_(ids))).all()
    single = {
        sheets[0].id: visit.id
        for visit in visits
        if len(sheets := [one for one in visit.sheets if one.panel is Panel.YOUNG and one.counts])
        == 1
    }
    scored = select(VisitEntry).where(
        VisitEntry.sheet_id.in_(single), VisitEntry.place.startswith(f"{Part.SCORE}:")
    )
    young: dict[int, dict[str, int | None]] = {one: {} for one in ids}
    officers: dict[int, dict[str, int | None]] = {one: {} for one in ids}
    for one in db.session.scalars(scored):
        key = one.place.removeprefix(f"{Part.SCORE}:")
        young[one.visit_id][named(by_id[one.visit_id], key)] = mark_of(one.value).value
    for row in agreed:
        found = officers if row.panel is Panel.OFFICERS else young
        found[row.visit_id][named(by_id[row.visit_id], row.matter)] = row.value
    return [
        Seen(officers[one.id], young[one.id], frameworks.framework(one).weak_at_most)
        for one in visits
    ]


def table(scope: Scope, visits: Sequence[Visit], on: date) -> Table:
    """Each matter: how often it was weak, and the newest scores, side by side."""
    names = titles(visits)
    lines = picture(names, seen_together(visits))
    rows = [
        {
            "matter": f"{one.matter} – {names[one.matter]}",
            "visits": one.visits,
            "weak": one.weak,
            "newest": one.newest,
            "young_visits": one.young_visits,
            "young_weak": one.young_weak,
            "young_newest": one.young_newest,
        }
        for one in lines
    ]
    return Table(
        key="visits-picture",
        title=f"What visits found: {scope.title}",
        columns=(
            Column("matter", "Matter"),
            Column("visits", "Visits scored", "whole"),
            Column("weak", "Weak, officers", "whole"),
            Column("newest", "Newest score, officers", "whole"),
            Column("young_visits", "Scored by young people", "whole"),
            Column("young_weak", "Weak, young people", "whole"),
            Column("young_newest", "Newest score, young people", "whole"),
        ),
        rows=rows,
        source=source_of(len(visits)),
        as_at=on,
        rules=(
            "Weak is a score that the framework of the visit calls weak (1 or less as it ships).",
            "Officers and young people stand beside each other. No score is worked out of both.",
        ),
        chart=_chart(scope, lines, names) if _any_weak(lines) else None,
    )


def source_of(number: int) -> str:
    """What the figures stand on, in words."""
    return "1 visit with a final report" if number == 1 else f"{number} visits with a final report"


def _any_weak(lines: Sequence[MatterPicture]) -> bool:
    """A picture of nothing but noughts shows nothing: the page says so in words."""
    return any(one.weak or one.young_weak for one in lines)


def _chart(scope: Scope, lines: Sequence[MatterPicture], titles: Mapping[str, str]) -> PairedBars:
    """Two bars for each matter, never one of both: officers and young people are not added up."""
    return PairedBars(
        f"How often each matter was weak: {scope.title}",
        tuple(f"{one.matter} {titles[one.matter]}" for one in lines),
        (
            Series("Weak, by officers", tuple(one.weak for one in lines)),
            Series("Weak, by young people", tuple(one.young_weak for one in lines)),
        ),
        axis="Visits at which it was weak",
        column=COUNT,
    )


def by_visit(visits: Sequence[Visit]) -> list[tuple[Visit, Seen]]:
    """The visits with their scores, for a table with a column for each."""
    return list(zip(visits, seen_together(visits), strict=True))
