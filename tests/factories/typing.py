"""Everything that a browser would send of a page's longest form: chosen options and every ticked box.

answer = type_in(client, address, {"c-price": "30"})
"""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from werkzeug.datastructures import MultiDict


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self.inside = False
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = of.get("method") == "post"
            self.forms.append([])
        if not self.inside:
            return
        name = of.get("name", "")
        if tag == "input" and name:
            unticked = of.get("type") in {"radio", "checkbox"} and "checked" not in of
            if not unticked:
                self.forms[-1].append((name, of.get("value", "")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in of:
            self.forms[-1].append((self.select, of.get("value", "")))
        elif tag == "textarea":
            self.area = name
            self.forms[-1].append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area and self.inside:
            name, before = self.forms[-1][-1]
            self.forms[-1][-1] = (name, before + data)


def form_of(client: Any, address: str) -> MultiDict[str, str]:
    """What the longest form of a page holds, as it stands."""
    shown = client.get(address)
    assert shown.status_code == 200, (address, shown.status_code)
    reader = _Fields()
    reader.feed(shown.text)
    return MultiDict(max(reader.forms, key=len))


def type_in(client: Any, address: str, typed: Mapping[str, Any]) -> Any:
    """Change these fields, leave all others as they are, and send the form; not followed."""
    data = form_of(client, address)
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return client.post(address, data=data)
