"""Taking content in. A version, once there, is never changed and never deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.content import policy, queries
from portal.content.kinds import Kind
from portal.content.loading import Content, checked, checked_beside, defaults
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED
from portal.db import db
from portal.people.models import Council


def load_defaults(*, actor: Viewer, now: datetime) -> list[ContentVersion]:
    """Take in what ships with the portal; done again, it does nothing.

    Returns:
        The versions that are new: those whose text differs from the newest shipped one.

    Raises:
        RuleBroken: the actor may not, or the shipped content does not hold together.
    """
    policy.may_load(actor).or_refuse("content:load-refused")
    added = []
    for content in defaults():
        shipped = queries.newest(content.kind, content.key, source=SHIPPED)
        if shipped is None or shipped.sha256 != content.sha256:
            added.append(_add(content, source=SHIPPED, actor=actor, now=now))
    return added


def publish_version(
    kind: Kind, key: str, body: Mapping[str, Any], *, council: Council, actor: Viewer, now: datetime
) -> ContentVersion:
    """Publish a council's own version; the text that the council uses already adds nothing.

    Args:
        body: the content; its `kind` and `key` are those given here.

    Raises:
        RuleBroken: the actor may not; or `content:…`, `scheme:…`, `scale:…`, with every fault by path.
    """
    policy.may_publish(actor, council.id).or_refuse("content:publish-refused")
    shelf = {named: version.body for named, version in queries.shelf().items()}
    content = checked_beside({**body, "kind": kind.value, "key": key}, shelf)
    # another council's newest says nothing of this one: compared with it, a change would be dropped
    used = queries.newest(kind, key, source=council.ref) or queries.newest(
        kind, key, source=SHIPPED
    )
    if used is not None and used.sha256 == content.sha256:
        return used
    return _add(content, source=council.ref, actor=actor, now=now)


def publish_for_costs(
    kind: Kind, body: Mapping[str, Any], *, council: Council, actor: Viewer, now: datetime
) -> ContentVersion:
    """Publish a council's own version of what its costs are counted by; its key is the council's.

    Raises:
        RuleBroken: the actor may not; or `content:…`, with every fault by path.
    """
    policy.may_publish_for_costs(actor, council.id).or_refuse("content:publish-refused")
    content = checked({**body, "kind": kind.value, "key": council.slug})
    newest = queries.newest(kind, council.slug)
    if newest is not None and newest.sha256 == content.sha256:
        return newest
    return _add(content, source=council.ref, actor=actor, now=now)


def publish_for_round(
    kind: Kind, body: Mapping[str, Any], *, round_ref: str, actor: Viewer, now: datetime
) -> ContentVersion:
    """Publish a round's own copy of something; it belongs to that round and to no other.

    Whether the actor may change the round is for the room of rounds to ask before.

    Raises:
        RuleBroken: the actor may not; or `content:…`, `scheme:…`, with every fault by path.
    """
    policy.may_write_for_a_round(actor).or_refuse("content:publish-refused")
    key = round_ref.lower()
    content = checked({**body, "kind": kind.value, "key": key})
    newest = queries.newest(kind, key)
    if newest is not None and newest.sha256 == content.sha256:
        return newest
    return _add(content, source=round_ref, actor=actor, now=now)


def _add(content: Content, *, source: str, actor: Viewer, now: datetime) -> ContentVersion:
    newest = queries.newest(content.kind, content.key)
    version = ContentVersion(
        kind=content.kind.value,
        key=content.key,
        version=1 if newest is None else newest.version + 1,
        title=content.title,
        body=content.body,
        sha256=content.sha256,
        source=source,
        published_at=now,
        published_by_id=actor.person_id,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        Event.CONTENT_PUBLISHED,
        version,
        actor=actor,
        now=now,
        kind=version.kind,
        key=version.key,
        version=version.version,
        sha256=version.sha256,
        source=source,
    )
    return version
