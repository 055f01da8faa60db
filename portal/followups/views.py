"""The list of follow-ups, one of them with its history, and what is done to it."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, request, url_for

from forms import choice
from forms.fields import choices_of
from forms.followups import FollowUpFilterForm
from portal import settings, tables
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.documents import serving
from portal.followups import listing, policy, queries
from portal.followups.models import FollowUp, OwnerSide
from portal.followups.queries import Narrowing
from portal.followups.words import KINDS, SOURCES, STAGES, STEPS, source_words
from portal.web import clock, or_404, page, words_of_address
from scoring.followups import counts
from scoring.stages import FollowUpStage

bp = Blueprint("followups", __name__)


@bp.get("/follow-ups/")
@needs(Permission.FOLLOW_UP_READ)
def index() -> Response:
    viewer, on = current_viewer(), today(clock())
    form, wanted = _narrowed()
    found, total = queries.page_of(
        viewer,
        wanted,
        on,
        sort=request.args.get("sort"),
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    return page(
        "followups/index.html",
        filters=form,
        found=found,
        total=total,
        on=on,
        numbers=counts(queries.standings(viewer), on),
        listing=listing,
        source_words=source_words,
        address=_address(),
        is_ours=bool(viewer.provider_ids),
    )


@bp.get("/follow-ups.<kind>")
@needs(Permission.FOLLOW_UP_READ)
def index_file(kind: str) -> Response:
    form, wanted = _narrowed()
    on = today(clock())
    found = queries.everything(current_viewer(), wanted, on)
    chosen = {field.label.text: _chosen(field) for field in form if field.data}
    return tables.download(listing.table(found, on, filters=chosen), kind)


@bp.get("/follow-ups/<ref>")
@needs(Permission.FOLLOW_UP_READ)
def show(ref: str) -> Response:
    follow_up = one(ref)
    return page("followups/show.html", **facts(follow_up))


@bp.get("/follow-ups/<ref>/evidence/<step_ref>")
@needs(Permission.FOLLOW_UP_READ)
def evidence(ref: str, step_ref: str) -> Response:
    """A file that shows what was done, for whoever sees the follow-up."""
    steps = (step for step in one(ref).steps if step.ref == step_ref)
    version = next((step.version for step in steps), None)
    return serving.send(or_404(version))


def one(ref: str) -> FollowUp:
    """A follow-up that this person may see, or a page that says it is not there."""
    found: FollowUp = or_404(queries.follow_up(ref, current_viewer()))
    return found


def facts(follow_up: FollowUp) -> dict[str, Any]:
    """What every page of a follow-up says, and which buttons it has."""
    viewer, on = current_viewer(), today(clock())
    verbs = ("answer", "note", "close", "send-back", "change-due", "withdraw", "reopen")
    return {
        "one": follow_up,
        "on": on,
        "state": listing.state_words(follow_up, on),
        "colour": listing.state_colour(follow_up, on),
        "about": listing.about(follow_up),
        "kind": KINDS[follow_up.kind],
        "source": source_words(follow_up.source_kind, follow_up.source_label),
        "history": [_step(follow_up, step, on) for step in reversed(follow_up.steps)],
        "may": {verb: policy.may(viewer, verb, follow_up) for verb in verbs},
        "partners": sorted(
            part.council.name
            for part in follow_up.councils
            if part.council_id != follow_up.council_id
        ),
    }


def _step(follow_up: FollowUp, step: Any, _on: date) -> dict[str, Any]:
    of = follow_up.council.name
    if step.side is OwnerSide.PROVIDER and follow_up.provider:
        of = follow_up.provider.name
    own = current_viewer().provider_ids if step.side is OwnerSide.PROVIDER else None
    named = step.by.name if step.by else "The portal"
    # a provider reads for which council somebody wrote, and a council for which provider
    by = f"{named}, {of}" if own is None or follow_up.provider_id in own else of
    return {
        "title": STEPS[step.verb],
        "at": step.at,
        "by": by,
        "text": step.text,
        "due_on": step.due_on if step.verb in {"raise", "change-due", "reopen"} else None,
        "version": step.version,
        "file": url_for(".evidence", ref=follow_up.ref, step_ref=step.ref) if step.version else "",
    }


def _narrowed() -> tuple[FollowUpFilterForm, Narrowing]:
    """The filters of the address; nonsense in it narrows nothing."""
    viewer, form = current_viewer(), FollowUpFilterForm()
    form.provider.choices = [
        choice(provider.ref, provider.name)
        for provider in queries.providers_with_follow_ups(viewer)
    ]
    form.source.choices = [choice(kind, words) for kind, words in SOURCES.items()]
    ours = "You" if viewer.provider_ids else "The provider"
    form.owner.choices = [
        choice(OwnerSide.PROVIDER.value, ours),
        choice(OwnerSide.COUNCIL.value, "The council"),
    ]
    form.stage.choices = choices_of(FollowUpStage, STAGES)
    if not form.validate():
        for field in form:
            if field.errors:
                field.data, field.errors = None, ()
    return form, Narrowing(
        provider=form.provider.data or "",
        source=form.source.data or "",
        owner=OwnerSide(form.owner.data) if form.owner.data else None,
        stage=FollowUpStage(form.stage.data) if form.stage.data else None,
        when=form.when.data or "",
        words=form.words.data,
    )


def _chosen(field: Any) -> str:
    options = getattr(field, "choices", ())
    return next((one.label for one in options if one.value == field.data), str(field.data))


def _address() -> dict[str, str]:
    """The address without the place in the list."""
    return {name: text for name, text in words_of_address("from", "kind").items() if text}
