"""A real scanner: clamd over its socket. The file is streamed to it, so it may run elsewhere.

A clamd that is away, slow or unsure looks at nothing: the file waits, and nobody opens it.
"""

import socket
import struct
import time
from contextlib import closing
from typing import BinaryIO

from portal.scanning import CLEAN, EmbeddedScanner, ScanResult, ScanStatus

CONNECT_SECONDS, ANSWER_SECONDS = 2, 60
REST_SECONDS = 10  # a clamd that is away is not asked again by every file
_PIECE = 256 * 1024
AWAY = ScanResult(ScanStatus.UNAVAILABLE)


class Clamd:
    """One clamd.

    Args:
        address: `unix:/run/clamav/clamd.ctl` or `tcp:scanner.internal:3310`.
    """

    def __init__(self, address: str) -> None:
        self.kind, _, self.place = address.partition(":")
        if self.kind not in ("unix", "tcp") or not self.place:
            raise ValueError("an address of clamd is unix:/path or tcp:host:port")
        self._rests_until = 0.0

    def scan(self, stream: BinaryIO) -> ScanResult:
        """See `Scanner.scan`."""
        stream.seek(0)
        try:
            return self._asked(stream)
        finally:
            stream.seek(0)

    def is_there(self) -> bool:
        """Whether it answers now."""
        try:
            with closing(self._connected()) as line:
                line.sendall(b"zPING\0")
                return self._answer(line) == "PONG"
        except OSError:
            return False

    def _asked(self, stream: BinaryIO) -> ScanResult:
        if time.monotonic() < self._rests_until:
            return AWAY
        try:
            with closing(self._connected()) as line:
                return _meaning(self._streamed(line, stream))
        except OSError:
            self._rests_until = time.monotonic() + REST_SECONDS
            return AWAY

    def _streamed(self, line: socket.socket, stream: BinaryIO) -> str:
        try:
            line.sendall(b"zINSTREAM\0")
            while piece := stream.read(_PIECE):
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
        except BrokenPipeError:
            pass  # it has seen enough: a virus, or its limit; the answer says which
        return self._answer(line)

    def _connected(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX if self.kind == "unix" else socket.AF_INET)
        line.settimeout(CONNECT_SECONDS)
        if self.kind == "unix":
            line.connect(self.place)
        else:
            host, _, port = self.place.rpartition(":")
            line.close()
            line = socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
        line.settimeout(ANSWER_SECONDS)
        return line

    @staticmethod
    def _answer(line: socket.socket) -> str:
        said = b""
        while not said.endswith(b"\0"):
            piece = line.recv(4096)
            if not piece:
                break
            said += piece
        return said.rstrip(b"\0").decode("utf-8", "replace")


def _meaning(said: str) -> ScanResult:
    """`stream: OK`, `stream: NAME FOUND`; anything else is no answer to the question."""
    words = said.removeprefix("stream: ")
    if words == "OK":
        return CLEAN
    if words.endswith(" FOUND"):
        return ScanResult(ScanStatus.INFECTED, words.removesuffix(" FOUND")[:100])
    return AWAY


class ClamdScanner:
    """clamd, after a look for archives that no scanner can see into: locked, or far too large."""

    description = "Every file is checked for viruses before anybody can open it."

    def __init__(self, address: str) -> None:
        self.clamd, self._embedded = Clamd(address), EmbeddedScanner()

    def scan(self, stream: BinaryIO) -> ScanResult:
        """See `Scanner.scan`."""
        seen = self._embedded.scan(stream)
        return seen if not seen.is_clean else self.clamd.scan(stream)
