"""The lives of documents, invitations, cards, and what young people tell, as tables."""

from __future__ import annotations

from scoring.life import Life
from scoring.stage_names import (
    CardStage,
    CheckStage,
    InvitationStage,
    ScanStage,
    ToldStage,
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
