"""What several resources name in the same words: organisations, agreements, lots."""

from collections.abc import Iterable
from typing import Any

from marshmallow import fields

from portal.api.fields import Told
from portal.days import today
from portal.rounds.models import Agreement, AgreementLot
from portal.web import clock

__all__ = ["AgreementSchema", "LotSchema", "NamedSchema", "agreement_told", "lot_told", "on_today"]


class NamedSchema(Told):
    """An organisation: by its reference, and as it is called."""

    ref = fields.String()
    name = fields.String()


class AgreementSchema(Told):
    """A list or framework that is opened again and again."""

    ref = fields.String()
    title = fields.String()
    kind = fields.String(metadata={"enum": ["apl", "framework"]})


class LotSchema(Told):
    """A part of an agreement."""

    agreement = fields.Nested(AgreementSchema)
    code = fields.String()
    title = fields.String()


def named(one: Any) -> dict[str, str]:
    """An organisation."""
    return {"ref": one.ref, "name": one.name}


def councils_told(parts: Iterable[Any]) -> list[dict[str, str]]:
    """The councils of a round, a contract or a place, by name."""
    return sorted((named(part.council) for part in parts), key=lambda one: one["name"])


def agreement_told(agreement: Agreement) -> dict[str, str]:
    return {"ref": agreement.ref, "title": agreement.title, "kind": agreement.kind.value}


def lot_told(lot: AgreementLot) -> dict[str, Any]:
    """A lot, with its agreement."""
    return {"agreement": agreement_told(lot.agreement), "code": lot.code, "title": lot.title}


def on_today() -> Any:
    """The councils' day."""
    return today(clock())
