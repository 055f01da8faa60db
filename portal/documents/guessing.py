"""What a file may be, from its name: a first guess that a person looks at."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

_WORD = re.compile(r"[a-z]{3,}")
_DAY = re.compile(r"(20\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])")
_IDLE = frozenset({"and", "the", "for", "version", "final", "signed", "copy", "scan", "pdf", "doc"})
_SAME = {"certificate": "record", "eicr": "electrical", "epc": "energy", "pat": "appliance"}


def guess_type(file_name: str, types: Mapping[str, Mapping[str, Any]]) -> str:
    """The type that shares most words with the name; empty where none or several do alike."""
    words = _words(file_name.rpartition(".")[0] or file_name)
    shares = sorted(
        (
            (len(words & _words(kind["title"])) / max(len(_words(kind["title"])), 1), key)
            for key, kind in types.items()
        ),
        reverse=True,
    )
    if not shares or shares[0][0] <= 0.5:
        return ""
    alike = len(shares) > 1 and shares[0][0] == shares[1][0]
    return "" if alike else shares[0][1]


def guess_home(file_name: str, homes: Mapping[str, str]) -> str:
    """The home whose whole name stands in the file's name; empty where none or several do."""
    bare = _letters(file_name)
    found = [ref for ref, name in homes.items() if _letters(name) in bare]
    return found[0] if len(found) == 1 else ""


def guess_last_day(file_name: str) -> date | None:
    """A day such as 2027-03-31 in the name."""
    found = _DAY.search(file_name)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _words(text: str) -> set[str]:
    return {_SAME.get(word, word) for word in _WORD.findall(text.lower())} - _IDLE


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
