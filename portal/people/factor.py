"""The second factor: codes that change every half minute (TOTP, RFC 6238), and their QR code."""

import hmac
from datetime import datetime
from io import BytesIO

import pyotp
import segno
from markupsafe import Markup

STEP_SECONDS = 30
TOLERANCE = 1  # one step either way: phones' clocks differ


def new_secret() -> str:
    return pyotp.random_base32()


def step_of(now: datetime) -> int:
    """The number of the half minute."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The step that a code belongs to, if it is near enough and later than the last one used."""
    generator = pyotp.TOTP(secret)
    found = None
    for step in range(step_of(now) - TOLERANCE, step_of(now) + TOLERANCE + 1):
        if hmac.compare_digest(generator.at(step * STEP_SECONDS), code) and step > after:
            found = step
    return found


def next_code(secret: str, now: datetime, *, after: int) -> str | None:
    """The code to type now, for the demonstration's page: the first that was not used yet."""
    step = max(step_of(now), after + 1)
    if step > step_of(now) + TOLERANCE:
        return None
    return str(pyotp.TOTP(secret).at(step * STEP_SECONDS))


def address_for_phone(secret: str, account: str, issuer: str) -> str:
    """What the QR code says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def qr_code(text: str, label: str) -> Markup:
    """A QR code as inline SVG: dark on white in every colour scheme, scaled by the page's styles."""
    image = BytesIO()
    segno.make(text, error="m").save(
        image,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=4,
        light="white",
        svgclass="portal-qr",
        lineclass=None,
        title=label,
    )
    drawing = image.getvalue().decode()
    return Markup(drawing.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  drawn here
