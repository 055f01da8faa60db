"""A request for an uplift as its page tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from portal.contracts.actions_uplifts import rates_held
from portal.contracts.models_uplifts import UpliftRequest
from portal.contracts.presentation import item_words
from portal.days import today
from portal.tables import Column, Kind, Table
from scoring.text import natural
from scoring.uplifts import RateHeld, over_the_cap, raised, rate_on, share_words

WORDS = {
    "ask": "Asked",
    "recommend": "Recommended",
    "return": "Sent back to the commissioner",
    "grant": "Granted in whole",
    "grant-in-part": "Granted in part",
    "refuse": "Refused",
    "withdraw": "Taken back by the provider",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One rate: what it is, what was asked and granted, and whether what was asked is above the cap.

    Pence; `granted` is what the rates say from the day on which the uplift holds.
    """

    item: str
    now: int | None
    asked: int | None
    granted: int | None
    over: bool


def percent(share: Fraction | None) -> str:
    """A share in per cent, rounded once to two places."""
    return "" if share is None else share_words(share)


def lines(request: UpliftRequest, titles: Mapping[str, str], on: date) -> list[Line]:
    """Each rate of a request: as it stood when it was asked for, and as it would be."""
    asked, rates = request.asked, rates_held(request.held)
    share, day = asked.share or Fraction(0), asked.from_on or on
    before = {
        item: rate_on(rates, item, request.asked_at.date())
        for item in sorted(request.items, key=natural)
    }
    wanted = {item: raised(one.pence, share) for item, one in before.items() if one}
    over = set(over_the_cap(rates, wanted, day, request.held.uplift_cap_bp))
    return [
        Line(
            item_words(item, titles),
            one.pence if one else None,
            wanted.get(item),
            _granted(request, rates, item),
            item in over,
        )
        for item, one in before.items()
    ]


def _granted(request: UpliftRequest, rates: Sequence[RateHeld], item: str) -> int | None:
    decided = request.newest("grant", "grant-in-part")
    if decided is None or decided.from_on is None:
        return None
    found = rate_on(rates, item, decided.from_on)
    return found.pence if found else None


@dataclass(frozen=True, slots=True)
class StepLine:
    """What somebody did to a request, in words."""

    title: str
    by: str
    at: datetime
    reason: str


def steps(request: UpliftRequest, *, for_provider: bool) -> list[StepLine]:
    """The steps, the newest first.

    Args:
        for_provider: what the councils say among themselves is left out, and their names too.
    """
    inner = {"recommend", "return"} if for_provider else set()
    found = []
    for one in reversed(request.steps):
        if one.verb in inner:
            continue
        title = WORDS[one.verb]
        if one.share is not None:
            title += f": {percent(one.share)}"
        if one.from_on is not None:
            title += f" from {one.from_on.day} {one.from_on:%B %Y}"
        own = not for_provider or one.verb in {"ask", "withdraw"}
        found.append(StepLine(title, one.by.name if own else "the councils", one.at, one.reason))
    return found


LIST_COLUMNS = (
    Column("provider", "Provider"),
    Column("title", "Contract or place"),
    Column("asked_on", "Asked on", Kind.DATE),
    Column("asked", "Asked"),
    Column("granted", "Granted"),
    Column("from_on", "From", Kind.DATE),
    Column("stage", "State"),
)


def list_table(found: Sequence[UpliftRequest], on: date, state: str) -> Table:
    """The requests as a file, what was granted beside what was asked."""
    rows = []
    for one in found:
        decided = one.newest("grant", "grant-in-part")
        rows.append(
            {
                "provider": one.held.provider.name,
                "title": one.held.title,
                "asked_on": today(one.asked_at),
                "asked": percent(one.asked.share),
                "granted": percent(decided.share) if decided else "",
                "from_on": decided.from_on if decided else None,
                "stage": one.stage.value.replace("-", " ").capitalize(),
            }
        )
    filters = {"State": state or "all"}
    return Table(
        "uplifts", "Uplifts", LIST_COLUMNS, rows, source="The portal", as_at=on, filters=filters
    )
