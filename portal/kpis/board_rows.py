"""What the board reads from the database: returns and figures as plain rows, in few statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from portal.access import Permission, Viewer
from portal.content.models import ContentVersion
from portal.db import db
from portal.kpis.models import KpiPlan, KpiPlanLot, KpiUnit
from portal.kpis.models_returns import IN_ONE, KpiCorrection, KpiFigure, KpiReturn
from portal.kpis.queries import COUNTED, sees_plan
from portal.kpis.sets import KpiSet, kpi_set
from portal.providers.models import Provider, Registration
from portal.providers.models_settings import Setting
from portal.rounds.models import Agreement, AgreementLot
from scoring.kpi_periods import Frequency, Period
from scoring.stages import KpiReturnStage as Stage

YEARS = 4  # how far back a trend reaches
Numbers = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class Told:
    """A return, with what of it the board needs."""

    id: int
    ref: str
    plan_id: int
    unit_ref: str
    place: tuple[int | None, int | None]  # branch and setting; none for the whole organisation
    unit: str
    provider_id: int
    provider_ref: str
    provider: str
    agreement_id: int
    agreement_ref: str
    agreement: str
    frequency: Frequency
    period: Period
    due_on: date
    stage: Stage
    kpi_set_id: int
    kpi_keys: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return self.place == (None, None)


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything that a board is made of."""

    returns: tuple[Told, ...]  # oldest first
    figures: Mapping[tuple[int, str], Numbers]  # by return and KPI, corrections counted
    sets: Mapping[int, KpiSet]
    lots: Mapping[int, tuple[str, ...]]  # codes, by plan
    own_plans: frozenset[int]  # those that the viewer may see by name


def load(viewer: Viewer, on: date) -> Rows:
    """Returns of every agreement of which the viewer sees something. Five statements.

    Those of other providers are there for the quartiles; `own_plans` says which may be shown.
    """
    if not viewer.may(Permission.KPI_BOARD):
        return Rows((), {}, {}, {}, frozenset())
    own = db.session.execute(
        select(KpiPlan.id, KpiPlan.agreement_id).where(sees_plan(viewer, Permission.KPI_BOARD))
    ).all()
    agreements = {row.agreement_id for row in own}
    told = _returns(agreements, on)
    return Rows(
        told,
        _figures(agreements, on),
        _sets({one.kpi_set_id for one in told}),
        _lots(agreements),
        frozenset(row.id for row in own),
    )


def _returns(agreements: set[int], on: date) -> tuple[Told, ...]:
    wanted = (
        select(KpiReturn, KpiUnit, KpiPlan, Provider, Agreement)
        .join(KpiReturn.unit)
        .join(KpiUnit.plan)
        .join(KpiPlan.provider)
        .join(KpiPlan.agreement)
        .outerjoin(Registration, Registration.id == KpiUnit.registration_id)
        .outerjoin(Setting, Setting.id == KpiUnit.setting_id)
        .where(KpiPlan.agreement_id.in_(agreements), KpiReturn.period_starts_on >= _since(on))
        .order_by(KpiReturn.period_starts_on, KpiReturn.id)
    ).with_only_columns(
        KpiReturn.id,
        KpiReturn.ref,
        KpiUnit.plan_id,
        KpiUnit.ref.label("unit_ref"),
        KpiUnit.registration_id,
        KpiUnit.setting_id,
        Registration.branch,
        Registration.urn,
        Setting.name.label("setting"),
        KpiPlan.provider_id,
        Provider.ref.label("provider_ref"),
        Provider.name.label("provider"),
        KpiPlan.agreement_id,
        Agreement.ref.label("agreement_ref"),
        Agreement.title.label("agreement"),
        KpiReturn.frequency,
        KpiReturn.period_starts_on,
        KpiReturn.period_ends_on,
        KpiReturn.due_on,
        KpiReturn.stage,
        KpiReturn.kpi_set_id,
        KpiReturn.kpi_keys,
    )
    return tuple(
        Told(
            id=row.id,
            ref=row.ref,
            plan_id=row.plan_id,
            unit_ref=row.unit_ref,
            place=(row.registration_id, row.setting_id),
            unit=_unit_words(row),
            provider_id=row.provider_id,
            provider_ref=row.provider_ref,
            provider=row.provider,
            agreement_id=row.agreement_id,
            agreement_ref=row.agreement_ref,
            agreement=row.agreement,
            frequency=row.frequency,
            period=Period(row.period_starts_on, row.period_ends_on),
            due_on=row.due_on,
            stage=row.stage,
            kpi_set_id=row.kpi_set_id,
            kpi_keys=tuple(row.kpi_keys),
        )
        for row in db.session.execute(wanted)
    )


def _unit_words(row: object) -> str:
    setting, branch = getattr(row, "setting", None), getattr(row, "branch", None)
    if setting:
        return str(setting)
    urn = getattr(row, "urn", None)
    return f"Branch {branch or urn}" if urn else "Whole organisation"


def _figures(agreements: set[int], on: date) -> dict[tuple[int, str], Numbers]:
    """The numbers that stand: corrected ones, where the provider has not given others since."""
    newest = aliased(KpiCorrection)
    last = select(func.max(newest.id)).where(newest.figure_id == KpiFigure.id).scalar_subquery()
    wanted = (
        select(
            KpiFigure.return_id,
            KpiFigure.kpi_key,
            KpiFigure.numerator_hundredths,
            KpiFigure.denominator_hundredths,
            KpiCorrection.id,
            KpiCorrection.numerator_hundredths,
            KpiCorrection.denominator_hundredths,
        )
        .join(KpiFigure.of_return)
        .join(KpiReturn.unit)
        .join(KpiUnit.plan)
        .outerjoin(
            KpiCorrection,
            and_(KpiCorrection.id == last, KpiCorrection.revision == KpiFigure.revision),
        )
        .where(
            KpiPlan.agreement_id.in_(agreements),
            KpiReturn.stage.in_(COUNTED),
            KpiReturn.period_starts_on >= _since(on),
        )
    )
    return {
        (return_id, key): (_exact(given), _exact(of))
        if corrected is None
        else (_exact(n), _exact(d))
        for return_id, key, given, of, corrected, n, d in db.session.execute(wanted)
    }


def _exact(kept: int | None) -> Fraction | None:
    return None if kept is None else Fraction(kept, IN_ONE)


def _sets(ids: set[int]) -> dict[int, KpiSet]:
    versions = db.session.scalars(select(ContentVersion).where(ContentVersion.id.in_(ids)))
    return {version.id: kpi_set(version) for version in versions}


def _lots(agreements: set[int]) -> dict[int, tuple[str, ...]]:
    wanted = (
        select(KpiPlanLot.plan_id, AgreementLot.code)
        .join(KpiPlanLot.agreement_lot)
        .where(AgreementLot.agreement_id.in_(agreements))
        .order_by(AgreementLot.position)
    )
    found: dict[int, tuple[str, ...]] = {}
    for plan_id, code in db.session.execute(wanted):
        found[plan_id] = (*found.get(plan_id, ()), code)
    return found


def _since(on: date) -> date:
    return on - timedelta(days=366 * YEARS)
