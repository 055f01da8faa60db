"""Fields that take what was written as it stands: no text for a number, no `yes` for `true`."""

import re
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Regexp

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LOT = re.compile(r"[0-9A-Z]{1,12}")


class Whole(fields.Integer):
    """A whole number, and not a text, a fraction or a yes."""

    def __init__(self, *, least: int = 0, most: int | None = None, **more: Any) -> None:
        super().__init__(strict=True, **more)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("Must be a whole number.")
        if value < self.least or (self.most is not None and value > self.most):
            raise ValidationError(f"Must be {_range(self.least, self.most)}.")
        return value


class Flag(fields.Boolean):
    """Exactly `true` or `false`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Line(fields.String):
    """Text that is not blank and has no space at its ends. `yes` and `no` need quotes in YAML."""

    def __init__(self, *, empty: bool = False, most: int = 2_000, **more: Any) -> None:
        super().__init__(**more)
        self.empty, self.most = empty, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str:
        if isinstance(value, bool):
            raise ValidationError("Must be text: put yes, no, true and false in quotes.")
        if not isinstance(value, str):
            raise ValidationError("Must be text.")
        if value != value.strip():
            raise ValidationError("Has a space at one end.")
        if not value and not self.empty:
            raise ValidationError("Must not be empty.")
        if len(value) > self.most:
            raise ValidationError(f"Is longer than {self.most} characters.")
        return value


class OneOrSeveral(fields.Field):
    """A text, or a list of different ones, any of which will do."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=True, **more)
        self.one = Line()
        self.several = fields.List(Line(), validate=Length(min=2))

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str | list[str]:
        if not isinstance(value, list):
            return str(self.one.deserialize(value, attr, data))
        found: list[str] = self.several.deserialize(value, attr, data)
        if len(set(found)) != len(found):
            raise ValidationError("Has one of them twice.")
        return found


def a_key(**more: Any) -> Line:
    """A stable key: small letters, digits and single hyphens."""
    shape = Regexp(rf"^{KEY.pattern}\Z", error="Must be small letters, digits and single hyphens.")
    return Line(most=60, validate=shape, **{"required": True, **more})


def lot_codes(*, unstated: bool = False) -> fields.List:
    """Codes of lots; none stands for all of them.

    Args:
        unstated: what is left out stays out, as in content whose hash was published before.
    """
    shape = Regexp(rf"^{LOT.pattern}\Z", error="Must be the code of a lot, such as 1A.")
    more = {} if unstated else {"load_default": list}
    return fields.List(Line(validate=shape), **more)


def a_text(**more: Any) -> Line:
    return Line(**{"required": True, **more})


def a_note(**more: Any) -> Line:
    """Text that may be left out."""
    return Line(empty=True, **{"load_default": "", **more})


def _range(least: int, most: int | None) -> str:
    return f"{least} or more" if most is None else f"from {least} to {most}"
