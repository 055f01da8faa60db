"""Postcodes on the map, from a file in the layout of the ONS Postcode Directory.

A postcode is looked up while a return is read, becomes a distance, and is gone.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TextIO

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.costs.imports.keeping import in_chunks, insert
from portal.costs.models import PostcodePoint
from portal.db import db
from portal.people.models import Council
from scoring.distances import tenths_of_miles
from scoring.rules import RuleBroken

COLUMNS = ("postcode", "easting", "northing", "authority")
HEADINGS: Mapping[str, re.Pattern[str]] = {
    "postcode": re.compile(r"pcds?|pcd[278]|postcode"),
    "easting": re.compile(r"(os)?east(1m|ing|ings)"),
    "northing": re.compile(r"(os)?n(o)?rth(1m|ing|ings)"),
    "authority": re.compile(r"(os)?laua|lad\d*cd|admin_district_code"),
}
Point = tuple[int, int, str]


def load(file: TextIO, *, told: Callable[[int], None] = lambda _rows: None) -> int:
    """Replace all postcodes by those of a file; returns how many have a place on the map.

    Args:
        told: after each few thousand rows, how many there were.

    Raises:
        RuleBroken: `postcodes:columns`, when the file lacks one.
    """
    reader = csv.reader(file)
    places = _places(next(reader, []))
    db.session.execute(delete(PostcodePoint))
    kept = 0
    for chunk in in_chunks(_points(reader, places)):
        insert(db.session, PostcodePoint, COLUMNS, chunk)
        kept += len(chunk)
        told(kept)
    return kept


def _places(headings: list[str]) -> dict[str, int]:
    found = {}
    for name, pattern in HEADINGS.items():
        at = [i for i, word in enumerate(headings) if pattern.fullmatch(word.strip().lower())]
        if not at:
            raise RuleBroken(
                "postcodes:columns",
                f"The file has no column for the {name}. Use the layout of the ONS directory.",
            )
        found[name] = at[0]
    return found


def _points(rows: Iterator[list[str]], places: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    """Postcodes that have a place; large users and ended ones without a grid reference have none."""
    seen = set()
    for row in rows:
        code = bare(row[places["postcode"]])
        east, north = row[places["easting"]].strip(), row[places["northing"]].strip()
        if code and code not in seen and east.isdecimal() and north.isdecimal():
            seen.add(code)
            yield code, int(east), int(north), row[places["authority"]].strip()


def bare(postcode: str) -> str:
    """A postcode without spaces, in capitals."""
    return "".join(postcode.split()).upper()[:8]


def number(session: Session | None = None) -> int:
    """How many postcodes are known."""
    return (session or db.session).scalar(select(func.count()).select_from(PostcodePoint)) or 0


class Distances:
    """Measures from home to placement for one council's return, and says whether it is outside."""

    def __init__(self, council: Council, session: Session | None = None) -> None:
        self._session = session or db.session
        self._code = _code_of(council, self._session)
        self._known: dict[str, Point | None] = {}

    def __call__(self, home: str, placed: str) -> tuple[str, str]:
        """Tenths of a mile, and 1 for outside the council's area; empty where it is not known."""
        start, end = self._point(bare(home)), self._point(bare(placed))
        outside = "" if end is None or not self._code else str(int(end[2] != self._code))
        if start is None or end is None:
            return "", outside
        return str(tenths_of_miles(end[0] - start[0], end[1] - start[1])), outside

    def _point(self, code: str) -> Point | None:
        if code not in self._known:
            found = self._session.get(PostcodePoint, code) if code else None
            self._known[code] = found and (found.easting, found.northing, found.authority)
        return self._known[code]


def _code_of(council: Council, session: Session) -> str:
    """The ONS code of a council, as the shipped list has it."""
    listed = session.scalar(
        select(ContentVersion)
        .where(ContentVersion.kind == Kind.COUNCILS.value)
        .order_by(ContentVersion.version.desc())
        .limit(1)
    )
    known = listed.body["councils"] if listed else ()
    return next((one["code"] for one in known if one["slug"] == council.slug), "")
