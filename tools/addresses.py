"""Which addresses lead to the same page with other things on it."""

import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect


@cache
def _addresses() -> MapAdapter:
    from portal import create_app

    with tempfile.TemporaryDirectory() as data:
        portal = create_app(DATA_DIR=Path(data), DEMO=True)
    return portal.url_map.bind("localhost")


def kind_of(path: str) -> str:
    """The name of the page behind an address, with the names of its search words.

    Two rounds are pages of one kind; so are two searches for different words.
    """
    parts = urlsplit(path)
    names = sorted(word.partition("=")[0] for word in parts.query.split("&") if word)
    try:
        endpoint, _ = _addresses().match(parts.path, method="GET")
    except RequestRedirect as onward:
        return kind_of(urlsplit(onward.new_url).path)
    except HTTPException:
        endpoint = parts.path
    return f"{endpoint}({', '.join(names)})" if names else endpoint
