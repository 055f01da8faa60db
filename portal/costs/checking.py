"""Judging rows: each is taken, refused with column and reason, or known already.

Cells repeat a great deal (dates, prices, types), so each reader remembers what it has read: a row
costs little more than looking its cells up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from portal.costs.layouts import LAYOUTS, Field
from portal.costs.models import BirthRow, EpisodeRow, FileKind, LedgerEntry
from portal.costs.reading import UNREADABLE, CleanRow
from portal.previews import Rejection
from scoring.funding import FUNDERS, check_shares
from scoring.placement_types import OTHER, Mapping903
from scoring.rules import RuleBroken

MOST_REMEMBERED = 100_000
MOST_LISTED = 10_000  # refused rows of one file; more of them means another file
HIDDEN = "(not shown)"
Taken = tuple[Any, ...]

LEDGER_COLUMNS = (
    *("line", "child", "placement_ref", "provider", "provider_ref", "type", "starts_on", "ends_on"),
    *("weekly_pence", "social_bp", "education_bp", "health_bp", "grant_bp", "other_bp"),
    *("birth_month", "lot", "support_hours", "purchase", "budget_code", "distance_tenths"),
    "type_words",
)
EPISODE_COLUMNS = (
    *("line", "child", "arrives_on", "departs_on", "legal_status", "place", "provider_code"),
    *("urn", "distance_tenths", "outside"),
)
BIRTH_COLUMNS = ("line", "child", "birth_month")
TABLES: dict[FileKind, tuple[Any, tuple[str, ...]]] = {
    FileKind.LEDGER: (LedgerEntry, LEDGER_COLUMNS),
    FileKind.STANDARD: (LedgerEntry, LEDGER_COLUMNS),
    FileKind.EPISODES: (EpisodeRow, EPISODE_COLUMNS),
    FileKind.HEADERS: (BirthRow, BIRTH_COLUMNS),
}


class Fault(str):
    """Why a cell cannot be read."""

    __slots__ = ()


class Reader(dict[str, Any]):
    """Reads a cell, and remembers; a fault is remembered too."""

    def __init__(self, one: Field) -> None:
        super().__init__()
        self.parse, self.filled = one.parse, one.filled

    def __missing__(self, text: str) -> Any:
        if len(self) > MOST_REMEMBERED:
            self.clear()
        value = self[text] = self._read(text)
        return value

    def _read(self, text: str) -> Any:
        if not text:
            return Fault("This cell is empty.") if self.filled else None
        if text == UNREADABLE:
            return Fault("This is no date or month of birth.")
        try:
            return self.parse(text)
        except ValueError as error:
            return Fault(str(error))


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are judged against.

    Args:
        councils: other names and codes of councils → slug; `council` is the one it is for.
        providers: names and URNs in small letters → (name, reference in the register).
        on_record: identity of each row on record → what it says.
    """

    mapping: Mapping903
    council: str
    councils: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    on_record: Mapping[Any, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Check:
    """What came of judging: filled while the accepted rows are drawn from `rows`."""

    kind: FileKind
    columns: Sequence[str]
    known: Known
    lines: int = 0
    accepted: int = 0
    on_record: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)  # words or codes without a type
    missing_prices: int = 0
    _seen: dict[Any, tuple[int, Any]] = field(default_factory=dict)

    def rows(self, lines: Iterable[CleanRow]) -> Iterator[Taken]:
        """The rows that would be taken, as values for the table's columns."""
        fields = {one.name: one for one in LAYOUTS[self.kind].fields}
        own = [fields.get(name) or _measured(name) for name in self.columns]
        by_parser: dict[Any, Reader] = {}
        readers = [by_parser.setdefault((one.parse, one.filled), Reader(one)) for one in own]
        judge = _JUDGES[self.kind](self)
        places = {name: at for at, name in enumerate(self.columns)}
        for line, cells in lines:
            self.lines += 1
            values = [reader[cell] for reader, cell in zip(readers, cells, strict=False)]
            if Fault in map(type, values):
                self._refuse_cells(line, own, cells, values)
                continue
            try:
                row, identity = judge(line, places, values)
            except RuleBroken as broken:
                self._refuse(line, broken.field or "", broken.message, own, cells)
                continue
            if self._is_new(line, row, identity):
                self.accepted += 1
                yield row

    def _is_new(self, line: int, row: Taken, identity: Any) -> bool:
        says = row[1:]
        before = self.known.on_record.get(identity)
        if before is not None:
            if before == says:
                self.on_record += 1
            else:
                self._refuse(line, "", "Another file, which was taken, says something else of it.")
            return False
        first = self._seen.setdefault(identity, (line, hash(says)))
        if first[0] == line:
            return True
        if first[1] == hash(says):
            self.on_record += 1
        else:
            reason = f"Line {first[0]} is about the same thing and says something else."
            self._refuse(line, "", reason)
        return False

    def _refuse_cells(
        self, line: int, own: Sequence[Field], cells: Sequence[str], values: Sequence[Any]
    ) -> None:
        self.rejected += 1
        for one, cell, value in zip(own, cells, values, strict=False):
            if isinstance(value, Fault):
                shown = HIDDEN if one.hidden and cell else cell[:200]
                self._list(Rejection(line, one.title, shown, value[:300]))

    def _refuse(
        self,
        line: int,
        name: str,
        reason: str,
        own: Sequence[Field] = (),
        cells: Sequence[str] = (),
    ) -> None:
        self.rejected += 1
        for one, cell in zip(own, cells, strict=False):
            if one.name == name:
                self._list(Rejection(line, one.title, HIDDEN if one.hidden else cell[:200], reason))
                return
        self._list(Rejection(line, "", "", reason))

    def _list(self, rejection: Rejection) -> None:
        if len(self.rejections) < MOST_LISTED:
            self.rejections.append(rejection)


def _measured(name: str) -> Field:
    """What reading put in the place of two postcodes."""
    return Field(name, name.capitalize(), int)


Judge = Callable[[int, Mapping[str, int], Sequence[Any]], tuple[Taken, Any]]


_LEDGER_NAMES = (
    *("placement_ref", "child", "provider", "placement_type", "start", "end", "weekly_cost"),
    *("council", "birth_month", "lot", "support_hours", "purchase", "budget_code"),
    *("distance_miles", "social_care_percent", "education_percent", "health_percent"),
    *("grant_percent", "other_percent"),
)
_NO_SHARES = (None,) * len(FUNDERS)


def _picker(columns: Sequence[str], names: Sequence[str]) -> Callable[[Any], Any]:
    """Picks the values of these columns; one that the file lacks is the last value, which is none."""
    places = {name: at for at, name in enumerate(columns)}
    return itemgetter(*(places.get(name, len(columns)) for name in names))


def _ledger_judge(check: Check) -> Judge:
    types: dict[str, tuple[str, str]] = {}
    providers: dict[str, tuple[str, str]] = {}
    known = check.known

    def named(written: str) -> tuple[str, str]:
        found = providers[written] = known.providers.get(written.casefold(), (written, ""))
        return found

    pick = _picker(check.columns, _LEDGER_NAMES)
    split: dict[tuple[int | None, ...], dict[str, int] | None] = {}

    def judge(line: int, _places: Mapping[str, int], values: Sequence[Any]) -> tuple[Taken, Any]:
        picked = pick((*values, None))
        reference, child, written, words, starts, ends, pence = picked[:7]
        told, birth, lot, hours, purchase, budget, distance = picked[7:14]
        if ends is not None and ends < starts:
            raise RuleBroken("ledger:ends", "It ends before it begins.", "end")
        if told is not None and known.councils.get(told.casefold()) != known.council:
            raise RuleBroken("ledger:council", "This row is of another council.", "council")
        stated = picked[14:]
        if stated not in split:
            split[stated] = _shares(stated)
        shares = split[stated]
        key, unknown = types.get(words) or types.setdefault(words, _type_of(words, known.mapping))
        if unknown:
            check.unknown[unknown] = check.unknown.get(unknown, 0) + 1
        if shares is not None:
            key = known.mapping.with_funding(key, shares)
        if not pence:
            check.missing_prices += 1
        provider, ref = providers.get(written or "") or named(written or "")
        row = (
            *(line, child, reference, provider, ref, key, starts, ends, pence),
            *(shares.values() if shares else _NO_SHARES),
            *(birth, lot or "", hours, purchase or "", budget or "", distance, unknown),
        )
        return row, (reference, starts, budget or "")

    return judge


def _shares(given: tuple[int | None, ...]) -> dict[str, int] | None:
    if given == _NO_SHARES:
        return None
    try:
        return check_shares(dict(zip(FUNDERS, given, strict=True)))
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, "social_care_percent") from None


def _type_of(words: str, mapping: Mapping903) -> tuple[str, str]:
    key = mapping.of_words(words)
    return (OTHER, words[:80]) if key is None else (key, "")


def _episode_judge(check: Check) -> Judge:
    def judge(line: int, places: Mapping[str, int], values: Sequence[Any]) -> tuple[Taken, Any]:
        def get(name: str) -> Any:
            at = places.get(name)
            return None if at is None else values[at]

        child, arrives, departs = get("child"), get("arrives"), get("departs")
        if departs is not None and departs < arrives:
            raise RuleBroken("episode:ends", "It ends before it begins.", "departs")
        place, provider = get("place"), get("provider_code") or ""
        if check.known.mapping.of_codes(place, provider) is None:
            code = f"{place} {provider}".strip()
            check.unknown[code] = check.unknown.get(code, 0) + 1
        outside = get("outside")
        row = (
            *(line, child, arrives, departs, get("legal_status"), place, provider),
            *(get("urn") or "", get("distance"), None if outside is None else bool(outside)),
        )
        return row, (child, arrives)

    return judge


def _header_judge(_check: Check) -> Judge:
    def judge(line: int, places: Mapping[str, int], values: Sequence[Any]) -> tuple[Taken, Any]:
        child = values[places["child"]]
        return (line, child, values[places["birth"]]), child

    return judge


def _standard_judge(check: Check) -> Judge:
    """A line of the national standard as a row of the ledger; its end is the child's next line."""
    ledger = _ledger_judge(check)

    def judge(line: int, places: Mapping[str, int], values: Sequence[Any]) -> tuple[Taken, Any]:
        row, _ = ledger(line, places, values)
        starts: date = row[6]
        reference = f"PDS-{row[1][:10]}-{starts:%Y%m%d}"
        return (*row[:2], reference, *row[3:]), (reference, starts, "")

    return judge


_JUDGES: dict[FileKind, Callable[[Check], Judge]] = {
    FileKind.LEDGER: _ledger_judge,
    FileKind.EPISODES: _episode_judge,
    FileKind.HEADERS: _header_judge,
    FileKind.STANDARD: _standard_judge,
}


def until_the_next(rows: Iterable[Taken]) -> list[Taken]:
    """Rows of the national standard: an entry holds until the child's next entry begins."""
    starts, ends = LEDGER_COLUMNS.index("starts_on"), LEDGER_COLUMNS.index("ends_on")
    ordered = sorted(rows, key=lambda row: (row[1], row[starts]))
    following = [*ordered[1:], None]
    return [
        (*row[:ends], after[starts] if after and after[1] == row[1] else None, *row[ends + 1 :])
        for row, after in zip(ordered, following, strict=True)
    ]
