"""How entries come in: from a plain form, and from the queue of a phone. Both call one verb."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import request, url_for

from portal.access import Viewer
from portal.visits import actions_entries, policy, queries
from portal.visits.actions_entries import Saved, Sent
from portal.visits.models import MemberPart, Visit
from portal.visits.steps import Step, Way
from scoring.rules import RuleBroken

BUILD = Path(__file__).resolve().parent.parent.parent / "static" / "build"
MOST_AT_ONCE = 50
KEEPING = "visit-keep"  # how a phone asks for the pages that it keeps


def is_for_keeping() -> bool:
    """Whether a phone asks for a page to keep it."""
    return request.headers.get("X-Requested-With") == KEEPING


def may_write(visit: Visit, viewer: Viewer, now: datetime) -> bool:
    """Whether the first thing that is written begins the visit.

    A page that a phone keeps is used later, so it does not ask what day it is.
    """
    if is_for_keeping():
        return bool(policy.may_begin_on_its_day(viewer, visit))
    return bool(policy.may_begin(viewer, visit, now))


def typed(visit: Visit, step: Step, form: Any, actor: Viewer, now: datetime) -> Saved:
    """Keep what a form holds."""
    return actions_entries.save_entry(
        visit,
        str(step.where),
        form.raw,
        client_id=form.client_id.data or "",
        seen_revision=form.seen_revision,
        written_at=now,
        actor=actor,
        now=now,
    )


def sent_entries(body: Any, now: datetime) -> list[Sent]:
    """The entries of a request, as far as they have the shape of entries.

    Raises:
        RuleBroken: `visit-entry:shape`: nothing of the request is taken.
    """
    listed = body.get("entries") if isinstance(body, Mapping) else None
    if not isinstance(listed, list) or len(listed) > MOST_AT_ONCE:
        raise RuleBroken("visit-entry:shape", "The phone sent something that we cannot read.")
    return [_sent(one, now) for one in listed]


def _sent(one: Any, now: datetime) -> Sent:
    fits = isinstance(one, Mapping) and isinstance(one.get("value"), Mapping)
    names = ("id", "place", "written_at")
    if not fits or not all(isinstance(one.get(name), str) for name in names):
        raise RuleBroken("visit-entry:shape", "The phone sent something that we cannot read.")
    seen = one.get("revision")
    if seen is not None and (not isinstance(seen, int) or isinstance(seen, bool)):
        raise RuleBroken("visit-entry:shape", "The phone sent something that we cannot read.")
    return Sent(one["id"], one["place"], one["value"], seen, _moment(one["written_at"], now))


def answer(sent: Sent, told: Saved | RuleBroken) -> dict[str, Any]:
    """What a phone hears of one entry."""
    if isinstance(told, RuleBroken):
        return {"id": sent.client_id, "status": "refused", "message": told.message}
    return {"id": sent.client_id, **told.answer}


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def state(visit: Visit, viewer: Viewer) -> dict[str, Any]:
    """What stands on the server, for a phone that has come back."""
    sheet = queries.own_sheet(visit, viewer)
    young = policy.part_of(viewer, visit) is MemberPart.YOUNG
    return {
        "stage": visit.stage.value,
        "entries": {
            place: {"value": one.value, "revision": one.revision, "by": one.saved_by.name}
            for place, one in queries.entries_for(visit, sheet).items()
            if one.sheet_id is not None or not young  # what officers wrote is not theirs to keep
        },
        "choices": len(queries.waiting_asides(visit, viewer)),
        "photos": bool(policy.may_write(viewer, visit)),
    }


def addresses(way: Way) -> list[str]:
    """The pages that a phone keeps, so that the whole way can be walked without reception."""
    ref = way.visit.ref
    own = [url_for("visits.phone"), url_for("visits.phone_visit", ref=ref)]
    rest = [url_for("visits.phone_send", ref=ref)]
    if not way.young:
        rest.append(url_for("visits.phone_photos", ref=ref))
    return [*own, *(step.address for step in way.steps), *rest]
