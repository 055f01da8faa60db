"""Joining a list, and the rates that hold on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import policy, queries
from portal.contracts.actions_terms import lay_out
from portal.contracts.models import (
    ListMembership,
    MembershipCouncil,
    Promise,
    Rate,
    RateSource,
)
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Provider
from portal.rounds.models import AgreementLot
from scoring.contract_terms import ExtensionTerms
from scoring.rules import RuleBroken
from scoring.uplifts import UpliftRule


@dataclass(frozen=True, slots=True)
class RateOffer:
    """A price in pence as it was offered for one item of the rate card."""

    item_key: str
    unit: str
    included_hours: int
    amount_pence: int


@dataclass(frozen=True, slots=True)
class SpotRate:
    """A price that one council agreed with a provider outside the list, as it comes in a file."""

    provider: Provider
    agreement_lot: AgreementLot
    offer: RateOffer
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """An answer that the round asked for as a promise."""

    question_key: str
    lot_code: str
    question: str
    text: str


def promised(made: Iterable[PromiseMade], submission_sha256: str) -> list[Promise]:
    """What a bid promised, copied word for word, with the hash of what was submitted."""
    return [
        Promise(
            question_key=one.question_key,
            lot_code=one.lot_code,
            question=one.question,
            text=one.text,
            submission_sha256=submission_sha256,
        )
        for one in made
    ]


def join_list(
    provider: Provider,
    agreement_lot: AgreementLot,
    *,
    councils: Iterable[Council],
    starts_on: date,
    ends_on: date,
    rates: Sequence[RateOffer],
    application_ref: str,
    source: RateSource = RateSource.BID,
    uplift_rule: UpliftRule | None = None,
    extensions: ExtensionTerms | None = None,
    promises: Sequence[PromiseMade] = (),
    submission_sha256: str = "",
    actor: Viewer,
    now: datetime,
) -> ListMembership:
    """Put a provider on a lot of a list, with the rates that it offered.

    A provider that is on the lot already starts anew: the earlier place ends the day before.

    Args:
        uplift_rule, extensions: that the round published; None is none.
        promises: the answers of the bid that the round asked for as promises.
        submission_sha256: of the bid as it was submitted.

    Raises:
        RuleBroken: `list:no-rates`, `list:dates`, `list:already-joined`, and as `lay_out`.
    """
    if not rates:
        raise RuleBroken(
            "list:no-rates", f"{provider.name} offered no rates for lot {agreement_lot.code}."
        )
    if ends_on < starts_on:
        raise RuleBroken("list:dates", "The place on the list cannot end before it starts.")
    _end_earlier(provider, agreement_lot, starts_on)
    membership = ListMembership(
        provider=provider,
        agreement_lot=agreement_lot,
        starts_on=starts_on,
        ends_on=ends_on,
        application_ref=application_ref,
        joined_at=now,
    )
    membership.uplift_rule = uplift_rule or UpliftRule()
    membership.promises = promised(promises, submission_sha256)
    membership.councils = [MembershipCouncil(council_id=council.id) for council in councils]
    db.session.add(membership)
    keep_rates(
        provider,
        agreement_lot,
        rates,
        starts_on=starts_on,
        ends_on=ends_on,
        application_ref=application_ref,
        now=now,
        source=source,
    )
    db.session.flush()
    terms = extensions or ExtensionTerms()
    lay_out(membership, terms.months, terms.notice_months)
    audit.record(
        Event.LIST_JOINED,
        membership,
        actor=actor,
        now=now,
        provider=provider.ref,
        lot=agreement_lot.code,
        application=application_ref,
        starts_on=starts_on,
        ends_on=ends_on,
        extensions=list(terms.months),
        promises=[one.ref for one in membership.promises],
    )
    return membership


def keep_rates(
    provider: Provider,
    agreement_lot: AgreementLot,
    rates: Sequence[RateOffer],
    *,
    starts_on: date,
    ends_on: date,
    application_ref: str,
    now: datetime,
    source: RateSource = RateSource.BID,
) -> None:
    """Put down the rates that a bid offered; those that held before end the day before.

    Args:
        application_ref: the bid, or whatever else they come from as `source` says.
    """
    _replace_rates(provider, agreement_lot, starts_on)
    for offer in rates:
        db.session.add(
            _rate(
                provider,
                agreement_lot,
                offer,
                from_on=starts_on,
                until_on=ends_on,
                source_ref=application_ref,
                now=now,
                source=source,
            )
        )


def _end_earlier(provider: Provider, lot: AgreementLot, starts_on: date) -> None:
    running = select(ListMembership).where(
        ListMembership.provider_id == provider.id,
        ListMembership.agreement_lot_id == lot.id,
        ListMembership.ends_on >= starts_on,
    )
    for earlier in db.session.scalars(running):
        if earlier.starts_on >= starts_on:
            raise RuleBroken(
                "list:already-joined",
                f"{provider.name} is already on lot {lot.code} from that day or a later one.",
            )
        earlier.ends_on = starts_on - timedelta(days=1)


def _replace_rates(provider: Provider, lot: AgreementLot, starts_on: date) -> None:
    """Rates of the earlier place end the day before; a rate holds on its "until" day too."""
    running = select(Rate).where(
        Rate.provider_id == provider.id,
        Rate.agreement_lot_id == lot.id,
        Rate.council_id.is_(None),
        Rate.from_on < starts_on,
        (Rate.until_on.is_(None)) | (Rate.until_on >= starts_on),
    )
    for rate in db.session.scalars(running):
        rate.until_on = starts_on - timedelta(days=1)


def _rate(
    provider: Provider,
    lot: AgreementLot,
    offer: RateOffer,
    *,
    from_on: date,
    until_on: date | None,
    source_ref: str,
    now: datetime,
    source: RateSource = RateSource.BID,
) -> Rate:
    return Rate(
        provider_id=provider.id,
        agreement_lot_id=lot.id,
        item_key=offer.item_key,
        unit=offer.unit,
        included_hours=offer.included_hours,
        amount_pence=offer.amount_pence,
        from_on=from_on,
        until_on=until_on,
        source=source,
        source_ref=source_ref,
        recorded_at=now,
    )


def import_spot_rates(
    council: Council, rates: Sequence[SpotRate], file_sha256: str, *, actor: Viewer, now: datetime
) -> int:
    """Keep a council's spot rates from a checked file: all of them, and each only once.

    A spot rate belongs to the council that agreed it; no other council sees it.

    Returns:
        How many rates are new; the same file twice changes nothing.

    Raises:
        RuleBroken: `rate:not-allowed`; `rate:other-price`, and then nothing is kept.
    """
    policy.may_import_spot_rates(actor, council.id).or_refuse("rate:not-allowed")
    known = {
        (rate.provider_id, rate.agreement_lot_id, rate.item_key, rate.from_on): rate
        for rate in db.session.scalars(select(Rate).where(Rate.council_id == council.id))
    }
    added = 0
    for spot in rates:
        key = (spot.provider.id, spot.agreement_lot.id, spot.offer.item_key, spot.from_on)
        if key in known:
            _refuse_other_price(known[key], spot)
            continue
        known[key] = _spot_rate(council, spot, file_sha256, now)
        db.session.add(known[key])
        added += 1
    db.session.flush()
    audit.record(
        Event.RATES_IMPORTED,
        council,
        actor=actor,
        now=now,
        file=file_sha256,
        rows=len(rates),
        added=added,
    )
    return added


def take_back_spot_rates(council: Council, file: str, *, actor: Viewer, now: datetime) -> int:
    """Take a council's spot rates of one file off the record again, all of them.

    What they said stays in the trail, so that a figure that was read meanwhile can be explained.

    Args:
        file: where the rates came from, as `Rate.source_ref` names it.

    Returns:
        How many rates are gone; none when somebody else took them back before.

    Raises:
        RuleBroken: `rate:not-allowed`.
    """
    policy.may_import_spot_rates(actor, council.id).or_refuse("rate:not-allowed")
    gone = db.session.scalars(queries.spot_rates_of_file(council.id, file)).all()
    if not gone:
        return 0
    before = [_words_of(rate) for rate in gone]
    for rate in gone:
        db.session.delete(rate)
    db.session.flush()
    audit.record(
        Event.RATES_TAKEN_BACK,
        council,
        actor=actor,
        now=now,
        values={"before": before},
        file=file,
        rates=len(gone),
    )
    return len(gone)


def _words_of(rate: Rate) -> dict[str, Any]:
    return {
        "provider": rate.provider.ref,
        "lot": rate.agreement_lot.code,
        "item": rate.item_key,
        "pence": rate.amount_pence,
        "from": rate.from_on,
        "until": rate.until_on,
    }


def _refuse_other_price(known: Rate, spot: SpotRate) -> None:
    if (known.amount_pence, known.until_on) != (spot.offer.amount_pence, spot.until_on):
        raise RuleBroken(
            "rate:other-price",
            f"{spot.provider.name}, lot {spot.agreement_lot.code}: another price from {spot.from_on} is on record.",
        )


def _spot_rate(council: Council, spot: SpotRate, file_sha256: str, now: datetime) -> Rate:
    rate = _rate(
        spot.provider,
        spot.agreement_lot,
        spot.offer,
        from_on=spot.from_on,
        until_on=spot.until_on,
        source_ref=file_sha256[:40],
        now=now,
    )
    rate.council_id, rate.source = council.id, RateSource.SPOT
    return rate
