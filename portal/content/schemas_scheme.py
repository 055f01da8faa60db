"""The shape of an evaluation scheme. What is left out stays out: a scheme is read by its rules.

Amounts, weights and words are judged by `scoring`, which knows what they mean together; here is
only what may stand where.
"""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Equal, Length, OneOf, Regexp

from portal.content.fields import LOT, Flag, Whole, a_key, a_text, lot_codes
from portal.content.schemas_base import ContentSchema, parts
from scoring.price_rules import WEIGHT
from scoring.terms import (
    WHOLE_BP,
    Agreeing,
    BasketMethod,
    BelowLeast,
    CriterionKind,
    Formula,
    LotsMechanism,
    Mechanism,
    Panel,
    Stated,
    TieAtCap,
    TieBy,
)

NEEDED = "Missing data for required field."
CODE = Regexp(rf"^{LOT.pattern}\Z", error="Must be the code of a lot, such as 1A.")


def one_word(words: Any, **more: Any) -> Any:
    """A word of a closed vocabulary that may be left out."""
    return a_text(**{"required": False, "validate": OneOf([word.value for word in words]), **more})


def may_be(field: type[Whole] = Whole, **more: Any) -> Whole:
    """A number that may be left out."""
    return field(allow_none=True, **more)


class Weight(fields.Field):
    """How much of an item is expected: a whole number, or a text with decimals such as "2.5"."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int | str:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole or (isinstance(value, str) and re.fullmatch(WEIGHT, value)):
            return value
        raise ValidationError("Must be a whole number, or a text such as 2.5.")


class TieBreakSchema(Schema):
    by = one_word(TieBy, required=True)
    key = a_key(required=False)


class LotsCapSchema(Schema):
    cap = Whole(required=True)
    mechanism = one_word(LotsMechanism)
    order = lot_codes(unstated=True)


class AwardSchema(Schema):
    mechanism = one_word(Mechanism, required=True)
    ranked = Flag(required=True)
    cap = Whole(load_default=None, allow_none=True)
    cap_by_lot = fields.Dict(keys=a_text(validate=CODE), values=Whole())
    tie_breaks = fields.List(fields.Nested(TieBreakSchema))
    tie_at_cap = one_word(TieAtCap, allow_none=True)
    lots_per_bidder = fields.Nested(LotsCapSchema, allow_none=True)


class ThresholdsSchema(Schema):
    total_share_bp = Whole(most=WHOLE_BP, load_default=None, allow_none=True)


class WeighedSchema(Schema):
    """A part of a scheme: it states a share, or in a scheme of points, its points."""

    weight_bp = Whole(most=WHOLE_BP)
    points = Whole()

    @validates_schema(skip_on_field_errors=False)
    def _weighed(self, data: Mapping[str, Any], **_: Any) -> None:
        if "weight_bp" not in data and "points" not in data:
            raise ValidationError(NEEDED, "weight_bp")


class ScoredQuestionSchema(WeighedSchema):
    question = a_key()
    minimum_score = Whole(load_default=None, allow_none=True)


class CriterionSchema(WeighedSchema):
    key = a_key()
    title = a_text()
    kind = one_word(CriterionKind)
    panel = one_word(Panel)
    scale = a_key(required=False)
    minimum_share_bp = Whole(most=WHOLE_BP, load_default=None, allow_none=True)
    agreeing = one_word(Agreeing)
    questions = fields.List(fields.Nested(ScoredQuestionSchema))
    criteria = fields.List(fields.Nested(lambda: CriterionSchema()))  # noqa: PLW0108  within itself

    @validates_schema(skip_on_field_errors=True)
    def _made_of_something(self, data: Mapping[str, Any], **_: Any) -> None:
        plain = data.get("kind") != CriterionKind.PRICE and not data.get("criteria")
        if plain and not data.get("questions"):
            raise ValidationError("Must name at least one question.", "questions")


class YoungSchema(Schema):
    least_pairs = Whole(least=1, required=True)
    below_least = one_word(BelowLeast, required=True)


class TermsSchema(Schema):
    """The amounts of a formula, for the round or for one lot."""

    ceiling_pence = may_be()
    optimal_pence = may_be()
    maximum_pence = may_be()


class BasketItemSchema(Schema):
    item = a_key()
    weight = Weight(required=True)


class BasketSchema(Schema):
    method = one_word(BasketMethod, required=True)
    items = parts(BasketItemSchema)
    lots = lot_codes(unstated=True)
    councils = fields.List(a_key())


class DiscountSchema(Schema):
    key = a_key()
    title = a_text()
    share_bp = Whole(most=WHOLE_BP)
    most_bp = Whole(most=WHOLE_BP)
    required = Flag()


class DiscountsSchema(Schema):
    compounding = Flag(required=True)
    steps = parts(DiscountSchema)


class PriceSchema(TermsSchema):
    formula = one_word(Formula, required=True)
    by_lot = fields.Dict(keys=a_text(validate=CODE), values=fields.Nested(TermsSchema))
    abnormally_low_bp = Whole(most=WHOLE_BP)
    each_council = Flag()
    baskets = fields.List(fields.Nested(BasketSchema), required=True, validate=Length(min=1))
    discounts = fields.Nested(DiscountsSchema, allow_none=True)


class SchemeSchema(ContentSchema):
    decimals = Whole(most=6, required=True)
    rounding = a_text(validate=Equal("half-up"))
    stated_in = one_word(Stated)
    award = fields.Nested(AwardSchema, required=True)
    thresholds = fields.Nested(ThresholdsSchema, required=True)
    criteria = parts(CriterionSchema)
    price = fields.Nested(PriceSchema, allow_none=True)
    young = fields.Nested(YoungSchema, required=True)
    quorum = may_be(least=1, most=20)
