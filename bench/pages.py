"""What each page costs: time in the server, and SQL statements, at two sizes of the data."""

import statistics
from collections import deque
from dataclasses import dataclass, field

from bench.settings import SMALLEST
from tools.addresses import kind_of
from tools.browser import Browser, Unexpected
from tools.demo import DemoPerson, one_of_each_role, sign_in
from tools.server import Server

WARM_UP = 3
ROUNDS = 11
MOST_PAGES = 60  # of one role
NOT_PAGES = (".csv", ".xlsx", ".pdf", ".svg", ".json", "/file", "/static/")


@dataclass(slots=True)
class Cost:
    """One page as one role: medians of its time and of the processor's work on it, in ms."""

    role: str
    path: str
    milliseconds: float
    cpu_milliseconds: float
    statements: int
    characters: int
    large: "Cost | None" = field(default=None)

    @property
    def kind(self) -> str:
        return kind_of(self.path)

    def as_dict(self) -> dict[str, object]:
        """For the report, with the cost at the larger size beside it."""
        grown = self.large or self
        return {
            "role": self.role,
            "page": self.kind,
            "path": self.path,
            "milliseconds": round(self.milliseconds, 2),
            "cpu_milliseconds": round(self.cpu_milliseconds, 2),
            "statements": self.statements,
            "milliseconds_grown": round(grown.milliseconds, 2),
            "cpu_milliseconds_grown": round(grown.cpu_milliseconds, 2),
            "statements_grown": grown.statements,
            "characters": self.characters,
        }


def pages_of(browser: Browser) -> list[str]:
    """One page of each kind that can be reached from the home page."""
    waiting, kinds, found = deque(["/"]), {kind_of("/")}, []
    while waiting and len(found) < MOST_PAGES:
        path = waiting.popleft()
        answer = browser.get(path)
        if answer.status != 200 or "<main" not in answer.text:
            continue
        found.append(answer.path)
        for link in answer.links():
            if kind_of(link) not in kinds and not any(word in link for word in NOT_PAGES):
                kinds.add(kind_of(link))
                waiting.append(link)
    return list(dict.fromkeys(found))


def cost_of(browser: Browser, role: str, path: str) -> Cost:
    for _ in range(WARM_UP):
        browser.get(path)
    answers = [browser.get(path) for _ in range(ROUNDS)]
    if answers[-1].status != 200:
        raise Unexpected(f"{path} as {role}: {answers[-1].status}")
    spent = statistics.median(answer.milliseconds for answer in answers)
    busy = statistics.median(answer.cpu_milliseconds for answer in answers)
    return Cost(role, path, spent, busy, answers[-1].statements, len(answers[-1].text))


def smallest(server: Server) -> Cost:
    """The smallest possible page behind a sign-in check, on the same server."""
    browser = Browser(server.url)
    browser.get(f"{SMALLEST}/sign-in")
    return cost_of(browser, "smallest page", f"{SMALLEST}/")


def walk(server: Server) -> list[Cost]:
    """Every kind of page of every role, each measured once in the role that reaches it first."""
    found: dict[tuple[str, str], Cost] = {}
    for person in one_of_each_role():
        browser = sign_in(server.url, person)
        for path in pages_of(browser):
            cost = cost_of(browser, person.role, path)
            found.setdefault((_side(person), cost.kind), cost)
    return list(found.values())


def _side(person: DemoPerson) -> str:
    """Home pages and lists differ between councils, providers and young people."""
    return person.role if person.role.startswith(("provider", "young")) else "council"


def again(server: Server, costs: list[Cost]) -> None:
    """Measure the same pages where there is much more of everything."""
    browsers = {person.role: person for person in one_of_each_role()}
    open_browsers: dict[str, Browser] = {}
    for cost in costs:
        if cost.role not in open_browsers:
            open_browsers[cost.role] = sign_in(server.url, browsers[cost.role])
        cost.large = cost_of(open_browsers[cost.role], cost.role, cost.path)
