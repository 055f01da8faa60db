"""The council's own share of the cost of each type of placement and year, counted in columns."""

from collections import defaultdict
from fractions import Fraction

import numpy as np  # noqa: TID253  only what counts in columns loads this module

from portal.costs.figures import tally
from portal.costs.figures.counting import Counting
from portal.costs.reports.asking import Asked
from portal.db import db
from scoring.costs import DAYS_OF_A_WEEK, OVERALL, Standing
from scoring.funding import FUNDERS, OWN, WHOLE_BP

Shares = dict[tuple[int, str], Fraction]


def own_costs(asked: Asked) -> Shares:
    """Exact pence by year and type, and of all types; what no share is stated of is the council's."""
    found: Shares = defaultdict(Fraction)
    for counted in Counting(asked.council, db.session).each():
        runs = counted.only(asked.wanted.provider, asked.wanted.lot)
        paid = np.array([kind not in asked.mapping.unpaid for kind in counted.kinds], bool)
        if not len(paid):
            continue
        counts = (runs.standing == tally.STANDINGS.index(Standing.LOOKED_AFTER)) & (runs.pence > 0)
        mine = tally.cut(
            runs.only(np.flatnonzero(counts & paid[runs.kind])), asked.as_at.toordinal() + 1
        )
        own = np.array([_own_bp(stated) for stated in counted.behind.shares], np.int64)
        amounts = mine.sevenths * own[counted.behind.share[mine.runs.spell]]
        places, again = np.unique(
            mine.year * len(counted.kinds) + mine.runs.kind, return_inverse=True
        )
        sums = np.zeros(len(places), np.int64)
        np.add.at(sums, again, amounts)
        for place, amount in zip(places.tolist(), sums.tolist(), strict=True):
            year, kind = divmod(place, len(counted.kinds))
            pence = Fraction(amount, DAYS_OF_A_WEEK * WHOLE_BP)
            found[year, counted.kinds[kind]] += pence
            found[year, OVERALL] += pence
    return dict(found)


def _own_bp(stated: tuple[int | None, ...]) -> int:
    if all(bp is None for bp in stated):
        return WHOLE_BP
    return sum(bp or 0 for name, bp in zip(FUNDERS, stated, strict=True) if name in OWN)
