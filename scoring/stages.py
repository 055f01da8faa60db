"""The lives of things, as tables: every stage, every verb, and the stage that follows.

What people do is a `move`. What the clock does is derived from facts and the time, never
stored, because a job that should have stored it may not have run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.clock import (
    RoundFacts,
    invitation_stage_at,
    is_late,
    may_open,
    opening_refusal,
    opens_at,
    round_stage_at,
)
from scoring.life import Life, ends, move, verbs_from, words
from scoring.stage_names import (
    ApplicationLotStage,
    ApplicationStage,
    ApprovalStage,
    AssessmentStage,
    CardStage,
    CheckStage,
    ClarificationStage,
    ContractStage,
    EntryStage,
    FollowUpStage,
    ForumStage,
    InvitationStage,
    KpiReturnStage,
    LateCaseStage,
    MembershipStage,
    PlanReviewStage,
    PromiseStage,
    QuestionStage,
    RecommendationStage,
    RequestStage,
    ReviewStage,
    RoundStage,
    ScanStage,
    SheetStage,
    ToldStage,
    UpliftStage,
    VisitStage,
)
from scoring.visit_stages import VISIT

__all__ = [
    "APPLICATION",
    "APPLICATION_LOT",
    "APPROVAL",
    "ASSESSMENT",
    "CARD",
    "CLARIFICATION",
    "CLARIFICATION_REQUEST",
    "CONTRACT",
    "DOCUMENT_CHECK",
    "ENTRY",
    "FOLLOW_UP",
    "FORUM",
    "INVITATION",
    "KPI_RETURN",
    "LIVES",
    "MEMBERSHIP",
    "PLAN_REVIEW",
    "PROMISE",
    "QUESTION",
    "RECOMMENDATION",
    "REVIEW",
    "ROUND",
    "SCAN",
    "SHEET",
    "TOLD",
    "UPLIFT",
    "VISIT",
    "ApplicationLotStage",
    "ApplicationStage",
    "ApprovalStage",
    "AssessmentStage",
    "CardStage",
    "CheckStage",
    "ClarificationStage",
    "ContractStage",
    "EntryStage",
    "FollowUpStage",
    "ForumStage",
    "InvitationStage",
    "KpiReturnStage",
    "LateCaseStage",
    "Life",
    "MembershipStage",
    "PlanReviewStage",
    "PromiseStage",
    "QuestionStage",
    "RecommendationStage",
    "RequestStage",
    "ReviewStage",
    "RoundFacts",
    "RoundStage",
    "ScanStage",
    "SheetStage",
    "ToldStage",
    "UpliftStage",
    "VisitStage",
    "ends",
    "invitation_stage_at",
    "is_late",
    "may_open",
    "move",
    "opening_refusal",
    "opens_at",
    "round_stage_at",
    "verbs_from",
    "words",
]

R = RoundStage
ROUND: Life[RoundStage] = Life(
    "round",
    start=R.DRAFT,
    moves={
        (R.DRAFT, "publish"): R.PUBLISHED,
        # A round is stored as published until it is opened. The table takes the stored stage
        # and the one that the clock shows; `opening_refusal` keeps watch over the time.
        (R.PUBLISHED, "open"): R.OPENED,
        (R.DEADLINE_PASSED, "open"): R.OPENED,
        (R.OPENED, "evaluate"): R.EVALUATION,
        (R.EVALUATION, "lock"): R.MODERATED,
        (R.MODERATED, "recommend"): R.RECOMMENDED,
        (R.RECOMMENDED, "return"): R.MODERATED,
        (R.RECOMMENDED, "approve"): R.APPROVED,
        (R.APPROVED, "return"): R.MODERATED,  # a score was corrected before the letters went out
        (R.APPROVED, "stand-still"): R.STANDSTILL,
        (R.APPROVED, "conclude"): R.CONCLUDED,  # where the regime's standstill is voluntary
        (R.STANDSTILL, "conclude"): R.CONCLUDED,
        (R.DRAFT, "cancel"): R.CANCELLED,
        (R.PUBLISHED, "cancel"): R.CANCELLED,
        (R.OPEN_FOR_QUESTIONS, "cancel"): R.CANCELLED,
        (R.QUESTIONS_CLOSED, "cancel"): R.CANCELLED,
        (R.DEADLINE_PASSED, "cancel"): R.CANCELLED,
        (R.OPENED, "cancel"): R.CANCELLED,
        (R.EVALUATION, "cancel"): R.CANCELLED,
        (R.MODERATED, "cancel"): R.CANCELLED,
        (R.RECOMMENDED, "cancel"): R.CANCELLED,
        (R.APPROVED, "cancel"): R.CANCELLED,
        (R.STANDSTILL, "cancel"): R.CANCELLED,
    },
    ends=frozenset({R.CONCLUDED, R.CANCELLED}),
    clock={
        R.PUBLISHED: (R.OPEN_FOR_QUESTIONS, R.QUESTIONS_CLOSED, R.DEADLINE_PASSED),
        R.OPEN_FOR_QUESTIONS: (R.QUESTIONS_CLOSED, R.DEADLINE_PASSED),
        R.QUESTIONS_CLOSED: (R.DEADLINE_PASSED,),
    },
)

A = ApplicationStage
APPLICATION: Life[ApplicationStage] = Life(
    "application",
    start=A.DRAFT,
    moves={
        (A.DRAFT, "submit"): A.SUBMITTED,
        (A.DRAFT, "lapse"): A.LAPSED,
        (A.SUBMITTED, "submit"): A.SUBMITTED,  # a later submission replaces the earlier one
        (A.SUBMITTED, "withdraw"): A.DRAFT,
        (A.SUBMITTED, "open"): A.OPENED,
        (A.OPENED, "pass"): A.COMPLIANT,
        (A.OPENED, "fail"): A.NOT_COMPLIANT,
        (A.OPENED, "exclude"): A.NOT_COMPLIANT,  # the supplier, from every lot
        (A.COMPLIANT, "exclude"): A.NOT_COMPLIANT,
        (A.EVALUATED, "exclude"): A.NOT_COMPLIANT,  # looked up again before the award
        (A.COMPLIANT, "evaluate"): A.EVALUATED,
        (A.EVALUATED, "admit"): A.ADMITTED,
        (A.EVALUATED, "refuse"): A.NOT_ADMITTED,
    },
    ends=frozenset({A.LAPSED, A.NOT_COMPLIANT, A.ADMITTED, A.NOT_ADMITTED}),
)

L = ApplicationLotStage
APPLICATION_LOT: Life[ApplicationLotStage] = Life(
    "application-lot",
    start=L.APPLIED,
    moves={
        (L.APPLIED, "withdraw"): L.WITHDRAWN,
        (L.WITHDRAWN, "apply"): L.APPLIED,
        (L.APPLIED, "pass"): L.PASSED,
        (L.APPLIED, "fail"): L.FAILED,
        (L.APPLIED, "exclude"): L.FAILED,
        (L.PASSED, "exclude"): L.FAILED,
        (L.PASSED, "admit"): L.ADMITTED,
        (L.PASSED, "refuse"): L.NOT_ADMITTED,
    },
    ends=frozenset({L.FAILED, L.ADMITTED, L.NOT_ADMITTED}),
)

SHEET: Life[SheetStage] = Life(
    "sheet",
    start=SheetStage.DRAFT,
    moves={
        (SheetStage.DRAFT, "submit"): SheetStage.SUBMITTED,
        (SheetStage.SUBMITTED, "give-back"): SheetStage.DRAFT,
    },
)

SCAN: Life[ScanStage] = Life(
    "scan",
    start=ScanStage.WAITING,
    moves={
        (ScanStage.WAITING, "clear"): ScanStage.CLEAN,
        (ScanStage.WAITING, "infect"): ScanStage.INFECTED,
        (ScanStage.CLEAN, "infect"): ScanStage.INFECTED,  # found by a later scan
    },
    ends=frozenset({ScanStage.INFECTED}),
)

DOCUMENT_CHECK: Life[CheckStage] = Life(
    "document-check",
    start=CheckStage.WAITING,
    moves={
        (CheckStage.WAITING, "accept"): CheckStage.ACCEPTED,
        (CheckStage.WAITING, "reject"): CheckStage.REJECTED,
        (CheckStage.ACCEPTED, "reject"): CheckStage.REJECTED,
        (CheckStage.REJECTED, "accept"): CheckStage.ACCEPTED,
    },
)

MEMBERSHIP: Life[MembershipStage] = Life(
    "list-membership",
    start=MembershipStage.ACTIVE,
    moves={
        (MembershipStage.ACTIVE, "suspend"): MembershipStage.SUSPENDED,
        (MembershipStage.SUSPENDED, "lift"): MembershipStage.ACTIVE,
        (MembershipStage.ACTIVE, "end"): MembershipStage.ENDED,
        (MembershipStage.SUSPENDED, "end"): MembershipStage.ENDED,
    },
    ends=frozenset({MembershipStage.ENDED}),
)

CONTRACT: Life[ContractStage] = Life(
    "contract",  # its stage follows from what is on record: scoring.contract_terms
    start=ContractStage.ACTIVE,
    moves={
        (ContractStage.ACTIVE, "suspend"): ContractStage.SUSPENDED,
        (ContractStage.SUSPENDED, "suspend"): ContractStage.SUSPENDED,  # for another council
        (ContractStage.SUSPENDED, "lift"): ContractStage.ACTIVE,
        (ContractStage.ACTIVE, "lift"): ContractStage.ACTIVE,  # one for a council, or to come
        (ContractStage.ACTIVE, "terminate"): ContractStage.TERMINATED,
        (ContractStage.SUSPENDED, "terminate"): ContractStage.TERMINATED,
    },
    ends=frozenset({ContractStage.TERMINATED, ContractStage.EXPIRED}),
    clock={
        ContractStage.ACTIVE: (ContractStage.EXPIRED,),
        ContractStage.SUSPENDED: (ContractStage.EXPIRED,),
    },
)

ENTRY: Life[EntryStage] = Life(
    "entry",  # of a contract or place by hand: one officer proposes, a second one looks
    start=EntryStage.PROPOSED,
    moves={
        (EntryStage.PROPOSED, "confirm"): EntryStage.CONFIRMED,
        (EntryStage.PROPOSED, "decline"): EntryStage.DECLINED,
        (EntryStage.PROPOSED, "withdraw"): EntryStage.WITHDRAWN,
    },
    ends=frozenset(EntryStage) - {EntryStage.PROPOSED},
)

PROMISE: Life[PromiseStage] = Life(
    "promise",
    start=PromiseStage.NOT_LOOKED_AT,
    moves={
        (stage, verb): led_to
        for stage in PromiseStage
        for verb, led_to in (("keep", PromiseStage.KEPT), ("break", PromiseStage.NOT_KEPT))
    },
)

UPLIFT: Life[UpliftStage] = Life(
    "uplift",  # the provider asks, a commissioner recommends, somebody of finance decides
    start=UpliftStage.ASKED,
    moves={
        (UpliftStage.ASKED, "recommend"): UpliftStage.RECOMMENDED,
        (UpliftStage.RECOMMENDED, "return"): UpliftStage.ASKED,
        (UpliftStage.RECOMMENDED, "grant"): UpliftStage.GRANTED,
        (UpliftStage.RECOMMENDED, "grant-in-part"): UpliftStage.PARTLY_GRANTED,
        (UpliftStage.RECOMMENDED, "refuse"): UpliftStage.REFUSED,
        (UpliftStage.ASKED, "withdraw"): UpliftStage.WITHDRAWN,
        (UpliftStage.RECOMMENDED, "withdraw"): UpliftStage.WITHDRAWN,
    },
    ends=frozenset(UpliftStage) - {UpliftStage.ASKED, UpliftStage.RECOMMENDED},
)

REVIEW: Life[ReviewStage] = Life(
    "review",  # of a package; one that is reopened keeps its outcome in the trail
    start=ReviewStage.DRAFT,
    moves={
        (ReviewStage.DRAFT, "conclude"): ReviewStage.CONCLUDED,
        (ReviewStage.CONCLUDED, "reopen"): ReviewStage.DRAFT,
    },
)

INVITATION: Life[InvitationStage] = Life(
    "invitation",
    start=InvitationStage.SENT,
    moves={
        (InvitationStage.SENT, "accept"): InvitationStage.ACCEPTED,
        (InvitationStage.SENT, "revoke"): InvitationStage.REVOKED,
        (InvitationStage.SENT, "resend"): InvitationStage.SENT,
        (InvitationStage.EXPIRED, "resend"): InvitationStage.SENT,
    },
    ends=frozenset({InvitationStage.ACCEPTED, InvitationStage.REVOKED}),
    clock={InvitationStage.SENT: (InvitationStage.EXPIRED,)},
)

CARD: Life[CardStage] = Life(
    "sign-in-card",
    start=CardStage.ACTIVE,
    moves={(CardStage.ACTIVE, "revoke"): CardStage.REVOKED},
    ends=frozenset({CardStage.REVOKED}),
)

RECOMMENDATION: Life[RecommendationStage] = Life(
    "recommendation",
    start=RecommendationStage.DRAFT,
    moves={
        (RecommendationStage.DRAFT, "recommend"): RecommendationStage.RECOMMENDED,
        (RecommendationStage.RECOMMENDED, "return"): RecommendationStage.RETURNED,
        (RecommendationStage.RETURNED, "recommend"): RecommendationStage.RECOMMENDED,
        (RecommendationStage.RECOMMENDED, "approve"): RecommendationStage.APPROVED,
        (RecommendationStage.APPROVED, "return"): RecommendationStage.RETURNED,
    },
)

APPROVAL: Life[ApprovalStage] = Life(
    "approval",  # of one council, for its part; a returned one is asked for anew
    start=ApprovalStage.WAITING,
    moves={
        (ApprovalStage.WAITING, "approve"): ApprovalStage.APPROVED,
        (ApprovalStage.WAITING, "return"): ApprovalStage.RETURNED,
    },
    ends=frozenset({ApprovalStage.APPROVED, ApprovalStage.RETURNED}),
)

QUESTION: Life[QuestionStage] = Life(
    "question",  # of a bidder, to the council
    start=QuestionStage.WAITING,
    moves={
        (QuestionStage.WAITING, "answer"): QuestionStage.ANSWERED,
        (QuestionStage.WAITING, "decline"): QuestionStage.DECLINED,
        (QuestionStage.WAITING, "withdraw"): QuestionStage.WITHDRAWN,
    },
    ends=frozenset(QuestionStage) - {QuestionStage.WAITING},
    clock={QuestionStage.WAITING: (QuestionStage.LAPSED,)},
)

CLARIFICATION: Life[ClarificationStage] = Life(
    "clarification",
    start=ClarificationStage.DRAFT,
    moves={
        (ClarificationStage.DRAFT, "publish"): ClarificationStage.PUBLISHED,
        (
            ClarificationStage.PUBLISHED,
            "correct",
        ): ClarificationStage.PUBLISHED,  # all stay to be read
    },
)

CLARIFICATION_REQUEST: Life[RequestStage] = Life(
    "clarification-request",  # the council asks a bidder, once
    start=RequestStage.DRAFT,
    moves={
        (RequestStage.DRAFT, "send"): RequestStage.SENT,
        (RequestStage.SENT, "reply"): RequestStage.REPLIED,
    },
    ends=frozenset({RequestStage.REPLIED, RequestStage.EXPIRED}),
    clock={RequestStage.SENT: (RequestStage.EXPIRED,)},
)

LATE_CASE: Life[LateCaseStage] = Life(
    "late-case",  # one officer proposes, a second one decides
    start=LateCaseStage.ASKED,
    moves={
        (LateCaseStage.ASKED, "propose"): LateCaseStage.PROPOSED,
        (LateCaseStage.PROPOSED, "accept"): LateCaseStage.ACCEPTED,
        (LateCaseStage.PROPOSED, "refuse"): LateCaseStage.REFUSED,
        (LateCaseStage.ASKED, "withdraw"): LateCaseStage.WITHDRAWN,
        (LateCaseStage.PROPOSED, "withdraw"): LateCaseStage.WITHDRAWN,
    },
    ends=frozenset({LateCaseStage.ACCEPTED, LateCaseStage.REFUSED, LateCaseStage.WITHDRAWN}),
)

F = FollowUpStage
FOLLOW_UP: Life[FollowUpStage] = Life(
    "follow-up",  # a recommendation or an action: its owner answers, the council decides
    start=F.OPEN,
    moves={
        (F.OPEN, "note"): F.OPEN,
        (F.OPEN, "change-due"): F.OPEN,
        (F.OPEN, "answer"): F.ANSWERED,
        (F.OPEN, "close"): F.CLOSED,  # seen at a visit, say, before anybody wrote
        (F.OPEN, "withdraw"): F.WITHDRAWN,
        (F.ANSWERED, "note"): F.ANSWERED,
        (F.ANSWERED, "answer"): F.ANSWERED,  # something to add; what was said stays
        (F.ANSWERED, "send-back"): F.OPEN,
        (F.ANSWERED, "close"): F.CLOSED,
        (F.ANSWERED, "withdraw"): F.WITHDRAWN,
        (F.CLOSED, "reopen"): F.OPEN,
        (F.WITHDRAWN, "reopen"): F.OPEN,
    },
)

KPI_RETURN: Life[KpiReturnStage] = Life(
    "kpi-return",  # it is late by its day, and nobody moves it for that
    start=KpiReturnStage.EXPECTED,
    moves={
        (KpiReturnStage.EXPECTED, "save"): KpiReturnStage.DRAFT,
        (KpiReturnStage.DRAFT, "save"): KpiReturnStage.DRAFT,
        (KpiReturnStage.QUERIED, "save"): KpiReturnStage.QUERIED,
        (KpiReturnStage.DRAFT, "submit"): KpiReturnStage.SUBMITTED,
        (KpiReturnStage.QUERIED, "submit"): KpiReturnStage.SUBMITTED,
        (KpiReturnStage.SUBMITTED, "withdraw"): KpiReturnStage.DRAFT,
        (KpiReturnStage.SUBMITTED, "query"): KpiReturnStage.QUERIED,
        (KpiReturnStage.SUBMITTED, "correct"): KpiReturnStage.SUBMITTED,
        (KpiReturnStage.SUBMITTED, "accept"): KpiReturnStage.ACCEPTED,
        (
            KpiReturnStage.ACCEPTED,
            "correct",
        ): KpiReturnStage.ACCEPTED,  # the first value stays beside
        (KpiReturnStage.ACCEPTED, "query"): KpiReturnStage.QUERIED,
    },
)

ASSESSMENT: Life[AssessmentStage] = Life(
    "assessment",  # of a year's KPIs; final is final
    start=AssessmentStage.DRAFT,
    moves={
        (AssessmentStage.DRAFT, "decide"): AssessmentStage.DRAFT,
        (AssessmentStage.DRAFT, "share"): AssessmentStage.SHARED,
        (AssessmentStage.SHARED, "comment"): AssessmentStage.SHARED,
        (AssessmentStage.SHARED, "take-back"): AssessmentStage.DRAFT,
        (AssessmentStage.SHARED, "conclude"): AssessmentStage.FINAL,
    },
    ends=frozenset({AssessmentStage.FINAL}),
)

FORUM: Life[ForumStage] = Life(
    "forum",
    start=ForumStage.DRAFT,
    moves={
        (ForumStage.DRAFT, "change"): ForumStage.DRAFT,
        (ForumStage.DRAFT, "invite"): ForumStage.INVITED,
        (ForumStage.DRAFT, "cancel"): ForumStage.CANCELLED,
        (ForumStage.INVITED, "change"): ForumStage.INVITED,  # everybody invited is told
        (ForumStage.INVITED, "invite"): ForumStage.INVITED,
        (ForumStage.INVITED, "reply"): ForumStage.INVITED,
        (ForumStage.INVITED, "record"): ForumStage.HELD,
        (ForumStage.INVITED, "cancel"): ForumStage.CANCELLED,
        (ForumStage.HELD, "record"): ForumStage.HELD,  # minutes are corrected, and sent again
    },
    ends=frozenset({ForumStage.CANCELLED}),
)

PLAN_REVIEW: Life[PlanReviewStage] = Life(
    "plan-review",
    start=PlanReviewStage.UNDER_WAY,
    moves={
        (PlanReviewStage.UNDER_WAY, "look-at"): PlanReviewStage.UNDER_WAY,
        (PlanReviewStage.UNDER_WAY, "finish"): PlanReviewStage.FINISHED,
    },
    ends=frozenset({PlanReviewStage.FINISHED}),
)

TOLD: Life[ToldStage] = Life(
    "told",  # by a young person; settled is never out of reach
    start=ToldStage.WAITING,
    moves={
        (ToldStage.WAITING, "take"): ToldStage.TAKEN,
        (ToldStage.WAITING, "settle"): ToldStage.SETTLED,
        (ToldStage.TAKEN, "settle"): ToldStage.SETTLED,
        (ToldStage.SETTLED, "reopen"): ToldStage.TAKEN,
    },
)

LIVES: Mapping[str, Life[Any]] = {
    life.name: life
    for life in (
        ROUND,
        APPLICATION,
        APPLICATION_LOT,
        SHEET,
        SCAN,
        DOCUMENT_CHECK,
        MEMBERSHIP,
        CONTRACT,
        ENTRY,
        PROMISE,
        UPLIFT,
        REVIEW,
        INVITATION,
        CARD,
        RECOMMENDATION,
        APPROVAL,
        QUESTION,
        CLARIFICATION,
        CLARIFICATION_REQUEST,
        LATE_CASE,
        FOLLOW_UP,
        KPI_RETURN,
        ASSESSMENT,
        FORUM,
        PLAN_REVIEW,
        VISIT,
        TOLD,
    )
}
