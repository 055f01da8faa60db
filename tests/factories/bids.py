"""Applications for tests, written and submitted by the real verbs.

bid = a_bid(bid_round, lots=["1A", "2A"])                   # complete, submitted in time
bid = a_bid(bid_round, provider=oak, answers={"debarment": "yes"}, without=["accounts"])
bid = a_draft(bid_round)                                    # started, and no more
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.access import Role, Viewer
from portal.applications import actions, queries
from portal.applications.models import Application
from portal.people.models import Person
from portal.providers.models import Provider
from portal.rounds.models import Round
from tests.factories.documents import a_document
from tests.factories.people import viewer
from tests.factories.providers import a_provider, a_provider_admin

TYPED = {
    "text": "Words",
    "long-text": "What we do, who does it, how often, and how we know.",
    "number": "4",
    "money": "512.50",
    "date": "2026-03-04",
}


def administrator_of(provider: Provider) -> Viewer:
    """Somebody who administers a provider; the first there is, or a new one."""
    from sqlalchemy import select

    from portal.db import db
    from portal.people.models import Membership

    there = (
        select(Person)
        .join(Membership)
        .where(Membership.organisation_id == provider.id, Membership.role == Role.PROVIDER_ADMIN)
        .order_by(Person.id)
    )
    return viewer(db.session.scalars(there).first() or a_provider_admin(provider))


def a_draft(
    bid_round: Round,
    provider: Provider | None = None,
    *,
    lots: Sequence[str] | None = None,
    at: datetime | None = None,
) -> Application:
    """An application that was started and is far from complete."""
    holder, when = provider or a_provider(), at or _while_open(bid_round)
    by = administrator_of(holder)
    application = actions.start(bid_round, holder, actor=by, now=when)
    codes = lots or [lot.code for lot in bid_round.lots]
    actions.choose_lots(application, codes, actor=by, now=when)
    return application


def a_bid(
    bid_round: Round,
    provider: Provider | None = None,
    *,
    lots: Sequence[str] | None = None,
    answers: Mapping[str, Any] | None = None,
    documents: Mapping[str, Any] | None = None,
    promises: Iterable[str] = (),
    pence: int | None = None,
    at: datetime | None = None,
) -> Application:
    """A complete application, submitted while the round is open.

    Args:
        answers: by question key (or "key/lot"), instead of what passes.
        documents: by line of the checklist, versions instead of a sound file.
        promises: lines of the checklist that are promised for the start.
        pence: the first price of every lot; the lowest that the card allows when nothing is said.
    """
    when = at or _while_open(bid_round)
    application = a_draft(bid_round, provider, lots=lots, at=when)
    by = administrator_of(application.provider)
    _answer(application, answers or {}, by, when)
    _attach(application, documents or {}, by, when)
    for key in promises:
        actions.promise_document(application, key, actor=by, now=when)
    _price(application, pence, by, when)
    actions.submit(application, certified=True, received_at=when, actor=by, now=when)
    return application


def _while_open(bid_round: Round) -> datetime:
    assert bid_round.deadline_at is not None
    return bid_round.deadline_at - timedelta(hours=1)


def _answer(
    application: Application, chosen: Mapping[str, Any], by: Viewer, when: datetime
) -> None:
    """Answer everything that is asked, and what is asked because of it."""
    done: set[tuple[str, str]] = set()
    while True:
        copy = queries.working_copy_of(application, when.date())
        asked = [place for place in copy.asked_places if place not in done]
        if not asked:
            return
        for key, lot in sorted(asked):
            question = copy.questions[key]
            typed = chosen.get(f"{key}/{lot}", chosen.get(key, _typed(question)))
            actions.save_answer(application, key, lot, typed, None, actor=by, now=when)
            done.add((key, lot))


def _typed(question: Mapping[str, Any]) -> Any:
    if question["kind"] == "yes-no":
        return question["pass_value"] or "no"
    if question["kind"] in {"one-of", "many-of"}:
        return [question["options"][0]["value"]]
    return TYPED.get(question["kind"])


def _attach(
    application: Application, chosen: Mapping[str, Any], by: Viewer, when: datetime
) -> None:
    lots = {lot.round_lot.code for lot in application.lots}
    for line in application.round.checklist.body["documents"]:
        if line["of"] != "organisation" or (line["lots"] and not lots & set(line["lots"])):
            continue
        wanted = line["required"] and line["stage"] == "submission"
        version = chosen.get(line["key"])
        if version is None and wanted:
            version = a_document(application.provider, line["type"], by=by)
        if version is not None:
            actions.attach_document(application, line["key"], version, actor=by, now=when)


def _price(application: Application, pence: int | None, by: Viewer, when: datetime) -> None:
    for lot in application.lots:
        for at, item in enumerate(application.round.rate_card.body["items"]):
            amount = pence if pence and at == 0 else item["minimum_pence"]
            actions.offer_rate(
                application, lot.round_lot.code, item["key"], amount, None, actor=by, now=when
            )
