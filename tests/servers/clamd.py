"""A real clamd on a socket of its own, which knows two signatures written by hand."""

import tempfile
from contextlib import suppress
from pathlib import Path

from portal.scanning_clamd import Clamd
from tests.servers.processes import Processes, program

# in two pieces each, so that a scanner on a developer's machine leaves this file alone
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
WORM = b"this text is a worm " + b"of the tests alone"
SETTINGS = """Foreground yes
LocalSocket {home}/clamd.sock
DatabaseDirectory {home}/signatures
TemporaryDirectory {home}
LogFile {home}/clamd.log
StreamMaxLength 30M
MaxThreads 2
SelfCheck 0
ConcurrentDatabaseReload no
"""


class ClamdProcess(Processes):
    """It can be stopped and started again, as an upgrade of its signatures does."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="portal-av-", ignore_cleanup_errors=True)
        super().__init__(Path(self._home.name))

    def start_all(self) -> "ClamdProcess":
        """Write the signatures and start it."""
        program("clamd", "clamav-daemon")
        signatures = self.folder / "signatures"
        signatures.mkdir()
        lines = [f"Portal.Eicar:0:*:{EICAR.hex()}", f"Portal.Worm:0:*:{WORM.hex()}"]
        (signatures / "portal.ndb").write_text("\n".join(lines) + "\n")
        (self.folder / "clamd.conf").write_text(SETTINGS.format(home=self.folder))
        self.begin()
        return self

    @property
    def address(self) -> str:
        return f"unix:{self.folder}/clamd.sock"

    def begin(self) -> None:
        """Start it, and wait until it answers."""
        self.start([program("clamd", "clamav-daemon"), "-c", self.folder / "clamd.conf"])
        self.wait(Clamd(self.address).is_there, "clamd")

    def end(self) -> None:
        """Stop it for a while."""
        super().stop()
        (self.folder / "clamd.sock").unlink(missing_ok=True)

    def stop(self) -> None:
        super().stop()
        with suppress(OSError):
            self._home.cleanup()
