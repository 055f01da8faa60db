"""“Tell someone”: what a young person writes, and those whom it reaches."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from forms import choice
from forms.young import RingForm, SettleForm, TellForm
from portal import settings
from portal.access import Permission, Role, current_viewer, needs
from portal.db import db
from portal.people.queries import councils_as
from portal.web import carried_out, clock, done, or_404, page
from portal.young import actions, queries
from portal.young.models import Told
from portal.young.words import Words
from scoring.stages import TOLD, verbs_from

bp = Blueprint("young", __name__)


@bp.route("/tell-someone", methods=["GET", "POST"])
@needs(Permission.YOUNG_SCORE)
def tell() -> Any:
    """For a young person: whom to ring now, and a box to write in."""
    viewer, form = current_viewer(), TellForm()
    if carried_out(form, lambda: actions.tell(form.text.data, actor=viewer, now=clock())):
        return redirect(url_for(".told_thanks"))
    return page("young/tell.html", form=form, ring=_numbers())


@bp.get("/tell-someone/thanks")
@needs(Permission.YOUNG_SCORE)
def told_thanks() -> Response:
    return page("young/thanks.html", ring=_numbers())


def _numbers() -> Any:
    return queries.numbers(current_viewer())


@bp.get("/young-people/told/")
@needs(Permission.ACCOUNT_MANAGE)
def told_list() -> Response:
    """For those whom it reaches; whoever that is hangs on the council, so no role opens this."""
    viewer = current_viewer()
    or_404(queries.listens(viewer) or None)
    found = queries.told_page(
        viewer, cursor=request.args.get("from"), size=settings.get("list_page_size")
    )
    return page("young/told_list.html", found=found, contacts=_contacts())


def _contacts() -> list[tuple[Any, Any]]:
    councils = councils_as(Role.PARTICIPATION_OFFICER, current_viewer())
    return [(council, queries.contact(council.id)) for council in councils]


@bp.get("/young-people/told/<ref>")
@needs(Permission.ACCOUNT_MANAGE)
def told(ref: str) -> Response:
    """Who told something, when, and who is on it. The words are opened by an act of their own."""
    return _told_page(_one(ref))


@bp.post("/young-people/told/<ref>/read")
@needs(Permission.ACCOUNT_MANAGE)
def read(ref: str) -> Response:
    """Open the words once: to look again is another line in the trail, so nothing leads back here."""
    found = _one(ref)
    words = actions.read(found, actor=current_viewer(), now=clock())
    db.session.commit()
    return _told_page(found, words)


def _told_page(found: Told, words: Words | None = None) -> Response:
    verbs = verbs_from(TOLD, found.stage)
    return page("young/told.html", told=found, words=words, verbs=verbs)


def _one(ref: str) -> Told:
    found: Told = or_404(queries.told(ref, current_viewer()))
    return found


@bp.post("/young-people/told/<ref>/take")
@needs(Permission.ACCOUNT_MANAGE)
def take(ref: str) -> Any:
    actions.take(_one(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("Your colleague sees that you are on it.")
    return redirect(url_for(".told", ref=ref))


@bp.post("/young-people/told/<ref>/reopen")
@needs(Permission.ACCOUNT_MANAGE)
def reopen(ref: str) -> Any:
    actions.reopen(_one(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("It is open again.")
    return redirect(url_for(".told", ref=ref))


@bp.route("/young-people/told/<ref>/settle", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def settle(ref: str) -> Any:
    found, form = _one(ref), SettleForm()

    def act() -> None:
        actions.settle(found, form.note.data, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("It is settled.")
        return redirect(url_for(".told_list"))
    return page("young/settle.html", form=form, told=found)


@bp.route("/young-people/ring/<ref>", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def change_ring(ref: str) -> Any:
    """Whom the young people of a council ring."""
    councils = {one.ref: one for one in councils_as(Role.PARTICIPATION_OFFICER, current_viewer())}
    council = or_404(councils.get(ref))
    contact = queries.contact(council.id)
    staff = {one.ref: one for one in queries.staff_of(council.id)}
    form = RingForm()
    form.lead.choices = [choice(key, one.name) for key, one in staff.items()]
    if contact is not None and not form.is_submitted():
        form.ring.data = contact.ring
        form.lead.data = contact.lead.ref if contact.lead else None

    def act() -> None:
        lead = staff[form.lead.data] if form.lead.data else None
        actions.change_contact(council, form.ring.data, lead, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("Saved. It stands on every page of theirs.")
        return redirect(url_for(".told_list"))
    return page("young/ring.html", form=form, of_council=council)
