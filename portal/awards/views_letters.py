"""The letters: one's own, and all of a round looked through before they go out."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms.awards import LettersFilterForm
from portal.access import Permission, current_viewer, needs
from portal.applications.clarifications.queries import own_requests
from portal.awards import actions_letters, policy, presentation, queries, queries_letters
from portal.awards.models import Letter
from portal.awards.views import award_round, bp
from portal.db import db
from portal.people.actions import note_read
from portal.storage import get_store
from portal.tables import attachment
from portal.web import clock, done, or_404, page


@bp.get("/letters")
@needs(Permission.LETTER_READ)
def letters() -> Response:
    viewer = current_viewer()
    return page(
        "awards/letters.html",
        letters=queries.letters_for_provider(viewer),
        requests=own_requests(viewer),
    )


@bp.get("/letters/<ref>")
@needs(Permission.LETTER_READ)
def letter(ref: str) -> Response:
    found, is_own = _letter(ref)
    viewer, wanted = current_viewer(), queries_letters.Wanted.of(request.args)
    return page(
        "awards/letter.html",
        letter=found,
        content=presentation.readable(found),
        is_own=is_own,
        wanted=wanted,
        beside=None if is_own else queries_letters.neighbours(found, viewer, wanted),
        may_look=policy.may_look(viewer, found),
    )


@bp.get("/letters/<ref>.pdf")
@needs(Permission.LETTER_READ)
def letter_pdf(ref: str) -> Response:
    found, _ = _letter(ref)
    file = or_404(found.file)
    with get_store().open(file.sha256) as stream:
        return attachment(stream.read(), file.name, file.mime)


def _letter(ref: str) -> tuple[Letter, bool]:
    """A letter that the viewer may read, and whether it is to them. Others' reading is recorded."""
    viewer = current_viewer()
    found: Letter = or_404(queries.letter(ref, viewer))
    is_own = found.application.provider_id in viewer.provider_ids
    if not is_own:
        note_read(viewer, "letter", found.ref, clock())
    return found, is_own


@bp.get("/council/rounds/<ref>/award/letters")
@needs(Permission.LETTER_READ)
def preview(ref: str) -> Response:
    bid_round, viewer = award_round(ref), current_viewer()
    form = LettersFilterForm()
    wanted = queries_letters.Wanted.of(request.args)
    found, total = queries_letters.letters_page(bid_round, viewer, wanted, request.args.get("from"))
    return page(
        "awards/preview.html",
        form=form,
        round=bid_round,
        found=found,
        total=total,
        wanted=wanted,
        made=queries.progress_of(bid_round),
        looked=queries.looked_at(bid_round, viewer),
        may_release=policy.may_release(viewer, bid_round, queries.progress_of(bid_round)),
    )


@bp.post("/letters/<ref>/looked-at")
@needs(Permission.AWARD_APPROVE)
def look(ref: str) -> Any:
    """Mark a letter as looked at, and go on to the next one of the same list."""
    viewer = current_viewer()
    letter: Letter = or_404(queries.letter(ref, viewer))
    wanted = queries_letters.Wanted.of(request.args)
    following = queries_letters.neighbours(letter, viewer, wanted).next_ref
    actions_letters.look(letter, actor=viewer, now=clock())
    db.session.commit()
    if following:
        return redirect(url_for(".letter", ref=following, **wanted.address))
    done("That was the last letter of this list.")
    return redirect(url_for(".preview", ref=letter.application.round.ref, **wanted.address))
