"""A fostering tender for the tests: nested quality, social value, young people, and price."""

from copy import deepcopy

from scoring.awards import BidScores
from scoring.criteria import Scheme
from scoring.scales import Scale

from .schemes import FACES, OFFICERS

GATE = Scale.from_content(
    {
        "key": "pass-fail",
        "title": "Pass or fail",
        "pass_fail": True,
        "points": [{"value": 0, "label": "Fail"}, {"value": 1, "label": "Pass"}],
    }
)
SCALES = {scale.key: scale for scale in (OFFICERS, FACES, GATE)}
QUESTIONS = ("safeguarding", "stability", "matching", "jobs", "young-home", "young-voice")


def content():
    """Return a tender's scheme: quality 50 % (two levels), social value 10, young 10, price 30."""
    return {
        "kind": "scheme",
        "key": "fostering",
        "title": "Fostering tender",
        "decimals": 2,
        "rounding": "half-up",
        "award": {
            "mechanism": "ranked-top",
            "ranked": True,
            "cap": 2,
            "tie_at_cap": "decide",
            "tie_breaks": [
                {"by": "quality"},
                {"by": "question", "key": "safeguarding"},
                {"by": "price"},
            ],
        },
        "thresholds": {"total_share_bp": 4000},
        "criteria": [
            {
                "key": "quality",
                "title": "Quality",
                "weight_bp": 5000,
                "panel": "officers",
                "scale": "officers-0-5",
                "minimum_share_bp": 5000,
                "criteria": [
                    {
                        "key": "care",
                        "title": "Care",
                        "weight_bp": 7000,
                        "minimum_share_bp": 4000,
                        "questions": [
                            {"question": "safeguarding", "weight_bp": 6000, "minimum_score": 3},
                            {"question": "stability", "weight_bp": 4000},
                        ],
                    },
                    {
                        "key": "placing",
                        "title": "Placing",
                        "weight_bp": 3000,
                        "questions": [{"question": "matching", "weight_bp": 10000}],
                    },
                ],
            },
            {
                "key": "social",
                "title": "Social value",
                "kind": "social-value",
                "weight_bp": 1000,
                "panel": "officers",
                "scale": "officers-0-5",
                "questions": [{"question": "jobs", "weight_bp": 10000}],
            },
            {
                "key": "young",
                "title": "Young Commissioners",
                "weight_bp": 1000,
                "panel": "young",
                "scale": "faces-0-4",
                "questions": [
                    {"question": "young-home", "weight_bp": 5000},
                    {"question": "young-voice", "weight_bp": 5000},
                ],
            },
            {"key": "price", "title": "Price", "kind": "price", "weight_bp": 3000},
        ],
        "price": {
            "formula": "relative-to-lowest",
            "baskets": [
                {
                    "method": "weighted-mean",
                    "items": [
                        {"item": "age-0-4", "weight": 30},
                        {"item": "age-5-9", "weight": "40.5"},
                    ],
                }
            ],
            "discounts": {
                "compounding": True,
                "steps": [
                    {"key": "volume", "title": "Volume"},
                    {"key": "sibling", "title": "Sibling", "share_bp": 2500},
                ],
            },
        },
        "young": {"least_pairs": 2, "below_least": "leave-out"},
    }


def changed(*changes, of=None):
    """Return the tender's content with values set: pairs of a path and a value."""
    whole = deepcopy(of or content())
    for path, value in changes:
        place = whole
        for step in path[:-1]:
            place = place[step]
        if value is ...:
            del place[path[-1]]
        else:
            place[path[-1]] = value
    return whole


def a_tender(*changes):
    return Scheme.from_content(changed(*changes))


def scored(*values, pairs=None):
    """Scores in the order of QUESTIONS."""
    return BidScores(dict(zip(QUESTIONS, values, strict=True)), pairs)


def awarding(**award):
    return [(("award", key), value) for key, value in award.items()]
