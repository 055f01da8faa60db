"""Follow-ups in plain words: where they come from, what was done to them."""

from portal.followups.models import FollowUpKind, OwnerSide
from scoring.stages import FollowUpStage

SOURCES = {
    "visit": "Visit",
    "kpi-return": "KPI return",
    "forum": "Forum",
    "plan": "Action plan",
    "contract": "Contract",
    "package-review": "Package review",
    "ofsted": "Ofsted outcome",
}
"""What may raise a follow-up: the word in the table, and how a person says it."""

KINDS = {FollowUpKind.RECOMMENDATION: "Recommendation", FollowUpKind.ACTION: "Action"}
SIDES = {OwnerSide.PROVIDER: "Provider", OwnerSide.COUNCIL: "Council"}
STAGES = {
    FollowUpStage.OPEN: "Open",
    FollowUpStage.ANSWERED: "Answered",
    FollowUpStage.CLOSED: "Closed",
    FollowUpStage.WITHDRAWN: "Withdrawn",
}
STEPS = {
    "raise": "Raised",
    "note": "Note",
    "answer": "Answered",
    "send-back": "Sent back",
    "change-due": "Date changed",
    "close": "Closed",
    "reopen": "Opened again",
    "withdraw": "Withdrawn",
}


def source_words(kind: str, label: str) -> str:
    """Where a follow-up comes from: "Forum: Autumn provider forum"."""
    return f"{SOURCES.get(kind, kind)}: {label}" if label else SOURCES.get(kind, kind)
