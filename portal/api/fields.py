"""Fields that say in the specification what they are on the wire: no float ever stands in between.

apispec documents a `Decimal(as_string=True)` as a number although a text is sent; so an exact number
has a field of its own here, which is a text in both.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from scoring.rounding import printed

MOST_WORDS = 200
LINE = r"^[^\x00-\x1f\x7f]*$"
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
DIGITS = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"


def _all_of(pattern: str, message: str) -> Callable[[str], None]:
    """A check of the whole text; the specification prints the pattern as other languages write it."""

    def check(text: str) -> None:
        if not re.fullmatch(pattern.strip("^$"), text):
            raise ValidationError(message)

    return check


_NO_CONTROL = "It must not hold control characters."


class Told(Schema):
    """What is sent out: every field is always there."""

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class Asked(Schema):
    """What comes in; a name that is not known is refused, so that a slip does not pass unseen."""

    class Meta:
        unknown = RAISE


class Pence(fields.Integer):
    """Money, in whole pence."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("metadata", {"description": "Pounds sterling, in whole pence"})
        super().__init__(strict=True, **more)


class Exact(fields.String):
    """An exact number as a text, such as "12.50": rounded once, where digits say so."""

    def __init__(self, *, digits: int = 2, metadata: Any = None, **more: Any) -> None:
        self.digits = digits
        pattern = {"pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
        super().__init__(metadata=pattern | (metadata or {}), **more)

    def _serialize(self, value: Any, attr: Any, obj: Any, **more: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, (int, Fraction, Decimal)):
            raise TypeError(f"{attr} must be exact, not a {type(value).__name__}")
        return printed(Fraction(value), self.digits)


class Figure(fields.Field[Fraction]):
    """An exact number that comes in as a text or a whole number, never as a float."""

    def __init__(self, **more: Any) -> None:
        described = {"type": ["string", "integer"], "pattern": DIGITS}
        more.setdefault("metadata", described | {"minimum": 0, "maximum": 10**12 - 1})
        super().__init__(**more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ValidationError('Send a text such as "12.50", or a whole number.')
        _all_of(DIGITS, 'Send digits, such as "12.50".')(str(value))
        return Fraction(str(value))


class Moment(fields.AwareDateTime):
    """A moment, in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", **more)


def word(most: int = MOST_WORDS, **more: Any) -> fields.String:
    """A line of text that comes in."""
    return _text(LINE, validate.Length(max=most), **more)


def text(most: int, **more: Any) -> fields.String:
    """Some lines of text that come in."""
    return _text(LINES, validate.Length(min=1, max=most), **more)


def _text(pattern: str, length: validate.Length, **more: Any) -> fields.String:
    metadata = {"pattern": pattern} | more.pop("metadata", {})
    rules = [length, _all_of(pattern, _NO_CONTROL)]
    return fields.String(validate=rules, metadata=metadata, **more)


def one_of(values: Any, **more: Any) -> fields.String:
    """One of a few words that come in."""
    return fields.String(validate=validate.OneOf([str(one) for one in values]), **more)


def a_list(schema: type[Schema], name: str) -> type[Schema]:
    """A page of a list: its items, and the address of the next page if there is one."""
    rules = {
        "items": fields.List(fields.Nested(schema)),
        "next": fields.String(
            allow_none=True,
            metadata={"description": "The address of the next page; null on the last one"},
        ),
    }
    made: type[Schema] = type(f"{name}Page", (Told,), rules)
    return made
