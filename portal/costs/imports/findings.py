"""What a person should know of a file before it is taken: overlaps, unknown codes, totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.costs.figures import store
from portal.costs.imports.checking import Check
from portal.costs.models import CostImport, FileKind, ImportStage
from portal.db import db
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.costs import DAYS_OF_A_WEEK
from scoring.rounding import rounded
from scoring.years import year_text

if TYPE_CHECKING:
    from portal.costs.figures.counting import Counted, Counting
    from portal.costs.figures.reckoning import Reckoned, Reckoner

MOST_LISTED = 50
MOST_COUNTED = 10_000  # pairs; a file with more of them is about something else
NOTHING: dict[str, Any] = {
    "overlaps": 0,
    "overlap_days": 0,
    "overlap_list": [],
    "vanished": 0,
    "without_birth": 0,
    "control": None,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a file, and the figures that come of its batch.

    Args:
        made_from: what the figures rest on. made: None while others of the batch wait.
    """

    told: dict[str, Any]
    made_from: str = ""
    made: "Reckoned | None" = None


def of(one: CostImport, judged: Check, batch: Sequence[int] | None) -> Found:
    """The findings of a checked file, as they are kept.

    The caller has committed its rows: they are read while others may write.

    Args:
        batch: the files that would count if they were taken now; None while some wait.
    """
    from portal.costs.figures.counting import Counting
    from portal.costs.figures.reckoning import Reckoner, reckon

    council = one.council
    with db.only_reading():
        used = judged.known.used
        files = store.files_of(council, batch or ())
        as_at = store.last_day(files)
        counting = Counting(council, db.session, [one.id], used.mapping)
        figures = Reckoner(counting.rows.mapping, as_at) if batch == [one.id] and as_at else None
        told = _told(one, judged) | _counted(one, counting, figures)
        if batch is None or as_at is None:
            return Found(told)
        made = figures.made if figures else reckon(council, db.session, as_at, batch, used.mapping)
        return Found(told, store.foundation_of(files, used.sha256), made)


def _told(one: CostImport, judged: Check) -> dict[str, Any]:
    return NOTHING | {
        "record": record_of(one.council),
        "unknown": dict(sorted(judged.unknown.items())),
        "missing_prices": judged.missing_prices,
        "same_file": _same_file(one),
        "replaces": bool(_same_year(one)),
    }


def _counted(one: CostImport, counting: "Counting", figures: "Reckoner | None") -> dict[str, Any]:
    """What only all rows of the council together tell."""
    found: dict[str, Any] = {}
    if one.kind is FileKind.EPISODES:
        rows = counting.rows
        found["vanished"] = len(rows.ended_by_rule)
        found["without_birth"] = sum(child not in rows.births for child in rows.lives)
    if one.kind is FileKind.HEADERS and figures is None:
        return found
    pairs, sevenths = _Pairs(one.as_at_on), 0
    for counted in counting.each():
        pairs.add(counted)
        sevenths += _sevenths(one, counted)
        if figures:
            figures.add(counted)
    if one.kind is not FileKind.HEADERS:
        found |= pairs.told()
    if one.control_year is not None and one.control_pence is not None:
        found["control"] = _control(one.control_year, one.control_pence, sevenths)
    return found


def record_of(council: Council) -> str:
    """A hash of the files that count now: it tells whether one was taken since."""
    refs = db.session.scalars(
        select(CostImport.ref)
        .where(CostImport.council_id == council.id, CostImport.stage == ImportStage.TAKEN)
        .order_by(CostImport.ref)
    )
    return sha256_of(canonical_json(list(refs)))


def _same_file(one: CostImport) -> str:
    """When the very same file was taken before; empty if never."""
    taken_at = db.session.scalar(
        select(CostImport.taken_at)
        .where(
            CostImport.council_id == one.council_id,
            CostImport.sha256 == one.sha256,
            CostImport.stage == ImportStage.TAKEN,
            CostImport.id != one.id,
        )
        .limit(1)
    )
    return f"{taken_at:%Y-%m-%d}" if taken_at else ""


def _same_year(one: CostImport) -> int | None:
    if one.return_year is None:
        return None
    return db.session.scalar(
        select(CostImport.id)
        .where(
            CostImport.council_id == one.council_id,
            CostImport.kind == FileKind.EPISODES,
            CostImport.stage == ImportStage.TAKEN,
            CostImport.return_year == one.return_year,
            CostImport.id != one.id,
        )
        .limit(1)
    )


class _Pairs:
    """Rows of one child that share days: how many pairs, how many days, the first of them."""

    def __init__(self, as_at: date) -> None:
        self._after_last = as_at.toordinal() + 1
        self._number = self._days = 0
        self._listed: list[dict[str, Any]] = []

    def add(self, counted: "Counted") -> None:
        from portal.costs.figures import tally

        found = tally.overlaps(counted.runs, self._after_last, MOST_COUNTED - self._number)
        self._number += len(found)
        self._days += int(found.days.sum())
        spells = counted.runs.spell
        for at in range(min(len(found), MOST_LISTED - len(self._listed))):
            self._listed.append(
                {
                    "one": _name(int(spells[found.one[at]]), counted),
                    "other": _name(int(spells[found.other[at]]), counted),
                    "from": f"{date.fromordinal(int(found.start[at]))}",
                    "days": int(found.days[at]),
                }
            )

    def told(self) -> dict[str, Any]:
        """As lines of a list: no number, no hash of a child."""
        return {
            "overlaps": self._number,
            "overlap_days": self._days,
            "overlap_list": self._listed,
        }


def _name(spell: int, counted: "Counted") -> str:
    kind = "Ledger" if spell < counted.ledger_rows else "Episode"
    provider, _ref = counted.behind.providers[counted.behind.provider[spell]]
    return f"{kind}, {provider or 'provider not known'}"


def _sevenths(one: CostImport, counted: "Counted") -> int:
    """Every row's cost in the year of the control total, in sevenths of a penny."""
    from portal.costs.figures import tally

    if one.control_year is None:
        return 0
    runs = counted.runs
    pieces = tally.cut(runs.only(runs.spell < counted.ledger_rows), one.as_at_on.toordinal() + 1)
    return int(pieces.sevenths[pieces.year == one.control_year].sum())


def _control(year: int, told: int, sevenths: int) -> dict[str, Any]:
    """Every row's cost in a year beside what the general ledger shows."""
    counted = rounded(Fraction(sevenths, DAYS_OF_A_WEEK))
    return {
        "year": year_text(year),
        "told": told,
        "counted": counted,
        "difference": counted - told,
    }
