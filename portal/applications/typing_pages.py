"""What pages with saved-as-you-type answers share: what they send about themselves, and conflicts."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, jsonify, request

from forms import PortalForm, is_autosave
from portal.applications.saving import SEEN, Saving, Seen, Sent

KEEP_THEIRS, JOIN_BOTH = "theirs:", "both:"


def what_was_sent(names: Iterable[str]) -> Sent:
    """What the page says about itself: the revisions that it showed, and a choice after a conflict."""
    choice = request.form.get("keep", "")
    left_to_them = choice.removeprefix(KEEP_THEIRS) if choice.startswith(KEEP_THEIRS) else ""
    return Sent(
        seen={name: Seen.read(request.form.get(f"{SEEN}{name}")) for name in names},
        page=request.form.get("_page", "")[:20],
        leaving=not is_autosave(),
        keep_theirs=frozenset({left_to_them} - {""}),
    )


def wants_both() -> str:
    """The name of the field whose two texts are to be put together, or empty."""
    choice = request.form.get("keep", "")
    return choice.removeprefix(JOIN_BOTH) if choice.startswith(JOIN_BOTH) else ""


def sent_names(form: PortalForm, names: Iterable[str]) -> list[str]:
    """The fields that were sent: all of the page, or those that its script names."""
    if not is_autosave():
        return list(names)
    wanted = set(names)
    return [field.name for field in form.changed_fields() if field.name in wanted]


def seen_after(sent: Sent, outcome: Saving) -> dict[str, Seen]:
    """What the page has shown once it is shown again.

    What was saved or is in conflict is shown as it stands now. The rest shows what was typed, so
    it still has seen only what it had seen before.
    """
    conflicts = {
        name: Seen.of(conflict.theirs.value, conflict.theirs.revision)
        for name, conflict in outcome.conflicts.items()
    }
    return {**sent.seen, **outcome.seen, **conflicts}


def page_name() -> str:
    """A name for one opening of a page, so that its own saves are no conflict with each other."""
    return secrets.token_hex(8)


def show_refusals(form: PortalForm, outcome: Saving) -> None:
    """Put each refusal and each conflict beside its field."""
    conflicts = {name: conflict.message for name, conflict in outcome.conflicts.items()}
    for name, message in {**outcome.refused, **outcome.to_mend, **conflicts}.items():
        if name in form:
            form[name].errors = [message]


def status_of(outcome: Saving) -> int:
    """409 for a conflict, 422 for what must be mended."""
    if outcome.conflicts:
        return 409
    return 200 if outcome.is_clean else 422


def json_of(body: Mapping[str, Any], status: int) -> Response:
    """The answer to the page's own script."""
    response = jsonify(body)
    response.status_code = status
    return response
