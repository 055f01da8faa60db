"""What this room knows of a provider by day: whether promises are kept, and suspensions."""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.contracts.models import Contract, ListMembership, Promise, PromiseCheck
from portal.contracts.models_terms import Suspension
from portal.contracts.queries import promises_of_provider, visible_contracts, visible_places
from portal.db import db
from portal.providers.models import Provider
from portal.web import Evidence
from scoring.stages import PromiseStage

PROMISE, SUSPENSION = "Promise", "Suspension"
MOST_WORDS = 300  # characters of an answer; the whole stands on the page behind it


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """What was promised, every look at it, every suspension and every lifting, of what the viewer may see."""
    made = promises_of_provider(provider.id, viewer)
    yield from _promised(made)
    yield from (_look(promise, look) for promise in made for look in promise.checks)
    for one in db.session.scalars(_suspensions(provider, viewer)).unique():
        held: Any = one.contract or one.list_membership
        address = url_for("contracts.show", ref=held.ref)
        yield Evidence(one.from_on, SUSPENSION, "Suspended", one.reason, address, "bad")
        if one.lifted_on is not None:
            yield Evidence(one.lifted_on, SUSPENSION, "Lifted", one.lift_reason, address, "good")


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
