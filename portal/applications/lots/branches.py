"""With which registered branches a bidder will deliver each lot: chosen while it is written.

Ofsted's outcome belongs to a registration (URN), and a fostering agency has one for each branch. The
gate is tested on the branches that were chosen; nothing chosen is every registration that fits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.applications.editing import changed, may_edit
from portal.applications.models import Application, ApplicationLot
from portal.audit import Event
from portal.db import db
from portal.providers.models import Registration
from portal.rounds.models import Round
from scoring.content import Content
from scoring.rules import RuleBroken

CERTIFICATE = "ofsted-registration-certificate"


def gated(checklist: Content, lots: Sequence[str]) -> tuple[str, ...]:
    """The lots that ask for Ofsted's certificate; all of them where the checklist does not say."""
    for line in checklist["documents"]:
        if line["type"] == CERTIFICATE:
            only = line.get("lots") or lots
            return tuple(lot for lot in lots if lot in only)
    return tuple(lots)


def fitting(application: Application) -> list[Registration]:
    """The provider's registrations for what the round buys, by number."""
    service = application.round.ofsted_scale.body["provision"]
    found = db.session.scalars(
        select(Registration)
        .where(Registration.provider_id == application.provider_id)
        .order_by(Registration.urn)
    )
    return [one for one in found if one.service.value == service]


def lots_to_choose(application: Application) -> list[ApplicationLot]:
    """The lots applied for that ask for a registration, in the order of the round."""
    open_lots = [lot for lot in application.lots if lot.round_lot.cancelled_at is None]
    open_lots.sort(key=lambda lot: lot.round_lot.position)
    codes = gated(_checklist(application.round), [lot.round_lot.code for lot in open_lots])
    return [lot for lot in open_lots if lot.round_lot.code in codes]


def choose_branches(
    application: Application,
    chosen: Mapping[str, Iterable[str]],
    *,
    seen: str | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Say which branches will deliver each of these lots.

    Args:
        chosen: numbers of registrations (URN) by the code of a lot that is applied for.
        seen: what the page showed (`seen_of`), so that a colleague's choice is not undone unseen.

    Raises:
        RuleBroken: `application:edit-refused`, `lots:unknown`, `branches:none`,
            `branches:unknown`, `branches:changed-meanwhile`; the field is that of the lot.
    """
    may_edit(actor, application, now)
    if seen is not None and seen != seen_of(application):
        raise RuleBroken(
            "branches:changed-meanwhile",
            "Somebody else changed the branches while this page was open. Look at it again.",
        )
    mine = {lot.round_lot.code: lot for lot in lots_to_choose(application)}
    if not chosen.keys() <= mine.keys():
        raise RuleBroken("lots:unknown", "Choose from the lots that you apply for.")
    known = [one.urn for one in fitting(application)]
    wanted = {code: _checked(known, code, set(urns)) for code, urns in chosen.items()}
    before = seen_of(application)
    for code, urns in wanted.items():
        mine[code].branches = urns
    if seen_of(application) == before:
        return
    changed(application, now)
    audit.record(Event.LOT_BRANCHES_CHOSEN, application, actor=actor, now=now)


def seen_of(application: Application) -> str:
    """What a page shows of the choice, to be told again when it is sent."""
    return " ".join(
        f"{lot.round_lot.code}:{'all' if lot.branches is None else ','.join(lot.branches)}"
        for lot in sorted(application.lots, key=lambda one: one.round_lot.code)
    )


def field_name(code: str) -> str:
    """The name of the field of one lot's branches."""
    return f"branches-{code}"


def _checked(known: Sequence[str], code: str, urns: set[str]) -> list[str]:
    if not urns:
        raise RuleBroken(
            "branches:none", f"Choose at least one branch for lot {code}.", field_name(code)
        )
    if not urns <= set(known):
        raise RuleBroken("branches:unknown", "Choose from your registrations.", field_name(code))
    return [urn for urn in known if urn in urns]


def _checklist(bid_round: Round) -> Content:
    body: Content = bid_round.checklist.body
    return body
