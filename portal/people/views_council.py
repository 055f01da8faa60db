"""The way through a council's own sign-in: there, back, connecting an account, signing out.

Going there is a link and not a form: our content policy lets forms lead to this site only.
"""

from hmac import compare_digest
from typing import Any

from flask import abort, current_app, redirect, request, session as cookie, url_for

from forms.people import PasswordAgainForm
from portal.access import Permission, current_viewer, needs, public
from portal.council_doors import CouncilDoor
from portal.db import db
from portal.extensions import csrf
from portal.people import actions, attempts, claims, doors, openid, queries
from portal.people.claims import Said
from portal.people.models import Council, SecondStep
from portal.people.viewers import factor_counts
from portal.people.views import HOME, bp, come_in, go_on, wanted_next
from portal.people.views_account import say_again
from portal.web import clock, done, or_404, page
from scoring.rules import RuleBroken

ANSWER_WITHIN_SECONDS = 600


def _door(slug: str) -> CouncilDoor:
    door: CouncilDoor = or_404(doors.all_doors().get(slug))
    return door


def _council(door: CouncilDoor) -> Council:
    council: Council = or_404(queries.council(door.slug))
    return council


def _back(door: CouncilDoor) -> str:
    return str(current_app.config["BASE_URL"]) + url_for(".come_from_council", slug=door.slug)


@bp.get("/sign-in/council/<slug>")
@public
def go_to_council(slug: str) -> Any:
    """Send somebody to their council's sign-in, to come in or to connect the account they have."""
    door, viewer = _door(slug), current_viewer()
    connecting = bool(request.args.get("connect")) and not viewer.is_anonymous
    if not viewer.is_anonymous and not connecting:
        return redirect(wanted_next() or HOME)
    try:
        journey = openid.begin(door, _back(door))
    except openid.ProviderAway as away:
        return _refused(door, away)
    cookie["council"] = {
        "slug": slug,
        "state": journey.state,
        "nonce": journey.nonce,
        "verifier": journey.verifier,
        "at": int(clock().timestamp()),
        "onward": wanted_next(),
        "connect": viewer.ref if connecting else "",
    }
    return redirect(journey.address)


@bp.get("/sign-in/council/<slug>/back")
@public
def come_from_council(slug: str) -> Any:
    """Where the provider sends people back to: once, in the browser that went."""
    door, left = _door(slug), cookie.pop("council", None)
    try:
        said = _who_came(door, left)
        if left["connect"]:
            cookie["connecting"] = {"slug": slug, "issuer": said.issuer, "subject": said.subject}
            cookie["connecting"]["email"] = said.email
            return redirect(url_for(".connect_council", slug=slug))
        return _let_in(door, said, left["onward"])
    except RuleBroken as broken:
        return _refused(door, broken)


def _who_came(door: CouncilDoor, left: dict[str, Any] | None) -> Said:
    """Raises RuleBroken `council-sign-in:…`: another browser, another council, too late, a forgery."""
    if left is None or left["slug"] != door.slug:
        raise openid.refused("state")
    if not compare_digest(left["state"], request.args.get("state", "")):
        raise openid.refused("state")
    if not 0 <= clock().timestamp() - left["at"] <= ANSWER_WITHIN_SECONDS:
        raise openid.refused("late")
    if request.args.get("iss", door.issuer) != door.issuer:  # RFC 9207: mixed-up providers
        raise openid.refused("issuer")
    if "code" not in request.args:
        raise openid.refused("cancelled")
    tokens = openid.finish(door, _back(door), request.args["code"], left["verifier"])
    return openid.who(door, tokens, left["nonce"], now=clock())


def _let_in(door: CouncilDoor, said: Said, onward: str | None) -> Any:
    db.write_on_get()
    council = _council(door)
    person = actions.come_from_council(door, council, said, now=clock())
    posts = queries.viewer_of(person.id).posts
    if claims.had_two_factors(said, door) and factor_counts(posts, council.id):
        return come_in(person, onward, through=door.slug, second_step=SecondStep.COUNCIL)
    return go_on(person, onward, through=door.slug)


def _refused(door: CouncilDoor, broken: RuleBroken) -> Any:
    """The same page for every reason but one: that the provider is away is no secret."""
    db.write_on_get()
    how = broken.code.partition(":")[2]
    actions.refuse_sign_in(None, f"{door.slug}|{how}", f"council:{how}", now=clock())
    db.session.commit()
    away = isinstance(broken, openid.ProviderAway)
    return page(
        "people/council_refused.html",
        status=503 if away else 403,
        place=_council(door),
        message=broken.message,
        away=away,
    )


@bp.route("/account/council/<slug>/connect", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def connect_council(slug: str) -> Any:
    """The last step of connecting: one's own password, so that nobody else's account slips in."""
    viewer, door, kept = current_viewer(), _door(slug), cookie.get("connecting")
    if not kept or kept["slug"] != slug:
        return redirect(url_for(".account"))
    form = PasswordAgainForm()
    if form.validate_on_submit():
        try:
            keys = say_again(viewer, form.password.data, "password")
            said = Said(kept["issuer"], kept["subject"])
            person, council = queries.own(viewer), _council(door)
            actions.connect_council(person, council, said, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            attempts.forgive(keys, clock())
            db.session.commit()
            cookie.pop("connecting")
            done("Your account at work is connected. Sign in with it from now on.")
            return redirect(url_for(".account"))
    return page("people/council_connect.html", form=form, place=_council(door), email=kept["email"])


@bp.post("/administration/council-accounts/<ref>/disconnect")
@needs(Permission.PEOPLE_ADMINISTER)
def disconnect_council(ref: str) -> Any:
    identity = or_404(queries.identity(ref, current_viewer()))
    person = identity.person
    actions.disconnect_council(identity, actor=current_viewer(), now=clock())
    db.session.commit()
    done(f"{person.name} signs in with a password again.")
    return redirect(url_for(".person", ref=person.ref))


@bp.get("/signed-out/<slug>")
@public
def signed_out(slug: str) -> Any:
    """Signed out here; the provider still knows this browser, and says where that ends."""
    door = _door(slug)
    try:
        address = openid.leaving_address(door, current_app.config["BASE_URL"] + url_for(".sign_in"))
    except openid.ProviderAway:
        address = None
    return page("people/council_signed_out.html", place=_council(door), address=address)


@bp.post("/sign-in/council/<slug>/leave")
@csrf.exempt
@public
def leave_council(slug: str) -> Any:
    """The provider itself says that somebody left: a signed token, and no browser."""
    door = _door(slug)
    try:
        token = request.form.get("logout_token", "")
        subject = openid.told_to_leave(door, token, now=clock())
    except RuleBroken:
        abort(400)
    actions.leave_council(door, subject, now=clock())
    db.session.commit()
    return "", 200, {"Cache-Control": "no-store"}
