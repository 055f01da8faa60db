"""What the newest final report on each provider judged: the word alone, for pages of other rooms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.access import Permission, Viewer
from portal.days import LONDON
from portal.db import db
from portal.providers.models_settings import Setting
from portal.visits import policy
from portal.visits.models import Visit, VisitShare
from portal.visits.models_report import VisitReport


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement and its day. `ref` leads to the report, for those who may read it."""

    ref: str
    on: date
    key: str
    title: str
    home: str


def judgements(provider_ids: Iterable[int], viewer: Viewer, on: date) -> dict[int, Judged]:
    """The newest judgement on each provider up to a day. One statement.

    For officers who compare rates: the word of a final report of their council, or of one that was
    shared with it. The report itself has its own readers.
    """
    ids = list(provider_ids)
    if not ids or not viewer.may(Permission.RATE_COMPARE):
        return {}
    shared = select(VisitShare.visit_id).where(VisitShare.council_id.in_(viewer.council_ids))
    wanted = (
        select(VisitReport)
        .join(VisitReport.visit)
        .join(Visit.setting)
        .where(
            Setting.provider_id.in_(ids),
            Visit.stage.in_(policy.FINAL),
            or_(Visit.council_id.in_(viewer.council_ids), Visit.id.in_(shared)),
        )
        .options(
            joinedload(VisitReport.visit).options(
                joinedload(Visit.setting), joinedload(Visit.framework_version)
            )
        )
        .order_by(Visit.starts_at, Visit.id)
    )
    found: dict[int, Judged] = {}
    for report in db.session.scalars(wanted):
        visit = report.visit
        day = visit.starts_at.astimezone(LONDON).date()
        if day <= on:  # a later one takes the place of an earlier
            words = {one["key"]: one["title"] for one in visit.framework_version.body["judgements"]}
            found[visit.setting.provider_id] = Judged(
                visit.ref,
                day,
                report.judgement,
                words.get(report.judgement, ""),
                visit.setting.name,
            )
    return found
