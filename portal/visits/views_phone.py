"""The pages of a visit on a phone. They work as plain forms; the page's script keeps them offline."""

import uuid
from typing import Any

from flask import Response, redirect, request, send_from_directory, url_for
from flask_wtf.csrf import generate_csrf

from forms import PortalForm, choice
from forms.visits import ChoiceForm
from portal.access import Permission, Viewer, current_viewer, needs, public
from portal.db import db
from portal.people import young as young_people
from portal.visits import (
    actions_choices,
    actions_entries,
    actions_sheets,
    arriving,
    finding,
    policy,
    queries,
    steps,
    telling,
)
from portal.visits.models import Visit
from portal.visits.models_entries import ChoiceMade
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page
from portal.young import queries as young
from scoring.visits import MOST_CHARACTERS, Verdict

FAREWELL = [
    "You do not go on visits for us any more. So we can take no more from this phone.",
    "What was not sent is gone from it. What you sent still counts.",
    "Thank you for all you did! Is this not right? Then talk to the person who gave you your card.",
]
NO_JOURNAL = {"Cache-Control": "no-store"}


@bp.get("/phone/")
@needs(Permission.VISIT_TAKE_PART)
def phone() -> Response:
    viewer = current_viewer()
    mine = queries.mine(viewer)
    return _page("visits/phone/index.html", visits=mine, sheets=_sheets(mine), young=_young(viewer))


@bp.get("/phone/<ref>")
@needs(Permission.VISIT_TAKE_PART)
def phone_visit(ref: str) -> Response:
    viewer, visit = current_viewer(), finding.own(ref)
    way = _way(visit, viewer)
    return _page(
        "visits/phone/visit.html",
        visit=visit,
        way=way,
        may_begin=policy.may_begin(viewer, visit, clock()),
        asides=queries.waiting_asides(visit, viewer),
        to_keep=arriving.addresses(way),
    )


@bp.route("/phone/<ref>/at/<part>", methods=["GET", "POST"])
@bp.route("/phone/<ref>/at/<part>/<key>", methods=["GET", "POST"])
@needs(Permission.VISIT_TAKE_PART)
def phone_entry(ref: str, part: str, key: str = "") -> Any:
    viewer, visit = current_viewer(), finding.own(ref)
    way = _way(visit, viewer)
    step = or_404(way.at(part, key))
    form = steps.form_of(way, step, uuid.uuid4().hex)
    saved: list[actions_entries.Saved] = []
    if carried_out(form, lambda: saved.append(arriving.typed(visit, step, form, viewer, clock()))):
        if saved[0].verdict is Verdict.ASIDE:
            aside = _aside_at(visit, step, viewer)
            chosen = url_for(".phone_choose", ref=ref, aside=aside) if aside else ""
            return redirect(chosen or url_for(".phone_choices", ref=ref))
        return redirect(way.beside(step, 1))
    return _page(
        "visits/phone/entry.html",
        visit=visit,
        way=way,
        step=step,
        form=form,
        back=way.beside(step, -1),
        onward=way.beside(step, 1),
        at=way.steps.index(step) + 1,
        said=steps.said_at(way, step),
        aside=_aside_at(visit, step, viewer),
        most_characters=MOST_CHARACTERS,
    )


def _aside_at(visit: Visit, step: steps.Step, viewer: Viewer) -> str:
    """What is to be chosen here before anybody writes more; a page that a phone keeps stays open."""
    if arriving.is_for_keeping():
        return ""
    waiting = queries.waiting_asides(visit, viewer)
    return next((one.ref for one in waiting if one.place == str(step.where)), "")


@bp.route("/phone/<ref>/send", methods=["GET", "POST"])
@needs(Permission.VISIT_TAKE_PART)
def phone_send(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.own(ref)
    way = _way(visit, viewer)
    form = PortalForm()
    sheet = way.sheet
    if sheet is not None and carried_out(
        form, lambda: actions_sheets.submit_sheet(sheet, visit, actor=viewer, now=clock())
    ):
        done("Your scores are sent. Thank you!" if way.young else "Your sheet is handed in.")
        return redirect(url_for(".phone_visit", ref=ref))
    missing = {one.where for one in actions_sheets.missing(sheet, visit)} if sheet else set()
    return _page(
        "visits/phone/send.html",
        visit=visit,
        way=way,
        form=form,
        missing=missing,
        least_words=actions_sheets.least_words(sheet) if sheet else 0,
    )


@bp.get("/phone/<ref>/choices")
@needs(Permission.VISIT_TAKE_PART)
def phone_choices(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.own(ref)
    waiting = queries.waiting_asides(visit, viewer)
    if len(waiting) == 1:
        return redirect(url_for(".phone_choose", ref=ref, aside=waiting[0].ref))
    told = telling.choices(visit, waiting, viewer)
    return _page("visits/phone/choices.html", visit=visit, told=told)


@bp.route("/phone/<ref>/choices/<aside>", methods=["GET", "POST"])
@needs(Permission.VISIT_TAKE_PART)
def phone_choose(ref: str, aside: str) -> Any:
    viewer, visit = current_viewer(), finding.own(ref)
    waiting = [one for one in queries.waiting_asides(visit, viewer) if one.ref == aside]
    told = or_404(next(iter(telling.choices(visit, waiting, viewer)), None))
    form = ChoiceForm()
    form.choice.choices = [
        choice(made.value, f"{one.whose}: {one.said}", hint=one.by) for made, one in told.versions
    ]
    if carried_out(
        form,
        lambda: actions_choices.choose(
            waiting[0], ChoiceMade(form.choice.data), actor=viewer, now=clock()
        ),
    ):
        done("Your choice is kept. The other version stays on record.")
        return redirect(url_for(".phone_visit", ref=ref))
    return _page("visits/phone/choose.html", visit=visit, told=told, form=form)


# --- What the phone's own script asks for ------------------------------------------------------


@bp.get("/phone/worker.js")
@public
def phone_worker() -> Response:
    """The service worker: it may serve the pages of visits, and no others."""
    response = send_from_directory(arriving.BUILD, "visit-worker.js", mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = url_for(".phone")
    return response


@bp.get("/phone/farewell")
@public
def phone_farewell() -> Any:
    """Somebody who is signed out asks whether they may come back: what they never sent goes if not."""
    left = young_people.has_left(request.args.get("person", ""))
    return {"left": left, "words": FAREWELL if left else []}, 200, NO_JOURNAL


@bp.get("/phone/<ref>/state")
@needs(Permission.VISIT_TAKE_PART)
def phone_state(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.own(ref)
    told = arriving.state(visit, viewer)
    return {**told, "token": generate_csrf(), "person": viewer.ref}, 200, NO_JOURNAL


@bp.post("/phone/<ref>/entries")
@needs(Permission.VISIT_TAKE_PART)
def phone_entries(ref: str) -> Any:
    """Entries out of a phone's queue; each is answered for itself, and kept before it is answered."""
    viewer, visit = current_viewer(), finding.own(ref)
    sent = arriving.sent_entries(request.get_json(silent=True), clock())
    told = actions_entries.save_entries(visit, sent, actor=viewer, now=clock())
    db.session.commit()
    answers = [arriving.answer(one, saved) for one, saved in zip(sent, told, strict=True)]
    return {"answers": answers}, 200, NO_JOURNAL


def _way(visit: Visit, viewer: Viewer) -> steps.Way:
    """Before a visit begins its pages are open on its day; a phone keeps them so the evening before."""
    return steps.way_of(visit, viewer, may_begin=arriving.may_write(visit, viewer, clock()))


def _page(template: str, **context: Any) -> Response:
    """A page of the way; a young person's says whom to ring, for when there is no reception."""
    viewer = current_viewer()
    ring = young.numbers(viewer) if viewer.may(Permission.YOUNG_SCORE) else None
    return page(template, ring=ring, **context)


def _sheets(visits: Any) -> dict[int, Any]:
    viewer = current_viewer()
    return {one.id: queries.own_sheet(one, viewer) for one in visits}


def _young(viewer: Any) -> bool:
    return not viewer.may(Permission.VISIT_READ)
