"""The shape of a framework for visits: matters, standards, what to look at, how to judge."""

from marshmallow import Schema, fields

from portal.content.fields import Whole, a_key, a_note, a_text
from portal.content.schemas_base import ContentSchema, parts


class StandardSchema(Schema):
    key = a_key()
    title = a_text(most=120)
    plain = a_text(most=300)
    source = a_note()


class AskSchema(Schema):
    """What young people said that a home should be, with the outcomes that they named."""

    key = a_key()
    title = a_text(most=120)
    plain = a_text(most=300)
    outcomes = fields.List(a_text(most=120), required=True)


class MatterSchema(Schema):
    """A criterion: what officers and young people score, each in words of their own."""

    key = a_key()
    title = a_text(most=120)
    plain = a_text(most=300)
    formal = a_text(most=600)
    source = a_note()
    standards = fields.List(a_key(), load_default=list)
    asks = fields.List(a_key(), load_default=list)
    guidance = fields.List(a_text(most=600), load_default=list)
    young_guidance = fields.List(a_text(most=300), load_default=list)


class LookedAtSchema(Schema):
    """A document, a room or a group of people that a visit looks at, walks through or speaks to."""

    key = a_key()
    title = a_text(most=120)
    hint = a_note()


class CareSchema(Schema):
    title = a_text(most=200)
    hint = a_note()
    guidance = fields.List(a_text(most=600), load_default=list)


class JudgementSchema(Schema):
    key = a_key()
    title = a_text(most=120)
    meaning = a_text(most=300)


class VisitFrameworkSchema(ContentSchema):
    intro = a_note()
    officer_scale = a_key()
    young_scale = a_key()
    weak_at_most = Whole(required=True)
    standards = parts(StandardSchema)
    asks = parts(AskSchema)
    matters = parts(MatterSchema)
    documents = parts(LookedAtSchema)
    places = parts(LookedAtSchema)
    spoken = parts(LookedAtSchema)
    care = fields.Nested(CareSchema, required=True)
    judgements = parts(JudgementSchema)
