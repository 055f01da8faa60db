"""What this room knows of a provider by day: whether promises are kept, and suspensions."""

from collections.abc import Iterator
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access import Viewer
from portal.contracts.models import Contract, ListMembership, Promise, PromiseCheck
from portal.contracts.models_terms import Suspension
from portal.contracts.queries import visible_contracts, visible_places
from portal.db import db
from portal.providers.models import Provider
from portal.web import Evidence
from scoring.stages import PromiseStage

PROMISE, SUSPENSION = "Promise", "Suspension"


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """Every look at a promise, every suspension and every lifting, of what the viewer may see."""
    looks = db.session.scalars(
        select(PromiseCheck)
        .join(PromiseCheck.promise)
        .join(Promise.contract)
        .where(Contract.provider_id == provider.id, visible_contracts(viewer))
        .options(contains_eager(PromiseCheck.promise).contains_eager(Promise.contract))
        .order_by(PromiseCheck.id)
    )
    for look in looks:
        kept = look.stage is PromiseStage.KEPT
        yield Evidence(
            look.looked_on,
            PROMISE,
            f"{'Kept' if kept else 'Not kept'}: {look.promise.question}",
            look.evidence,
            f"{url_for('contracts.show', ref=look.promise.contract.ref)}#{look.promise.ref}",
            "good" if kept else "bad",
        )
    for one in db.session.scalars(_suspensions(provider, viewer)).unique():
        held: Any = one.contract or one.list_membership
        address = url_for("contracts.show", ref=held.ref)
        yield Evidence(one.from_on, SUSPENSION, "Suspended", one.reason, address, "bad")
        if one.lifted_on is not None:
            yield Evidence(one.lifted_on, SUSPENSION, "Lifted", one.lift_reason, address, "good")


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
