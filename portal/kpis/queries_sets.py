"""KPI sets for those who write them: what ships, what their councils published, what is a draft."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.access import Permission, Role, Viewer
from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.db import db
from portal.kpis import sets
from portal.kpis.models import KpiPlan
from portal.kpis.models_sets import KpiSetDraft
from portal.people.queries import councils_as


def drafts(viewer: Viewer) -> Sequence[KpiSetDraft]:
    """The drafts of the viewer's councils, the one that was changed last first."""
    if not viewer.may(Permission.KPI_CHECK):
        return []
    return db.session.scalars(
        select(KpiSetDraft)
        .where(KpiSetDraft.council_id.in_(viewer.councils_as(Role.COMMISSIONER)))
        .options(
            joinedload(KpiSetDraft.council),
            joinedload(KpiSetDraft.made_from),
            joinedload(KpiSetDraft.changed_by),
        )
        .order_by(KpiSetDraft.changed_at.desc(), KpiSetDraft.id.desc())
    ).all()


def draft(ref: str, viewer: Viewer) -> KpiSetDraft | None:
    """One draft of the viewer's councils; nothing for anybody else."""
    return next((one for one in drafts(viewer) if one.ref == ref), None)


def to_copy(ref: str, viewer: Viewer) -> ContentVersion | None:
    """A set that may be copied: the newest that ships of each, and the newest of one's councils."""
    councils = councils_as(Role.COMMISSIONER, viewer)
    return next((one for one in sets.sets_to_choose(councils) if one.ref == ref), None)


def number_of_plans(versions: Sequence[ContentVersion]) -> dict[int, int]:
    """How many providers are asked for each of these versions. One statement."""
    rows = db.session.execute(
        select(KpiPlan.kpi_set_id, func.count())
        .where(KpiPlan.kpi_set_id.in_([one.id for one in versions]), KpiPlan.until_on.is_(None))
        .group_by(KpiPlan.kpi_set_id)
    )
    return {row[0]: row[1] for row in rows}


def keys_ever_used(draft_of: KpiSetDraft) -> set[str]:
    """The keys of KPIs in every version of this set and of the one that it was copied from."""
    bodies = db.session.scalars(
        select(ContentVersion.body).where(
            ContentVersion.kind == Kind.KPI_SET.value,
            ContentVersion.key.in_({draft_of.key, draft_of.made_from.key}),
        )
    )
    used = {one["key"] for body in bodies for one in body["kpis"]}
    return used | {one["key"] for one in draft_of.body["kpis"]}
