"""Papers of homes in every state that a document can be in, and an exception for one that ran out."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import queue
from portal.content import queries as content
from portal.db import db
from portal.demo.cast import Cast, told
from portal.demo.papers import small_pdf
from portal.documents import actions as documents
from portal.documents.models import Document, DocumentVersion
from portal.providers import actions_exceptions as exceptions
from portal.providers.actions_exceptions import About
from portal.providers.models_exceptions import Hindrance
from portal.providers.models_settings import Setting
from scoring.stages import CheckStage


def tell(cast: Cast, clock: Any, homes: dict[str, Setting]) -> None:
    """The papers, checked as far as they are; what ran out is placed in spite of by one council."""
    papers = told("homes.yaml")["papers"]
    checked = [one for one in papers if "outcome" in one]
    for batch in (checked, [one for one in papers if one not in checked]):
        sent = [(one, _send(cast, clock, one, homes[one["home"]])) for one in batch]
        db.session.commit()
        queue.run_all(clock(0, 7))
        for one, version in sent:
            db.session.refresh(version.file)
            _check(cast, clock, one, version)
    for one in told("homes.yaml")["exceptions"]:
        _except(cast, clock, one, homes[one["home"]])
    db.session.commit()


def _send(cast: Cast, clock: Any, one: dict[str, Any], home: Setting) -> DocumentVersion:
    at: datetime = clock(-one["sent"])
    kind = content.document_types()[one["type"]]
    until: date = clock(one["until"]).date()
    paper = small_pdf(kind["title"], home.name, f"Valid until {until:%d %B %Y}")
    staged = documents.stage_file(paper, f"{one['type']} {home.name}.pdf")
    (key,) = [key for key, held in cast.providers.items() if held.id == home.provider_id]
    return documents.add_version(
        home.provider,
        one["type"],
        "",
        staged,
        until,
        setting=home,
        actor=cast.admin_of(key),
        now=at,
    )


def _check(cast: Cast, clock: Any, one: dict[str, Any], version: DocumentVersion) -> None:
    if outcome := one.get("outcome"):
        at = clock(-one["sent"]) + timedelta(days=1)
        officer = cast.viewer("Amina Hussain")
        documents.check(version, CheckStage(outcome), one.get("reason", ""), actor=officer, now=at)


def _except(cast: Cast, clock: Any, one: dict[str, Any], home: Setting) -> None:
    wanted = select(Document).where(
        Document.setting_id == home.id, Document.type_key == one["type"]
    )
    document = db.session.scalars(wanted).one()
    label = f"{content.document_types()[one['type']]['title']}, {home.name}"
    exceptions.give(
        home.provider,
        cast.councils["luton"],
        About(Hindrance.DOCUMENT, document.ref, label),
        one["reason"],
        clock(one["until"]).date(),
        actor=cast.viewer("Amina Hussain"),
        now=clock(-2),
    )
