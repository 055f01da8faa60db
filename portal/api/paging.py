"""Pages of a list: each answer names the address of the next one, and nothing is counted up."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request
from marshmallow import ValidationError, fields, validate

from portal import paging
from portal.api.fields import Asked
from portal.api.routes import address_of
from portal.paging import Page

SIZE = 200


def _ours(cursor: str) -> None:
    if not paging.is_ours(cursor):
        raise ValidationError("This is no cursor of ours. Follow the address in `next`.")


class PagedQuery(Asked):
    """Where a list that is read page by page goes on."""

    cursor = fields.String(
        validate=[validate.Length(max=2000), _ours],
        metadata={"description": "From the address in `next`; leave it out for the first page"},
    )


class CutQuery(Asked):
    """Where a list that is cut into pages goes on."""

    start = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 1_000_000),
        metadata={"description": "How many to leave out; the address in `next` says it"},
    )


def paged(found: Page[Any], tell: Callable[[Any], Any]) -> dict[str, Any]:
    """A page that a query gave."""
    following = found.next_cursor
    return {
        "items": [tell(one) for one in found.items],
        "next": _next(cursor=following) if following else None,
    }


def cut(found: Sequence[Any], start: int, tell: Callable[[Any], Any]) -> dict[str, Any]:
    """A page of a list that is read whole."""
    more = len(found) > start + SIZE
    return {
        "items": [tell(one) for one in found[start : start + SIZE]],
        "next": _next(start=start + SIZE) if more else None,
    }


def whole(found: Iterable[Any], tell: Callable[[Any], Any]) -> dict[str, Any]:
    """A short list, in one page."""
    return {"items": [tell(one) for one in found], "next": None}


def _next(**changed: Any) -> str:
    query = request.args.to_dict() | changed
    return address_of(f"{request.path}?{urlencode(query)}")
