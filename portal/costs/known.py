"""What the rows of a file are judged against: types, councils, providers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.content import queries as content
from portal.content.kinds import Kind
from portal.costs import types
from portal.costs.models import FileKind
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Provider, Registration
from scoring.placement_types import Mapping903


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are judged against.

    Args:
        councils: other names and codes of councils → slug; `council` is the one it is for.
        providers: names and URNs in small letters → (name, reference in the register).
    """

    mapping: Mapping903
    council: str
    councils: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def known_of(council: Council, kind: FileKind) -> Known:
    """Look up all that the rows of a file may name: a few statements, however long it is."""
    ledger = kind in {FileKind.LEDGER, FileKind.STANDARD}
    return Known(
        mapping=types.mapping_of(council),
        council=council.slug,
        councils=_councils() if ledger else {},
        providers=_providers() if ledger else {},
    )


def _councils() -> dict[str, str]:
    """Every way to write a council: name, slug, code."""
    names = {}
    for slug, name in db.session.execute(select(Council.slug, Council.name)):
        names |= {slug.casefold(): slug, name.casefold(): slug}
    shipped = content.newest(Kind.COUNCILS, "standard")
    for one in shipped.body["councils"] if shipped else ():
        words = (one["name"], one["legal_name"], one["short_name"], one["code"])
        names |= {word.casefold(): one["slug"] for word in words}
    return names


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
