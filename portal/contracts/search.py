"""What a search finds here: the contracts and places on lists that the viewer may see."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.access import Permission, Viewer
from portal.contracts.models import Contract, ListMembership
from portal.contracts.queries import visible_contracts, visible_places
from portal.db import db
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementLot
from portal.searching import containing
from portal.web import Hit


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """By title, agreement, lot, provider and reference. Prices and promises are not searched."""
    if not viewer.may(Permission.CONTRACT_READ):
        return
    seen: tuple[tuple[Any, Any, str], ...] = (
        (Contract, visible_contracts(viewer), "Contract"),
        (ListMembership, visible_places(viewer), "Place on a list"),
    )
    for kind, may_see, word in seen:
        titles = (Contract.title,) if kind is Contract else ()
        wanted = (
            select(kind)
            .join(kind.provider)
            .join(kind.agreement_lot)
            .join(AgreementLot.agreement)
            .where(
                may_see,
                containing(
                    words, *titles, kind.ref, Provider.name, Agreement.title, AgreementLot.title
                ),
            )
            .options(
                contains_eager(kind.provider),
                contains_eager(kind.agreement_lot).contains_eager(AgreementLot.agreement),
            )
            .order_by(kind.ends_on.desc(), kind.id)
        )
        for one in db.session.scalars(wanted.limit(limit)).unique():
            yield Hit(one.title, url_for("contracts.show", ref=one.ref), word, one.provider.name)
