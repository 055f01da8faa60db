"""What is drawn for a forecast: at once, or by a worker where a page would wait too long.

What a worker drew is kept with a hash of the question and of everything that the figures rest on, so
that it is never shown for other files than it was drawn from.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select

from portal import queue
from portal.access import Viewer
from portal.costs.figures import store
from portal.costs.forecasts.learning import DAY, Ahead, History, Range, year_from, years_ahead
from portal.costs.forecasts.models import CostForecast
from portal.costs.models import CostImport, ImportStage
from portal.costs.reports.asking import Asked, Wanted
from portal.db import db
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.flows import Flows
from scoring.years import first_day, last_day

DRAW = "costs:forecast"
CAME = "came"
AT_ONCE = 10_000  # rows of which a page draws while somebody waits: about two seconds
MOST_KEPT, MOST_BACK = 16, 5  # questions of a council; years that are held against a forecast
RANGES = ("at_end", "average", "pence")
_kept: dict[str, "Drawn | None"] = {}


class NotYet(Exception):
    """A page would wait too long: a worker is to draw it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn.

    Args:
        last: the last day that is known. ahead: the years after it. back: years that are over.
        moves, days: what it learnt from.
        made_at: when a worker drew it; None where it was drawn for whoever asks.
    """

    last: date
    ahead: list[Ahead]
    back: list[Ahead]
    moves: Mapping[tuple[str, str], int]
    days: int
    made_at: datetime | None = None


def drawn_of(asked: Asked, *, to_date: bool = False) -> Drawn | None:
    """What was drawn; kept, since the same question has the same answer. None without a whole year.

    Args:
        to_date: begin after the last day that counts, though returns may tell nothing of it.

    Raises:
        NotYet: whoever asks cannot wait, and no worker has drawn it.
    """
    history = History(asked, _said(asked, to_date))
    if not history.is_long_enough(asked.as_at + DAY):
        return None
    key = key_of(asked, to_date)
    if key not in _kept:
        found = db.session.scalar(select(CostForecast).where(CostForecast.key == key))
        if found is None and asked.cannot_wait and _is_large(asked.council):
            raise NotYet
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = _draw(asked, history) if found is None else _from_plain(found)
    return _kept[key]


def key_of(asked: Asked, to_date: bool) -> str:
    """A hash of what is asked, and of what the figures rest on. Three statements at most."""
    wanted, said = asked.wanted, _said(asked, to_date)
    told = [store.foundation(asked.council), asked.council.slug, f"{asked.as_at}", f"{said}"]
    return sha256_of(canonical_json([*told, wanted.seed, wanted.ahead, wanted.rise_bp]))


def _said(asked: Asked, to_date: bool) -> date | None:
    return asked.as_at if to_date else asked.wanted.as_at


def _is_large(council: Council) -> bool:
    rows = db.session.scalar(
        select(func.sum(CostImport.accepted)).where(
            CostImport.council_id == council.id, CostImport.stage == ImportStage.TAKEN
        )
    )
    return int(rows or 0) > AT_ONCE


# --- By a worker ---


def ask_for(asked: Asked, *, to_date: bool, now: datetime) -> queue.Job:
    """Let a worker draw what is asked; asked twice, it is one job."""
    wanted = asked.wanted
    job = queue.put(
        DRAW,
        key_of(asked, to_date),
        now=now,
        council=asked.council.slug,
        as_at=wanted.as_at and wanted.as_at.isoformat(),
        seed=wanted.seed,
        ahead=wanted.ahead,
        rise_bp=wanted.rise_bp,
        to_date=to_date,
    )
    if job.state in {queue.JobState.DONE, queue.JobState.FAILED}:  # what it made is gone again
        queue.again(job, now=now)
    return job


def ask_for_usual(council: Council, *, now: datetime) -> None:
    """After files were taken or taken back: what the next reader will ask, where that is slow."""
    db.session.flush()
    asked = Asked(Wanted(council.slug), Viewer.system())
    if not asked.is_empty and _is_large(council):
        for to_date in (False, True):
            ask_for(asked, to_date=to_date, now=now)


def job_of(asked: Asked, to_date: bool) -> queue.Job | None:
    """The job that was asked to draw it."""
    wanted = (queue.Job.kind == DRAW) & (queue.Job.subject == key_of(asked, to_date))
    return db.session.scalar(select(queue.Job).where(wanted))


def draw_for(payload: Mapping[str, Any], now: datetime) -> None:
    """Draw what a job asks, and keep it. Nobody who writes waits meanwhile."""
    wanted = Wanted(
        payload["council"],
        as_at=date.fromisoformat(payload["as_at"]) if payload["as_at"] else None,
        **{name: payload[name] for name in ("seed", "ahead", "rise_bp")},
    )
    db.session.commit()
    with db.only_reading():
        asked = Asked(wanted, Viewer.system())
        if asked.is_empty:  # its files were taken back
            return
        made_from, key = store.foundation(asked.council), key_of(asked, payload["to_date"])
        drawn = _draw(asked, History(asked, _said(asked, payload["to_date"])))
        council_id = asked.council.id
    kept = {"key": key, "made_from": made_from, "drawn": drawn and _as_plain(drawn)}
    _forget(council_id, made_from, key)
    db.session.add(CostForecast(council_id=council_id, made_at=now, **kept))
    db.session.flush()


def _forget(council_id: int, made_from: str, key: str) -> None:
    """Let go what rests on other files, and the oldest beyond the most."""
    own = CostForecast.council_id == council_id
    newest = (
        select(CostForecast.id)
        .where(own, CostForecast.made_from == made_from, CostForecast.key != key)
        .order_by(CostForecast.id.desc())
        .limit(MOST_KEPT - 1)
    )
    keep = list(db.session.scalars(newest))
    db.session.execute(delete(CostForecast).where(own, CostForecast.id.not_in(keep)))


# --- Drawing ---


def _draw(asked: Asked, history: History) -> Drawn | None:
    starts = history.last + DAY
    if not history.is_long_enough(starts):
        return None
    whole = [
        year
        for year in asked.all_years
        if last_day(year) <= history.last
        and year not in asked.incomplete
        and history.is_long_enough(first_day(year))
    ]
    first, after = history.window(starts)
    return Drawn(
        history.last,
        years_ahead(asked, history),
        [year_from(history, year, asked.wanted.seed) for year in whole[-MOST_BACK:]],
        _moves(history.start(starts).flows),
        after - first,
    )


def _moves(found: Flows) -> dict[tuple[str, str], int]:
    counts = Counter[tuple[str, str]]()
    counts.update(Counter((CAME, kind) for kind, _ in found.entries))
    for ((kind, _band), target), number in found.moves.items():
        counts[kind, target] += number
    return dict(counts)


# --- As it is kept ---


def _as_plain(drawn: Drawn) -> dict[str, Any]:
    return {
        "last": drawn.last.isoformat(),
        "ahead": [_plain_year(one) for one in drawn.ahead],
        "back": [_plain_year(one) for one in drawn.back],
        "moves": [[*place, number] for place, number in drawn.moves.items()],
        "days": drawn.days,
    }


def _from_plain(kept: CostForecast) -> Drawn | None:
    told = kept.drawn
    if told is None:
        return None
    return Drawn(
        date.fromisoformat(told["last"]),
        [_year(one) for one in told["ahead"]],
        [_year(one) for one in told["back"]],
        {(old, new): number for old, new, number in told["moves"]},
        told["days"],
        kept.made_at,
    )


def _plain_year(one: Ahead) -> dict[str, Any]:
    return {
        "year": one.year,
        "months": one.months,
        **{name: _plain_range(getattr(one, name)) for name in RANGES},
        "average_of": {kind: _plain_range(told) for kind, told in one.average_of.items()},
        "pence_of": {kind: _plain_range(told) for kind, told in one.pence_of.items()},
    }


def _plain_range(one: Range) -> list[int]:
    return [one.low, one.middle, one.high]


def _year(told: Mapping[str, Any]) -> Ahead:
    return Ahead(
        told["year"],
        told["months"],
        **{name: Range(*told[name]) for name in RANGES},
        average_of={kind: Range(*one) for kind, one in told["average_of"].items()},
        pence_of={kind: Range(*one) for kind, one in told["pence_of"].items()},
    )
