"""The Participation Officer's pages: young people, their consent, their cards."""

from typing import Any

from flask import current_app, redirect, session as cookie, url_for

from forms.fields import choice
from forms.people import AliasForm, ConsentForm, EmptyForm
from portal.access import Permission, Role, Viewer, current_viewer, needs
from portal.days import LONDON
from portal.db import db
from portal.people import actions, demonstration, factor, passwords, queries, queries_young, young
from portal.people.models import Council, SignInCard
from portal.people.queries_young import Young
from portal.people.tokens import grouped
from portal.people.views import bp
from portal.web import clock, done, or_404, page
from scoring.rules import RuleBroken

GIVEN_BY = ("The young person", "A parent or somebody with parental responsibility", "The council")


def _one(ref: str) -> Young:
    found: Young = or_404(queries_young.young_person(ref, current_viewer()))
    return found


@bp.get("/young-people")
@needs(Permission.YOUNG_LOOK_AFTER)
def young_people() -> Any:
    return page("people/young_people.html", people=queries_young.young_people(current_viewer()))


def _my_councils(viewer: Viewer) -> list[Council]:
    mine = viewer.councils_as(Role.PARTICIPATION_OFFICER)
    return [council for council in queries.councils() if council.id in mine]


@bp.route("/young-people/new", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def new_young_person() -> Any:
    viewer = current_viewer()
    councils = {council.ref: council for council in _my_councils(viewer)}
    form = AliasForm()
    form.council.choices = [choice(ref, council.name) for ref, council in councils.items()]
    if form.validate_on_submit():
        try:
            person = actions.create_young_commissioner(
                form.alias.data, councils[form.council.data], actor=viewer, now=clock()
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{person.name} has an account. Now record the consent.")
            return redirect(url_for(".new_consent", ref=person.ref))
    return page("people/young_new.html", form=form)


@bp.get("/young-people/<ref>")
@needs(Permission.YOUNG_LOOK_AFTER)
def young_person(ref: str) -> Any:
    return page("people/young_person.html", young=_one(ref))


@bp.route("/young-people/<ref>/consent", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def new_consent(ref: str) -> Any:
    one, viewer = _one(ref), current_viewer()
    form = ConsentForm()
    form.given_by.choices = [choice(words, words) for words in GIVEN_BY]
    form.given_on.latest = clock().astimezone(LONDON).date()
    if form.validate_on_submit():
        try:
            actions.record_consent(
                one.person,
                form.given_by.data,
                form.given_on.data,
                form.purpose.data,
                actor=viewer,
                now=clock(),
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("The consent is on record.")
            return redirect(url_for(".young_person", ref=ref))
    return page("people/young_consent.html", form=form, young=one)


@bp.route("/young-people/<ref>/consent/<consent_ref>/withdraw", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def withdraw_consent(ref: str, consent_ref: str) -> Any:
    one, viewer = _one(ref), current_viewer()
    consent = or_404(next((c for c in one.consents if c.ref == consent_ref), None))
    form = EmptyForm()
    if form.validate_on_submit():
        actions.withdraw_consent(consent, actor=viewer, now=clock())
        db.session.commit()
        done(f"The consent is withdrawn. The account of {one.person.name} is closed.")
        return redirect(url_for(".young_person", ref=ref))
    return page("people/young_withdraw.html", form=form, young=one, consent=consent)


@bp.route("/young-people/<ref>/card", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def new_card(ref: str) -> Any:
    """Make a card; its number and PIN stay in this browser until they are printed."""
    viewer = current_viewer()
    form = EmptyForm()
    if form.validate_on_submit():
        pin = demonstration.PIN if current_app.config["DEMO"] else young.new_pin()
        pin_hash = passwords.hash_password(pin)
        made = actions.make_card(
            _one(ref).person, pin, pin_hash=pin_hash, actor=viewer, now=clock()
        )
        db.session.commit()
        cookie["card"] = {"ref": made.card.ref, "number": made.token, "pin": made.pin}
        return redirect(url_for(".print_card", ref=ref))
    return page("people/young_card_new.html", form=form, young=_one(ref))


@bp.route("/young-people/<ref>/card/print", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def print_card(ref: str) -> Any:
    """Shown until the officer says that it is printed, and never again."""
    one = _one(ref)
    kept = cookie.get("card")
    if not kept or one.card is None or one.card.ref != kept["ref"]:
        return redirect(url_for(".young_person", ref=ref))
    form = EmptyForm()
    if form.validate_on_submit():
        cookie.pop("card")
        done("The card cannot be shown again. Make a new one if it is lost.")
        return redirect(url_for(".young_person", ref=ref))
    base = current_app.config["BASE_URL"]
    return page(
        "people/young_card.html",
        form=form,
        young=one,
        pin=kept["pin"],
        number=grouped(kept["number"], 4),
        card_page=f"{base}{url_for('.card')}".split("//", 1)[1],
        qr=factor.qr_code(
            base + url_for(".card_pin", number=kept["number"]), "QR code of the sign-in card"
        ),
    )


@bp.route("/young-people/<ref>/card/<card_ref>/stop", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def stop_card(ref: str, card_ref: str) -> Any:
    one = _one(ref)
    card: SignInCard = or_404(next((c for c in one.cards if c.ref == card_ref), None))
    form = EmptyForm()
    if form.validate_on_submit():
        actions.revoke_card(card, actor=current_viewer(), now=clock())
        db.session.commit()
        done("The card is stopped. Nobody can sign in with it any more.")
        return redirect(url_for(".young_person", ref=ref))
    return page("people/young_card_stop.html", form=form, young=one, card=card)
