"""Passkeys: adding one, signing in with one, removing one. The device needs the page's script.

The challenge lies in the browser's signed cookie while it is asked, and in the database once it is
answered.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import current_app, redirect, session as cookie, url_for

from forms.people import NewPasskeyForm, PasskeyForm, PasswordAgainForm
from portal import settings
from portal.access import Permission, current_viewer, needs, public
from portal.db import db
from portal.people import actions, attempts, passkeys, queries, sessions, signing
from portal.people.actions_passkeys import Challenge
from portal.people.models import Person
from portal.people.passkeys import CHALLENGE_BYTES, Site
from portal.people.views import bp, code_was_wrong, come_in, wanted_next, whence
from portal.people.views_account import say_again, show_codes
from portal.web import clock, done, or_404, page
from scoring.rules import RuleBroken


def _site() -> Site:
    return Site(str(current_app.config["BASE_URL"]), str(settings.get("product_name")))


def _ask() -> bytes:
    """A new challenge for this browser; the one before it is forgotten."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    cookie["challenge"] = [challenge.hex(), int(clock().timestamp())]
    return challenge


def _asked() -> Challenge:
    """What this browser was asked. Raises RuleBroken `passkey:refused`."""
    kept = cookie.pop("challenge", None)
    if kept is None:
        raise passkeys.refused()
    return Challenge(kept[0], datetime.fromtimestamp(kept[1], UTC))


@bp.route("/sign-in/passkey", methods=["GET", "POST"])
@public
def passkey() -> Any:
    waiting = sessions.waiting_for_code(clock())
    if waiting is None or not waiting.passkeys:
        return redirect(url_for(".sign_in" if waiting is None else ".code"))
    form = PasskeyForm()
    if form.validate_on_submit():
        try:
            keys = signing.count_code(waiting.person_id, address=whence(), now=clock())
            person = db.session.get_one(Person, waiting.person_id)
            actions.use_passkey(person, form.answer.data or "", _asked(), _site(), now=clock())
        except RuleBroken as broken:
            code_was_wrong(form, _without_field(broken), waiting.person_id, "passkey")
        else:
            attempts.forgive(keys, clock())
            return come_in(person, waiting.onward, through=waiting.through)
    options = passkeys.to_use(_site(), challenge=_ask(), known=waiting.passkeys)
    form.answer.data = ""
    return page("people/passkey.html", form=form, options=options, has_phone=bool(waiting.secret))


def _without_field(broken: RuleBroken) -> RuleBroken:
    """What is wrong with a hidden field stands above the form."""
    field = None if broken.field == "answer" else broken.field
    return RuleBroken(broken.code, broken.message, field)


@bp.route("/account/passkeys/new", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def new_passkey() -> Any:
    viewer, site = current_viewer(), _site()
    with db.reading() as session:
        person = session.get_one(Person, viewer.person_id)
        known = queries.passkeys_of(person.id, session)
    enrolled = person.totp_confirmed_at is not None or bool(known)
    form, keys = NewPasskeyForm(), dict[str, int]()
    if form.holds(
        lambda: enrolled and keys.update(say_again(viewer, form.password.data, "password"))
    ):
        try:
            own, answer = queries.own(viewer), form.answer.data or ""
            codes = actions.add_passkey(
                own, form.name.data, answer, _asked(), site, actor=viewer, now=clock()
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(_without_field(broken))
        else:
            return _added(codes, keys)
    form.answer.data = ""
    options = passkeys.to_make(
        site,
        handle=person.ref,
        name=person.email or person.name,
        shown=person.name,
        challenge=_ask(),
        known=[one.credential_id for one in known],
    )
    return page(
        "people/passkey_new.html",
        form=form,
        options=options,
        enrolled=enrolled,
        next=wanted_next(),
    )


def _added(codes: list[str], keys: dict[str, int]) -> Any:
    done("Your passkey is added. Use it when you next sign in.")
    if codes:
        return show_codes(codes, keys)
    if keys:
        attempts.forgive(keys, clock())
    db.session.commit()
    return redirect(wanted_next() or url_for(".account"))


@bp.route("/account/passkeys/<ref>/remove", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def remove_passkey(ref: str) -> Any:
    viewer = current_viewer()
    with db.reading() as session:
        shown = or_404(queries.own_passkey(ref, viewer, session))
    form = PasswordAgainForm()
    if form.validate_on_submit():
        try:
            keys = say_again(viewer, form.password.data, "password")
            found = or_404(queries.own_passkey(ref, viewer))
            actions.remove_passkey(found, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            attempts.forgive(keys, clock())
            db.session.commit()
            done("The passkey is removed. You are signed out everywhere else.")
            return redirect(url_for(".account"))
    return page("people/passkey_remove.html", form=form, passkey=shown)
