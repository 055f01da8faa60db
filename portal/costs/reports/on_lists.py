"""Which days of a placement were with a provider of a list or contract of the council's."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from sqlalchemy import select

from portal.contracts.models import (
    Contract,
    ContractCouncil,
    ListMembership,
    MembershipCouncil,
)
from portal.costs.figures.rows import FOSTERING, Behind
from portal.costs.reports.asking import Asked
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Provider, Registration
from portal.rounds.models import AgreementLot
from scoring.costs import Run, Stretch
from scoring.precedence import FOREVER, merged, without

LISTED, OUTSIDE, UNKNOWN = "list", "outside", "unknown"
STANDINGS = {
    LISTED: "On a list or contract",
    OUTSIDE: "Outside",
    UNKNOWN: "Provider not in the register",
}
FOSTER_CARE, SUPPORTED_CARE = "ifa-fostering", "sixteen-plus"
CARE = {
    "preferred-ifa": FOSTER_CARE,
    "non-preferred-ifa": FOSTER_CARE,
    **dict.fromkeys(FOSTERING, FOSTER_CARE),
    "sixteen-plus": SUPPORTED_CARE,
}
CARE_TITLES = {FOSTER_CARE: "IFA fostering", SUPPORTED_CARE: "16+ supported accommodation"}
BY_WORD = {"preferred-ifa": LISTED, "non-preferred-ifa": OUTSIDE}
LIST_RULES = (
    (
        "On a list or contract: the days on which the provider has a place on a list, or a contract, "
        "of this council for a lot of the same care (fostering lots for IFA fostering, all others for "
        "16+). A suspension stops new placements and changes nothing here. Where a ledger itself says "
        "preferred or non-preferred, the ledger counts."
    ),
    (
        "Outside: days with a provider of the register without such a place. A provider that the "
        "register does not know is neither, and stands in a line of its own."
    ),
)


class OnLists:
    """The places and contracts of a council's providers, as days. Four statements."""

    def __init__(self, council: Council) -> None:
        self._held: dict[tuple[str, str], list[Run]] = {
            place: merged(runs) for place, runs in _held(council).items()
        }
        self._known = set(db.session.scalars(select(Provider.ref)))
        self._by_urn = {
            f"urn {urn}".casefold(): ref
            for urn, ref in db.session.execute(
                select(Registration.urn, Provider.ref).join(Registration.provider)
            )
        }

    def provider_of(self, name: str, ref: str) -> str:
        """The reference of a provider in the register; empty where it is not there.

        Args:
            name, ref: as a row has them; an episode has a URN for a name.
        """
        found = ref or self._by_urn.get(name.casefold(), "")
        return found if found in self._known else ""

    def held(self, provider: tuple[str, str], kind: str) -> list[Run] | None:
        """The days of a provider's places for a type of placement; None where nobody knows it."""
        ref = self.provider_of(*provider)
        return self._held.get((ref, CARE[kind]), []) if ref else None

    def parts(self, one: Stretch, behind: Behind) -> Iterator[tuple[str, Stretch]]:
        """A stretch, cut where a place begins or ends, each part with its standing."""
        held = self.held((behind.provider, behind.provider_ref), one.type)
        if one.type in BY_WORD or held is None:
            yield BY_WORD.get(one.type, UNKNOWN), one
            return
        whole = (one.start, FOREVER if one.end is None else one.end)
        outside = list(without(whole, held))
        for run in outside:
            yield OUTSIDE, _cut(one, run)
        for run in without(whole, outside):
            yield LISTED, _cut(one, run)

    def sorted(self, asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """Stretches by care and standing, as `care|standing`; without what no list is for."""
        for one in stretches:
            if one.type in CARE:
                for standing, part in self.parts(one, asked.rows.behind(one.spell)):
                    yield part._replace(type=f"{CARE[one.type]}|{standing}")


def _cut(one: Stretch, run: Run) -> Stretch:
    return one._replace(start=run[0], end=None if run[1] == FOREVER else run[1])


def _held(council: Council) -> dict[tuple[str, str], list[Run]]:
    found: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for model, part, key in (
        (ListMembership, MembershipCouncil, MembershipCouncil.list_membership_id),
        (Contract, ContractCouncil, ContractCouncil.contract_id),
    ):
        wanted = (
            select(Provider.ref, AgreementLot.category, model.starts_on, model.ends_on)
            .select_from(model)
            .join(part, key == model.id)
            .join(Provider, Provider.id == model.provider_id)
            .join(AgreementLot, AgreementLot.id == model.agreement_lot_id)
            .where(part.council_id == council.id)
        )
        for ref, category, starts, ends in db.session.execute(wanted):
            care = FOSTER_CARE if category.startswith("fostering") else SUPPORTED_CARE
            after = ends + timedelta(days=1)
            found[ref, care].append((starts.toordinal(), after.toordinal()))
    return found
