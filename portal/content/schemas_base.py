"""What the shapes of all kinds of content share."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from portal.content.fields import a_key, a_text
from portal.content.kinds import Kind


def parts(schema: type[Schema], **more: Any) -> fields.List:
    """A list of at least one part."""
    return fields.List(
        fields.Nested(schema), **{"required": True, "validate": Length(min=1), **more}
    )


class ContentSchema(Schema):
    """What all content has."""

    kind = a_text(validate=OneOf([kind.value for kind in Kind]))
    key = a_key()
    title = a_text(most=200)
