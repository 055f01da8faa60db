"""Documents, gates and completeness: what must hold before a bid is scored, under one name."""

from scoring.documents import (
    HOLDS,
    MAY_BE_SUBMITTED,
    WARNING_DAYS,
    DocumentFacts,
    DocumentState,
    days_left,
    document_state,
    expiry_warning,
    standing,
    stops_placements,
    warnings_due,
)
from scoring.ofsted import Branch, Outcome, OutcomeScale, ofsted_gate
from scoring.submissions import Asking, Submission, questions_in, submission_findings

__all__ = [
    "HOLDS",
    "MAY_BE_SUBMITTED",
    "WARNING_DAYS",
    "Asking",
    "Branch",
    "DocumentFacts",
    "DocumentState",
    "Outcome",
    "OutcomeScale",
    "Submission",
    "days_left",
    "document_state",
    "expiry_warning",
    "ofsted_gate",
    "questions_in",
    "standing",
    "stops_placements",
    "submission_findings",
    "warnings_due",
]
