"""Clarifications for tests, made by the real verbs.

asked = a_question(bid_round, by=ada, text="May we …?")       # waits for the council
answer = an_answer(asked)                                     # drafted and published: Q1
request = a_request(bid, {"document:accounts": "Which year?"})  # sent to the bidder of an opened bid
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from portal.access import Viewer
from portal.applications.clarifications import actions as requests, actions_replies
from portal.applications.clarifications.models import ClarificationRequest
from portal.applications.compliance import actions as actions_compliance
from portal.applications.models import Application, CheckOutcome
from portal.db import db
from portal.people.models import Person
from portal.providers.models import Provider
from portal.rounds import actions_clarifications as actions
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from tests.factories.bids import administrator_of
from tests.factories.people import viewer
from tests.factories.replay import replayed
from tests.factories.rounds import AFTER_OPENING, WHILE_OPEN, an_officer

REPLY_UNTIL = AFTER_OPENING + timedelta(days=5)


def _viewer(person: Person | Viewer) -> Viewer:
    return person if isinstance(person, Viewer) else viewer(person)


def a_question(
    bid_round: Round,
    *,
    by: Person | Viewer,
    text: str = "May one home be offered in two lots?",
    about: str = "",
    at: datetime = WHILE_OPEN,
) -> ClarificationQuestion:
    """A question of this person's provider that waits."""
    actor = _viewer(by)
    provider = db.session.get_one(Provider, min(actor.provider_ids))
    return actions.ask(bid_round, provider, text, about, received_at=at, actor=actor, now=at)


def a_draft_answer(
    question: ClarificationQuestion,
    *,
    wording: str = "",
    answer: str = "Yes, once in each lot.",
    about: str = "",
    others: Iterable[ClarificationQuestion] = (),
    seen: int | None = None,
    by: Viewer | None = None,
    at: datetime = WHILE_OPEN,
) -> Clarification:
    """A draft, as a commissioner of the lead council saves it."""
    return actions.save_answer(
        question,
        wording=wording or question.text,
        answer=answer,
        about=about or question.about,
        others=others,
        seen_revision=seen,
        actor=by or an_officer(),
        now=at,
    )


def an_answer(
    question: ClarificationQuestion, *, at: datetime = WHILE_OPEN, **words: object
) -> Clarification:
    """Drafted and published."""
    draft = a_draft_answer(question, at=at, **words)  # type: ignore[arg-type]
    return actions.publish(
        draft, checked=True, seen_revision=draft.revision, actor=an_officer(), now=at
    )


@replayed
def a_request(
    bid: Application,
    asked: Mapping[str, str],
    *,
    until: datetime = REPLY_UNTIL,
    at: datetime = AFTER_OPENING,
) -> ClarificationRequest:
    """A request to the bidder of an opened bid, sent: by key (or "key/lot"), what is asked."""
    for place, words in asked.items():
        key, _, lot = place.partition("/")
        if key.startswith("answer:"):
            requests.add_field(bid, key, lot, words, actor=an_officer(), now=at)
        else:
            actions_compliance.record_check(
                bid, lot, key, CheckOutcome.CLARIFY, words, actor=an_officer(), now=at
            )
    return requests.send_request(bid, until, actor=an_officer(), now=at)


def a_reply(
    request: ClarificationRequest,
    words: str = "Here is what we mean.",
    *,
    at: datetime = AFTER_OPENING + timedelta(days=1),
) -> ClarificationRequest:
    """Every field replied to in these words, and sent by an administrator."""
    by = administrator_of(request.application.provider)
    for field in request.fields:
        actions_replies.save_reply(
            field, words, seen_revision=field.revision, received_at=at, actor=by, now=at
        )
    actions_replies.send_reply(request, certified=True, received_at=at, actor=by, now=at)
    return request
