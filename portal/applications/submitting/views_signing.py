"""Sign-off: saying that an application is ready, and how an organisation signs."""

from flask import Response, redirect, url_for

from forms.signing import ONE, TWO, SigningForm
from portal.access import Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.submitting import signing
from portal.applications.views import bp, own_copy
from portal.db import db
from portal.web import carried_out, clock, done, or_404, page


@bp.post("/<ref>/ready")
@needs(Permission.APPLICATION_EDIT)
def ready(ref: str) -> Response:
    """It is ready: the administrators are asked to sign it."""
    signing.ask_to_sign(own_copy(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("The administrators of your organisation are asked to submit it.")
    return redirect(url_for(".show", ref=ref))


@bp.route("/signing/<ref>", methods=["GET", "POST"], endpoint="signing")
@needs(Permission.APPLICATION_SUBMIT)
def signing_rule(ref: str) -> Response:
    viewer = current_viewer()
    provider = or_404(next((one for one in queries.own_providers(viewer) if one.ref == ref), None))
    form = SigningForm(data={"people": TWO if signing.needs_two(provider.id) else ONE})
    if carried_out(
        form,
        lambda: signing.set_rule(
            provider, two_people=form.people.data == TWO, actor=viewer, now=clock()
        ),
    ):
        done("Saved. The administrators of your organisation are told.")
        return redirect(url_for(".index"))
    return page("applications/signing.html", form=form, provider=provider)
