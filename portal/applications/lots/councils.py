"""To which councils a bidder offers each lot: chosen while it is written, and read from what was submitted.

Nothing chosen is every council of the round. They stand in the order of their slugs.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.applications.editing import changed, may_edit
from portal.applications.models import Application, ApplicationLot
from portal.audit import Event
from portal.people.models import Council
from portal.rounds.models import Round
from scoring.rules import RuleBroken


def choose_councils(
    application: Application,
    chosen: Mapping[str, Iterable[str]],
    *,
    seen: str | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Say to which councils each of these lots is offered.

    Args:
        chosen: slugs of councils by the code of a lot that is applied for.
        seen: what the page showed (`seen_of`), so that a colleague's choice is not undone unseen.

    Raises:
        RuleBroken: `application:edit-refused`, `lots:unknown`, `councils:none`,
            `councils:unknown`, `councils:changed-meanwhile`; the field is that of the lot.
    """
    may_edit(actor, application, now)
    mine = {lot.round_lot.code: lot for lot in application.lots}
    if seen is not None and seen != seen_of(application):
        raise RuleBroken(
            "councils:changed-meanwhile",
            "Somebody else changed the councils while this page was open. Look at it again.",
        )
    wanted = {code: _checked(application.round, code, slugs) for code, slugs in chosen.items()}
    if not wanted.keys() <= mine.keys():
        raise RuleBroken("lots:unknown", "Choose from the lots that you apply for.")
    before = seen_of(application)
    for code, slugs in wanted.items():
        mine[code].councils = slugs
    if seen_of(application) == before:
        return
    changed(application, now)
    audit.record(Event.LOT_COUNCILS_CHOSEN, application, actor=actor, now=now)


def councils_of(lot: ApplicationLot, bid_round: Round) -> list[str]:
    """Slugs of the councils to which the working copy offers a lot."""
    return offered(lot.councils, bid_round)


def offered(chosen: Iterable[str] | None, bid_round: Round) -> list[str]:
    """Slugs of the councils of a round that were chosen; all where none were."""
    every = slugs_of(bid_round)
    return every if chosen is None else [slug for slug in every if slug in set(chosen)]


def councils_offered(chosen: Iterable[str] | None, bid_round: Round) -> list[Council]:
    """The same as councils."""
    slugs = set(offered(chosen, bid_round))
    mine = [part.council for part in bid_round.councils if part.council.slug in slugs]
    return sorted(mine, key=lambda council: council.slug)


def only_for(chosen: Iterable[str] | None, bid_round: Round) -> list[str]:
    """Names of the councils to which a lot is offered; none where it is offered to all of them."""
    mine = councils_offered(chosen, bid_round)
    return [council.name for council in mine] if len(mine) < len(bid_round.councils) else []


def slugs_of(bid_round: Round) -> list[str]:
    return sorted(part.council.slug for part in bid_round.councils)


def seen_of(application: Application) -> str:
    """What a page shows of the choice, to be told again when it is sent."""
    return " ".join(
        f"{lot.round_lot.code}:{','.join(councils_of(lot, application.round))}"
        for lot in sorted(application.lots, key=lambda one: one.round_lot.code)
    )


def field_name(code: str) -> str:
    """The name of the field of one lot's councils."""
    return f"councils-{code}"


def _checked(bid_round: Round, code: str, slugs: Iterable[str]) -> list[str]:
    wanted = set(slugs)
    if not wanted:
        raise RuleBroken(
            "councils:none", f"Choose at least one council for lot {code}.", field_name(code)
        )
    if not wanted <= set(slugs_of(bid_round)):
        raise RuleBroken(
            "councils:unknown", "Choose from the councils of this round.", field_name(code)
        )
    return offered(wanted, bid_round)
