"""What goes of a bid, of a round's decisions and of a contract: one line for each table.

What no line names stays: who took part, in which lot, when, how it ended, figures, and every hash. A
test walks all tables that belong to these and asks each column whether it goes or why it stays.
"""

from typing import Any

from sqlalchemy import select

from portal.applications.clarifications.models import ClarificationField, ClarificationRequest
from portal.applications.clarifications.models_clean_copies import CleanCopy
from portal.applications.exclusions.models import (
    DebarmentCheck,
    Exclusion,
    ExclusionFile,
    ExclusionGround,
    ExclusionNotice,
)
from portal.applications.late.models import LateCase
from portal.applications.models import (
    Answer,
    Application,
    Arrival,
    AttachedDocument,
    BidLot,
    ComplianceItem,
    OfferedRate,
    Readiness,
    Submission,
    VersionConfirmation,
)
from portal.applications.models_marks import SensitiveMark
from portal.awards.models import Approval, LegalHold, Letter, LetterLook, Recommendation
from portal.contracts.models import Promise, PromiseCheck, PromiseDocument
from portal.contracts.models_packages import PackageLine, PackageReview
from portal.contracts.models_terms import ExtensionDecision, ExtensionOption, Suspension
from portal.contracts.models_uplifts import UpliftLetter, UpliftRequest, UpliftStep
from portal.db import Base
from portal.evaluation.decisions.models import AwardDecision, Correction, PriceQuestion
from portal.evaluation.models import (
    ConflictDeclaration,
    Consensus,
    PanelMember,
    Result,
    Score,
    Scorer,
    ScorerPerson,
    Sheet,
    SheetSubmission,
    YoungSignOff,
)
from portal.evaluation.moderation.models import PanelMeeting
from portal.evaluation.prices.models import Computation
from portal.evidence.letting_go import Mine, Part
from portal.evidence.models import EvidenceSecret
from portal.rounds.models_clarifications import ClarificationQuestion


def by(column: Any) -> Mine:
    """The rows that point at the things themselves."""
    return lambda ids: column.in_(ids)  # noqa: PLW0108  the type is that of ids


def through(column: Any, parent: type[Base], mine: Mine) -> Mine:
    """The rows that point at rows of another table that belong to the things."""
    key: Any = parent.__table__.c.id
    return lambda ids: column.in_(select(key).where(mine(ids)))


def of_bid(model: type[Base]) -> Mine:
    return by(model.application_id)  # type: ignore[attr-defined]


# What the bidder sent. What was submitted is emptied apart (`retention.py`): its shape stays.
BID = (
    Part(Readiness, of_bid(Readiness), whole=True),
    Part(VersionConfirmation, of_bid(VersionConfirmation), whole=True),
    Part(Answer, of_bid(Answer), whole=True),
    Part(AttachedDocument, of_bid(AttachedDocument), whole=True),
    Part(OfferedRate, of_bid(OfferedRate), whole=True),
    Part(SensitiveMark, of_bid(SensitiveMark), whole=True),
    Part(Arrival, of_bid(Arrival), whole=True),
    Part(Submission, of_bid(Submission), words=("withdraw_reason",)),
    Part(
        ClarificationField,
        through(ClarificationField.request_id, ClarificationRequest, of_bid(ClarificationRequest)),
        words=("reply",),
        emptied={"document_version_id": None},
    ),
    Part(CleanCopy, of_bid(CleanCopy), emptied={"document_version_id": None}),
    Part(
        LateCase,
        of_bid(LateCase),
        words=("what_happened", "evidence"),
        emptied={"portal_record": []},
    ),
    Part(
        ExclusionFile,
        through(ExclusionFile.exclusion_id, Exclusion, of_bid(Exclusion)),
        whole=True,
    ),
    Part(Exclusion, of_bid(Exclusion), words=("answer",)),
    Part(PriceQuestion, of_bid(PriceQuestion), words=("answer",)),
)


def in_round(column: Any) -> Mine:
    """The rows that point at an application to the rounds."""
    return through(column, Application, by(Application.round_id))


def of_round(model: type[Base]) -> Mine:
    return by(model.round_id)  # type: ignore[attr-defined]


SHEETS = in_round(Sheet.application_id)
REQUESTS = in_round(ClarificationRequest.application_id)
EXCLUSIONS = in_round(Exclusion.application_id)

# What the councils wrote, decided and declared, and who took part in it.
DECISIONS = (
    Part(Score, through(Score.sheet_id, Sheet, SHEETS), words=("reason",)),
    Part(Sheet, SHEETS, words=("returned_reason",)),
    Part(SheetSubmission, through(SheetSubmission.sheet_id, Sheet, SHEETS), walked=("content",)),
    Part(
        Consensus,
        in_round(Consensus.application_id),
        words=("reason", "why_outside", "dissent"),
        emptied={"present": []},
    ),
    Part(YoungSignOff, in_round(YoungSignOff.application_id), whole=True),
    Part(ConflictDeclaration, of_round(ConflictDeclaration), whole=True),
    Part(ScorerPerson, through(ScorerPerson.scorer_id, Scorer, of_round(Scorer)), whole=True),
    Part(PanelMember, of_round(PanelMember), whole=True),
    Part(PanelMeeting, of_round(PanelMeeting), whole=True),
    Part(Result, in_round(Result.application_id), walked=("content",)),
    Part(Computation, of_round(Computation), words=("refusal",), walked=("lots",)),
    Part(PriceQuestion, in_round(PriceQuestion.application_id), words=("flag", "question")),
    Part(AwardDecision, of_round(AwardDecision), words=("reason", "words", "decline_reason")),
    Part(Correction, in_round(Correction.application_id), words=("reason", "decline_reason")),
    Part(Recommendation, of_round(Recommendation), words=("reason",), walked=("content",)),
    Part(
        Approval,
        through(Approval.recommendation_id, Recommendation, of_round(Recommendation)),
        words=("reason",),
    ),
    Part(
        LetterLook,
        through(LetterLook.letter_id, Letter, in_round(Letter.application_id)),
        whole=True,
    ),
    Part(Letter, in_round(Letter.application_id), walked=("content",), emptied={"file_id": None}),
    Part(
        LegalHold,
        of_round(LegalHold),
        words=("claimant", "claim_reference", "reason", "lift_reason"),
    ),
    Part(
        Exclusion,
        EXCLUSIONS,
        words=("notice", "reason", "sent_back", "lift_reason"),
        emptied={"weighed": []},
    ),
    Part(
        ExclusionGround,
        through(ExclusionGround.exclusion_id, Exclusion, EXCLUSIONS),
        words=("who", "evidence"),
    ),
    Part(
        ExclusionNotice,
        through(ExclusionNotice.exclusion_id, Exclusion, EXCLUSIONS),
        words=("told", "reference", "not_needed"),
    ),
    Part(DebarmentCheck, in_round(DebarmentCheck.application_id), words=("names", "note")),
    Part(LateCase, in_round(LateCase.application_id), words=("proposed_reason", "decided_reason")),
    Part(
        ClarificationField,
        through(ClarificationField.request_id, ClarificationRequest, REQUESTS),
        words=("title", "asked"),
    ),
    Part(CleanCopy, in_round(CleanCopy.application_id), words=("title", "reason")),
    Part(ComplianceItem, in_round(ComplianceItem.application_id), words=("reason",)),
    Part(BidLot, in_round(BidLot.application_id), words=("reason",)),
    Part(ClarificationQuestion, of_round(ClarificationQuestion), words=("text", "reason")),
    Part(EvidenceSecret, of_round(EvidenceSecret), whole=True),
)


def agreed(link: str) -> tuple[Part, ...]:
    """What goes of contracts (`contract_id`) or of places on a list (`list_membership_id`)."""

    def of(model: type[Base]) -> Mine:
        return by(getattr(model, link))

    looks = through(PromiseCheck.promise_id, Promise, of(Promise))
    return (
        Part(Suspension, of(Suspension), words=("reason", "lift_reason")),
        Part(
            ExtensionDecision,
            through(ExtensionDecision.option_id, ExtensionOption, of(ExtensionOption)),
            words=("reason", "undone_reason"),
        ),
        Part(
            UpliftStep,
            through(UpliftStep.request_id, UpliftRequest, of(UpliftRequest)),
            words=("reason",),
        ),
        Part(
            UpliftLetter,
            through(UpliftLetter.request_id, UpliftRequest, of(UpliftRequest)),
            walked=("content",),
        ),
        Part(UpliftRequest, of(UpliftRequest), words=("working",)),
        Part(
            PackageLine,
            through(PackageLine.review_id, PackageReview, of(PackageReview)),
            whole=True,
        ),
        Part(PackageReview, of(PackageReview), words=("words",)),
        Part(
            PromiseDocument,
            through(PromiseDocument.promise_check_id, PromiseCheck, looks),
            whole=True,
        ),
        Part(PromiseCheck, looks, words=("evidence",)),
        Part(Promise, of(Promise), words=("question", "text")),
    )
