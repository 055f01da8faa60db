"""Hunting for what must not be seen: texts that stand nowhere else, and everybody who looks around."""

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from pypdf import PdfReader
from pypdf.errors import PdfReadError
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from portal.access import Role
from portal.applications.models import Application
from portal.audit import AuditEntry
from portal.db import db
from portal.demo import judging
from portal.demo.cast import Cast
from portal.documents.models import Document
from portal.mail import Mail
from portal.people.models import Person
from portal.providers.models import Provider
from portal.queue import Job
from portal.rounds.models import Round
from tests.factories.applications import a_submitted, an_application, complete
from tests.factories.clarifications import a_question
from tests.factories.documents import a_document
from tests.factories.people import a_person, viewer
from tests.factories.providers import a_provider
from tests.sweeps.demonstration import Demonstration
from tests.sweeps.places import Place, places
from tests.sweeps.walking import Step, walk

REF = re.compile(r"\b[A-Z]{3,5}-[0-9A-Z]{5}-[0-9A-Z]{5}\b")
WORD = "Quillfeather"
BIDDER, DRAFTER = f"{WORD} Homes 7731", f"{WORD} Houses 8842"
PEOPLE = {BIDDER: f"{WORD} Zelda", DRAFTER: f"{WORD} Yorick"}
ANSWER = f"{WORD}Answer"  # begins every answer; a search for WORD alone does not echo it
YOUNG = f"{WORD}Young"  # begins every answer to the young people
FILE = f"{WORD}File"
PENCE = {"core-weekly-price": 171_717, "extra-support-hour": 7_373}
PRICES = ("1,717.17", "1717.17", "171717")


@dataclass
class Canary:
    """A bid (and a draft) in a round, in words that stand nowhere else."""

    bid: Application
    draft: Application
    refs: set[str] = field(default_factory=set)  # of everything that belongs to them


def plant(bid_round: Round, now: datetime) -> Canary:
    """A submitted application and a draft, each of a provider of its own."""
    words = _answers(bid_round)
    lots = [bid_round.lots[0].code]
    found, asked = [], []
    for name in (BIDDER, DRAFTER):
        provider = a_provider(name)
        admin = viewer(a_person(Role.PROVIDER_ADMIN, provider=provider, name=PEOPLE[name]))
        if name == BIDDER:
            bid = a_submitted(bid_round, by=admin, lots=lots, now=now, answers=words, prices=PENCE)
        else:
            bid = complete(
                an_application(bid_round, by=admin, lots=lots, now=now),
                now=now,
                answers=words,
                prices=PENCE,
            )
        a_document(
            provider,
            "answer:file",
            by=admin,
            bound_to=bid.ref,
            chain=bid.audit_chain,
            title=FILE,
            at=now,
        ).file.name = f"{FILE}.pdf"
        found.append(bid)
        asked.append(a_question(bid_round, by=admin, text="May we say it twice?", at=now))
    db.session.commit()
    refs = {ref for bid in found for ref in _refs(bid)}
    return Canary(*found, refs=refs | {one.ref for one in asked})


def _answers(bid_round: Round) -> dict[str, str]:
    """A text of its own for every question that is answered in words."""
    return {
        question["key"]: f"{YOUNG if section['audience'] == 'young' else ANSWER} {question['key']}"
        for section in bid_round.question_set.body["sections"]
        for question in section["questions"]
        if question["kind"] in {"text", "long-text"} and not question.get("identifier")
    }


def _refs(bid: Application) -> Iterator[str]:
    """The bid, its provider, its receipt, a file of its own and one of the library."""
    yield bid.ref
    yield bid.provider.ref
    yield from (one.ref for one in bid.submissions)
    for bound_to in ("", bid.ref):
        of_provider = Document.provider_id == bid.provider_id
        documents = select(Document).where(of_provider, Document.bound_to == bound_to).limit(1)
        yield from (one.versions[-1].ref for one in db.session.scalars(documents))


def open_and_start(bid_round: Round, now: datetime) -> None:
    """Open, check and start to evaluate, with the panel of the story; everybody has declared."""
    people = {one.name: one for one in db.session.scalars(select(Person))}
    providers = {one.name: one for one in db.session.scalars(select(Provider))}
    cast = Cast(people=people, providers=providers)
    judging.open_round(cast, bid_round, now - timedelta(days=2))
    judging.check_bids(cast, bid_round, now - timedelta(days=1), {})
    judging.seat_panel(cast, bid_round, now, pairs=list(judging.PAIRS))
    judging.declare_all(cast, bid_round, judging.panel_names(list(judging.PAIRS)), now)


def aimed_at(demonstration: Demonstration, refs: Iterable[str]) -> list[Place]:
    """Every page of a record, asked for with each of these references in its place."""
    by_kind: dict[str, list[str]] = {}
    for ref in refs:
        by_kind.setdefault(ref.partition("-")[0], []).append(ref)
    with demonstration.open():
        rules = {one.rule: one for one in places(demonstration.app, "GET")}
    found = []
    for place in rules.values():
        first = REF.search(place.address)
        for ref in by_kind.get(first[0].partition("-")[0], []) if first else []:
            address = REF.sub(lambda old, ref=ref: _instead(old[0], ref, by_kind), place.address)
            found.append(Place(**{**vars(place), "address": address}))
    return found


def lists_for_programs(demonstration: Demonstration) -> list[Place]:
    """Every list of the interface for programs, which no page leads to; records are aimed at."""
    with demonstration.open():
        found = places(demonstration.app, "GET")
        return [
            one for one in found if one.endpoint.startswith("api.") and not REF.search(one.address)
        ]


def _instead(old: str, ref: str, by_kind: dict[str, list[str]]) -> str:
    kind = old.partition("-")[0]
    return ref if ref.startswith(kind) else by_kind.get(kind, [old])[0]


def look_around(
    demonstration: Demonstration, name: str, aims: Iterable[Place], searches: Iterable[str] = ()
) -> Iterator[Step]:
    """Everything that a person can come to: by links, by guessing, by searching."""
    client = demonstration.by(name)
    client.checks = False
    yield from walk(client, most_of_a_kind=1)
    for place in aims:
        yield Step(place.address, demonstration.asks(name, place.address))
    for address in searches:
        yield Step(address, client.get(address))


SEARCHES = tuple(
    f"{address}?{name}={WORD[:8]}"
    for address, name in (
        ("/register", "words"),
        ("/accredited-providers", "words"),
        ("/administration/people", "words"),
        ("/trail", "subject"),
    )
)


def leaks(step: Step, canaries: Iterable[str]) -> list[str]:
    """The canaries that an answer holds: page, file, redirect or header."""
    text = text_of(step)
    return [one for one in canaries if one in text]


def text_of(step: Step) -> str:
    """An answer as text; a PDF or workbook as what stands in it."""
    answer = step.answer
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    if answer.mimetype == "application/pdf":
        return head + _words_of_pdf(answer.data)
    if answer.mimetype.endswith("sheet"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        return head + repr([book.get_sheet_by_name(one).to_python() for one in book.sheet_names])
    return head + answer.data.decode("utf-8", "replace")


def _words_of_pdf(content: bytes) -> str:
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    except PdfReadError:  # a file that a test has put together by hand
        return content.decode("latin-1")


def written_beside(
    canaries: Iterable[str], *, to_providers: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """Canaries in what the portal writes beside its pages, and where: work, mail, the trail."""
    own = set(to_providers)
    kept = [
        *((f"job {one.kind}", json.dumps(one.payload)) for one in db.session.scalars(select(Job))),
        *(
            (f"mail {one.message}", f"{one.subject}\n{one.body}")
            for one in db.session.scalars(select(Mail))
            if one.address not in own
        ),
        *(
            (f"trail {one.event}", json.dumps(one.detail) + one.subject_ref)
            for one in db.session.scalars(select(AuditEntry))
        ),
    ]
    return [(one, what) for what, text in kept for one in canaries if one in text]


@contextmanager
def logged() -> Iterator[list[str]]:
    """Everything that is logged in the block, down to what is only worth knowing."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name}: {record.getMessage()} {record.exc_info or ''}")

    def keep(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        lines.append(repr(event))
        raise structlog.DropEvent

    before, handler, root = structlog.get_config(), Kept(), logging.getLogger()
    level = root.level
    structlog.configure(processors=[keep], wrapper_class=structlog.BoundLogger)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        structlog.configure(**before)
        root.removeHandler(handler)
        root.setLevel(level)


def providers_people() -> list[str]:
    """The addresses of those who work for the canaries."""
    return [
        person.email
        for provider in db.session.scalars(select(Provider).where(Provider.name.in_(PEOPLE)))
        for person in _people_of(provider)
    ]


def _people_of(provider: Provider) -> list[Any]:
    from portal.applications.queries import colleagues

    return colleagues(provider.id)
