"""What a report is asked for, and what its viewer may see of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.costs import policy
from portal.costs.figures import store
from portal.costs.figures.rows import Accept, Behind, CouncilRows, rows_of
from portal.costs.models import CostImport, ImportStage
from portal.costs.placement_types import versions as types
from portal.db import db
from portal.people.models import Council
from portal.tables import Absent
from portal.web import date_text
from scoring.costs import Cell, Cells, Run, Standing, Stretch
from scoring.placement_types import Mapping903
from scoring.returns import incomplete_years
from scoring.suppression import SUPPRESSION_RULE
from scoring.years import last_day, year_text

HIDDEN = Absent("hidden", "hidden, because the number is small")
YEARS_SHOWN = 5
USUAL_SEED, USUAL_AHEAD = 1, 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a report, as its address has them."""

    council: str = ""
    first_year: int | None = None
    last_year: int | None = None
    as_at: date | None = None
    provider: str = ""
    lot: str = ""
    seed: int = USUAL_SEED  # of what is drawn at random, as the next two for the forecast alone
    ahead: int = USUAL_AHEAD  # whole years after the current one
    rise_bp: int = 0  # of prices, each April


def councils(viewer: Viewer) -> Sequence[Council]:
    """The councils whose reports somebody reads: their own, never a partner's."""
    wanted = select(Council).order_by(Council.name)
    if not viewer.is_system:
        mine = viewer.councils_where(Permission.COST_READ)
        wanted = wanted.where(Council.id.in_(mine))
    return db.session.scalars(wanted).all()


def council_of(wanted: Wanted, viewer: Viewer) -> Council:
    """The council that is asked for, or the first of the viewer's.

    Raises:
        NotFound: it is not the viewer's.
    """
    for one in councils(viewer):
        if wanted.council in {"", one.slug}:
            return one
    raise NotFound


class Asked:
    """A report's council, day, years and rows, looked up when they are needed."""

    def __init__(self, wanted: Wanted, viewer: Viewer, *, as_reader: bool = False) -> None:
        """Args: as_reader: hide small numbers whoever asks, for what leaves the finance team."""
        self.council = council_of(wanted, viewer)
        self.sees_all = policy.sees_all_figures(viewer, self.council.id) and not as_reader
        if not self.sees_all:  # small numbers could be found by comparing narrow questions
            wanted = replace(wanted, as_at=None, provider="", lot="")
        self.wanted = wanted
        self._within: Run | None = None
        self.cannot_wait = False  # whether somebody looks at a page, and would rather come back
        self.known_until = store.as_at_of(self.council)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was brought in for this council yet."""
        return self.known_until is None

    @cached_property
    def as_at(self) -> date:
        """The last day that counts: never one of which nothing is known yet."""
        assert self.known_until is not None  # noqa: S101  an empty report is never drawn
        return min(self.wanted.as_at or self.known_until, self.known_until)

    @cached_property
    def mapping(self) -> Mapping903:
        return types.mapping_of(self.council)

    @cached_property
    def rows(self) -> CouncilRows:
        """All rows of the council, or those with a day among some."""
        return rows_of(self.council, within=self._within)

    def look_within(self, days: Run) -> None:
        """From now on look at rows with a day in some days only; figures are those of all rows."""
        self._within = days
        self.__dict__.pop("rows", None)

    @property
    def is_narrowed(self) -> bool:
        """Whether only some providers or lots count, for which no figures are kept."""
        return bool(self.wanted.provider or self.wanted.lot)

    def accepts(self, behind: Behind) -> bool:
        """Whether a row is among those asked for."""
        wanted = self.wanted
        return wanted.provider.casefold() in {"", behind.provider.casefold()} and wanted.lot in {
            "",
            behind.lot,
        }

    @property
    def accept(self) -> Accept | None:
        return self.accepts if self.is_narrowed else None

    def stretches(self) -> list[Stretch]:
        """The stretches that are asked for."""
        return list(self.rows.stretches(self.accept))

    @cached_property
    def cells(self) -> Cells:
        """Figures by year and type."""
        return self._cells(Standing.LOOKED_AFTER)

    @cached_property
    def care_leavers(self) -> Cells:
        """The same for placements from the 18th birthday on."""
        return self._cells(Standing.CARE_LEAVER)

    @cached_property
    def _is_kept(self) -> bool:
        """Whether the kept figures are those that are asked for."""
        return not self.is_narrowed and store.kept_until(self.council) == self.as_at

    def _cells(self, standing: Standing) -> Cells:
        if self._is_kept:
            return store.cells([self.council], standing=standing)
        from portal.costs.figures.reckoning import cells_of

        return cells_of(self.council, db.session, self.as_at, standing, self._choose)

    def part(self, name: str) -> Cells:
        """Figures that add up in another way (`portal.costs.figures.parts`)."""
        if self._is_kept:
            return store.part(self.council, name)
        from portal.costs.figures.reckoning import part_of

        return part_of(self.council, db.session, self.as_at, name, self._choose)

    def _choose(self, counted: Any) -> Any:
        return counted.only(self.wanted.provider, self.wanted.lot)

    def cell(self, year: int, kind: str) -> Cell:
        return self.cells.get((year, kind)) or Cell()

    def is_unpriced(self, year: int, kind: str) -> bool:
        """Whether there are days and no price of any: its cost is missing, and no nought."""
        cell = self.cell(year, kind)
        return bool(cell.child_days) and not cell.priced_days

    @cached_property
    def all_years(self) -> list[int]:
        """Every year of which there is a figure, up to the as-at date."""
        return sorted({year for year, _ in self.cells})

    @cached_property
    def years(self) -> list[int]:
        """The years to show: those asked for, else the last five."""
        first, last = self.wanted.first_year, self.wanted.last_year
        if first is None and last is None:
            return self.all_years[-YEARS_SHOWN:]
        return [year for year in self.all_years if self.is_in_range(year)]

    def is_in_range(self, year: int) -> bool:
        """Whether a year is among those asked for; all are where none is named."""
        first, last = self.wanted.first_year, self.wanted.last_year
        return (first is None or first <= year) and (last is None or year <= last)

    def rules(self, *used: str) -> list[str]:
        """The rules to print with a table, and that of small numbers where they are hidden."""
        return [*used] if self.sees_all else [*used, SUPPRESSION_RULE]

    def basis(self, year: int) -> str:
        """What a year's figures are: actual, to date, or incomplete, in words."""
        if year in self.incomplete:
            return f"Incomplete: {self.incomplete[year]}"
        if self.as_at < last_day(year):
            return f"Actual to {date_text(self.as_at)}"
        return "Actual"

    @cached_property
    def returned(self) -> frozenset[int]:
        """The years of the statutory returns that count."""
        years = db.session.scalars(
            select(CostImport.return_year).where(
                CostImport.council_id == self.council.id,
                CostImport.stage == ImportStage.TAKEN,
                CostImport.return_year.is_not(None),
            )
        )
        return frozenset(year for year in years if year is not None)

    @cached_property
    def incomplete(self) -> dict[int, str]:
        """Years that the statutory returns do not tell whole."""
        return incomplete_years(self.returned, self.all_years)

    @cached_property
    def kinds(self) -> list[str]:
        """The types of placement with anybody in them in the years shown, in the mapping's order."""
        there = {kind for (year, kind) in self.cells if year in self.years}
        return [key for key in self.mapping.types if key in there]

    def title_of(self, kind: str) -> str:
        return self.mapping.types[kind].title if kind in self.mapping.types else kind

    @property
    def filters(self) -> dict[str, str]:
        """What is printed of the filters."""
        told = {"Council": self.council.name}
        if self.years:
            told["Years"] = f"{year_text(self.years[0])} to {year_text(self.years[-1])}"
        if self.wanted.provider:
            told["Provider"] = self.wanted.provider
        if self.wanted.lot:
            told["Lot"] = self.wanted.lot
        return told

    @property
    def address(self) -> dict[str, Any]:
        """The filters as parts of an address."""
        wanted = self.wanted
        told = {
            "council": self.council.slug,
            "from_year": wanted.first_year and year_text(wanted.first_year),
            "to_year": wanted.last_year and year_text(wanted.last_year),
            "as_at": wanted.as_at and wanted.as_at.isoformat(),
            "provider": wanted.provider,
            "lot": wanted.lot,
            "seed": wanted.seed if wanted.seed != USUAL_SEED else None,
            "ahead": wanted.ahead if wanted.ahead != USUAL_AHEAD else None,
            "rise": wanted.rise_bp / 100 if wanted.rise_bp else None,
        }
        return {name: value for name, value in told.items() if value}

    @property
    def source(self) -> str:
        return f"Placements and costs that {self.council.name} brought in"
