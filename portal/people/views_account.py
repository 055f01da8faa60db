"""One's own account: name, password, phone, recovery codes, signed-in browsers."""

import json
from io import BytesIO
from typing import Any

from flask import current_app, redirect, send_file, url_for

from forms.people import (
    ChangePasswordForm,
    EmptyForm,
    NameForm,
    PasswordAgainForm,
    SecondFactorForm,
)
from portal import settings
from portal.access import Permission, Viewer, current_viewer, needs
from portal.db import db
from portal.people import (
    actions,
    attempts,
    doors,
    factor,
    passwords,
    personal,
    pocket,
    queries,
    sessions,
    signing,
)
from portal.people.models import Council, Person
from portal.people.views import HOME, bp, wanted_next, whence
from portal.web import clock, done, or_404, page
from scoring.rules import RuleBroken


@bp.get("/account")
@needs(Permission.ACCOUNT_MANAGE)
def account() -> Any:
    viewer = current_viewer()
    return page(
        "people/account.html",
        person=queries.own(viewer),
        sessions=queries.own_sessions(viewer, sessions.limits(), clock()),
        codes_left=queries.recovery_codes_left(viewer),
        identities=queries.own_identities(viewer),
        passkeys=queries.passkeys_of(viewer.person_id or 0),
        doors=_doors_to_connect(viewer),
    )


def _doors_to_connect(viewer: Viewer) -> list[Council]:
    """The councils at which this person works, and whose own sign-in is not connected yet."""
    connected = {one.council_id for one in queries.own_identities(viewer)}
    mine = {post.organisation_id for post in viewer.posts} - connected
    return [council for council in doors.shown(db.session) if council.id in mine]


@bp.get("/account/data")
@needs(Permission.ACCOUNT_MANAGE)
def own_data() -> Any:
    """What is kept about oneself, for how long, and what can be erased."""
    found = personal.told_of(queries.own(current_viewer()), clock())
    return page("people/data.html", told=found)


@bp.get("/account/data.json")
@needs(Permission.ACCOUNT_MANAGE)
def own_data_file() -> Any:
    """The same, whole, as a file."""
    found = personal.told_of(queries.own(current_viewer()), clock())
    content = json.dumps(found, ensure_ascii=False, indent=1, default=str).encode()
    name = f"my-data-{clock():%Y-%m-%d}.json"
    return send_file(BytesIO(content), "application/json", as_attachment=True, download_name=name)


@bp.route("/account/name", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def change_name() -> Any:
    viewer = current_viewer()
    form = NameForm(name=viewer.name)
    if form.validate_on_submit():
        try:
            actions.change_name(queries.own(viewer), form.name.data, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("Your name is changed.")
            return redirect(url_for(".account"))
    return page("people/name.html", form=form)


@bp.route("/account/password", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def change_password() -> Any:
    viewer = current_viewer()
    form = ChangePasswordForm()
    said: dict[str, int] = {}
    if form.holds(
        lambda: form.current.data and said.update(say_again(viewer, form.current.data, "current")),
        lambda: _check_new(viewer, form.password.data),
    ):
        try:
            password_hash = passwords.hash_password(form.password.data)
            person = queries.own(viewer)
            actions.change_password(person, password_hash, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            attempts.forgive(said, clock())
            db.session.commit()
            done("Your password is changed. You are signed out everywhere else.")
            return redirect(url_for(".account"))
    return page("people/password.html", form=form)


def say_again(viewer: Viewer, password: str, field: str) -> dict[str, int]:
    """Raises RuleBroken when the password is not the person's own; returns the keys it counted on."""
    if not password:  # no attempt at it, so none is counted
        raise RuleBroken("password:missing", "Enter your password", field)
    person_id = viewer.person_id or 0
    tried = signing.try_own_password(person_id, password, address=whence(), now=clock())
    if not tried.right:
        raise RuleBroken("password:wrong", "This is not your password.", field)
    return tried.keys


def _check_new(viewer: Viewer, password: str) -> None:
    """Raises RuleBroken when a new password is not good enough for this person."""
    with db.reading() as session:
        person = session.get_one(Person, viewer.person_id)
    passwords.check(password, email=person.email or "", name=person.name)


@bp.route("/account/second-factor", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def second_factor() -> Any:
    """Set the phone up, or change it: the page shows a secret that is kept once a code proves it."""
    viewer = current_viewer()
    with db.reading() as session:
        person = session.get_one(Person, viewer.person_id)
    secret = pocket.look("new_secret") or factor.new_secret()
    pocket.put("new_secret", secret)
    changing = person.totp_confirmed_at is not None
    form = SecondFactorForm()
    keys: dict[str, int] = {}
    if form.holds(
        lambda: changing and keys.update(say_again(viewer, form.password.data, "password")),
        lambda: actions.check_new_code(secret, form.code.data, now=clock()),
    ):
        try:
            codes = actions.set_second_factor(
                queries.own(viewer), secret, form.code.data, actor=viewer, now=clock()
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            return show_codes(codes, keys)
    return page("people/second_factor.html", form=form, changing=changing, **_phone(person, secret))


def _phone(person: Person, secret: str) -> dict[str, Any]:
    """What the page shows for the app, and in the demonstration also the code."""
    name = str(settings.get("product_name"))
    address = factor.address_for_phone(secret, person.email or person.name, name)
    demo_code = factor.next_code(secret, clock(), after=0) if current_app.config["DEMO"] else None
    return {
        "next": wanted_next(),
        "secret": secret,
        "qr": factor.qr_code(address, "QR code for the authenticator app"),
        "demo_code": demo_code,
    }


def show_codes(codes: list[str], keys: dict[str, int]) -> Any:
    """Keep the codes in this browser until the person says that they have them."""
    if keys:
        attempts.forgive(keys, clock())
    db.session.commit()
    pocket.take("new_secret")
    pocket.put("recovery_codes", codes)
    return redirect(url_for(".recovery_codes", next=wanted_next()))


@bp.route("/account/recovery-codes", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def recovery_codes() -> Any:
    """Shown until they are said to be kept safe, and never again."""
    codes = pocket.look("recovery_codes")
    if not codes:
        return redirect(url_for(".account"))
    form = EmptyForm()
    if form.validate_on_submit():
        pocket.take("recovery_codes")
        return redirect(wanted_next() or HOME)
    return page("people/recovery_codes.html", form=form, codes=codes, next=wanted_next())


@bp.route("/account/recovery-codes/new", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def new_recovery_codes() -> Any:
    viewer = current_viewer()
    form = PasswordAgainForm()
    if form.validate_on_submit():
        try:
            keys = say_again(viewer, form.password.data, "password")
            codes = actions.make_recovery_codes(queries.own(viewer), actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            return show_codes(codes, keys)
    return page("people/new_recovery_codes.html", form=form)


@bp.post("/account/sessions/<ref>/end")
@needs(Permission.ACCOUNT_MANAGE)
def end_session(ref: str) -> Any:
    viewer = current_viewer()
    session = or_404(queries.own_session(ref, viewer))
    actions.end_session(session, actor=viewer, now=clock())
    db.session.commit()
    done("That browser is signed out.")
    return redirect(url_for(".account"))


@bp.post("/account/sessions/end-others")
@needs(Permission.ACCOUNT_MANAGE)
def end_other_sessions() -> Any:
    viewer = current_viewer()
    actions.end_other_sessions(queries.own(viewer), actor=viewer, now=clock())
    db.session.commit()
    done("You are signed out everywhere else.")
    return redirect(url_for(".account"))
