"""Make an evidence pack: a ZIP from which an award can be proved to a court, and to each bidder.

The format is told in docs/evidence-pack.md; `python -m scoring.verify PACK` proves it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import IO, Any

from scoring.canonical import canonical_json, sha256_of
from scoring.commitments import (
    Mask,
    Node,
    commit,
    hide,
    leads_somewhere,
    marks,
    plain_json,
    read_path,
)
from scoring.pack_forms import Form, Mentions, hidden_paths
from scoring.pack_layout import FORMAT, Content, Row, layout
from scoring.rules import RuleBroken

__all__ = ["Form", "Prepared", "build", "prepare"]

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The moment of every file in the ZIP, so that one content makes one pack."""

LEVEL = 6


@dataclass(frozen=True)
class Prepared:
    """The content of a round, committed to; every form of its pack is written from it."""

    files: Content
    tree: Node
    secret: bytes

    @property
    def root(self) -> str:
        """The hash of everything: to be kept in the trail and printed on letters."""
        return self.tree.hash

    @cached_property
    def mentions(self) -> Mentions:
        """Which parts mention which bids, looked up once for the packs of all bidders."""
        return Mentions.of(self.files)

    def hidden_paths(self, form: Form, bid: str) -> list[str]:
        """Return what a form hides."""
        known = self.mentions if form is Form.BIDDER else None
        return hidden_paths(self.files, form, bid, known)


def prepare(data: Row, secret: bytes) -> Prepared:
    """Commit to the content of a round. The same content and secret have the same root.

    Args:
        data: as `scoring.pack_layout.layout` says.
        secret: 32 random bytes, made once for each round and kept.

    Raises:
        RuleBroken: `pack:…`, `canonical:…`.
    """
    files = layout(data)
    return Prepared(files, commit(files, secret), secret)


def build(
    data: Row | Prepared,
    form: Form,
    into: IO[bytes],
    *,
    made_at: datetime,
    secret: bytes = b"",
    bid: str = "",
    letters: Iterable[tuple[str, bytes]] = (),
    hide_too: Iterable[str] = (),
) -> Content:
    """Write a pack and return its manifest.

    Args:
        data: the content of the round, or what `prepare` made of it.
        form: full, one bidder's own, or redacted.
        into: a binary file that can be sought in.
        made_at: an aware moment.
        secret: as `prepare`; not needed for what is prepared already.
        bid: whose own pack it is.
        letters: name (such as "letters/LET-1.pdf") and bytes of each letter of this form.
        hide_too: further paths to hide ("*" is any name or place), for instance what a bidder
            marked as commercially sensitive.

    Raises:
        RuleBroken: `pack:…`, `canonical:…`; `pack:letter` (a letter that the content does not
            name, or other bytes than it says); `pack:nothing-to-hide`, `pack:part-of-an-item`
            (a path of `hide_too` that leads nowhere, or into what has one hash).
    """
    pack = data if isinstance(data, Prepared) else prepare(data, secret)
    more = list(hide_too)
    for path in more:
        if not leads_somewhere(pack.files, read_path(path)):
            raise RuleBroken("pack:nothing-to-hide", f"{path} leads nowhere.", path)
    mask = Mask.of([*pack.hidden_paths(form, bid), *more])
    shown = hide(pack.files, pack.tree, pack.secret, mask)
    known = _letters(pack.files)
    written: dict[str, Any] = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(shown.value):
            _write(archive, written, name, plain_json(shown.value[name]).encode())
        _write(archive, written, "index.json", plain_json(_marks(pack.tree, mask)).encode())
        _write(archive, written, "salts.json", plain_json(shown.salts).encode())
        for name, content in letters:
            if known.get(name) != sha256_of(content):
                raise RuleBroken("pack:letter", f"{name} is not a letter of this round.", name)
            _write(archive, written, name, content)
        manifest = _manifest(pack, form, bid, made_at, written)
        _put(archive, "manifest.json", canonical_json(manifest).encode())
    return manifest


def _manifest(pack: Prepared, form: Form, bid: str, made_at: datetime, written: Content) -> Content:
    plain = {
        "format": FORMAT,
        "form": form.value,
        "bid": bid,
        "round": pack.files["round.json"]["ref"],
        "made_at": made_at,
        "root": pack.root,
        "files": written,
    }
    return {**plain, "sha256": sha256_of(canonical_json(plain))}


def _letters(files: Content) -> dict[str, str]:
    return {
        row["file"]: row["sha256"]
        for entry in files["letters.json"]["bids"]
        for row in entry["rows"]
        if row.get("file")
    }


def _marks(node: Node, mask: Mask | None) -> Any:
    """The index in the shape of what is shown: a hidden part has one mark, like an item."""
    if mask is not None and mask.whole:
        return marks(Node(node.hash))
    if mask is None or node.parts is None:
        return marks(node)
    if isinstance(node.parts, dict):
        return {name: _marks(part, mask.at(name)) for name, part in node.parts.items()}
    return [_marks(part, mask.at(place)) for place, part in enumerate(node.parts)]


def _write(archive: zipfile.ZipFile, written: Content, name: str, content: bytes) -> None:
    if name in written:
        raise RuleBroken("pack:letter", f"{name} stands twice.", name)
    written[name] = {"sha256": sha256_of(content), "size": len(content)}
    _put(archive, name, content)


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o600 << 16
    archive.writestr(info, content, compresslevel=LEVEL)
