"""Results of a lot: 50 bids under the shipped scheme, computed by the rules alone."""

import random
import statistics
import time
from pathlib import Path
from typing import Any

import yaml

from scoring.awards import BidScores, compute_lot
from scoring.criteria import Scheme
from scoring.scales import Scale
from tools.server import ROOT

BIDS = 50
RUNS = 11
DEFAULTS = ROOT / "portal" / "content" / "defaults"


def _content(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def measure() -> dict[str, object]:
    """Milliseconds (median) to compute the results of one lot."""
    scheme = Scheme.from_content(_content(DEFAULTS / "scheme-apl-16plus.yaml"))
    found = [Scale.from_content(_content(path)) for path in DEFAULTS.glob("scale-*.yaml")]
    scales = {scale.key: scale for scale in found}
    chance = random.Random(16)
    bids = {f"BID-{number:03d}": _scores(scheme, scales, chance) for number in range(BIDS)}
    spent = []
    for _ in range(RUNS):
        began = time.perf_counter()
        result = compute_lot(scheme, scales, bids)
        spent.append((time.perf_counter() - began) * 1000)
    questions = sum(len(criterion.questions) for criterion in scheme.criteria)
    return {
        "bids": BIDS,
        "questions": questions,
        "admitted": len(result.admitted),
        "milliseconds": round(statistics.median(spent), 2),
    }


def _scores(scheme: Scheme, scales: dict[str, Scale], chance: random.Random) -> BidScores:
    return BidScores(
        {
            question.question: chance.choice(scales[criterion.scale].values[2:])
            for criterion in scheme.criteria
            for question in criterion.questions
        }
    )
