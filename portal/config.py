"""Configuration from the environment. The embedded default is for one machine and for trying."""

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class ConfigError(RuntimeError):
    """The installation cannot start as it is configured."""


def from_environment() -> dict[str, Any]:
    """Read the configuration.

    Variables: `PORTAL_DATA_DIR` (folder for database, documents and keys), `PORTAL_DATABASE_URL`,
    `PORTAL_BASE_URL` (address that people type), `PORTAL_DEMO` (1: a demonstration), `PORTAL_SMTP_URL`,
    `PORTAL_PROXIES` (how many servers stand before this one and say who asks; 0: none),
    `PORTAL_S3_…` (documents in a bucket), `PORTAL_OIDC_…` (councils' own sign-in),
    `PORTAL_BROKER_URL` (workers on many machines), `PORTAL_CLAMD` (a virus scanner). All of them
    stand in docs/operating.md.
    """
    data = Path(os.environ.get("PORTAL_DATA_DIR", ROOT / "var")).resolve()
    base_url = os.environ.get("PORTAL_BASE_URL", "http://localhost:8000")
    return {
        "DATA_DIR": data,
        "DATABASE_URL": os.environ.get(
            "PORTAL_DATABASE_URL", f"sqlite:///{data / 'portal.sqlite3'}"
        ),
        "BASE_URL": base_url.rstrip("/"),
        "DEMO": os.environ.get("PORTAL_DEMO") == "1",
        **_s3(),
        "BROKER_URL": os.environ.get("PORTAL_BROKER_URL", ""),
        "JOB_LEASE_SECONDS": _whole_number("PORTAL_JOB_LEASE_SECONDS", "60"),
        "CLAMD": os.environ.get("PORTAL_CLAMD", ""),
        "SMTP_URL": os.environ.get("PORTAL_SMTP_URL", ""),
        "SMTP_PASSWORD": os.environ.get("PORTAL_SMTP_PASSWORD", ""),
        "SMTP_CA": os.environ.get("PORTAL_SMTP_CA", ""),
        "MAIL_FROM": os.environ.get("PORTAL_MAIL_FROM", ""),
        "PROXIES": _whole_number("PORTAL_PROXIES"),
        "METRICS_TOKEN": os.environ.get("PORTAL_METRICS_TOKEN", ""),
        "METRICS_DIR": os.environ.get("PORTAL_METRICS_DIR", ""),
        "COUNCIL_DOORS": _council_doors(),
        # with the prefix a browser takes the cookie from this host alone, over https, for all of it
        "SESSION_COOKIE_NAME": "__Host-portal" if base_url.startswith("https://") else "portal",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": 27 * 1024 * 1024,  # a file of 25 MB and the form around it
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # SameSite and the token carry it; some proxies strip the referrer
    }


def _s3() -> dict[str, Any]:
    """Documents in a bucket; without its name they lie in the data folder."""
    return {
        "S3_BUCKET": os.environ.get("PORTAL_S3_BUCKET", ""),
        "S3_PREFIX": os.environ.get("PORTAL_S3_PREFIX", ""),
        "S3_ENDPOINT": os.environ.get("PORTAL_S3_ENDPOINT", ""),
        "S3_PUBLIC_ENDPOINT": os.environ.get("PORTAL_S3_PUBLIC_ENDPOINT", ""),
        "S3_REGION": os.environ.get("PORTAL_S3_REGION", ""),
        "S3_PATH_STYLE": os.environ.get("PORTAL_S3_PATH_STYLE") == "1",
        "S3_LINK_SECONDS": 60 * _whole_number("PORTAL_S3_LINK_MINUTES", "5"),
    }


def _council_doors() -> dict[str, Any]:
    from portal import council_doors

    try:
        return dict(council_doors.from_environment(os.environ))
    except council_doors.DoorError as error:
        raise ConfigError(str(error)) from error


def _whole_number(name: str, default: str = "0") -> int:
    text = os.environ.get(name, default)
    if not text.isdecimal():
        raise ConfigError(f"{name} must be a whole number, such as 0 or 1.")
    return int(text)


def keys(data: Path) -> dict[str, str]:
    """The secrets of this installation, made on first use and readable by its owner only."""
    return {
        name: _key(data / "keys" / name.lower())
        for name in ("SECRET_KEY", "AUDIT_KEY", "CHILD_KEY")
    }


def _key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # the first of two processes wins
            os.link(temporary, path)
        temporary.unlink()
    return path.read_text().strip()
