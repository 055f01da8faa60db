"""Contracts of a ranked tender, with the rates that were offered and the promises that were made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.contracts.actions import PromiseMade, RateOffer, keep_rates, promised
from portal.contracts.actions_terms import lay_out
from portal.contracts.models import Contract, ContractCouncil
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundLot
from scoring.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class Won:
    """The bid that won, as it was submitted: where it stands, its rates, its promises."""

    application_ref: str
    submission_sha256: str
    rates: Sequence[RateOffer]
    promises: Sequence[PromiseMade] = ()


def make_contract(
    provider: Provider,
    lot: RoundLot,
    won: Won,
    *,
    bid_round: Round,
    councils: Iterable[Council],
    starts_on: date,
    ends_on: date,
    actor: Viewer,
    now: datetime,
) -> Contract:
    """Make the contract of one lot; its promises are copied word for word.

    The rule for uplifts and the options to extend are those that the round published.

    Raises:
        RuleBroken: `contract:no-rates`, `contract:dates`, and as `lay_out`.
    """
    if not won.rates:
        raise RuleBroken("contract:no-rates", f"{provider.name} offered no rates, lot {lot.code}.")
    if ends_on < starts_on:
        raise RuleBroken("contract:dates", "The contract cannot end before it starts.")
    terms = bid_round.extension_terms
    made = Contract(
        provider=provider,
        agreement_lot=lot.agreement_lot,
        round=bid_round,
        title=f"{bid_round.title}, lot {lot.code}: {lot.title}"[:300],
        starts_on=starts_on,
        ends_on=ends_on,
        extension_months=terms.total,
        application_ref=won.application_ref,
        submission_sha256=won.submission_sha256,
        made_at=now,
    )
    made.uplift_rule = bid_round.uplift_rule
    made.councils = [ContractCouncil(council_id=council.id) for council in councils]
    made.promises = promised(won.promises, won.submission_sha256)
    db.session.add(made)
    keep_rates(
        provider,
        lot.agreement_lot,
        won.rates,
        starts_on=starts_on,
        ends_on=ends_on,
        application_ref=won.application_ref,
        now=now,
    )
    db.session.flush()
    lay_out(made, terms.months, terms.notice_months)
    audit.record(
        Event.CONTRACT_MADE,
        made,
        actor=actor,
        now=now,
        provider=provider.ref,
        lot=lot.code,
        application=won.application_ref,
        submission=won.submission_sha256,
        promises=[one.ref for one in made.promises],
        starts_on=starts_on,
        ends_on=ends_on,
        extensions=list(terms.months),
    )
    return made
