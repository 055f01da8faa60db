"""What making and editing a draft share: its lots, its councils, its lead, its line in the trail."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from portal import audit
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.people.models import Council
from portal.rounds import policy, queries
from portal.rounds.models import AgreementLot, Round, RoundLot
from scoring.rules import RuleBroken


def set_lots(bid_round: Round, codes: Sequence[str]) -> None:
    if not codes:
        raise RuleBroken("round:no-lots", "Choose at least one lot.", "lots")
    there = {lot.code: lot for lot in bid_round.agreement.lots}
    for code in codes:
        if code not in there:
            raise RuleBroken("round:no-lot", f"The agreement has no lot {code}.", "lots")
    for lot in [lot for lot in bid_round.lots if lot.code not in codes]:
        bid_round.lots.remove(lot)
        db.session.delete(lot)
    open_already = {lot.code for lot in bid_round.lots}
    for code in codes:
        if code not in open_already:
            open_already.add(code)
            bid_round.lots.append(_round_lot(there[code]))
    bid_round.lots.sort(key=lambda lot: lot.position)
    db.session.flush()


def _round_lot(lot: AgreementLot) -> RoundLot:
    return RoundLot(agreement_lot=lot, code=lot.code, title=lot.title, position=lot.position)


def wanted_slugs(chosen: Iterable[str] | None, suggested: Iterable[str]) -> set[str]:
    """The councils that somebody chose; without a choice, those of the template that are here."""
    if chosen is not None:
        return set(chosen)
    return {council.slug for council in queries.councils() if council.slug in set(suggested)}


def councils_named(slugs: set[str]) -> list[Council]:
    there = {council.slug: council for council in queries.councils()}
    for slug in sorted(slugs):
        if slug not in there:
            raise RuleBroken("round:no-council", f"There is no council “{slug}”.", "councils")
    return [there[slug] for slug in sorted(slugs)]


def lead_for(chosen: str | None, suggested: str, actor: Viewer) -> Council:
    there = {council.slug: council for council in queries.councils()}
    own = [one for one in there.values() if one.id in actor.councils_as(Role.COMMISSIONER)]
    if chosen is None:
        return next((council for council in own if council.slug == suggested), own[0])
    if chosen not in there:
        raise RuleBroken("round:no-council", f"There is no council “{chosen}”.", "lead")
    policy.may_lead(actor, there[chosen].id).or_refuse("round:lead")
    return there[chosen]


def record(
    act: Event,
    bid_round: Round,
    actor: Viewer,
    now: datetime,
    *,
    values: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """An act in the round's own chain; of a version that is prepared, with its number."""
    if bid_round.is_version:
        detail["version"] = bid_round.version
    audit.record(act, bid_round.root, actor=actor, now=now, values=values, **detail)
