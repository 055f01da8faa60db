"""Recording blocks of places (`actions_taking_back` takes a record back)."""

from dataclasses import dataclass
from datetime import date, datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import policy
from portal.costs.placement_types import versions as types
from portal.costs.places.models import BlockPlaces
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Provider
from scoring.blocks import check_block
from scoring.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class BlockTold:
    """What somebody tells of a block; `until_on` is its last day."""

    type: str
    places: int
    weekly_pence: int
    from_on: date
    until_on: date
    source: str


def record(
    council: Council, provider: Provider, told: BlockTold, *, actor: Viewer, now: datetime
) -> BlockPlaces:
    """Put a block on record.

    Raises:
        RuleBroken: the actor may not; `block:…`.
    """
    policy.may_bring_in(actor, council.id).or_refuse("block:refused")
    check_block(told.places, told.weekly_pence, told.from_on, told.until_on)
    if told.type not in types.mapping_of(council).types:
        raise RuleBroken("block:no-type", "Choose a type of placement.", "type")
    made = BlockPlaces(
        council=council,
        provider=provider,
        type=told.type,
        places=told.places,
        weekly_pence=told.weekly_pence,
        from_on=told.from_on,
        until_on=told.until_on,
        source=told.source.strip(),
        made_by_id=actor.person_id,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        Event.BLOCK_RECORDED,
        made,
        actor=actor,
        now=now,
        council=council.ref,
        provider=provider.ref,
        places=told.places,
    )
    return made
