"""The closed vocabularies of content. Light: pages and queries need them, and no schema."""

from enum import StrEnum


class Kind(StrEnum):
    """What content there is, and in which order a shipped set is read."""

    SCALE = "scale"
    OFSTED_SCALE = "ofsted-scale"
    DOCUMENT_TYPES = "document-types"
    COUNCILS = "councils"
    QUESTION_SET = "question-set"
    CHECKLIST = "checklist"
    RATE_CARD = "rate-card"
    SCHEME = "scheme"
    KPI_SET = "kpi-set"
    ROUND_TEMPLATE = "round-template"
    PLACEMENT_TYPES = "placement-types"
    PUBLISHED_TABLE = "published-table"
    VISIT_FRAMEWORK = "visit-framework"

    @property
    def title(self) -> str:
        return {
            Kind.SCALE: "Scale",
            Kind.OFSTED_SCALE: "Ofsted scale",
            Kind.DOCUMENT_TYPES: "Types of document",
            Kind.COUNCILS: "Councils",
            Kind.QUESTION_SET: "Question set",
            Kind.CHECKLIST: "Document checklist",
            Kind.RATE_CARD: "Rate card",
            Kind.SCHEME: "Evaluation scheme",
            Kind.KPI_SET: "KPI set",
            Kind.ROUND_TEMPLATE: "Round template",
            Kind.PLACEMENT_TYPES: "Types of placement",
            Kind.PUBLISHED_TABLE: "Published table of costs",
            Kind.VISIT_FRAMEWORK: "Visit framework",
        }[self]


class QuestionKind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes-no"
    ONE_OF = "one-of"
    MANY_OF = "many-of"
    FILE = "file"
    TABLE = "table"  # rows with columns of its own, such as staffing
    SETTINGS = "settings"  # homes with their addresses


class QuestionRole(StrEnum):
    """What an answer is for."""

    INFORMATION = "information"
    PASS_FAIL = "pass-fail"  # noqa: S105
    SCORED = "scored"
