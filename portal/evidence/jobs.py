"""Making packs: read, build and store first, then take the write lock for two rows."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from sqlalchemy import select

from portal import audit, queue
from portal.access import Viewer
from portal.audit import Event
from portal.awards import queries as awards
from portal.db import db
from portal.evidence import policy, queries
from portal.evidence.actions import MAKE
from portal.evidence.award_rows import letter_name
from portal.evidence.collecting import collect
from portal.evidence.models import EvidencePack, EvidenceSecret, PackState
from portal.rounds.models import Round
from portal.storage import Store, StoredObject, get_store
from scoring.pack import Form, Prepared, build, prepare
from scoring.rules import RuleBroken

AREA = "evidence"
MOST_BYTES = 2 * 1024**3  # of a pack
IN_MEMORY = 8 * 1024**2  # a smaller pack never touches the disk while it is made


def store() -> Store:
    """Where packs lie: apart from what people uploaded."""
    return get_store(AREA, most_bytes=MOST_BYTES)


@queue.handler(MAKE)
def make(job: queue.Job, now: datetime) -> None:
    """Make one pack. What is made stays as it was made; asked again, there is another."""
    root = why_refused = ""
    kept = None
    try:
        with db.only_reading():
            pack = _waiting(job.subject)
            if pack is None:
                return
            prepared = prepared_pack(pack.round)
            root, kept = prepared.root, _kept(pack, prepared, now)
    except RuleBroken as broken:  # the rows of the round do not fit together
        why_refused = broken.message[:300]
    pack = _waiting(job.subject, hold=True)
    if pack is None:  # another worker was quicker
        return
    if kept is None:
        pack.state, pack.why_refused = PackState.REFUSED, why_refused
        return
    pack.state, pack.made_at = PackState.MADE, now
    pack.root, pack.sha256, pack.size = root, kept.sha256, kept.size
    facts = {"form": pack.form, "root": root, "sha256": kept.sha256}
    audit.record(Event.EVIDENCE_MADE, pack, actor=Viewer.system(), now=now, **facts)


def _waiting(ref: str, *, hold: bool = False) -> EvidencePack | None:
    wanted = select(EvidencePack).where(
        EvidencePack.ref == ref, EvidencePack.state == PackState.WAITING
    )
    return db.session.scalar(wanted.with_for_update() if hold else wanted)


def prepared_pack(bid_round: Round) -> Prepared:
    """The whole round, committed to with its own secret.

    Raises:
        RuleBroken: `pack:…`, `canonical:…`.
    """
    if queries.is_let_go(bid_round):
        raise RuleBroken("pack:let-go", policy.LET_GO)
    kept = db.session.get_one(EvidenceSecret, bid_round.id)
    return prepare(collect(bid_round), bytes.fromhex(kept.secret))


def _kept(pack: EvidencePack, prepared: Prepared, now: datetime) -> StoredObject:
    bid = pack.application.ref if pack.application is not None else ""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        write(pack.round, prepared, pack.form, file, bid=bid, now=now)
        file.seek(0)
        return store().put(file)  # type: ignore[arg-type]


def write(
    bid_round: Round,
    prepared: Prepared,
    form: Form,
    into: IO[bytes],
    *,
    bid: str = "",
    now: datetime,
) -> None:
    """Write a pack in one of its forms, with the letters that belong to it."""
    letters = () if form is Form.REDACTED else _letters(bid_round, bid)
    build(prepared, form, into, made_at=now, bid=bid, letters=letters)


def _letters(bid_round: Round, bid: str) -> Iterator[tuple[str, bytes]]:
    for one in awards.letters_of(bid_round):
        if one.file is not None and bid in ("", one.application.ref):
            with get_store().open(one.file.sha256) as stream:
                yield letter_name(one.ref), stream.read()
