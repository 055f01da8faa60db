"""A council writes its own KPI set: a copy as a draft, changed KPI by KPI, published as a version.

What is published is attached to what follows. Plans and returns keep the version that they have.
"""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import audit
from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.audit import Event
from portal.content import actions as content
from portal.content.kinds import Kind
from portal.content.loading import checked
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED
from portal.db import db
from portal.kpis import queries_sets
from portal.kpis.models_sets import KpiSetDraft
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.kpi_sets import WORDS, SetChange, changes, check_kpi, key_for, without
from scoring.rules import RuleBroken
from scoring.text import cleaned

OWN = "own"
MOST_KPIS = 60
Raw = Mapping[str, Any]


def may_write(viewer: Viewer, council_id: int) -> Decision:
    """A commissioner writes the sets of the own council."""
    if viewer.may(Permission.KPI_CHECK) and viewer.holds(Role.COMMISSIONER, council_id):
        return allowed
    return denied("Only a commissioner of this council writes its KPI sets.")


def begin(origin: ContentVersion, council: Council, *, actor: Viewer, now: datetime) -> KpiSetDraft:
    """Copy a set as a draft: one that ships becomes the council's own, an own one its next version.

    A draft that is there already is found again, as it was left.

    Raises:
        RuleBroken: `kpi-set:refused`, `kpi-set:not-a-set`, `kpi-set:of-another`.
    """
    may_write(actor, council.id).or_refuse("kpi-set:refused")
    if origin.kind != Kind.KPI_SET.value:
        raise RuleBroken("kpi-set:not-a-set", "Choose a KPI set.")
    if origin.source not in {SHIPPED, council.ref}:
        raise RuleBroken("kpi-set:of-another", "This set belongs to another council.")
    key = (
        origin.key
        if origin.source == council.ref
        else f"{origin.key}-{council.slug}"[:60].strip("-")
    )
    known = select(KpiSetDraft).where(KpiSetDraft.council_id == council.id, KpiSetDraft.key == key)
    if found := db.session.scalar(known):
        return found
    body = deepcopy(origin.body) | {"key": key, "title": _title(origin, council)}
    draft = KpiSetDraft(
        council=council,
        key=key,
        made_from=origin,
        body=body,
        changed_at=now,
        changed_by_id=actor.acting_id(),
    )
    db.session.add(draft)
    db.session.flush()
    audit.record(
        Event.KPI_SET_DRAFTED, draft, actor=actor, now=now, made_from=origin.sha256, key=key
    )
    return draft


def change_about(
    draft: KpiSetDraft, title: str, due_days: int, *, actor: Viewer, now: datetime
) -> None:
    """Change what the set is called, and by when returns are due.

    Raises:
        RuleBroken: `kpi-set:refused`, `kpi-set:no-title`; `content:…`.
    """
    words = cleaned(title, "title")
    if not words:
        raise RuleBroken("kpi-set:no-title", "Give the set a title.", "title")
    _keep(draft, {"title": words, "due_days": due_days}, actor, now, part="about")


def save_kpi(
    draft: KpiSetDraft, key: str | None, said: Raw, seen: str = "", *, actor: Viewer, now: datetime
) -> str:
    """Change a KPI of the draft, or add one.

    Args:
        key: of the KPI; None adds one. said: what `WORDS` names.
        seen: `seen_of` the KPI that the person had before them.

    Returns:
        The key of the KPI.

    Raises:
        RuleBroken: `kpi-set:refused`, `kpi-set:gone`, `kpi-set:changed-meanwhile`,
            `kpi-set:too-many`; as `check_kpi`; `content:…`.
    """
    check_kpi(said)
    kpis: list[Raw] = list(draft.body["kpis"])
    wanted = {name: _clean(said[name], name) for name in WORDS}
    if key is None:
        if len(kpis) >= MOST_KPIS:
            raise RuleBroken("kpi-set:too-many", f"A set has {MOST_KPIS} KPIs at most.")
        key = key_for(wanted["name"], queries_sets.keys_ever_used(draft))
        kpis.append({**wanted, "key": key, "source": OWN})
    else:
        before = _there(draft, key)
        if before == {**before, **wanted}:
            return key
        _refuse_unseen(draft, before, seen, actor)
        changed = {**before, **wanted, "source": OWN}
        kpis = [changed if one["key"] == key else one for one in kpis]
    _keep(draft, {"kpis": kpis}, actor, now, part=key)
    return key


def drop_kpi(draft: KpiSetDraft, key: str, *, actor: Viewer, now: datetime) -> None:
    """Take a KPI out of the draft.

    Raises:
        RuleBroken: `kpi-set:refused`, `kpi-set:gone`, `kpi-set:empty`.
    """
    _there(draft, key)
    _keep(draft, {"kpis": without(draft.body["kpis"], key)}, actor, now, part=key)


def publish(draft: KpiSetDraft, *, actor: Viewer, now: datetime) -> ContentVersion:
    """Publish the draft as a version of the council's set; the draft is gone.

    Raises:
        RuleBroken: `kpi-set:refused`, `kpi-set:nothing-changed`; `content:…`.
    """
    may_write(actor, draft.council_id).or_refuse("kpi-set:refused")
    if not changed(draft):
        message = "The draft says what the set says already. Change something, or discard it."
        raise RuleBroken("kpi-set:nothing-changed", message)
    made = content.publish_version(
        Kind.KPI_SET, draft.key, draft.body, council=draft.council, actor=actor, now=now
    )
    db.session.delete(draft)
    db.session.flush()
    return made


def discard(draft: KpiSetDraft, *, actor: Viewer, now: datetime) -> None:
    """Throw a draft away. What was published stays.

    Raises:
        RuleBroken: `kpi-set:refused`.
    """
    may_write(actor, draft.council_id).or_refuse("kpi-set:refused")
    audit.record(Event.KPI_SET_DISCARDED, draft, actor=actor, now=now, key=draft.key)
    db.session.delete(draft)
    db.session.flush()


def changed(draft: KpiSetDraft) -> list[SetChange]:
    """What the draft changes; the council's name behind the title of a copy is no change."""
    origin = draft.made_from
    return changes({**origin.body, "title": _title(origin, draft.council)}, draft.body)


def _title(origin: ContentVersion, council: Council) -> str:
    return f"{origin.title}, {council.name}"[:200] if origin.source == SHIPPED else origin.title


def seen_of(kpi: Raw) -> str:
    """A mark of a KPI as somebody sees it, so that nobody overwrites what they have not seen."""
    return sha256_of(canonical_json(dict(kpi)))[:16]


def _keep(draft: KpiSetDraft, said: Raw, actor: Viewer, now: datetime, *, part: str) -> None:
    """Set what is said, if the set then still holds together."""
    may_write(actor, draft.council_id).or_refuse("kpi-set:refused")
    draft.body = checked({**draft.body, **said}).body
    draft.changed_at, draft.changed_by_id = now, actor.acting_id()
    db.session.flush()
    db.session.expire(draft, ["changed_by"])
    audit.record(Event.KPI_SET_CHANGED, draft, actor=actor, now=now, key=draft.key, part=part)


def _there(draft: KpiSetDraft, key: str) -> dict[str, Any]:
    found = draft.kpi(key)
    if found is None:
        raise RuleBroken("kpi-set:gone", "Somebody has taken this KPI out of the draft.")
    return found


def _refuse_unseen(draft: KpiSetDraft, before: Raw, seen: str, actor: Viewer) -> None:
    if seen != seen_of(before):
        mine = draft.changed_by_id == actor.person_id
        who = "You, in another window," if mine else draft.changed_by.name
        message = (
            f"{who} saved other words for this KPI. They stand below; "
            "yours are still in the fields. Save again to put yours in their place."
        )
        raise RuleBroken("kpi-set:changed-meanwhile", message)


def _clean(value: Any, field: str) -> Any:
    return cleaned(value, field) if isinstance(value, str) else value
