"""Ofsted's outcomes for the high pages: what is imported, what changed, what waits for a decision."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Permission, Role, Viewer
from portal.content import queries as content
from portal.contracts.queries_placing import placing_councils
from portal.days import end_of, today
from portal.db import db
from portal.people.models import Council
from portal.people.queries import councils_as
from portal.providers.models import Registration, ServiceKind
from portal.providers.models_ofsted import OutcomeChange
from portal.providers.words import outcome_words
from portal.register.models_ofsted import Answer, DowngradeDecision, OfstedColumns, OfstedImport
from portal.web import CalendarEntry, Due, clock
from scoring.ofsted_import import is_downgrade

KIND = "ofsted"
ANSWERS = {
    Answer.ACTION_PLAN: "Ask for an action plan",
    Answer.BY_EXCEPTION: "Place by exception alone",
    Answer.SUSPEND: "Suspend new placements",
    Answer.CARRY_ON: "Carry on, and watch",
}


def decide_by(change: OutcomeChange) -> date:
    """The last day for a council's decision: so many days after the change was put on record."""
    return today(change.recorded_at) + timedelta(days=int(settings.get("downgrade_days")))


def remembered(service: ServiceKind) -> Mapping[str, str]:
    """Which column was which in the last file of this service."""
    known = db.session.scalar(select(OfstedColumns).where(OfstedColumns.service == service))
    return known.columns if known else {}


def imports(viewer: Viewer, most: int = 10) -> Sequence[OfstedImport]:
    """The last files that were taken in.

    Raises:
        NotFound: for somebody who brings none in.
    """
    if not viewer.may(Permission.OFSTED_IMPORT):
        raise NotFound
    newest = select(OfstedImport).order_by(OfstedImport.taken_at.desc(), OfstedImport.id.desc())
    return db.session.scalars(newest.limit(most)).all()


@dataclass(frozen=True, slots=True)
class Downgrade:
    """A change for the worse, with what the viewer's councils decided."""

    change: OutcomeChange
    decisions: Sequence[DowngradeDecision]
    waiting: Sequence[Council]  # whose commissioner the viewer is, and who has not decided

    @property
    def decide_by_on(self) -> date:
        """The day by which a council decides."""
        return decide_by(self.change)

    @property
    def words(self) -> str:
        """In one line: "Outcome 1 before, Outcome 3 now"."""
        service = self.change.registration.service
        before, after = (
            outcome_words(service, one) for one in (self.change.before, self.change.after)
        )
        return f"{before} before, {after} now"


def downgrades(
    viewer: Viewer, on: date, provider_ids: Iterable[int] | None = None
) -> list[Downgrade]:
    """Changes for the worse that stand today, newest first, for councils that place there.

    A change that a later inspection has overtaken is history and waits for nobody.
    """
    if not viewer.may(Permission.REGISTER_READ):
        return []
    changes = for_the_worse(_latest(provider_ids))
    placing = _placing(viewer, {one.registration.provider_id for one in changes}, on)
    decided: dict[int, list[DowngradeDecision]] = {}
    for decision in _decisions(viewer, [one.id for one in changes]):
        decided.setdefault(decision.change_id, []).append(decision)
    return [
        _downgrade(one, decided.get(one.id, []), placing.get(one.registration.provider_id, []))
        for one in changes
    ]


def _downgrade(
    change: OutcomeChange, decisions: Sequence[DowngradeDecision], placing: Iterable[Council]
) -> Downgrade:
    done = {one.council_id for one in decisions}
    return Downgrade(change, decisions, [one for one in placing if one.id not in done])


def _latest(provider_ids: Iterable[int] | None) -> list[OutcomeChange]:
    """The last change of each registration, where it still says what is on record."""
    wanted = (
        select(OutcomeChange)
        .join(OutcomeChange.registration)
        .options(joinedload(OutcomeChange.registration).joinedload(Registration.provider))
        .order_by(OutcomeChange.recorded_at, OutcomeChange.id)
    )
    if provider_ids is not None:
        wanted = wanted.where(Registration.provider_id.in_(set(provider_ids)))
    latest = {one.registration_id: one for one in db.session.scalars(wanted)}
    standing = [one for one in latest.values() if one.after == one.registration.outcome]
    return sorted(standing, key=lambda one: (one.recorded_at, one.id), reverse=True)


def undecided(on: date) -> list[tuple[OutcomeChange, set[int]]]:
    """Every downgrade that stands today, with the councils that place there and have not decided.

    For the portal's own work; what a person may see is told by `downgrades`.
    """
    changes = for_the_worse(_latest(None))
    placing = placing_councils({one.registration.provider_id for one in changes}, on)
    decided = db.session.execute(
        select(DowngradeDecision.change_id, DowngradeDecision.council_id).where(
            DowngradeDecision.change_id.in_([one.id for one in changes])
        )
    )
    done = {(change_id, council_id) for change_id, council_id in decided}
    found = []
    for one in changes:
        councils = placing.get(one.registration.provider_id, set())
        if left := {council_id for council_id in councils if (one.id, council_id) not in done}:
            found.append((one, left))
    return found


def for_the_worse(changes: Sequence[OutcomeChange]) -> list[OutcomeChange]:
    """Those where Ofsted found it worse than before, on the scale of its service; a statement each scale."""
    services = {one.registration.service.value for one in changes}
    scales = {service: content.ofsted_scale_of(service) for service in services}
    return [
        one
        for one in changes
        if is_downgrade(one.before, one.after, scales[one.registration.service.value])
    ]


def _placing(viewer: Viewer, provider_ids: set[int], on: date) -> dict[int, list[Council]]:
    """The councils of this commissioner that may place with a provider, by provider."""
    mine = councils_as(Role.COMMISSIONER, viewer)
    if not mine or not provider_ids or not viewer.may(Permission.PLACEMENT_EXCEPT):
        return {}
    placing = placing_councils(provider_ids, on)
    return {
        provider_id: [one for one in mine if one.id in placing.get(provider_id, ())]
        for provider_id in provider_ids
    }


def _decisions(viewer: Viewer, change_ids: Sequence[int]) -> Sequence[DowngradeDecision]:
    """Decisions are local to the council that took them."""
    return db.session.scalars(
        select(DowngradeDecision)
        .where(
            DowngradeDecision.change_id.in_(change_ids),
            DowngradeDecision.council_id.in_(viewer.council_ids),
        )
        .options(joinedload(DowngradeDecision.council))
    ).all()


def downgrade(ref: str, viewer: Viewer, on: date) -> Downgrade | None:
    """One change for the worse that stands today."""
    return next((one for one in downgrades(viewer, on) if one.change.ref == ref), None)


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """Downgrades that wait for the decision of this commissioner's councils."""
    if not viewer.may(Permission.PLACEMENT_EXCEPT):
        return
    for one in downgrades(viewer, today(now)):
        if one.waiting:
            provider = one.change.registration.provider
            is_late = one.decide_by_on < today(now)
            yield Due(
                f"Ofsted downgraded {provider.name}: decide",
                url_for("register.downgrade", ref=one.change.ref),
                due_at=end_of(one.decide_by_on),
                note=one.words,
                tag="Late" if is_late else "Ofsted",
            )


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """The days by which this commissioner's councils decide on a downgrade."""
    if not viewer.may(Permission.PLACEMENT_EXCEPT):
        return
    for one in downgrades(viewer, today(clock())):
        if one.waiting and from_on <= one.decide_by_on <= until_on:
            yield CalendarEntry(
                one.decide_by_on,
                f"{one.change.registration.provider.name}: decide on Ofsted’s downgrade",
                url_for("register.downgrade", ref=one.change.ref),
                KIND,
                one.words,
                frozenset(council.id for council in one.waiting),
            )
