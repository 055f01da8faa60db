"""The lots of a bid in the bidder's own order, where the round asks for it: the most wanted first.

A round asks for it when one bidder may win only so many lots and keeps those that it named first.
"""

from collections.abc import Mapping
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.applications.editing import changed, may_edit
from portal.applications.models import Application
from portal.audit import Event
from portal.content import queries as content
from portal.rounds.models import Round
from scoring.award_rules import order_of_lots
from scoring.rules import RuleBroken


def put_in_order(
    application: Application,
    places: Mapping[str, int],
    *,
    seen: str | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Say which lot is wanted most, which next, and so on.

    Args:
        places: from 1 by the code of every lot that is applied for.
        seen: what the page showed (`seen_of`), so that a colleague's order is not undone unseen.

    Raises:
        RuleBroken: `application:edit-refused`, `lot-order:changed-meanwhile`, `lots:unknown`,
            `lot-order:missing`, `lot-order:twice`; the field is that of the lot.
    """
    may_edit(actor, application, now)
    if seen is not None and seen != seen_of(application):
        raise RuleBroken(
            "lot-order:changed-meanwhile",
            "Somebody else changed the order while this page was open. Look at it again.",
        )
    mine = {lot.round_lot.code: lot for lot in application.lots}
    if not places.keys() <= mine.keys():
        raise RuleBroken("lots:unknown", "Choose from the lots that you apply for.")
    before = seen_of(application)
    for place, code in enumerate(order_of_lots(places), 1):
        mine[code].wanted = place
    if seen_of(application) == before:
        return
    changed(application, now)
    audit.record(Event.LOTS_PUT_IN_ORDER, application, actor=actor, now=now)


def is_asked(bid_round: Round, lots: int) -> bool:
    """Whether whoever applies for that many lots of a round must put them in order."""
    cap = content.scheme(bid_round.scheme).award.lots_cap
    return cap is not None and cap.asks_for_order(lots)


def in_order(application: Application) -> tuple[str, ...]:
    """The codes of the lots of the working copy that have a place, the most wanted first."""
    placed = [lot for lot in application.lots if lot.wanted is not None]
    return tuple(one.round_lot.code for one in sorted(placed, key=lambda lot: lot.wanted or 0))


def seen_of(application: Application) -> str:
    """What a page shows of the order, to be told again when it is sent."""
    return " ".join(in_order(application))


def field_name(code: str) -> str:
    """The name of the field of one lot's place."""
    return f"place-{code}"
