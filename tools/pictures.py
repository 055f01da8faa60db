"""Pictures of the whole product: every page as every role, at the width of a phone and of a desk.

Over a fresh demonstration, each person signs in and the links are walked, so a new page joins by
itself. Beside each picture stands what axe found on the page, and whether it is wider than the
screen. `build/pictures/index.html` shows them together.
"""

import json
import re
import shutil
import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from tools.addresses import kind_of
from tools.chromium import chromium
from tools.demo import DemoPerson, one_of_each_role, sign_in
from tools.server import ROOT, Server, fresh_demo

FOLDER = ROOT / "build" / "pictures"
WIDTHS = {"phone": 375, "desk": 1280}
HEIGHT = 900
MOST_OF_A_KIND = 2  # two rounds, two providers: the third looks like the first
MOST_PAGES = 400  # of one role; how many more there are is told
PATIENCE = 120_000  # milliseconds, on a busy machine
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOK = """async rules => {
  const found = await axe.run(document, rules);
  return {
    title: document.title,
    faults: found.violations.map(fault => ({
      rule: fault.id, impact: fault.impact, help: fault.help,
      where: fault.nodes.slice(0, 5).map(node => node.target.join(" ")),
    })),
    tooWide: document.documentElement.scrollWidth - window.innerWidth,
    links: [...document.querySelectorAll("a[href]")]
      .filter(link => link.origin === location.origin && !link.hasAttribute("download"))
      .map(link => link.pathname + link.search),
  };
}"""


@dataclass(frozen=True)
class Picture:
    """One page, as one role sees it, at one width."""

    role: str
    path: str
    title: str
    status: int
    width: int
    file: str
    faults: list[dict[str, Any]]
    too_wide: int


def file_name(path: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", path).strip("-").lower()[:100] or "home"


class Walk:
    """One person's walk from the home page over every link that leads to a page."""

    def __init__(self, browser: Any, url: str, role: str, cookies: dict[str, str]) -> None:
        self._browser, self._url, self._role, self._cookies = browser, url, role, cookies
        self._kinds: Counter[str] = Counter()
        self._waiting: deque[str] = deque()
        self._seen: set[str] = set()
        self.left = 0  # addresses that nobody went to

    def pictures(self) -> Iterator[Picture]:
        tabs = {name: self._tab(width) for name, width in WIDTHS.items()}
        self._offer(["/"])
        pages = 0
        while self._waiting and pages < MOST_PAGES:
            path = self._waiting.popleft()
            taken = list(self._take(tabs, path))
            pages += bool(taken)
            yield from taken
        self.left = len(self._waiting)
        for tab in tabs.values():
            tab.context.close()

    def _tab(self, width: int) -> Any:
        context = self._browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.add_cookies(
            [{"name": n, "value": v, "url": self._url} for n, v in self._cookies.items()]
        )
        context.set_default_timeout(PATIENCE)
        return context.new_page()

    def _offer(self, paths: list[str]) -> None:
        for path in paths:
            kind = kind_of(path)
            if path in self._seen or self._kinds[kind] >= MOST_OF_A_KIND:
                continue
            self._seen.add(path)
            self._kinds[kind] += 1
            self._waiting.append(path)

    def _take(self, tabs: dict[str, Any], path: str) -> Iterator[Picture]:
        from playwright.sync_api import Error

        for name, tab in tabs.items():
            try:
                answer = tab.goto(self._url + path, wait_until="load")
            except Error:  # a file to download, not a page
                return
            if answer is None or "text/html" not in answer.headers.get("content-type", ""):
                return
            tab.evaluate(AXE.read_text())
            seen = tab.evaluate(LOOK, RULES)
            file = FOLDER / self._role / f"{file_name(path)}-{name}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            tab.screenshot(path=str(file), full_page=True)
            self._offer(seen["links"])
            yield Picture(
                role=self._role,
                path=path,
                title=seen["title"],
                status=answer.status,
                width=WIDTHS[name],
                file=str(file.relative_to(FOLDER)),
                faults=seen["faults"],
                too_wide=max(0, seen["tooWide"]),
            )


def take_pictures(only: str | None = None) -> list[Picture]:
    """Walk as everybody (or one role) over a fresh demonstration."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    data = fresh_demo(ROOT / "build" / "pictures-data")
    taken: list[Picture] = []
    with Server(data) as server, chromium() as browser:
        walkers: list[DemoPerson | None] = [None, *one_of_each_role()]
        for person in walkers:
            role = person.folder if person else "nobody-signed-in"
            if only not in (None, role):
                continue
            cookies = sign_in(server.url, person).cookies if person else {}
            walk = Walk(browser, server.url, role, cookies)
            found = list(walk.pictures())
            taken += found
            told = f"{role:28} {len(found):4} pictures, {_faults(found)} faults"
            print(f"{told}, {walk.left} pages left out" if walk.left else told, flush=True)
    return taken


def _faults(pictures: list[Picture]) -> int:
    return sum(len(picture.faults) + bool(picture.too_wide) for picture in pictures)


def report(pictures: list[Picture]) -> None:
    """Write what was found, for a machine and for a person."""
    found = [asdict(picture) for picture in pictures]
    (FOLDER / "findings.json").write_text(json.dumps(found, indent=1))
    rows = "".join(map(_row, pictures))
    (FOLDER / "index.html").write_text(
        '<!DOCTYPE html><html lang="en-GB"><meta charset="utf-8"><title>Pictures</title>'
        "<style>body{font:15px sans-serif}td{vertical-align:top;padding:4px 12px}"
        f"img{{max-width:220px;max-height:260px}}</style><h1>Pictures</h1><table>{rows}</table>"
    )


def _row(picture: Picture) -> str:
    faults = "".join(
        f"<li>{escape(fault['rule'])}: {escape(', '.join(fault['where']))}"
        for fault in picture.faults
    )
    if picture.too_wide:
        faults += f"<li>{picture.too_wide} pixels wider than the screen"
    return (
        f'<tr><td><a href="{picture.file}"><img loading="lazy" alt="" src="{picture.file}"></a>'
        f"<td>{escape(picture.role)}<br>{escape(picture.title)}<br>{escape(picture.path)}"
        f"<br>{picture.status}, {picture.width} pixels<td><ul>{faults}</ul>"
    )


def main(only: str | None = None) -> int:
    pictures = take_pictures(only)
    report(pictures)
    faults = Counter(fault["rule"] for picture in pictures for fault in picture.faults)
    for rule, count in faults.most_common():
        print(f"  {rule}: {count}")
    broken = [picture for picture in pictures if picture.status >= 500]
    for picture in broken:
        print(f"  {picture.status} on {picture.path} as {picture.role}")
    print(f"{len(pictures)} pictures: {Path('build/pictures/index.html')}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
