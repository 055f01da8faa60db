"""What pages with saved-as-you-type answers share: what they send about themselves, and conflicts."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, get_template_attribute, jsonify, request

from forms import PortalForm, is_autosave
from portal.autosave import SEEN, Saving, Seen, Sent
from scoring.rules import RuleBroken

MINE, THEIRS, BOTH = "mine", "theirs", "both"


def what_was_sent(names: Iterable[str]) -> Sent:
    """What the page says about itself: the revisions that it showed, and a choice after a conflict.

    Of several conflicts a choice ends one; the others are as if they had not been seen yet.
    """
    kept, chosen = choice()
    conflicts = " ".join(request.form.getlist("_undecided")).split() if kept else []
    undecided = set(conflicts) - {chosen}
    return Sent(
        seen={
            name: Seen() if name in undecided else Seen.read(request.form.get(f"{SEEN}{name}"))
            for name in names
        },
        page=request.form.get("_page", "")[:20],
        leaving=not is_autosave(),
        keep_theirs=frozenset({chosen} if kept == THEIRS else ()),
    )


def choice() -> tuple[str, str]:
    """What was chosen after a conflict (mine, theirs, both, or nothing), and of which field."""
    kept, _, name = request.form.get("keep", "").partition(":")
    return (kept, name) if kept in {MINE, THEIRS, BOTH} else ("", "")


def wants_both() -> str:
    """The name of the field whose two texts are to be put together, or empty."""
    kept, name = choice()
    return name if kept == BOTH else ""


def conflict_html(conflicts: Sequence[Mapping[str, Any]]) -> str:
    """The choice as the page shows it, for the page's own script."""
    return str(get_template_attribute("components/conflict.html", "conflict_block")(conflicts))


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


def page_name(version: int) -> str:
    """A name for one opening of a page, so that its own saves are no conflict with each other.

    Args:
        version: of the round, whose text the page shows; what is saved from the page is an answer
            to that text, however late it comes.
    """
    return f"{version}-{secrets.token_hex(6)}"


def show_refusals(form: PortalForm, outcome: Saving) -> None:
    """Put each refusal and each conflict beside its field."""
    conflicts = {name: conflict.message for name, conflict in outcome.conflicts.items()}
    for name, message in {**outcome.refused, **outcome.to_mend, **conflicts}.items():
        if name in form:
            form[name].errors = [message]


def words_of_saving(outcome: Saving, one: str, many: str) -> str:
    """What the line about saving says when not everything was saved; else nothing.

    Args:
        one, many: what is saved here, such as "price" and "prices".
    """
    lost, kept = len(outcome.refused) + len(outcome.conflicts), len(outcome.seen)
    if not lost:
        return ""
    words = f"{lost} {one if lost == 1 else many} {'is' if lost == 1 else 'are'} not saved"
    if kept:
        words += f", {kept} {'is' if kept == 1 else 'are'}"
    where = f"message beside the {one}" if lost == 1 else f"messages beside the {many}"
    return f"{words}. Look at the {where}."


def close(form: PortalForm, lost: Sequence[Any], reason: str) -> str:
    """Say on the form, and beside what was typed in vain, that nothing of it was saved.

    Args:
        lost: the fields whose text is not kept; it stays on the page, to be copied.
        reason: why nothing can be saved, as a sentence.

    Returns:
        The words for the line about saving: nothing can be saved here any more.
    """
    words = f"Not saved. {reason}"
    for field in lost:
        is_one_of_many = field.full_label != field.label.text
        field.errors = [f"{field.called} is not saved. {reason}" if is_one_of_many else words]
    if not lost:
        form.form_errors.append(words)
    return words


def show_theirs(form: PortalForm, as_kept: PortalForm, sent: Sent) -> None:
    """Let a field show what stands, where the other version was chosen and the page comes again."""
    for name in sent.keep_theirs:
        if name in form:
            form._fields[name] = as_kept[name]


def status_of(outcome: Saving) -> int:
    """409 for a conflict, 422 for what must be mended."""
    if outcome.conflicts:
        return 409
    return 200 if outcome.is_clean else 422


def refused(broken: RuleBroken) -> Response:
    """The answer to the page's own script when nothing can be saved here any more."""
    body = {"status": "refused", "message": broken.message, "closed": True}
    return json_of(body, 409)


def json_of(body: Mapping[str, Any], status: int) -> Response:
    """The answer to the page's own script."""
    response = jsonify(body)
    response.status_code = status
    return response
