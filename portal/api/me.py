"""Who a token acts for, and what it may do: the first thing that a program asks."""

from typing import Any

from marshmallow import fields
from werkzeug.exceptions import Unauthorized

from portal.access import current_viewer
from portal.api.fields import Told
from portal.api.routes import reads
from portal.people.api_door import caller

TAG = "Token"


class PostSchema(Told):
    """A role at an organisation."""

    role = fields.String()
    organisation = fields.String()


class MeSchema(Told):
    """The token that was sent, and whose it is."""

    name = fields.String()
    token = fields.String(metadata={"description": "Its reference, as the trail names it"})
    scopes = fields.List(fields.String())
    posts = fields.List(fields.Nested(PostSchema))


@reads("/me", MeSchema, tag=TAG)
def me(_query: dict[str, Any]) -> dict[str, Any]:
    """Whose token this is. It needs a token, and no scope."""
    token, viewer = caller(), current_viewer()
    if token is None:
        raise Unauthorized("Send a token in the Authorization header.")
    return {
        "name": viewer.name,
        "token": token.ref,
        "scopes": sorted(token.scopes),
        "posts": [{"role": post.role.value, "organisation": post.name} for post in viewer.posts],
    }
