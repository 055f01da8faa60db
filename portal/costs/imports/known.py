"""What the rows of a file are judged against: types, councils, providers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.content import queries as content
from portal.content.kinds import Kind
from portal.costs.models import FileKind
from portal.costs.placement_types import versions as types
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Provider, Registration
from scoring.placement_types import Mapping903


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are judged against.

    Args:
        used: the mapping of placement types, read once for each file.
        councils: other names and codes of councils → slug; `council` is the one it is for.
        providers: names and URNs in small letters → (name, reference in the register).
    """

    used: types.Used
    council: str
    councils: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def mapping(self) -> Mapping903:
        return self.used.mapping


def known_of(council: Council, kind: FileKind) -> Known:
    """Look up all that the rows of a file may name: a few statements, however long it is."""
    ledger = kind in {FileKind.LEDGER, FileKind.STANDARD}
    return Known(
        used=types.used_by(council),
        council=council.slug,
        councils=_councils() if ledger else {},
        providers=_providers() if ledger else {},
    )


def _councils() -> dict[str, str]:
    """Every way to write a council: name, slug, code."""
    names = dict(_shipped_councils())
    for slug, name in db.session.execute(select(Council.slug, Council.name)):
        names.setdefault(slug.casefold(), slug)
        names.setdefault(name.casefold(), slug)
    return names


_shipped: dict[str, Mapping[str, str]] = {}  # by the hash of the version; the newest alone


def _shipped_councils() -> Mapping[str, str]:
    sha256 = content.newest_sha256(Kind.COUNCILS, "standard")
    if sha256 is None:
        return {}
    if sha256 not in _shipped:
        version = content.newest(Kind.COUNCILS, "standard")
        _shipped.clear()
        _shipped[sha256] = {
            one[name].casefold(): one["slug"]
            for one in (version.body["councils"] if version else ())
            for name in ("name", "legal_name", "short_name", "code")
        }
    return _shipped[sha256]


def _providers() -> dict[str, tuple[str, str]]:
    """Names and URNs in small letters; a name that two providers have leads to none."""
    found: dict[str, tuple[str, str]] = {}
    twice = set()
    for ref, name, trading in db.session.execute(
        select(Provider.ref, Provider.name, Provider.trading_name)
    ):
        for word in {name.casefold(), trading.casefold()} - {""}:
            if word in found:
                twice.add(word)
            found[word] = (name, ref)
    found = {word: one for word, one in found.items() if word not in twice}
    for urn, name, ref in db.session.execute(
        select(Registration.urn, Provider.name, Provider.ref).join(Registration.provider)
    ):
        found[urn.casefold()] = (name, ref)
    return found
