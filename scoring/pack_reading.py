"""Open an evidence pack and hold it to its own hashes: every byte, every file, every item.

What does not hold is named by its path. Nothing is believed before it has been looked at: a pack
may come from anybody.
"""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from scoring.canonical import canonical_json, sha256_of
from scoring.commitments import changed_items, path_text, plain_json, reckon
from scoring.pack_forms import Form
from scoring.pack_layout import FILES, FORMAT
from scoring.rules import RuleBroken

LOCAL = struct.Struct("<4s5H3L2H")
LISTED = struct.Struct("<4s2B5H3L5H2L")
END = struct.Struct("<4s4H2LH")
FIRST_DAY = 33
"""1 January 1980, as a ZIP writes it: the day of every file, so that one content is one pack."""

MOST_BYTES = 2_000_000_000
ASIDE = ("index.json", "salts.json")
"""JSON files that the root does not cover, since each form has its own."""

MANIFEST = frozenset({"format", "form", "bid", "round", "made_at", "root", "files", "sha256"})


@dataclass(frozen=True)
class Difference:
    """Something that does not hold: where, as a path, and what."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


@dataclass
class Opened:
    """A pack that was read. `files` holds the content of those JSON files that could be read."""

    manifest: Mapping[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    content: dict[str, bytes] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    root: str = ""
    items: int = 0

    @property
    def whole(self) -> bool:
        """Whether every file could be read, so that it can be computed with."""
        return set(FILES) <= self.files.keys() and bool(self.manifest)

    def say(self, path: str, what: str) -> None:
        """Note a difference."""
        self.differences.append(Difference(path, what))


def open_pack(stream: IO[bytes]) -> Opened:
    """Read a pack and compare it with its manifest, its index and its root.

    Args:
        stream: a binary file that can be sought in.
    """
    opened = Opened()
    try:
        _read(stream, opened)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error) as error:
        opened.say("pack", f"this is not a ZIP that can be read ({error})")
        return opened
    _read_manifest(opened)
    _compare_files(opened)
    _read_files(opened)
    _compare_items(opened)
    return opened


def _read(stream: IO[bytes], opened: Opened) -> None:
    with zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
        if sum(info.file_size for info in infos) > MOST_BYTES:
            raise ValueError("it is too large")
        for info in infos:
            if info.filename in opened.content:
                opened.say(info.filename, "this file stands twice in the pack")
            try:
                opened.content[info.filename] = archive.read(info)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                opened.say(info.filename, f"this file cannot be read ({error})")
                opened.content[info.filename] = b""
        _compare_container(stream, archive, opened)


def _compare_container(stream: IO[bytes], archive: zipfile.ZipFile, opened: Opened) -> None:
    """Every byte beside the files themselves is what it must be, for the list of the files."""
    at, listed = 0, b""
    for info in archive.infolist():
        name = info.filename.encode("utf-8", "surrogateescape")
        fields = (
            20, 0, zipfile.ZIP_DEFLATED, 0, FIRST_DAY, info.CRC, info.compress_size,
            info.file_size, len(name), 0,
        )  # fmt: skip
        header = LOCAL.pack(b"PK\x03\x04", *fields) + name
        stream.seek(at)
        if info.header_offset != at or stream.read(len(header)) != header:
            opened.say(info.filename, "the container is not as it was written here")
        listed += LISTED.pack(b"PK\x01\x02", 20, 3, *fields, 0, 0, 0, 0o600 << 16, at) + name
        at += len(header) + info.compress_size
    files = len(archive.infolist())
    listed += END.pack(b"PK\x05\x06", 0, 0, files, files, len(listed), at, 0)
    stream.seek(at)
    if stream.read() != listed:
        opened.say("pack", "there is something else in the container beside the files")


def _read_manifest(opened: Opened) -> None:
    manifest = _json(opened, "manifest.json")
    if not isinstance(manifest, dict) or manifest.keys() != MANIFEST:
        opened.say("manifest.json", "this is not a manifest")
        return
    plain = {name: value for name, value in manifest.items() if name != "sha256"}
    if manifest["sha256"] != sha256_of(canonical_json(plain)):
        opened.say("manifest.json", "it was changed: its own SHA-256 differs")
    if manifest["format"] != FORMAT or manifest["form"] not in list(Form):
        opened.say("manifest.json", f"this is no pack of the format {FORMAT}")
    if isinstance(manifest["files"], dict):
        opened.manifest = manifest
    else:
        opened.say("manifest.json/files", "this is no list of files")


def _compare_files(opened: Opened) -> None:
    named: Mapping[str, Any] = opened.manifest.get("files", {})
    for name in sorted({*named, *FILES, *ASIDE} - opened.content.keys()):
        opened.say(name, "this file is missing")
    for name in sorted(opened.content.keys() - {"manifest.json"}):
        content = opened.content[name]
        found = {"sha256": sha256_of(content), "size": len(content)}
        if name not in named:
            opened.say(name, "the manifest does not name this file")
        elif named[name] != found:
            opened.say(name, "the file is not the one that the manifest names")


def _read_files(opened: Opened) -> None:
    for name in (*FILES, *ASIDE):
        if name in opened.content:
            found = _json(opened, name)
            if found is not None:
                opened.files[name] = found


def _json(opened: Opened, name: str) -> Any:
    """Read a file that must be canonical JSON; None, with a difference noted, when it is not."""
    content = opened.content.get(name)
    if content is None:
        return None
    try:
        text = content.decode("utf-8")
        found = json.loads(text, parse_float=_refuse_float, parse_constant=_refuse_float)
        canonical = plain_json(found)
    except (ValueError, RecursionError) as error:
        opened.say(name, f"this is not canonical JSON ({error})")
        return None
    if canonical != text:
        opened.say(name, "this is not canonical JSON")
    return found


def _refuse_float(text: str) -> Any:
    raise ValueError(f"{text} is not a whole number")


def _compare_items(opened: Opened) -> None:
    covered = {name: opened.files[name] for name in FILES if name in opened.files}
    salts, index = opened.files.get("salts.json"), opened.files.get("index.json")
    if not isinstance(salts, dict):
        opened.say("salts.json", "without salts no item can be compared")
        return
    try:
        found = reckon(covered, salts)
    except (RuleBroken, RecursionError, TypeError, ValueError) as error:
        opened.say("salts.json", f"no item can be compared ({error})")
        return
    opened.root, opened.items = found.node.hash, found.items
    for path in found.without_salt:
        opened.say(path_text(path), "there is no salt for this item")
    for path in changed_items(found.node, index):
        opened.say(path_text(path), "this item was changed" + _who(covered, path))
    if opened.manifest and found.node.hash != opened.manifest["root"]:
        opened.say("root", f"the content has the root {found.node.hash}, the manifest another")
    if opened.manifest.get("form") == Form.FULL:
        for path in found.hidden:
            opened.say(path_text(path), "a full pack hides nothing")


def _who(files: Mapping[str, Any], path: tuple[str, ...]) -> str:
    """Say in words what an item is about: its bid, and what a row calls itself.

    The texts of a row lie beside the rows, in their order: they are called by their row.
    """
    words: list[str] = []
    value: Any = files
    for step in path:
        if step == "texts" and isinstance(value, dict) and isinstance(value.get("rows"), list):
            value = value["rows"]
            continue
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            break
        if isinstance(value, dict) and isinstance(value.get("bid"), str):
            words.append(f"bid {value['bid']}")
    names = ("lot", "question", "scorer", "item", "person", "sheet", "number", "ref", "key")
    if isinstance(value, dict):
        words += [f"{name} {value[name]}" for name in names if value.get(name) not in (None, "")]
    return f" ({', '.join(words)})" if words else ""
