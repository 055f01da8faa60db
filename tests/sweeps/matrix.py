"""Who may go where: every route as everybody, observed over the demonstration.

    python -m tests.sweeps.matrix            what differs from matrix.txt
    python -m tests.sweeps.matrix --write    write what was observed, for a person to read the difference
    python -m tests.sweeps.matrix --write --only visits --only register    look at these rooms alone

A cell is what the portal answers: 200 a page or file, 302 done or led on, 409 refused by a rule, 422 a
form that is not filled in, 403 not for this role, 404 not there for this person, "in" asked to sign in.
To the interface for programs everybody comes with a token that has every scope: "in" is a 401 there.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

from werkzeug.test import TestResponse

from tests.sweeps.demonstration import NOBODY, Demonstration, copy_of, tell_in
from tests.sweeps.places import Place, places

TABLE = Path(__file__).with_name("matrix.txt")
COLUMNS = {
    "any": (NOBODY, "anybody, not signed in"),
    "adm": ("Priya Nair", "provider admin, of “own” records"),
    "con": ("Jack Ellis", "provider contributor, of “own” records"),
    "oth": ("Luke Mensah", "provider admin of another provider (of the sealed bid)"),
    "com": ("Amina Hussain", "commissioner of the lead council"),
    "par": ("Leila Farouk", "commissioner of a partner council"),
    "out": ("Iris Stone", "commissioner of a council outside"),
    "mod": ("Grace Okafor", "moderator"),
    "eva": ("Daniel Reyes", "evaluator, of his own sheets"),
    "ev2": ("Hannah Bright", "another evaluator of the panel, from a partner council"),
    "evo": ("Felix Gray", "evaluator of the lead council, on no panel"),
    "you": ("Comet", "Young Commissioner, of the first pair's sheets"),
    "yo2": ("River", "Young Commissioner of another pair"),
    "off": ("Sunita Rao", "Participation Officer"),
    "fin": ("Claire Dunmore", "finance"),
    "app": ("Martin Ashby", "approver"),
    "aud": ("Ruth Castle", "auditor, of a partner council"),
    "sys": ("Neil Forbes", "administrator"),
}
AT_THE_DOOR, SIGN_IN_FIRST = "403", "in"
NOT_LOOKED_AT = ("register.accent", "demo.")  # for everybody, always
Table = dict[str, list[str]]


def observe(demonstration: Demonstration, rooms: Collection[str] = ()) -> Table:
    """Ask for every page as everybody; what a POST did is put back before the next.

    Args:
        rooms: if any are named, only theirs are asked for; the other lines are as written down.
    """
    with demonstration.open():
        found = [one for one in places(demonstration.app) if _is_looked_at(one)]
    written = read() if rooms else {}
    observed: Table = {}
    shut: dict[str, dict[str, str]] = defaultdict(dict)  # by route: what it answers whom
    with demonstration.doors_only():
        for place in found:
            if not rooms or place.endpoint.partition(".")[0] in rooms:
                cells = _row(demonstration, place, shut[f"{place.method} {place.rule}"])
                observed[place.name] = list(cells)
            elif place.name in written:
                observed[place.name] = written[place.name]
    return observed


def _is_looked_at(place: Place) -> bool:
    return not place.endpoint.startswith(NOT_LOOKED_AT)


def _row(demonstration: Demonstration, place: Place, shut: dict[str, str]) -> Iterator[str]:
    """The cells of one line.

    Args:
        shut: what the route itself answers to whom it is shut, whatever it is asked for; grows.
    """
    for short, (name, _) in COLUMNS.items():
        if short in shut:
            yield shut[short]
            continue
        answer = demonstration.asks(name, place.address, place.method)
        found = cell(answer)
        needed = {place.permission} - {None}
        if found in {AT_THE_DOOR, SIGN_IN_FIRST} and needed - demonstration.permissions[name]:
            shut[short] = found
        yield found
        if place.method != "GET" and (demonstration.changes() or "Set-Cookie" in answer.headers):
            demonstration.put_back()


def cell(answer: TestResponse) -> str:
    """What an answer says about the door."""
    if answer.status_code == 302 and answer.location.startswith("/sign-in?next="):
        return SIGN_IN_FIRST
    if answer.status_code == 400 and answer.text == "errors/expired.html":
        return SIGN_IN_FIRST
    if answer.status_code == 401 and answer.mimetype == "application/problem+json":
        return SIGN_IN_FIRST
    return str(answer.status_code)


def as_text(table: Table) -> str:
    """The table as people read it, with its legend above."""
    legend = [f"#   {short}  {words}: {name}" for short, (name, words) in COLUMNS.items()]
    head = [
        "# Who may go where. Each line: a route, the record it was asked for in [], and what it answered.",
        "# 200 a page or file · 302 done or led on · 409 refused by a rule · 422 a form not filled in",
        "# 403 not for this role · 404 not there for this person · in asked to sign in",
        *legend,
    ]
    width = max(map(len, table), default=0)
    lines = [
        f"{name:{width}}  {' '.join(f'{one:>3}' for one in cells)}" for name, cells in table.items()
    ]
    titles = f"{'':{width}}  {' '.join(COLUMNS)}"
    parted = []
    for number, line in enumerate(lines):
        parted += ([titles] if number % 40 == 0 else []) + [line]
    return "\n".join([*head, *parted]) + "\n"


def read() -> Table:
    """The table as it was written down and read by a person."""
    table: Table = {}
    for line in TABLE.read_text().splitlines() if TABLE.exists() else ():
        if not line.startswith(("#", " ")):
            cells = line.split()[-len(COLUMNS) :]
            table[line[: -4 * len(COLUMNS)].rstrip()] = cells
    return table


def differences(written: Table, observed: Table) -> list[str]:
    """What is observed and not written down, in words."""
    found = [
        f"{name}: a new line; read it, then write it with python -m tests.sweeps.matrix --write"
        for name in observed.keys() - written.keys()
    ]
    found += [f"{name}: the line has no page any more" for name in written.keys() - observed.keys()]
    for name in observed.keys() & written.keys():
        for short, before, now in zip(COLUMNS, written[name], observed[name], strict=True):
            if before != now:
                found.append(f"{name}: {COLUMNS[short][1]} gets {now}, not {before}")
    return sorted(found)


def main(words: list[str]) -> int:
    """Observe, and write or compare."""
    parser = argparse.ArgumentParser(description="Who may go where.")
    parser.add_argument("--write", action="store_true", help="write what was observed")
    parser.add_argument("--only", action="append", default=[], metavar="ROOM")
    wanted = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        tell_in(told)
        observed = observe(copy_of(told, Path(folder) / "data"), wanted.only)
    if wanted.write:
        TABLE.write_text(as_text(observed))
        return 0
    found = differences(read(), observed)
    sys.stdout.write("\n".join([*found, f"{len(found)} differences"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
