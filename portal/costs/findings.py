"""What a person should know of a file before it is taken: overlaps, unknown codes, totals."""

from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import select

from portal.costs.checking import Check
from portal.costs.models import CostImport, FileKind, ImportStage
from portal.costs.rows import EPISODE, LEDGER, CouncilRows, rows_of
from portal.db import db
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.costs import Overlap, cost_of, end_of, overlaps
from scoring.rounding import rounded
from scoring.years import bounds, year_text

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


def of(one: CostImport, judged: Check) -> dict[str, Any]:
    """The findings of a checked file, as they are kept."""
    db.session.flush()
    rows = rows_of(one.council, also=[one.id])
    found = NOTHING | {
        "record": record_of(one.council),
        "unknown": dict(sorted(judged.unknown.items())),
        "missing_prices": judged.missing_prices,
        "same_file": _same_file(one),
        "replaces": bool(_same_year(one)),
    }
    if one.kind is not FileKind.HEADERS:
        found |= _overlaps(rows, one.as_at_on)
    if one.kind is FileKind.EPISODES:
        found["vanished"] = len(rows.ended_by_rule)
        found["without_birth"] = sum(child not in rows.births for child in rows.lives)
    if one.control_year is not None and one.control_pence is not None:
        found["control"] = _control(one, rows)
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


def _overlaps(rows: CouncilRows, as_at: date) -> dict[str, Any]:
    found = list(islice(overlaps(rows.stretches(), as_at=as_at), MOST_COUNTED))
    listed = [_told(one, rows) for one in found[:MOST_LISTED]]
    days = sum(one.days for one in found)
    return {"overlaps": len(found), "overlap_days": days, "overlap_list": listed}


def _told(one: Overlap, rows: CouncilRows) -> dict[str, Any]:
    """An overlap as a line of a list: no number, no hash of a child."""
    first, second = (_name(spell, rows) for spell in (one.one.spell, one.other.spell))
    day = date.fromordinal(one.start)
    return {"one": first, "other": second, "from": f"{day}", "days": one.days}


def _name(spell: str, rows: CouncilRows) -> str:
    behind = rows.behind(spell)
    kind = {LEDGER: "Ledger", EPISODE: "Episode"}[spell[0]]
    return f"{kind}, {behind.provider or 'provider not known'}"


def _control(one: CostImport, rows: CouncilRows) -> dict[str, Any]:
    """Every row's cost in a year beside what the general ledger shows."""
    assert one.control_year is not None  # noqa: S101  asked by whoever calls
    first, after = bounds(one.control_year)
    last = min(after, one.as_at_on.toordinal() + 1)
    total = sum(
        cost_of(stretch.weekly_pence, max(0, end_of(stretch, last) - max(stretch.start, first)))
        for stretch in rows.stretches()
        if stretch.weekly_pence and stretch.spell.startswith(LEDGER)
    )
    counted = rounded(total)
    return {
        "year": year_text(one.control_year),
        "told": one.control_pence,
        "counted": counted,
        "difference": counted - (one.control_pence or 0),
    }
