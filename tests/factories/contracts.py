"""Lists, places on them and rates for tests, without the award that would bring them.

    agreement = a_list()                                         # three councils, lots 1A to 3B
    a_place(oak, agreement, "1A", core=90000, hour=2400)         # from STARTS_ON, for three years
    a_spot_rate(elm, agreement, "1A", council="luton", core=95000)

All of them need an application context (`session`).
"""

from collections.abc import Iterable
from datetime import date

from portal.access import Role, Viewer
from portal.contracts import actions
from portal.contracts.actions import RateOffer, SpotRate
from portal.contracts.models import ListMembership, Rate
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
    made.stage = stage
    if core is None and hour is None:
        for rate in db.session.query(Rate).filter_by(provider_id=provider.id):
            db.session.delete(rate)
    db.session.commit()
    return made


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
