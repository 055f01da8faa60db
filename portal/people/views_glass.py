"""The page on which an administrator breaks the glass, and sees who did before."""

from typing import Any

from flask import redirect, url_for

from forms.fields import choice
from forms.people import BreakGlassForm
from portal import settings
from portal.access import Permission, Role, current_viewer, needs
from portal.db import db
from portal.people import actions, actions_glass, attempts, queries
from portal.people.models import Council
from portal.people.views import bp
from portal.people.views_account import say_again
from portal.people.views_admin import role_choices
from portal.web import clock, done, or_404, page
from scoring.rules import RuleBroken


@bp.route("/administration/break-glass", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def break_glass() -> Any:
    viewer, form = current_viewer(), BreakGlassForm()
    with db.reading() as session:
        councils = {one.ref: one for one in queries.councils(session)}
    form.council.choices = [choice(one.ref, one.name) for one in councils.values()]
    form.role.choices = role_choices([role for role in Role if role in actions_glass.TAKEN])
    keys: dict[str, int] = {}
    if form.holds(lambda: keys.update(say_again(viewer, form.password.data, "password"))):
        try:
            council = db.session.get_one(Council, councils[form.council.data].id)
            actions.break_glass(
                council, Role(form.role.data), form.reason.data, actor=viewer, now=clock()
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            attempts.forgive(keys, clock())
            db.session.commit()
            done("The role is yours for now. The auditors and administrators are told.")
            return redirect(url_for(".break_glass"))
    hours = settings.get("glass_hours")
    return page("people/break_glass.html", form=form, hours=hours, broken=queries.glasses(viewer))


@bp.post("/administration/break-glass/<ref>/end")
@needs(Permission.PEOPLE_ADMINISTER)
def end_glass(ref: str) -> Any:
    glass = or_404(queries.glass(ref, current_viewer()))
    actions.end_glass(glass, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The role is given back, and reported.")
    return redirect(url_for(".break_glass"))
