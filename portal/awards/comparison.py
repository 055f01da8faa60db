"""The most advantageous bid of a lot, beside one that was not successful.

Procurement Act 2023, section 50: an unsuccessful bidder is told the scores of the most advantageous
tender for each criterion, and the reasons. Public Contracts Regulations 2015, regulation 86(2): the
characteristics and relative advantages of the successful tender.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from portal.awards.letter_terms import Terms, flat, lines
from portal.evaluation.models import Result
from scoring.canonical import read_fraction
from scoring.criteria import Scheme


def rank_of(result: Result) -> int | None:
    """A bid's place in its lot; none below a threshold, or where there is no ranking."""
    rank: int | None = result.content.get("rank")
    return rank


def best_of(results: Collection[Result], scheme: Scheme) -> dict[tuple[int, str], Result]:
    """The successful bid with the best place, by lot and council; nothing where nobody is ranked.

    Where several are successful this is the first of them: the most advantageous tender.
    """
    if not scheme.ranked:
        return {}
    best: dict[tuple[int, str], Result] = {}
    for result in sorted(results, key=_place):
        if result.admitted:
            best.setdefault((result.round_lot_id, result.council), result)
    return best


def _place(result: Result) -> tuple[int, str]:
    rank = rank_of(result)
    return (rank if rank is not None else 1_000_000, result.application.ref)


def compared(terms: Terms, own: Result, best: Result) -> dict[str, Any]:
    """Both bids side by side, criterion by criterion and question by question."""
    theirs = {one["key"]: one for one in flat(best.content["criteria"])}
    return {
        "provider": best.application.provider.name,
        "rank": rank_of(best),
        "total": terms.printed(best.total),
        "criteria": [
            {
                "title": one["title"],
                "own": terms.printed(one["points"]),
                "theirs": terms.printed(theirs[one["key"]]["points"]),
                "available": terms.printed(one["available"]),
            }
            for one in flat(own.content["criteria"])
            if one["key"] in theirs
        ],
        "questions": list(_questions(terms, own, best)),
    }


def _questions(terms: Terms, own: Result, best: Result) -> Iterator[dict[str, Any]]:
    mine = {line["question"]: line for line in lines(own.content)}
    for line in lines(best.content):
        ours: Mapping[str, Any] | None = mine.get(line["question"])
        key = terms.key(line["question"], best.round_lot.code)
        yield {
            "title": terms.title(line["question"]),
            "lot": key[1],
            "own": None if ours is None else terms.score(ours["score"]),
            "theirs": terms.score(line["score"]),
            "highest": line["highest"],
            "meaning": terms.meaning(line),
            "higher": ours is None or _exact(line["score"]) > _exact(ours["score"]),
            "reason": terms.reason(best.application_id, key),
        }


def _exact(score: int | str) -> Any:
    return score if isinstance(score, int) else read_fraction(score)
