"""Walking the portal by its links, as one person, page by page."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from tests.client import REDIRECTS, HygieneClient
from tests.sweeps.demonstration import Demonstration

MOST_OF_A_KIND = 3  # of files and refusals one: the next is like it
LEAVES = ("/sign-out", "/static/", "/demo/")


@dataclass(frozen=True)
class Step:
    """One page of a walk: what was asked for, and what came."""

    address: str
    answer: TestResponse

    @property
    def is_page(self) -> bool:
        return self.answer.status_code == 200 and self.answer.mimetype == "text/html"


def kind_of(address: str, routes: MapAdapter) -> str:
    """Pages of one kind differ in their records, and in what is searched for."""
    parts = urlsplit(address)
    try:
        rule, _ = routes.match(parts.path, method="GET", return_rule=True)
    except HTTPException:
        return parts.path
    return f"{rule.rule}?{sorted(word.partition('=')[0] for word in parts.query.split('&'))}"


def walk(
    client: HygieneClient, first: Iterable[str] = ("/",), *, most_of_a_kind: int = MOST_OF_A_KIND
) -> Iterator[Step]:
    """Every page that a person comes to by following links, from some addresses on."""
    routes = client.application.url_map.bind("localhost")
    waiting, seen, kinds = deque(first), set(first), Counter[str]()
    while waiting:
        address = waiting.popleft()
        kind = kind_of(address, routes)
        if kinds[kind] >= most_of_a_kind:
            continue
        kinds[kind] += 1
        step = Step(address, client.get(address))
        if not step.is_page:
            kinds[kind] = most_of_a_kind
        yield step
        for link in _links(step):
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def _links(step: Step) -> list[str]:
    answer = step.answer
    if answer.status_code in REDIRECTS:
        return [_here(answer.location)]
    if not step.is_page:
        return []
    page = html.document_fromstring(answer.text)
    found = page.xpath("//a[@href]/@href | //form[@method='get']/@action")
    addresses = [_here(urljoin(step.address, one)) for one in found if not one.startswith("#")]
    return [one for one in addresses if one.startswith("/") and not one.startswith(LEAVES)]


def _here(address: str) -> str:
    """An address of the portal without its place on the page; nothing when it lies elsewhere."""
    parts = urlsplit(address)
    if parts.netloc not in {"", "localhost"}:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def kept(demonstration: Demonstration) -> dict[str, list[Any]]:
    """Everything in the database but what looking may write."""
    from sqlalchemy import select

    from portal.db import Base
    from tests.sweeps.demonstration import MAY_BE_WRITTEN_BY_LOOKING

    with demonstration.open() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in MAY_BE_WRITTEN_BY_LOOKING
        }
