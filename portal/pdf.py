"""A template as a PDF that anybody can read, and that reads nothing it should not.

The markup is ours and what people typed is escaped in it. Should some of it get through all the
same, it finds no network and no file but those under `static/`.
"""

import io
import logging
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from flask import current_app
from jinja2 import Environment

STATIC = Path(__file__).resolve().parent.parent / "static"
_NOTHING = str(STATIC / "fonts" / "refused")  # a file that is not there
_LONGEST_SECONDS = 120
# No font of letters has them, and an empty box in a heading looks like a fault.
PICTOGRAPHS = re.compile("[\U0001f000-\U0001faff\U000e0020-\U000e007f\u200d\ufe0e\ufe0f]")
log = structlog.get_logger("pdf")


class PdfFailed(RuntimeError):
    """The PDF could not be made."""


def render_pdf(template: str, **context: Any) -> bytes:
    """The PDF of a template that extends `pdf/base.html`.

    Args:
        template: its name ends in .html, so that what it prints is escaped.
        context: what the template asks for. Of the portal it knows `demo` only: no viewer, no
            request, since jobs make PDFs too.

    Raises:
        PdfFailed: with no words of the document in it.
    """
    environment = current_app.jinja_env
    if not _escapes(environment, template):
        raise PdfFailed(f"{template} would print what people typed as markup")
    demo = bool(current_app.config.get("DEMO"))
    html = environment.get_template(template).render({"demo": demo, "landscape": False, **context})
    return pdf_of(PICTOGRAPHS.sub("", html))


def pdf_of(html: str) -> bytes:
    """The PDF of a whole HTML document."""
    make, policy = _maker()
    out = io.BytesIO()
    try:
        result = make(html, dest=out, encoding="utf-8", link_callback=_ours, resource_policy=policy)
    except Exception as error:
        raise PdfFailed(type(error).__name__) from error
    if result.err:
        raise PdfFailed(f"{result.err} errors")
    if result.warn:
        log.warning("pdf_warnings", number=result.warn)
    return out.getvalue()


def _escapes(environment: Environment, template: str) -> bool:
    rule = environment.autoescape
    return bool(rule(template) if callable(rule) else rule)


def _ours(uri: str, _base: str | None = None) -> str:
    """The file of ours that an address in a document means; for anything else, no file at all."""
    if uri.startswith("data:image/png;base64,"):
        return uri  # a chart, which is part of the document
    parts = urlsplit(uri)
    if parts.scheme or parts.netloc or not parts.path.startswith("/static/"):
        return _refused(parts.scheme)
    path = (STATIC / unquote(parts.path.removeprefix("/static/"))).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        return _refused("path")
    return str(path)


def _refused(what: str) -> str:
    log.warning("pdf_resource_refused", what=what or "path")
    return _NOTHING


@cache
def _maker() -> tuple[Callable[..., Any], Any]:
    """The library (0.6 s and 40 MB to load, so only here), and what it may read.

    Its own rule is the working directory of the process; a server's may be anywhere, and holds
    more than documents need. Not every reading in it asks the callback, so the policy is the
    lock and the callback only the signpost.
    """
    from xhtml2pdf import pisa
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    # Its warnings quote the document; ours count.
    logging.getLogger("xhtml2pdf").setLevel(logging.CRITICAL)
    policy = ResourceAccessPolicy.server(
        STATIC, allow_remote=False, max_render_seconds=_LONGEST_SECONDS
    )
    return pisa.CreatePDF, policy
