"""Follow-ups by their verbs: who may, what is refused, who is told and what stays."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import queue
from portal.access import Role, Viewer
from portal.db import db
from portal.followups import actions, queries
from portal.followups.actions import Owner, Source
from portal.followups.models import FollowUpKind, OwnerSide
from portal.followups.policy import RAISED_BY, may_raise
from portal.followups.words import SOURCES
from portal.mail import Mail
from scoring.rules import RuleBroken
from scoring.stages import FollowUpStage
from tests.factories.followups import (
    DUE,
    MANAGER,
    NOW,
    VISIT,
    a_commissioner_of,
    a_council_action,
    a_follow_up,
)
from tests.factories.people import a_council, a_person, a_viewer, viewer
from tests.factories.providers import a_provider, a_provider_admin, an_administering_viewer

pytestmark = pytest.mark.usefixtures("session")


def refused(act, *args, **more):
    with pytest.raises(RuleBroken) as broken:
        act(*args, **more)
    return broken.value.code


def test_a_life_from_the_visit_to_the_closing():
    oak, luton = a_provider("Oak House"), a_council()
    manager, officer = an_administering_viewer(oak), a_commissioner_of(luton)
    lock = a_follow_up(provider=oak, council=luton)
    actions.note(lock, "A locksmith comes on Friday.", actor=manager, now=NOW)
    actions.answer(lock, "It is mended.", actor=manager, now=NOW)
    actions.send_back(lock, "Please send a photograph.", actor=officer, now=NOW)
    actions.answer(lock, "The photograph is in your mail.", actor=manager, now=NOW)
    actions.close(lock, "Seen on the photograph.", actor=officer, now=NOW)
    assert lock.stage is FollowUpStage.CLOSED
    verbs = ["raise", "note", "answer", "send-back", "answer", "close"]
    assert [step.verb for step in lock.steps] == verbs
    assert lock.answer.text == "The photograph is in your mail."
    assert lock.steps[1].side is OwnerSide.PROVIDER
    assert lock.steps[3].side is OwnerSide.COUNCIL


def test_what_was_closed_too_early_is_opened_again_by_a_new_day():
    lock = a_follow_up()
    officer = a_commissioner_of(a_council())
    actions.close(lock, "Seen at a visit.", actor=officer, now=NOW)
    code = refused(actions.reopen, lock, "Broken again.", date(2026, 10, 1), actor=officer, now=NOW)
    assert code == "follow-up:due-past"
    actions.reopen(lock, "Broken again.", date(2027, 1, 8), actor=officer, now=NOW)
    assert (lock.stage, lock.due_on) == (FollowUpStage.OPEN, date(2027, 1, 8))


def test_a_provider_decides_nothing():
    oak = a_provider()
    lock, manager = a_follow_up(provider=oak), an_administering_viewer(oak)
    for act in (actions.close, actions.withdraw, actions.send_back):
        assert refused(act, lock, "Done.", actor=manager, now=NOW) == "follow-up:refused"
    code = refused(actions.change_due, lock, DUE, "Later.", actor=manager, now=NOW)
    assert code == "follow-up:refused"
    assert lock.stage is FollowUpStage.OPEN


def test_a_council_answers_nothing_for_a_provider():
    officer = a_commissioner_of(a_council())
    code = refused(actions.answer, a_follow_up(), "Done.", actor=officer, now=NOW)
    assert code == "follow-up:refused"


def test_another_provider_and_another_council_can_do_nothing():
    lock = a_follow_up()
    for stranger in (an_administering_viewer(), a_commissioner_of(a_council("elsewhere"))):
        for act in (actions.note, actions.answer, actions.close, actions.withdraw):
            assert refused(act, lock, "Hm.", actor=stranger, now=NOW) == "follow-up:refused"


def test_an_auditor_who_is_a_commissioner_too_changes_nothing():
    both = viewer(a_person([Role.COMMISSIONER, Role.AUDITOR], a_council()))
    assert refused(actions.close, a_follow_up(), "x", actor=both, now=NOW) == "follow-up:refused"


def test_a_partner_that_shares_it_may_close_it():
    beds = a_council("bedford-borough")
    lock = a_follow_up(shared_with=[beds])
    actions.close(lock, "Seen at our re-visit.", actor=a_commissioner_of(beds), now=NOW)
    assert lock.stage is FollowUpStage.CLOSED


def test_nobody_decides_on_what_they_have_not_read():
    oak = a_provider()
    lock, officer = a_follow_up(provider=oak), a_commissioner_of(a_council())
    actions.answer(lock, "Done.", actor=an_administering_viewer(oak), now=NOW)
    code = refused(actions.close, lock, "Nobody wrote.", seen=1, actor=officer, now=NOW)
    assert code == "follow-up:unseen"


@pytest.mark.parametrize(
    ("owner", "code"),
    [
        (Owner(OwnerSide.PROVIDER), "follow-up:no-owner"),
        (Owner(OwnerSide.COUNCIL, "  "), "follow-up:no-owner"),
    ],
)
def test_somebody_must_own_it(owner, code):
    with pytest.raises(RuleBroken) as broken:
        a_follow_up(owner=owner)
    assert broken.value.code == code


def test_what_a_provider_owns_names_the_provider():
    with pytest.raises(RuleBroken) as broken:
        a_council_action(owner=MANAGER)
    assert broken.value.code == "follow-up:no-provider"


def test_an_owner_must_work_there():
    with pytest.raises(RuleBroken) as broken:
        a_follow_up(owner=Owner(OwnerSide.PROVIDER, person=a_provider_admin()))
    assert broken.value.code == "follow-up:wrong-owner"


def test_a_commissioner_raises_for_their_own_council_only():
    officer = a_commissioner_of(a_council("elsewhere"))
    code = refused(
        actions.raise_followup,
        FollowUpKind.ACTION,
        provider=a_provider(),
        council=a_council(),
        text="Mend it.",
        owner=MANAGER,
        due_on=DUE,
        source=VISIT,
        actor=officer,
        now=NOW,
    )
    assert code == "follow-up:raise-refused"


def test_an_unknown_source_is_refused():
    assert refused(Source, "rumour", "X-1", "Somebody said") == "follow-up:unknown-source"


# --- Who sees it -------------------------------------------------------------------------------


def test_each_side_sees_its_own():
    oak, luton = a_provider(), a_council()
    lock = a_follow_up(provider=oak, council=luton)
    a_council_action(luton)
    assert list(queries.of_provider(oak.id, an_administering_viewer(oak))) == [lock]
    assert len(queries.everything(a_commissioner_of(luton), queries.Narrowing(), DUE)) == 2
    for stranger in (
        an_administering_viewer(),
        a_commissioner_of(a_council("elsewhere")),
        a_viewer(Role.EVALUATOR),
        a_viewer(Role.YOUNG_COMMISSIONER),
    ):
        assert queries.of_source("visit", "VIS-1", stranger) == []
        assert queries.follow_up(lock.ref, stranger) is None


def test_a_provider_does_not_see_what_the_council_keeps_to_itself():
    oak, luton = a_provider(), a_council()
    inside = Owner(OwnerSide.COUNCIL, "Placements team")
    kept = a_follow_up(provider=oak, council=luton, owner=inside, text="Think of a suspension.")
    shown = a_follow_up(provider=oak, council=luton, owner=inside, shown_to_provider=True)
    manager = an_administering_viewer(oak)
    assert list(queries.of_provider(oak.id, manager)) == [shown]
    assert queries.follow_up(kept.ref, manager) is None
    assert refused(actions.note, shown, "We know.", actor=manager, now=NOW) == "follow-up:refused"


def test_the_list_is_narrowed():
    oak, luton = a_provider("Oak House"), a_council()
    officer = a_commissioner_of(luton)
    late = a_follow_up(provider=oak, due_on=date(2026, 11, 5))
    a_council_action(luton)
    on = date(2026, 11, 22)

    def found(**narrowed):
        return list(queries.page_of(officer, queries.Narrowing(**narrowed), on)[0].items)

    assert found(provider=oak.ref) == [late]
    assert found(when=queries.OVERDUE) == [late]
    assert found(source="visit") == [late]
    assert found(owner=OwnerSide.PROVIDER) == [late]
    assert found(words="LOCK door") == [late]
    assert len(found(when=queries.SOON)) == 1
    assert found(stage=FollowUpStage.CLOSED) == []
    assert list(queries.due(officer, on, date(2026, 12, 31))) == found(source="forum")


# --- Who is told -------------------------------------------------------------------------------


def mails(message):
    return db.session.scalars(select(Mail).where(Mail.message == message)).all()


def test_what_one_visit_raises_comes_in_one_mail():
    oak = a_provider()
    a_provider_admin(oak, email="manager@oak.example")
    for text in ("Mend the lock.", "Paint the hall.", "Check the alarm."):
        a_follow_up(provider=oak, text=text)
    queue.run_all(NOW)
    (mail,) = mails("follow-ups-raised")
    assert mail.address == "manager@oak.example"
    assert "3 new things" in mail.subject
    assert "lock" not in mail.body


def test_reminders_come_once_before_and_once_after_the_day():
    oak = a_provider()
    a_provider_admin(oak)
    a_follow_up(provider=oak)
    a_follow_up(provider=oak, text="Paint the hall.")
    for days in range(60):
        queue.run_all(NOW + timedelta(days=days))
    assert [mail.queued_at.date() for mail in mails("follow-ups-due")] == [date(2026, 11, 24)]
    (late,) = mails("follow-ups-overdue")
    assert late.subject == "2 things were due by 1 December 2026"


def test_nobody_is_reminded_of_what_is_answered_or_moved():
    oak = a_provider()
    manager, officer = an_administering_viewer(oak), a_commissioner_of(a_council())
    answered, moved = a_follow_up(provider=oak), a_follow_up(provider=oak)
    actions.answer(answered, "Done.", actor=manager, now=NOW)
    actions.change_due(moved, date(2026, 12, 18), "Wait for parts.", actor=officer, now=NOW)
    db.session.commit()
    queue.run_all(NOW + timedelta(days=32))  # 4 December
    assert not mails("follow-ups-overdue")
    queue.run_all(NOW + timedelta(days=60))
    (late,) = mails("follow-ups-overdue")
    assert "18 December" in late.subject


def test_a_named_person_is_told_and_nobody_else():
    luton = a_council()
    named = a_person(Role.COMMISSIONER, luton, email="named@luton.example")
    a_person(Role.COMMISSIONER, luton)
    a_council_action(luton, owner=Owner(OwnerSide.COUNCIL, person=named))
    queue.run_all(NOW)
    assert [mail.address for mail in mails("follow-ups-raised")] == ["named@luton.example"]


def test_an_answer_is_told_to_the_council_that_asked():
    oak, luton = a_provider(), a_council()
    a_person(Role.COMMISSIONER, luton, email="officer@luton.example")
    lock = a_follow_up(provider=oak, council=luton)
    actions.answer(lock, "Done.", actor=an_administering_viewer(oak), now=NOW)
    assert [mail.address for mail in mails("follow-up-answered")] == ["officer@luton.example"]


def test_the_portal_itself_may_raise_and_close():
    lock = a_follow_up(actor=Viewer.system())
    actions.close(lock, "The figure is back in its range.", actor=Viewer.system(), now=NOW)
    assert lock.steps[-1].by is None


def of_two_councils():
    """A commissioner of Luton who looks after money at Bedford Borough."""
    officer = a_commissioner_of(a_council())
    money = a_viewer(Role.FINANCE, a_council("bedford-borough").slug)
    return replace(officer, posts=(*officer.posts, *money.posts))


@pytest.mark.parametrize("kind", sorted(RAISED_BY))
def test_a_post_at_one_council_raises_nothing_at_another(kind):
    both, said = of_two_councils(), {"source": Source(kind, "X-1", "Somewhere")}
    assert a_follow_up(actor=both, **said).council_id == a_council().id
    with pytest.raises(RuleBroken) as broken:
        a_follow_up(council=a_council("bedford-borough"), actor=both, **said)
    assert broken.value.code == "follow-up:raise-refused"


def test_every_source_has_words_and_somebody_who_may_raise_it_and_no_other_has():
    assert set(RAISED_BY) == set(SOURCES)
    finance = a_viewer(Role.FINANCE)
    assert not any(may_raise(finance, a_council().id, kind) for kind in RAISED_BY)
    officer = a_commissioner_of(a_council())
    assert not may_raise(officer, a_council().id, "somewhere-else")


def test_a_post_at_one_council_opens_nothing_of_another():
    both, bedford = of_two_councils(), a_council("bedford-borough")
    theirs, ours = a_follow_up(council=bedford), a_follow_up()
    assert queries.follow_up(ours.ref, both) is not None
    assert queries.follow_up(theirs.ref, both) is None
    assert refused(actions.close, theirs, "Seen.", actor=both, now=NOW).startswith("follow-up:")
