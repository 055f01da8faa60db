"""Young Commissioners rehearse their meeting on made-up bids: agree one face, then the next."""

from typing import Any

from flask import Response, redirect, url_for

from forms.evaluation import YoungConsensusForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation.practice import actions_agreeing as actions, agreeing
from portal.evaluation.practice.agreeing import Rehearsed
from portal.evaluation.practice.models import PracticeRound
from portal.evaluation.practice.views import place_of, saved_by_young
from portal.evaluation.practice.views_pairs import own_pair
from portal.evaluation.views import bp
from portal.web import clock, or_404, page
from scoring.terms import Panel


@bp.get("/practice/<ref>/agree")
@needs(Permission.YOUNG_SCORE)
def practice_agree(ref: str) -> Response:
    """What can be agreed now, what waits for another pair, and what was agreed."""
    found, pair = own_pair(ref)
    places = agreeing.rehearsed(found, pair)
    return page(
        "evaluation/practice_agree.html",
        practice=found,
        answers=places,
        next=next((one for one in places if one.is_open), None),
    )


@bp.route("/practice/<ref>/agree/<bid>/<question>", methods=["GET", "POST"])
@needs(Permission.YOUNG_SCORE)
def practise_agreeing(ref: str, bid: str, question: str) -> Response:
    found, pair = own_pair(ref)
    made_up, asked = place_of(found, bid, question, Panel.YOUNG)
    places = agreeing.rehearsed(found, pair)
    here = (one for one in places if (one.bid.id, one.asked.question) == (made_up.id, question))
    place = or_404(next(here, None))
    if found.closed_at is not None or not place.is_ready:
        return redirect(url_for(".practice_agree", ref=ref))
    form = _form(found, place)
    saved, theirs = _saved(form, found, place)
    if saved:
        return redirect(url_for(".practice_agree", ref=ref))
    return page(
        "evaluation/practise_agreeing.html",
        form=form,
        practice=found,
        place=place,
        asked=asked,
        theirs=theirs,
    )


def _form(found: PracticeRound, place: Rehearsed) -> YoungConsensusForm:
    people, agreed = agreeing.people_of(found), place.agreed
    kept: dict[str, Any] = {"present": [person.ref for person in people]}
    if agreed is not None:
        kept = {
            name: getattr(agreed, name)
            for name in ("value", "reason", "why_outside", "dissent", "present", "revision")
        }
    between = (min(place.values), max(place.values)) if place.values else None
    choices = [(person.ref, person.name, "") for person in people]
    form = YoungConsensusForm(data=kept).fit(place.asked.scale, choices, between)
    form.reason.look["hint"] = "In a real round the people who run the home read this."
    return form


def _saved(form: YoungConsensusForm, found: PracticeRound, place: Rehearsed) -> tuple[bool, Any]:
    """Save what they agreed; what somebody else saved meanwhile, if it differs."""

    def act() -> None:
        people = [one for one in agreeing.people_of(found) if one.ref in form.present.data]
        words = {name: form[name].data for name in ("value", "reason", "why_outside", "dissent")}
        how = {"seen_revision": form.seen_revision, "actor": current_viewer(), "now": clock()}
        actions.agree_together(place.bid, place.asked, present=people, **words, **how)

    return saved_by_young(form, act)
