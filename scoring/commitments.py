"""One hash for a whole tree of content, of which parts can be hidden without changing it.

Each item is committed to by a salted hash, and each branch by the hash of what is below it, up to
one root. Whoever is shown a part with its salts computes the same root as whoever sees all of it.
What is hidden is a hash, and its salt keeps anybody from trying out short texts and prices until
the hash fits.

- An item is a text, a number, true, false or null; an empty list; or an object that holds only
  such plain values. Everything else is a branch.
- An item's hash is SHA-256 of "leaf", a line feed, its salt (32 bytes) and its canonical JSON.
- A branch's hash is SHA-256 of "branch", a line feed and the canonical JSON of the list of its
  parts' hashes, or of the object of them by name.
- The root's salt is the secret. That of a part is HMAC-SHA256 of the salt above it, over "k:" and
  its name, or "n:" and its place in the list. So one salt opens a whole branch, and says nothing
  of the branches beside it.
- A hidden part is an object whose only name is "#", with its hash.

Source: Merkle (1979) for the tree; Goldreich, Goldwasser and Micali (1986) for the tree of salts.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from scoring.rules import RuleBroken

HIDDEN = "#"
SALT_BYTES = 32
MARK_DIGITS = 12
"""How many digits of an item's hash are kept to find the item that was changed."""

HASH = re.compile(r"[0-9a-f]{64}")

Path: TypeAlias = tuple[str, ...]

_BRANCHES = (dict, list)
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


class Node(NamedTuple):
    """A part of the tree: its hash, and its parts by name or place; None for an item."""

    hash: str
    parts: dict[str, Node] | list[Node] | None = None


def _make_encoder() -> Callable[[object], str]:
    """Hundreds of thousands of items are written: CPython's own writer is made once for all."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _ENCODER.encode
    write = make(
        None, _ENCODER.default, json.encoder.encode_basestring, None, ":", ",", True, False, False
    )
    return lambda value: "".join(write(value, 0))


_encode = _make_encoder()


def plain_json(value: object) -> str:
    """Return the canonical JSON of content that is plain already (as it was read from JSON)."""
    return _encode(value)


def path_text(path: Iterable[str]) -> str:
    """Return a path as one text; a slash in a name is written ~1, a tilde ~0."""
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in path)


def read_path(text: str) -> Path:
    """Read a path back; the empty text is the root."""
    if not text:
        return ()
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/"))


def is_item(value: object) -> bool:
    """Say whether a value has one hash of its own."""
    if isinstance(value, dict):
        return not any(isinstance(part, _BRANCHES) for part in value.values())
    return not value if isinstance(value, list) else True


def is_hidden(value: object) -> bool:
    """Say whether a part is only there as its hash."""
    return isinstance(value, dict) and HIDDEN in value


def below(salt: bytes, step: str | int) -> bytes:
    """Return the salt of a part, by its name or its place."""
    kind = "n" if isinstance(step, int) else "k"
    return hmac.digest(salt, f"{kind}:{step}".encode(), "sha256")


def commit(value: Any, salt: bytes) -> Node:
    """Return the tree over content.

    Args:
        value: plain content: as it was read from canonical JSON.
        salt: 32 random bytes that nobody else has.

    Raises:
        RuleBroken: `pack:secret` (another length), `pack:hidden-name` (a part is named "#"),
            `pack:empty-name` (a part has no name, so that no path leads to it).
    """
    if len(salt) != SALT_BYTES:
        raise RuleBroken("pack:secret", f"The secret has {SALT_BYTES} bytes.")
    return _commit(value, salt)


def _commit(value: Any, salt: bytes) -> Node:
    if is_hidden(value):
        raise RuleBroken("pack:hidden-name", f"No part of the content may be named “{HIDDEN}”.")
    if is_item(value):
        return Node(item_hash(value, salt))
    if isinstance(value, dict):
        if "" in value:
            raise RuleBroken("pack:empty-name", "Each part of the content needs a name.")
        named = {name: _commit(part, below(salt, name)) for name, part in value.items()}
        return _branch(named)
    return _branch([_commit(part, below(salt, place)) for place, part in enumerate(value)])


def item_hash(value: object, salt: bytes) -> str:
    """Return the hash of an item."""
    return sha256(b"leaf\n" + salt + _encode(value).encode()).hexdigest()


def _branch(parts: dict[str, Node] | list[Node]) -> Node:
    if isinstance(parts, dict):
        hashes: object = {name: node.hash for name, node in parts.items()}
    else:
        hashes = [node.hash for node in parts]
    return Node(sha256(b"branch\n" + _encode(hashes).encode()).hexdigest(), parts)


@dataclass
class Mask:
    """What is hidden: all of it, or some parts by name or place; "*" is each of them."""

    whole: bool = False
    parts: dict[str, Mask] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[str]) -> Mask | None:
        """Make a mask from paths such as "scores.json/bids/*/texts"; None hides nothing."""
        mask = cls()
        for text in paths:
            place = mask
            for step in read_path(text):
                place = place.parts.setdefault(step, cls())
            place.whole = True
        return mask if mask.whole or mask.parts else None

    def at(self, step: str | int) -> Mask | None:
        """Return what is hidden of one part."""
        own, each = self.parts.get(str(step)), self.parts.get("*")
        return own._with(each) if own and each else own or each

    def _with(self, other: Mask) -> Mask:
        parts = dict(self.parts)
        for step, mask in other.parts.items():
            parts[step] = parts[step]._with(mask) if step in parts else mask
        return Mask(self.whole or other.whole, parts)


@dataclass(frozen=True)
class Shown:
    """Content with parts hidden, and the salts that open what is left, by the text of its path."""

    value: Any
    salts: dict[str, str]


def hide(value: Any, node: Node, salt: bytes, mask: Mask | None) -> Shown:
    """Return content with some parts replaced by their hashes. The root stays the same.

    Raises:
        RuleBroken: `pack:part-of-an-item`, when only a part of what has one hash is to be hidden.
    """
    salts: dict[str, str] = {}
    return Shown(_hide(value, node, salt, mask, (), salts=salts), salts)


def _hide(
    value: Any, node: Node, salt: bytes, mask: Mask | None, path: Path, *, salts: dict[str, str]
) -> Any:
    if mask is not None and mask.whole:
        return {HIDDEN: node.hash}
    if mask is None or node.parts is None:
        if mask is not None and isinstance(value, dict):
            _refuse_half_an_item(value, mask, path)
        salts[path_text(path)] = salt.hex()
        return value
    steps = _steps(node)
    shown = [
        _hide(value[step], part, below(salt, step), mask.at(step), (*path, str(step)), salts=salts)
        for step, part in steps
    ]
    if isinstance(value, list):
        return shown
    return {step: part for (step, _), part in zip(steps, shown, strict=True)}


def _refuse_half_an_item(value: dict[str, Any], mask: Mask, path: Path) -> None:
    for step in mask.parts:
        if step in value or (step == "*" and value):
            where = path_text(path)
            raise RuleBroken("pack:part-of-an-item", f"{where} is hidden whole or not.", where)


def leads_somewhere(value: Any, path: Path) -> bool:
    """Say whether a path, in which "*" is each name or place, leads to any part of the content."""
    if not path:
        return True
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        parts = list(value.values()) if step == "*" else [value[step]] if step in value else []
    elif isinstance(value, list):
        parts = value if step == "*" else value[int(step) :][:1] if step.isdecimal() else []
    else:
        parts = []
    return any(leads_somewhere(part, rest) for part in parts)


def _steps(node: Node) -> list[tuple[Any, Node]]:
    if isinstance(node.parts, dict):
        return list(node.parts.items())
    return list(enumerate(node.parts or []))


@dataclass
class Reckoning:
    """The tree over what is shown, the parts that are hidden, and items that have no salt."""

    node: Node = field(default_factory=lambda: Node(""))
    hidden: list[Path] = field(default_factory=list)
    without_salt: list[Path] = field(default_factory=list)
    items: int = 0


def reckon(value: Any, salts: Mapping[str, str]) -> Reckoning:
    """Return the tree over content of which parts may be hidden.

    Args:
        value: plain content.
        salts: by the text of a path; the salt of the nearest path above counts.

    Raises:
        RuleBroken: `pack:not-a-hash`, when a salt or a hidden part is no hash.
    """
    for text, salt in salts.items():
        _refuse_other_than_hash(salt, text)
    found = Reckoning()
    opened = {read_path(text): bytes.fromhex(salt) for text, salt in salts.items()}
    found.node = _reckon(value, opened, opened.get(()), (), found)
    return found


def _reckon(
    value: Any, salts: Mapping[Path, bytes], salt: bytes | None, path: Path, found: Reckoning
) -> Node:
    if salt is None:
        salt = salts.get(path)
    if is_item(value):
        return _reckon_item(value, salt, path, found)
    if isinstance(value, dict):
        return _branch(
            {
                name: _reckon(part, salts, salt and below(salt, name), (*path, name), found)
                for name, part in value.items()
            }
        )
    return _branch(
        [
            _reckon(part, salts, salt and below(salt, place), (*path, str(place)), found)
            for place, part in enumerate(value)
        ]
    )


def _reckon_item(value: Any, salt: bytes | None, path: Path, found: Reckoning) -> Node:
    if isinstance(value, dict) and HIDDEN in value:
        _refuse_other_than_hash(value[HIDDEN] if len(value) == 1 else None, path_text(path))
        found.hidden.append(path)
        return Node(value[HIDDEN])
    found.items += 1
    if salt is None:
        found.without_salt.append(path)
        return Node("")
    return Node(item_hash(value, salt))


def _refuse_other_than_hash(value: object, where: str) -> None:
    if not isinstance(value, str) or not HASH.fullmatch(value):
        raise RuleBroken("pack:not-a-hash", f"{where} is not a SHA-256.", where)


def marks(node: Node) -> Any:
    """Return the first digits of each item's hash, in the shape of the content."""
    if isinstance(node.parts, dict):
        return {name: marks(part) for name, part in node.parts.items()}
    if isinstance(node.parts, list):
        return [marks(part) for part in node.parts]
    return node.hash[:MARK_DIGITS]


def changed_items(node: Node, kept: Any, path: Path = ()) -> Iterator[Path]:
    """Return the paths of the items whose hash does not begin with the mark that was kept."""
    match node.parts:
        case None:
            if kept != node.hash[:MARK_DIGITS]:
                yield path
        case dict():
            known = kept if isinstance(kept, dict) else {}
            for name in sorted({*node.parts, *known}):
                if name not in node.parts or name not in known:
                    yield (*path, name)
                else:
                    yield from changed_items(node.parts[name], known[name], (*path, name))
        case list():
            there = kept if isinstance(kept, list) else []
            for place, part in enumerate(node.parts):
                step = (*path, str(place))
                if place >= len(there):
                    yield step
                else:
                    yield from changed_items(part, there[place], step)
            for place in range(len(node.parts), len(there)):
                yield (*path, str(place))
