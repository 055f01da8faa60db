"""What the links in mails lead to: a new password, a confirmed address, an invitation."""

from typing import Any

from flask import redirect, url_for

from forms.people import ConfirmEmailForm, EmptyForm, ForgottenForm, JoinForm, NewPasswordForm
from portal.access import current_viewer, public
from portal.db import db
from portal.people import actions, attempts, links, passwords, queries, signing, words
from portal.people.models import LinkKind, OneTimeLink, Person
from portal.people.views import HOME, bp, come_in, go_on, whence
from portal.web import clock, done, page
from scoring.rules import RuleBroken


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> Any:
    form = ForgottenForm()
    if form.validate_on_submit():
        email = form.email.data.lower()
        try:
            attempts.take(attempts.limits("mail", email, whence()), clock())
        except RuleBroken as broken:
            form.add_rule_error(broken)
        else:
            actions.request_new_password(email, now=clock())
            db.session.commit()
            return redirect(url_for(".forgotten_sent"))
    return page("people/forgotten.html", form=form)


@bp.get("/password/sent")
@public
def forgotten_sent() -> Any:
    """The same page for everybody, whether the address has an account or not."""
    return page("people/forgotten_sent.html")


@bp.get("/confirm/sent")
@public
def confirm_sent() -> Any:
    return page("people/confirm_sent.html")


@bp.route("/password/new/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> Any:
    form = NewPasswordForm()
    try:
        password_hash = None
        person = _behind(LinkKind.PASSWORD_RESET, token)
        if form.validate_on_submit():
            passwords.check(form.password.data, email=person.email or "", name=person.name)
            password_hash = passwords.hash_password(form.password.data)
        if password_hash is not None:
            actions.reset_password(token, password_hash, now=clock())
            db.session.commit()
            done("Your new password is set. Sign in with it.")
            return redirect(url_for(".sign_in"))
    except RuleBroken as broken:
        db.session.rollback()
        if not broken.field:
            return page("people/link_gone.html", status=410, reason=broken.message)
        form.add_rule_error(broken)
    return page("people/new_password.html", form=form)


def _behind(kind: LinkKind, token: str) -> Person:
    """Whose link it is, read without the write lock. Raises RuleBroken `link:…`."""
    with db.reading() as session:
        link = links.standing(kind, token, clock(), session=session)
        return session.get_one(Person, link.person_id)


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> Any:
    """The password is asked for, so that nobody confirms an account that a stranger made for them."""
    form = ConfirmEmailForm()
    try:
        person = _behind(LinkKind.CONFIRM_EMAIL, token)
        if form.validate_on_submit():
            tried = signing.try_own_password(
                person.id, form.password.data, address=whence(), now=clock()
            )
            if not tried.right:
                raise RuleBroken("password:wrong", "This is not the password.", "password")
            confirmed = actions.confirm_email(
                token, now=clock(), actor=queries.viewer_of(person.id)
            )
            attempts.forgive(tried.keys, clock())
            answer = go_on(confirmed, HOME)
            done("Your email address is confirmed.")
            return answer
    except RuleBroken as broken:
        db.session.rollback()
        if broken.code.startswith("link:"):
            return page("people/link_gone.html", status=410, reason=broken.message)
        form.add_rule_error(broken)
    return page("people/confirm.html", form=form)


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> Any:
    """Somebody new chooses a name and a password; somebody known only says yes."""
    try:
        with db.reading() as session:
            link = links.standing(LinkKind.INVITATION, token, clock(), session=session)
            known = queries.has_account(link.email, session)
    except RuleBroken as broken:
        return page("people/link_gone.html", status=410, reason=broken.message)
    form = EmptyForm() if known else JoinForm()
    if form.holds(*() if known else (lambda: _check_joining(form, link),)):
        try:
            return _join(token, link, form)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
    return page(
        "people/invitation.html",
        form=form,
        link=link,
        known=known,
        token=token,
        role_purpose=words.purpose,
    )


def _check_joining(form: Any, link: OneTimeLink) -> None:
    passwords.check(form.password.data, email=link.email, name=form.name.data)


def _join(token: str, link: OneTimeLink, form: Any) -> Any:
    viewer = current_viewer()
    name, password_hash = viewer.name, None
    if isinstance(form, JoinForm):
        name = form.name.data
        password_hash = passwords.hash_password(form.password.data)
    person = actions.accept_invitation(token, name, password_hash, actor=viewer, now=clock())
    if viewer.is_anonymous:
        answer = come_in(person, HOME)
    else:
        db.session.commit()
        answer = redirect(HOME)
    done(f"You now work for {link.organisation.name if link.organisation else ''}.")
    return answer
