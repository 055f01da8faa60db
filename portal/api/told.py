"""The specification in few words, for the page that shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that programs may ask for."""

    method: str
    path: str
    summary: str
    description: str
    scope: str
    query: list[tuple[str, str]]  # name, what it is


def operations_by_tag(told: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Every operation under the name of its part, in the order of the specification."""
    found: dict[str, list[Operation]] = {}
    for path, methods in told["paths"].items():
        for method in METHODS:
            if method in methods:
                one = methods[method]
                found.setdefault(one["tags"][0], []).append(_operation(method, path, one))
    return dict(sorted(found.items()))


def _operation(method: str, path: str, told: Mapping[str, Any]) -> Operation:
    asked = (one for one in told.get("parameters", ()) if one.get("in") == "query")
    return Operation(
        method.upper(),
        path,
        told.get("summary", ""),
        told.get("description", ""),
        told.get("x-scope", ""),
        [(one["name"], _words(one)) for one in asked],
    )


def _words(asked: Mapping[str, Any]) -> str:
    schema = asked.get("schema", {})
    words = [asked.get("description", ""), ", ".join(map(str, schema.get("enum", ())))]
    if schema.get("default") not in (None, ""):
        words.append(f"Usually {schema['default']}")
    return ". ".join(one.replace("`", "") for one in words if one) or str(
        schema.get("format", "A text")
    )
