"""The panel of a round: who takes part, who scores together, what they declared, how far they are."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.evaluation import AddMembersForm, ConfirmForm, PairForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.evaluation import actions, policy, queries
from portal.evaluation.actions_start import start_findings
from portal.evaluation.models import Part
from portal.evaluation.panels import page as panel_page
from portal.evaluation.panels.actions import ROLE_FOR
from portal.evaluation.views import bp
from portal.people.models import Person
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import errors
from scoring.terms import Panel


@bp.get("/council/rounds/<ref>/panel")
@needs(Permission.PANEL_MANAGE)
def panel(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    shown = panel_page.of(bid_round, viewer)
    return page("evaluation/panel.html", round=bid_round, panel=shown)


@bp.route("/council/rounds/<ref>/panel/add/<part>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def add_members(ref: str, part: str) -> Response:
    bid_round, wanted = _to_manage(ref), _part(part)
    people = _not_on_it(bid_round, wanted)
    form = AddMembersForm()
    form.people.choices = [choice(person.ref, person.name) for person in people]
    if carried_out(form, lambda: _add(bid_round, wanted, people, form.people.data)):
        done("The panel is changed. Everybody new was told by e-mail.")
        return redirect(url_for(".panel", ref=ref))
    return page("evaluation/add_members.html", form=form, round=bid_round, part=wanted)


def _add(bid_round: Round, part: Part, people: list[Person], refs: list[str]) -> None:
    for person in people:
        if person.ref in refs:
            actions.add_member(bid_round, person, part, actor=current_viewer(), now=clock())


@bp.post("/council/rounds/<ref>/panel/remove")
@needs(Permission.PANEL_MANAGE)
def remove_member(ref: str) -> Response:
    bid_round, part = _to_manage(ref), _part(request.form.get("part", ""))
    member = or_404(queries.member(bid_round, request.form.get("person", ""), part))
    name = member.person.name
    actions.remove_member(member, actor=current_viewer(), now=clock())
    db.session.commit()
    done(f"{name} is no longer on the panel.")
    return redirect(url_for(".panel", ref=ref))


@bp.route("/council/rounds/<ref>/panel/pair", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def make_pair(ref: str) -> Response:
    bid_round = _to_manage(ref)
    scorers = queries.scorers(bid_round)
    free = _free(bid_round, scorers)
    pairs = sum(scorer.panel is Panel.YOUNG for scorer in scorers)
    form = PairForm(data={"label": f"Pair {pairs + 1}"})
    form.people.choices = [choice(person.ref, person.name) for person in free]
    if carried_out(form, lambda: _make_pair(bid_round, free, form)):
        done(f"{form.label.data} is made.")
        return redirect(url_for(".panel", ref=ref))
    return page("evaluation/pair.html", form=form, round=bid_round)


def _make_pair(bid_round: Round, free: list[Person], form: PairForm) -> None:
    two = [person for person in free if person.ref in form.people.data]
    label, viewer = form.label.data, current_viewer()
    actions.make_scorer(bid_round, Panel.YOUNG, two, label, actor=viewer, now=clock())


@bp.post("/council/rounds/<ref>/panel/part-pair")
@needs(Permission.PANEL_MANAGE)
def part_pair(ref: str) -> Response:
    bid_round = _to_manage(ref)
    pair = or_404(queries.scorer(request.form.get("scorer", ""), bid_round))
    or_404(pair if pair.panel is Panel.YOUNG else None)
    label = pair.label
    actions.remove_scorer(pair, actor=current_viewer(), now=clock())
    db.session.commit()
    done(f"{label} is parted. Both are still on the panel.")
    return redirect(url_for(".panel", ref=ref))


@bp.route("/council/rounds/<ref>/panel/start", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def start(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    policy.may_start(viewer, bid_round).or_refuse("evaluation:not-allowed")
    form = ConfirmForm()
    if carried_out(form, lambda: actions.start_evaluation(bid_round, actor=viewer, now=clock())):
        done("The evaluation has started. Everybody on the panel declares interests first.")
        return redirect(url_for(".panel", ref=ref))
    found = start_findings(bid_round)
    shown = panel_page.of(bid_round, viewer)
    return page(
        "evaluation/start.html",
        form=form,
        round=bid_round,
        panel=shown,
        found=found,
        blocked=errors(found),
    )


def _to_manage(ref: str) -> Round:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    policy.may_manage_panel(viewer, bid_round).or_refuse("panel:not-allowed")
    return bid_round


def _part(word: str) -> Part:
    part: Any = or_404(word if word in set(Part) else None)
    return Part(part)


def _not_on_it(bid_round: Round, part: Part) -> list[Person]:
    there = {one.person_id for one in queries.members(bid_round) if one.part is part}
    asked = queries.people_for(bid_round, ROLE_FOR[part])
    return [person for person in asked if person.id not in there]


def _free(bid_round: Round, scorers: Any) -> list[Person]:
    """Young Commissioners of the panel who are in no pair."""
    taken = {one.person_id for scorer in scorers for one in scorer.people}
    return [
        member.person
        for member in queries.members(bid_round)
        if member.part is Part.YOUNG_COMMISSIONER and member.person_id not in taken
    ]
