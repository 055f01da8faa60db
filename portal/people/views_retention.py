"""Keeping and deleting: what is due, what was asked, what is on hold, what has gone."""

from collections import Counter
from typing import Any

from flask import redirect, request, url_for
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

SHOWN, EVERY = 50, "every"


@bp.route("/administration/keeping", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def keeping() -> Any:
    """The list, and the form that places a legal hold."""
    viewer, form = current_viewer(), LegalStopForm()
    classes = retention.classes()
    form.kept.choices = [choice(EVERY, "Everything, in every class")]
    form.kept.choices += [choice(one.key, one.title) for one in classes.values()]
    if carried_out(
        form,
        lambda: actions.stop_deleting(
            retention.ANY if form.kept.data == EVERY else form.kept.data,
            form.subject.data or "",
            form.reason.data,
            actor=viewer,
            now=clock(),
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
        titles=_titles(),
        deletions=db.session.scalars(deletions).all(),
        stops=db.session.scalars(stops).all(),
    )


def _titles() -> dict[str, str]:
    """Of every class; one whose room went is told by its key."""
    found = {one.key: one.title for one in retention.classes().values()}
    return {retention.ANY: "Everything", **found}


@bp.get("/administration/keeping/<key>")
@needs(Permission.PEOPLE_ADMINISTER)
def kept(key: str) -> Any:
    """A class before anything is asked: what would go, what stays, what is held and why."""
    found = actions.due_of(or_404(retention.classes().get(key)), clock().date())
    items = [*found.held, *found.items] if not found.stopped else []
    start = max(request.args.get("from", 0, type=int), 0)
    return page(
        "people/kept.html",
        one=found,
        items=items[start : start + SHOWN],
        earlier=max(start - SHOWN, 0) if start else None,
        later=start + SHOWN if len(items) > start + SHOWN else None,
        most=actions.AT_ONCE,
    )


@bp.get("/administration/keeping/deletions/<ref>")
@needs(Permission.PEOPLE_ADMINISTER)
def destruction(ref: str) -> Any:
    """The record of what went: by number, period, people and hash, and never what it said."""
    found = _deletion(ref)
    fates = Counter(one.fate for one in found.files)
    return page(
        "people/destruction.html",
        one=found,
        title_of=_titles().get(found.kept_key, found.kept_key),
        fates=fates,
        versions=sum(one.versions for one in found.files),
        rows=sorted(
            (name.replace("_", " "), number) for name, number in found.counts.items() if number
        ),
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
    wanted = select(Deletion).where(Deletion.ref == ref)
    people = (joinedload(Deletion.asked_by), joinedload(Deletion.decided_by))
    found: Deletion = or_404(db.session.scalar(wanted.options(*people)))
    return found


@bp.post("/administration/keeping/deletions/<ref>/agree")
@needs(Permission.PEOPLE_ADMINISTER)
def agree_deletion(ref: str) -> Any:
    actions.agree_deletion(_deletion(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("Agreed. It is being deleted: the record below tells when it is done.")
    return redirect(url_for(".destruction", ref=ref))


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
