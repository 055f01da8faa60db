"""What this room keeps for a time: the photographs and the words of visits that are over.

Photographs are working papers of a team and no part of a report. Their period begins when the visit is
closed, or ended without a report: while something that it recommended is open, they may still be
needed. What was written is a record of the contracts under which children live there, and is kept as
long as those. Who deletes, who agrees and what a legal hold stops is the house's (`portal.retention`).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.days import LONDON
from portal.db import UTCDateTime, db
from portal.evidence import letting_go
from portal.evidence.letting_go import Part
from portal.evidence.parts import by, through
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.retention import DueItem, Erased, Kept
from portal.visits.actions_photos import let_go
from portal.visits.models import Visit, VisitFocus, VisitSheet
from portal.visits.models_entries import (
    VisitArrival,
    VisitAside,
    VisitCommentCheck,
    VisitEntry,
    VisitPhoto,
)
from portal.visits.models_report import (
    VisitAgreed,
    VisitFact,
    VisitRecommendation,
    VisitReport,
)

OF_VISIT = by(VisitEntry.visit_id)
WORDS = frozenset({"reason", "note"})  # of an entry; the rest are scores and keys
PARTS = (
    Part(
        VisitCommentCheck,
        through(VisitCommentCheck.entry_id, VisitEntry, OF_VISIT),
        words=("reason",),
    ),
    Part(VisitAside, by(VisitAside.visit_id), whole=True),
    Part(VisitArrival, by(VisitArrival.visit_id), whole=True),
    Part(VisitSheet, by(VisitSheet.visit_id), words=("excused_reason", "returned_reason")),
    Part(VisitFocus, by(VisitFocus.visit_id), words=("title", "note")),
    Part(VisitAgreed, by(VisitAgreed.visit_id), words=("reason",)),
    Part(
        VisitReport,
        by(VisitReport.visit_id),
        words=("judgement_reason", "summary", "care_reason"),
    ),
    Part(VisitRecommendation, by(VisitRecommendation.visit_id), words=("text", "owner_post")),
    Part(VisitFact, by(VisitFact.visit_id), words=("text", "reply")),
    Part(VisitPhoto, by(VisitPhoto.visit_id), words=("caption", "removed_reason")),
    Part(Visit, by(Visit.id), words=("purpose", "declined_note", "ended_reason")),
)


def due(before: date, most: int) -> Sequence[DueItem]:
    """The photographs of visits that were closed before a day, the oldest first. One statement."""
    over_at = func.coalesce(Visit.closed_at, Visit.ended_at, type_=UTCDateTime)
    rows = db.session.execute(
        select(VisitPhoto.ref, over_at)
        .join(VisitPhoto.visit)
        .where(
            VisitPhoto.removed_at.is_(None),
            over_at < datetime.combine(before, time(), tzinfo=UTC),
        )
        .order_by(over_at, VisitPhoto.id)
        .limit(most)
    )
    return [DueItem(ref, at.astimezone(LONDON).date()) for ref, at in rows]


def erase(refs: Sequence[str], now: datetime) -> int:
    """Take the pictures and their captions away; that there was one, and why it went, stays."""
    photos = db.session.scalars(
        select(VisitPhoto)
        .where(VisitPhoto.ref.in_(refs), VisitPhoto.removed_at.is_(None))
        .options(joinedload(VisitPhoto.visit), joinedload(VisitPhoto.file))
    ).all()
    for photo in photos:
        let_go(photo, "The time for which it was kept is over.", actor=Viewer.system(), now=now)
    return len(photos)


def due_visits(before: date, most: int) -> Sequence[DueItem]:
    """Visits that were closed or ended before a day and whose photographs are gone. One statement."""
    over_at = func.coalesce(Visit.closed_at, Visit.ended_at, type_=UTCDateTime)
    pictured = exists().where(VisitPhoto.visit_id == Visit.id, VisitPhoto.removed_at.is_(None))
    rows = db.session.execute(
        select(Visit.ref, over_at, Setting.ref, Provider.ref, pictured)
        .join(Visit.setting)
        .join(Setting.provider)
        .where(Visit.let_go_at.is_(None), over_at < datetime.combine(before, time(), tzinfo=UTC))
        .order_by(over_at, Visit.id)
        .limit(most)
    )
    return [
        DueItem(
            ref,
            at.astimezone(LONDON).date(),
            (home, provider),
            "Its photographs are to be deleted first." if has_photos else "",
        )
        for ref, at, home, provider, has_photos in rows
    ]


def let_visits_go(refs: Sequence[str], now: datetime) -> Erased:
    """What was written goes, and everybody's own notes and scores; what was agreed stays as figures."""
    erased = Erased()
    visits = db.session.scalars(
        select(Visit).where(Visit.ref.in_(refs), Visit.let_go_at.is_(None))
    ).all()
    ids = [one.id for one in visits]
    letting_go.let_go(PARTS, ids, erased)
    for entry in db.session.scalars(select(VisitEntry).where(VisitEntry.visit_id.in_(ids))):
        entry.value = {key: "" if key in WORDS else said for key, said in entry.value.items()}
        erased.rows[VisitEntry.__tablename__] += 1
    for visit in visits:
        visit.let_go_at = now
    erased.number = len(visits)
    db.session.flush()
    return erased


KEPT = (
    Kept(
        key="visits",
        title="Visits: what was written",
        counts_from="the day on which the visit was closed, or ended without a report",
        basis="law: Limitation Act 1980, section 5 – a claim on a contract can be made for six years",
        due=due_visits,
        erase=let_visits_go,
        goes="What everybody noted, reasons for scores, the words of the report, comments of the "
        "provider, recommendations, captions.",
        stays="Which home was visited when and by whom, the scores, the judgement; "
        "follow-ups; the hashes in the trail.",
    ),
    Kept(
        key="visit-photos",
        title="Photographs of visits",
        counts_from="the day on which the visit was closed, or ended without a report",
        basis="usual: a year after everything that was recommended is done",
        due=due,
        erase=erase,
    ),
)
