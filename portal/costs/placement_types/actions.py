"""A council's own mapping of placement types: each change is a version, and figures follow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.access import Viewer
from portal.content import actions as content
from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.costs import policy
from portal.costs.figures import store
from portal.people.models import Council
from scoring.rules import RuleBroken


def publish_types(
    council: Council,
    body: Mapping[str, Any],
    *,
    seen: str,
    used: ContentVersion,
    actor: Viewer,
    now: datetime,
) -> ContentVersion:
    """Use another mapping from now on, for all years; the kept figures are made anew.

    Args:
        seen: the hash of the mapping that the change was looked at with. used: the one in use.

    Raises:
        RuleBroken: the actor may not; `types:changed`, when somebody was quicker; `content:…`.
    """
    policy.may_bring_in(actor, council.id).or_refuse("types:refused")
    if used.sha256 != seen:
        raise RuleBroken(
            "types:changed", "Somebody changed the types meanwhile. Look at the change again."
        )
    made = content.publish_for_costs(
        Kind.PLACEMENT_TYPES, body, council=council, actor=actor, now=now
    )
    store.rebuild(council, now=now)
    return made
