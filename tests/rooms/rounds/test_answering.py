"""What the council answers is published, corrected or declined, and everybody is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import queue
from portal.access import Role
from portal.audit import AuditValues
from portal.db import db
from portal.mail import Mail
from portal.providers.models import Provider
from portal.rounds import actions as rounds, actions_clarifications as actions
from scoring.stages import QuestionStage
from tests.factories.applications import an_application
from tests.factories.clarifications import a_draft_answer, a_question, an_answer
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.rounds import (
    DEADLINE,
    QUESTIONS_UNTIL,
    WHILE_OPEN,
    a_round,
    an_officer,
)
from tests.rooms.rounds.asking import INSTANT, entries, publish, refusal


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2A"])


@pytest.fixture
def ada(bid_round):
    return viewer(a_provider_admin(a_provider("Oak House"), name="Ada Ash"))


@pytest.fixture
def cyd(bid_round):
    return viewer(a_provider_admin(a_provider("Elm House"), name="Cyd Cedar"))


# --- Publishing -----------------------------------------------------------------------------------


def test_answers_are_numbered_in_the_order_in_which_they_are_published(bid_round, ada):
    later = a_draft_answer(a_question(bid_round, by=ada, text="First asked?"))
    assert publish(a_draft_answer(a_question(bid_round, by=ada, text="Asked next?"))).number == 1
    assert publish(later).number == 2
    assert an_answer(a_question(a_round(title="Another"), by=ada)).number == 1


def test_publishing_answers_every_question_of_the_group(bid_round, ada, cyd):
    one, other = a_question(bid_round, by=ada), a_question(bid_round, by=cyd)
    published = publish(a_draft_answer(one, others=[other]))
    assert {one.stage, other.stage} == {QuestionStage.ANSWERED}
    (version,) = published.versions
    assert (version.number, version.answer) == (1, "Yes, once in each lot.")
    (entry,) = entries("clarification:published")
    assert entry.detail["questions"] == sorted([one.ref, other.ref])
    assert entry.detail["number"] == 1
    assert "Oak House" not in str(entry.detail)


def test_publishing_needs_the_tick_and_the_version_that_was_looked_at(bid_round, ada):
    question = a_question(bid_round, by=ada)
    draft = a_draft_answer(question)
    assert refusal(lambda: publish(draft, checked=False)).code == "clarification:not-checked"
    a_draft_answer(question, answer="Changed.", seen=1)
    assert refusal(lambda: publish(draft, seen=1)).code == "clarification:changed-meanwhile"
    publish(draft)
    assert refusal(lambda: publish(draft)).code == "clarification:published"


def test_what_is_answered_is_not_answered_or_declined_again(bid_round, ada):
    question = a_question(bid_round, by=ada)
    an_answer(question)
    for attempt in (
        lambda: a_draft_answer(question),
        lambda: actions.decline(question, "No.", actor=an_officer(), now=WHILE_OPEN),
    ):
        assert refusal(attempt).code == "question:decided"


def test_answers_are_published_until_the_deadline(bid_round, ada):
    draft = a_draft_answer(a_question(bid_round, by=ada), at=QUESTIONS_UNTIL)
    assert "could act on" in refusal(lambda: publish(draft, now=DEADLINE)).message
    assert publish(draft, now=DEADLINE - INSTANT).number == 1


@pytest.mark.parametrize(
    "someone",
    [
        lambda: an_officer("bedford-borough"),
        lambda: an_officer("hertfordshire"),
        lambda: an_officer(role=Role.EVALUATOR),
        lambda: an_officer(role=Role.MODERATOR),
        lambda: a_viewer([Role.COMMISSIONER, Role.AUDITOR]),
        lambda: viewer(a_provider_admin()),
    ],
)
def test_only_the_leads_commissioners_answer(bid_round, ada, someone):
    actor = someone()
    question, published = a_question(bid_round, by=ada), None
    draft = a_draft_answer(a_question(bid_round, by=ada, text="A draft?"))
    published = an_answer(a_question(bid_round, by=ada, text="Published?"))
    for attempt in (
        lambda: a_draft_answer(question, by=actor),
        lambda: publish(draft, actor=actor),
        lambda: actions.discard(draft, actor=actor, now=WHILE_OPEN),
        lambda: actions.decline(question, "No.", actor=actor, now=WHILE_OPEN),
        lambda: actions.join_answer(question, published, actor=actor, now=WHILE_OPEN),
        lambda: correct(published, actor=actor),
    ):
        refused = refusal(attempt)
        assert refused.code == "clarification:not-allowed"
        assert "Only a commissioner of the lead council" in refused.message


# --- Correcting, declining, pointing to an answer -------------------------------------------------


def correct(
    published, *, answer="No, in one lot only.", note="It was wrong.", seen=None, actor=None
):
    return actions.correct(
        published,
        wording=published.question,
        answer=answer,
        note=note,
        checked=True,
        seen_revision=published.revision if seen is None else seen,
        actor=actor or an_officer(),
        now=WHILE_OPEN + timedelta(days=1),
    )


def test_a_correction_is_another_version_and_the_first_stays(bid_round, ada):
    published = correct(an_answer(a_question(bid_round, by=ada)))
    assert [version.answer for version in published.versions] == [
        "Yes, once in each lot.",
        "No, in one lot only.",
    ]
    assert (published.number, published.published_at) == (1, WHILE_OPEN)
    assert published.corrected_at == WHILE_OPEN + timedelta(days=1)
    assert [entry.detail["version"] for entry in entries("clarification:corrected")] == [2]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"answer": "Yes, once in each lot."}, "clarification:no-change"),
        ({"note": " . "}, "clarification:no-note"),
        ({"answer": " "}, "answer:empty"),
        ({"seen": 9}, "clarification:changed-meanwhile"),
    ],
)
def test_a_correction_says_what_changes(bid_round, ada, words, code):
    published = an_answer(a_question(bid_round, by=ada))
    assert refusal(lambda: correct(published, **words)).code == code
    assert len(published.versions) == 1


def test_a_draft_is_not_corrected(bid_round, ada):
    draft = a_draft_answer(a_question(bid_round, by=ada))
    assert refusal(lambda: correct(draft)).code == "clarification:correct:not-allowed"


def test_declining_tells_whoever_asked_and_nobody_else(bid_round, ada, cyd):
    an_application(bid_round, by=cyd)
    question = a_question(bid_round, by=ada)
    a_draft_answer(question)
    actions.decline(question, "It is about another round.", actor=an_officer(), now=WHILE_OPEN)
    assert (question.stage, question.clarification) == (QuestionStage.DECLINED, None)
    assert question.reason == "It is about another round."
    (entry,) = entries("question:declined")
    assert entry.detail == {}
    assert "another round" in str(db.session.get(AuditValues, entry.id).values)
    told = db.session.scalars(select(Mail).where(Mail.message == "question-decided")).all()
    assert [mail.address for mail in told] == [email_of(ada)]
    assert "another round" not in told[0].body


def test_declining_needs_a_reason(bid_round, ada):
    question = a_question(bid_round, by=ada)
    for reason in ("", " - "):
        refused = refusal(
            lambda reason=reason: actions.decline(
                question, reason, actor=an_officer(), now=WHILE_OPEN
            )
        )
        assert (refused.code, refused.field) == ("question:no-reason", "reason")


def test_a_question_is_pointed_to_an_answer_that_is_there(bid_round, ada, cyd):
    published = an_answer(a_question(bid_round, by=ada))
    again = a_question(bid_round, by=cyd, text="Asked again?")
    actions.join_answer(again, published, actor=an_officer(), now=WHILE_OPEN)
    assert (again.stage, again.clarification) == (QuestionStage.ANSWERED, published)
    assert len(published.versions) == 1
    told = db.session.scalars(select(Mail).where(Mail.message == "question-decided")).all()
    assert [mail.address for mail in told] == [email_of(cyd)]


def test_a_question_is_not_pointed_to_a_draft_nor_to_another_round(bid_round, ada, cyd):
    draft = a_draft_answer(a_question(bid_round, by=ada))
    elsewhere = an_answer(a_question(a_round(title="Another"), by=ada))
    question = a_question(bid_round, by=cyd)
    for there in (draft, elsewhere):
        refused = refusal(
            lambda there=there: actions.join_answer(
                question, there, actor=an_officer(), now=WHILE_OPEN
            )
        )
        assert refused.code == "clarification:no-answer"


# --- Who is told ----------------------------------------------------------------------------------


def email_of(somebody):
    from portal.people.models import Person

    return db.session.get_one(Person, somebody.person_id).email


def told(now):
    import portal.jobs  # noqa: F401  registers the handlers

    db.session.commit()
    queue.run_all(now)
    wanted = select(Mail).where(Mail.message == "clarification-published")
    return db.session.scalars(wanted).all()


def test_everybody_who_takes_part_gets_one_mail_however_much_is_published(bid_round, ada, cyd):
    ben = viewer(a_contributor(db.session.get_one(Provider, min(ada.provider_ids))))
    an_application(bid_round, by=ada)
    fay = viewer(a_provider_admin(a_provider("Fir House")))  # takes no part
    an_answer(a_question(bid_round, by=cyd, text="One?"))
    an_answer(a_question(bid_round, by=cyd, text="Two?"), at=WHILE_OPEN + timedelta(minutes=3))
    assert told(WHILE_OPEN + timedelta(minutes=4)) == []
    sent = told(WHILE_OPEN + timedelta(minutes=16))
    assert sorted(mail.address for mail in sent) == sorted(map(email_of, (ada, ben, cyd)))
    assert email_of(fay) not in {mail.address for mail in sent}
    for mail in sent:
        assert f"/rounds/{bid_round.ref}/clarifications" in mail.body
        for word in ("One?", "Two?", "once in each lot", "Elm House", "Oak House"):
            assert word not in mail.subject + mail.body


def test_what_is_published_later_is_told_later(bid_round, ada):
    an_application(bid_round, by=ada)
    an_answer(a_question(bid_round, by=ada, text="One?"))
    assert len(told(WHILE_OPEN + timedelta(hours=1))) == 1
    an_answer(a_question(bid_round, by=ada, text="Two?"), at=WHILE_OPEN + timedelta(hours=2))
    assert len(told(WHILE_OPEN + timedelta(hours=3))) == 2


def test_an_answer_to_a_round_that_was_cancelled_is_not_told(bid_round, ada):
    an_answer(a_question(bid_round, by=ada))
    rounds.cancel(bid_round, "Not needed.", actor=an_officer(), now=WHILE_OPEN)
    assert told(WHILE_OPEN + timedelta(hours=1)) == []


def test_whoever_has_left_is_not_written_to(bid_round):
    provider = a_provider("Oak House")
    gone, stays = a_contributor(provider), a_provider_admin(provider)
    question = a_question(bid_round, by=gone)
    gone.active = False
    actions.decline(question, "No.", actor=an_officer(), now=WHILE_OPEN)
    addresses = db.session.scalars(select(Mail.address)).all()
    assert addresses == [stays.email]
