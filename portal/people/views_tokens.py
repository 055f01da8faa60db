"""Tokens for one's own programs: which there are, a new one (shown once), and taking one back."""

from datetime import timedelta
from typing import Any

from flask import redirect, url_for

from forms import choice
from forms.people import EmptyForm, TokenForm
from portal import settings
from portal.access import Permission, Viewer, current_viewer, needs
from portal.days import LONDON
from portal.db import db
from portal.people import actions, attempts, pocket, policy, queries
from portal.people.models import Person
from portal.people.scopes import Scope, of_use_to
from portal.people.views import bp
from portal.people.views_account import say_again
from portal.web import carried_out, clock, done, or_404, page

USUAL_DAYS = 90


@bp.get("/account/tokens")
@needs(Permission.TOKEN_KEEP)
def tokens() -> Any:
    viewer, today = current_viewer(), clock().astimezone(LONDON).date()
    return page(
        "people/tokens.html",
        new=pocket.take("api_token"),
        tokens=queries.own_tokens(viewer, today),
        today=today,
    )


@bp.route("/account/tokens/new", methods=["GET", "POST"])
@needs(Permission.TOKEN_KEEP)
def new_token() -> Any:
    viewer, now = current_viewer(), clock()
    policy.may_keep_tokens(viewer).or_refuse("token:refused")
    form, said = _form(viewer), dict[str, int]()
    if form.holds(lambda: "password" in form and said.update(_again(viewer, form))):
        made: list[str] = []
        scopes = [Scope(one) for one in form.scopes.data]
        if carried_out(
            form,
            lambda: made.append(
                actions.make_token(form.name.data, scopes, form.last_on.data, actor=viewer, now=now)
            ),
        ):
            if said:
                attempts.forgive(said, now)
                db.session.commit()
            pocket.put("api_token", made[0])
            return redirect(url_for(".tokens"))
    return page("people/new_token.html", form=form)


def _form(viewer: Viewer) -> TokenForm:
    """The form with the scopes that are of use to this person."""
    today = clock().astimezone(LONDON).date()
    most = int(settings.get("api_token_days"))
    form = TokenForm(data={"last_on": today + timedelta(days=min(USUAL_DAYS, most))})
    form.scopes.choices = [choice(one.value, one.title) for one in of_use_to(viewer)]
    form.last_on.earliest, form.last_on.latest = today, today + timedelta(days=most)
    with db.reading() as session:
        if session.get_one(Person, viewer.person_id).password_hash is None:
            del form.password  # who comes in by the council's own sign-in has none here
    return form


def _again(viewer: Viewer, form: TokenForm) -> dict[str, int]:
    return say_again(viewer, form.password.data or "", "password")


@bp.route("/account/tokens/<ref>/revoke", methods=["GET", "POST"])
@needs(Permission.TOKEN_KEEP)
def revoke_token(ref: str) -> Any:
    viewer, now = current_viewer(), clock()
    token = or_404(queries.own_token(ref, viewer))
    form = EmptyForm()
    if carried_out(form, lambda: actions.revoke_token(token, actor=viewer, now=now)):
        done("The token is revoked. It opens nothing any more.")
        return redirect(url_for(".tokens"))
    return page("people/revoke_token.html", form=form, token=token)
