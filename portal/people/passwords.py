"""Passwords and PINs: hashed with Argon2id, and the common ones refused.

Hashing takes a tenth of a second on purpose. Views hash and verify before they touch the
database's write lock.
"""

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from scoring.accounts import check_password

COMMON = Path(__file__).with_name("common-passwords.txt")


@cache
def _hasher(testing: bool) -> PasswordHasher:
    if testing:  # the same algorithm, so cheap that tests stay fast
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    # above the least that OWASP asks of Argon2id (19 MiB, 2 passes), below what hurts a small server
    return PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)


@cache
def _nobody(testing: bool) -> str:
    return _hasher(testing).hash("nobody has this password")


def _testing() -> bool:
    return bool(current_app.config.get("TESTING"))


def hash_password(text: str) -> str:
    """The hash that is kept."""
    return _hasher(_testing()).hash(text)


def verify(kept: str | None, text: str) -> bool:
    """Whether the text is the password. Without an account it takes the same time, and says no."""
    hasher, nobody = _hasher(_testing()), _nobody(_testing())
    try:
        hasher.verify(kept or nobody, text)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that many people use, in lower case."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def check(text: str, *, email: str = "", name: str = "") -> None:
    """Raises RuleBroken (field `password`) when a new password is not good enough."""
    check_password(text, common=common_passwords(), email=email, name=name)
