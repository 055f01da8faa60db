"""Whether a submission is still what its receipt says: asked at the opening, for each bid."""

import json
from dataclasses import dataclass, field
from typing import Any

from portal.applications.models import PriceEnvelope, Submission
from scoring.canonical import sha256_of


@dataclass(slots=True)
class Examined:
    """What was found: hashes recomputed at that moment, the lots, and what does not hold."""

    sha256: str = ""
    prices_sha256: str = ""
    lots: tuple[str, ...] = ()
    councils: dict[str, list[str]] = field(default_factory=dict)  # of the lots that name any
    lot_order: tuple[str, ...] = ()  # where the round asked for it, the most wanted first
    problems: list[str] = field(default_factory=list)

    def place_of(self, lot: str) -> int | None:
        """The place of a lot in the bidder's own order, from 1."""
        return self.lot_order.index(lot) + 1 if lot in self.lot_order else None


def examine(
    submission: Submission | None, envelope: PriceEnvelope | None, in_the_trail: str
) -> Examined:
    """Compare a standing submission with its receipt, its prices, and the trail.

    Args:
        in_the_trail: the hash that the trail recorded when the receipt was given.
    """
    if submission is None:
        return Examined(problems=["There is no submission behind this application."])
    found = Examined(sha256=sha256_of(submission.content))
    if found.sha256 != submission.sha256:
        found.problems.append("The content is not what the receipt says.")
    if found.sha256 != in_the_trail:
        found.problems.append("The audit trail recorded other content for this receipt.")
    content = _read(submission.content, found)
    found.lots = tuple(str(code) for code in content.get("lots", ()))
    found.lot_order = tuple(str(code) for code in content.get("lot_order", ()))
    found.councils = {
        str(code): [str(slug) for slug in slugs]
        for code, slugs in (content.get("councils") or {}).items()
    }
    _examine_prices(content, envelope, found)
    return found


def _read(text: str, found: Examined) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if isinstance(content, dict):
        return content
    found.problems.append("The content cannot be read.")
    return {}


def _examine_prices(
    content: dict[str, Any], envelope: PriceEnvelope | None, found: Examined
) -> None:
    if envelope is None:
        found.problems.append("The price envelope is missing.")
        return
    found.prices_sha256 = sha256_of(envelope.content)
    if found.prices_sha256 != envelope.sha256:
        found.problems.append("The price envelope is not what was sealed.")
    if found.prices_sha256 != content.get("prices_sha256"):
        found.problems.append("The content names another price envelope.")
