"""What the rows of each kind of file say, column by column, and which of them cannot be.

A judge is handed columns of cells that could all be read, and hands back columns for the table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter, not_
from typing import Any

from portal.costs.imports.known import Known
from portal.costs.models import BirthRow, EpisodeRow, FileKind, LedgerEntry
from scoring.funding import FUNDERS, check_shares
from scoring.placement_types import OTHER, Mapping903
from scoring.rules import RuleBroken

Column = Sequence[Any]
Values = Mapping[str, Column]

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
IDENTITY: dict[FileKind, tuple[str, ...]] = {
    FileKind.LEDGER: ("placement_ref", "starts_on", "budget_code"),
    FileKind.STANDARD: ("placement_ref", "starts_on", "budget_code"),
    FileKind.EPISODES: ("child", "arrives_on"),
    FileKind.HEADERS: ("child",),
}
ENDS = "It ends before it begins."
_SHARES = (
    *("social_care_percent", "education_percent", "health_percent", "grant_percent"),
    "other_percent",
)
_NO_SHARES = (None,) * len(FUNDERS)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a chunk.

    Args:
        columns: for the table, without the line. identity: which of them tell rows apart.
        refused: row → column of the file, reason. Its place in `columns` means nothing.
        missing: whether each row lacks a price; empty where none is expected.
        unknown: of each row the word or code without a type; empty where there is none at all.
    """

    columns: Sequence[Column]
    identity: Sequence[int]
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    missing: Column = ()
    unknown: Column = ()


Judge = Callable[[Values, int], Judged]


class Remembered(dict[Any, Any]):
    """What a function said of each value so far."""

    def __init__(self, tell: Callable[[Any], Any]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, value: Any) -> Any:
        told = self[value] = self._tell(value)
        return told

    def column(self, values: Column) -> list[Any]:
        return list(map(self.__getitem__, values))


def _identity(kind: FileKind) -> tuple[int, ...]:
    names = TABLES[kind][1][1:]
    return tuple(names.index(name) for name in IDENTITY[kind])


def _ends_early(starts: Column, ends: Column, name: str) -> dict[int, tuple[str, str]]:
    """Days are texts here, and stand in the order of their days."""
    return {
        at: (name, ENDS)
        for at, (start, end) in enumerate(zip(starts, ends, strict=True))
        if end is not None and end < start
    }


class _LedgerJudge:
    """A row of a ledger: whose, of which type, and who pays."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._types = Remembered(lambda words: _type_of(words, known.mapping))
        self._keys = Remembered(lambda told: self._key_of(*told))
        self._shares = Remembered(_shares)
        self._providers = Remembered(
            lambda words: known.providers.get((words or "").casefold(), (words or "", ""))
        )
        self._is_ours = Remembered(
            lambda told: told is None or known.councils.get(told.casefold()) == known.council
        )

    def _key_of(self, words: str, shares: Sequence[int | None]) -> str:
        """The type of some words, where funding may tell which of two it is."""
        key: str = self._types[words][0]
        stated = None if shares[0] is None else dict(zip(FUNDERS, shares, strict=True))
        return self._known.mapping.with_funding(key, stated)

    def __call__(self, values: Values, rows: int) -> Judged:
        starts, pence = values["start"], values["weekly_cost"]
        ends = _column(values, rows, "end")
        told = self._shares.column(
            zip(*(_column(values, rows, name) for name in _SHARES), strict=True)
        )
        shares = _nth(told, 0)
        words = values["placement_type"]
        unknown = _nth(self._types.column(words), 1)
        provider = self._providers.column(_column(values, rows, "provider"))
        columns = [
            *(values["child"], _column(values, rows, "placement_ref")),
            *(_nth(provider, 0), _nth(provider, 1)),
            self._keys.column(zip(words, shares, strict=True)),
            *(starts, ends, pence, *(_nth(shares, at) for at in range(len(FUNDERS)))),
            *(_column(values, rows, "birth_month"), _column(values, rows, "lot", "")),
            *(_column(values, rows, "support_hours"), _column(values, rows, "purchase", "")),
            *(_column(values, rows, "budget_code", ""), _column(values, rows, "distance_miles")),
            unknown,
        ]
        refused = {}
        if any(_nth(told, 1)):
            refused = {at: (_SHARES[0], why) for at, (_one, why) in enumerate(told) if why}
        ours = self._is_ours.column(_column(values, rows, "council"))
        if not all(ours):
            wrong = ("council", "This row is of another council.")
            refused |= {at: wrong for at, one in enumerate(ours) if not one}
        return Judged(
            columns,
            _identity(FileKind.LEDGER),
            refused | _ends_early(starts, ends, "end"),
            list(map(not_, pence)),
            unknown if any(unknown) else (),
        )


def _nth(column: Column, at: int) -> Column:
    return list(map(itemgetter(at), column))


def _column(values: Values, rows: int, name: str, none: Any = None) -> Column:
    """A column, or one of nothing where the file lacks it; `none` stands for an empty cell."""
    column = values.get(name)
    if column is None:
        return [none] * rows
    if none is None or None not in column:
        return column
    return [none if one is None else one for one in column]


def _shares(given: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], str]:
    """The shares of a row, and why they cannot be."""
    try:
        stated = check_shares(dict(zip(FUNDERS, given, strict=True)))
    except RuleBroken as broken:
        return _NO_SHARES, broken.message
    return (tuple(stated.values()) if stated else _NO_SHARES), ""


def _type_of(words: str, mapping: Mapping903) -> tuple[str, str]:
    key = mapping.of_words(words)
    return (OTHER, words[:80]) if key is None else (key, "")


class _StandardJudge(_LedgerJudge):
    """A line of the national standard as a row of the ledger; child and start make its reference."""

    def __call__(self, values: Values, rows: int) -> Judged:
        references = [
            f"PDS-{child[:10]}-{start.replace('-', '')}"
            for child, start in zip(values["child"], values["start"], strict=True)
        ]
        return super().__call__({**values, "placement_ref": references}, rows)


class _EpisodeJudge:
    """A line of an episodes file."""

    def __init__(self, known: Known) -> None:
        self._unknown = Remembered(
            lambda codes: (
                ""
                if known.mapping.of_codes(*codes) is not None
                else f"{codes[0]} {codes[1]}".strip()
            )
        )

    def __call__(self, values: Values, rows: int) -> Judged:
        starts, ends = values["arrives"], _column(values, rows, "departs")
        providers = _column(values, rows, "provider_code", "")
        unknown = self._unknown.column(zip(values["place"], providers, strict=True))
        outside = [None if one is None else bool(one) for one in _column(values, rows, "outside")]
        columns = [
            *(values["child"], starts, ends, values["legal_status"], values["place"], providers),
            *(_column(values, rows, "urn", ""), _column(values, rows, "distance"), outside),
        ]
        return Judged(
            columns,
            _identity(FileKind.EPISODES),
            _ends_early(starts, ends, "departs"),
            (),
            unknown if any(unknown) else (),
        )


class _HeaderJudge:
    """A line of a headers file."""

    def __init__(self, _known: Known) -> None:
        pass

    def __call__(self, values: Values, _rows: int) -> Judged:
        return Judged([values["child"], values["birth"]], _identity(FileKind.HEADERS))


JUDGES: dict[FileKind, Callable[[Known], Judge]] = {
    FileKind.LEDGER: _LedgerJudge,
    FileKind.EPISODES: _EpisodeJudge,
    FileKind.HEADERS: _HeaderJudge,
    FileKind.STANDARD: _StandardJudge,
}
