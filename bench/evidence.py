"""The evidence pack of a large tender: built, and proved, by the rules alone."""

import time
from io import BytesIO
from typing import Any

from scoring.pack import Form, build, prepare
from scoring.verify import verify
from tests.scoring import packs, tenders

BIDS, QUESTIONS, SCORERS = 500, 30, 6
WORDS = 40  # of each reason


def _scheme() -> dict[str, Any]:
    """The tender of the tests with 30 questions: 28 of officers, 2 of young people."""
    scheme = tenders.content()
    care, placing = scheme["criteria"][0]["criteria"]
    own = QUESTIONS - 4
    weights = [10_000 // own] * own
    weights[0] += 10_000 - sum(weights)
    care["questions"] = [
        {"question": f"q-{number:02}", "weight_bp": weight} for number, weight in enumerate(weights)
    ]
    placing["questions"] = [{"question": "matching", "weight_bp": 10_000}]
    scheme["award"] |= {"cap": 50, "tie_at_cap": "admit-all", "tie_breaks": [{"by": "quality"}]}
    return scheme


def measure() -> dict[str, object]:
    """Seconds of the processor to build and to prove the full pack of a lot."""
    story = packs.Story(
        scheme=_scheme(), bids=BIDS, lots=("F1",), officers=SCORERS, pairs=SCORERS, words=WORDS
    )
    data = story.data()
    into = BytesIO()
    began = time.process_time()
    prepared = prepare(data, packs.SECRET)
    build(prepared, Form.FULL, into, made_at=packs.START, letters=packs.letters_of(data))
    built = time.process_time()
    report = verify(into)
    proved = time.process_time()
    if not report.holds:
        raise AssertionError(report.differences[:3])
    own = BytesIO()
    bid = data["bids"][0]["bid"]
    letters = packs.letters_of(data, bid)
    build(prepared, Form.BIDDER, own, made_at=packs.START, bid=bid, letters=letters)
    return {
        "scores": report.counts["scores"],
        "megabytes": round(len(into.getvalue()) / 1e6, 1),
        "seconds_to_build": round(built - began, 1),
        "seconds_to_prove": round(proved - built, 1),
        "seconds_for_one_bidders_own": round(time.process_time() - proved, 1),
    }
