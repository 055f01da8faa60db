"""The interface for people: a page that tells what programs may ask for, and the specification."""

from typing import Any

from flask import Blueprint, Response, jsonify

from portal.access import public
from portal.api.specification import specification
from portal.api.told import operations_by_tag
from portal.web import page

pages = Blueprint("interface", __name__)


@pages.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    return jsonify(specification())


@pages.get("/interface")
@public
def show() -> Any:
    told = specification()
    return page("api/index.html", info=told["info"], tags=operations_by_tag(told))
