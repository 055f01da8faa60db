"""Photographs of a visit: taken in by the team, seen by the team, removed with a reason."""

import uuid
from typing import Any

from flask import Response, redirect, request, send_file, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forms.visits import PhotoForm, ReasonForm
from portal import settings
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.documents.actions import StagedFile
from portal.storage import get_store
from portal.visits import actions_photos, arriving, finding, policy
from portal.visits.models import Visit
from portal.visits.models_entries import VisitPhoto
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import RuleBroken
from scoring.stages import ScanStage


@bp.route("/phone/<ref>/photos", methods=["GET", "POST"])
@needs(Permission.VISIT_TAKE_PART)
def phone_photos(ref: str) -> Any:
    viewer = current_viewer()
    form = PhotoForm(data={"client_id": uuid.uuid4().hex})
    staged, refused = _staged(form)  # before the first statement, which takes the write lock
    visit = finding.own(ref)
    made: list[VisitPhoto] = []
    if staged and carried_out(
        form,
        lambda: made.append(
            actions_photos.add_photo(
                visit,
                staged,
                form.caption.data or "",
                client_id=form.client_id.data or "",
                actor=viewer,
                now=clock(),
            )
        ),
    ):
        if _by_script():
            return {"status": "save", "ref": made[0].ref}
        done("The photograph is kept. It is being checked for viruses.")
        return redirect(url_for(".phone_photos", ref=ref))
    if request.method == "POST":
        form.validate()
    if refused is not None:
        form.refuse_file(refused)
    if _by_script():
        words = " ".join(line["text"] for line in form.error_summary)
        return {"status": "refused", "message": words}, 422
    return page(
        "visits/phone/photos.html",
        visit=visit,
        form=form,
        photos=_photos(visit),
        open=policy.may_write(viewer, visit) or arriving.may_write(visit, viewer, clock()),
        kept_months=settings.get("keep_visit_photos_months"),
        may_remove={one.ref: policy.may_remove_photo(viewer, one) for one in _photos(visit)},
    )


@bp.get("/<ref>/photos/<photo>")
@needs(Permission.VISIT_TAKE_PART)
def photo(ref: str, photo: str) -> Response:
    found = _photo(ref, photo)
    if found.file.scan is not ScanStage.CLEAN:
        raise RuleBroken("visit-photo:not-open", "This photograph is still being checked.")
    response = send_file(
        get_store().open(found.file.sha256),
        mimetype=found.file.mime,
        as_attachment=True,  # never a page of ours; an image element shows it all the same
        download_name=f"{found.ref}.jpg",
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.route("/<ref>/photos/<photo>/remove", methods=["GET", "POST"])
@needs(Permission.VISIT_TAKE_PART)
def photo_remove(ref: str, photo: str) -> Any:
    viewer, found = current_viewer(), _photo(ref, photo)
    policy.may_remove_photo(viewer, found).or_refuse("visit-photo:remove-refused")
    form = ReasonForm()
    if carried_out(
        form,
        lambda: actions_photos.remove_photo(found, form.reason.data, actor=viewer, now=clock()),
    ):
        done("The photograph is removed.")
        return redirect(url_for(".phone_photos", ref=ref))
    return page("visits/photo_remove.html", form=form, visit=found.visit, photo=found)


def _staged(form: PhotoForm) -> tuple[StagedFile | None, RuleBroken | None]:
    sent = form.file.data
    if request.method != "POST" or not sent:
        return None, None
    try:
        return actions_photos.stage_photo(sent.stream), None
    except RuleBroken as broken:
        return None, broken


def _by_script() -> bool:
    return request.headers.get("X-Requested-With") == "visit-queue"


def _photos(visit: Visit) -> list[VisitPhoto]:
    wanted = select(VisitPhoto).where(
        VisitPhoto.visit_id == visit.id, VisitPhoto.removed_at.is_(None)
    )
    whole = wanted.options(joinedload(VisitPhoto.file), joinedload(VisitPhoto.taken_by))
    return list(db.session.scalars(whole.order_by(VisitPhoto.id)))


def _photo(ref: str, photo: str) -> VisitPhoto:
    visit = finding.own(ref)
    return or_404(next((one for one in _photos(visit) if one.ref == photo), None))
