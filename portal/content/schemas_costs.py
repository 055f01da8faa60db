"""The shape of content about costs: types of placement, and tables that somebody published."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Regexp

from portal.content.fields import Flag, Whole, a_key, a_note, a_text
from portal.content.schemas_base import ContentSchema, parts

BASES = ("actual", "projected")
GROUPS = ("in-house", "external", "none")


class PlacementTypeSchema(Schema):
    key = a_key()
    title = a_text(most=80)
    paid = Flag(required=True)  # whether a price is expected
    group = a_text(validate=OneOf(GROUPS))
    tripartite = a_key(required=False, load_default=None, allow_none=True)
    not_tripartite = a_key(required=False, load_default=None, allow_none=True)
    words = fields.List(a_text(most=80), load_default=list)  # how ledgers call it


class CodeSchema(Schema):
    place = a_text(validate=Regexp(r"^[A-Z]\d\Z", error="Must be a place code, such as U4."))
    providers = fields.List(
        a_text(validate=Regexp(r"^PR\d\Z", error="Must be a provider code, such as PR4.")),
        load_default=list,
    )  # none: whatever the provider
    type = a_key()


class PlacementTypesSchema(ContentSchema):
    source = a_note()
    types = parts(PlacementTypeSchema)
    codes = parts(CodeSchema)


class PublishedColumnSchema(Schema):
    key = a_key()
    title = a_text(most=80)
    types = fields.List(a_key(), load_default=list)  # the types of placement that it stands for


class PublishedPriceSchema(Schema):
    column = a_key()
    pounds = Whole(required=True, allow_none=True)  # none: not applicable, never zero


class PublishedRowSchema(Schema):
    year = Whole(least=1990, most=2199, required=True)  # in which the financial year begins
    basis = a_text(validate=OneOf(BASES))
    basis_note = a_note()
    children = Whole(required=True, allow_none=True)
    average_pounds = Whole(required=True, allow_none=True)
    variance_percent = fields.Integer(strict=True, required=True, allow_none=True)
    prices = parts(PublishedPriceSchema)
    total_pounds = Whole(required=True, allow_none=True)


class PublishedTableSchema(ContentSchema):
    council = a_key()
    source = a_text()
    columns = parts(PublishedColumnSchema)
    rows = parts(PublishedRowSchema)
    faults = fields.List(a_text(), load_default=list)
