"""The order in which a bidder wants its lots."""

from flask import Response, redirect, request, url_for

from forms.applications import lot_order_form
from portal.access import Permission, current_viewer, needs
from portal.applications import actions
from portal.applications.lots.order import field_name, in_order, is_asked, seen_of
from portal.applications.views import bp, editable
from portal.content import queries as content
from portal.web import carried_out, clock, done, or_404, page


@bp.route("/<ref>/lot-order", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def lot_order(ref: str) -> Response:
    application = editable(ref)
    lots = [
        one.round_lot
        for one in sorted(application.lots, key=lambda one: one.round_lot.position)
        if one.round_lot.cancelled_at is None
    ]
    or_404(is_asked(application.round, len(lots)) or None)
    names = {field_name(lot.code): lot for lot in lots}
    placed = {code: place for place, code in enumerate(in_order(application), 1)}
    form = lot_order_form(names, {name: placed.get(lot.code) for name, lot in names.items()})
    if carried_out(
        form,
        lambda: actions.put_in_order(
            application,
            {lot.code: form[name].data for name, lot in names.items()},
            seen=request.form.get("_seen", ""),
            actor=current_viewer(),
            now=clock(),
        ),
    ):
        done("Your order is saved.")
        return redirect(url_for(".show", ref=ref))
    return page(
        "applications/lot_order.html",
        form=form,
        application=application,
        names=list(names),
        seen=seen_of(application),
        cap=content.scheme(application.round.scheme).award.lots_cap,
    )
