"""Keeping and deleting: what is due, what was asked, what is on hold, what has gone."""

from typing import Any

from flask import redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forms.fields import choice
from forms.people import LegalStopForm
from portal import retention
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.people import actions_retention as actions
from portal.people.views import bp
from portal.retention import Deletion, LegalStop
from portal.web import carried_out, clock, done, or_404, page

SHOWN = 50


@bp.route("/administration/keeping", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def keeping() -> Any:
    """The list, and the form that places a legal hold."""
    viewer, form = current_viewer(), LegalStopForm()
    form.kept.choices = [choice(one.key, one.title) for one in retention.classes().values()]
    if carried_out(
        form,
        lambda: actions.stop_deleting(
            form.kept.data, form.subject.data or "", form.reason.data, actor=viewer, now=clock()
        ),
    ):
        done("The hold stands: nothing of this is deleted.")
        return redirect(url_for(".keeping"))
    people = (joinedload(Deletion.asked_by), joinedload(Deletion.decided_by))
    deletions = select(Deletion).options(*people).order_by(Deletion.id.desc()).limit(SHOWN)
    stops = select(LegalStop).where(LegalStop.lifted_at.is_(None)).order_by(LegalStop.id)
    return page(
        "people/keeping.html",
        form=form,
        due=actions.due_now(clock().date()),
        titles={one.key: one.title for one in retention.classes().values()},
        deletions=db.session.scalars(deletions).all(),
        stops=db.session.scalars(stops).all(),
    )


@bp.post("/administration/keeping/<key>/ask")
@needs(Permission.PEOPLE_ADMINISTER)
def ask_deletion(key: str) -> Any:
    or_404(retention.classes().get(key))
    asked = actions.ask_deletion(key, actor=current_viewer(), now=clock())
    db.session.commit()
    done(f"Asked for {asked.asked}. Another administrator has to agree.")
    return redirect(url_for(".keeping"))


def _deletion(ref: str) -> Deletion:
    found: Deletion = or_404(db.session.scalar(select(Deletion).where(Deletion.ref == ref)))
    return found


@bp.post("/administration/keeping/deletions/<ref>/agree")
@needs(Permission.PEOPLE_ADMINISTER)
def agree_deletion(ref: str) -> Any:
    erased = actions.agree_deletion(_deletion(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done(f"{erased} deleted.")
    return redirect(url_for(".keeping"))


@bp.post("/administration/keeping/deletions/<ref>/refuse")
@needs(Permission.PEOPLE_ADMINISTER)
def refuse_deletion(ref: str) -> Any:
    actions.refuse_deletion(_deletion(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("Nothing is deleted.")
    return redirect(url_for(".keeping"))


@bp.post("/administration/keeping/holds/<ref>/lift")
@needs(Permission.PEOPLE_ADMINISTER)
def lift_stop(ref: str) -> Any:
    stop = or_404(db.session.scalar(select(LegalStop).where(LegalStop.ref == ref)))
    actions.lift_stop(stop, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The hold is lifted.")
    return redirect(url_for(".keeping"))
