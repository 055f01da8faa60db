"""The content of an evidence pack, as the checks read it: what is shown, by bid, lot and question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from scoring.canonical import canonical_json, read_fraction
from scoring.commitments import is_hidden
from scoring.criteria import Criterion, Scheme
from scoring.moderation import Score, given
from scoring.pack_reading import Difference
from scoring.results import Agreed
from scoring.scales import Scale
from scoring.terms import Agreeing, Panel

Key: TypeAlias = tuple[str, str, str]
"""A bid, a question, and the lot that it is answered for; empty where it serves every lot."""


@dataclass(frozen=True)
class Act:
    """An act of the trail, as it was recorded when it was done."""

    event: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """What a file says of one bid, and where."""

    path: str
    bid: str
    content: Mapping[str, Any]

    def rows(self) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any] | None]]:
        """Return the path of each row, its facts, and its texts where they are shown."""
        texts = self.content.get("texts")
        for place, row in enumerate(self.content["rows"]):
            text = texts[place] if texts else None
            shown = None if text is None or is_hidden(text) else text
            if not is_hidden(row):
                yield f"{self.path}/rows/{place}", row, shown


@dataclass(frozen=True)
class Book:
    """The content of a pack, as the checks read it."""

    files: Mapping[str, Any]
    not_checked: list[str] = field(default_factory=list)

    @cached_property
    def round(self) -> Mapping[str, Any]:
        """The facts of the round."""
        found: Mapping[str, Any] = self.files["round.json"]
        return found

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme that was published."""
        return Scheme.from_content(self.round["scheme"]["body"])

    @cached_property
    def scales(self) -> dict[str, Scale]:
        """The scales that were published, by key."""
        found = [Scale.from_content(one["body"]) for one in self.round["scales"]]
        return {scale.key: scale for scale in found}

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        """The criterion of each question."""
        return {one.question: leaf for leaf in self.scheme.leaves for one in leaf.questions}

    @property
    def lots(self) -> list[str]:
        """The codes of the lots that were not cancelled."""
        return [lot["code"] for lot in self.round["lots"] if not lot.get("cancelled")]

    def entries(self, name: str) -> list[Entry]:
        """Return what a file says of each bid that is shown."""
        return [
            Entry(f"{name}/bids/{place}", entry["bid"], entry)
            for place, entry in enumerate(self.files[name]["bids"])
            if not is_hidden(entry) and not is_hidden(entry["bid"])
        ]

    @cached_property
    def shows_all(self) -> bool:
        """Whether no bid is hidden, so that the results can be computed."""
        names = ("bids.json", "scores.json", "consensus.json", "corrections.json", "prices.json")
        return all(len(self.entries(name)) == len(self.files[name]["bids"]) for name in names)

    @cached_property
    def scores(self) -> dict[Key, list[Score]]:
        """The single scores that count, by bid and question; None is an abstention."""
        found: dict[Key, list[Score]] = {}
        for entry in self.entries("scores.json"):
            for _, row, _ in entry.rows():
                if row.get("counts", True):
                    key = (entry.bid, row["question"], row["lot"])
                    found.setdefault(key, []).append(row["score"])
        return found

    @cached_property
    def agreed(self) -> dict[Key, int]:
        """The agreed scores with all corrections."""
        found = {
            (entry.bid, row["question"], row["lot"]): row["value"]
            for entry in self.entries("consensus.json")
            for _, row, _ in entry.rows()
        }
        for entry in self.entries("corrections.json"):
            for _, row, _ in entry.rows():
                found[entry.bid, row["question"], row["lot"]] = row["new"]
        return found

    def counting(self, bid: str, lot: str) -> dict[str, Agreed]:
        """Return what counts of a bid in a lot: agreed scores, and exact means."""
        found: dict[str, Agreed] = {}
        for question, criterion in self.criteria.items():
            for code in (lot, ""):
                key = (bid, question, code)
                if criterion.agreeing is Agreeing.MEAN:
                    values = given(self.scores.get(key, ()))
                    if values:
                        found[question] = Fraction(sum(values), len(values))
                        break
                elif key in self.agreed:
                    found[question] = self.agreed[key]
                    break
        return found

    def pairs(self, bid: str, lot: str) -> dict[str, int]:
        """Return how many pairs gave a score for each of the young people's questions."""
        return {
            question: len(given(self.scores.get((bid, question, lot), ())
                                or self.scores.get((bid, question, ""), ())))
            for question, criterion in self.criteria.items()
            if criterion.panel is Panel.YOUNG
        }  # fmt: skip


def evaluated_of(book: Book) -> dict[tuple[str, str, str], Fraction]:
    """Return the evaluated prices that are shown, by bid, lot and council."""
    return {
        (entry.bid, one["place"]["lot"], one["place"]["council"]): read_fraction(
            one["place"]["price"]
        )
        for entry in book.entries("prices.json")
        for one in ([] if is_hidden(entry.content["evaluated"]) else entry.content["evaluated"])
        if not is_hidden(one) and not is_hidden(one["place"])
    }


def differing(said: Any, computed: Any, path: str) -> Iterator[Difference]:
    """Return where what the pack says is not what its raw data make; hidden parts are passed over."""
    if is_hidden(said):
        return
    if isinstance(said, dict) and isinstance(computed, dict):
        for name in sorted({*said, *computed}):
            if name not in said or name not in computed:
                is_or_not = "is" if name in said else "is not"
                yield Difference(f"{path}/{name}", f"this {is_or_not} in the pack")
            else:
                yield from differing(said[name], computed[name], f"{path}/{name}")
    elif isinstance(said, list) and isinstance(computed, list) and len(said) == len(computed):
        for place, (one, other) in enumerate(zip(said, computed, strict=True)):
            yield from differing(one, other, f"{path}/{place}")
    elif said != computed:
        yield Difference(path, f"the pack says {_brief(said)}, its data make {_brief(computed)}")


def _brief(value: Any) -> str:
    text = canonical_json(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
