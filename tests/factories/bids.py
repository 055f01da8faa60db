"""Applications for tests: written as many saves would leave them, submitted by the real verb.

bid = a_bid(bid_round, lots=["1A", "2A"])                   # complete, submitted in time
bid = a_bid(bid_round, provider=oak, answers={"debarment": "yes"}, without=["accounts"])
bid = a_draft(bid_round)                                    # started, and no more
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.access import Role, Viewer
from portal.applications import actions
from portal.applications.models import Answer, Application, AttachedDocument, OfferedRate
from portal.db import db
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.people.models import Membership, Person
from portal.providers.models import Provider
from portal.rounds.models import Regime, Round
from portal.storage import get_store
from scoring.answers import parse_answer
from scoring.eligibility import Asking, questions_in
from scoring.stages import ScanStage
from tests.factories.documents import a_pdf
from tests.factories.identifiers import a_number_for
from tests.factories.people import viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.replay import replayed
from tests.factories.rounds import a_round, open_it
from tests.factories.rows import rows_typed

TYPED = {
    "text": "Words",
    "long-text": "What we do, who does it, how often, and how we know.",
    "number": "4",
    "money": "512.50",
    "date": "2026-03-04",
}


def administrator_of(provider: Provider) -> Viewer:
    """Somebody who administers a provider; the first there is, or a new one."""
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


@replayed
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


@replayed
def an_opened_bid(
    lots: Sequence[str],
    provider: str | None = "Oak House",
    *,
    regime: Regime | None = None,
    pence: int | None = None,
) -> Application:
    """The one bid of a round of the 16+ list that two officers have opened."""
    bid_round = a_round(lots=lots, regime=regime)
    bid = a_bid(bid_round, a_provider(provider), pence=pence)
    open_it(bid_round)
    return bid


def _while_open(bid_round: Round) -> datetime:
    assert bid_round.deadline_at is not None
    return bid_round.deadline_at - timedelta(hours=1)


def _answer(
    application: Application, chosen: Mapping[str, Any], by: Viewer, when: datetime
) -> None:
    """Answer everything that is asked, and what is asked because of it.

    The rows are written at once, as many saves would leave them: a bid has sixty answers.
    """
    questions = questions_in(application.round.question_set.body)
    lots = tuple(lot.round_lot.code for lot in application.lots)
    values: dict[tuple[str, str], Any] = {}
    while True:
        asking = Asking(application.round.question_set.body, lots, values)
        asked = [(one["key"], lot) for lot in ("", *lots) for one in asking.questions(lot)]
        waiting = [place for place in asked if place not in values]
        if not waiting:
            break
        for key, lot in waiting:
            typed = chosen.get(f"{key}/{lot}", chosen.get(key, _typed(questions[key])))
            values[key, lot] = parse_answer(questions[key], typed)
    db.session.add_all(
        Answer(
            application_id=application.id,
            question_key=key,
            lot_code=lot,
            value=value,
            saved_by_id=by.person_id,
            saved_at=when,
        )
        for (key, lot), value in values.items()
        if value is not None
    )
    db.session.flush()


def _typed(question: Mapping[str, Any]) -> Any:
    if question["kind"] == "yes-no":
        return question["pass_value"] or "no"
    if question["kind"] in {"one-of", "many-of"}:
        return [question["options"][0]["value"]]
    return rows_typed(question) or a_number_for(question) or TYPED.get(question["kind"])


def _attach(
    application: Application, chosen: Mapping[str, Any], by: Viewer, when: datetime
) -> None:
    """Offer what is needed: sound files, of which there is one copy in the store."""
    lots = {lot.round_lot.code for lot in application.lots}
    for line in application.round.checklist.body["documents"]:
        if line["of"] != "organisation" or (line["lots"] and not lots & set(line["lots"])):
            continue
        version = chosen.get(line["key"])
        if version is None and line["required"] and line["stage"] == "submission":
            version = _sound(application, line, by, when)
        if version is not None:
            db.session.add(
                AttachedDocument(
                    application_id=application.id,
                    checklist_key=line["key"],
                    version=version,
                    attached_by_id=by.person_id,
                    attached_at=when,
                )
            )
    db.session.flush()


def _sound(
    application: Application, line: Mapping[str, Any], by: Viewer, when: datetime
) -> DocumentVersion:
    """A document in the provider's library, scanned and clean."""
    store, content = get_store(), a_pdf("a sound document")
    sha256 = hashlib.sha256(content).hexdigest()
    if not store.exists(sha256):
        store.put(io.BytesIO(content))
    file = StoredFile(
        sha256=sha256,
        size=len(content),
        mime="application/pdf",
        name=f"{line['type']}.pdf",
        scan=ScanStage.CLEAN,
        scanned_at=when,
        stored_at=when,
    )
    document = Document(
        provider_id=application.provider_id,
        type_key=line["type"],
        title=line["title"],
        created_at=when,
    )
    version = DocumentVersion(
        document=document, number=1, file=file, uploaded_by_id=by.person_id, uploaded_at=when
    )
    db.session.add(version)
    return version


def _price(application: Application, pence: int | None, by: Viewer, when: datetime) -> None:
    for lot in application.lots:
        for at, item in enumerate(application.round.rate_card.body["items"]):
            db.session.add(
                OfferedRate(
                    application_id=application.id,
                    lot_code=lot.round_lot.code,
                    item_key=item["key"],
                    amount_pence=pence if pence and at == 0 else item["minimum_pence"],
                    saved_by_id=by.person_id,
                    saved_at=when,
                )
            )
    db.session.flush()
