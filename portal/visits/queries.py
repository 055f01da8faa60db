"""Visits to look at: for the team, its council, the councils that share the report, the provider."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import paging, settings
from portal.access import Permission, Viewer
from portal.db import db
from portal.paging import Page, Sorting
from portal.people.models import Consent, Council, Person
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.searching import containing
from portal.visits import policy
from portal.visits.models import (
    MemberPart,
    Visit,
    VisitMember,
    VisitShare,
    VisitSheet,
    VisitSheetPerson,
)
from portal.visits.models_entries import ChoiceMade, VisitAside, VisitEntry
from portal.visits.models_report import VisitReport, VisitSignOff
from scoring.stages import VisitStage

SORTING = Sorting(
    {"day": Visit.starts_at, "home": Setting.name, "provider": Provider.name},
    default="-day",
    unique=Visit.ref,
)


def visit(ref: str, viewer: Viewer) -> Visit | None:
    """A visit for its council and its team, with everything but entries; a stranger finds none."""
    found = _one(Visit.ref == ref)
    return found if found is not None and policy.may_read_inside(viewer, found) else None


def own_visit(ref: str, viewer: Viewer) -> Visit | None:
    """A visit of which the viewer is of the team."""
    found = _one(Visit.ref == ref)
    mine = found is not None and policy.part_of(viewer, found) is not None
    return found if mine else None


def report_visit(ref: str, viewer: Viewer) -> Visit | None:
    """A visit whose report the viewer may read: inside, at another council, or at the provider."""
    found = _one(Visit.ref == ref)
    if found is None:
        return None
    inside = policy.may_read_inside(viewer, found)
    sent = found.stage in policy.SENT
    reads = (
        inside
        or policy.may_read_shared(viewer, found)
        or (sent and policy.knows_of(viewer, found))
        or (sent and policy.part_of(viewer, found) is not None)
    )
    return found if reads else None


def provider_visit(ref: str, viewer: Viewer) -> Visit | None:
    """A visit of which the viewer's own organisation knows."""
    found = _one(Visit.ref == ref)
    return found if found is not None and policy.knows_of(viewer, found) else None


def visits_page(
    viewer: Viewer,
    *,
    stage: VisitStage | None = None,
    words: str = "",
    setting_ref: str = "",
    sort: str | None = None,
    cursor: str | None = None,
) -> tuple[Page[Visit], int]:
    """A page of the visits that the viewer may read, and how many there are."""
    wanted = _listed().where(readable(viewer))
    if stage is not None:
        wanted = wanted.where(Visit.stage == stage)
    if setting_ref:
        wanted = wanted.where(Setting.ref == setting_ref)
    for word in words.split():
        named = [one.icontains(word, autoescape=True) for one in (Setting.name, Provider.name)]
        # A word has no space, so this is the first half: the whole one is not for every reader.
        wanted = wanted.where(or_(*named, Setting.postcode.istartswith(word, autoescape=True)))
    size = settings.get("list_page_size")
    page = paging.paginate(db.session, wanted, SORTING, sort=sort, cursor=cursor, size=size)
    return page, paging.count(db.session, wanted)


def found(viewer: Viewer, words: Sequence[str], limit: int) -> Sequence[Visit]:
    """The newest visits that the viewer may read whose home and provider have every word.

    Postcodes are not searched: not everybody who reads a visit reads the address.
    """
    wanted = _listed().where(readable(viewer), containing(words, Setting.name, Provider.name))
    newest = wanted.order_by(Visit.starts_at.desc(), Visit.id.desc()).limit(limit)
    return db.session.scalars(newest).unique().all()


def known_to_provider(viewer: Viewer) -> Sequence[Visit]:
    """The visits that a provider's people know of, the newest first."""
    if not viewer.may(Permission.VISIT_ANSWER):
        return []
    known = or_(
        Visit.stage.in_(policy.SENT), Visit.announced.is_(True) & Visit.asked_at.is_not(None)
    )
    wanted = _listed().where(Setting.provider_id.in_(viewer.provider_ids), known)
    return db.session.scalars(wanted.order_by(Visit.starts_at.desc())).unique().all()


def mine(viewer: Viewer) -> Sequence[Visit]:
    """The visits of whose team the viewer is, that are not over yet, the next first."""
    wanted = _listed().where(_of_team(viewer), Visit.stage.not_in(policy.OVER))
    whole = wanted.options(selectinload(Visit.sheets).selectinload(VisitSheet.people))
    return db.session.scalars(whole.order_by(Visit.starts_at)).unique().all()


def ended_lately(viewer: Viewer, since: datetime) -> Sequence[Visit]:
    """The visits of whose team the viewer is that were called off or given up not long ago."""
    wanted = _listed().where(_of_team(viewer), Visit.ended_at >= since)
    return db.session.scalars(wanted.order_by(Visit.ended_at.desc())).unique().all()


def given_up(viewer: Viewer) -> Sequence[Visit]:
    """The visits of the viewer's council that were given up, the newest first."""
    own = Visit.council_id.in_(policy.reading_councils(viewer))
    wanted = _listed().where(own, Visit.stage == VisitStage.GIVEN_UP)
    whole = wanted.options(selectinload(Visit.sheets))
    return db.session.scalars(whole.order_by(Visit.ended_at.desc()).limit(200)).unique().all()


def running(viewer: Viewer) -> Sequence[Visit]:
    """Visits of the viewer's council that somebody has to do something about."""
    ended = (VisitStage.CLOSED, *policy.ENDED_EARLY)
    own = Visit.council_id.in_(policy.reading_councils(viewer))
    wanted = _listed().where(own, Visit.stage.not_in(ended))
    whole = wanted.options(selectinload(Visit.sheets))
    return db.session.scalars(whole.order_by(Visit.starts_at)).unique().all()


def between(viewer: Viewer, start: datetime, end: datetime) -> Sequence[Visit]:
    """Visits that begin in this time, for the calendar."""
    inside = Visit.starts_at.between(start, end) & (Visit.stage != VisitStage.CANCELLED)
    wanted = _listed().where(readable(viewer), inside).order_by(Visit.starts_at)
    return db.session.scalars(wanted).unique().all()


def of_provider(provider_id: int, viewer: Viewer) -> Sequence[Visit]:
    """The visits to a provider's homes whose report is final, the newest first."""
    own = provider_id in viewer.provider_ids
    seen = _known(viewer) if own else readable(viewer)
    final = Visit.stage.in_(policy.FINAL)
    wanted = _listed().where(Setting.provider_id == provider_id, final, seen)
    return db.session.scalars(wanted.order_by(Visit.starts_at.desc())).unique().all()


def _known(viewer: Viewer) -> ColumnElement[bool]:
    return Setting.provider_id.in_(viewer.provider_ids)


def _listed() -> Select[Any]:
    return (
        select(Visit)
        .join(Visit.setting)
        .join(Setting.provider)
        .options(
            contains_eager(Visit.setting).contains_eager(Setting.provider),
            joinedload(Visit.council),
            selectinload(Visit.members),
        )
    )


def _one(wanted: ColumnElement[bool]) -> Visit | None:
    """One visit whole: the same statements whatever it holds."""
    return db.session.scalar(
        select(Visit)
        .where(wanted)
        .options(
            joinedload(Visit.setting).joinedload(Setting.provider),
            joinedload(Visit.council),
            joinedload(Visit.framework_version),
            joinedload(Visit.officer_scale_version),
            joinedload(Visit.young_scale_version),
            joinedload(Visit.previous),
            selectinload(Visit.members).joinedload(VisitMember.person),
            selectinload(Visit.sheets)
            .selectinload(VisitSheet.people)
            .joinedload(VisitSheetPerson.person),
            selectinload(Visit.focus),
            selectinload(Visit.shared_with).joinedload(VisitShare.council),
        )
    )


def _of_team(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        VisitMember.visit_id == Visit.id, VisitMember.person_id == viewer.person_id
    )


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """As `policy.may_read`, without what a Young Commissioner sees on pages of their own."""
    team = exists().where(
        VisitMember.visit_id == Visit.id,
        VisitMember.person_id == viewer.person_id,
        VisitMember.part != MemberPart.YOUNG,
    )
    councils = policy.reading_councils(viewer)
    if not councils:
        return team
    shared = exists().where(VisitShare.visit_id == Visit.id, VisitShare.council_id.in_(councils))
    final = Visit.stage.in_(policy.FINAL)
    return or_(team, Visit.council_id.in_(councils), final & shared)


# --- Entries --------------------------------------------------------------------------------


def entries(visit: Visit) -> Sequence[VisitEntry]:
    """Everything that was written down on a visit, with who wrote it. For rules and guarded pages."""
    return db.session.scalars(
        select(VisitEntry)
        .where(VisitEntry.visit_id == visit.id)
        .options(joinedload(VisitEntry.saved_by), joinedload(VisitEntry.sheet))
        .order_by(VisitEntry.id)
    ).all()


def entries_for(visit: Visit, sheet: VisitSheet | None) -> dict[str, VisitEntry]:
    """What somebody works on: their own sheet and what belongs to the team, by place."""
    owners = {0, sheet.id if sheet else 0}
    found = db.session.scalars(
        select(VisitEntry)
        .where(VisitEntry.visit_id == visit.id, VisitEntry.owner.in_(owners))
        .options(joinedload(VisitEntry.saved_by))
    )
    return {one.place: one for one in found}


def own_sheet(visit: Visit, viewer: Viewer) -> VisitSheet | None:
    """The viewer's sheet on a visit."""
    return next((one for one in visit.sheets if policy.is_own(viewer, one)), None)


def waiting_asides(visit: Visit, viewer: Viewer | None = None) -> list[VisitAside]:
    """Versions that wait for a choice; for a viewer, those that they may choose between."""
    found = db.session.scalars(
        select(VisitAside)
        .where(VisitAside.visit_id == visit.id, VisitAside.choice == ChoiceMade.WAITING)
        .options(joinedload(VisitAside.written_by), joinedload(VisitAside.sheet))
        .order_by(VisitAside.id)
    )
    return [
        one for one in found if viewer is None or bool(policy.may_choose(viewer, visit, one.sheet))
    ]


def signed_off(visit_ids: Iterable[int]) -> set[int]:
    """Those of the visits on which the young people's view is signed off."""
    wanted = select(VisitSignOff.visit_id).where(VisitSignOff.visit_id.in_(list(visit_ids)))
    return set(db.session.scalars(wanted))


def comments_until(visit_ids: Iterable[int]) -> dict[int, date]:
    """The last day for a provider's comments, by visit, where a report was sent. One statement."""
    wanted = select(VisitReport.visit_id, VisitReport.comments_until_on).where(
        VisitReport.visit_id.in_(list(visit_ids)), VisitReport.comments_until_on.is_not(None)
    )
    return {visit_id: until for visit_id, until in db.session.execute(wanted) if until}


# --- Who may be asked along -----------------------------------------------------------------


def councils_to_plan(viewer: Viewer) -> list[Council]:
    """The councils for which the viewer plans visits."""
    found = db.session.scalars(
        select(Council).where(Council.id.in_(viewer.council_ids)).order_by(Council.name)
    )
    return [one for one in found if policy.may_plan(viewer, one.id)]


def with_consent(person_ids: Iterable[int]) -> set[int]:
    """Those of the young people whose consent is on record and not withdrawn."""
    rows = select(Consent.person_id).where(
        Consent.person_id.in_(set(person_ids)), Consent.withdrawn_at.is_(None)
    )
    return set(db.session.scalars(rows))


def people_named(ids: Iterable[int]) -> dict[int, Person]:
    return {
        one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(set(ids))))
    }
