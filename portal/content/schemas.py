"""The shape of each kind of content. What is not listed here is refused, with its path.

Everything that may be left out is filled in, so that whoever reads a body finds every name. What
the parts mean to each other is judged in `checks.py`.
"""

from marshmallow import Schema, fields
from marshmallow.validate import Equal, Length, OneOf, Regexp

from portal.content.fields import Flag, OneOrSeveral, Whole, a_key, a_note, a_text, lot_codes
from portal.content.kinds import Kind, QuestionKind, QuestionRole
from portal.content.rates import PERCENT
from portal.content.schemas_base import ContentSchema, parts
from portal.content.schemas_costs import PlacementTypesSchema, PublishedTableSchema
from portal.content.schemas_kpis import KpiSetSchema
from portal.content.schemas_scheme import SchemeSchema
from portal.content.schemas_visits import VisitFrameworkSchema
from scoring.identifiers import REGISTERS
from scoring.rows import CELL_KINDS, MOST_ROWS
from scoring.terms import Panel

BASES = ("law", "published", "usual")
OWNERS = ("organisation", "setting")


class PointSchema(Schema):
    value = Whole(required=True)
    label = a_text()
    meaning = a_text()
    face = a_note()


class ScaleSchema(ContentSchema):
    points = parts(PointSchema)
    abstention = Flag(load_default=False)


class OutcomeSchema(Schema):
    value = a_key()
    label = a_text()
    meaning = a_text()
    position = Whole(
        least=1, load_default=None, allow_none=True
    )  # 1 is best; none before inspection
    next_inspection_months = Whole(least=1, load_default=None, allow_none=True)


class OfstedScaleSchema(ContentSchema):
    provision = a_key()
    source = a_note()
    outcomes = parts(OutcomeSchema)
    usual_gate = fields.List(a_key(), required=True, validate=Length(min=1))


class DocumentTypeSchema(Schema):
    key = a_key()
    title = a_text()
    of = a_text(validate=OneOf(OWNERS))
    expiry = a_text(validate=OneOf(["required", "optional", "none"]))
    months = Whole(least=1, load_default=None, allow_none=True)
    calendar_year = Flag(load_default=False)  # one in each calendar year, whatever the month
    recheck_months = Whole(least=1, load_default=None, allow_none=True)
    basis = a_text(validate=OneOf(BASES))
    interval_basis = a_text(
        required=False, load_default=None, allow_none=True, validate=OneOf(BASES)
    )
    blocks_placement = Flag(required=True)
    minimum_cover_pence = Whole(least=1, load_default=None, allow_none=True)
    note = a_note()


class DocumentTypesSchema(ContentSchema):
    types = parts(DocumentTypeSchema)


class CouncilSchema(Schema):
    slug = a_key()
    name = a_text()
    legal_name = a_text()
    short_name = a_text()
    code = a_text(validate=Regexp(r"^E\d{8}\Z", error="Must be an ONS code, such as E06000032."))
    town_hall = a_note()


class CouncilsSchema(ContentSchema):
    councils = parts(CouncilSchema)


class OptionSchema(Schema):
    value = a_key()
    label = a_text()


# The earlier answer under which a question appears. `is` is a word of Python, so it is no class.
WhenSchema = Schema.from_dict({"question": a_key(), "is": OneOrSeveral()}, name="WhenSchema")


class ColumnSchema(Schema):
    key = a_key()
    label = a_text(most=80)
    kind = a_text(validate=OneOf(CELL_KINDS))
    required = Flag(required=True)
    options = parts(OptionSchema, required=False, load_default=list, validate=[])


class QuestionSchema(Schema):
    key = a_key()
    kind = a_text(validate=OneOf([kind.value for kind in QuestionKind]))
    label = a_text(most=200)
    title = a_note()  # a short name for tables and letters; the label where there is none
    hint = a_note()
    guidance = fields.List(a_text(), load_default=list)
    role = a_text(validate=OneOf([role.value for role in QuestionRole]))
    required = Flag(required=True)
    words = Whole(least=1, most=5_000, load_default=None, allow_none=True)
    pass_value = a_text(required=False, load_default=None, allow_none=True)
    per_lot = Flag(load_default=False)
    lots = lot_codes()
    when = fields.Nested(WhenSchema, load_default=None, allow_none=True)
    options = parts(OptionSchema, required=False, load_default=list, validate=[])
    unit = a_note()
    identifier = a_text(
        required=False, load_default=None, allow_none=True, validate=OneOf(list(REGISTERS))
    )
    promise = Flag(load_default=False)  # the answer is copied onto the contract, to be held to
    # Of a table or a list of homes. What is left out stays out: published hashes must not change.
    columns = parts(ColumnSchema, required=False)
    row_title = a_text(required=False, most=40)
    least_rows = Whole(least=1, most=MOST_ROWS)
    most_rows = Whole(least=1, most=MOST_ROWS)
    beside = a_key(required=False)  # the scored question whose scorers read these rows too


class SectionSchema(Schema):
    key = a_key()
    title = a_text()
    intro = a_note()
    audience = a_text(validate=OneOf([panel.value for panel in Panel]))
    prefill = Flag(load_default=True)  # may answers of an earlier round be offered here?
    questions = parts(QuestionSchema)


class QuestionSetSchema(ContentSchema):
    sections = parts(SectionSchema)


class ChecklistLineSchema(Schema):
    key = a_key()
    type = a_key()
    title = a_text()
    hint = a_note()
    required = Flag(required=True)
    of = a_text(validate=OneOf(OWNERS))
    stage = a_text(validate=OneOf(["submission", "award"]))
    lots = lot_codes()
    promise = Flag(load_default=False)  # “we will hold it from the start” is an answer


class ChecklistSchema(ContentSchema):
    documents = parts(ChecklistLineSchema)


class RateItemSchema(Schema):
    key = a_key()
    title = a_text()
    hint = a_note()
    unit = a_text(validate=OneOf(["week", "hour", "night", PERCENT]))
    required = Flag(required=True)
    included_hours = Whole(load_default=None, allow_none=True)
    minimum_pence = Whole(least=1, required=True)
    maximum_pence = Whole(least=1, required=True)
    lots = lot_codes(unstated=True)  # where it is asked for; all of them where nothing is said


class RateCardSchema(ContentSchema):
    unit = a_text(validate=Equal("week"))
    items = parts(RateItemSchema)


class AgreementSchema(Schema):
    kind = a_text(validate=OneOf(["apl", "framework"]))
    title = a_text()


class LotSchema(Schema):
    code = a_text(
        validate=Regexp(r"^[0-9A-Z]{1,12}\Z", error="Must be capitals and digits, such as 1A.")
    )
    title = a_text()
    category = a_key()
    ages = a_text()
    description = a_text()


class TimetableSchema(Schema):
    """Hints for the editor of a round, never rules."""

    questions_close_after_days = Whole(least=1, required=True)
    deadline_after_days = Whole(least=1, required=True)
    deadline_time = a_text(
        validate=Regexp(r"^([01]\d|2[0-3]):[0-5]\d\Z", error="Must be a time, 12:00.")
    )
    evaluation_days = Whole(least=1, required=True)
    standstill_working_days = Whole(load_default=None, allow_none=True)


class RoundTemplateSchema(ContentSchema):
    agreement = fields.Nested(AgreementSchema, required=True)
    regime = a_text(validate=OneOf(["pcr-2015-light-touch", "pa-2023-light-touch", "pa-2023"]))
    summary = a_note()
    lots = parts(LotSchema)
    councils = fields.List(a_key(), required=True, validate=Length(min=1))
    lead = a_key()
    question_set = a_key()
    checklist = a_key()
    rate_card = a_key()
    scheme = a_key()
    ofsted_scale = a_key()
    list_years = Whole(least=1, most=10, required=True)
    eligibility = fields.List(a_key())  # pass-or-fail questions of the two-minute check
    timetable = fields.Nested(TimetableSchema, required=True)


__all__ = ["SCHEMAS", "Kind", "QuestionKind", "QuestionRole"]

SCHEMAS: dict[Kind, type[ContentSchema]] = {
    Kind.SCALE: ScaleSchema,
    Kind.OFSTED_SCALE: OfstedScaleSchema,
    Kind.DOCUMENT_TYPES: DocumentTypesSchema,
    Kind.COUNCILS: CouncilsSchema,
    Kind.QUESTION_SET: QuestionSetSchema,
    Kind.CHECKLIST: ChecklistSchema,
    Kind.RATE_CARD: RateCardSchema,
    Kind.SCHEME: SchemeSchema,
    Kind.KPI_SET: KpiSetSchema,
    Kind.ROUND_TEMPLATE: RoundTemplateSchema,
    Kind.PLACEMENT_TYPES: PlacementTypesSchema,
    Kind.PUBLISHED_TABLE: PublishedTableSchema,
    Kind.VISIT_FRAMEWORK: VisitFrameworkSchema,
}
