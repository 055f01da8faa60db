"""The lives of things, as tables: every stage, every verb, and the stage that follows.

What people do is a `move`. What the clock does is derived from facts and the time, never
stored, because a job that should have stored it may not have run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from scoring.rules import RuleBroken

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Life(Generic[S]):
    """A life: where it starts, its moves, its ends, and what time alone brings about."""

    name: str
    start: S
    moves: Mapping[tuple[S, str], S]
    ends: frozenset[S] = frozenset()
    clock: Mapping[S, tuple[S, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name in words, for a sentence: `list membership`."""
        return self.name.replace("-", " ")


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
    },
    ends=frozenset({RecommendationStage.APPROVED}),
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
        INVITATION,
        CARD,
        RECOMMENDATION,
        APPROVAL,
    )
}


def words(stage: StrEnum) -> str:
    """Return a stage as a person reads it: `open for questions`."""
    return stage.value.replace("-", " ")


def move(life: Life[S], stage: S, verb: str) -> S:
    """Return the stage that follows, or refuse.

    Raises:
        RuleBroken: `round:lock:not-allowed` and the like, when the table does not list the move.
    """
    following = life.moves.get((stage, verb))
    if following is None:
        raise RuleBroken(
            f"{life.name}:{verb}:not-allowed",
            f"This {life.title} is {words(stage)}, so “{verb.replace('-', ' ')}” is not possible.",
        )
    return following


def verbs_from(life: Life[S], stage: S) -> tuple[str, ...]:
    """Return what can be done from here, in the order of the table."""
    return tuple(verb for (origin, verb) in life.moves if origin is stage)


def ends(life: Life[S], stage: S) -> bool:
    """Say whether this stage is a named end of the life."""
    return stage in life.ends


@dataclass(frozen=True)
class RoundFacts:
    """What the clock needs to know of a round. Times are aware; None is not set (yet)."""

    stage: RoundStage
    questions_open_at: datetime | None = None
    questions_close_at: datetime | None = None
    deadline_at: datetime | None = None


def round_stage_at(facts: RoundFacts, now: datetime) -> RoundStage:
    """Return the stage that a round shows at this moment.

    Only a published round moves by the clock. Every boundary belongs to what follows it:
    at the deadline itself the deadline has passed.
    """
    if facts.stage is not RoundStage.PUBLISHED:
        return facts.stage
    if facts.deadline_at is not None and now >= facts.deadline_at:
        return RoundStage.DEADLINE_PASSED
    if facts.questions_close_at is not None and now >= facts.questions_close_at:
        return RoundStage.QUESTIONS_CLOSED
    if facts.questions_open_at is None or now >= facts.questions_open_at:
        return RoundStage.OPEN_FOR_QUESTIONS
    return RoundStage.PUBLISHED


def is_late(received_at: datetime, deadline_at: datetime) -> bool:
    """Say whether a submission is late. One received at exactly the deadline is."""
    return received_at >= deadline_at


def opens_at(deadline_at: datetime, wait_minutes: int) -> datetime:
    """Return the first moment at which a round may be opened."""
    return deadline_at + timedelta(minutes=wait_minutes)


def opening_refusal(
    facts: RoundFacts, now: datetime, *, wait_minutes: int, in_flight: int
) -> RuleBroken | None:
    """Return why the round may not be opened now, or None when it may.

    Args:
        facts: the stored stage and the deadline.
        now: an aware moment.
        wait_minutes: minutes after the deadline that submissions already received may need.
        in_flight: submissions received in time that are not yet stored.
    """
    shown = round_stage_at(facts, now)
    if (shown, "open") not in ROUND.moves or facts.deadline_at is None:
        return RuleBroken(
            "round:open:not-allowed", f"This round is {words(shown)}. It cannot be opened."
        )
    if now < facts.deadline_at:
        return RuleBroken("round:open:before-deadline", "The deadline has not passed yet.")
    if now < opens_at(facts.deadline_at, wait_minutes):
        return RuleBroken(
            "round:open:too-early",
            f"A round can be opened {wait_minutes} minutes after its deadline. Try again shortly.",
        )
    if in_flight:
        return RuleBroken(
            "round:open:in-flight",
            "A submission that came in on time is still being stored. Try again in a minute.",
        )
    return None


def may_open(facts: RoundFacts, now: datetime, *, wait_minutes: int, in_flight: int) -> bool:
    """Say whether the round may be opened now; `opening_refusal` says why not."""
    return opening_refusal(facts, now, wait_minutes=wait_minutes, in_flight=in_flight) is None


def invitation_stage_at(
    stage: InvitationStage, expires_at: datetime, now: datetime
) -> InvitationStage:
    """Return the stage that an invitation shows: one not answered in time has expired."""
    if stage is InvitationStage.SENT and now >= expires_at:
        return InvitationStage.EXPIRED
    return stage
