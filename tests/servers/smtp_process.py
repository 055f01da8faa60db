"""A mail server with a password, which keeps what it takes as files.

It takes no mail for `nobody@…` for good, none for `busy@…` today, and none without TLS and password.
Run as `python smtp_process.py FOLDER PORT TLS_PORT`; FOLDER holds server.pem with key and certificate.
"""

import signal
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PERSON, PASSWORD = b"portal", b"a pass:word@with/signs"


class Keeper:
    """Keeps what comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, *_: Any):  # noqa: N802
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user here"
        if address.startswith("busy@"):
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any):  # noqa: N802
        number = len(list(self.folder.glob("*.eml")))
        (self.folder / f"{number:03}.eml").write_bytes(envelope.content)
        return "250 Taken"


def who(_server: Any, _session: Any, _envelope: Any, _mechanism: str, told: Any) -> AuthResult:
    """Only the portal."""
    return AuthResult(success=(told.login, told.password) == (PERSON, PASSWORD), handled=False)


def main() -> None:
    folder = Path(sys.argv[1])
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "server.pem")
    rules = {"authenticator": who, "auth_required": True, "hostname": "127.0.0.1"}
    plain = {**rules, "tls_context": tls, "require_starttls": True}
    Controller(Keeper(folder), port=int(sys.argv[2]), **plain).start()
    sealed = {**rules, "ssl_context": tls, "auth_require_tls": False}
    Controller(Keeper(folder), port=int(sys.argv[3]), **sealed).start()
    signal.sigwait([signal.SIGTERM, signal.SIGINT])


if __name__ == "__main__":
    main()
