"""Clarifications as files, and in the words of their pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response

from forms import choice
from portal import tables
from portal.access import Viewer
from portal.pdf import render_pdf
from portal.providers.models import Provider
from portal.rounds import policy_clarifications as policy
from portal.rounds.abouts import about_words
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from portal.rounds.queries_questions import Asked
from portal.tables import NOT_APPLICABLE, Column, Kind, Table
from scoring.clarifications import label, question_stage_at
from scoring.stages import QuestionStage

_TEXTS = (
    Column("called", "Number"),
    Column("about", "About"),
    Column("question", "Question"),
    Column("answer", "Answer"),
)


def published_table(
    bid_round: Round,
    found: Iterable[Clarification],
    narrowed: Mapping[str, str],
    now: datetime,
) -> Table:
    """Every published version, the newest of each last: who asked is in no column."""
    rows = [
        {
            "called": label(one.number or 0),
            "about": about_words(bid_round, one.about),
            "version": version.number,
            "question": version.question,
            "answer": version.answer,
            "note": version.note,
            "published_at": version.published_at,
        }
        for one in found
        for version in one.versions
    ]
    return Table(
        "clarifications",
        f"Questions and answers: {bid_round.title}",
        [
            *_TEXTS,
            Column("version", "Version", Kind.WHOLE),
            Column("note", "What changed"),
            Column("published_at", "Published", Kind.DATETIME),
        ],
        rows,
        source=f"Round {bid_round.ref}, {bid_round.lead_council.name}",
        as_at=now,
        filters=_filters(bid_round, narrowed),
        rules=["A corrected answer has several versions. The last one holds."],
    )


def queue_table(
    bid_round: Round,
    found: Iterable[Asked],
    narrowed: Mapping[str, str],
    viewer: Viewer,
    now: datetime,
) -> Table:
    """Every question as it was asked, with its answer; who asked only once the round is opened."""
    opened = policy.may_know_askers(viewer, bid_round)
    columns = [
        *_TEXTS,
        Column("state", "Where it stands"),
        Column("reason", "Why it was declined"),
        Column("asked_on", "Asked", Kind.DATE),
    ]
    rows = [
        {
            "called": one.called or NOT_APPLICABLE,
            "about": about_words(bid_round, one.about),
            "question": one.text,
            "answer": one.clarification.answer if one.called and one.clarification else "",
            "state": one.state.title,
            "reason": one.reason,
            "asked_on": one.asked_on,
            "asked_by": one.asked_by,
        }
        for one in found
    ]
    return Table(
        "bidders-questions",
        f"Questions of bidders: {bid_round.title}",
        [*columns, Column("asked_by", "Asked by")] if opened else columns,
        rows,
        source=f"Round {bid_round.ref}, {bid_round.lead_council.name}",
        as_at=now,
        filters=_filters(bid_round, narrowed),
        rules=["Nobody at a council learns who asked before the round is opened."],
    )


def published_file(
    bid_round: Round,
    found: Sequence[Clarification],
    narrowed: Mapping[str, str],
    kind: str,
    now: datetime,
) -> Response:
    """The published answers to take away. `kind` is csv, xlsx or pdf; raises NotFound for another."""
    table = published_table(bid_round, found, narrowed, now)
    if kind != "pdf":
        return tables.download(table, kind)
    return _pdf("pdf/clarifications.html", table, bid_round, found)


def queue_file(
    bid_round: Round,
    found: Sequence[Asked],
    narrowed: Mapping[str, str],
    kind: str,
    *,
    viewer: Viewer,
    now: datetime,
) -> Response:
    """The questions of a round to take away, for those who read them."""
    table = queue_table(bid_round, found, narrowed, viewer, now)
    if kind != "pdf":
        return tables.download(table, kind)
    return _pdf("pdf/bidders_questions.html", table, bid_round, found)


def _pdf(template: str, table: Table, bid_round: Round, found: Sequence[Any]) -> Response:
    """A text that runs on: a long answer fits into no cell of a printed table."""
    document = render_pdf(template, table=table, round=bid_round, found=found)
    return tables.attachment(document, tables.file_name(table, "pdf"), "application/pdf")


def question_stage(
    question: ClarificationQuestion, bid_round: Round, now: datetime
) -> QuestionStage:
    """Where a question stands for those who asked it."""
    return question_stage_at(question.stage, bid_round.deadline_at, now)


def provider_choices(providers: Sequence[Provider]) -> list[Any]:
    """Organisations to choose from."""
    return [choice(one.ref, one.name) for one in providers]


def _filters(bid_round: Round, narrowed: Mapping[str, str]) -> dict[str, str]:
    about = narrowed.get("about", "")
    return {
        "About": about_words(bid_round, about) if about else "everything",
        "Words": narrowed.get("words") or "any",
        **({"Where they stand": narrowed["state"]} if narrowed.get("state") else {}),
    }
