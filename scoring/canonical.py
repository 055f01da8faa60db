"""One text for one content, so that a hash of it means something.

Canonical JSON as this portal uses it: object keys sorted by code point, no white space, text as
it is in UTF-8 (not normalised), no floating-point numbers. An exact fraction is the
text "n/d" in lowest terms with d ≥ 1, a date "2027-03-04", a moment in UTC with microseconds,
"2027-03-04T12:00:00.000000Z".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction

from scoring.rules import RuleBroken

FRACTION = re.compile(r"(-?(?:0|[1-9][0-9]*))/([1-9][0-9]*)")


def canonical_json(value: object) -> str:
    """Return the one canonical text of a value.

    Raises:
        RuleBroken: `canonical:float`, `canonical:key`, `canonical:type`, `canonical:naive-time`
            or `canonical:text` (half of a surrogate pair, which has no UTF-8), with the path.
    """
    return json.dumps(
        _plain(value, "$"),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def sha256_of(content: str | bytes) -> str:
    """Return the SHA-256 of a text (as UTF-8) or of bytes: 64 lower-case hexadecimal digits."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def fraction_text(value: Fraction | int) -> str:
    """Return an exact number as "n/d" in lowest terms; a whole number is "n/1"."""
    exact = Fraction(value)
    return f"{exact.numerator}/{exact.denominator}"


def read_fraction(text: str) -> Fraction:
    """Read "n/d" back, only as `fraction_text` writes it.

    Raises:
        RuleBroken: `canonical:fraction`.
    """
    found = FRACTION.fullmatch(text)
    value = Fraction(int(found[1]), int(found[2])) if found else None
    if value is None or fraction_text(value) != text:
        raise RuleBroken("canonical:fraction", f"“{text}” is not a fraction in lowest terms.")
    return value


def _plain(value: object, path: str) -> object:
    """Turn a value into what the JSON writer may see; anything doubtful is refused by path."""
    match value:
        case Mapping():
            return {_key(key, path): _plain(item, f"{path}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, f"{path}[{number}]") for number, item in enumerate(value)]
        case None | bool():
            return value
        case int():
            return int(value)
        case _:
            return _written(value, path)


def _written(value: object, path: str) -> str:
    """Return what is kept as text."""
    match value:
        case str():
            return _text(str(value), path)
        case Fraction():
            return fraction_text(value)
        case datetime():
            return _moment(value, path)
        case date():
            return value.isoformat()
        case float():
            raise RuleBroken("canonical:float", f"{path} is a float. Use whole units or fractions.")
    raise RuleBroken("canonical:type", f"{path} is a {type(value).__name__}, which has no JSON.")


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise RuleBroken("canonical:key", f"{path} has a key that is not text.")
    return _text(str(key), path)


def _text(text: str, path: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RuleBroken("canonical:text", f"{path} holds text that has no UTF-8.") from error
    return text


def _moment(value: datetime, path: str) -> str:
    if value.tzinfo is None:
        raise RuleBroken("canonical:naive-time", f"{path} is a time without a time zone.")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
