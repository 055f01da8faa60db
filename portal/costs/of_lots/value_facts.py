"""What is known of each provider of a lot on a day: price, quality, visit, KPIs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.access import Permission, Viewer
from portal.contracts import queries as contracts
from portal.contracts.models import Contract, ListMembership, RateSource
from portal.costs.of_lots.priced import Like, by_provider
from portal.evaluation.results.quality import quality_of
from portal.kpis.rated import Rated, ratings
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementLot
from portal.visits.judged import Judged, judgements
from scoring.stages import ContractStage, MembershipStage
from scoring.value import unbeaten


@dataclass(frozen=True, slots=True)
class Known:
    """One provider of a lot. Pence and share are exact; None is not known."""

    provider: Provider
    held: ListMembership | Contract
    weekly: Fraction | None
    quality: Fraction | None
    judged: Judged | None
    rated: Rated | None
    is_suspended: bool
    is_unbeaten: bool = False


def known_of(
    viewer: Viewer, agreement: Agreement, lot: AgreementLot, like: Like, on: date
) -> list[Known]:
    """Everybody who holds the lot for a council of the viewer's, by name. Constant statements."""
    if not viewer.may(Permission.RATE_COMPARE):
        return []
    held = _held(viewer, lot, on)
    rates = contracts.rates_of_lot(lot.id, on, viewer)
    items = by_provider(one for one in rates if one.source is not RateSource.SPOT)
    quality = quality_of(
        {one.application_ref for one in held.values() if one.application_ref}, lot.id, viewer
    )
    visits = judgements(held, viewer, on)
    kpis = ratings(held, agreement.ref, lot.id, viewer, on)
    weekly = {one: like.weekly(items.get(one, {})) for one in held}
    scores = {one: quality.get(place.application_ref or "") for one, place in held.items()}
    best = unbeaten({str(one): (weekly[one], scores[one]) for one in held})
    return [
        Known(
            provider=place.provider,
            held=place,
            weekly=weekly[one],
            quality=scores[one],
            judged=visits.get(one),
            rated=kpis.get(one),
            is_suspended=_is_suspended(place, on, viewer),
            is_unbeaten=str(one) in best,
        )
        for one, place in sorted(held.items(), key=lambda pair: pair[1].provider.name.casefold())
    ]


def _held(viewer: Viewer, lot: AgreementLot, on: date) -> dict[int, ListMembership | Contract]:
    """The place or contract of each provider that holds on the day; of two the later one."""
    places: Sequence[ListMembership | Contract] = contracts.memberships(
        viewer, on=on, agreement_lot_id=lot.id, own_councils=True
    )
    bought = [
        one
        for one in contracts.contracts(viewer)
        if one.agreement_lot_id == lot.id
        and one.council_ids & viewer.council_ids
        and one.starts_on <= on <= one.ends_on
    ]
    found = {one.provider_id: one for one in places}
    return found | {one.provider_id: one for one in bought}


def _is_suspended(held: ListMembership | Contract, on: date, viewer: Viewer) -> bool:
    ours = held.council_ids & viewer.council_ids
    suspended: set[object] = {MembershipStage.SUSPENDED, ContractStage.SUSPENDED}
    return held.stage_on(on, ours) in suspended
