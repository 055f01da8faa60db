"""A small browser that renders nothing: cookies, redirects, forms with their hidden fields."""

import http.client
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

REDIRECTS = {301, 302, 303, 307, 308}
COST = re.compile(r"app;dur=([\d.]+), cpu;dur=([\d.]+), sql;dur=(\d+)")


class Unexpected(RuntimeError):
    """The server answered otherwise than was expected."""


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes and what it holds before anybody types."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    choices: Mapping[str, tuple[str, ...]]  # the values of boxes and buttons, ticked or not
    areas: tuple[str, ...]  # names of fields for long text

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.fields)


@dataclass(frozen=True)
class Answer:
    """What came back: the last address after redirects, and what the server said it cost."""

    path: str
    status: int
    text: str
    milliseconds: float = 0.0
    cpu_milliseconds: float = 0.0
    statements: int = 0

    def forms(self) -> list[Form]:
        reader = _FormReader()
        reader.feed(self.text)
        return reader.forms

    def form_with(self, name: str) -> Form:
        """The first form that has a field of this name."""
        for form in self.forms():
            if name in form.names:
                return form
        raise Unexpected(f"{self.path} ({self.status}) has no form with “{name}”")

    def links(self) -> list[str]:
        """Addresses of this site that the page links to, in the order of the page."""
        found = (unescape(link) for link in re.findall(r'<a [^>]*href="([^"#]+)', self.text))
        return [link for link in dict.fromkeys(found) if link.startswith("/")]


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: tuple[str, str, list[tuple[str, str]]] | None = None
        self._choices: dict[str, tuple[str, ...]] = {}
        self._areas: list[str] = []
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = (found.get("action", ""), found.get("method", "get").lower(), [])
        if self._open is None or not found.get("name"):
            return
        if tag == "textarea":
            self._area = (found["name"], [])
            self._areas.append(found["name"])
        elif tag in {"input", "select"}:
            name, value = found["name"], found.get("value", "")
            choice = found.get("type") in {"checkbox", "radio"}
            if choice:
                self._choices[name] = (*self._choices.get(name, ()), value)
            self._open[2].append((name, "" if choice and "checked" not in found else value))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area and self._open:
            self._open[2].append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None
        if tag == "form" and self._open:
            action, method, fields = self._open
            self.forms.append(
                Form(action, method, tuple(fields), self._choices, tuple(self._areas))
            )
            self._open, self._choices, self._areas = None, {}, []


class Browser:
    """One person's browser, with one connection that is kept open."""

    def __init__(
        self, url: str, *, cookies: Mapping[str, str] | None = None, patience: float = 60
    ) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._connection = http.client.HTTPConnection(self._host, self._port, timeout=patience)
        self._cookies: dict[str, str] = dict(cookies or {})

    @property
    def cookies(self) -> dict[str, str]:
        """What the server gave to keep, by name."""
        return dict(self._cookies)

    def get(self, path: str) -> Answer:
        return self._follow("GET", path)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        return self._follow("POST", path, urlencode(fields), headers)

    def send(self, page: Answer, form: Form, **typed: str) -> Answer:
        """Send a form of a page as a browser would, with what was typed into it."""
        filled = {name: value for name, value in form.fields if value or name in typed}
        return self.post(urljoin(page.path, form.action or page.path), {**filled, **typed})

    def upload(
        self, path: str, fields: Mapping[str, str], name: str, filename: str, content: bytes
    ) -> tuple[Answer, str | None]:
        """Send a form with a file in it; what was answered, and where that leads on to."""
        edge = secrets.token_hex(16)
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._once(
            "POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"}
        )

    def close(self) -> None:
        """Let go of the connection; the next request makes a new one."""
        self._connection.close()

    def post_once(self, path: str, fields: Mapping[str, str]) -> tuple[Answer, str | None]:
        """Send fields; what was answered, and where that leads on to."""
        return self._once("POST", path, urlencode(fields).encode(), {})

    def _follow(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        answer, onward = self._once(method, path, body.encode(), headers or {})
        for _ in range(6):
            if onward is None:
                return answer
            answer, onward = self._once("GET", onward, b"", {})
        raise Unexpected(f"{path} redirects without end")

    def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """Ask, and once more when a connection that was kept open has been closed meanwhile."""
        self._connection.request(method, path, body=body, headers=headers)
        try:
            return self._connection.getresponse()
        except http.client.RemoteDisconnected:
            if method != "GET":
                raise
            self._connection.close()
            self._connection.request(method, path, headers=headers)
            return self._connection.getresponse()

    def _once(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[Answer, str | None]:
        sent = {**headers, "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if method == "POST":
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        response = self._ask(method, path, body, sent)
        text = response.read().decode("utf-8", "replace")
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        cost = COST.search(response.headers.get("Server-Timing", ""))
        answer = Answer(path, response.status, text)
        if cost:
            spent, busy, count = float(cost[1]), float(cost[2]), int(cost[3])
            answer = Answer(path, response.status, text, spent, busy, count)
        if response.status not in REDIRECTS:
            return answer, None
        onward = urlsplit(urljoin(path, response.headers["Location"]))
        return answer, onward.path + (f"?{onward.query}" if onward.query else "")
