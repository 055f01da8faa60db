"""Roles in plain words: what each is for, and what it must never see."""

from dataclasses import dataclass

from portal.access import Role


@dataclass(frozen=True, slots=True)
class RoleWords:
    """What a role comes to do, and what it forbids whatever else its holder may do."""

    purpose: str
    never: str = ""


ROLES: dict[Role, RoleWords] = {
    Role.PROVIDER_ADMIN: RoleWords(
        "Invites colleagues, signs and submits applications, gets letters."
    ),
    Role.PROVIDER_CONTRIBUTOR: RoleWords(
        "Writes answers and uploads documents.", "Cannot invite colleagues, submit or withdraw."
    ),
    Role.COMMISSIONER: RoleWords(
        "Publishes rounds, opens applications, checks them, recommends awards.",
        "Sees nothing of an application before the opening, and no price before quality is locked.",
    ),
    Role.MODERATOR: RoleWords(
        "Leads the moderation and records the agreed scores with their reasons.",
        "Sees no price before quality is locked.",
    ),
    Role.EVALUATOR: RoleWords(
        "Scores answers alone, with reasons.",
        "Sees no colleague's scores before their own are in, and no price while scoring.",
    ),
    Role.YOUNG_COMMISSIONER: RoleWords(
        "Scores the young people's questions, in pairs.",
        "Sees no price, no names of people and no other answers.",
    ),
    Role.PARTICIPATION_OFFICER: RoleWords(
        "Looks after Young Commissioners: consent, cards, sign-off.", "Sees no prices."
    ),
    Role.FINANCE: RoleWords(
        "Compares rates and imports them.",
        "Cannot read, check or score applications, whatever other role they hold.",
    ),
    Role.APPROVER: RoleWords(
        "Approves the council's part of an award and releases letters.",
        "Sees no price before quality is locked.",
    ),
    Role.AUDITOR: RoleWords(
        "Reads everything that is open, and the audit trail.",
        "Cannot change, score or approve anything, whatever other role they hold.",
    ),
    Role.ADMINISTRATOR: RoleWords(
        "Looks after accounts, roles, councils and settings.",
        "Cannot read, check or score applications, whatever other role they hold.",
    ),
}


def purpose(role: Role) -> str:
    return ROLES[role].purpose


def never(role: Role) -> str:
    return ROLES[role].never
