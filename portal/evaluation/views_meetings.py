"""The moderator opens a meeting, notes who comes and goes, closes it, and takes its minutes away."""

from flask import Response, redirect, url_for

from forms import choice
from forms.evaluation_panels import MeetingForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.evaluation import actions_meetings as actions
from portal.evaluation import policy, queries
from portal.evaluation.asked import quorum_of
from portal.evaluation.meetings import meeting_now, meetings, minutes, people_of
from portal.evaluation.views import bp
from portal.evaluation.views_moderate import moderated
from portal.people.actions import note_read
from portal.rounds.models import Round
from portal.tables import attachment
from portal.web import carried_out, clock, done, or_404, page
from scoring.terms import Panel

OFFICERS = Panel.OFFICERS


@bp.route("/council/rounds/<ref>/moderation/meeting", methods=["GET", "POST"])
@needs(Permission.BID_MODERATE)
def meeting(ref: str) -> Response:
    bid_round, viewer = _readable(ref), current_viewer()
    now_open, people = meeting_now(bid_round, OFFICERS), people_of(bid_round, OFFICERS)
    form = MeetingForm(data={"present": now_open.present if now_open else [viewer.ref]})
    form.present.choices = [choice(one, person.name) for one, person in people.items()]

    def act() -> None:
        there = [people[one] for one in form.present.data]
        if now_open is None:
            actions.open_meeting(bid_round, there, actor=viewer, now=clock())
        else:
            actions.change_presence(now_open, there, actor=viewer, now=clock())

    if carried_out(form, act):
        done("Who is here is on record.")
        return redirect(url_for(".meeting", ref=ref))
    return page(
        "evaluation/meeting.html",
        form=form,
        round=bid_round,
        now_open=now_open,
        names={one: person.name for one, person in people.items()},
        meetings=meetings(bid_round, OFFICERS),
        quorum=quorum_of(bid_round),
        may=_may(bid_round),
    )


@bp.post("/council/rounds/<ref>/moderation/meeting/close")
@needs(Permission.BID_MODERATE)
def close_meeting(ref: str) -> Response:
    bid_round = _readable(ref)
    actions.close_meeting(
        or_404(meeting_now(bid_round, OFFICERS)), actor=current_viewer(), now=clock()
    )
    db.session.commit()
    done("The meeting is over. Its minutes can be taken away.")
    return redirect(url_for(".meeting", ref=ref))


@bp.get("/council/rounds/<ref>/moderation/meetings/<number>/minutes.pdf")
@needs(Permission.BID_MODERATE)
def minutes_file(ref: str, number: str) -> Response:
    from portal.pdf import render_pdf

    bid_round, viewer = _readable(ref), current_viewer()
    found = or_404(next((one for one in meetings(bid_round, OFFICERS) if one.ref == number), None))
    made = render_pdf(
        "pdf/minutes.html",
        round=bid_round,
        told=minutes(found, viewer),
        opened_by=found.opened_by.name,
    )
    note_read(viewer, "minutes", found.ref, clock())
    return attachment(made, f"minutes-{found.ref.lower()}.pdf", "application/pdf")


def _readable(ref: str) -> Round:
    bid_round, mine = moderated(ref)
    or_404(policy.may_read_board(mine, bid_round, queries.bid_ids(bid_round)) or None)
    return bid_round


def _may(bid_round: Round) -> bool:
    mine = queries.standing(current_viewer(), bid_round)
    return bool(policy.may_moderate(mine, bid_round, queries.bid_ids(bid_round)))
