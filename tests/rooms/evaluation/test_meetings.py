"""Meetings of the panel: a quorum to begin, who comes and goes, what was agreed, and the minutes."""

import copy
import io

import pytest
from pypdf import PdfReader

from portal.access import Role
from portal.audit import AuditEntry, Event
from portal.content.models import ContentVersion
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.asked import quorum_of
from portal.evaluation.models import Interest
from portal.evaluation.moderation import actions_meetings as actions
from portal.evaluation.moderation.meetings import meeting_now, minutes
from portal.evaluation.young.said import took_part
from scoring.rules import RuleBroken
from scoring.terms import Panel
from tests.factories.evaluation import SCORING, an_evaluation
from tests.factories.people import a_person, viewer

OFFICERS = Panel.OFFICERS


@pytest.fixture
def story(session):
    return an_evaluation(names=["Oak House"]).with_all_sheets_in()


def refusal(act, *args, **how):
    with pytest.raises(RuleBroken) as refused:
        act(*args, **how)
    return refused.value.code


def opened(story, *people):
    return actions.open_meeting(
        story.round, people or story.officers, actor=viewer(story.moderator), now=SCORING
    )


def first(story):
    return queries.asked_of(story.bids[0], OFFICERS)[0]


def of(story, more=""):
    return f"/council/rounds/{story.round.ref}/moderation{more}"


def with_quorum(bid_round, quorum):
    """The round as if it had been published with a quorum of its own."""
    scheme = bid_round.scheme
    body = {**copy.deepcopy(scheme.body), "quorum": quorum}
    bid_round.scheme = ContentVersion(
        kind=scheme.kind,
        key=scheme.key,
        version=scheme.version + 1,
        title=scheme.title,
        body=body,
        sha256="a" * 64,
        source=scheme.source,
        published_at=SCORING,
    )
    db.session.flush()


def test_a_meeting_begins_with_a_quorum_of_its_own_panel(story):
    how = {"actor": viewer(story.moderator), "now": SCORING}
    few = refusal(actions.open_meeting, story.round, story.officers[:1], **how)
    assert few == "consensus:no-quorum"
    stranger = [*story.officers, story.young[0]]
    assert refusal(actions.open_meeting, story.round, stranger, **how) == "meeting:stranger"
    other = {"actor": viewer(story.evaluators[0]), "now": SCORING}
    code = refusal(actions.open_meeting, story.round, story.officers, **other)
    assert code == "meeting:not-allowed"
    opened(story)
    code = refusal(actions.open_meeting, story.round, story.officers, **how)
    assert code == "meeting:open-already"


def test_the_quorum_is_the_one_that_was_published(story):
    assert quorum_of(story.round) == 2
    with_quorum(story.round, 4)
    assert quorum_of(story.round) == 4
    bid, three = story.bids[0], story.officers[:3]
    assert refusal(story.agree, bid, first(story), present=three) == "consensus:no-quorum"
    assert story.agree(bid, first(story)).value == 3


def test_only_those_who_are_at_the_meeting_agree(story):
    here = story.officers[1:]
    meeting = opened(story, *here)
    gone = refusal(story.agree, story.bids[0], first(story), present=story.officers)
    assert gone == "consensus:not-at-meeting"
    kept = story.agree(story.bids[0], first(story), present=here)
    assert kept.meeting_ref == meeting.ref


def test_below_the_quorum_nothing_is_agreed(story):
    meeting = opened(story)
    chair = viewer(story.moderator)
    actions.change_presence(meeting, [story.moderator], actor=chair, now=SCORING)
    code = refusal(story.agree, story.bids[0], first(story), present=[story.moderator])
    assert code == "consensus:no-quorum"
    assert [len(step["present"]) for step in meeting.steps] == [4, 1]


def test_a_closed_meeting_stays_as_it_was(story):
    meeting, chair = opened(story), viewer(story.moderator)
    actions.close_meeting(meeting, actor=chair, now=SCORING)
    how = {"actor": chair, "now": SCORING}
    assert refusal(actions.close_meeting, meeting, **how) == "meeting:closed"
    assert refusal(actions.change_presence, meeting, story.officers, **how) == "meeting:closed"
    assert meeting_now(story.round, OFFICERS) is None
    assert story.agree(story.bids[0], first(story)).meeting_ref == ""


def test_minutes_tell_who_was_there_who_left_and_who_dissented(story):
    ada = story.evaluators[0]
    story.declare(ada, story.bids[0], Interest.PERSONAL, "A friend.")
    meeting = opened(story)
    kept = story.agree(story.bids[0], first(story), present=story.officers[1:])
    kept.dissent = "Ben would have given a 2."
    told = minutes(meeting, viewer(story.moderator))
    assert [one.left for one in told.agreed] == [(ada.name,)]
    assert told.agreed[0].absent == ()
    assert told.comings[0].names == tuple(
        person.name for person in sorted(story.officers, key=lambda one: one.ref)
    )


def test_minutes_leave_out_what_is_closed_to_their_reader(story):
    second = a_person(Role.MODERATOR)
    meeting = opened(story)
    story.agree(story.bids[0], first(story))
    story.declare(story.moderator, story.bids[0], Interest.PERSONAL, "A friend.")
    told = minutes(meeting, viewer(story.moderator))
    assert (told.agreed, told.hidden) == ((), 1)
    assert minutes(meeting, viewer(second)).hidden == 0


def test_the_moderator_keeps_a_meeting_and_takes_its_minutes_away(by, story):
    chair = by(story.moderator)
    shown = chair.page(of(story, "/meeting"))
    everybody = [person.ref for person in story.officers]
    chair.sends(shown, {"present": [story.moderator.ref]}, status=422)
    after = chair.sends(shown, {"present": everybody}, to=of(story, "/meeting"))
    asked = first(story)
    form = chair.page(of(story, f"/{story.bids[0].ref}/{asked.question}"))
    typed = {
        "value": "3",
        "reason": "The panel found what it asked for on both pages of the answer.",
        "dissent": "Zachary would have given a 2.",
    }
    chair.sends(form, typed, button="Record", status=302)
    chair.sends(after, {}, button="Close the meeting", to=of(story, "/meeting"))
    db.session.expire_all()
    ref = queries.consensus_of([story.bids[0].id])[story.bids[0].id, asked.key].meeting_ref
    file = chair.get(of(story, f"/meetings/{ref}/minutes.pdf"))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.data)).pages)
    assert "Zachary would have given a 2" in text
    assert story.moderator.name in text
    events = {entry.event for entry in db.session.query(AuditEntry)}
    assert {Event.MEETING_OPENED.value, Event.MEETING_CLOSED.value} <= events


def test_their_officer_notes_which_young_people_came(by, session):
    story = an_evaluation(names=["Oak House"], pairs=2).with_all_sheets_in()
    officer, place = by(story.supporter), f"/sign-off/{story.round.ref}/meeting"
    comet, river = story.young[0], story.young[-1]
    here = [one for one in story.young if one is not river]
    form = officer.page(place)
    officer.sends(form, {"present": [here[0].ref]}, status=422)  # below the quorum
    after = officer.sends(form, {"present": [one.ref for one in here]}, to=place)
    asked = queries.asked_of(story.bids[0], Panel.YOUNG)[0]
    gone = refusal(story.agree, story.bids[0], asked, present=[*here, river])
    assert gone == "consensus:not-at-meeting"
    agree = f"/your-scores/agree/{story.bids[0].ref}/{asked.question}"
    offered = by(comet).page(agree).text
    assert "These people are at the meeting" in offered
    assert river.name not in offered
    kept = story.agree(story.bids[0], asked, present=here)
    met = meeting_now(story.round, Panel.YOUNG)
    assert kept.meeting_ref == met.ref
    officer.sends(after, {}, button="Close the meeting", to=place)
    file = officer.get(f"/sign-off/{story.round.ref}/meetings/{met.ref}/minutes.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.data)).pages)
    assert f"Not there: {river.name}" in text
    assert meeting_now(story.round, OFFICERS) is None  # the officers' panel meets by itself
    told = [one.what for one in took_part(comet.id)]
    assert any("Met the other Young Commissioners once" in one for one in told)
    assert not any("Met the other" in one.what for one in took_part(river.id))


def test_nobody_else_keeps_the_young_peoples_list(by, story):
    for person in (story.moderator, story.young[0], story.evaluators[0]):
        how = {"panel": Panel.YOUNG, "actor": viewer(person), "now": SCORING}
        code = refusal(actions.open_meeting, story.round, story.young, **how)
        assert code == "meeting:not-allowed"
    how = {"panel": Panel.YOUNG, "actor": viewer(story.supporter), "now": SCORING}
    adult = [*story.young, story.moderator]
    assert refusal(actions.open_meeting, story.round, adult, **how) == "meeting:stranger"
    how["panel"] = OFFICERS
    assert refusal(actions.open_meeting, story.round, story.officers, **how) == (
        "meeting:not-allowed"
    )
    place = f"/sign-off/{story.round.ref}/meeting"
    assert by(story.young[0]).get(place).status_code == 403
    assert by(a_person(Role.PARTICIPATION_OFFICER)).get(place).status_code == 404


@pytest.mark.parametrize("more", ["/meeting", "/meetings/MTG-NONE/minutes.pdf"])
def test_nobody_else_reads_meetings(by, story, more):
    assert by(story.evaluators[0]).get(of(story, more)).status_code == 403
    assert by(a_person(Role.MODERATOR)).get(of(story, more)).status_code == 404
    assert by(a_person(Role.MODERATOR, "hertfordshire")).get(of(story, more)).status_code == 404
