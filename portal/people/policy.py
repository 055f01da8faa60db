"""Who may do what with accounts, roles and cards, and why not: for the door and the button."""

import re
from collections.abc import Collection

from portal.access import (
    COUNCIL_ROLES,
    PROVIDER_ROLES,
    Decision,
    OrganisationKind,
    Permission,
    Role,
    Viewer,
    allowed,
    denied,
)
from portal.people.models import Council, OneTimeLink, Organisation, Person, PersonKind
from scoring.rules import RuleBroken

KIND_OF_PERSON = {
    OrganisationKind.COUNCIL: PersonKind.STAFF,
    OrganisationKind.PROVIDER: PersonKind.PROVIDER,
}


def may_administer(viewer: Viewer) -> Decision:
    """Accounts, councils and settings are looked after by an administrator."""
    if viewer.is_system or viewer.may(Permission.PEOPLE_ADMINISTER):
        return allowed
    return denied("Only an administrator can do this.")


def may_manage_people_of(viewer: Viewer, organisation: Organisation) -> Decision:
    """Who comes and goes: at a council an administrator says, at a provider its own one too."""
    if may_administer(viewer):
        return allowed
    if organisation.kind is OrganisationKind.PROVIDER and viewer.administers(organisation.id):
        return allowed
    if organisation.id in viewer.provider_ids:
        return denied("Only an administrator of your organisation can do this.")
    return denied("You cannot change who works for this organisation.")


def may_keep_tokens(viewer: Viewer) -> Decision:
    """Tokens are for one's own programs. Young Commissioners have none: nothing tracks them."""
    if viewer.person_id is not None and viewer.may(Permission.TOKEN_KEEP):
        return allowed
    return denied("You cannot have a token.")


def fits(organisation: Organisation, role: Role) -> Decision:
    """Whether the role exists at this organisation."""
    if organisation.kind is OrganisationKind.PROVIDER:
        return allowed if role in PROVIDER_ROLES else denied("A provider has no such role.")
    if role not in COUNCIL_ROLES:
        return denied("A council has no such role.")
    if (
        role is Role.ADMINISTRATOR
        and isinstance(organisation, Council)
        and not organisation.is_host
    ):
        return denied("Administrators belong to the council that hosts the portal.")
    return allowed


def may_invite(viewer: Viewer, organisation: Organisation, role: Role) -> Decision:
    """Young Commissioners are never invited by mail: they have a card."""
    if role is Role.YOUNG_COMMISSIONER:
        return denied("A Young Commissioner gets a card from the Participation Officer.")
    decision = may_manage_people_of(viewer, organisation)
    return decision and fits(organisation, role)


def may_give_role(
    viewer: Viewer, person: Person, organisation: Organisation, role: Role
) -> Decision:
    """Bidders and buyers are kept apart: one account is never both."""
    if not person.active:
        return denied("This account is closed.")
    stepping_down = (
        role is Role.PROVIDER_CONTRIBUTOR
    )  # an administrator who only writes from now on
    if viewer.person_id == person.id and not stepping_down:
        return denied("Nobody gives themselves a role. Ask another administrator.")
    decision = may_manage_people_of(viewer, organisation) and fits(organisation, role)
    if not decision:
        return decision
    if (person.kind is PersonKind.YOUNG) != (role is Role.YOUNG_COMMISSIONER):
        return denied("A Young Commissioner's account holds that one role only.")
    if person.kind is not PersonKind.YOUNG and person.kind is not KIND_OF_PERSON[organisation.kind]:
        return denied(
            "One account cannot act for a council and for a provider. Use another email address."
        )
    return allowed


def may_break_glass(viewer: Viewer) -> Decision:
    """Only a person who looks after accounts, and never the portal itself."""
    if viewer.is_system or not viewer.may(Permission.PEOPLE_ADMINISTER):
        return denied("Only an administrator can do this.")
    return allowed


def may_revoke_invitation(viewer: Viewer, link: OneTimeLink) -> Decision:
    if link.organisation is None:
        return denied("This is not an invitation.")
    decision = may_manage_people_of(viewer, link.organisation)
    if decision and (link.used_at or link.revoked_at):
        return denied("This invitation was used or taken back already.")
    return decision


def may_close(viewer: Viewer, person: Person, council_ids: Collection[int]) -> Decision:
    """An administrator closes accounts; a Young Commissioner's, their Participation Officer too.

    Args:
        council_ids: where the person has a role.
    """
    if not person.active:
        return denied("This account is closed already.")
    if viewer.person_id == person.id:
        return denied("You cannot close your own account. Ask another administrator.")
    if may_administer(viewer):
        return allowed
    if person.kind is PersonKind.YOUNG and may_look_after(viewer, council_ids):
        return allowed
    return denied("Only an administrator can close an account.")


def may_look_after(viewer: Viewer, council_ids: Collection[int]) -> Decision:
    """A Participation Officer looks after the young people of their own council."""
    mine = viewer.councils_as(Role.PARTICIPATION_OFFICER)
    if viewer.is_system or not mine.isdisjoint(council_ids):
        return allowed
    return denied("Only a Participation Officer of this council can do this.")


_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def check_slug(slug: str) -> str:
    """A council's short name in addresses and content, such as `central-bedfordshire`.

    Raises:
        RuleBroken: `council:slug`, field `slug`.
    """
    tidy = slug.strip().lower()
    if len(tidy) > 60 or not _SLUG.fullmatch(tidy):
        raise RuleBroken(
            "council:slug", "Use small letters, numbers and hyphens, like bedford-borough.", "slug"
        )
    return tidy


_PATTERNS = {
    "accent_colour": (re.compile(r"#[0-9a-f]{6}"), "Enter a colour like #1d5f5a."),
    "support_email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Enter an email address."),
    "product_name": (re.compile(r"\S[^\r\n]{1,59}"), "Enter a name of 2 to 60 characters."),
}
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: white words on the header's colour


def check_setting(key: str, value: int | str) -> None:
    """What a text setting must look like, beside the bounds that the definitions hold.

    Raises:
        RuleBroken: `setting:form`, `setting:too-pale`, with the key as field.
    """
    if key not in _PATTERNS:
        return
    pattern, message = _PATTERNS[key]
    if not pattern.fullmatch(str(value)):
        raise RuleBroken("setting:form", message, key)
    if key == "accent_colour" and contrast_with_white(str(value)) < LEAST_CONTRAST:
        raise RuleBroken(
            "setting:too-pale", "White words cannot be read on this colour. Use a darker one.", key
        )


def contrast_with_white(colour: str) -> float:
    """The contrast of a colour (#rrggbb) with white, from 1 to 21, as WCAG 2.2 reckons it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


_ALIAS = re.compile(r"[A-Za-zÀ-ž][A-Za-zÀ-ž0-9 '’-]*")


def check_alias(alias: str, taken: Collection[str]) -> str:
    """An alias as it is kept. What it may not be is a way to find the person.

    Raises:
        RuleBroken: `alias:…`, field `alias`.
    """
    tidy = " ".join(alias.split())
    if not 2 <= len(tidy) <= 30:
        raise RuleBroken("alias:length", "Use 2 to 30 letters.", "alias")
    if "@" in tidy:
        raise RuleBroken("alias:email", "Do not use an email address.", "alias")
    if not _ALIAS.fullmatch(tidy):
        raise RuleBroken(
            "alias:letters", "Start with a letter; use letters, numbers and spaces.", "alias"
        )
    if sum(letter.isdigit() for letter in tidy) > 3:
        raise RuleBroken("alias:digits", "Do not use a telephone number or a birthday.", "alias")
    if tidy.casefold() in {name.casefold() for name in taken}:
        raise RuleBroken("alias:taken", "Somebody has this alias already.", "alias")
    return tidy
