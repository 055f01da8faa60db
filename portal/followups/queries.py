"""What people may see of follow-ups: two conditions, and everything else stands on them.

A council sees what it shares; a provider's people see what is shown to them. A room that has let
somebody in to its own page by its own rule may read what it raised with `Viewer.system()`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from portal import paging
from portal.access import Permission, Viewer
from portal.db import db
from portal.followups.models import (
    FollowUp,
    FollowUpCouncil,
    FollowUpKind,
    FollowUpStep,
    OwnerSide,
)
from portal.paging import Page, Sorting
from portal.providers.models import Provider
from portal.searching import containing
from scoring.followups import SOON_DAYS, Standing
from scoring.stages import FollowUpStage

SORTING = Sorting(
    {"due": FollowUp.due_on, "raised": FollowUp.raised_at}, default="due", unique=FollowUp.ref
)
OVERDUE, SOON = "overdue", "soon"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list of follow-ups is narrowed to; empty means all.

    `when` is "overdue" or "soon", by the day that the caller hands in.
    """

    provider: str = ""  # by reference
    source: str = ""
    owner: OwnerSide | None = None
    kind: FollowUpKind | None = None
    stage: FollowUpStage | None = None
    when: str = ""
    words: str = ""


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `FollowUp` that holds for what this person may see."""
    if viewer.is_system:
        return true()
    if not viewer.may(Permission.FOLLOW_UP_READ):
        return false()
    shared = select(FollowUpCouncil.follow_up_id).where(
        FollowUpCouncil.council_id.in_(viewer.councils_where(Permission.FOLLOW_UP_READ))
    )
    return or_(
        FollowUp.id.in_(shared),
        and_(FollowUp.shown_to_provider.is_(True), FollowUp.provider_id.in_(viewer.provider_ids)),
    )


def follow_up(ref: str, viewer: Viewer) -> FollowUp | None:
    """One follow-up with its whole history; None for a stranger."""
    wanted = select(FollowUp).where(FollowUp.ref == ref, visible(viewer))
    return db.session.scalar(
        wanted.options(
            *_for_lists(),
            selectinload(FollowUp.councils).joinedload(FollowUpCouncil.council),
            selectinload(FollowUp.steps).joinedload(FollowUpStep.by),
            selectinload(FollowUp.steps).joinedload(FollowUpStep.version),
        )
    )


def of_source(source_kind: str, source_ref: str, viewer: Viewer) -> Sequence[FollowUp]:
    """What one visit, return or forum raised, by date. Three statements."""
    return _all(viewer, FollowUp.source_kind == source_kind, FollowUp.source_ref == source_ref)


def of_sources(
    source_kind: str, source_refs: Collection[str], viewer: Viewer
) -> Sequence[FollowUp]:
    """What several visits, returns or forums raised, by date. Three statements."""
    return _all(viewer, FollowUp.source_kind == source_kind, FollowUp.source_ref.in_(source_refs))


def of_provider(
    provider_id: int, viewer: Viewer, *, open_only: bool = False, setting_id: int | None = None
) -> Sequence[FollowUp]:
    """What concerns one provider, or one of its settings, by date. Three statements.

    Args:
        open_only: leave out what is closed or withdrawn: what a re-visit looks at first.
    """
    conditions: list[ColumnElement[bool]] = [FollowUp.provider_id == provider_id]
    if open_only:
        conditions.append(FollowUp.stage.in_((FollowUpStage.OPEN, FollowUpStage.ANSWERED)))
    if setting_id is not None:
        conditions.append(FollowUp.setting_id == setting_id)
    return _all(viewer, *conditions)


def due(viewer: Viewer, from_on: date, until_on: date) -> Sequence[FollowUp]:
    """What is open and due between two days, both counted. Three statements."""
    return _all(
        viewer,
        FollowUp.stage == FollowUpStage.OPEN,
        FollowUp.due_on.between(from_on, until_on),
    )


def page_of(
    viewer: Viewer,
    wanted: Narrowing,
    on: date,
    *,
    sort: str | None = None,
    cursor: str | None = None,
    size: int = paging.SIZE,
) -> tuple[Page[FollowUp], int]:
    """A page of the list, and how many there are: four statements."""
    statement = narrowed(viewer, wanted, on)
    page = paging.paginate(
        db.session,
        statement.options(*_for_lists(), selectinload(FollowUp.steps)),
        SORTING,
        sort=sort,
        cursor=cursor,
        size=size,
    )
    return page, paging.count(db.session, statement)


def everything(viewer: Viewer, wanted: Narrowing, on: date) -> Sequence[FollowUp]:
    """The whole list, for its files."""
    statement = narrowed(viewer, wanted, on).order_by(FollowUp.due_on, FollowUp.id)
    return db.session.scalars(statement.options(*_for_lists(), selectinload(FollowUp.steps))).all()


def running(viewer: Viewer, *conditions: ColumnElement[bool]) -> Sequence[FollowUp]:
    """What is open or answered, under further conditions, by date. Two statements."""
    open_or_answered = FollowUp.stage.in_((FollowUpStage.OPEN, FollowUpStage.ANSWERED))
    return _all(viewer, open_or_answered, *conditions)


def standings(viewer: Viewer, *conditions: Any) -> list[Standing]:
    """Stage and date of everything that the viewer sees, for counting. One statement."""
    rows = db.session.execute(
        select(FollowUp.stage, FollowUp.due_on).where(visible(viewer), *conditions)
    )
    return [Standing(row.stage, row.due_on) for row in rows]


def providers_with_follow_ups(viewer: Viewer) -> list[Provider]:
    """Whom the list can be narrowed to, by name."""
    with_some = select(FollowUp.provider_id).where(visible(viewer))
    wanted = select(Provider).where(Provider.id.in_(with_some)).order_by(Provider.name)
    return list(db.session.scalars(wanted))


def number_of(viewer: Viewer, *conditions: Any) -> int:
    """How many the viewer sees, under further conditions. One statement."""
    counted = select(func.count()).select_from(FollowUp).where(visible(viewer), *conditions)
    return db.session.scalar(counted) or 0


def _all(viewer: Viewer, *conditions: ColumnElement[bool]) -> Sequence[FollowUp]:
    wanted = select(FollowUp).where(visible(viewer), *conditions)
    return db.session.scalars(
        wanted.options(*_for_lists(), selectinload(FollowUp.steps)).order_by(
            FollowUp.due_on, FollowUp.id
        )
    ).all()


def newest(wanted: Select[tuple[FollowUp]], most: int) -> Select[tuple[FollowUp]]:
    """The newest rows of a list, with what a line of it says."""
    ordered = wanted.options(*_for_lists()).order_by(FollowUp.raised_at.desc(), FollowUp.id)
    return ordered.limit(most)


def _for_lists() -> tuple[Any, ...]:
    return (
        joinedload(FollowUp.provider),
        joinedload(FollowUp.setting),
        joinedload(FollowUp.council),
        joinedload(FollowUp.owner_person),
    )


def narrowed(viewer: Viewer, wanted: Narrowing, on: date = date.max) -> Select[tuple[FollowUp]]:
    """The statement of a list; `on` is needed where it is narrowed by what is late or soon."""
    statement = select(FollowUp).where(visible(viewer))
    for column, value in (
        (FollowUp.source_kind, wanted.source),
        (FollowUp.owner_side, wanted.owner),
        (FollowUp.kind, wanted.kind),
        (FollowUp.stage, wanted.stage),
    ):
        if value:
            statement = statement.where(column == value)
    if wanted.provider:
        chosen = select(Provider.id).where(Provider.ref == wanted.provider)
        statement = statement.where(FollowUp.provider_id.in_(chosen))
    if wanted.when == OVERDUE:
        statement = statement.where(FollowUp.stage == FollowUpStage.OPEN, FollowUp.due_on < on)
    if wanted.when == SOON:
        soon = FollowUp.due_on.between(on, on + timedelta(days=SOON_DAYS))
        statement = statement.where(FollowUp.stage == FollowUpStage.OPEN, soon)
    return statement.where(containing(wanted.words.lower().split(), FollowUp.text))
