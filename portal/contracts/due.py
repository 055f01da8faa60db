"""What waits for somebody in this room."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select

from portal.access import Permission, Role, Viewer
from portal.contracts import policy_uplifts, queries_frameworks, queries_held, queries_uplifts
from portal.contracts.dates import what
from portal.contracts.models import (
    Contract,
    ContractCouncil,
    ListMembership,
    MembershipCouncil,
)
from portal.contracts.models_terms import ExtensionOption
from portal.days import end_of, today
from portal.db import db
from portal.web import Due

SOON = timedelta(days=90)
PLANNED = timedelta(days=365)


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """Extensions to decide on, and entries that wait for a second look."""
    if viewer.may(Permission.CONTRACT_EDIT):
        yield from _extensions(viewer, now)
        yield from _entries(viewer)
        yield from _duties(viewer, now)
    yield from _uplifts(viewer)


def _extensions(viewer: Viewer, now: datetime) -> Iterator[Due]:
    on, own = today(now), viewer.councils_as(Role.COMMISSIONER)
    for kind, part in ((Contract, ContractCouncil), (ListMembership, MembershipCouncil)):
        for option in db.session.scalars(_soon(kind, part, own, on)).unique():
            if queries_held.is_next(option) and option.held.ends_on >= on:
                yield Due(
                    f"Decide on an extension: {option.held.provider.name}, {what(option.held)}",
                    url_for("contracts.show", ref=option.held.ref),
                    due_at=end_of(option.decide_by_on),
                    note=option.held.title,
                    tag="Contract",
                )


def _soon(kind: Any, part: Any, own: frozenset[int], on: Any) -> Any:
    link = part.contract_id if kind is Contract else part.list_membership_id
    bought = kind.id.in_(select(link).where(part.council_id.in_(own)))
    return queries_held.open_options(bought, kind).where(ExtensionOption.decide_by_on <= on + SOON)


def _duties(viewer: Viewer, now: datetime) -> Iterator[Due]:
    on = today(now)
    for one in queries_frameworks.frameworks(viewer):
        if one.next is not None and one.next.by_on <= on + PLANNED:
            yield Due(
                f"Plan what the open framework owes: {one.agreement.title}",
                url_for("contracts.framework", ref=one.agreement.ref),
                due_at=end_of(one.next.by_on),
                note=one.next.words,
                tag="Contract",
            )


def _uplifts(viewer: Viewer) -> Iterator[Due]:
    for one in queries_uplifts.waiting(viewer):
        if policy_uplifts.may_recommend(viewer, one):
            words = "Recommend on an uplift"
        elif policy_uplifts.may_decide(viewer, one):
            words = "Decide on an uplift"
        else:
            continue
        address = url_for("contracts.uplift", ref=one.ref)
        yield Due(f"{words}: {one.held.provider.name}", address, note=one.held.title, tag="Uplift")


def _entries(viewer: Viewer) -> Iterator[Due]:
    for entry in queries_held.entries_waiting(viewer):
        if entry.proposed_by_id != viewer.person_id:
            yield Due(
                f"Take a second look: {entry.provider.name}, entered by hand",
                url_for("contracts.entry", ref=entry.ref),
                note=f"{entry.proposed_by.name} entered it.",
                tag="Contract",
            )
