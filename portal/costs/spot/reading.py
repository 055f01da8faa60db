"""Spot rates from a file: what a row must say, and what the file would change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal import imports
from portal.contracts.actions import RateOffer, SpotRate
from portal.contracts.models import Rate
from portal.db import db
from portal.imports import ImportColumn, ImportSpec, Preview
from portal.providers.models import Provider, Registration
from portal.rounds.models import Agreement, AgreementLot, Round
from portal.tables import Column, Table
from portal.web import date_text, pounds
from scoring.rates import check_rate
from scoring.rules import RuleBroken

KEY = "spot-rates"
Values = Mapping[str, Any]
Place = tuple[str, str, str, date]
"""What makes two rows the same rate: provider, lot, item and first day."""

HEADINGS = (
    ("provider", "Provider", "Its name as in the register, or an Ofsted URN"),
    ("lot", "Lot", "The code of a lot, such as 1A"),
    ("item", "Item", "A line of the rate card, as written below"),
    ("price", "Price", "Pounds and pence, such as 895.00"),
    ("from", "From", "The first day, such as 01/04/2027"),
    ("until", "Until", "The last day; empty if none is agreed"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may speak of: providers, the lots and rate card of one list, rates on record."""

    names: Mapping[str, tuple[str, ...]]  # references by name, in small letters
    urns: Mapping[str, str]
    lots: Mapping[str, str]
    card: Mapping[str, Mapping[str, Any]]
    on_record: Mapping[Place, tuple[int, date | None]] = field(default_factory=dict)

    def provider(self, text: str) -> str:
        """The reference of a provider by name or URN. Raises ValueError with what to do."""
        found = self.urns.get(text.casefold())
        refs = (found,) if found else self.names.get(_squeezed(text), ())
        if not refs:
            raise ValueError("No provider in the register has this name or URN.")
        if len(refs) > 1:
            raise ValueError("More than one provider has this name. Write its URN.")
        return refs[0]

    def lot(self, text: str) -> str:
        """The code of a lot. Raises ValueError with the lots that there are."""
        if text.casefold() not in self.lots:
            raise ValueError(f"This list has no such lot. It has {', '.join(self.lots.values())}.")
        return self.lots[text.casefold()]

    def item(self, text: str) -> str:
        """The key of a line of the rate card. Raises ValueError with those that there are."""
        wanted = _as_key(text)
        for key, item in self.card.items():
            if wanted in {_as_key(key), _as_key(item["title"])}:
                return key
        raise ValueError(f"Write one of: {', '.join(self.card)}.")

    def check(self, values: Values) -> Iterable[tuple[str, str]]:
        """What speaks against a row whose cells can all be read."""
        try:
            check_rate(self.card[values["item"]], values["price"])
        except RuleBroken as broken:
            yield "price", broken.message
        if values["until"] is not None and values["until"] < values["from"]:
            yield "until", "It ends before it begins."
        before = self.on_record.get(place_of(values))
        if before is not None and before != (values["price"], values["until"]):
            yield "price", _other(values["from"], *before)

    def is_on_record(self, values: Values) -> bool:
        """Whether the same rate was brought in before."""
        return place_of(values) in self.on_record


def _other(from_on: date, pence: int, until_on: date | None) -> str:
    until = f" until {date_text(until_on)}" if until_on else ""
    return f"On record from {date_text(from_on)} is {pounds(pence)}{until}. A new price starts on another day."


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())


def _as_key(text: str) -> str:
    """ "Core weekly price", as the comparison heads its column, is “core-weekly-price”."""
    return _squeezed(text.replace("-", " "))


def place_of(values: Values) -> Place:
    return values["provider"], values["lot"], values["item"], values["from"]


def known(agreement: Agreement, council_id: int, session: Session | None = None) -> Known:
    """Look up all that the rows may name: five statements, however long the file is."""
    reader = session or db.session
    names: dict[str, tuple[str, ...]] = {}
    for ref, name, trading_name in reader.execute(
        select(Provider.ref, Provider.name, Provider.trading_name).order_by(Provider.ref)
    ):
        for word in {_squeezed(name), _squeezed(trading_name)} - {""}:
            names[word] = (*names.get(word, ()), ref)
    urns = reader.execute(select(Registration.urn, Provider.ref).join(Registration.provider))
    return Known(
        names=names,
        urns={urn.casefold(): ref for urn, ref in urns},
        lots={lot.code.casefold(): lot.code for lot in agreement.lots},
        card=rate_card(agreement, reader),
        on_record=_on_record(agreement, council_id, reader),
    )


def rate_card(agreement: Agreement, reader: Session) -> dict[str, Mapping[str, Any]]:
    """The lines of the rate card of the newest published round, by key."""
    newest = reader.scalar(
        select(Round)
        .where(Round.agreement_id == agreement.id, Round.published_at.is_not(None))
        .options(joinedload(Round.rate_card))
        .order_by(Round.published_at.desc(), Round.id.desc())
        .limit(1)
    )
    return {} if newest is None else {item["key"]: item for item in newest.rate_card.body["items"]}


def _on_record(
    agreement: Agreement, council_id: int, reader: Session
) -> dict[Place, tuple[int, date | None]]:
    rows = reader.execute(
        select(Rate, Provider.ref, AgreementLot.code)
        .join(Provider, Provider.id == Rate.provider_id)
        .join(Rate.agreement_lot)
        .where(Rate.council_id == council_id, AgreementLot.agreement_id == agreement.id)
    )
    return {
        (ref, code, rate.item_key, rate.from_on): (rate.amount_pence, rate.until_on)
        for rate, ref, code in rows
    }


def spec(about: Known) -> ImportSpec:
    """What a file of spot rates must hold."""
    titles = {key: title for key, title, _ in HEADINGS}
    return ImportSpec(
        key=KEY,
        columns=(
            ImportColumn(
                "provider", titles["provider"], about.provider, aliases=("Provider name", "URN")
            ),
            ImportColumn("lot", titles["lot"], about.lot),
            ImportColumn("item", titles["item"], about.item, aliases=("Rate",)),
            ImportColumn("price", titles["price"], imports.money, aliases=("Amount",)),
            ImportColumn("from", titles["from"], imports.date_on, aliases=("Start", "From date")),
            ImportColumn(
                "until",
                titles["until"],
                imports.date_on,
                required=False,
                aliases=("End", "To", "Until date"),
            ),
        ),
        check_row=about.check,
        natural_key=place_of,
    )


def read(stream: BinaryIO, about: Known, file_name: str) -> Preview:
    """Judge every row of a file; keep nothing.

    Raises:
        FileRefused: the file as a whole cannot be read, or lacks a column.
    """
    return imports.read(stream, spec(about), file_name)


def preview_table(preview: Preview, about: Known, names: Mapping[str, str]) -> Table:
    """The rows that would be taken, each as it would stand on record."""
    columns = [
        Column("line", "Line", "whole"),
        Column("provider", "Provider"),
        Column("lot", "Lot"),
        Column("item", "Item"),
        Column("price", "Price", "money"),
        Column("from", "From", "date"),
        Column("until", "Until", "date"),
        Column("state", "State"),
    ]
    rows = [
        {
            **row.values,
            "line": row.line,
            "provider": names.get(row.values["provider"], row.values["provider"]),
            "item": about.card[row.values["item"]]["title"],
            "state": "On record already" if about.is_on_record(row.values) else "New",
        }
        for row in preview.rows
    ]
    return Table("spot-rates", "Spot rates in this file", columns, rows)


def template() -> Table:
    """An empty file with the right headings."""
    columns = [Column(key, title) for key, title, _ in HEADINGS]
    return Table("spot-rates-template", "Spot rates", columns, [])


def provider_names(refs: Iterable[str]) -> dict[str, str]:
    """Names by reference."""
    rows = db.session.execute(
        select(Provider.ref, Provider.name).where(Provider.ref.in_(set(refs)))
    )
    return {row.ref: row.name for row in rows}


def spot_rates(preview: Preview, agreement: Agreement) -> list[SpotRate]:
    """The rows of a preview as rates, looked up anew.

    Raises:
        RuleBroken: `rate:unknown`, when something that a row names has gone since the preview.
    """
    refs = {row.values["provider"] for row in preview.rows}
    providers = {
        one.ref: one for one in db.session.scalars(select(Provider).where(Provider.ref.in_(refs)))
    }
    lots = {lot.code: lot for lot in agreement.lots}
    card = rate_card(agreement, db.session)
    try:
        return [_spot_rate(row.values, providers, lots, card) for row in preview.rows]
    except KeyError:
        raise RuleBroken(
            "rate:unknown", "The register has changed since the preview. Upload the file again."
        ) from None


def _spot_rate(
    values: Values,
    providers: Mapping[str, Provider],
    lots: Mapping[str, AgreementLot],
    card: Mapping[str, Mapping[str, Any]],
) -> SpotRate:
    item = card[values["item"]]
    return SpotRate(
        provider=providers[values["provider"]],
        agreement_lot=lots[values["lot"]],
        offer=RateOffer(
            item_key=values["item"],
            unit=item["unit"],
            included_hours=item.get("included_hours") or 0,
            amount_pence=values["price"],
        ),
        from_on=values["from"],
        until_on=values["until"],
    )
