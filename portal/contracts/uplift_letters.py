"""The letter about a decision on an uplift: written once, with the decision, and kept as it was sent.

It names no officer: the councils have decided. What they said among themselves is not in it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal import audit
from portal.contracts import queries_held
from portal.contracts.models import Rate
from portal.contracts.models_uplifts import UpliftLetter, UpliftRequest, UpliftStep
from portal.contracts.presentation import item_words
from portal.days import today
from portal.db import db
from scoring.canonical import canonical_json, sha256_of
from scoring.text import natural
from scoring.uplifts import share_words

OUTCOMES = {
    "grant": "Your request is granted in whole.",
    "grant-in-part": "Your request is granted in part.",
    "refuse": "Your request is refused. Your rates stay as they are.",
}
DAYS = ("written_on", "asked_on", "asked_from", "granted_from")
RateChange = tuple[Rate, int]
"""A new rate, and the pence of the one before."""


def write(request: UpliftRequest, changed: Sequence[RateChange], *, now: datetime) -> UpliftLetter:
    """Write the letter about a request that has just been decided."""
    content = audit.plain(_content(request, changed, now))
    letter = UpliftLetter(
        request=request,
        content=content,
        sha256=sha256_of(canonical_json(content)),
        sent_at=now,
    )
    db.session.add(letter)
    db.session.flush()
    return letter


def readable(letter: UpliftLetter) -> dict[str, Any]:
    """The letter as its page and its PDF print it: with days, and the outcome in words."""
    said = dict(letter.content)
    for name in DAYS:
        said[name] = date.fromisoformat(said[name]) if said[name] else None
    return {**said, "outcome": OUTCOMES[said["outcome"]]}


def _content(
    request: UpliftRequest, changed: Sequence[RateChange], now: datetime
) -> dict[str, Any]:
    held, decided = request.held, _decision(request)
    return {
        "provider": held.provider.name,
        "councils": sorted(part.council.name for part in held.councils),
        "held": held.title,
        "request": request.ref,
        "written_on": today(now),
        "asked_on": today(request.asked_at),
        "asked": _share(request.asked),
        "asked_from": request.asked.from_on,
        "working": request.working,
        "rule": held.uplift_rule.words,
        "outcome": decided.verb,
        "granted": _share(decided),
        "granted_from": decided.from_on,
        "reason": decided.reason,
        "rates": _lines(changed, queries_held.item_titles(held)),
    }


def _decision(request: UpliftRequest) -> UpliftStep:
    found = request.newest(*OUTCOMES)
    if found is None:
        raise LookupError("a letter is written about a decision")
    return found


def _share(step: UpliftStep) -> str:
    return "" if step.share is None else share_words(step.share)


def _lines(changed: Sequence[RateChange], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "item": item_words(rate.item_key, titles),
            "unit": rate.unit,
            "before_pence": before,
            "pence": rate.amount_pence,
        }
        for rate, before in sorted(changed, key=lambda one: natural(one[0].item_key))
    ]
