"""What a council's sign-in says of somebody, and what may follow from it. Pure: no network, no database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal.council_doors import CouncilDoor

LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2


@dataclass(frozen=True, slots=True)
class Said:
    """A person as the council's provider knows them, after its signature was checked.

    Args:
        subject: never changes and is never given to somebody else; the only thing that binds.
        email: in small letters, and only if the provider says that it is verified.
        methods: the values of `amr` and `acr`.
    """

    issuer: str
    subject: str
    email: str = ""
    methods: frozenset[str] = frozenset()


def read(claims: Mapping[str, Any], issuer: str) -> Said | None:
    """What the claims say; nothing when they name nobody."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        return None
    verified = claims.get("email_verified") is True
    email = claims.get("email") if verified else ""
    return Said(
        issuer=issuer,
        subject=subject,
        email=email.strip().lower() if isinstance(email, str) else "",
        methods=_methods(claims),
    )


def _methods(claims: Mapping[str, Any]) -> frozenset[str]:
    amr = claims.get("amr")
    listed = amr if isinstance(amr, list) else []
    return frozenset(one for one in (*listed, claims.get("acr")) if isinstance(one, str))


def had_two_factors(said: Said, door: CouncilDoor) -> bool:
    """Whether the provider itself asked for a second factor, in words that this council agreed."""
    return not said.methods.isdisjoint(door.second_factor)


def may_bind_by_email(said: Said, door: CouncilDoor, at: Collection[int], council_id: int) -> bool:
    """Whether an account may be found by its address, once.

    Only a verified address in a domain of this council, and only an account whose every role is at
    this council: whoever runs another tenant gains nothing by claiming an address.

    Args:
        at: the organisations at which the account holds a role.
    """
    domain = said.email.rpartition("@")[2]
    return bool(domain) and domain in door.domains and set(at) == {council_id}
