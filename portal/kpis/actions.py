"""Attaching a KPI set to what a provider holds, from a day on; choosing who reports; ending it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.days import today
from portal.db import db
from portal.kpis import policy, queries, sets
from portal.kpis.expecting import expect
from portal.kpis.models import KpiPlan, KpiPlanLot, KpiUnit
from portal.kpis.models_returns import KpiReturn
from portal.providers.models import Provider, Registration
from portal.providers.models_settings import Setting
from portal.rounds.models import Agreement, AgreementLot
from scoring.kpi_periods import period_of
from scoring.rules import RuleBroken
from scoring.stages import KpiReturnStage

MOST_YEARS_BACK = 10


def attach(
    provider: Provider,
    agreement: Agreement,
    lots: Sequence[AgreementLot],
    kpi_set: ContentVersion,
    from_on: date,
    *,
    sites: Iterable[Registration | Setting] = (),
    actor: Viewer,
    now: datetime,
) -> KpiPlan:
    """Ask a provider to report a KPI set for some lots from a day on; the returns due are made.

    Args:
        lots: that the provider holds, on a list or by contract.
        sites: its branches and settings that report too; without any the organisation does for all.

    Raises:
        RuleBroken: `kpi:not-allowed`, `kpi:not-a-set`, `kpi:no-lots`, `kpi:not-held`,
            `kpi:too-early`, `kpi:twice`.
    """
    _check(agreement, lots, kpi_set, from_on, now)
    _refuse_twice(provider, lots, from_on)
    plan = KpiPlan(
        provider=provider,
        agreement=agreement,
        kpi_set=kpi_set,
        from_on=from_on,
        attached_by_id=actor.person_id,
        attached_at=now,
    )
    plan.lots = [KpiPlanLot(agreement_lot=lot) for lot in lots]
    plan.units = [KpiUnit(from_on=from_on)]
    db.session.add(plan)
    db.session.flush()
    council_ids = queries.council_ids_of(plan)
    if not council_ids:
        raise RuleBroken("kpi:not-held", f"{provider.name} holds none of these lots.", "lots")
    policy.may_check(actor, council_ids).or_refuse("kpi:not-allowed")
    _add_sites(plan, sites, from_on)
    audit.record(
        Event.KPI_SET_ATTACHED,
        plan,
        actor=actor,
        now=now,
        provider=provider.ref,
        lots=[lot.code for lot in lots],
        kpi_set=kpi_set.sha256,
        from_on=from_on,
    )
    expect(plan, now)
    return plan


def attach_to_all(
    agreement: Agreement,
    lots: Sequence[AgreementLot],
    kpi_set: ContentVersion,
    from_on: date,
    *,
    with_branches: bool = False,
    actor: Viewer,
    now: datetime,
) -> list[KpiPlan]:
    """The same for everybody who holds one of these lots and does not report on it yet.

    Each reports on those of the lots that it holds.

    Args:
        with_branches: each registered branch reports too, where a provider has more than one.

    Raises:
        RuleBroken: as `attach`; `kpi:nobody`, when nobody is left to ask.
    """
    made = []
    for holder in queries.holders(agreement, [lot.id for lot in lots], actor):
        covered = {
            lot.agreement_lot_id
            for plan in queries.plans_covering(holder.provider.id, [lot.id for lot in holder.lots])
            if plan.until_on is None or plan.until_on >= from_on
            for lot in plan.lots
        }
        free = [lot for lot in holder.lots if lot.id not in covered]
        branches = holder.provider.registrations if with_branches else []
        sites = branches if len(branches) > 1 else []
        if free:
            made.append(
                attach(
                    holder.provider,
                    agreement,
                    free,
                    kpi_set,
                    from_on,
                    sites=sites,
                    actor=actor,
                    now=now,
                )
            )
    if not made:
        message = "Everybody who holds these lots reports on them already, or nobody holds them."
        raise RuleBroken("kpi:nobody", message, "lots")
    return made


def change_set(
    plan: KpiPlan, kpi_set: ContentVersion, from_on: date, *, actor: Viewer, now: datetime
) -> KpiPlan:
    """Ask for another version of the set from the first day of a period on.

    Returns of earlier periods stay as they are, and point at the version that they used.

    Raises:
        RuleBroken: as `attach` and `end`; `kpi:same-set`, `kpi:mid-period`.
    """
    if kpi_set.id == plan.kpi_set_id:
        raise RuleBroken("kpi:same-set", "This version is asked for already.", "kpi_set")
    often = [*sets.kpi_set(plan.kpi_set).frequencies, *sets.kpi_set(kpi_set).frequencies]
    if any(period_of(one, from_on).starts_on != from_on for one in often):
        message = "Choose the first day of a period, such as 1 April, so that none is told twice."
        raise RuleBroken("kpi:mid-period", message, "from_on")
    end(plan, from_on - timedelta(days=1), actor=actor, now=now)
    sites = [
        one.setting or one.registration
        for one in plan.units
        if not one.is_whole and one.until_on is None
    ]
    return attach(
        plan.provider,
        plan.agreement,
        [one.agreement_lot for one in plan.lots],
        kpi_set,
        from_on,
        sites=[one for one in sites if one is not None],
        actor=actor,
        now=now,
    )


def choose_sites(
    plan: KpiPlan, sites: Sequence[Registration | Setting], *, actor: Viewer, now: datetime
) -> None:
    """Let these branches and settings report beside the organisation, from the running period on.

    Those that are left out report no more; what they have reported stays.

    Raises:
        RuleBroken: `kpi:not-allowed`, `kpi:other-provider`.
    """
    policy.may_check(actor, queries.council_ids_of(plan)).or_refuse("kpi:not-allowed")
    on = today(now)
    wanted = {_site_key(site) for site in sites}
    for unit in plan.units:
        if not unit.is_whole and (unit.registration_id, unit.setting_id) not in wanted:
            unit.until_on = _before_running(plan, on)
    _drop_unbegun(plan, on)
    _add_sites(plan, sites, on)
    audit.record(
        Event.KPI_UNITS_CHOSEN,
        plan,
        actor=actor,
        now=now,
        units=[one.ref for one in plan.units],
    )
    expect(plan, now)


def end(plan: KpiPlan, until_on: date, *, actor: Viewer, now: datetime) -> None:
    """Ask for no more returns after a day. What nobody has begun for a later period goes.

    Raises:
        RuleBroken: `kpi:not-allowed`, `kpi:ends-before`, `kpi:begun`.
    """
    policy.may_check(actor, queries.council_ids_of(plan)).or_refuse("kpi:not-allowed")
    if until_on < plan.from_on:
        raise RuleBroken("kpi:ends-before", "It cannot end before it begins.", "until_on")
    later = _returns_after(plan, until_on)
    if any(one.stage is not KpiReturnStage.EXPECTED for one in later):
        message = "A return of a later period has been begun. Choose a later day."
        raise RuleBroken("kpi:begun", message, "until_on")
    for one in later:
        db.session.delete(one)
    plan.until_on = until_on
    db.session.flush()
    audit.record(Event.KPI_SET_ENDED, plan, actor=actor, now=now, until_on=until_on)


def _check(
    agreement: Agreement,
    lots: Sequence[AgreementLot],
    kpi_set: ContentVersion,
    from_on: date,
    now: datetime,
) -> None:
    if kpi_set.kind != Kind.KPI_SET.value:
        raise RuleBroken("kpi:not-a-set", "Choose a KPI set.", "kpi_set")
    if not lots or any(lot.agreement_id != agreement.id for lot in lots):
        raise RuleBroken("kpi:no-lots", "Choose the lots that it is for.", "lots")
    if from_on.year < now.year - MOST_YEARS_BACK or from_on.year > now.year + MOST_YEARS_BACK:
        message = f"Choose a day within {MOST_YEARS_BACK} years of today."
        raise RuleBroken("kpi:too-early", message, "from_on")


def _refuse_twice(provider: Provider, lots: Sequence[AgreementLot], from_on: date) -> None:
    """One lot is reported on once at any time."""
    for plan in queries.plans_covering(provider.id, [lot.id for lot in lots]):
        if plan.until_on is None or plan.until_on >= from_on:
            message = f"{provider.name} reports on one of these lots already."
            raise RuleBroken("kpi:twice", message, "lots")


def _add_sites(plan: KpiPlan, sites: Iterable[Registration | Setting], from_on: date) -> None:
    there = {(one.registration_id, one.setting_id): one for one in plan.units}
    for site in sites:
        if site.provider_id != plan.provider_id:
            raise RuleBroken("kpi:other-provider", "This is a place of another provider.", "sites")
        registration_id, setting_id = _site_key(site)
        if (unit := there.get((registration_id, setting_id))) is not None:
            unit.until_on = None
            continue
        plan.units.append(
            KpiUnit(registration_id=registration_id, setting_id=setting_id, from_on=from_on)
        )
    db.session.flush()


def _site_key(site: Registration | Setting) -> tuple[int | None, int | None]:
    return (site.id, None) if isinstance(site, Registration) else (None, site.id)


def _before_running(plan: KpiPlan, on: date) -> date:
    """The day before every period that runs on a day."""
    often = sets.kpi_set(plan.kpi_set).frequencies
    return min(period_of(one, on).starts_on for one in often) - timedelta(days=1)


def _drop_unbegun(plan: KpiPlan, on: date) -> None:
    """Running returns that nobody has begun are made anew, with what is asked from now on."""
    units = [one.id for one in plan.units]
    db.session.execute(
        delete(KpiReturn).where(
            KpiReturn.unit_id.in_(units),
            KpiReturn.stage == KpiReturnStage.EXPECTED,
            KpiReturn.period_ends_on >= on,
        )
    )


def _returns_after(plan: KpiPlan, until_on: date) -> Sequence[KpiReturn]:
    return db.session.scalars(
        select(KpiReturn)
        .join(KpiReturn.unit)
        .where(KpiUnit.plan_id == plan.id, KpiReturn.period_starts_on > until_on)
    ).all()
