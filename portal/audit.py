"""The audit trail: what was done, by whom, in an append-only chain of hashes.

A chain for each round and one for the rest; every link is anchored in one global chain, so that a
slice verifies alone and nothing can be cut out of the whole. The chain holds references and a keyed
digest; values before and after lie in rows beside it that can be erased when their time has come.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, event, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.access import Viewer
from portal.audit_events import Event
from portal.db import Base, UTCDateTime, db
from scoring.canonical import canonical_json
from scoring.chain import GENESIS, next_hash

__all__ = ["Event"]  # spoken of here, listed in its own file
GENERAL = "general"
ANCHOR = "anchor"


class AuditHead(Base):
    """The last link of each chain; its row is the lock under which the next link is made."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class AuditEntry(Base):
    """One link: an act."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    event: Mapped[str] = mapped_column(String(40), index=True)
    actor_ref: Mapped[str] = mapped_column(String(40))
    actor_roles: Mapped[str] = mapped_column(String(200))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_ref: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    values_digest: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def canonical(self) -> str:
        """What the hash covers, as one text."""
        return _canonical(self)


class AuditAnchor(Base):
    """One link of the global chain: which link of which chain came next."""

    __tablename__ = "audit_anchor"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chain: Mapped[str] = mapped_column(String(80))
    chain_number: Mapped[int]
    entry_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def canonical(self) -> str:
        """What the hash covers, as one text."""
        return canonical_json(self._content())

    def _content(self) -> dict[str, Any]:
        return {
            "chain": self.chain,
            "chain_number": self.chain_number,
            "entry": self.entry_hash,
            "number": self.number,
        }


class AuditValues(Base):
    """Values before and after an act, kept apart so that they can be erased."""

    __tablename__ = "audit_values"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)


def _canonical(entry: Any) -> str:
    """What the hash of a link covers.

    Args:
        entry: an `AuditEntry`, or a row of its columns, which is read much faster.
    """
    return canonical_json(
        {
            "actor": entry.actor_ref,
            "at": entry.at,
            "chain": entry.chain,
            "detail": entry.detail,
            "event": entry.event,
            "number": entry.number,
            "roles": entry.actor_roles,
            "subject": [entry.subject_kind, entry.subject_ref],
            "values": entry.values_digest,
        }
    )


@dataclass(frozen=True, slots=True)
class _Pending:
    entry: AuditEntry
    values: dict[str, Any] | None


def record(
    act: Event,
    subject: Any,
    *,
    actor: Viewer,
    now: datetime,
    chain: str | None = None,
    values: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """Remember an act; it is chained just before the commit of the transaction that it belongs to.

    Args:
        subject: a row with a `ref` (its `audit_chain`, where it has one, names the chain).
        chain: the chain, where the subject does not say.
        values: before and after, erasable; never part of the chain itself.
        detail: references, counts and hashes only.
    """
    values = None if values is None else plain(values)
    if actor.token_ref:
        detail["token"] = actor.token_ref
    entry = AuditEntry(
        chain=chain or getattr(subject, "audit_chain", None) or GENERAL,
        at=now,
        event=act.value,
        actor_ref=actor.ref or "anybody",
        actor_roles=",".join(sorted(actor.roles)),
        subject_kind=getattr(subject, "__tablename__", type(subject).__name__.lower()),
        subject_ref=str(getattr(subject, "ref", subject)),
        detail=plain(detail),
        values_digest=_digest(values),
    )
    db.session.info.setdefault("audit", []).append(_Pending(entry, values))


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """The same values as they come back from a JSON column, so that their hash stays what it was."""
    read: dict[str, Any] = json.loads(canonical_json(values))
    return read


def _digest(values: dict[str, Any] | None) -> str:
    if values is None:
        return ""
    key = str(current_app.config["AUDIT_KEY"]).encode()
    return hmac.new(key, canonical_json(values).encode(), sha256).hexdigest()


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    pending: list[_Pending] = session.info.pop("audit", [])
    if not pending:
        return
    session.flush()
    names = [*sorted({item.entry.chain for item in pending}), ANCHOR]
    heads = {name: _head_for_update(session, name) for name in names}
    links = [_link(item, heads[item.entry.chain]) for item in pending]
    # in one statement each, however much was done: an act is never read within its transaction
    session.execute(insert(AuditEntry), links)
    session.execute(insert(AuditAnchor), [_anchor(link, heads[ANCHOR]) for link in links])
    _keep_values(session, pending)
    session.flush()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("audit", None)


def _head_for_update(session: Session, chain: str) -> AuditHead:
    # A chain's first two writers may meet: the row is made without losing either.
    head = session.get(AuditHead, chain, with_for_update=True, populate_existing=True)
    if head is None:
        _insert_head(session, chain)
        head = session.get_one(AuditHead, chain, with_for_update=True, populate_existing=True)
    return head


def _insert_head(session: Session, chain: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or_leave
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_or_leave
    row = insert_or_leave(AuditHead).values(chain=chain, number=0, hash=GENESIS)
    session.execute(row.on_conflict_do_nothing(index_elements=["chain"]))


def _link(item: _Pending, head: AuditHead) -> dict[str, Any]:
    """An act as the next link of its chain."""
    entry = item.entry
    entry.number = head.number + 1
    entry.previous_hash = head.hash
    entry.hash = next_hash(head.hash, entry.canonical())
    head.number, head.hash = entry.number, entry.hash
    return {column.key: getattr(entry, column.key) for column in _LINK}


def _anchor(link: dict[str, Any], head: AuditHead) -> dict[str, Any]:
    """The next link of the global chain, which holds another one in its place."""
    anchor = AuditAnchor(
        number=head.number + 1,
        chain=link["chain"],
        chain_number=link["number"],
        entry_hash=link["hash"],
    )
    anchor.hash = next_hash(head.hash, anchor.canonical())
    head.number, head.hash = anchor.number, anchor.hash
    return {column.key: getattr(anchor, column.key) for column in AuditAnchor.__table__.columns}


def _keep_values(session: Session, pending: list[_Pending]) -> None:
    """Lay the values before and after beside the links that were just written."""
    kept = {
        (item.entry.chain, item.entry.number): item.values
        for item in pending
        if item.values is not None
    }
    for chain in {chain for chain, _ in kept}:
        numbers = [number for own, number in kept if own == chain]
        written = session.execute(
            select(AuditEntry.id, AuditEntry.number).where(
                AuditEntry.chain == chain,
                AuditEntry.number.between(min(numbers), max(numbers)),
            )
        )
        rows = [
            {"entry_id": id_, "values": kept[chain, number]}
            for id_, number in written
            if (chain, number) in kept
        ]
        session.execute(insert(AuditValues), rows)


_LINK = [column for column in AuditEntry.__table__.columns if column.key != "id"]


def head(chain: str = ANCHOR) -> tuple[int, str]:
    """Number and hash of a chain's last link, as printed on receipts and letters."""
    row = db.session.get(AuditHead, chain)
    return (row.number, row.hash) if row else (0, GENESIS)


def number_of(printed: str) -> int | None:
    """Where in the global chain a head that was printed stands; None when it is there no more.

    Who rebuilds the whole trail, or cuts off its end with every head, is found by what stands
    on a receipt or a letter outside the database, and by nothing else.
    """
    if printed == GENESIS:
        return 0
    return db.session.scalar(select(AuditAnchor.number).where(AuditAnchor.hash == printed))


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain does not hold."""

    chain: str
    number: int
    what: str


def verify() -> Iterator[Fault]:
    """Walk every chain and the global one; yields what does not hold."""
    heads = {row.chain: row for row in db.session.scalars(select(AuditHead))}
    expected: dict[str, tuple[int, str]] = {}
    hashes: dict[tuple[str, int], str] = {}
    entries = select(*AuditEntry.__table__.columns)
    entries = entries.order_by(AuditEntry.chain, AuditEntry.number)
    for entry in db.session.execute(entries.execution_options(yield_per=500)):
        number, previous = expected.get(entry.chain, (0, GENESIS))
        if entry.number != number + 1:
            yield Fault(entry.chain, number + 1, "a link is missing")
        elif entry.previous_hash != previous:
            yield Fault(entry.chain, entry.number, "does not follow the link before it")
        elif entry.hash != next_hash(previous, _canonical(entry)):
            yield Fault(entry.chain, entry.number, "was changed after it was written")
        expected[entry.chain] = (entry.number, entry.hash)
        hashes[entry.chain, entry.number] = entry.hash
    yield from _verify_heads(heads, expected)
    yield from _verify_anchors(heads.get(ANCHOR), hashes)
    yield from _verify_values()


def _verify_heads(
    heads: dict[str, AuditHead], expected: dict[str, tuple[int, str]]
) -> Iterator[Fault]:
    for chain in sorted((set(heads) | set(expected)) - {ANCHOR}):
        row = heads.get(chain)
        if row is None or (row.number, row.hash) != expected.get(chain, (0, GENESIS)):
            yield Fault(chain, expected.get(chain, (0, ""))[0], "the end does not match its head")


def _verify_anchors(
    anchor_head: AuditHead | None, hashes: dict[tuple[str, int], str]
) -> Iterator[Fault]:
    number, previous = 0, GENESIS
    for anchor in db.session.scalars(
        select(AuditAnchor).order_by(AuditAnchor.number).execution_options(yield_per=500)
    ):
        if anchor.number != number + 1 or anchor.hash != next_hash(previous, anchor.canonical()):
            yield Fault(ANCHOR, number + 1, "the global chain is broken")
        if hashes.pop((anchor.chain, anchor.chain_number), None) != anchor.entry_hash:
            yield Fault(anchor.chain, anchor.chain_number, "is not what the global chain anchored")
        number, previous = anchor.number, anchor.hash
    for chain, lost in sorted(hashes):
        yield Fault(chain, lost, "is not anchored in the global chain")
    end = (anchor_head.number, anchor_head.hash) if anchor_head is not None else (0, GENESIS)
    if end != (number, previous):
        yield Fault(ANCHOR, number, "the end does not match its head")


def _verify_values() -> Iterator[Fault]:
    rows = select(
        AuditEntry.chain, AuditEntry.number, AuditEntry.values_digest, AuditValues.values
    ).join(AuditValues)
    kept, changed = 0, []
    for chain, number, digest, values in db.session.execute(rows.execution_options(yield_per=500)):
        kept += 1
        if digest != _digest(values):
            changed.append(Fault(chain, number, "its values were changed"))
    if kept > 1 and len(changed) == kept:
        yield Fault(
            "values", kept, "none of them fits: is this the key with which the trail was written?"
        )
    else:
        yield from changed
