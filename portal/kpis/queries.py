"""Plans and returns as they may be read. Strangers find nothing; drafts are the provider's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import settings
from portal.access import Permission, Role, Viewer
from portal.contracts.models import Contract, ContractCouncil, ListMembership, MembershipCouncil
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.kpis.models import KpiPlan, KpiPlanLot, KpiUnit
from portal.kpis.models_returns import KpiEvidence, KpiFigure, KpiReturn
from portal.paging import Page, Sorting, paginate
from portal.people.models import Council, Membership, Person
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementLot, Round, RoundCouncil
from portal.searching import containing
from scoring.stages import KpiReturnStage as Stage

TOLD = frozenset({Stage.SUBMITTED, Stage.QUERIED, Stage.ACCEPTED})  # councils read it
COUNTED = frozenset({Stage.SUBMITTED, Stage.ACCEPTED})  # its figures stand on the board


# --- Which councils ------------------------------------------------------------------------


def _buying(plan_id: ColumnElement[int]) -> Select[tuple[int]]:
    """The councils of the contract: those for which the provider holds one of the plan's lots."""
    lots = select(KpiPlanLot.agreement_lot_id).where(KpiPlanLot.plan_id == plan_id)
    provider = select(KpiPlan.provider_id).where(KpiPlan.id == plan_id).scalar_subquery()
    of_places = (
        select(MembershipCouncil.council_id)
        .join(MembershipCouncil.list_membership)
        .where(ListMembership.provider_id == provider, ListMembership.agreement_lot_id.in_(lots))
    )
    of_contracts = (
        select(ContractCouncil.council_id)
        .join(ContractCouncil.contract)
        .where(Contract.provider_id == provider, Contract.agreement_lot_id.in_(lots))
    )
    return select(of_places.union(of_contracts).subquery().c.council_id)


def councils_of(plan: KpiPlan) -> Sequence[Council]:
    """The councils of the contract, by name."""
    wanted = select(Council).where(Council.id.in_(_buying(plan.id)))  # type: ignore[arg-type]
    return db.session.scalars(wanted.order_by(Council.name)).all()


def council_ids_of(plan: KpiPlan) -> frozenset[int]:
    return frozenset(db.session.scalars(_buying(plan.id)))  # type: ignore[arg-type]


def _bought_for(council_ids: frozenset[int]) -> ColumnElement[bool]:
    """Plans with a lot that the provider holds for one of these councils."""
    provider, lot = KpiPlan.provider_id, KpiPlanLot.agreement_lot_id
    places = (
        select(MembershipCouncil.id)
        .join(MembershipCouncil.list_membership)
        .where(
            ListMembership.provider_id == provider,
            ListMembership.agreement_lot_id == lot,
            MembershipCouncil.council_id.in_(council_ids),
        )
    )
    bought = (
        select(ContractCouncil.id)
        .join(ContractCouncil.contract)
        .where(
            Contract.provider_id == provider,
            Contract.agreement_lot_id == lot,
            ContractCouncil.council_id.in_(council_ids),
        )
    )
    return (
        select(KpiPlanLot.id)
        .where(KpiPlanLot.plan_id == KpiPlan.id, or_(places.exists(), bought.exists()))
        .exists()
    )


def checked_plans(viewer: Viewer) -> Select[tuple[int]]:
    """The plans whose returns somebody checks."""
    return select(KpiPlan.id).where(_bought_for(viewer.councils_where(Permission.KPI_CHECK)))


def sees_plan(viewer: Viewer, permission: Permission = Permission.KPI_READ) -> ColumnElement[bool]:
    """A provider's own; for councils those of an agreement in which they take part or buy.

    Args:
        permission: that the viewer's post at the council gives: to read returns, or the board alone.
    """
    councils = viewer.councils_where(permission)
    taking_part = (
        select(Round.agreement_id)
        .join(RoundCouncil, RoundCouncil.round_id == Round.id)
        .where(RoundCouncil.council_id.in_(councils))
    )
    return or_(
        KpiPlan.provider_id.in_(viewer.provider_ids),
        KpiPlan.agreement_id.in_(taking_part),
        _bought_for(councils),
    )


# --- Plans ---------------------------------------------------------------------------------


def _plans(viewer: Viewer) -> Select[tuple[KpiPlan]]:
    return (
        select(KpiPlan)
        .join(KpiPlan.provider)
        .join(KpiPlan.agreement)
        .where(sees_plan(viewer))
        .options(
            contains_eager(KpiPlan.provider),
            contains_eager(KpiPlan.agreement),
            joinedload(KpiPlan.kpi_set),
            selectinload(KpiPlan.lots).joinedload(KpiPlanLot.agreement_lot),
            selectinload(KpiPlan.units),
        )
    )


PLAN_SORT = Sorting(
    {"provider": Provider.name, "from": KpiPlan.from_on}, default="provider", unique=KpiPlan.ref
)


def plans_page(
    viewer: Viewer, *, agreement: str = "", sort: str | None = None, cursor: str | None = None
) -> Page[KpiPlan]:
    """What providers report on, for those who may read returns."""
    wanted = _plans(viewer)
    if not viewer.may(Permission.KPI_READ):
        wanted = wanted.where(KpiPlan.id < 0)
    if agreement:
        wanted = wanted.where(Agreement.ref == agreement)
    size = settings.get("list_page_size")
    return paginate(db.session, wanted, PLAN_SORT, sort=sort, cursor=cursor, size=size)


def plan(ref: str, viewer: Viewer) -> KpiPlan | None:
    """One plan; nothing for a stranger."""
    if not viewer.may(Permission.KPI_READ):
        return None
    return db.session.scalars(_plans(viewer).where(KpiPlan.ref == ref)).unique().first()


def plans_seen(viewer: Viewer) -> list[KpiPlan]:
    """Every plan that somebody sees, with its lots and set. Three statements."""
    return list(db.session.scalars(_plans(viewer).order_by(Provider.name, KpiPlan.id)).unique())


def councils_by_plan(plans: Iterable[KpiPlan]) -> dict[int, frozenset[int]]:
    """The councils of the contract of each plan. Two statements."""
    ids = [plan.id for plan in plans]
    found: dict[int, set[int]] = {}
    for held, council in ((ListMembership, MembershipCouncil), (Contract, ContractCouncil)):
        owner = getattr(council, f"{held.__tablename__}_id")
        wanted = (
            select(KpiPlan.id, council.council_id)
            .join(KpiPlanLot, KpiPlanLot.plan_id == KpiPlan.id)
            .join(
                held,
                and_(
                    held.provider_id == KpiPlan.provider_id,
                    held.agreement_lot_id == KpiPlanLot.agreement_lot_id,
                ),
            )
            .join(council, owner == held.id)
            .where(KpiPlan.id.in_(ids))
        )
        for plan_id, council_id in db.session.execute(wanted):
            found.setdefault(plan_id, set()).add(council_id)
    return {plan_id: frozenset(ids) for plan_id, ids in found.items()}


def plans_covering(provider_id: int, lot_ids: Iterable[int]) -> Sequence[KpiPlan]:
    """The plans of a provider that cover one of these lots."""
    covering = select(KpiPlanLot.plan_id).where(KpiPlanLot.agreement_lot_id.in_(list(lot_ids)))
    wanted = select(KpiPlan).where(KpiPlan.provider_id == provider_id, KpiPlan.id.in_(covering))
    return db.session.scalars(wanted).all()


def agreements(viewer: Viewer) -> Sequence[Agreement]:
    """Agreements that somebody sees plans of, for a filter."""
    wanted = select(KpiPlan.agreement_id).where(sees_plan(viewer))
    return db.session.scalars(
        select(Agreement).where(Agreement.id.in_(wanted)).order_by(Agreement.title, Agreement.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Holder:
    """A provider with the lots of an agreement that it holds, on a list or by contract."""

    provider: Provider
    lots: tuple[AgreementLot, ...]


def holders(agreement: Agreement, lot_ids: Iterable[int], viewer: Viewer) -> list[Holder]:
    """Who holds these lots for a council of the viewer's, by name. Three statements."""
    ids = list(lot_ids)
    pairs = {
        *_pairs(ListMembership, MembershipCouncil, ids, viewer),
        *_pairs(Contract, ContractCouncil, ids, viewer),
    }
    named = {one.id: one for one in _providers({provider for provider, _ in pairs})}
    return [
        Holder(one, tuple(lot for lot in agreement.lots if (one.id, lot.id) in pairs))
        for one in named.values()
    ]


def _pairs(
    held: type[ListMembership] | type[Contract],
    council: type[MembershipCouncil] | type[ContractCouncil],
    lot_ids: list[int],
    viewer: Viewer,
) -> Iterable[tuple[int, int]]:
    owner = getattr(council, f"{held.__tablename__}_id")
    wanted = (
        select(held.provider_id, held.agreement_lot_id)
        .join(council, owner == held.id)
        .where(
            held.agreement_lot_id.in_(lot_ids),
            council.council_id.in_(viewer.councils_as(Role.COMMISSIONER)),
        )
        .distinct()
    )
    return (tuple(row) for row in db.session.execute(wanted))


def _providers(ids: Iterable[int]) -> Sequence[Provider]:
    wanted = select(Provider).where(Provider.id.in_(list(ids)))
    return db.session.scalars(
        wanted.options(selectinload(Provider.registrations)).order_by(Provider.name, Provider.id)
    ).all()


def bought_agreements(viewer: Viewer) -> Sequence[Agreement]:
    """Agreements under which a council of this commissioner's has places or contracts."""
    councils = viewer.councils_as(Role.COMMISSIONER)
    lots = (
        select(ListMembership.agreement_lot_id)
        .join(MembershipCouncil, MembershipCouncil.list_membership_id == ListMembership.id)
        .where(MembershipCouncil.council_id.in_(councils))
        .union(
            select(Contract.agreement_lot_id)
            .join(ContractCouncil, ContractCouncil.contract_id == Contract.id)
            .where(ContractCouncil.council_id.in_(councils))
        )
    )
    of_lots = select(AgreementLot.agreement_id).where(AgreementLot.id.in_(lots))
    wanted = (
        select(Agreement).where(Agreement.id.in_(of_lots)).options(selectinload(Agreement.lots))
    )
    return db.session.scalars(wanted.order_by(Agreement.title, Agreement.id)).all()


# --- Returns -------------------------------------------------------------------------------


def title_of(agreement: str, viewer: Viewer) -> str:
    """An agreement by its title, where the viewer sees plans of it; "" for another."""
    return next((one.title for one in agreements(viewer) if one.ref == agreement), "")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list of returns is narrowed to; empty means all."""

    state: str = ""
    agreement: str = ""
    words: str = ""
    plan: str = ""


STATES = {
    "open": "To fill in",
    "late": "Late",
    "to-check": "To check",
    "queried": "Queried",
    "accepted": "Accepted",
}
RETURN_SORT = Sorting(
    {"due": KpiReturn.due_on, "provider": Provider.name}, default="-due", unique=KpiReturn.ref
)


def in_state(state: str, on: date) -> ColumnElement[bool]:
    """Returns as a list is filtered by (a word of `STATES`)."""
    unsent = KpiReturn.stage.in_((Stage.EXPECTED, Stage.DRAFT))
    return {
        "open": and_(
            or_(unsent, KpiReturn.stage == Stage.QUERIED), KpiReturn.period_starts_on <= on
        ),
        "late": and_(unsent, KpiReturn.due_on < on),
        "to-check": KpiReturn.stage == Stage.SUBMITTED,
        "queried": KpiReturn.stage == Stage.QUERIED,
        "accepted": KpiReturn.stage == Stage.ACCEPTED,
    }[state]


def _returns(viewer: Viewer) -> Select[tuple[KpiReturn]]:
    return (
        select(KpiReturn)
        .join(KpiReturn.unit)
        .join(KpiUnit.plan)
        .join(KpiPlan.provider)
        .where(sees_plan(viewer))
        .options(
            contains_eager(KpiReturn.unit)
            .contains_eager(KpiUnit.plan)
            .options(
                contains_eager(KpiPlan.provider),
                joinedload(KpiPlan.agreement),
                selectinload(KpiPlan.lots).joinedload(KpiPlanLot.agreement_lot),
            ),
            joinedload(KpiReturn.kpi_set),
        )
    )


def returns_page(
    viewer: Viewer,
    narrowed: Narrowed,
    on: date,
    *,
    sort: str | None = None,
    cursor: str | None = None,
) -> Page[KpiReturn]:
    """Returns, the newest first. Three statements."""
    wanted = _returns(viewer)
    if not viewer.may(Permission.KPI_READ):
        wanted = wanted.where(KpiReturn.id < 0)
    if narrowed.state in STATES:
        wanted = wanted.where(in_state(narrowed.state, on))
    if narrowed.agreement:
        wanted = wanted.join(KpiPlan.agreement).where(Agreement.ref == narrowed.agreement)
    if narrowed.plan:
        wanted = wanted.where(KpiPlan.ref == narrowed.plan)
    if narrowed.words:
        wanted = wanted.where(Provider.name.icontains(narrowed.words, autoescape=True))
    size = settings.get("list_page_size")
    return paginate(db.session, wanted, RETURN_SORT, sort=sort, cursor=cursor, size=size)


def found_returns(viewer: Viewer, words: Sequence[str], limit: int) -> Sequence[KpiReturn]:
    """The newest returns that somebody may read of providers whose name has every word."""
    if not viewer.may(Permission.KPI_READ):
        return []
    wanted = _returns(viewer).where(containing(words, Provider.name))
    newest = wanted.order_by(KpiReturn.due_on.desc(), KpiReturn.ref).limit(limit)
    return db.session.scalars(newest).unique().all()


def kpi_return(ref: str, viewer: Viewer) -> KpiReturn | None:
    """One return with everything in it; nothing for a stranger."""
    if not viewer.may(Permission.KPI_READ):
        return None
    whole = _returns(viewer).options(
        selectinload(KpiReturn.figures).selectinload(KpiFigure.corrections),
        selectinload(KpiReturn.evidence)
        .joinedload(KpiEvidence.version)
        .joinedload(DocumentVersion.document),
        selectinload(KpiReturn.queries),
    )
    return db.session.scalars(whole.where(KpiReturn.ref == ref)).unique().first()


def may_read_figures(viewer: Viewer, one: KpiReturn) -> bool:
    """What is not sent yet is the provider's own."""
    return one.plan.provider_id in viewer.provider_ids or one.stage in TOLD


def evidence(ref: str, viewer: Viewer) -> KpiEvidence | None:
    """A file of a return that somebody may read; nothing for a stranger."""
    found = db.session.scalar(
        select(KpiEvidence)
        .where(KpiEvidence.ref == ref)
        .options(
            joinedload(KpiEvidence.of_return),
            joinedload(KpiEvidence.version).joinedload(DocumentVersion.document),
        )
    )
    if found is None:
        return None
    one = kpi_return(found.of_return.ref, viewer)
    return found if one is not None and may_read_figures(viewer, one) else None


def earlier_figures(one: KpiReturn, most: int = 8) -> dict[str, list[KpiFigure]]:
    """What the same unit reported before, by KPI, oldest first; accepted or waiting for a check."""
    wanted = (
        select(KpiFigure)
        .join(KpiFigure.of_return)
        .where(
            KpiReturn.unit_id == one.unit_id,
            KpiReturn.frequency == one.frequency,
            KpiReturn.period_starts_on < one.period_starts_on,
            KpiReturn.stage.in_(COUNTED),
        )
        .options(selectinload(KpiFigure.corrections))
        .order_by(KpiReturn.period_starts_on.desc())
        .limit(most * max(len(one.kpi_keys), 1))
    )
    found: dict[str, list[KpiFigure]] = {}
    for figure in db.session.scalars(wanted):
        found.setdefault(figure.kpi_key, []).insert(0, figure)
    return found


def counts(viewer: Viewer, on: date) -> dict[str, int]:
    """How many returns are in each state, of those that somebody may read. One statement."""
    wanted = (
        select(*(func.count().filter(in_state(state, on)).label(state) for state in STATES))
        .select_from(KpiReturn)
        .join(KpiReturn.unit)
        .join(KpiUnit.plan)
        .where(sees_plan(viewer))
    )
    row = db.session.execute(wanted).one()
    return dict(zip(STATES, row, strict=True))


def to_fill_in(viewer: Viewer, on: date) -> Sequence[KpiReturn]:
    """A provider's returns whose period is over, or about which the council asks; the oldest first."""
    ended = and_(KpiReturn.stage.in_((Stage.EXPECTED, Stage.DRAFT)), KpiReturn.period_ends_on < on)
    wanted = (
        _returns(viewer)
        .where(
            KpiPlan.provider_id.in_(viewer.provider_ids),
            or_(ended, KpiReturn.stage == Stage.QUERIED),
        )
        .options(selectinload(KpiReturn.queries))
        .order_by(KpiReturn.due_on, KpiReturn.ref)
    )
    return db.session.scalars(wanted).unique().all()


def colleagues(provider_id: int, *roles: Role) -> Sequence[Person]:
    """People of a provider with an open account, who are written to."""
    held = select(Membership.person_id).where(
        Membership.organisation_id == provider_id,
        Membership.role.in_(roles or (Role.PROVIDER_ADMIN, Role.PROVIDER_CONTRIBUTOR)),
    )
    wanted = select(Person).where(Person.active.is_(True), Person.id.in_(held))
    return db.session.scalars(wanted.order_by(Person.name, Person.id)).all()
