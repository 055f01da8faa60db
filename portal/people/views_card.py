"""A Young Commissioner signs in: big, simple, kind."""

from typing import Any

from flask import redirect, url_for

from forms.people import CardNumberForm, PinForm
from portal.access import current_viewer, public
from portal.db import db
from portal.people import actions, attempts, queries_young, signing
from portal.people.models import SignInCard
from portal.people.tokens import CARD_LETTERS, ungrouped
from portal.people.views import HOME, bp, come_in, whence
from portal.web import clock, page
from scoring.rules import RuleBroken


@bp.route("/card", methods=["GET", "POST"])
@public
def card() -> Any:
    """For a card whose QR code cannot be read: its number is typed."""
    form = CardNumberForm()
    if form.validate_on_submit():
        number = ungrouped(form.number.data)
        if len(number) == CARD_LETTERS:
            return redirect(url_for(".card_pin", number=number))
        form.number.errors = [f"The number has {CARD_LETTERS} letters and numbers. Look again."]
    return page("people/card_number.html", form=form)


@bp.route("/card/<number>", methods=["GET", "POST"])
@public
def card_pin(number: str) -> Any:
    if not current_viewer().is_anonymous:
        return redirect(HOME)
    if not _works(number):
        return page("people/card_stopped.html", status=410)
    form = PinForm()
    if form.validate_on_submit():
        try:
            tried = signing.try_card(number, form.pin.data, address=whence(), now=clock())
            if tried.right:
                return _card_was_right(tried)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            actions.refuse_sign_in(None, number, "card", now=clock())
            db.session.commit()
            form.pin.errors = [signing.WRONG_PIN]
    return page("people/card_pin.html", form=form)


def _works(number: str) -> bool:
    with db.reading() as session:
        found = queries_young.card_behind(number, session)
    return found is not None and found.revoked_at is None and found.person.active


def _card_was_right(tried: signing.Tried) -> Any:
    found = db.session.get_one(SignInCard, tried.card_id)
    person = actions.use_card(found, now=clock())
    attempts.forgive(tried.keys, clock())
    return come_in(person, HOME)
