"""A real mail server in a process of its own, with TLS and a password."""

import email
import email.policy
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.processes import NotHere, Processes, answers, free_port

LOGIN = "portal:a%20pass%3Aword%40with%2Fsigns"


class MailServer(Processes):
    """It listens on two ports: one that begins without TLS, one that begins with it."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="portal-mail-", ignore_cleanup_errors=True)
        super().__init__(Path(self._home.name))
        self.port, self.tls_port = free_port(), free_port()
        self.authority = self.folder / "authority.pem"

    def start_all(self) -> "MailServer":
        """Make a certificate, start it, wait until both ports answer."""
        if find_spec("aiosmtpd") is None:
            raise NotHere("aiosmtpd is not here (install requirements-dev.txt)")
        self._certify()
        script = Path(__file__).with_name("smtp_process.py")
        self.start([sys.executable, script, self.folder, str(self.port), str(self.tls_port)])
        self.wait(lambda: answers(self.port) and answers(self.tls_port), "the mail server")
        return self

    def address(self, scheme: str, login: str = LOGIN) -> str:
        """How the portal is told of it."""
        port = self.tls_port if scheme == "smtps" else self.port
        return f"{scheme}://{login}@localhost:{port}"

    def taken(self) -> list[EmailMessage]:
        """What it took since it was asked last."""
        files = sorted(self.folder.glob("*.eml"))
        found = [
            email.message_from_bytes(one.read_bytes(), policy=email.policy.default)  # type: ignore[arg-type]
            for one in files
        ]
        for one in files:
            one.unlink()
        return found  # type: ignore[return-value]

    def stop(self) -> None:
        super().stop()
        with suppress(OSError):
            self._home.cleanup()

    def _certify(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self.authority.write_bytes(made)
        (self.folder / "server.pem").write_bytes(secret + made)
