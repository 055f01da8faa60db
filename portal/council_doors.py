"""Which councils have a sign-in of their own (OpenID Connect), as the environment says.

For the council with the short name `central-bedfordshire`:

    PORTAL_OIDC_CENTRAL_BEDFORDSHIRE_ISSUER         https://login.example/tenant/v2.0
    PORTAL_OIDC_CENTRAL_BEDFORDSHIRE_CLIENT_ID      what the provider calls this portal
    PORTAL_OIDC_CENTRAL_BEDFORDSHIRE_CLIENT_SECRET  or …_CLIENT_SECRET_FILE, a file that holds it
    PORTAL_OIDC_CENTRAL_BEDFORDSHIRE_DOMAINS        its email domains, with commas between
    PORTAL_OIDC_CENTRAL_BEDFORDSHIRE_SECOND_FACTOR  values of `amr` or `acr` that stand for two factors
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "PORTAL_OIDC_"
PARTS = (
    "CLIENT_SECRET_FILE",
    "CLIENT_SECRET",
    "CLIENT_ID",
    "SECOND_FACTOR",
    "DOMAINS",
    "ISSUER",
)
USUAL_SECOND_FACTOR = "mfa"  # RFC 8176: more than one kind of proof was given
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class DoorError(ValueError):
    """A council's sign-in is configured in halves, or wrongly."""


@dataclass(frozen=True, slots=True)
class CouncilDoor:
    """The sign-in of one council.

    Args:
        domains: an account is found by its email address once, and only in one of these.
        second_factor: what the provider says when it has asked for two factors itself.
    """

    slug: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    domains: frozenset[str] = frozenset()
    second_factor: frozenset[str] = frozenset({USUAL_SECOND_FACTOR})


def from_environment(variables: Mapping[str, str]) -> dict[str, CouncilDoor]:
    """The configured councils by short name.

    Raises:
        DoorError: a part is missing, has no known name, or does not hold what it should.
    """
    found: dict[str, dict[str, str]] = {}
    for name, value in variables.items():
        if name.startswith(PREFIX):
            council, part = _split(name)
            found.setdefault(council, {})[part] = value.strip()
    return {slug: _door(slug, parts) for slug, parts in sorted(found.items())}


def _split(name: str) -> tuple[str, str]:
    rest = name.removeprefix(PREFIX)
    for part in PARTS:
        council = rest.removesuffix(f"_{part}")
        if council not in (rest, ""):
            return council.lower().replace("_", "-"), part
    raise DoorError(f"{name}: no such part. Known are {', '.join(sorted(PARTS))}.")


def _door(slug: str, parts: Mapping[str, str]) -> CouncilDoor:
    domains = _words(parts.get("DOMAINS", "").lower())
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise DoorError(f"{slug}: {domain} is not a domain such as luton.gov.uk.")
    return CouncilDoor(
        slug=slug,
        issuer=_issuer(slug, parts.get("ISSUER", "")),
        client_id=_needed(slug, parts, "CLIENT_ID"),
        client_secret=_secret(slug, parts),
        domains=domains,
        second_factor=_words(parts.get("SECOND_FACTOR", USUAL_SECOND_FACTOR)),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _needed(slug: str, parts: Mapping[str, str], part: str) -> str:
    if not parts.get(part):
        raise DoorError(f"{slug}: {part} is missing.")
    return parts[part]


def _issuer(slug: str, text: str) -> str:
    """An address over TLS; without it only on this machine, for trying."""
    parts = urlsplit(text)
    local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"}
    if not parts.hostname or not (local or parts.scheme == "https") or parts.query:
        raise DoorError(f"{slug}: ISSUER must be an address that begins with https://.")
    if "{" in text or parts.path.rstrip("/").endswith(("/common", "/organizations", "/consumers")):
        raise DoorError(f"{slug}: ISSUER must name one tenant; this one lets other people in too.")
    return text


def _secret(slug: str, parts: Mapping[str, str]) -> str:
    if parts.get("CLIENT_SECRET"):
        return parts["CLIENT_SECRET"]
    path = Path(_needed(slug, parts, "CLIENT_SECRET_FILE"))
    try:
        return path.read_text().strip()
    except OSError as error:
        raise DoorError(f"{slug}: the file of the client's secret cannot be read.") from error
