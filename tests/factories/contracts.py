"""Lists, places on them and rates for tests, without the award that would bring them.

    agreement = a_list()                                         # three councils, lots 1A to 3B
    a_place(oak, agreement, "1A", core=90000, hour=2400)         # from STARTS_ON, for three years
    a_spot_rate(elm, agreement, "1A", council="luton", core=95000)

All of them need an application context (`session`).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from portal.access import Role, Viewer
from portal.contracts import actions, actions_entering
from portal.contracts.actions import RateOffer, SpotRate
from portal.contracts.actions_entering import Entered, RateEntered
from portal.contracts.models import Contract, ListMembership, Rate
from portal.contracts.models_terms import EntryKind, Suspension
from portal.db import db
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementLot
from scoring.stages import MembershipStage
from tests.factories.people import a_council
from tests.factories.replay import replayed
from tests.factories.rounds import PAN_BEDFORDSHIRE, PREPARED, a_round, an_officer

STARTS_ON = date(2027, 4, 1)
ENDS_ON = date(2030, 3, 31)
CORE, HOUR = "core-weekly-price", "extra-support-hour"


@replayed
def a_list(*, councils: Iterable[str] = PAN_BEDFORDSHIRE, concluded: bool = True) -> Agreement:
    """An agreement whose round was published, and concluded."""
    bid_round = a_round(councils=councils, lead=next(iter(councils)))
    if concluded:
        bid_round.concluded_at = PREPARED
    db.session.commit()
    return bid_round.agreement


def lot_of(agreement: Agreement, code: str) -> AgreementLot:
    """A lot of a list."""
    return next(lot for lot in agreement.lots if lot.code == code)


def a_place(
    provider: Provider,
    agreement: Agreement,
    lot: str = "1A",
    *,
    starts_on: date = STARTS_ON,
    ends_on: date = ENDS_ON,
    councils: Iterable[str] = PAN_BEDFORDSHIRE,
    core: int | None = 90000,
    hour: int | None = 2400,
    stage: MembershipStage = MembershipStage.ACTIVE,
) -> ListMembership:
    """A place on a lot of a list, with its rates in pence (None: not given)."""
    made = actions.join_list(
        provider,
        lot_of(agreement, lot),
        councils=[a_council(slug) for slug in councils],
        starts_on=starts_on,
        ends_on=ends_on,
        rates=[*_offers(core, hour)] or [RateOffer(CORE, "week", 5, 1)],
        application_ref="APP-TEST",
        actor=an_officer(),
        now=PREPARED,
    )
    if stage is MembershipStage.SUSPENDED:
        _suspend(made)
    else:
        made.stage = stage
    if core is None and hour is None:
        for rate in db.session.query(Rate).filter_by(provider_id=provider.id):
            db.session.delete(rate)
    db.session.commit()
    return made


def _suspend(place: ListMembership) -> None:
    """No new placements from the first day, for anybody."""
    place.suspensions = [
        Suspension(
            from_on=place.starts_on,
            reason="Two allegations are being looked into.",
            placed_by_id=an_officer().person_id,
            placed_at=PREPARED,
        )
    ]


def _offers(core: int | None, hour: int | None) -> Iterable[RateOffer]:
    if core is not None:
        yield RateOffer(CORE, "week", 5, core)
    if hour is not None:
        yield RateOffer(HOUR, "hour", 0, hour)


def a_finance_officer(council: str = "luton") -> Viewer:
    """Somebody who works on the money of a council, as a viewer."""
    return an_officer(council, role=Role.FINANCE)


def a_spot_rate(
    provider: Provider,
    agreement: Agreement,
    lot: str = "1A",
    *,
    council: str = "luton",
    core: int | None = 95000,
    hour: int | None = 2500,
    from_on: date = STARTS_ON,
    until_on: date | None = None,
) -> None:
    """What one council agreed with a provider outside the list."""
    rates = [
        SpotRate(provider, lot_of(agreement, lot), offer, from_on, until_on)
        for offer in _offers(core, hour)
    ]
    actions.import_spot_rates(
        a_council(council), rates, "f" * 64, actor=a_finance_officer(council), now=PREPARED
    )
    db.session.commit()


NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)


def entered(**more: Any) -> Entered:
    """What an officer types of an old fostering contract: 4 years, 1+1+1, two of them taken."""
    said: dict[str, Any] = {
        "title": "Fostering 2021",
        "council_slugs": ["luton", "bedford-borough"],
        "starts_on": date(2021, 5, 17),
        "ends_on": date(2025, 5, 16),
        "rates": [RateEntered("Weekly fee, age 5 to 9", "week", 81250)],
        "agreement_title": "Fostering framework 2021",
        "lot_code": "F1",
        "lot_title": "Mainstream",
        "months": (12, 12, 12),
        "notice_months": 6,
        "taken": 2,
        "value_pence": 250_000_00,
        "uplift_index": "CPIH",
        "uplift_month": 9,
        "uplift_cap_bp": 400,
    }
    return Entered(**{**said, **more})


def an_old_contract(provider: Provider, *, now: datetime = NOW, **more: Any) -> Contract:
    """A contract that was entered by hand and looked at by a second officer."""
    slugs = more.setdefault("council_slugs", ["luton", "bedford-borough"])
    for slug in slugs:
        a_council(slug)
    entry = actions_entering.propose(
        EntryKind.CONTRACT,
        provider,
        entered(**more),
        council=a_council("luton"),
        reason="It is older than the portal.",
        actor=an_officer(),
        now=now,
    )
    made = actions_entering.confirm(entry, actor=a_second_officer(), now=now)
    db.session.commit()
    assert isinstance(made, Contract)
    return made


def a_second_officer() -> Viewer:
    """Another commissioner of Luton."""
    return an_officer(name="Second Officer")
