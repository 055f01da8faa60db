"""Blocks of places: how far they were used, and what a place that is used really costs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from portal.costs.places.models import BlockPlaces
from portal.costs.places.queries import counting
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.sorting import sort, spells_of
from portal.tables import NOT_APPLICABLE, Absent, Column, Table
from scoring.blocks import BLOCK_RULES, Block, Use, use_of
from scoring.costs import DAYS_OF_A_WEEK, Run, Stretch
from scoring.suppression import hidden_parts
from scoring.years import bounds, year_text

Place = tuple[str, str]  # provider and type
SpotPrice = Callable[[int, str], Any]
Occupied = Mapping[Place, Sequence[Sequence[Run]]]  # the days of each child
BLOCK = "block"


class Bought:
    """The blocks of a council by provider and type, and how the providers are called."""

    def __init__(self, asked: Asked) -> None:
        wanted = asked.wanted.provider.casefold()
        self.names: dict[str, str] = {}
        self.blocks: dict[Place, list[Block]] = defaultdict(list)
        for one in counting(asked.council):
            if wanted in {"", one.provider.name.casefold()}:
                self.names[one.provider.ref] = one.provider.name
                self.blocks[one.provider.ref, one.type].append(_block(one))


def _in_block(asked: Asked, _stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Everybody in a block, of whichever lot: a place that a lot leaves out is used all the same."""
    for one in asked.rows.stretches():
        behind = asked.rows.behind(one.spell)
        if behind.purchase == BLOCK:
            yield one._replace(type=f"{behind.provider_ref}|{one.type}")


def _title(asked: Asked, line: str) -> str:
    ref, kind = line.split("|")
    return f"{Bought(asked).names[ref]}, {asked.title_of(kind).lower()}, block"


BLOCKS = sort("block", _title, _in_block, report="preferred", standing=None)


def voids(asked: Asked, bought: Bought, occupied: Occupied, spot: SpotPrice) -> Table:
    """Each block of each year.

    Args:
        occupied: the days of each child in a block. spot: the exact average of spot placements of
            a year and type; None, or hidden.
    """
    rows = [row for year in asked.years for row in _rows(asked, year, bought, occupied, spot)]
    return Table(
        key="voids",
        title="Blocks of places, and what a used place costs",
        columns=[
            Column("year", "Year"),
            Column("provider", "Provider", link=lambda row: row["link"]),
            Column("type", "Type"),
            Column("places", "Place-days", "whole"),
            Column("used", "Used days", "whole"),
            Column("void", "Void days", "whole"),
            Column("rate", "Void rate", "percent", decimals=1),
            Column("above", "Days above the block", "whole"),
            Column("paid", "Paid for the block", "money"),
            Column("price", "Price of a place per week", "money"),
            Column("weekly", "Cost of a used place per week", "money"),
            Column("spot", "Spot average per week", "money"),
            Column("gap", "Used place more than spot", "money", signed=True),
            Column("voids", "Price of the voids", "money"),
        ],
        rows=rows,
        source=f"Blocks that {asked.council.name} put on record, and its ledger",
        as_at=asked.as_at,
        filters=asked.filters,
        rules=asked.rules(*BLOCK_RULES),
        notes=[
            "A block is used by rows of the ledger with its provider and type, bought as block."
        ],
    )


def _block(one: BlockPlaces) -> Block:
    start, end = one.from_on.toordinal(), one.until_on.toordinal() + 1
    return Block(one.places, one.weekly_pence, start, end)


def _rows(
    asked: Asked, year: int, bought: Bought, occupied: Occupied, spot: SpotPrice
) -> list[dict[str, Any]]:
    first, after = bounds(year)
    within = (first, min(after, asked.as_at.toordinal() + 1))
    used = {
        place: use_of(own, occupied.get(place, ()), within) for place, own in bought.blocks.items()
    }
    used = {place: use for place, use in used.items() if use.place_days}
    counts = {"|".join(place): _children(occupied.get(place, ()), within) for place in used}
    hidden = frozenset[str]() if asked.sees_all else hidden_parts(counts)
    return [
        {
            "year": year_text(year),
            "provider": bought.names[place[0]],
            "type": asked.title_of(place[1]),
            "link": spells_of(asked, BLOCKS, year, "|".join(place)),
            **_figures(use, spot(year, place[1])),
            **(dict.fromkeys(HIDES, HIDDEN) if "|".join(place) in hidden else {}),
        }
        for place, use in used.items()
    ]


HIDES = ("used", "void", "rate", "above", "weekly", "gap", "voids")


def _figures(use: Use, spot: Any) -> dict[str, Any]:
    weekly = use.weekly_used
    gap: Any = NOT_APPLICABLE
    if isinstance(spot, Absent):
        gap = spot
    elif spot is not None and weekly is not None:
        gap = weekly - spot
    return {
        "places": use.place_days,
        "used": use.used_days,
        "void": use.void_days,
        "rate": use.void_rate,
        "above": use.above_days,
        "paid": use.paid,
        "price": use.paid * DAYS_OF_A_WEEK / use.place_days,
        "weekly": NOT_APPLICABLE if weekly is None else weekly,
        "spot": NOT_APPLICABLE if spot is None else spot,
        "gap": gap,
        "voids": use.void_pence,
    }


def _children(children: Iterable[Sequence[Run]], within: Run) -> int:
    return sum(
        any(max(start, within[0]) < min(end, within[1]) for start, end in runs) for runs in children
    )
