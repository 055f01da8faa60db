"""What has to be read again and must not lie open: secrets of second factors, words of young people.

Whoever reads the database alone, or a backup of it, reads none of them: the key is made from this
installation's SECRET_KEY, which lies beside the database and not in it. AES-SIV (RFC 5297) needs no
random number for each secret, and notices a row that was changed.

Secrets from before they were sealed are read as they are, and sealed when they are next written.
"""

import base64
from binascii import Error as NotBase
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog
from flask import current_app
from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

MARK = "siv1:"  # no secret in base32 begins like this
_ABOUT = [b"person.totp_secret"]
_FACTORS, _TEXTS = b"portal: second factors", b"portal: texts"  # what each key is for
log = structlog.get_logger("sealed")


class SealedSecret(TypeDecorator[str]):
    """A column of secrets in base32, sealed in the database and plain in a process."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else seal(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> str | None:
        return None if value is None else unseal(value)


def seal(secret: str) -> str:
    """The secret as it is kept: 53 letters for one of 160 bits."""
    bare = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return _lettered(_cipher(_installation_key(), _FACTORS).encrypt(bare, _ABOUT))


def unseal(kept: str) -> str | None:
    """The secret that is kept; None where this installation's key does not open it."""
    if not kept.startswith(MARK):
        return kept
    bare = _opened(kept, _FACTORS, _ABOUT)
    return None if bare is None else base64.b32encode(bare).decode().rstrip("=")


def seal_text(text: str, about: str) -> str:
    """Words as they are kept.

    Args:
        about: which column of which record they belong to, such as `told.text TELL-7QX2`: words that
            are laid into another row do not open.
    """
    return _lettered(_cipher(_installation_key(), _TEXTS).encrypt(text.encode(), [about.encode()]))


def unseal_text(kept: str, about: str) -> str | None:
    """The words that are kept; None where they were changed, or this is another key."""
    bare = _opened(kept, _TEXTS, [about.encode()]) if kept.startswith(MARK) else None
    return None if bare is None else bare.decode()


def _lettered(sealed: bytes) -> str:
    return MARK + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _opened(kept: str, purpose: bytes, about: list[bytes]) -> bytes | None:
    from cryptography.exceptions import InvalidTag

    letters = kept.removeprefix(MARK)
    try:
        sealed = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
        return _cipher(_installation_key(), purpose).decrypt(sealed, about)
    except (InvalidTag, NotBase, ValueError):
        log.error("what is sealed does not open: is this the key of another installation?")
        return None


def _installation_key() -> str:
    return str(current_app.config["SECRET_KEY"])


@cache
def _cipher(installation_key: str, purpose: bytes) -> "AESSIV":
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derive = HKDF(algorithm=SHA256(), length=64, salt=None, info=purpose)
    return AESSIV(derive.derive(installation_key.encode()))
