"""A test client that holds every page to what pages owe, so that each test of a page tests that too.

    ada = as_person(app.test_client(), a_person(Role.COMMISSIONER))
    ada.page("/rounds/")                                  # 200, and nowhere else
    ada.page("/council/rounds/RND-…", status=404)
    ada.goes("/documents/", to="/documents/of/ORG-…")     # a redirect is asked for, never met
    shown = ada.page("/account/name")
    ada.sends(shown, {"name": "Ada Ash"}, to="/account")  # with the hidden fields of the form

`get` and `post` do what Flask's do, and check the page too.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from tests.databases import IsolatedClient
from tests.hygiene import faults_of, words_of

WANTED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SHOWN_IN_THE_PAGE = {"text/html", "text/css", "image/svg+xml", "text/plain"}
SHOWN_IN_THE_PAGE |= {"application/json", "application/problem+json"}
REDIRECTS = {301, 302, 303, 307, 308}


class Unsound(AssertionError):
    """A page does not keep what pages promise."""


class HygieneClient(IsolatedClient):
    """A browser without script that notices what is wrong with a page."""

    checks = True  # a sweep that looks at doors only does without

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer: TestResponse = super().open(*args, **kwargs)
        if self.checks:
            self.look_over(answer)
        return answer

    def look_over(self, answer: TestResponse) -> None:
        """Raises Unsound when an answer does not keep what pages promise."""
        faults = response_faults(answer, self.application)
        if faults:
            where = f"{answer.request.method} {answer.request.full_path.rstrip('?')}"
            raise Unsound("\n  ".join([f"{where} ({answer.status_code}):", *faults]))

    def page(self, address: str, *, status: int = 200, **options: Any) -> TestResponse:
        """Look at an address; another status, and any redirect, is an error."""
        answer = self.get(address, **options)
        assert answer.status_code == status, _surprise(answer, f"{status}")
        return answer

    def goes(self, address: str, *, to: str) -> TestResponse:
        """Look at an address that leads on to another one."""
        answer = self.get(address)
        _led_to(answer, to)
        return answer

    def sends(
        self,
        shown: TestResponse,
        typed: Mapping[str, Any] | None = None,
        *,
        button: str = "",
        to: str | None = None,
        status: int | None = None,
    ) -> TestResponse:
        """Fill in the form of a page that was looked at, and press its button.

        Args:
            typed: what is typed or ticked; a list ticks several; None takes a value out.
            button: words on the button, where the page has several forms.
            to: the address that it must lead to (`/rounds/*`: anything that begins so); that page is
                returned.
            status: the status that comes back instead.
        """
        form = form_of(shown, typed or {}, button)
        address = urljoin(shown.request.path, form.get("action") or shown.request.full_path)
        answer = self.open(address, method=form.method, data=filled(form, typed, button))
        if status is not None:
            assert answer.status_code == status, _surprise(answer, f"{status}")
            return answer
        _led_to(answer, to or "/")
        return self.page(answer.location)


def response_faults(answer: TestResponse, app: Flask) -> list[str]:
    """What is wrong with an answer: its headers, and its page where it is one."""
    faults = [
        f"the header {name} is “{answer.headers.get(name)}”, not “{wanted}”"
        for name, wanted in WANTED_HEADERS.items()
        if answer.headers.get(name) != wanted
    ]
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        faults.append(f"a weak content security policy: “{policy}”")
    is_static = answer.request.path.startswith("/static/")
    if not is_static and answer.headers.get("Cache-Control") != "no-store":
        faults.append("a browser may keep a copy of it")
    if answer.status_code in REDIRECTS:
        if urlsplit(answer.location).netloc not in {"", "localhost"}:
            faults.append(f"it leads out of the portal, to {answer.location}")
    elif answer.mimetype == "text/html":
        faults += faults_of(answer.text, answer.request.full_path, leading_in(app))
    elif not is_static and answer.status_code == 200:
        disposition = answer.headers.get("Content-Disposition", "")
        held = disposition.startswith("attachment") or "; sandbox" in policy
        if answer.mimetype not in SHOWN_IN_THE_PAGE and not held:
            faults.append(f"a file ({answer.mimetype}) that a browser would open by itself")
    return faults


def leading_in(app: Flask) -> Any:
    """A function that says what is wrong with following an address in this portal."""
    routes = app.url_map.bind("localhost")

    def leads(address: str, method: str) -> str:
        parts = urlsplit(address)
        if parts.netloc not in {"", "localhost"}:
            return "leads out of the portal"
        try:
            endpoint, values = routes.match(parts.path, method=method)
        except RequestRedirect:
            return "leads there over a redirect"
        except MethodNotAllowed:
            return "cannot be asked for like this"
        except NotFound:
            return "leads nowhere"
        if endpoint == "static":
            return _missing_file(Path(app.static_folder or ""), values["filename"])
        return ""

    return leads


def _missing_file(folder: Path, name: str) -> str:
    built = name.startswith("build/")  # by node, before the portal runs
    return "" if built or (folder / name).is_file() else "is not among our files"


def form_of(shown: TestResponse, names: Iterable[str] = (), button: str = "") -> HtmlElement:
    """The form of a page that has these fields, and a button that begins with these words."""
    page = html.document_fromstring(shown.text)
    forms = [one for one in page.forms if one.get("action") != "/sign-out" or button == "Sign out"]
    for form in forms:
        if _button(form, button) is not None and set(names) <= _names(form):
            return form
    there = [sorted(_names(form) - {"csrf_token"}) for form in forms]
    raise AssertionError(
        f"{shown.request.path} has no form with {sorted(names)} “{button}”; it has {there}"
    )


def _button(form: HtmlElement, words: str) -> HtmlElement | None:
    pressed = form.xpath(".//button[@type='submit' or not(@type)]")
    return next((one for one in pressed if words_of(one).startswith(words)), None)


def _names(form: HtmlElement) -> set[str]:
    return {one.get("name") for one in form.xpath(".//*[@name]")}


def filled(
    form: HtmlElement, typed: Mapping[str, Any] | None = None, button: str = ""
) -> dict[str, Any]:
    """What a browser would send: what stands in the form, changed by what is typed."""
    typed = typed or {}
    data: dict[str, Any] = {}
    for name, value in form.form_values():
        if name not in typed:
            data.setdefault(name, []).append(value)
    data |= {name: value for name, value in typed.items() if value is not None}
    pressed = _button(form, button)
    if pressed is not None and pressed.get("name"):
        data[pressed.get("name")] = pressed.get("value", "")
    return data


def _led_to(answer: TestResponse, to: str) -> None:
    assert answer.status_code in REDIRECTS, _surprise(answer, f"a redirect to {to}")
    path = urlsplit(answer.location).path
    begins = to.endswith("*") and path.startswith(to.removesuffix("*"))
    assert begins or path == to, f"led to {path}, not {to}"


def _surprise(answer: TestResponse, wanted: str) -> str:
    said = [f"{answer.request.path} answered {answer.status_code}, not {wanted}"]
    if answer.status_code in REDIRECTS:
        said.append(f"it leads to {answer.location}")
    elif answer.mimetype == "text/html":
        page = html.document_fromstring(answer.text)
        told = page.xpath("//h1 | //*[contains(@class, 'error')] | //main//p")
        said += [words_of(one)[:200] for one in told[:8]]
    return "\n  ".join(said)
