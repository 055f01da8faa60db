"""What bidders of the demonstration ask the council, and what the council asks a bidder."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.applications.clarifications import actions as requests, actions_replies
from portal.applications.compliance import actions as actions_compliance
from portal.applications.models import Application, CheckOutcome
from portal.db import db
from portal.demo.cast import Cast, told
from portal.rounds import actions_clarifications as actions
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion

Clock = Callable[..., datetime]


def ask_the_council(cast: Cast, bid_round: Round, clock: Clock) -> None:
    """Questions that are answered, corrected, declined, drafted and waiting."""
    for one in told("clarifying.yaml")["questions"]:
        asked = [_asked(cast, bid_round, each, one["about"], clock) for each in _each(one)]
        if "declined" in one:
            at = clock(one["declined"])
            actions.decline(asked[0], one["reason"], actor=cast.viewer("Amina Hussain"), now=at)
        elif "answer" in one:
            _answer(cast, asked, one, clock)
        db.session.commit()


def _each(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one, *one.get("same", ())]


def _asked(
    cast: Cast, bid_round: Round, one: Mapping[str, Any], about: str, clock: Clock
) -> ClarificationQuestion:
    at = clock(one["days"], 14)
    return actions.ask(
        bid_round,
        cast.providers[one["asks"]],
        one["text"],
        about,
        received_at=at,
        actor=cast.admin_of(one["asks"]),
        now=at,
    )


def _answer(
    cast: Cast, asked: list[ClarificationQuestion], one: Mapping[str, Any], clock: Clock
) -> None:
    officer = cast.viewer("Amina Hussain")
    draft = actions.save_answer(
        asked[0],
        wording=one["wording"],
        answer=one["answer"],
        about=one["about"],
        others=asked[1:],
        actor=officer,
        now=clock(one.get("published", one["days"] + 1)),
    )
    if "published" in one:
        at = clock(one["published"], 11)
        actions.publish(draft, checked=True, seen_revision=draft.revision, actor=officer, now=at)
    if "corrected" in one:
        _correct(cast, draft, one, clock(one["corrected"]))


def _correct(cast: Cast, there: Clarification, one: Mapping[str, Any], at: datetime) -> None:
    actions.correct(
        there,
        wording=there.question,
        answer=one["correction"],
        note=one["note"],
        checked=True,
        seen_revision=there.revision,
        actor=cast.viewer("Peter Lyons"),
        now=at,
    )


def ask_a_bidder(
    cast: Cast, bid_round: Round, key: str, clock: Clock, days: int, *, reply: bool = True
) -> None:
    """The council's one request to a bidder of an opened round, and the reply to it.

    Args:
        days: when it is sent; the reply comes a day later, and may come for three.
        reply: whether there is one yet.
    """
    request, officer = told("clarifying.yaml")["request"], cast.viewer("Amina Hussain")
    item, at = request["asks"], clock(days)
    bid = db.session.scalars(
        select(Application).where(
            Application.round_id == bid_round.id,
            Application.provider_id == cast.providers[key].id,
        )
    ).one()
    actions_compliance.record_check(
        bid, "", item, CheckOutcome.CLARIFY, request["text"], actor=officer, now=at
    )
    requests.add_field(bid, request["also"], "", request["also_text"], actor=officer, now=at)
    sent = requests.send_request(bid, clock(days + 3, 12), actor=officer, now=at)
    if reply:
        at = clock(days + 1, 15)
        who: dict[str, Any] = {"received_at": at, "actor": cast.admin_of(key), "now": at}
        for field in sent.fields:
            actions_replies.save_reply(field, request["reply"][field.key], **who)
        actions_replies.send_reply(sent, certified=True, **who)
        actions_compliance.record_check(
            bid, "", item, CheckOutcome.PASS, request["decided"], actor=officer, now=at
        )
    db.session.commit()
