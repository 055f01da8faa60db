"""Applications for tests, told in the words of the field.

    draft = an_application(a_round(), by=ada)                     # two lots, nothing written
    ready = complete(an_application(a_round(), by=ada))           # nothing is missing
    sent = a_submitted(a_round(), by=ada)                         # with its receipt

All of them need an application context (`session`), and people of a provider who are Viewers or
Persons. Everything is written at WHILE_OPEN unless a time is given.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.access import Viewer
from portal.applications import actions, queries
from portal.applications.models import (
    Answer,
    Application,
    AttachedDocument,
    OfferedRate,
    Submission,
)
from portal.content.rates import items_for
from portal.days import today
from portal.db import db
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.people.models import Person
from portal.providers.models import Provider
from portal.rounds.models import Round
from scoring.content import Content
from scoring.eligibility import Asking
from scoring.rows import ROW_KINDS, columns_of
from scoring.stages import ScanStage
from tests.factories.documents import a_staged_file
from tests.factories.identifiers import a_number_for
from tests.factories.people import viewer
from tests.factories.replay import replayed
from tests.factories.rounds import WHILE_OPEN

PRICES = {"core-weekly-price": 89500, "extra-support-hour": 2450}
FAR = date(2029, 3, 31)


def _viewer(person: Person | Viewer) -> Viewer:
    return person if isinstance(person, Viewer) else viewer(person)


@replayed
def an_application(
    bid_round: Round,
    *,
    by: Person | Viewer,
    lots: Sequence[str] = ("1A", "2A"),
    now: datetime = WHILE_OPEN,
) -> Application:
    """An application of this person's provider, with lots chosen and nothing written."""
    actor = _viewer(by)
    (provider_id,) = actor.provider_ids
    provider = db.session.get_one(Provider, provider_id)
    application = actions.start(bid_round, provider, actor=actor, now=now)
    on_offer = {lot.code for lot in bid_round.lots}
    actions.choose_lots(application, set(lots) & on_offer, actor=actor, now=now)
    return application


@replayed
def complete(
    application: Application,
    *,
    by: Person | Viewer | None = None,
    answers: Mapping[tuple[str, str] | str, Any] | None = None,
    prices: Mapping[str, int | None] | None = None,
    order: Sequence[str] = (),
    now: datetime = WHILE_OPEN,
) -> Application:
    """Everything that is asked, so that nothing is missing.

    Args:
        answers: values that differ, by question key, or by (question key, lot code).
        prices: pence by item key, for every lot; None leaves an item out.
        order: the lots, the most wanted first, where the round asks for it.
    """
    actor = _viewer(by) if by is not None else viewer(_starter(application))
    _write_answers(application, answers or {}, actor, now)
    places = {code: place for place, code in enumerate(order, 1)}
    for lot in application.lots:
        lot.wanted = places.get(lot.round_lot.code)
        given: dict[str, int | None] = {**PRICES, **(prices or {})}
        for item in items_for(application.round.rate_card.body, lot.round_lot.code):
            if given.get(item["key"], 0) is None:
                continue
            db.session.add(
                OfferedRate(
                    application_id=application.id,
                    lot_code=lot.round_lot.code,
                    item_key=item["key"],
                    amount_pence=given.get(item["key"], item["minimum_pence"]),
                    saved_by_id=actor.person_id,
                    saved_at=now,
                )
            )
    _attach_documents(application, actor, now)
    application.changed_at = now
    db.session.flush()
    return application


def answer_the_rest(
    application: Application, *, by: Person | Viewer, now: datetime = WHILE_OPEN
) -> Application:
    """Whatever has no answer yet gets one, as many saves would leave it."""
    _write_answers(application, {}, _viewer(by), now)
    application.changed_at = now
    db.session.flush()
    return application


@replayed
def a_submitted(
    bid_round: Round,
    *,
    by: Person | Viewer,
    lots: Sequence[str] = ("1A", "2A"),
    now: datetime = WHILE_OPEN,
    **more: Any,
) -> Application:
    """A complete application that was submitted; its receipt is `application.standing`."""
    application = complete(an_application(bid_round, by=by, lots=lots, now=now), now=now, **more)
    submit(application, by=by, at=now)
    return application


def submit(
    application: Application, *, by: Person | Viewer, at: datetime = WHILE_OPEN
) -> Submission:
    """Submit as this person, who must be an administrator, received at that time."""
    return actions.submit(application, certified=True, received_at=at, actor=_viewer(by), now=at)


def an_answer(question: Content) -> Any:
    """An answer to a question as the round wishes it, in the form in which it is kept."""
    kind = question["kind"]
    if kind in {"one-of", "many-of"}:
        first = question["options"][0]["value"]
        return first if kind == "one-of" else [first]
    if kind == "yes-no":
        return question.get("pass_value") or "no"
    if kind in ROW_KINDS:
        return [{column["key"]: _a_cell(column) for column in columns_of(question)}]
    typed = {"number": "4", "money": 100000, "date": "2027-03-04"}
    return a_number_for(question) or typed.get(kind, f"What we say to “{question['key']}”.")


def _a_cell(column: Content) -> Any:
    typed = {"number": "37.5", "whole": "4", "postcode": "LU1 2BQ"}
    return typed.get(column["kind"]) or an_answer({"options": [], **column})


def _starter(application: Application) -> Person:
    return db.session.get_one(Person, application.started_by_id)


def _write_answers(
    application: Application,
    given: Mapping[tuple[str, str] | str, Any],
    actor: Viewer,
    now: datetime,
) -> None:
    """Answer what is asked, until no further question appears."""
    lots = tuple(
        lot.code
        for lot in application.round.lots
        if lot.id in {one.round_lot_id for one in application.lots}
    )
    kept = db.session.scalars(select(Answer).where(Answer.application_id == application.id))
    values = {(one.question_key, one.lot_code): one.value for one in kept}
    body = application.round.question_set.body
    waiting = True
    while waiting:
        waiting = False
        for lot in ("", *lots):
            for question in Asking(body, lots, values).questions(lot):
                place = (question["key"], lot)
                if place in values:
                    continue
                waiting = True
                fallback = given.get(question["key"], an_answer(question))
                values[place] = given.get(place, fallback)
                db.session.add(
                    Answer(
                        application_id=application.id,
                        question_key=question["key"],
                        lot_code=lot,
                        value=values[place],
                        saved_by_id=actor.person_id,
                        saved_at=now,
                    )
                )
    db.session.flush()


def _attach_documents(application: Application, actor: Viewer, now: datetime) -> None:
    """What the round asks for, as rows: each from the library, clean, or promised."""
    copy = queries.working_copy_of(application, today(now))
    for line in copy.document_lines:
        if not line["required"]:
            continue
        promised = line["stage"] == "award"
        db.session.add(
            AttachedDocument(
                application_id=application.id,
                checklist_key=line["key"],
                version=None if promised else _in_library(application, line, actor, now),
                promised=promised,
                attached_by_id=actor.person_id,
                attached_at=now,
            )
        )


def _in_library(
    application: Application, line: Content, actor: Viewer, now: datetime
) -> DocumentVersion:
    staged = a_staged_file(f"{line['type']}.pdf", f"{line['type']} of {application.provider.name}")
    return DocumentVersion(
        document=Document(
            provider_id=application.provider_id,
            type_key=line["type"],
            title=line["title"],
            created_at=now,
        ),
        number=1,
        file=StoredFile(
            sha256=staged.sha256,
            size=staged.size,
            mime=staged.mime,
            name=staged.name,
            scan=ScanStage.CLEAN,
            scanned_at=now,
            stored_at=now,
        ),
        valid_until_on=FAR,
        uploaded_by_id=actor.person_id,
        uploaded_at=now,
    )
