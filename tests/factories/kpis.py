"""KPI sets attached to what a provider holds, and returns, for tests; all of it small.

    oak = a_provider("Oak House")
    plan = a_plan(oak)                           # two KPIs, quarterly, from 1 April 2027
    one = a_return(plan, now=AFTER)              # of April to June 2027, not begun
    a_submitted(one, plans=(9, 10))              # numerator, denominator

All of them need an application context (`session`).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from portal.access import Role, Viewer
from portal.content.loading import checked
from portal.content.models import ContentVersion
from portal.contracts.models import ListMembership, MembershipCouncil
from portal.db import db
from portal.kpis import actions, actions_checking, actions_returns
from portal.kpis.actions_returns import Told
from portal.kpis.models import KpiPlan, KpiUnit
from portal.kpis.models_returns import KpiReturn
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementKind, AgreementLot
from tests.factories.people import LONG_AGO, a_council, a_person, viewer

FROM_ON = date(2027, 4, 1)
QUARTER_ENDS = date(2027, 6, 30)
BEGUN = datetime(2027, 4, 5, 9, tzinfo=UTC)
AFTER = datetime(2027, 7, 5, 9, tzinfo=UTC)  # the first quarter is over; its return is due
LATE = datetime(2027, 7, 25, 9, tzinfo=UTC)

PLANS: dict[str, Any] = {
    "key": "plans",
    "name": "Plans in time",
    "purpose": "To know whether support begins with a plan.",
    "numerator": "Plans made in time",
    "denominator": "People who moved in",
    "unit": "percent",
    "direction": "higher",
    "target": "90",
    "tolerance": "5",
    "frequency": "quarterly",
    "level": "setting",
    "young_words": "We plan together.",
    "source": "usual",
}
STAFF = PLANS | {
    "key": "staff",
    "name": "Staff checked",
    "numerator": "Staff with a check",
    "denominator": "Staff",
    "target": "100",
    "level": "organisation",
    "young_words": "",
}


def a_kpi_set(
    *kpis: dict[str, Any], key: str = "kpis-small", source: str = "shipped"
) -> ContentVersion:
    """A KPI set with these KPIs, or two quarterly ones; a new version of its key."""
    raw = {"kind": "kpi-set", "key": key, "title": "Small KPIs", "due_days": 20}
    raw |= {"service": "supported-accommodation", "kpis": list(kpis) or [PLANS, STAFF]}
    content = checked(raw)
    there = db.session.scalars(select(ContentVersion).where(ContentVersion.key == key)).all()
    version = ContentVersion(
        kind=content.kind.value,
        key=key,
        version=len(there) + 1,
        title=content.title,
        body=content.body,
        sha256=content.sha256,
        source=source,
        published_at=LONG_AGO,
    )
    db.session.add(version)
    db.session.flush()
    return version


def an_agreement(*codes: str) -> Agreement:
    """A list with these lots, without any round."""
    agreement = Agreement(kind=AgreementKind.APL, title="16+ list", created_at=LONG_AGO)
    agreement.lots = [
        AgreementLot(code=code, title=f"Lot {code}", position=at)
        for at, code in enumerate(codes or ("1A", "2A"))
    ]
    db.session.add(agreement)
    db.session.flush()
    return agreement


def a_held_lot(
    provider: Provider,
    agreement: Agreement,
    code: str = "1A",
    councils: Iterable[str] = ("luton",),
) -> AgreementLot:
    """A place on a lot for some councils, for years."""
    lot = next(lot for lot in agreement.lots if lot.code == code)
    place = ListMembership(
        provider=provider,
        agreement_lot=lot,
        starts_on=date(2024, 4, 1),
        ends_on=date(2030, 3, 31),
        joined_at=LONG_AGO,
    )
    place.councils = [MembershipCouncil(council=a_council(slug)) for slug in councils]
    db.session.add(place)
    db.session.flush()
    return lot


def a_commissioner(council: str = "luton") -> Viewer:
    """A commissioner as a viewer."""
    return viewer(a_person(Role.COMMISSIONER, council))


def a_plan(
    provider: Provider,
    *,
    agreement: Agreement | None = None,
    kpi_set: ContentVersion | None = None,
    from_on: date = FROM_ON,
    now: datetime = BEGUN,
    sites: Iterable[Any] = (),
) -> KpiPlan:
    """A KPI set attached to a lot of a list that the provider holds for Luton."""
    agreement = agreement or an_agreement()
    lot = a_held_lot(provider, agreement)
    made = actions.attach(
        provider,
        agreement,
        [lot],
        kpi_set or a_kpi_set(),
        from_on,
        sites=sites,
        actor=a_commissioner(),
        now=now,
    )
    db.session.commit()
    return made


def returns_of(plan: KpiPlan) -> list[KpiReturn]:
    """Every return that is asked of a plan, in order."""
    return list(
        db.session.scalars(
            select(KpiReturn)
            .join(KpiReturn.unit)
            .where(KpiUnit.plan_id == plan.id)
            .order_by(KpiReturn.period_starts_on, KpiReturn.unit_id)
        )
    )


def told(numerator: int | None, denominator: int | None = None, comment: str = "") -> Told:
    """Numbers as a provider gives them."""
    return Told(*(None if n is None else Fraction(n) for n in (numerator, denominator)), comment)


def a_submitted(
    one: KpiReturn, actor: Viewer, *, now: datetime = AFTER, **figures: tuple[int, int]
) -> KpiReturn:
    """A return with these figures, submitted; what is not named is 10 of 10."""
    values = dict.fromkeys(one.kpi_keys, (10, 10)) | figures
    actions_returns.file_return(
        one, {key: told(*pair) for key, pair in values.items()}, actor=actor, now=now
    )
    db.session.commit()
    return one


def an_accepted(one: KpiReturn, actor: Viewer, **more: Any) -> KpiReturn:
    """The same, accepted by Luton."""
    a_submitted(one, actor, **more)
    actions_checking.accept(one, actor=a_commissioner(), now=more.get("now", AFTER))
    db.session.commit()
    return one
