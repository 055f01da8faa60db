"""Who came to a panel's meetings: noted as they come and go, and taken away as minutes.

The moderator keeps those of the officers; the Participation Officer those of the Young
Commissioners, who agree their scores by themselves.
"""

from dataclasses import dataclass

from flask import Response, redirect, url_for

from forms import choice
from forms.evaluation_panels import MeetingForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import quorum_of
from portal.evaluation.moderation import actions_meetings as actions
from portal.evaluation.moderation.meetings import meeting_now, meetings, minutes, people_of
from portal.evaluation.moderation.views import moderated
from portal.evaluation.policy import Standing
from portal.evaluation.views import bp
from portal.evaluation.young.views_sign_off import supported
from portal.people.actions import note_read
from portal.rounds.models import Round
from portal.tables import attachment
from portal.web import carried_out, clock, done, or_404, page
from scoring.terms import Panel


@dataclass(frozen=True, slots=True)
class Way:
    """The pages of one panel's meetings, by their endpoints, and where they lead back to."""

    panel: Panel
    title: str
    here: str
    close: str
    minutes: str
    back: str
    back_words: str


OFFICERS = Way(
    Panel.OFFICERS,
    "Meetings of the panel",
    "evaluation.meeting",
    "evaluation.close_meeting",
    "evaluation.minutes_file",
    "evaluation.moderation",
    "Back to the moderation",
)
YOUNG = Way(
    Panel.YOUNG,
    "Young people’s meetings",
    "evaluation.young_meeting",
    "evaluation.close_young_meeting",
    "evaluation.young_minutes_file",
    "evaluation.sign_off",
    "Back to the young people’s scores",
)


@bp.route("/council/rounds/<ref>/moderation/meeting", methods=["GET", "POST"])
@needs(Permission.BID_MODERATE)
def meeting(ref: str) -> Response:
    return _meeting(OFFICERS, *moderated(ref))


@bp.route("/sign-off/<ref>/meeting", methods=["GET", "POST"])
@needs(Permission.YOUNG_SIGN_OFF)
def young_meeting(ref: str) -> Response:
    return _meeting(YOUNG, *supported(ref))


@bp.post("/council/rounds/<ref>/moderation/meeting/close")
@needs(Permission.BID_MODERATE)
def close_meeting(ref: str) -> Response:
    return _close(OFFICERS, *moderated(ref))


@bp.post("/sign-off/<ref>/meeting/close")
@needs(Permission.YOUNG_SIGN_OFF)
def close_young_meeting(ref: str) -> Response:
    return _close(YOUNG, *supported(ref))


@bp.get("/council/rounds/<ref>/moderation/meetings/<number>/minutes.pdf")
@needs(Permission.BID_MODERATE)
def minutes_file(ref: str, number: str) -> Response:
    return _minutes(OFFICERS, *moderated(ref), number)


@bp.get("/sign-off/<ref>/meetings/<number>/minutes.pdf")
@needs(Permission.YOUNG_SIGN_OFF)
def young_minutes_file(ref: str, number: str) -> Response:
    return _minutes(YOUNG, *supported(ref), number)


def _meeting(way: Way, bid_round: Round, mine: Standing) -> Response:
    _refuse_strangers(way, bid_round, mine)
    viewer = current_viewer()
    now_open, people = meeting_now(bid_round, way.panel), people_of(bid_round, way.panel)
    form = MeetingForm(data={"present": now_open.present if now_open else [viewer.ref]})
    form.present.choices = [choice(one, person.name) for one, person in people.items()]

    def act() -> None:
        there = [people[one] for one in form.present.data]
        if now_open is None:
            actions.open_meeting(bid_round, there, panel=way.panel, actor=viewer, now=clock())
        else:
            actions.change_presence(now_open, there, actor=viewer, now=clock())

    if carried_out(form, act):
        done("Who is here is on record.")
        return redirect(url_for(way.here, ref=bid_round.ref))
    return page(
        "evaluation/meeting.html",
        form=form,
        round=bid_round,
        way=way,
        now_open=now_open,
        names={one: person.name for one, person in people.items()},
        meetings=meetings(bid_round, way.panel),
        quorum=quorum_of(bid_round),
        may=policy.may_keep_meetings(way.panel, mine, bid_round, queries.bid_ids(bid_round)),
    )


def _close(way: Way, bid_round: Round, mine: Standing) -> Response:
    _refuse_strangers(way, bid_round, mine)
    actions.close_meeting(
        or_404(meeting_now(bid_round, way.panel)), actor=current_viewer(), now=clock()
    )
    db.session.commit()
    done("The meeting is over. Its minutes can be taken away.")
    return redirect(url_for(way.here, ref=bid_round.ref))


def _minutes(way: Way, bid_round: Round, mine: Standing, number: str) -> Response:
    from portal.pdf import render_pdf

    _refuse_strangers(way, bid_round, mine)
    viewer, all_ = current_viewer(), meetings(bid_round, way.panel)
    found = or_404(next((one for one in all_ if one.ref == number), None))
    made = render_pdf(
        "pdf/minutes.html",
        round=bid_round,
        told=minutes(found, viewer),
        opened_by=found.opened_by.name,
    )
    note_read(viewer, "minutes", found.ref, clock())
    return attachment(made, f"minutes-{found.ref.lower()}.pdf", "application/pdf")


def _refuse_strangers(way: Way, bid_round: Round, mine: Standing) -> None:
    may = policy.may_read_meetings(way.panel, mine, bid_round, queries.bid_ids(bid_round))
    or_404(may or None)
