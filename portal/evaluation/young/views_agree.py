"""The young people's panel agrees its own scores, one question at a time. No adult has a part in it."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for

from forms.evaluation import YoungConsensusForm
from portal.access import Permission, current_viewer, needs
from portal.applications.models import Application
from portal.db import db
from portal.edits import EditConflict
from portal.evaluation import actions, answers, policy, queries, wording
from portal.evaluation.moderation.board import AgendaRow, Known
from portal.evaluation.moderation.meeting import Meeting, meeting
from portal.evaluation.views import bp
from portal.people.models import Person
from portal.rounds.models import Round
from portal.web import clock, or_404, page
from scoring.moderation import given
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from scoring.terms import Panel


@dataclass(frozen=True, slots=True)
class YoungPlace:
    """One bid that the young people's panel looks at together."""

    round: Round
    bid: Application
    name: str
    rows: list[AgendaRow]  # in the order of the questions


@bp.get("/your-scores/agree/<ref>")
@needs(Permission.YOUNG_SCORE)
def young_agree(ref: str) -> Response:
    """The first question that is not agreed; when all are, everything that was."""
    place = _place(ref)
    following = _next_open(place)
    if following is not None and place.round.stage is RoundStage.EVALUATION:
        return redirect(_address(ref, following))
    return page("evaluation/young_agreed.html", place=place, change=_address)


@bp.route("/your-scores/agree/<ref>/<question>", methods=["GET", "POST"])
@bp.route("/your-scores/agree/<ref>/<question>/<lot>", methods=["GET", "POST"])
@needs(Permission.YOUNG_SCORE)
def young_agree_question(ref: str, question: str, lot: str = "") -> Response:
    viewer, place = current_viewer(), _place(ref)
    found = [one for one in place.rows if one.asked.key == (question, lot)]
    row = or_404(found[0] if found and found[0].is_ready else None)
    if place.round.stage is not RoundStage.EVALUATION:
        return redirect(url_for(".young_agree", ref=ref))
    there = meeting(place.round, Panel.YOUNG, place.bid, viewer)
    form = _form(row, there)
    theirs = None
    if form.validate_on_submit():
        try:
            _record(form, row, there)
            if request.form.get("with") == "the-rest":
                _record_the_rest(place, row, there.chosen(form.present.data))
        except EditConflict as conflict:
            db.session.rollback()
            form.add_rule_error(conflict)
            form.revision.data, theirs = conflict.theirs.revision, conflict.theirs
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(wording.for_young(broken, queries.reason_words(Panel.YOUNG)))
        else:
            db.session.commit()
            return redirect(url_for(".young_agree", ref=ref))
    if request.method == "GET":
        answers.note(viewer, place.bid, clock())
    return _page(form, place, row, theirs)


def _page(form: YoungConsensusForm, place: YoungPlace, row: AgendaRow, theirs: Any) -> Response:
    return page(
        "evaluation/young_agree.html",
        form=form,
        place=place,
        row=row,
        theirs=theirs,
        at=place.rows.index(row) + 1,
        nobody=not given(row.values),
        answer=answers.answer_to(row.asked, place.bid, current_viewer()),
        alone=_alone(row),
        rest=len(_left_to_one_pair(place, row)),
    )


def _place(ref: str) -> YoungPlace:
    """Open to the panel's Young Commissioners who declared, when every pair's sheet is in."""
    viewer = current_viewer()
    bid: Application = or_404(queries.panel_bid(ref, viewer))
    bid_round, bids = bid.round, queries.bids(bid.round)
    mine = queries.standing(viewer, bid_round)
    seen = policy.may_see_bids(mine, [one.id for one in bids]) and bool(mine.scorer_ids)
    or_404(bid if seen and bid.id not in mine.closed else None)
    known = Known(bids, mine.closed)
    found = queries.agenda(bid_round, Panel.YOUNG, viewer, known=known, application_id=bid.id)
    order = [one.key for one in queries.asked_of(bid, Panel.YOUNG)]
    rows = sorted(found, key=lambda row: order.index(row.asked.key))
    or_404(rows if rows and rows[0].is_ready else None)
    return YoungPlace(bid_round, bid, rows[0].name, rows)


def _next_open(place: YoungPlace) -> AgendaRow | None:
    return next((row for row in place.rows if row.is_open), None)


def _address(ref: str, row: AgendaRow) -> str:
    lot = row.asked.lot_code or None
    return url_for("evaluation.young_agree_question", ref=ref, question=row.asked.question, lot=lot)


def _alone(row: AgendaRow) -> Any:
    """The one score that was given, where one pair makes the panel."""
    scored = [one for one in row.given if one.value is not None]
    return scored[0] if len(scored) == 1 and len(row.given) == 1 else None


def _left_to_one_pair(place: YoungPlace, but: AgendaRow) -> list[AgendaRow]:
    """The other questions on which one pair is the whole panel and has not said so yet."""
    return [one for one in place.rows if one.is_open and one is not but and _alone(one)]


def _record_the_rest(place: YoungPlace, row: AgendaRow, present: list[Person]) -> None:
    """What one pair has said is what the panel says, for every question that is left."""
    for one in _left_to_one_pair(place, row):
        said = _alone(one)
        actions.record_consensus(
            one.application,
            one.asked.question,
            one.asked.lot_code,
            value=said.value,
            reason=said.reason,
            present=present,
            seen_revision=None,
            why_outside="",
            dissent="",
            actor=current_viewer(),
            now=clock(),
        )


def _form(row: AgendaRow, there: Meeting) -> YoungConsensusForm:
    kept: dict[str, Any] = {"present": there.last}
    alone, agreed = _alone(row), row.consensus
    if agreed is not None:
        kept = {
            "value": agreed.value,
            "reason": agreed.reason,
            "why_outside": agreed.why_outside,
            "dissent": agreed.dissent,
            "present": [person.ref for person in there.chosen(agreed.present)],
            "revision": agreed.revision,
        }
    elif alone is not None:
        kept |= {"value": alone.value, "reason": alone.reason}
    values = given(row.values)
    here = there.last if there.open else {person.ref for person in there.people}
    people = [(person.ref, person.name, "") for person in there.people if person.ref in here]
    kept["present"] = [ref for ref in kept["present"] if ref in here]
    between = (min(values), max(values)) if values else None
    form = YoungConsensusForm(data=kept).fit(row.asked.scale, people, between)
    if there.open:
        form.present.look["hint"] = "These people are at the meeting"
    return form


def _record(form: YoungConsensusForm, row: AgendaRow, there: Meeting) -> None:
    actions.record_consensus(
        row.application,
        row.asked.question,
        row.asked.lot_code,
        value=form.value.data,
        reason=form.reason.data,
        present=there.chosen(form.present.data),
        seen_revision=form.seen_revision,
        why_outside=form.why_outside.data,
        dissent=form.dissent.data,
        actor=current_viewer(),
        now=clock(),
    )
