"""What this room knows of a provider by day: promises and whether they are kept, suspensions, rates."""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.contracts.models import (
    Contract,
    ListMembership,
    Promise,
    PromiseCheck,
    Rate,
    RateSource,
)
from portal.contracts.models_terms import Suspension
from portal.contracts.presentation import item_words
from portal.contracts.queries import (
    promises_of_provider,
    rates_of_provider,
    visible_contracts,
    visible_places,
)
from portal.contracts.queries_held import Agreed
from portal.db import db
from portal.providers.models import Provider
from portal.web import Evidence, pounds
from scoring.stages import PromiseStage

PROMISE, SUSPENSION, RATE = "Promise", "Suspension", "Rate"
BEGAN = {
    RateSource.BID: "rates of the award",
    RateSource.HAND: "rates of the agreement",
    RateSource.UPLIFT: "rates after an uplift",
    RateSource.SPOT: "spot rates",
}
MOST_WORDS = 300  # characters of an answer; the whole stands on the page behind it


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """What the viewer may see: promises, looks at them, suspensions, liftings, and from when which rates hold."""
    made = promises_of_provider(provider.id, viewer)
    yield from _promised(made)
    yield from (_look(promise, look) for promise in made for look in promise.checks)
    for one in db.session.scalars(_suspensions(provider, viewer)).unique():
        held: Any = one.contract or one.list_membership
        address = url_for("contracts.show", ref=held.ref)
        yield Evidence(one.from_on, SUSPENSION, "Suspended", one.reason, address, "bad")
        if one.lifted_on is not None:
            yield Evidence(one.lifted_on, SUSPENSION, "Lifted", one.lift_reason, address, "good")
    yield from _rates(provider, viewer)


def _rates(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """From which day which rates hold in a lot: those that began together are one line."""
    together: dict[tuple[date, int, RateSource, int | None], list[Rate]] = {}
    for one in rates_of_provider(provider.id, viewer):
        key = (one.from_on, one.agreement_lot_id, one.source, one.council_id)
        together.setdefault(key, []).append(one)
    held = _held(provider, viewer) if together else []
    for (on, lot_id, source, _), rates in together.items():
        found = [one for one in held if one.agreement_lot_id == lot_id]
        holding = next((one for one in found if one.starts_on <= on <= one.ends_on), None)
        yield Evidence(
            on,
            RATE,
            f"Lot {rates[0].agreement_lot.code}: {BEGAN[source]}",
            f"{'; '.join(map(_price, rates))}.",
            url_for("contracts.show", ref=holding.ref)
            if holding is not None and source is not RateSource.SPOT
            else "",
        )


def _price(rate: Rate) -> str:
    hours = f", {rate.included_hours} hours included" if rate.included_hours else ""
    unit = f"{'an' if rate.unit == 'hour' else 'a'} {rate.unit}"
    return f"{item_words(rate.item_key, {})}{hours}: {pounds(rate.amount_pence)} {unit}"


def _held(provider: Provider, viewer: Viewer) -> list[Agreed]:
    """The contracts and places whose pages the viewer may see. Two statements."""
    contracts = select(Contract).where(
        Contract.provider_id == provider.id, visible_contracts(viewer)
    )
    places = select(ListMembership).where(
        ListMembership.provider_id == provider.id, visible_places(viewer)
    )
    return [*db.session.scalars(contracts), *db.session.scalars(places)]


def _promised(made: Iterable[Promise]) -> Iterator[Evidence]:
    """What was promised, from the day on which it binds; one answer for several lots is one line."""
    same: dict[tuple[date, str, str], list[Promise]] = {}
    for one in made:
        same.setdefault((one.held.starts_on, one.question, one.text), []).append(one)
    for (on, question, text), together in same.items():
        lots = sorted({one.held.agreement_lot.code for one in together})
        where = f"{'lot' if len(lots) == 1 else 'lots'} {', '.join(lots)}"
        words = textwrap.shorten(text, MOST_WORDS, placeholder=" …")
        yield Evidence(on, PROMISE, f"Promised, {where}: {question}", words, _address(together[0]))


def _look(promise: Promise, look: PromiseCheck) -> Evidence:
    kept = look.stage is PromiseStage.KEPT
    title = f"{'Kept' if kept else 'Not kept'}: {promise.question}"
    tone = "good" if kept else "bad"
    return Evidence(look.looked_on, PROMISE, title, look.evidence, _address(promise), tone)


def _address(promise: Promise) -> str:
    return f"{url_for('contracts.show', ref=promise.held.ref)}#{promise.ref}"


def _suspensions(provider: Provider, viewer: Viewer) -> Any:
    return (
        select(Suspension)
        .outerjoin(Suspension.contract)
        .outerjoin(Suspension.list_membership)
        .where(
            or_(
                (Contract.provider_id == provider.id) & visible_contracts(viewer),
                (ListMembership.provider_id == provider.id) & visible_places(viewer),
            )
        )
        .options(joinedload(Suspension.contract), joinedload(Suspension.list_membership))
        .order_by(Suspension.id)
    )
