"""The files that finance brings in: their columns, other names for them, and how a cell is read."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.costs.models import FileKind
from portal.parsing import date_on, money, one_of, text_of

MOST_WEEKLY_PENCE = 10_000_000  # £100,000 a week is a slip of the finger
IN_HOUSE = frozenset({"in house", "in-house", "inhouse", "internal", "own"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_PRICE = re.compile(r"[0-9]{1,5}\.[0-9]{2}")  # below the most that is believed
_MONTH_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a layout.

    Args:
        parse: from text that is not empty to a value; ValueError says what to write instead.
        needed: the file must have the column. filled: no cell of it may be empty.
        hidden: `number` becomes a keyed hash as it is read, `birth` its month, `postcode` goes.
        differs: nearly every row has another text, of at most so many letters; there is nothing
            to remember.
        many: reads many different texts at once, and leaves out those that need `parse`.
    """

    name: str
    title: str
    parse: Callable[[str], Any]
    needed: bool = False
    filled: bool = False
    aliases: tuple[str, ...] = ()
    hidden: str = ""
    differs: int = 0
    many: Callable[[Iterable[str]], dict[str, Any]] | None = None

    @property
    def headings(self) -> set[str]:
        """Every way to write its heading, reduced."""
        return {reduced(word) for word in (self.name, self.title, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file."""

    kind: FileKind
    title: str
    fields: Sequence[Field]

    def places(self, headings: Sequence[str], mapped: Mapping[str, str]) -> dict[str, int]:
        """Where each column stands; `mapped` (our name to their heading) goes first."""
        own = [reduced(heading) for heading in headings]
        taken = {reduced(heading) for heading in mapped.values()}
        found = {}
        for one in self.fields:
            wanted = {reduced(mapped[one.name])} if one.name in mapped else one.headings - taken
            places = [at for at, heading in enumerate(own) if heading in wanted]
            if places:
                found[one.name] = places[0]
        return found

    def missing(self, places: Mapping[str, int]) -> list[Field]:
        """The needed columns that a file lacks."""
        return [one for one in self.fields if one.needed and one.name not in places]


def reduced(heading: str) -> str:
    """A heading without capitals, spaces and signs: "Weekly cost (£)" is "weeklycost"."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", heading)).casefold()


def weekly(text: str) -> int:
    """A weekly price in pence, zero or more."""
    pounds, point, part = text.partition(".")
    is_plain = point and len(part) == 2 and len(pounds) < 10 and (pounds + part).isdecimal()
    pence = int(pounds + part) if is_plain and pounds and text.isascii() else money(text)
    if pence < 0:
        raise ValueError("A weekly cost cannot be below zero.")
    if pence > MOST_WEEKLY_PENCE:
        raise ValueError("More than £100,000 a week. Is the point in the right place?")
    return pence


def weekly_many(texts: Iterable[str]) -> dict[str, int]:
    """The plain ones among weekly prices, such as 812.50, as `weekly` reads them."""
    plain = [text for text in texts if _PLAIN_PRICE.fullmatch(text)]
    return (
        dict(zip(plain, map(int, "|".join(plain).replace(".", "").split("|")), strict=True))
        if plain
        else {}
    )


def percent(text: str) -> int:
    """A share in basis points: "33.33" or "33.33 %" is 3333."""
    return _hundredths(text.removesuffix("%").strip(), "Write a share like 50 or 33.33.")


def hours(text: str) -> int:
    """Hours a week in hundredths."""
    return _hundredths(text, "Write hours like 10 or 7.5.")


def tenths_of_miles(text: str) -> int:
    """A distance in tenths of a mile, rounded half up."""
    hundredths = _hundredths(text.removesuffix("miles").strip(), "Write miles like 12 or 12.4.")
    return (hundredths + 5) // 10


def _hundredths(text: str, advice: str) -> int:
    try:
        number = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        raise ValueError(advice) from None
    if not number.is_finite() or number != int(number) or not 0 <= number <= 10_000_000:
        raise ValueError(advice)
    return int(number)


def day(text: str) -> str:
    """A day as the database keeps it: 2026-03-31. Such texts stand in the order of their days."""
    turned = text
    if len(text) == 10 and text[2] == text[5] == "/":
        turned = f"{text[6:]}-{text[3:5]}-{text[:2]}"
    if _DAY.fullmatch(turned) and "1900" <= turned[:4] <= "2199":
        with suppress(ValueError):
            date.fromisoformat(turned)
            return turned
    return date_on(text).isoformat()  # which says what is wrong


def birth(text: str) -> str:
    """The first day of a month of birth, as the database keeps it."""
    return month(text).isoformat()


def month(text: str) -> date:
    """A month of birth, written 2009-07, 07/2009 or as a date; its first day."""
    if found := _YEAR_FIRST.fullmatch(text):
        year, number = int(found[1]), int(found[2])
    elif found := _MONTH_FIRST.fullmatch(text):
        year, number = int(found[2]), int(found[1])
    else:
        return date_on(text).replace(day=1)
    if not (1 <= number <= 12 and 1900 <= year <= 2199):
        raise ValueError("Write a month like 2009-07.")
    return date(year, number, 1)


def code(most: int) -> Callable[[str], str]:
    """A code in capitals."""
    read = text_of(most)
    return lambda text: read(text).upper()


def provider_name(text: str) -> str:
    """A provider's name; empty for the council's own carers and homes."""
    name = text_of(120)(text)
    return "" if name.casefold() in IN_HOUSE else name


def whole_pounds(text: str) -> int:
    """A weekly price in whole pounds, as the national standard has it, in pence."""
    return weekly(text)


CHILD = "Child"
LEDGER = Layout(
    FileKind.LEDGER,
    "Ledger of weekly costs",
    (
        Field(
            "placement_ref", "Placement reference", text_of(60), True, True, ("Placement ID",),
            differs=60,
        ),
        Field("child", CHILD, str, True, True, ("Child ID", "Child number", "Person ID"), "number", 24),
        Field("provider", "Provider", provider_name, True, False, ("Provider name", "Supplier")),
        Field("placement_type", "Placement type", text_of(80), True, True, ("Type",)),
        Field("start", "Start", day, True, True, ("Start date", "From")),
        Field("end", "End", day, True, False, ("End date", "To", "Until")),
        Field(
            "weekly_cost", "Weekly cost", weekly, True, False, ("Weekly price", "Cost per week"),
            many=weekly_many,
        ),
        Field("social_care_percent", "Social care percent", percent, aliases=("Social care",)),
        Field("education_percent", "Education percent", percent, aliases=("Education",)),
        Field("health_percent", "Health percent", percent, aliases=("Health",)),
        Field("council", "Council", text_of(120), aliases=("Local authority",)),
        Field("birth_month", "Birth month", birth, hidden="birth", aliases=("Month of birth",)),
        Field("lot", "Lot", code(20)),
        Field("support_hours", "Support hours", hours),
        Field("purchase", "Purchase", one_of({"block": "block", "spot": "spot"})),
        Field("grant_percent", "Grant percent", percent, aliases=("Grant",)),
        Field("other_percent", "Other percent", percent),
        Field("budget_code", "Budget code", text_of(60), aliases=("Cost centre",)),
        Field("distance_miles", "Distance miles", tenths_of_miles, aliases=("Distance",)),
    ),
)  # fmt: skip
EPISODES = Layout(
    FileKind.EPISODES,
    "SSDA903 episodes",
    (
        Field("child", "CHILD", str, True, True, (), "number", 24),
        Field("arrives", "DECOM", day, True, True),
        Field("legal_status", "LS", code(4), True, True),
        Field("place", "PLACE", code(4), True, True),
        Field("provider_code", "PLACE_PROVIDER", code(4), True),
        Field("departs", "DEC", day, True),
        Field("home", "HOME_POST", str, hidden="postcode"),
        Field("placed", "PL_POST", str, hidden="postcode"),
        Field("urn", "URN", code(20)),
    ),
)
HEADERS = Layout(
    FileKind.HEADERS,
    "SSDA903 headers",
    (
        Field("child", "CHILD", str, True, True, (), "number", 24),
        Field("birth", "DOB", birth, True, True, (), "birth"),
    ),
)
STANDARD = Layout(
    FileKind.STANDARD,
    "Placements Data Standard, version 2",
    (
        Field("child", "Child ID", str, True, True, (), "number", 24),
        Field("start", "Date of Data entry (placement)", day, True, True),
        Field("placement_type", "Placement Type", text_of(80), True, True),
        Field(
            "weekly_cost", "Total Weekly Cost (actual weekly fee paid)", whole_pounds, True, False,
            ("Total Weekly Cost",),
        ),
        Field("provider", "Provider URN (linked to Ofsted)", text_of(120), False, False, ("Provider URN",)),
    ),
)  # fmt: skip
LAYOUTS = {one.kind: one for one in (LEDGER, EPISODES, HEADERS, STANDARD)}


def kind_of(headings: Sequence[str]) -> FileKind:
    """What a file seems to be, by its headings; a ledger where nothing else fits."""
    own = {reduced(heading) for heading in headings}
    if {"child", "decom"} <= own:
        return FileKind.EPISODES
    if {"child", "dob"} <= own:
        return FileKind.HEADERS
    standard = {reduced(one.title) for one in STANDARD.fields if one.needed}
    return FileKind.STANDARD if len(standard & own) >= 3 else FileKind.LEDGER
