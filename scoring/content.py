"""Reading content that people wrote (YAML, JSON) into rules: each wrong shape is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.rules import RuleBroken

Content = Mapping[str, Any]


def text_of(content: Content, key: str, where: str) -> str:
    """Return a text that must be there and not be blank.

    Raises:
        RuleBroken: `content:text`.
    """
    value = content.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RuleBroken("content:text", f"{where}: “{key}” must be a text.", where)
    return value


def whole_of(content: Content, key: str, where: str) -> int:
    """Return a whole number that must be there (never a float, nor yes or no).

    Raises:
        RuleBroken: `content:whole-number`.
    """
    value = content.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RuleBroken("content:whole-number", f"{where}: “{key}” must be a whole number.", where)
    return value


def whole_or_none(content: Content, key: str, where: str) -> int | None:
    """Return a whole number, or None where nothing is stated."""
    return None if content.get(key) is None else whole_of(content, key, where)


def flag_of(content: Content, key: str, where: str) -> bool:
    """Return yes or no; nothing stated is no.

    Raises:
        RuleBroken: `content:yes-no`.
    """
    value = content.get(key, False)
    if not isinstance(value, bool):
        raise RuleBroken("content:yes-no", f"{where}: “{key}” must be true or false.", where)
    return value


def part_of(content: Content, key: str, where: str) -> Content:
    """Return a part with names of its own; nothing stated is an empty part.

    Raises:
        RuleBroken: `content:part`.
    """
    value = content.get(key) or {}
    if not isinstance(value, Mapping):
        raise RuleBroken("content:part", f"{where}: “{key}” must hold named values.", where)
    return value


def parts_of(content: Content, key: str, where: str) -> list[Content]:
    """Return a list of parts; nothing stated is an empty list.

    Raises:
        RuleBroken: `content:list`.
    """
    value = content.get(key) or []
    if not isinstance(value, list) or not all(isinstance(part, Mapping) for part in value):
        raise RuleBroken("content:list", f"{where}: “{key}” must be a list of parts.", where)
    return value


def or_else(content: Content, **defaults: object) -> Content:
    """Return the content with these values where nothing is stated, or null is."""
    stated = {key: value for key, value in content.items() if value is not None}
    return {**defaults, **stated}
