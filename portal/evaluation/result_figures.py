"""The results of a lot as people read them: one table for page and files, and the bars beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portal.charts import Bars, Series, stacked_bars
from portal.evaluation.asked import questions_of, scheme_of
from portal.evaluation.models import Result
from portal.figures import Column, Kind, display
from portal.rounds.models import Round, RoundLot
from portal.tables import Table
from scoring.awards import ALL_POINTS
from scoring.canonical import read_fraction
from scoring.criteria import WHOLE_BP, Criterion, Scheme
from scoring.rounding import printed

Link = Callable[[Mapping[str, Any]], str | None]


@dataclass(frozen=True, slots=True)
class LotFigures:
    """One lot's results: the table with its rule in sentences, and the bars."""

    lot: RoundLot
    table: Table
    bars: Bars


def of_lot(bid_round: Round, lot: RoundLot, results: Sequence[Result], link: Link) -> LotFigures:
    """The figures of one lot.

    Args:
        link: the address of a row's working.
    """
    scheme = scheme_of(bid_round)
    rows = [_row(result, scheme) for result in results]
    criteria = scheme.criteria
    table = Table(
        key="results",
        title=f"Results of lot {lot.code}",
        columns=_columns(scheme, link),
        rows=rows,
        source=f"{bid_round.title}, lot {lot.code}: {lot.title}",
        as_at=bid_round.quality_locked_at,
        rules=_rules(bid_round, scheme),
    )
    bars = stacked_bars(
        f"Points of each bidder in lot {lot.code}",
        [row["bidder"] for row in rows],
        [Series(one.title, tuple(row[one.key] for row in rows)) for one in criteria],
        axis=f"Points of {ALL_POINTS}",
        column=_points("points", "Points", scheme),
        marks=_total_needed(scheme),
    )
    return LotFigures(lot, table, bars)


def _total_needed(scheme: Scheme) -> list[tuple[str, Fraction]]:
    """The threshold on the total, as a line across the bars."""
    if scheme.total_share_bp is None:
        return []
    return [("Needed in total", Fraction(scheme.total_share_bp * ALL_POINTS, WHOLE_BP))]


def _columns(scheme: Scheme, link: Link) -> list[Column]:
    return [
        Column("bidder", "Bidder"),
        *(
            _points(one.key, f"{one.title} (of {_available(one, scheme)})", scheme, link)
            for one in scheme.criteria
        ),
        _points("total", f"Total (of {ALL_POINTS})", scheme, link),
        Column("outcome", "Outcome"),
        Column("why", "Why not"),
    ]


def _points(key: str, title: str, scheme: Scheme, link: Link | None = None) -> Column:
    return Column(key, title, Kind.NUMBER, decimals=scheme.decimals, link=link)


def _available(criterion: Criterion, scheme: Scheme) -> str:
    return printed(Fraction(criterion.weight_bp * ALL_POINTS, WHOLE_BP), scheme.decimals)


def _row(result: Result, scheme: Scheme) -> dict[str, Any]:
    content = result.content
    points = {one["key"]: read_fraction(one["points"]) for one in content["criteria"]}
    return {
        "ref": result.application.ref,
        "bidder": result.application.provider.name,
        **{one.key: points.get(one.key) for one in scheme.criteria},
        "total": read_fraction(content["total"]),
        "admitted": result.admitted,
        "outcome": "Over every threshold" if result.admitted else "Below a threshold",
        "why": " ".join(finding["message"] for finding in content["findings"]),
    }


def _rules(bid_round: Round, scheme: Scheme) -> list[str]:
    """How the figures were made, and what is needed."""
    labels = questions_of(bid_round)
    rounding = f"It is rounded once, when it is printed: half up, with {scheme.decimals} decimals."
    rules = [f"Points of a question: agreed score ÷ highest score × weight. {rounding}"]
    for criterion in scheme.criteria:
        if criterion.minimum_share_bp is not None:
            share = Fraction(criterion.minimum_share_bp, WHOLE_BP)
            available = Fraction(criterion.weight_bp * ALL_POINTS, WHOLE_BP)
            needed = printed(share * available, scheme.decimals)
            rules.append(f"{criterion.title}: at least {needed} points are needed.")
        rules += [
            f"“{_short(labels[one.question])}”: a score of {one.minimum_score} or more is needed."
            for one in criterion.questions
            if one.minimum_score is not None
        ]
    if scheme.total_share_bp is not None:
        needed = printed(Fraction(scheme.total_share_bp * ALL_POINTS, WHOLE_BP), scheme.decimals)
        rules.append(f"Total: at least {needed} of {ALL_POINTS} points are needed.")
    if not scheme.ranked:
        rules.append("There is no ranking: everybody over every threshold is admitted.")
    return rules


def _short(question: Mapping[str, Any]) -> str:
    return str(question.get("title") or question["label"])


def text(fraction: str, decimals: int) -> str:
    """A kept "n/d" as it is printed in the table."""
    return display(read_fraction(fraction), Column("points", "", Kind.NUMBER, decimals=decimals))
