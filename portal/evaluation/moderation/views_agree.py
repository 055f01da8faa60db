"""One question of one bid on the moderation board: agree a score and its reason. Then the lock."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, redirect, request, url_for

from forms.evaluation import ConfirmForm, ConsensusForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.edits import EditConflict
from portal.evaluation import actions, answers, policy, queries, wording
from portal.evaluation.moderation.actions_lock import lock_findings
from portal.evaluation.moderation.board import AgendaRow, Known
from portal.evaluation.moderation.meeting import Meeting, meeting
from portal.evaluation.moderation.narrowed import lines
from portal.evaluation.moderation.narrowing import Line, Narrowing, Status
from portal.evaluation.moderation.summary import next_open
from portal.evaluation.moderation.views import moderated
from portal.evaluation.views import bp
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.canonical import sha256_of
from scoring.moderation import given
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from scoring.terms import Panel


@dataclass(frozen=True, slots=True)
class Place:
    """What one page of the board is about."""

    round: Round
    known: Known
    row: AgendaRow
    meeting: Meeting
    turn: Narrowing  # of the board: where the page came from, and where the next one comes from

    @property
    def back(self) -> str:
        return url_for(".moderation", ref=self.round.ref, **self.turn.address)


@bp.route("/council/rounds/<ref>/moderation/<bid>/<question>", methods=["GET", "POST"])
@bp.route("/council/rounds/<ref>/moderation/<bid>/<question>/<lot>", methods=["GET", "POST"])
@needs(Permission.BID_MODERATE)
def agree(ref: str, bid: str, question: str, lot: str = "") -> Response:
    place = _place(ref, bid, question, lot)
    if place.round.stage is not RoundStage.EVALUATION:
        return redirect(place.back)
    form = _form(place)
    looking = form.is_submitted() and "look" in request.form
    cautions = _cautions(form, place) if form.is_submitted() else []
    theirs = None
    if not looking and form.validate_on_submit() and _has_seen(form, cautions):
        try:
            _record(form, place)
        except EditConflict as conflict:
            db.session.rollback()
            form.add_rule_error(conflict)
            form.revision.data, theirs = conflict.theirs.revision, conflict.theirs
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            return redirect(_next(place))
    if cautions:
        form.seen_warnings.data = sha256_of(form.reason.data)
    return _page(form, place, cautions, theirs)


def _place(ref: str, bid: str, question: str, lot: str) -> Place:
    viewer = current_viewer()
    bid_round, mine = moderated(ref)
    known = Known(queries.bids_in_brief(bid_round), mine.closed)
    or_404(policy.may_read_board(mine, bid_round, [one.id for one in known.bids]) or None)
    application = or_404(next((one for one in known.bids if one.ref == bid), None))
    rows = queries.agenda(
        bid_round,
        Panel.OFFICERS,
        viewer,
        known=known,
        application_id=application.id,
        question=question,
        lot_code=lot,
    )
    row = or_404(rows[0] if rows else None)
    there = meeting(bid_round, Panel.OFFICERS, application, viewer)
    turn = Narrowing.kept(request.args.get("turn", ""))
    return Place(bid_round, known, row, there, turn if turn.address else Narrowing(bid=bid))


def _form(place: Place) -> ConsensusForm:
    agreed, there = place.row.consensus, place.meeting
    kept: dict[str, Any] = {"present": there.last}
    if agreed is not None:
        kept = {
            "value": agreed.value,
            "reason": agreed.reason,
            "why_outside": agreed.why_outside,
            "dissent": agreed.dissent,
            "present": [person.ref for person in there.chosen(agreed.present)],
            "revision": agreed.revision,
        }
    values = given(place.row.values)
    people = [(person.ref, person.name, there.parts[person.ref]) for person in there.people]
    between = (min(values), max(values)) if values else None
    return ConsensusForm(data=kept).fit(place.row.asked.scale, people, between)


def _cautions(form: ConsensusForm, place: Place) -> list[str]:
    viewer = current_viewer()
    bids = place.known.bids
    names = [one.provider.name for one in bids if one.id != place.row.application.id]
    own = place.row.application.provider.name
    if policy.hides_names(viewer, place.round):
        return wording.cautions(form.reason.data, "", [])
    return wording.cautions(f"{form.reason.data} {form.why_outside.data}", own, names)


def _has_seen(form: ConsensusForm, cautions: list[str]) -> bool:
    """A reason with something doubtful is saved on the second press, when it was not changed."""
    return not cautions or form.seen_warnings.data == sha256_of(form.reason.data)


def _record(form: ConsensusForm, place: Place) -> None:
    row = place.row
    actions.record_consensus(
        row.application,
        row.asked.question,
        row.asked.lot_code,
        value=form.value.data,
        reason=form.reason.data,
        present=place.meeting.chosen(form.present.data),
        seen_revision=form.seen_revision,
        why_outside=form.why_outside.data,
        dissent=form.dissent.data,
        actor=current_viewer(),
        now=clock(),
    )


def _next(place: Place) -> str:
    """The next open one of this turn; when there is none, of the whole board."""
    row, ref = place.row, place.round.ref
    done(f"{row.asked.short_title} of {row.name}: agreed.")
    following = _next_here(place) or next_open(
        place.round,
        Panel.OFFICERS,
        current_viewer(),
        place.known,
        (row.application.id, row.asked.key),
    )
    if following is None:
        return url_for(".moderation", ref=ref)
    return url_for(
        ".agree",
        ref=ref,
        bid=following.application.ref,
        question=following.asked.question,
        lot=following.asked.lot_code or None,
        turn=place.turn.text if not place.turn.bid else None,
    )


def _next_here(place: Place) -> Line | None:
    """The first open one of the board as it is turned: of one bid, one question, or a list."""
    here = (place.row.application.id, place.row.asked.key)
    if place.turn.status not in {None, Status.OPEN}:
        return None
    open_ = replace(place.turn, status=Status.OPEN)
    found = lines(place.round, Panel.OFFICERS, current_viewer(), place.known, open_)
    return next((one for one in found[:2] if one.key != here), None)


def _page(form: ConsensusForm, place: Place, cautions: list[str], theirs: Any) -> Response:
    row, viewer = place.row, current_viewer()
    typed = form.reason.data and form.value.data is not None
    preview = (
        wording.letter_line(row.asked, form.value.data, form.reason.data)
        if typed and form.value.data in row.asked.scale.values
        else None
    )
    return page(
        "evaluation/agree.html",
        form=form,
        place=place,
        row=row,
        round=place.round,
        answer=answers.answer_to(row.asked, row.application, viewer),
        cautions=cautions,
        preview=preview,
        theirs=theirs,
    )


@bp.route("/council/rounds/<ref>/moderation/lock", methods=["GET", "POST"])
@needs(Permission.BID_MODERATE)
def lock(ref: str) -> Response:
    viewer = current_viewer()
    bid_round, mine = moderated(ref)
    if bid_round.stage in policy.AFTER_LOCK:  # by a second press, or another moderator
        return redirect(url_for(".results", ref=ref))
    may = policy.may_moderate(mine, bid_round, queries.bid_ids(bid_round))
    may.or_refuse("lock:not-allowed")
    form = ConfirmForm()
    if carried_out(form, lambda: actions.lock_quality(bid_round, actor=viewer, now=clock())):
        done("Quality is locked and the results are computed. Prices can be opened now.")
        return redirect(url_for(".results", ref=ref))
    found = lock_findings(bid_round, mine.closed)
    return page("evaluation/lock.html", form=form, round=bid_round, found=found)
