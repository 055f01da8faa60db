"""What the rows of a file are judged against: types, councils, providers, rows on record."""

from typing import Any

from sqlalchemy import select

from portal.content import queries as content
from portal.content.kinds import Kind
from portal.costs import types
from portal.costs.checking import LEDGER_COLUMNS, Known
from portal.costs.models import CostImport, FileKind, ImportStage, LedgerEntry
from portal.db import db
from portal.people.models import Council
from portal.providers.models import Provider, Registration


def known_of(council: Council, kind: FileKind) -> Known:
    """Look up all that the rows of a file may name: a few statements, however long it is."""
    ledger = kind in {FileKind.LEDGER, FileKind.STANDARD}
    return Known(
        mapping=types.mapping_of(council),
        council=council.slug,
        councils=_councils() if ledger else {},
        providers=_providers() if ledger else {},
        on_record=_on_record(council) if ledger else {},
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


def _on_record(council: Council) -> dict[Any, Any]:
    """What each row of the taken ledgers says, by what makes it the same row."""
    columns = [getattr(LedgerEntry, name) for name in LEDGER_COLUMNS]
    rows = db.session.execute(
        select(*columns)
        .join(CostImport, CostImport.id == LedgerEntry.import_id)
        .where(CostImport.council_id == council.id, CostImport.stage == ImportStage.TAKEN)
    )
    return {(row.placement_ref, row.starts_on, row.budget_code): tuple(row)[1:] for row in rows}
