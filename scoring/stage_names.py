"""The names of all stages: closed vocabularies, the same word in code, trail and address."""

from __future__ import annotations

from enum import StrEnum


class RoundStage(StrEnum):
    """Of a round. The three after PUBLISHED are shown by the clock and never stored."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OPEN_FOR_QUESTIONS = "open-for-questions"
    QUESTIONS_CLOSED = "questions-closed"
    DEADLINE_PASSED = "deadline-passed"
    OPENED = "opened"
    EVALUATION = "evaluation"
    MODERATED = "moderated"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    STANDSTILL = "standstill"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


class ApplicationStage(StrEnum):
    """Of a provider's application; withdrawing takes a submitted one back to DRAFT."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    LAPSED = "lapsed"
    OPENED = "opened"
    COMPLIANT = "compliant"
    NOT_COMPLIANT = "not-compliant"
    EVALUATED = "evaluated"
    ADMITTED = "admitted"
    NOT_ADMITTED = "not-admitted"


class ApplicationLotStage(StrEnum):
    """Of one lot of an application, which is decided by itself."""

    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    PASSED = "passed"
    FAILED = "failed"
    ADMITTED = "admitted"
    NOT_ADMITTED = "not-admitted"


class SheetStage(StrEnum):
    """Of one scorer's sheet for one bid."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class ScanStage(StrEnum):
    """Of a file's search for viruses."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


class CheckStage(StrEnum):
    """Of a person's check of a document."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class MembershipStage(StrEnum):
    """Of a provider's place on a list, for one lot."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class InvitationStage(StrEnum):
    """Of an invitation to an account; EXPIRED is shown by the clock and never stored."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class CardStage(StrEnum):
    """Of a Young Commissioner's sign-in card."""

    ACTIVE = "active"
    REVOKED = "revoked"


class RecommendationStage(StrEnum):
    """Of the recommendation to award."""

    DRAFT = "draft"
    RECOMMENDED = "recommended"
    RETURNED = "returned"
    APPROVED = "approved"


class ApprovalStage(StrEnum):
    """Of one council's approval of its part."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"


class QuestionStage(StrEnum):
    """Of a bidder's question to the council; LAPSED is shown by the clock and never stored."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ClarificationStage(StrEnum):
    """Of the council's answer to one question, or to several that ask the same."""

    DRAFT = "draft"
    PUBLISHED = "published"


class RequestStage(StrEnum):
    """Of the council's one request to a bidder; EXPIRED is shown by the clock and never stored."""

    DRAFT = "draft"
    SENT = "sent"
    REPLIED = "replied"
    EXPIRED = "expired"


class KpiReturnStage(StrEnum):
    """Of a provider's return for one period. Whether it is late, the clock says."""

    EXPECTED = "expected"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    QUERIED = "queried"
    ACCEPTED = "accepted"


class AssessmentStage(StrEnum):
    """Of the yearly assessment of a provider's KPIs."""

    DRAFT = "draft"
    SHARED = "shared"
    FINAL = "final"


class LateCaseStage(StrEnum):
    """Of a bidder's request that a late application be taken all the same."""

    ASKED = "asked"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FollowUpStage(StrEnum):
    """Of a recommendation or an action. That it is overdue is seen from its date, never stored."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ForumStage(StrEnum):
    """Of a provider forum or a workshop."""

    DRAFT = "draft"
    INVITED = "invited"
    HELD = "held"
    CANCELLED = "cancelled"


class PlanReviewStage(StrEnum):
    """Of one quarterly review of an action plan."""

    UNDER_WAY = "under-way"
    FINISHED = "finished"


class ContractStage(StrEnum):
    """Of a contract; every stage but ACTIVE follows from a fact that is on record."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    EXPIRED = "expired"


class EntryStage(StrEnum):
    """Of a contract or place that an officer enters by hand, until a second one has looked."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class UpliftStage(StrEnum):
    """Of a provider's request for higher rates: an officer recommends, finance decides."""

    ASKED = "asked"
    RECOMMENDED = "recommended"
    GRANTED = "granted"
    PARTLY_GRANTED = "partly-granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ReviewStage(StrEnum):
    """Of a review of what a package delivered."""

    DRAFT = "draft"
    CONCLUDED = "concluded"


class PromiseStage(StrEnum):
    """Of a promise that a bid made: whether it is kept."""

    NOT_LOOKED_AT = "not-looked-at"
    KEPT = "kept"
    NOT_KEPT = "not-kept"


class VisitStage(StrEnum):
    """Of a visit to a home; the report is final from ACTIONS_OPEN on.

    A visit that had begun and was broken off is GIVEN_UP; one that never began is CANCELLED.
    """

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    UNDER_WAY = "under-way"
    SCORES_IN = "scores-in"
    AGREED = "agreed"
    WITH_PROVIDER = "with-provider"
    PROVIDER_RESPONDED = "provider-responded"
    ACTIONS_OPEN = "actions-open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    GIVEN_UP = "given-up"


class ToldStage(StrEnum):
    """Of what a young person told with “Tell someone”."""

    WAITING = "waiting"
    TAKEN = "taken"
    SETTLED = "settled"
