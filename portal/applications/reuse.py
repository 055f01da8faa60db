"""What one's own earlier applications said, offered again: looked at and taken one by one, never copied.

The newest submission that stands is asked first. A question is the same when its key and its kind are;
an answer for a lot only serves the same lot of the same agreement. Sections that must be answered
afresh in each round, such as the grounds for exclusion, offer nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Viewer
from portal.applications import policy
from portal.applications.actions import save_answer
from portal.applications.models import Answer, Application, Submission
from portal.applications.submitting.sealing import BidContent, read_content
from portal.applications.working_copy import WorkingCopy
from portal.audit import Event
from portal.db import db
from portal.documents import queries as library
from portal.documents.models import DocumentVersion
from portal.rounds.models import Round
from scoring.answers import AnswerValue, money_text, parse_answer, rows_in
from scoring.content import Content
from scoring.eligibility import DocumentState, questions_in
from scoring.rows import ROW_KINDS, columns_of
from scoring.rules import RuleBroken

MOST_APPLICATIONS = 5  # of the newest; older answers are seldom true any more
IN_DATE = frozenset(
    {
        DocumentState.WAITING_FOR_SCAN,
        DocumentState.WAITING_FOR_CHECK,
        DocumentState.ACCEPTED,
        DocumentState.EXPIRING,
    }
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier application of the same organisation, as it was submitted."""

    application: Application
    received_at: datetime
    content: BidContent


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer given before, for a question that has none now."""

    question: Content
    lot: str
    value: AnswerValue
    earlier: Earlier

    @property
    def key(self) -> str:
        return str(self.question["key"])


def offers(copy: WorkingCopy, viewer: Viewer, keys: Iterable[str] = ()) -> list[Offer]:
    """What earlier applications said to questions that are asked now and have no answer.

    Args:
        keys: only these questions; all of them where none is named.

    One statement; none where everything is answered.
    """
    if not policy.is_own(viewer, copy.application):
        return []
    open_places = list(_open_places(copy, set(keys)))
    earlier = _earlier(copy.application) if open_places else []
    found = (_offer(copy, question, lot, earlier) for question, lot in open_places)
    return [one for one in found if one is not None]


def reuse_answer(
    copy: WorkingCopy,
    key: str,
    lot: str,
    from_ref: str,
    *,
    page: str = "",
    actor: Viewer,
    now: datetime,
) -> Answer:
    """Take over one answer that was looked at; from then on it is an answer like any other.

    Args:
        from_ref: of the application that it is taken from, as the page showed it.
        page: the open page that it comes from, which tells the version of the round that it showed.

    Raises:
        NotFound: there is no such offer (any more).
        EditConflict: a colleague answered meanwhile; nothing is overwritten.
        RuleBroken: `application:edit-refused`.
    """
    policy.may_edit(actor, copy.application, now).or_refuse("application:edit-refused")
    for offer in offers(copy, actor, [key]):
        if (offer.lot, offer.earlier.application.ref) == (lot, from_ref):
            break
    else:
        raise NotFound
    raw = as_raw(offer.question, offer.value)
    answer = save_answer(copy.application, key, lot, raw, 0, page=page, actor=actor, now=now)
    audit.record(
        Event.ANSWER_REUSED, copy.application, actor=actor, now=now, question=key, source=from_ref
    )
    return answer


def documents_in_date(copy: WorkingCopy, viewer: Viewer) -> dict[str, DocumentVersion]:
    """Documents of the library that can stand for lines with nothing attached, by checklist key."""
    open_lines = [line for line in copy.document_lines if line["key"] not in copy.attached]
    if not open_lines:
        return {}
    types = {line["type"] for line in open_lines}
    newest = library.newest_in_library(copy.application.provider_id, types, viewer)
    return {
        line["key"]: newest[line["type"]]
        for line in open_lines
        if line["type"] in newest and library.state_of(newest[line["type"]], copy.on) in IN_DATE
    }


def as_raw(question: Content, value: AnswerValue) -> Any:
    """A kept answer as somebody would type it: pounds for pence, rows cell by cell."""
    if question["kind"] in ROW_KINDS:
        return [
            {key: money_text(cell) if isinstance(cell, int) else cell for key, cell in row.items()}
            for row in rows_in(value)
        ]
    return money_text(value) if isinstance(value, int) else value


def _open_places(copy: WorkingCopy, keys: set[str]) -> Iterator[tuple[Content, str]]:
    """The questions asked now that have no answer, and may have one from an earlier round."""
    for page in copy.pages:
        if not page.section.get("prefill", True):
            continue
        for question in page.questions:
            empty = copy.values.get((question["key"], page.lot)) in (None, "", [])
            wanted = not keys or question["key"] in keys
            if empty and wanted and question["kind"] != "file":
                yield question, page.lot


def _earlier(application: Application) -> list[Earlier]:
    """The newest submissions of the same organisation that stand, with their rounds."""
    rows = db.session.scalars(
        select(Submission)
        .join(Submission.application)
        .where(
            Application.provider_id == application.provider_id,
            Application.id != application.id,
            Submission.number == Application.standing_number,
        )
        .options(
            joinedload(Submission.application)
            .joinedload(Application.round)
            .joinedload(Round.question_set)
        )
        .order_by(Submission.received_at.desc(), Submission.id.desc())
        .limit(MOST_APPLICATIONS)
    )
    return [Earlier(one.application, one.received_at, read_content(one.content)) for one in rows]


def _offer(
    copy: WorkingCopy, question: Content, lot: str, earlier: Iterable[Earlier]
) -> Offer | None:
    agreement = copy.application.round.agreement_id
    for one in earlier:
        bid_round = one.application.round
        if lot and bid_round.agreement_id != agreement:
            continue
        before = questions_in(bid_round.question_set.body).get(question["key"])
        value = one.content.answers.get((question["key"], lot))
        if value is None or before is None or before["kind"] != question["kind"]:
            continue
        fitting = _fitting(question, value)
        if fitting is not None:
            return Offer(question, lot, fitting, one)
    return None


def _fitting(question: Content, value: AnswerValue) -> AnswerValue:
    """The answer as far as today's question can still take it; None where it cannot."""
    if question["kind"] == "many-of" and isinstance(value, list):
        still = {option["value"] for option in question["options"]}
        value = [one for one in value if isinstance(one, str) and one in still]
    try:
        return parse_answer(question, as_raw(question, _known_cells(question, value)))
    except RuleBroken:
        return None


def _known_cells(question: Content, value: AnswerValue) -> AnswerValue:
    """Rows without the cells whose choice is not offered any more."""
    if question["kind"] not in ROW_KINDS:
        return value
    options: Mapping[str, set[str]] = {
        column["key"]: {option["value"] for option in column["options"]}
        for column in columns_of(question)
        if column.get("options")
    }
    return [
        {key: cell for key, cell in row.items() if key not in options or cell in options[key]}
        for row in rows_in(value)
    ]
