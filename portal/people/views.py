"""Signing in and out. What else this room shows lies in the files beside this one."""

from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for

from forms.people import CodeForm, RecoveryForm, SignInForm
from portal.access import current_viewer, public
from portal.db import db
from portal.people import (
    actions,
    attempts,
    demonstration,
    doors,
    factor,
    queries,
    queries_young,
    sessions,
    signing,
)
from portal.people.models import Council, Person, SecondStep
from portal.people.viewers import needs_second_factor
from portal.web import clock, done, page, safe_next
from scoring.rules import RuleBroken

HOME = "/"

bp = Blueprint("people", __name__)
bp.record_once(lambda state: sessions.init_app(state.app))  # type: ignore[arg-type]


def wanted_next() -> str | None:
    """Where the person was going when they were asked to sign in."""
    return safe_next(request.values.get("next"))


def whence() -> str:
    """Where the request came from, for the count of tries."""
    return request.remote_addr or "nowhere"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    if not current_viewer().is_anonymous:
        return redirect(wanted_next() or HOME)
    form = SignInForm()
    if form.validate_on_submit():
        typed = form.email.data
        try:
            tried = signing.try_password(typed, form.password.data, address=whence(), now=clock())
        except RuleBroken as broken:
            form.add_rule_error(broken)
        else:
            if tried.right:
                return _password_was_right(tried)
            _password_was_wrong(tried, typed)
            form.form_errors.append(signing.WRONG)
    return page(
        "people/sign_in.html",
        form=form,
        next=wanted_next(),
        demo_people=_demo_people(),
        doors=doors.shown(db.session),
    )


def _demo_people() -> dict[str, Any] | None:
    """Who can be tried out, and how: in the demonstration only."""
    if not current_app.config["DEMO"]:
        return None
    cards = queries_young.demonstration_cards()
    return {
        "password": demonstration.PASSWORD,
        "pin": demonstration.PIN,
        "roles": queries.demonstration_people(),
        "cards": [(card, demonstration.card_letters(card.ref)) for card in cards],
    }


def _password_was_wrong(tried: signing.Tried, typed: str) -> None:
    person = db.session.get(Person, tried.person_id) if tried.person_id else None
    actions.refuse_sign_in(person, typed.lower(), "password", now=clock())
    db.session.commit()


def _password_was_right(tried: signing.Tried) -> Any:
    person = db.session.get_one(Person, tried.person_id)
    attempts.forgive(tried.keys, clock())
    if person.email_confirmed_at is None:
        actions.send_confirmation(person, now=clock())
        db.session.commit()
        return redirect(url_for(".confirm_sent"))
    return go_on(person, wanted_next())


def go_on(person: Person, onward: str | None, *, through: str | None = None) -> Any:
    """After the password: the code, where the person has set one up; else straight in."""
    has_keys = bool(queries.passkeys_of(person.id))
    if person.totp_confirmed_at is None and not has_keys:
        return come_in(person, onward, through=through)
    db.session.commit()
    sessions.wait_for_code(person, onward, clock(), through=through)
    return redirect(url_for(".passkey" if has_keys else ".code"))


def come_in(
    person: Person,
    onward: str | None,
    *,
    through: str | None = None,
    second_step: SecondStep = SecondStep.OWN,
) -> Any:
    """Begin a session and go on; the last step of every way in.

    Args:
        through: the short name of the council whose own sign-in it was.
        second_step: who has asked for the second factor.
    """
    viewer = queries.viewer_of(person.id)
    enrolled = person.totp_confirmed_at is not None or bool(queries.passkeys_of(person.id))
    owes_factor = second_step is SecondStep.OWN and not enrolled
    if owes_factor and needs_second_factor(viewer.roles):
        onward = url_for(".second_factor", next=onward)
    council = queries.council(through) if through else None
    _end_the_one_before()
    token = actions.start_session(
        person,
        signing.device_name(request.user_agent.string),
        actor=viewer,
        now=clock(),
        second_step=second_step,
        council_id=council.id if council else None,
    )
    db.session.commit()
    sessions.enter(token, viewer)
    return redirect(onward or HOME)


def _end_the_one_before() -> None:
    """Whoever signs in over a session of this browser leaves none behind that a copied cookie opens."""
    viewer = current_viewer()
    before = queries.current_session(viewer) if viewer.session_id is not None else None
    if before is not None:
        actions.end_session(before, actor=viewer, now=clock())


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> Any:
    waiting = sessions.waiting_for_code(clock())
    if waiting is None:
        return redirect(url_for(".sign_in"))
    if waiting.passkeys and not waiting.secret:
        return redirect(url_for(".passkey"))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            keys = signing.count_code(waiting.person_id, address=whence(), now=clock())
            person = db.session.get_one(Person, waiting.person_id)
            actions.use_code(person, form.code.data, now=clock())
        except RuleBroken as broken:
            code_was_wrong(form, broken, waiting.person_id)
        else:
            attempts.forgive(keys, clock())
            return come_in(person, waiting.onward, through=waiting.through)
    keys = bool(waiting.passkeys)
    return page("people/code.html", form=form, demo_code=_demo_code(waiting), passkeys=keys)


def _demo_code(waiting: sessions.Waiting) -> dict[str, Any] | None:
    if not current_app.config["DEMO"] or not waiting.secret:
        return None
    return {"code": factor.next_code(waiting.secret, clock(), after=waiting.last_step)}


def code_was_wrong(form: Any, broken: RuleBroken, person_id: int, how: str = "code") -> None:
    """Show it, and remember the refusal."""
    db.session.rollback()
    form.add_rule_error(broken)
    if broken.code != "sign-in:paused":
        person = db.session.get_one(Person, person_id)
        actions.refuse_sign_in(person, "", how, now=clock())
        db.session.commit()


@bp.route("/sign-in/recovery", methods=["GET", "POST"])
@public
def recovery() -> Any:
    waiting = sessions.waiting_for_code(clock())
    if waiting is None:
        return redirect(url_for(".sign_in"))
    form = RecoveryForm()
    if form.validate_on_submit():
        try:
            keys = signing.count_code(waiting.person_id, address=whence(), now=clock())
            person = db.session.get_one(Person, waiting.person_id)
            actions.use_recovery_code(person, form.code.data, now=clock())
        except RuleBroken as broken:
            code_was_wrong(form, broken, waiting.person_id)
        else:
            attempts.forgive(keys, clock())
            answer = come_in(person, waiting.onward, through=waiting.through)
            done("Your recovery code was used. Set up your phone or passkey again.")
            return answer
    return page("people/recovery.html", form=form)


@bp.post("/sign-out")
@public
def sign_out() -> Any:
    viewer = current_viewer()
    council: Council | None = None
    if viewer.session_id is not None:
        session = queries.current_session(viewer)
        if session is not None:
            council = db.session.get(Council, session.council_id or 0)
            actions.end_session(session, actor=viewer, now=clock())
            db.session.commit()
    sessions.leave()
    done("You are signed out.")
    if council is not None and council.slug in doors.all_doors():
        return redirect(url_for(".signed_out", slug=council.slug))
    return redirect(url_for(".sign_in"))
