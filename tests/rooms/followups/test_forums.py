"""Forums and quarterly reviews by their verbs."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import queue
from portal.db import db
from portal.followups import actions, actions_forums, actions_plan, queries_forums, queries_plan
from portal.followups.models_forums import Reply
from portal.followups.models_plan import Progress
from portal.mail import Mail
from portal.providers.models import ServiceKind
from scoring.rules import RuleBroken
from scoring.stages import ForumStage, PlanReviewStage
from tests.factories.followups import (
    NOW,
    a_commissioner_of,
    a_council_action,
    a_follow_up,
    a_forum,
    a_plan,
)
from tests.factories.people import a_council
from tests.factories.providers import a_provider, a_provider_admin, an_administering_viewer

pytestmark = pytest.mark.usefixtures("session")
AFTER = NOW + timedelta(days=9)  # the forum is held on the 7th day


def refused(act, *args, **more):
    with pytest.raises(RuleBroken) as broken:
        act(*args, **more)
    return broken.value.code


def mails(message):
    return db.session.scalars(select(Mail).where(Mail.message == message)).all()


def test_providers_are_invited_once_and_reply():
    oak, elm = a_provider("Oak House"), a_provider("Elm House")
    a_provider_admin(oak)
    officer = a_commissioner_of(a_council())
    forum = a_forum(officer)
    assert queries_forums.forum(forum.ref, an_administering_viewer(oak)) is None
    (invitation,) = actions_forums.invite(forum, [oak], actor=officer, now=NOW)
    assert len(mails("forum-invitation")) == 2  # two administrators, one mail each
    actions_forums.invite(forum, [oak, elm], actor=officer, now=NOW)
    assert len(forum.invitations) == 2
    assert refused(actions_forums.invite, forum, [oak], actor=officer, now=NOW) == "forum:nobody"
    manager = an_administering_viewer(oak)
    actions_forums.reply(invitation, Reply.COMING, actor=manager, now=NOW)
    assert queries_forums.numbers(forum).coming == 1
    late = refused(actions_forums.reply, invitation, Reply.COMING, actor=manager, now=AFTER)
    assert late == "forum:in-the-past"
    stranger = an_administering_viewer(elm)
    assert (
        refused(actions_forums.reply, invitation, Reply.COMING, actor=stranger, now=NOW)
        == "forum:refused"
    )


def test_another_place_asks_everybody_again():
    oak = a_provider()
    a_provider_admin(oak)
    officer = a_commissioner_of(a_council())
    forum = a_forum(officer)
    (invitation,) = actions_forums.invite(forum, [oak], actor=officer, now=NOW)
    manager = an_administering_viewer(oak)
    actions_forums.reply(invitation, Reply.COMING, actor=manager, now=NOW)
    told = {"title": forum.title, "agenda": forum.agenda, "held_at": forum.held_at}
    actions_forums.change(forum, place=forum.place, **told, actor=officer, now=NOW)
    assert not mails("forum-changed")
    actions_forums.change(forum, place="By video call", **told, actor=officer, now=NOW)
    assert mails("forum-changed")
    assert invitation.reply is None


def test_minutes_come_after_the_forum_and_only_of_the_invited():
    oak, elm = a_provider(), a_provider()
    officer = a_commissioner_of(a_council())
    forum = a_forum(officer)
    actions_forums.invite(forum, [oak], actor=officer, now=NOW)
    said = {"also_there": "", "minutes": "We spoke of referrals.", "actor": officer}
    record = actions_forums.record
    assert refused(record, forum, {oak.id: 2}, **said, now=NOW) == "forum:not-yet"
    assert refused(record, forum, {elm.id: 2}, **said, now=AFTER) == "forum:not-invited"
    assert refused(record, forum, {oak.id: 99}, **said, now=AFTER) == "forum:too-many"
    record(forum, {oak.id: 2}, **said, now=AFTER)
    assert forum.stage is ForumStage.HELD
    assert queries_forums.numbers(forum).people == 2


def test_a_cancelled_forum_stays_with_its_reason():
    officer = a_commissioner_of(a_council())
    forum = a_forum(officer)
    assert (
        refused(actions_forums.cancel, forum, " ", actor=officer, now=NOW) == "follow-up:no-reason"
    )
    db.session.rollback()
    actions_forums.cancel(forum, "The hall is flooded.", actor=officer, now=NOW)
    code = refused(actions_forums.invite, forum, [a_provider()], actor=officer, now=NOW)
    assert code == "forum:invite:not-allowed"


def test_another_council_can_do_nothing():
    forum = a_forum(a_commissioner_of(a_council()))
    stranger = a_commissioner_of(a_council("elsewhere"))
    assert queries_forums.forum(forum.ref, stranger) is None
    assert refused(actions_forums.cancel, forum, "No.", actor=stranger, now=NOW) == "forum:refused"


def test_an_invited_provider_sees_its_own_actions_and_the_councils_promises():
    oak, elm, luton = a_provider(), a_provider(), a_council()
    officer = a_commissioner_of(luton)
    forum = a_forum(officer)
    actions_forums.invite(forum, [oak, elm], actor=officer, now=NOW)
    source = actions.Source("forum", forum.ref, forum.title)
    own = a_follow_up(provider=oak, council=luton, source=source)
    promised = a_council_action(luton, source=source)
    theirs = a_follow_up(provider=elm, council=luton, source=source)
    found = queries_forums.actions_of(forum, an_administering_viewer(oak))
    assert {one.id for one in found} == {own.id, promised.id}
    assert theirs in queries_forums.actions_of(forum, officer)


# --- The quarterly review ----------------------------------------------------------------------


def test_a_review_looks_at_each_action_and_stands_as_it_was_finished():
    oak, luton = a_provider(), a_council()
    ifa = a_provider(service=ServiceKind.FOSTERING)
    officer = a_commissioner_of(luton)
    lock, form = a_follow_up(provider=oak, council=luton), a_council_action(luton)
    other = a_follow_up(provider=ifa, council=luton)
    done = a_follow_up(provider=oak, council=luton)
    actions.close(done, "Seen at the visit.", actor=officer, now=NOW)
    plan = a_plan(officer, luton)
    review = actions_plan.start_review(plan, actor=officer, now=NOW)
    assert actions_plan.start_review(plan, actor=officer, now=NOW) is review
    assert {one.id for one in queries_plan.to_review(review)} == {lock.id, form.id}
    act = {"actor": officer, "now": NOW}
    assert refused(actions_plan.finish, review, "All is well.", **act) == "plan-review:not-all"
    look = actions_plan.look_at
    assert refused(look, review, other, Progress.DONE, "", **act) == "plan-review:not-in-it"
    assert refused(look, review, lock, Progress.AT_RISK, " ", **act) == "plan-review:no-note"
    look(review, lock, Progress.AT_RISK, "The part comes late.", **act)
    look(review, lock, Progress.ON_TRACK, "", **act)
    look(review, form, Progress.ON_TRACK, "", **act)
    actions_plan.finish(review, "Two run, one is done.", **act)
    assert review.stage is PlanReviewStage.FINISHED
    assert {line.follow_up_id: line.progress for line in review.lines} == {
        lock.id: Progress.ON_TRACK,
        form.id: Progress.ON_TRACK,
        done.id: Progress.DONE,
    }
    assert plan.next_review_on == date(2027, 2, 2)
    code = refused(look, review, lock, Progress.DONE, "", **act)
    assert code == "plan-review:look-at:not-allowed"


def test_a_plan_is_made_once_and_by_its_own_council():
    luton = a_council()
    officer = a_commissioner_of(luton)
    a_plan(officer, luton)
    assert refused(a_plan, officer, luton) == "plan:there-already"
    stranger = a_commissioner_of(a_council("elsewhere"))
    assert refused(a_plan, stranger, luton) == "plan:refused"
    assert queries_plan.plans(stranger) == []
    assert queries_plan.plans(an_administering_viewer()) == []


def test_commissioners_are_reminded_of_the_review_once():
    luton = a_council()
    a_plan(a_commissioner_of(luton), luton)
    db.session.commit()
    for days in range(40):
        queue.run_all(NOW + timedelta(days=days))
    assert len(mails("plan-review-due")) == 1
