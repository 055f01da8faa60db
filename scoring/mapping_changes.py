"""Changing the mapping of placement types: a new body, of which only what was asked for differs.

A mapping is content with versions; nothing here changes the one that is in use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scoring.placement_types import reduced
from scoring.rules import RuleBroken

Body = dict[str, Any]
PLACE, PROVIDER = re.compile(r"[A-Z]\d\Z"), re.compile(r"PR\d\Z")


def with_code(body: Mapping[str, Any], place: str, providers: Sequence[str], kind: str) -> Body:
    """Return the mapping with a place code that leads to another type.

    Args:
        place: such as U4. providers: codes such as PR1; none for whatever has no line of its own.

    Raises:
        RuleBroken: `types:place`, `types:provider`, `types:unknown`, `types:no-change`.
    """
    place = place.strip().upper()
    wanted = list(dict.fromkeys(one.strip().upper() for one in providers))
    if not PLACE.match(place):
        raise RuleBroken(
            "types:place", "A place code is a letter and a digit, such as U4.", "place"
        )
    if not all(PROVIDER.match(one) for one in wanted):
        raise RuleBroken("types:provider", "A provider code is PR and a digit, such as PR4.", "providers")  # fmt: skip
    _check_type(body, kind)
    kept = []
    for line in body["codes"]:
        if line["place"] != place or bool(line["providers"]) != bool(wanted):
            kept.append(line)
            continue
        left = [one for one in line["providers"] if one not in wanted]
        if left:
            kept.append({**line, "providers": left})
    return _changed(body, {**body, "codes": [*kept, _line(place, wanted, kind)]}, place, wanted)


def _line(place: str, providers: list[str], kind: str) -> Body:
    return {"place": place, "providers": providers, "type": kind}


def with_word(body: Mapping[str, Any], word: str, kind: str) -> Body:
    """Return the mapping with one more word of ledgers for a type.

    Raises:
        RuleBroken: `types:no-word`, `types:word-taken`, `types:unknown`.
    """
    _check_type(body, kind)
    if not reduced(word):
        raise RuleBroken("types:no-word", "Enter the word as the ledger writes it.", "word")
    for one in body["types"]:
        known = {reduced(each) for each in (one["key"], one["title"], *one["words"])}
        if reduced(word) in known:
            raise RuleBroken("types:word-taken", f"This is a word for {one['title']} already.", "word")  # fmt: skip
    types = [
        {**one, "words": [*one["words"], word.strip()]} if one["key"] == kind else one
        for one in body["types"]
    ]
    return {**body, "types": types}


def _check_type(body: Mapping[str, Any], kind: str) -> None:
    if kind not in {one["key"] for one in body["types"]}:
        raise RuleBroken("types:unknown", "Choose a type of placement.", "type")


def _changed(before: Mapping[str, Any], after: Body, place: str, providers: Sequence[str]) -> Body:
    def pairs(body: Mapping[str, Any]) -> dict[tuple[str, str], str]:
        return {
            (line["place"], provider): line["type"]
            for line in body["codes"]
            for provider in line["providers"] or ["*"]
        }

    if pairs(before) == pairs(after):
        told = f"{place} {' '.join(providers)}".strip()
        raise RuleBroken("types:no-change", f"{told} leads to this type already.", "type")
    return after
