"""What Young Commissioners said on visits and what it changed, told to each of them when a report is final."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Viewer
from portal.days import LONDON
from portal.db import db
from portal.followups import queries as followups
from portal.followups.models import FollowUp
from portal.people.models import Council
from portal.providers.models_settings import Setting
from portal.visits import frameworks, picture, policy
from portal.visits.models import MemberPart, Visit, VisitMember, VisitSheet, VisitSheetPerson
from portal.visits.models_report import VisitRecommendation, VisitReport
from portal.web import Said, TookPart, date_text
from scoring.stages import FollowUpStage, SheetStage, VisitStage
from scoring.terms import Panel

Scores = Mapping[str, int | None]


def said(viewer: Viewer) -> Iterator[Said]:
    """The visits that this young person went on, the newest first.

    Eight statements, however many visits there are.
    """
    if viewer.person_id is None:
        return
    visits = _visits_of(viewer.person_id)
    if not visits:
        return
    ids = [one.id for one in visits]
    reports = {one.visit_id: one for one in _rows(VisitReport, ids)}
    asked: dict[int, list[VisitRecommendation]] = {}
    for made in _rows(VisitRecommendation, ids):
        asked.setdefault(made.visit_id, []).append(made)
    refs = [one.ref for one in visits]
    raised = {one.ref: one for one in followups.of_sources("visit", refs, Viewer.system())}
    for visit, seen in zip(visits, picture.seen(visits), strict=True):
        yield Said(
            _day(visit),
            f"Visit: {visit.setting.name}",
            tuple(_you_said(visit, seen.young)),
            tuple(_we_did(visit, reports.get(visit.id), asked.get(visit.id, []), raised)),
        )


def _visits_of(person_id: int) -> Sequence[Visit]:
    went = select(VisitMember.visit_id).where(
        VisitMember.person_id == person_id, VisitMember.part == MemberPart.YOUNG
    )
    wanted = (
        select(Visit)
        .where(Visit.id.in_(went), Visit.stage.in_({*policy.FINAL, VisitStage.GIVEN_UP}))
        .options(
            joinedload(Visit.setting).joinedload(Setting.provider),
            joinedload(Visit.framework_version),
            joinedload(Visit.young_scale_version),
            selectinload(Visit.sheets),
        )
        .order_by(Visit.starts_at.desc())
    )
    return db.session.scalars(wanted).unique().all()


def _rows(table: Any, ids: Iterable[int]) -> Sequence[Any]:
    return db.session.scalars(select(table).where(table.visit_id.in_(ids)).order_by(table.id)).all()


def _you_said(visit: Visit, young: Scores) -> Iterator[str]:
    """Each matter that they found weak in a line of its own, and the rest in one."""
    given = {key: value for key, value in young.items() if value is not None}
    if not given and visit.stage is VisitStage.GIVEN_UP:
        yield "You had not scored yet."
    low = {key for key, value in given.items() if value <= _weak(visit)}
    scale = frameworks.scale_of(visit, Panel.YOUNG)
    labels = {point.value: point.label for point in scale.points}
    for matter in visit.framework_version.body["matters"]:
        if matter["key"] in low:
            score = given[matter["key"]]
            yield f"{matter['plain']} {labels[score]} ({score})."
    rest = [value for key, value in given.items() if key not in low]
    if rest:
        yield _the_rest(rest, bool(low), scale.highest)


def _the_rest(rest: Sequence[int], more: bool, highest: int) -> str:
    """As it is read aloud: "You gave 7 more scores, from 2 to 4 out of 4"."""
    number = f"{len(rest)} {'more ' if more else ''}{'score' if len(rest) == 1 else 'scores'}"
    low, high = min(rest), max(rest)
    span = f"{low}" if low == high else f"from {low} to {high}"
    return f"You gave {number}: {span} out of {highest}."


def _we_did(
    visit: Visit,
    report: VisitReport | None,
    asked: Sequence[VisitRecommendation],
    raised: Mapping[str, FollowUp],
) -> Iterator[str]:
    """What the home was asked for because of them, and how far it is."""
    if visit.stage is VisitStage.GIVEN_UP:
        why = f" {visit.ended_cause.plain}" if visit.ended_cause else ""
        yield f"This visit stopped early.{why} We kept what you wrote, and made no report."
        return
    matters = {one["key"]: one["plain"] for one in visit.framework_version.body["matters"]}
    own = [one for one in asked if one.young]
    for made in own:
        yield f"You asked for this: “{made.text}” {_state(made, raised)}"
    for made in asked:
        if not made.young and made.matter in matters:
            yield f"We asked for this as well: “{made.text}” {_state(made, raised)}"
    if not asked:
        yield "We told the home what you think. We did not ask for a change."
    judgement = _judgement(visit, report)
    if judgement:
        yield f"We told the home: “{judgement}”."


def _state(made: VisitRecommendation, raised: Mapping[str, FollowUp]) -> str:
    found = raised.get(made.followup_ref)
    match found.stage if found else None:
        case FollowUpStage.CLOSED:
            return "It is done. We looked."
        case FollowUpStage.ANSWERED:
            return "They say that it is done. We will look."
        case FollowUpStage.WITHDRAWN:
            return "We do not ask for it any more."
        case _:
            return f"They have until {date_text(found.due_on if found else made.due_on)}."


def _judgement(visit: Visit, report: VisitReport | None) -> str:
    listed = visit.framework_version.body["judgements"]
    return next(
        (str(one["title"]) for one in listed if report and one["key"] == report.judgement), ""
    )


def _weak(visit: Visit) -> int:
    return frameworks.framework(visit).weak_at_most


def _day(visit: Visit) -> date:
    return visit.starts_at.astimezone(LONDON).date()


def took_part(person_id: int) -> Iterator[TookPart]:
    """The visits on which somebody handed in scores, for a certificate. One statement.

    A home is not named: a CV goes to strangers, and young people live there.
    """
    rows = db.session.execute(
        select(Visit.starts_at, Council.name)
        .join(VisitSheet, VisitSheet.visit_id == Visit.id)
        .join(VisitSheetPerson, VisitSheetPerson.sheet_id == VisitSheet.id)
        .join(Council, Council.id == Visit.council_id)
        .where(
            VisitSheetPerson.person_id == person_id,
            VisitSheet.panel == Panel.YOUNG,
            VisitSheet.stage == SheetStage.SUBMITTED,
        )
        .order_by(Visit.starts_at)
    )
    for starts_at, council in rows:
        what = f"Visited a home for young people with {council}, and scored how it is there"
        yield TookPart(starts_at.astimezone(LONDON).date(), what)
