"""Passkeys (WebAuthn Level 2): what the browser is asked, and whether its answer holds.

The relying party is the host of PORTAL_BASE_URL, and the only origin that counts is that address. The
device always has to know who holds it (a finger, a face, a PIN): that is the point of a second factor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scoring.rules import RuleBroken

CHALLENGE_BYTES = 32
WAIT_MILLISECONDS = 120_000
LONGEST_ANSWER = 20_000  # characters of JSON; a passkey answers with less than 2,000


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey belongs to."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A passkey as it was made; base64url."""

    credential_id: str
    public_key: str
    sign_count: int
    synced: bool


def to_make(
    site: Site, *, handle: str, name: str, shown: str, challenge: bytes, known: Iterable[str]
) -> str:
    """What the browser is asked so that it makes a passkey (JSON).

    Args:
        handle: what the device remembers of the account: a reference, never the address.
        known: the passkeys that the account has, so that no device makes a second one.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    chosen = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=handle.encode(),
        user_name=name,
        user_display_name=shown,
        challenge=challenge,
        timeout=WAIT_MILLISECONDS,
        authenticator_selection=chosen,
        exclude_credentials=_described(known),
    )
    return options_to_json(options)


def to_use(site: Site, *, challenge: bytes, known: Iterable[str]) -> str:
    """What the browser is asked so that one of these passkeys answers (JSON)."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=WAIT_MILLISECONDS,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def _described(known: Iterable[str]) -> list[Any]:
    from webauthn import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]


def made(site: Site, answer: str, challenge: bytes) -> NewKey:
    """The passkey that a browser made. Raises RuleBroken `passkey:refused`."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        found = verify_registration_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever somebody sends instead of an answer
        raise refused() from error
    return NewKey(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
        found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def named(answer: str) -> str:
    """Which passkey an answer says that it comes from. Raises RuleBroken `passkey:refused`."""
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json

    try:
        return bytes_to_base64url(parse_authentication_credential_json(_short(answer)).raw_id)
    except Exception as error:
        raise refused() from error


def used(site: Site, answer: str, challenge: bytes, public_key: str, sign_count: int) -> int:
    """The passkey's new count of signatures. Raises RuleBroken `passkey:refused`.

    A count that does not rise tells of a copied passkey; one that stays at nought says nothing.
    """
    from webauthn import base64url_to_bytes, verify_authentication_response

    try:
        return verify_authentication_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        ).new_sign_count
    except Exception as error:
        raise refused() from error


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long for an answer")
    return answer


def refused() -> RuleBroken:
    """The same words for every reason."""
    return RuleBroken("passkey:refused", "This passkey was not accepted. Try again.", "answer")
