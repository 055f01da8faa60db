"""The lives of a round and of what is sent to it, as tables: stages, verbs, and what follows."""

from __future__ import annotations

from scoring.life import Life
from scoring.stage_names import (
    ApplicationLotStage,
    ApplicationStage,
    ApprovalStage,
    ClarificationStage,
    LateCaseStage,
    QuestionStage,
    RecommendationStage,
    RequestStage,
    RoundStage,
    SheetStage,
)

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

SHEET: Life[SheetStage] = Life(
    "sheet",
    start=SheetStage.DRAFT,
    moves={
        (SheetStage.DRAFT, "submit"): SheetStage.SUBMITTED,
        (SheetStage.SUBMITTED, "give-back"): SheetStage.DRAFT,
    },
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
