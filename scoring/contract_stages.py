"""The lives of what an award leads to, as tables: places, contracts, KPIs, follow-ups and forums."""

from __future__ import annotations

from scoring.life import Life
from scoring.stage_names import (
    AssessmentStage,
    ContractStage,
    EntryStage,
    FollowUpStage,
    ForumStage,
    KpiReturnStage,
    MembershipStage,
    PlanReviewStage,
    PromiseStage,
    ReviewStage,
    UpliftStage,
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
