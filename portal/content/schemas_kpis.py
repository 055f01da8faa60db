"""The shape of a KPI set. Numbers stand in quotes: "92.5" is exact, 92.5 in YAML is not."""

from marshmallow import Schema
from marshmallow.validate import OneOf

from portal.content.fields import Flag, Whole, a_key, a_note, a_text
from portal.content.schemas_base import ContentSchema, parts
from scoring.kpi_periods import Frequency
from scoring.kpis import Direction, Level, Unit

SERVICES = ("supported-accommodation", "fostering")


class KpiSchema(Schema):
    key = a_key()
    name = a_text(most=120)
    purpose = a_text()
    numerator = a_text(most=200)
    denominator = a_note(most=200)  # empty for a plain count
    unit = a_text(validate=OneOf([unit.value for unit in Unit]))
    direction = a_text(validate=OneOf([way.value for way in Direction]))
    target = a_text(required=True, allow_none=True, most=12)  # null: reported, not rated
    tolerance = a_text(most=12)
    frequency = a_text(validate=OneOf([often.value for often in Frequency]))
    level = a_text(validate=OneOf([level.value for level in Level]))
    may_exceed = Flag(load_default=False)
    decimals = Flag(load_default=False)  # parts of one: hours, averages
    young_words = a_note(most=300)
    source = a_text(validate=OneOf(["published", "usual", "own"]))


class KpiSetSchema(ContentSchema):
    service = a_text(validate=OneOf(SERVICES))
    due_days = Whole(least=1, most=92, required=True)  # after the last day of a period
    kpis = parts(KpiSchema)
