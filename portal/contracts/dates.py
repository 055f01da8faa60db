"""What contracts and places on lists put on the calendar: decisions, ends, and frameworks' duties."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Permission, Viewer
from portal.contracts import queries_frameworks, queries_held
from portal.contracts.models import Contract, ListMembership
from portal.contracts.queries import visible_contracts, visible_places
from portal.db import db
from portal.rounds.models import AgreementLot
from portal.web import CalendarEntry
from scoring.stages import MembershipStage

KIND = "contract"
Agreed = Contract | ListMembership


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """What falls due between two days of what the viewer may see. A constant number of statements."""
    if not viewer.may(Permission.CONTRACT_READ):
        return
    for kind, seen in _kinds(viewer):
        yield from _ends(kind, seen, from_on, until_on)
        if viewer.council_ids:
            yield from _decisions(kind, seen, from_on, until_on)
    if viewer.councils_where(Permission.CONTRACT_READ):
        yield from _duties(viewer, from_on, until_on)


def _kinds(viewer: Viewer) -> list[tuple[Any, Any]]:
    return [(Contract, visible_contracts(viewer)), (ListMembership, visible_places(viewer))]


def _ends(kind: Any, seen: Any, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    wanted = select(kind).where(seen, kind.ends_on.between(from_on, until_on))
    if kind is ListMembership:
        wanted = wanted.where(kind.stage != MembershipStage.ENDED)
    loaded = wanted.options(
        joinedload(kind.provider),
        selectinload(kind.councils),
        joinedload(kind.agreement_lot).joinedload(AgreementLot.agreement),
    )
    for one in db.session.scalars(loaded).unique():
        yield _entry(one.ends_on, one, f"{what(one)} ends")


def _decisions(kind: Any, seen: Any, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    wanted = queries_held.open_options(seen, kind).where(
        queries_held.ExtensionOption.decide_by_on.between(from_on, until_on)
    )
    for option in db.session.scalars(wanted).unique():
        if queries_held.is_next(option):
            words = f"decide on extension {option.number} of the {what(option.held)}"
            yield _entry(option.decide_by_on, option.held, words)


def _duties(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    for one in queries_frameworks.frameworks(viewer):
        for duty in one.duties:
            if from_on <= duty.by_on <= until_on:
                title = f"{one.agreement.title}: duty of the open framework"
                address = url_for("contracts.framework", ref=one.agreement.ref)
                yield CalendarEntry(duty.by_on, title, address, KIND, duty.words, one.council_ids)


def what(held: Agreed) -> str:
    """What it is, in a word or two."""
    if isinstance(held, Contract):
        return "contract"
    return f"place on lot {held.agreement_lot.code}"


def _entry(on: date, held: Agreed, words: str) -> CalendarEntry:
    return CalendarEntry(
        on,
        f"{held.provider.name}: {words}",
        url_for("contracts.show", ref=held.ref),
        KIND,
        held.title,
        held.council_ids,
    )
