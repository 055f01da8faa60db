"""Packs of a round, for its councils; and each bidder's own."""

from flask import Blueprint, Response, redirect, send_file, url_for

from forms.evidence import OwnPackForm, PackForm
from portal.access import Permission, current_viewer, needs
from portal.awards.models import Letter
from portal.documents import serving
from portal.evidence import actions, queries
from portal.evidence.jobs import store
from portal.evidence.models import EvidencePack, PackState
from portal.people.actions import note_read
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.pack import Form

bp = Blueprint("evidence", __name__)


@bp.route("/council/rounds/<ref>/evidence", methods=["GET", "POST"])
@needs(Permission.EVIDENCE_READ)
def show(ref: str) -> Response:
    bid_round: Round = or_404(queries.readable_round(ref, current_viewer()))
    form = PackForm()
    if carried_out(
        form,
        lambda: actions.ask(bid_round, Form(form.form.data), actor=current_viewer(), now=clock()),
    ):
        done("The pack is being made. It stands in the list below.")
        return redirect(url_for(".show", ref=ref))
    packs = queries.packs_of(bid_round)
    return page(
        "evidence/round.html",
        form=form,
        round=bid_round,
        packs=packs,
        waits=any(one.state is PackState.WAITING for one in packs),
        letters=queries.letters(bid_round),
    )


@bp.get("/council/rounds/<ref>/evidence/<pack>.zip")
@needs(Permission.EVIDENCE_READ)
def take(ref: str, pack: str) -> Response:
    bid_round: Round = or_404(queries.readable_round(ref, current_viewer()))
    found: EvidencePack = or_404(queries.made_pack(pack, bid_round))
    note_read(current_viewer(), "evidence", found.ref, clock())
    return _file(found)


@bp.route("/letters/<ref>/evidence", methods=["GET", "POST"])
@needs(Permission.LETTER_READ)
def own(ref: str) -> Response:
    letter: Letter = or_404(queries.own_letter(ref, current_viewer()))
    form = OwnPackForm()
    if carried_out(form, lambda: actions.ask_own(letter, actor=current_viewer(), now=clock())):
        done("Your pack is being made. This takes a minute.")
        return redirect(url_for(".own", ref=ref))
    return page("evidence/own.html", form=form, letter=letter, pack=queries.own_pack(letter))


@bp.get("/letters/<ref>/evidence.zip")
@needs(Permission.LETTER_READ)
def take_own(ref: str) -> Response:
    letter: Letter = or_404(queries.own_letter(ref, current_viewer()))
    pack = queries.own_pack(letter)
    return _file(or_404(pack if pack is not None and pack.state is PackState.MADE else None))


def _file(pack: EvidencePack) -> Response:
    link = serving.linked(store(), pack.sha256, name=pack.name, mime="application/zip")
    if link:
        return link
    stream = store().open(pack.sha256)
    answer = send_file(
        stream, mimetype="application/zip", as_attachment=True, download_name=pack.name
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
