"""The portal's own source text, read once, for sweeps that look for words in it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """A file of Python."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file of some folders; those of the portal when nothing is said."""
    wanted = folders or ("portal", "forms", "scoring")
    return tuple(Source(file) for name in wanted for file in sorted((ROOT / name).rglob("*.py")))


def calls(*folders: str) -> Iterator[tuple[Source, ast.Call]]:
    """Every call in some folders, and the file in which it stands."""
    for source in sources(*folders):
        yield from ((source, node) for node in source.nodes if isinstance(node, ast.Call))


@cache
def members_named(vocabulary: str) -> frozenset[str]:
    """The members of an enum that the portal's code speaks of, such as `Event.ROUND_OPENED`."""
    found = set()
    for source in sources():
        for node in source.nodes:
            if isinstance(node, ast.Attribute) and _ends_with(node.value, vocabulary):
                found.add(node.attr)
    return frozenset(found)


def _ends_with(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (
        isinstance(node, ast.Attribute) and node.attr == name
    )
