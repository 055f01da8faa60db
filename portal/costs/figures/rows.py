"""The taken rows of a council as stretches of days: what every figure is counted from."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session

from portal.contracts.models import (
    Contract,
    ContractCouncil,
    ListMembership,
    MembershipCouncil,
    Rate,
)
from portal.costs.models import (
    BirthRow,
    CostImport,
    EpisodeRow,
    FileKind,
    ImportStage,
    LedgerEntry,
)
from portal.costs.placement_types import versions as types
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Registration
from portal.rounds.models import AgreementLot
from scoring.ages import USUAL_BANDS
from scoring.costs import PriceSource, Run, Stretch
from scoring.placement_types import OTHER, Mapping903
from scoring.precedence import (
    FOREVER,
    ContractRate,
    Episode,
    LedgerRow,
    adult_from,
    of_row,
    stretches,
)
from scoring.returns import Life, ReturnedEpisode, incomplete_years, lives

LEDGER, EPISODE = "L", "E"
CORE = "core-weekly-price"
FOSTERING, SUPPORTED = frozenset({"ifa", "preferred-ifa"}), frozenset({"sixteen-plus"})
Accept = Callable[["Behind"], bool]


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a stretch: the row of a ledger, or the episode."""

    provider: str
    provider_ref: str = ""
    lot: str = ""
    purchase: str = ""
    distance_tenths: int | None = None  # of a mile
    outside: bool | None = None  # the council's area; None where it is not known
    shares_bp: tuple[int, ...] | None = None  # in the order of scoring.funding.FUNDERS


@dataclass(slots=True)
class CouncilRows:
    """The rows of one council that count, child by child."""

    council: Council
    mapping: Mapping903
    ledger: dict[str, list[Row[Any]]]
    lives: dict[str, list[Life]]
    births: dict[str, date]
    rates: list[ContractRate]
    returned: frozenset[int] = frozenset()
    _by_spell: dict[str, Any] = field(default_factory=dict)

    @property
    def children(self) -> list[str]:
        """Every child, in order."""
        return sorted(self.ledger.keys() | self.lives.keys())

    def stretches(self, accept: Accept | None = None) -> Iterator[Stretch]:
        """All stretches, those of one child together.

        Args:
            accept: which of them, by what stands behind; a row that is left out still holds the
                contract's rate back.
        """
        for child in self.children:
            for one in self.of_child(child):
                if accept is None or accept(self.behind(one.spell)):
                    yield one

    def of_child(self, child: str) -> list[Stretch]:
        """The stretches of one child."""
        rows, own = self.ledger.get(child, ()), self.lives.get(child, ())
        birth = self.births.get(child)
        if not own:  # only the 18th birthday can cut these rows
            adult = adult_from(birth)
            return [one for row in rows for one in _of_row(row, adult)]
        return self.beside(child, [_ledger_row(row) for row in rows], birth)

    def beside(self, child: str, rows: Sequence[LedgerRow], birth: date | None) -> list[Stretch]:
        """The stretches of a child of whom episodes tell, with the rows of ledgers beside them."""
        return stretches(
            [self._episode(life.episode) for life in self.lives[child]],
            rows,
            self.rates,
            birth_month=birth,
            bands=USUAL_BANDS,
        )

    def _episode(self, one: ReturnedEpisode) -> Episode:
        kind = self.mapping.of_codes(one.place, one.provider_code) or OTHER
        return Episode(
            one.child,
            one.ref,
            kind,
            one.arrival,
            one.departure,
            one.legal_status,
            one.urn.casefold(),
        )

    def behind(self, spell: str) -> Behind:
        """The provider and lot of a stretch's row."""
        if not self._by_spell:
            self._by_spell = {
                f"{LEDGER}{row.id}": row for own in self.ledger.values() for row in own
            }
            self._by_spell |= {
                life.episode.ref: life.episode for own in self.lives.values() for life in own
            }
        row = self._by_spell[spell]
        if isinstance(row, ReturnedEpisode):
            name = row.urn and f"URN {row.urn}"
            return Behind(name, distance_tenths=row.distance_tenths, outside=row.outside)
        shares = None
        if row.social_bp is not None:
            shares = (row.social_bp, row.education_bp, row.health_bp, row.grant_bp, row.other_bp)
        return Behind(
            row.provider or "In house",
            row.provider_ref,
            row.lot,
            row.purchase,
            row.distance_tenths,
            None,
            shares,
        )

    def reference(self, spell: str) -> str:
        """The reference of a ledger's placement."""
        self.behind(spell)  # so that rows can be found by their spell
        return str(self._by_spell[spell].placement_ref)

    def incomplete(self, years: Sequence[int]) -> dict[int, str]:
        """The years that the returns do not tell whole, with the reason."""
        return incomplete_years(self.returned, years)

    @property
    def ended_by_rule(self) -> list[Life]:
        """Open episodes that never came back."""
        return [life for own in self.lives.values() for life in own if life.ended_by_rule]


def _of_row(row: Row[Any], adult: int) -> Sequence[Stretch]:
    """A row of a ledger without an episode beside it; most are one stretch."""
    number, child, _reference, kind, starts, ends, pence = row[:7]
    end = None if ends is None else ends.toordinal()
    if (end or FOREVER) > adult:
        return list(of_row(_ledger_row(row), adult))
    source = PriceSource.LEDGER if pence else PriceSource.MISSING
    return (
        Stretch(child, kind, starts.toordinal(), end, pence or None, f"{LEDGER}{number}", source),
    )


def _ledger_row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(
        row.child, f"{LEDGER}{row.id}", row.type, row.starts_on, row.ends_on, row.weekly_pence
    )


def rows_of(
    council: Council,
    session: Session | None = None,
    *,
    also: Collection[int] = (),
    ledgers: bool = True,
    mapping: Mapping903 | None = None,
    within: Run | None = None,
) -> CouncilRows:
    """Everything that counts of a council. Seven statements, eight within some days.

    Args:
        also: imports that are not taken yet, to see what would come of them.
        ledgers: whether to read the rows of ledgers, of which there may be very many.
        mapping: of placement types, where it was read already.
        within: leave out rows of ledgers without a day in these, which change nothing about them:
            prices are looked up day by day.
    """
    reader = session or db.session
    taken = list(reader.execute(counting(council, also)))
    ids = {kind: [one.id for one in taken if one.kind is kind] for kind in FileKind}
    wanted = ids[FileKind.LEDGER] + ids[FileKind.STANDARD] if ledgers else []
    years = {one.id: one.return_year for one in taken if one.kind is FileKind.EPISODES}
    ledger = (
        {
            child: list(own)
            for child, own in groupby(
                reader.execute(_ledger(wanted, ids[FileKind.STANDARD], within)), key=itemgetter(1)
            )
        }
        if wanted
        else {}
    )
    own_lives = _lives(reader, years) if years else {}
    return CouncilRows(
        council=council,
        mapping=mapping or types.mapping_of(council),
        ledger=ledger,
        lives=own_lives,
        births=_births(reader, ids[FileKind.HEADERS], _told_by(reader, wanted, ledger, within)),
        rates=_rates(reader, council, own_lives) if own_lives else [],
        returned=frozenset(years.values()),
    )  # fmt: skip


def counting(council: Council, also: Collection[int] = ()) -> Select[Any]:
    """The files that count: number, kind, year of a return."""
    counts = CostImport.stage == ImportStage.TAKEN
    if also:
        counts = or_(counts, CostImport.id.in_(list(also)))
    return select(CostImport.id, CostImport.kind, CostImport.return_year).where(
        CostImport.council_id == council.id, counts
    )


def _ends(standard: Collection[int]) -> ColumnElement[Any]:
    """An entry of the national standard holds until the child's next one, of whichever file."""
    if not standard:
        return LedgerEntry.ends_on.expression
    is_standard = LedgerEntry.import_id.in_(standard)
    following = func.lead(LedgerEntry.starts_on, type_=Date).over(
        partition_by=[LedgerEntry.child, is_standard], order_by=LedgerEntry.starts_on
    )
    return case((is_standard, following), else_=LedgerEntry.ends_on).label("ends_on")


def _in_days(standard: Collection[int], within: Run) -> ColumnElement[bool]:
    """Rows with a day in some days, and maybe more; where an entry of the standard ends is not known yet."""
    first, after = map(date.fromordinal, within)
    ends = [LedgerEntry.ends_on.is_(None), LedgerEntry.ends_on > first]
    if standard:
        ends.append(LedgerEntry.import_id.in_(standard))
    return (LedgerEntry.starts_on < after) & or_(*ends)


def _ledger(imports: Collection[int], standard: Collection[int], within: Run | None) -> Select[Any]:
    return (
        select(
            LedgerEntry.id,
            LedgerEntry.child,
            LedgerEntry.placement_ref,
            LedgerEntry.type,
            LedgerEntry.starts_on,
            _ends(standard),
            LedgerEntry.weekly_pence,
            LedgerEntry.birth_month,
            LedgerEntry.provider,
            LedgerEntry.provider_ref,
            LedgerEntry.lot,
            LedgerEntry.purchase,
            LedgerEntry.distance_tenths,
            LedgerEntry.social_bp,
            LedgerEntry.education_bp,
            LedgerEntry.health_bp,
            LedgerEntry.grant_bp,
            LedgerEntry.other_bp,
        )
        .where(
            LedgerEntry.import_id.in_(imports),
            *([] if within is None else [_in_days(standard, within)]),
        )
        .order_by(LedgerEntry.child, LedgerEntry.starts_on, LedgerEntry.id)
    )


def _lives(reader: Session, years: Mapping[int, int | None]) -> dict[str, list[Life]]:
    """The episodes of every return, each as the latest return tells it."""
    returns: dict[int, list[ReturnedEpisode]] = {year or 0: [] for year in years.values()}
    for row in reader.execute(
        select(
            EpisodeRow.id,
            EpisodeRow.import_id,
            EpisodeRow.child,
            EpisodeRow.arrives_on,
            EpisodeRow.departs_on,
            EpisodeRow.legal_status,
            EpisodeRow.place,
            EpisodeRow.provider_code,
            EpisodeRow.urn,
            EpisodeRow.distance_tenths,
            EpisodeRow.outside,
        ).where(EpisodeRow.import_id.in_(list(years)))
    ):
        returns[years[row.import_id] or 0].append(
            ReturnedEpisode(
                row.child,
                row.arrives_on,
                row.departs_on,
                row.legal_status,
                row.place,
                row.provider_code,
                row.urn,
                f"{EPISODE}{row.id}",
                row.distance_tenths,
                row.outside,
            )
        )
    found: dict[str, list[Life]] = {}
    for life in lives(returns):
        found.setdefault(life.episode.child, []).append(life)
    return found


def _told_by(
    reader: Session,
    imports: Collection[int],
    ledger: Mapping[str, Sequence[Row[Any]]],
    within: Run | None,
) -> Iterator[tuple[str, date, int]]:
    """Month of birth of each child by the rows of ledgers, and by how many; by all, also within some days."""
    if within is None:
        for child, own in ledger.items():
            months = Counter(row.birth_month for row in own if row.birth_month is not None)
            yield from ((child, month, rows) for month, rows in months.items())
        return
    if imports:
        told = (LedgerEntry.child, LedgerEntry.birth_month)
        wanted = (LedgerEntry.import_id.in_(imports)) & LedgerEntry.birth_month.is_not(None)
        found = reader.execute(select(*told, func.count()).where(wanted).group_by(*told))
        yield from ((child, month, rows) for child, month, rows in found if month is not None)


def _births(
    reader: Session, headers: Collection[int], by_ledgers: Iterable[tuple[str, date, int]]
) -> dict[str, date]:
    """The month that most files tell, headers before ledgers; of as many, the earlier.

    So the order in which files came in changes nothing.
    """
    told: dict[str, Counter[date]] = defaultdict(Counter)
    if headers:
        for child, month in reader.execute(
            select(BirthRow.child, BirthRow.birth_month).where(BirthRow.import_id.in_(headers))
        ):
            told[child][month] += 1
    with_headers = frozenset(told)
    for child, month, rows in by_ledgers:
        if child not in with_headers:
            told[child][month] += rows
    return {
        child: min(months, key=lambda month: (-months[month], month))
        for child, months in told.items()
    }


def _rates(
    reader: Session, council: Council, own_lives: Mapping[str, Sequence[Life]]
) -> list[ContractRate]:
    """The weekly rates of the providers that the episodes name, of lists and of this council."""
    urns = {life.episode.urn.casefold() for own in own_lives.values() for life in own} - {""}
    by_provider: dict[int, list[str]] = {}
    for urn, provider_id in reader.execute(select(Registration.urn, Registration.provider_id)):
        if urn.casefold() in urns:
            by_provider.setdefault(provider_id, []).append(urn.casefold())
    if not by_provider:
        return []
    rates = reader.execute(
        select(Rate, AgreementLot.code, AgreementLot.category)
        .join(Rate.agreement_lot)
        .where(Rate.provider_id.in_(list(by_provider)), _holds_for(council))
        .order_by(Rate.id)
    )
    return [
        ContractRate(
            urn,
            f"{rate.agreement_lot_id}",
            rate.item_key.removeprefix("age-") if rate.item_key != CORE else "",
            FOSTERING if category.startswith("fostering") else SUPPORTED,
            rate.amount_pence,
            rate.from_on,
            rate.until_on,
        )
        for rate, _code, category in rates
        if rate.item_key == CORE or rate.item_key.startswith("age-")
        for urn in by_provider[rate.provider_id]
    ]


def _holds_for(council: Council) -> ColumnElement[bool]:
    """Rates of lists and contracts that this council buys by, and its own spot rates."""
    listed = (
        select(ListMembership.id)
        .join(MembershipCouncil)
        .where(
            MembershipCouncil.council_id == council.id,
            ListMembership.provider_id == Rate.provider_id,
            ListMembership.agreement_lot_id == Rate.agreement_lot_id,
        )
        .exists()
    )
    bought = (
        select(Contract.id)
        .join(ContractCouncil)
        .where(
            ContractCouncil.council_id == council.id,
            Contract.provider_id == Rate.provider_id,
            Contract.agreement_lot_id == Rate.agreement_lot_id,
        )
        .exists()
    )
    return or_(Rate.council_id == council.id, Rate.council_id.is_(None) & (listed | bought))
