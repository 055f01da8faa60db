"""The protocol with a council's provider: OpenID Connect Core 1.0, authorization code with PKCE.

Authlib speaks it. What must never be left to chance is said here: the issuer is the configured one,
the signature is asymmetric, nonce and state belong to this browser, and clocks may differ by a minute.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.council_doors import CouncilDoor
from portal.people import claims
from portal.people.claims import Said
from scoring.rules import RuleBroken

SKEW_SECONDS = 60
TIMEOUT_SECONDS = 10
KEPT_SECONDS = 3600  # the provider's addresses and keys
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SCOPE = "openid email"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_known: dict[str, tuple[float, dict[str, Any]]] = {}


class ProviderAway(RuleBroken):
    """The council's sign-in does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "council-sign-in:away", "Your council’s sign-in does not answer. Try again later."
        )


@dataclass(frozen=True, slots=True)
class Journey:
    """Somebody who was sent to the provider: where to, and what this browser must remember."""

    address: str
    state: str
    nonce: str
    verifier: str


def begin(door: CouncilDoor, back: str) -> Journey:
    """Raises ProviderAway."""
    from authlib.common.security import generate_token

    nonce, verifier = generate_token(43), generate_token(64)
    with _client(door, back) as client:
        address, state = client.create_authorization_url(
            _metadata(door)["authorization_endpoint"],
            state=generate_token(43),
            nonce=nonce,
            code_verifier=verifier,
        )
    return Journey(address, state, nonce, verifier)


def finish(door: CouncilDoor, back: str, code: str, verifier: str) -> dict[str, Any]:
    """Fetch the tokens for a code. Raises ProviderAway; RuleBroken `council-sign-in:code`."""
    from authlib.integrations.base_client import OAuthError
    from requests import RequestException

    try:
        with _client(door, back) as client:
            tokens: dict[str, Any] = client.fetch_token(
                _metadata(door)["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                timeout=TIMEOUT_SECONDS,
            )
    except OAuthError as error:
        raise refused("code") from error
    except (RequestException, ValueError) as error:
        raise ProviderAway from error
    return tokens


def who(door: CouncilDoor, tokens: dict[str, Any], nonce: str, *, now: datetime) -> Said:
    """Who it is, from the signed token. Raises RuleBroken `council-sign-in:…`, ProviderAway."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    held = _signed(door, tokens.get("id_token"))
    options = {"iss": {"essential": True, "value": door.issuer}, "aud": {"essential": True}}
    params = {
        "nonce": nonce,
        "client_id": door.client_id,
        "access_token": tokens.get("access_token"),
    }
    checked = CodeIDToken(held.claims, held.header, options, params)
    try:
        checked.validate(now=int(now.timestamp()), leeway=SKEW_SECONDS)
    except JoseError as error:
        raise refused("claims") from error
    if not _is_for(held.claims, door) or held.claims.get("nonce") != nonce:
        raise refused("claims")
    said = claims.read(held.claims, door.issuer)
    if said is None:
        raise refused("claims")
    return said


def told_to_leave(door: CouncilDoor, token: str, *, now: datetime) -> str:
    """The subject that a logout token of the provider names (OpenID Connect Back-Channel Logout 1.0).

    Raises:
        RuleBroken: `council-sign-in:…`, when it is not one of this provider for this portal, now.
    """
    said = _signed(door, token).claims
    issued, moment = said.get("iat"), now.timestamp()
    expires = said.get("exp", moment)
    fits = (
        said.get("iss") == door.issuer
        and _is_for(said, door)
        and isinstance(issued, int)
        and -SKEW_SECONDS <= moment - issued <= SKEW_SECONDS * 5
        and isinstance(expires, int | float)
        and moment <= expires + SKEW_SECONDS
        and isinstance(said.get("events"), dict)
        and LOGOUT_EVENT in said["events"]
        and "nonce" not in said  # an ordinary token must not pass for one of these
        and isinstance(said.get("sub"), str)
    )
    if not fits:
        raise refused("logout")
    return str(said["sub"])


def leaving_address(door: CouncilDoor, back: str) -> str | None:
    """Where somebody also signs out at the provider; nothing where it has no such place."""
    from authlib.common.urls import add_params_to_uri

    place = _metadata(door).get("end_session_endpoint")
    if not place:
        return None
    told = {"client_id": door.client_id, "post_logout_redirect_uri": back}
    return str(add_params_to_uri(place, list(told.items())))


def refused(how: str) -> RuleBroken:
    """The same words for every reason; the reason is in the trail."""
    return RuleBroken(
        f"council-sign-in:{how}",
        "We could not sign you in with your council’s account.",
    )


def _is_for(said: dict[str, Any], door: CouncilDoor) -> bool:
    audience = said.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    return door.client_id in named and said.get("azp", door.client_id) == door.client_id


def _signed(door: CouncilDoor, token: Any) -> Any:
    """A token whose signature holds. Keys are fetched anew when the provider has changed them."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    if not isinstance(token, str):
        raise refused("token")
    for fresh in (False, True):
        try:
            keys = KeySet.import_key_set(_keys(door, fresh=fresh))
            return jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError) as error:
            if fresh:
                raise refused("signature") from error
    raise refused("signature")


def _client(door: CouncilDoor, back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        door.client_id,
        door.client_secret,
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _metadata(door: CouncilDoor) -> dict[str, Any]:
    """The provider's own description. Raises ProviderAway when it is not the configured issuer's."""
    address = f"{door.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _fetched(address)
    if found.get("issuer") != door.issuer:
        raise ProviderAway
    return found


def _keys(door: CouncilDoor, *, fresh: bool) -> Any:
    return _fetched(_metadata(door)["jwks_uri"], fresh=fresh)


def _fetched(address: str, *, fresh: bool = False) -> dict[str, Any]:
    import requests

    at, kept = _known.get(address, (0.0, {}))
    if kept and not fresh and time.monotonic() - at < KEPT_SECONDS:
        return kept
    try:
        answer = requests.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway from error
    if answer.status_code != 200 or not isinstance(found, dict):
        raise ProviderAway
    _known[address] = (time.monotonic(), found)
    return found
