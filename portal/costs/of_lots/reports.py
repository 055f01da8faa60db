"""Reports on the providers of one lot: who is asked about, and which reports there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from werkzeug.exceptions import NotFound

from portal.access import OrganisationKind, Permission, Post, Role, Viewer
from portal.contracts import queries as contracts
from portal.costs.of_lots.priced import Like, like_named
from portal.costs.reports.kinds import Report
from portal.people.models import Council
from portal.rounds.models import Agreement, AgreementLot


@dataclass(frozen=True, slots=True)
class LotAsked:
    """A lot, what its prices are compared for, the day, and who asks."""

    viewer: Viewer
    agreement: Agreement
    lot: AgreementLot
    like: Like
    on: date

    @property
    def filters(self) -> dict[str, str]:
        """What is printed of the filters."""
        return {
            "List": self.agreement.title,
            "Lot": f"{self.lot.code} {self.lot.title}",
            "Price for": self.like.words,
        }

    @property
    def address(self) -> dict[str, str]:
        """The filters as parts of an address."""
        lot = f"{self.agreement.ref}.{self.lot.code}"
        return {"lot": lot, "like": self.like.address, "on": self.on.isoformat()}


@dataclass(frozen=True, slots=True)
class LotKind:
    """A kind of report on a lot."""

    key: str
    title: str
    answers: str
    make: Callable[[LotAsked], Report]


LOT_KINDS: dict[str, LotKind] = {}


def lot_report(key: str, title: str, answers: str) -> Callable[[Callable[[LotAsked], Report]], Any]:
    """Register what makes a kind of report on a lot."""

    def register(make: Callable[[LotAsked], Report]) -> Callable[[LotAsked], Report]:
        LOT_KINDS[key] = LotKind(key, title, answers, make)
        return make

    return register


def asked_of(viewer: Viewer, lot: str, like: str, on: date) -> LotAsked:
    """What is asked about: the first lot where none is named.

    Args:
        lot: reference of the agreement, a dot, code of the lot. like: hours, or an age band.

    Raises:
        NotFound: it is not the viewer's, or there is none.
    """
    if not viewer.may(Permission.RATE_COMPARE):
        raise NotFound
    for agreement in contracts.agreements(viewer):
        for one in agreement.lots:
            if lot in {"", f"{agreement.ref}.{one.code}"}:
                return LotAsked(viewer, agreement, one, like_named(one, like), on)
    raise NotFound


def as_finance_of(council: Council) -> Viewer:
    """The portal, asking with the eyes of a council's finance team: for commands."""
    post = Post(Role.FINANCE, council.id, OrganisationKind.COUNCIL, council.name)
    return Viewer(person_id=None, name="The portal", posts=(post,), ref="system", is_system=True)
