"""From a file or a dict to content that is fit to keep: shape, meaning, canonical text, hash."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from portal.content.checks import findings
from portal.content.kinds import Kind
from portal.content.references import Shelf, findings_beside
from portal.content.schemas import SCHEMAS
from scoring.canonical import canonical_json, sha256_of
from scoring.rules import Finding, RuleBroken, errors

DEFAULTS = Path(__file__).parent / "defaults"


@dataclass(frozen=True, slots=True)
class Content:
    """Content that was checked, with the hash of its canonical text."""

    kind: Kind
    key: str
    title: str
    body: dict[str, Any]
    sha256: str


class _Strict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which nothing stands twice; plain YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [name.value for name, _ in node.value]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise RuleBroken(
                "content:twice", f"“{twice}” stands twice after line {node.start_mark.line + 1}."
            )
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


def read(text: str) -> Any:
    """What a YAML text says.

    Raises:
        RuleBroken: `content:yaml`, `content:twice`.
    """
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506  a safe loader, and stricter
    except yaml.YAMLError as error:
        raise RuleBroken("content:yaml", f"This is not YAML: {error}") from error


def checked(raw: Any) -> Content:
    """Content of sound shape and meaning, everything that was left out filled in.

    Raises:
        RuleBroken: the code of the first thing that is wrong; the message names them all by path.
    """
    if not isinstance(raw, Mapping):
        raise RuleBroken("content:shape", "Content is a set of named parts.")
    try:
        kind = Kind(raw.get("kind", ""))
    except ValueError as error:
        raise RuleBroken(
            "content:kind", f"There is no kind of content “{raw.get('kind')}”.", "kind"
        ) from error
    try:
        body: dict[str, Any] = SCHEMAS[kind]().load(raw)
    except ValidationError as error:
        refuse([Finding("content:shape", words, path) for path, words in _flat(error.messages)])
        raise
    refuse(findings(body))
    return Content(kind, body["key"], body["title"], body, sha256_of(canonical_json(body)))


def checked_beside(raw: Any, shelf: Shelf) -> Content:
    """The same, and everything that it names is on the shelf and fits.

    Raises:
        RuleBroken: as `checked`.
    """
    content = checked(raw)
    refuse(findings_beside(content.body, {**shelf, (content.kind, content.key): content.body}))
    return content


def defaults(folder: Path = DEFAULTS) -> list[Content]:
    """The content that ships with the portal, checked one by one and together.

    Raises:
        RuleBroken: with the name of the file.
    """
    read_files = {path: _of_file(path) for path in sorted(folder.glob("*.yaml"))}
    shelf = {(content.kind, content.key): content.body for content in read_files.values()}
    for path, content in read_files.items():
        with _naming(path):
            refuse(findings_beside(content.body, shelf))
    order = list(Kind)
    return sorted(read_files.values(), key=lambda content: (order.index(content.kind), content.key))


def refuse(found: list[Finding]) -> None:
    """Raise one refusal that lists every error among the findings, each with its path.

    Raises:
        RuleBroken: when there is an error; its field is the first path.
    """
    wrong = errors(found)
    if wrong:
        lines = [
            f"{finding.where}: {finding.message}" if finding.where else finding.message
            for finding in wrong
        ]
        raise RuleBroken(wrong[0].code, "\n".join(lines), wrong[0].where or None)


def _of_file(path: Path) -> Content:
    with _naming(path):
        return checked(read(path.read_text(encoding="utf-8")))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Put the file's name before whatever is refused inside."""
    try:
        yield
    except RuleBroken as broken:
        raise RuleBroken(broken.code, f"{path.name}: {broken.message}", broken.field) from broken


def _flat(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Marshmallow's nested messages as lines of path and words."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, _joined(path, name))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, path)
    else:
        yield path, str(messages)


def _joined(path: str, name: Any) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    if name == "_schema":
        return path
    return f"{path}.{name}" if path else str(name)
