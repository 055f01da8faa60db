"""Made-up children in care: statutory returns and ledgers of any size, the same for the same seed.

They are as untidy as real ones: episodes that overlap or stay open, codes that nobody knows, dates
that are none, prices that are blank or zero, packages that begin in the middle of a week.
"""

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from scoring.years import first_day, last_day

# place codes with provider codes, how a ledger calls it, weekly pounds, share of placements
KINDS = (
    ("U4", "PR1", "In-house fostering", 380, 22),
    ("U5", "PR1", "In-house fostering", 360, 8),
    ("U4", "PR4", "IFA fostering", 890, 22),
    ("U6", "PR5", "IFA fostering", 930, 8),
    ("U1", "PR1", "Family and friends", 290, 9),
    ("K2", "PR4", "Residential", 4100, 8),
    ("H5", "PR4", "16+ supported accommodation", 1150, 10),
    ("P2", "PR4", "16+ supported accommodation", 780, 3),
    ("S1", "PR4", "Residential school", 3300, 2),
    ("K1", "PR2", "Secure homes", 6900, 1),
    ("P1", "PR0", "With parents", 0, 5),
    ("A5", "PR1", "Placed for adoption", 0, 2),
)
_PLACES = range(len(KINDS))
_SHARES_OF_KINDS = list(accumulate(kind[4] for kind in KINDS))
_STATUSES = ("C2", "V2", "E1", "V3", "V4")
_SHARES_OF_STATUSES = list(accumulate((60, 25, 8, 4, 3)))
_TO_SPARE = (0, 0, 0, 0, 0, 0, 0, 0, 0, 3)  # days by which a new price begins too early
AGENCIES = (
    *("Kestrel Fostering", "Lantern Family Placements", "Saltmarsh Fostering"),
    *("Harbour House", "Oakbridge Living", "Northgate Homes", "Willow and Stone Housing"),
)
EPISODE_HEADINGS = (
    *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC"),
    *("REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
)
HEADER_HEADINGS = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")
LEDGER_HEADINGS = (
    *("placement_ref", "child", "provider", "placement_type", "start", "end", "weekly_cost"),
    *("social_care_percent", "education_percent", "health_percent", "council", "birth_month"),
    *("purchase", "distance_miles"),
)


class Chance(random.Random):
    """Random numbers, the same as ever for a seed, at half the price: there are millions of them."""

    def randint(self, a: int, b: int) -> int:
        return a + self._randbelow(b - a + 1)  # type: ignore[attr-defined]


class Stay(NamedTuple):
    """One placement of one made-up child."""

    child: str
    born: date
    kind: int
    provider: str
    arrives: date
    departs: date | None
    status: str
    pounds: int
    number: int


@dataclass(frozen=True, slots=True)
class Town:
    """The children of one made-up council over some years.

    Args:
        children: how many are in care at a time, about.
        errors: out of a thousand rows, how many are wrong.
    """

    seed: int
    children: int = 100
    first_year: int = 2022
    years: int = 4
    errors: int = 4
    until: date | None = None  # nothing is known after this day

    @property
    def last(self) -> date:
        return self.until or last_day(self.first_year + self.years - 1)

    def stays(self) -> Iterator[Stay]:
        """Every placement, child by child; a place that falls free is taken by another child."""
        chance = Chance(self.seed)
        number, last = 0, self.last
        for _place in range(self.children):
            day = first_day(self.first_year) - timedelta(days=chance.randint(0, 500))
            while day <= last:
                child, born = f"{chance.randint(10_000, 999_999)}", _born(chance, day)
                leaves = day + timedelta(days=int(chance.expovariate(1 / 600)) + 20)
                for stay in _placements(chance, child, born, (day, leaves), number):
                    number += 1
                    if stay.arrives <= last:
                        yield stay
                day = leaves + timedelta(days=chance.randint(0, 20))

    def ledger(self) -> Iterator[list[Any]]:
        """The rows of a ledger, with headings first."""
        chance = Chance(self.seed + 1)
        yield list(LEDGER_HEADINGS)
        for stay in self.stays():
            if KINDS[stay.kind][3]:
                yield from self._priced(chance, stay)

    def _priced(self, chance: Chance, stay: Stay) -> Iterator[list[Any]]:
        """A row for each weekly price: it rises each April, and now and then in mid-week."""
        last = self.last
        departs = stay.departs if stay.departs and stay.departs <= last else None
        starts, pence = stay.arrives, stay.pounds * 100
        part = 0
        while True:
            rises = first_day(starts.year + (starts >= first_day(starts.year)))
            ends = departs if departs is not None and departs <= rises else rises
            is_last = ends == departs or ends > last
            part += 1
            yield self._row(chance, stay, part, (starts, departs if is_last else ends), pence)
            if is_last:
                return
            early = chance.choice(_TO_SPARE)
            starts = ends - timedelta(days=early) if early else ends
            pence = pence * (1000 + chance.randint(10, 60)) // 1000

    def _row(
        self,
        chance: Chance,
        stay: Stay,
        part: int,
        run: tuple[date, date | None],
        pence: int,
    ) -> list[Any]:
        starts, ends = run
        price = f"{pence // 100}.{pence % 100:02d}"
        if chance.random() < 0.015:
            price = chance.choice(("", "0.00"))
        shares = ("100", "0", "0")
        if KINDS[stay.kind][0] in {"K2", "S1"}:
            shares = chance.choice(
                (("100", "0", "0"), ("50", "25", "25"), ("33.33", "33.33", "33.34"))
            )
        start = _day_first(starts) if part % 2 else starts.isoformat()
        if chance.randint(1, 1000) <= self.errors:
            start = chance.choice(("31/02/2024", "soon", ""))
        return [
            f"PL{self.seed % 1000:03d}-{stay.number:06d}-{part}",
            stay.child,
            stay.provider,
            KINDS[stay.kind][2],
            start,
            "" if ends is None else ends.isoformat(),
            price,
            *shares,
            "",
            stay.born.isoformat()[:7],
            "block" if KINDS[stay.kind][0] == "H5" and stay.number % 3 == 0 else "spot",
            f"{chance.randint(1, 600) / 10:.1f}",
        ]

    def episodes(self, year: int) -> Iterator[list[str]]:
        """The episodes file of one return, with headings first."""
        chance = Chance(self.seed + year)
        yield list(EPISODE_HEADINGS)
        first, last = first_day(year), min(last_day(year), self.last)
        for stay in self.stays():
            if stay.arrives > last or (stay.departs is not None and stay.departs < first):
                continue
            yield self._episode(chance, stay, last)

    def _episode(self, chance: Chance, stay: Stay, last: date) -> list[str]:
        place, provider = KINDS[stay.kind][:2]
        if chance.randint(1, 1000) <= self.errors:
            place = chance.choice(("Q9", "R2", "K2"))
        arrives = _day_first(stay.arrives)
        if chance.randint(1, 1000) <= self.errors:
            arrives = "30/02/2023"
        left = stay.departs is not None and stay.departs <= last
        departs = _day_first(stay.departs) if left and stay.departs else ""
        reason = "X1" if not left or chance.random() < 0.7 else "E4A"
        home, placed = (f"ZZ{chance.randint(1, 99)} {chance.randint(1, 9)}QQ" for _ in range(2))
        urn = f"SC{AGENCIES.index(stay.provider) + 900:06d}" if stay.provider in AGENCIES else ""
        return [
            *(stay.child, arrives, "P", stay.status, "N1", place, provider, departs, reason),
            *("", home, placed, urn),
        ]

    def headers(self, year: int) -> Iterator[list[str]]:
        """The headers file of one return, with headings first."""
        yield list(HEADER_HEADINGS)
        known = set()
        last = min(last_day(year), self.last)
        for stay in self.stays():
            if stay.child not in known and stay.arrives <= last:
                known.add(stay.child)
                yield [stay.child, "1", f"{stay.born:%d/%m/%Y}", "", "", "", ""]


def _day_first(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _born(chance: Chance, day: date) -> date:
    return day - timedelta(days=int(365.25 * chance.triangular(0.2, 17.6, 13)))


def _placements(
    chance: Chance, child: str, born: date, span: tuple[date, date], number: int
) -> Iterator[Stay]:
    """A child's way through care: mostly one placement, sometimes several."""
    arrives, leaves = span
    status = chance.choices(_STATUSES, cum_weights=_SHARES_OF_STATUSES)[0]
    while arrives < leaves:
        at = chance.choices(_PLACES, cum_weights=_SHARES_OF_KINDS)[0]
        stays = timedelta(days=int(chance.expovariate(1 / 300)))
        departs = min(leaves, arrives + stays)
        place, provider, _words, pounds, _share = KINDS[at]
        outside = provider in {"PR4", "PR5", "PR2"}
        name = chance.choice(AGENCIES[:3] if place[0] == "U" else AGENCIES[3:]) if outside else ""
        pounds = pounds * chance.randint(80, 130) // 100
        status = status if status[0] != "V" or chance.random() < 0.9 else "C2"
        yield Stay(child, born, at, name or "In house", arrives, departs, status, pounds, number)
        number += 1
        arrives = departs - timedelta(days=2) if chance.random() < 0.03 else departs
        if departs - arrives > timedelta() and departs >= leaves:
            return


def as_csv(rows: Sequence[Sequence[Any]] | Iterator[Sequence[Any]]) -> bytes:
    """Rows as the bytes of a file."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
