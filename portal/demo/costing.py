"""What two councils pay: four years of placements, brought in as finance would."""

import io
from collections.abc import Sequence
from datetime import date, datetime

from portal.costs.imports import actions, mappings
from portal.costs.imports.hashing import ChildHasher
from portal.costs.imports.reading import clean
from portal.costs.published_reports.actions import publish
from portal.costs.reports.asking import Wanted
from portal.costs.reports.unit_costs import KEY
from portal.db import db
from portal.demo.cast import SYSTEM, Cast
from portal.demo.placements import Town, as_csv
from scoring.years import year_of

YEARS = 4
TOWNS = {"luton": (11, 48), "central-bedfordshire": (12, 30)}  # seed, children at a time


def bring_in_placements(cast: Cast, now: datetime) -> None:
    """The returns of the whole years, a ledger up to three weeks ago, and a report of it."""
    as_at = date.fromordinal(now.date().toordinal() - 21)
    first = year_of(as_at) - YEARS + 1
    for slug, (seed, children) in TOWNS.items():
        town = Town(seed, children, first, YEARS, errors=6, until=as_at)
        files = [(f"ledger-to-{as_at}.csv", as_csv(town.ledger()))]
        for year in range(first, first + YEARS - 1):
            files.append((f"ssda903-episodes-{year + 1}.csv", as_csv(town.episodes(year))))
            files.append((f"ssda903-header-{year + 1}.csv", as_csv(town.headers(year))))
        _take(cast, slug, files, as_at, now)
    publish(KEY, Wanted("luton"), actor=cast.viewer("Claire Dunmore"), now=now)
    db.session.commit()


def _take(
    cast: Cast, slug: str, files: Sequence[tuple[str, bytes]], as_at: date, now: datetime
) -> None:
    council = cast.councils[slug]
    read = [
        (
            name,
            clean(io.BytesIO(content), ChildHasher(council), mappings.finder(council), name=name),
        )
        for name, content in files
    ]
    sent = [actions.Sent(file.kind, name, file.sha256) for name, file in read]
    officer = cast.viewer("Claire Dunmore") if slug == "luton" else SYSTEM
    made = actions.receive(council, sent, as_at=as_at, actor=officer, now=now)
    for one, (_, file) in zip(made, read, strict=True):
        actions.check(one, file.columns, file.chunks, actor=officer)
    actions.take(made, actor=officer, now=now)
    db.session.commit()
