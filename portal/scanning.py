"""Looking for viruses before anybody opens a file.

The scanner that comes with the portal knows one signature only, that of the harmless EICAR test
file; it proves that the door works and guards nothing else. It says so on the pages. An
installation puts a real scanner in its place.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, BinaryIO, Protocol, cast

from flask import current_app

from portal.filekinds import (
    DOCUMENTS,
    EVERYTHING,
    PICTURES,
    FileKind,
    safe_download_name,
    sniff,
)
from portal.storage import FileRefused
from portal.zips import MOST_UNPACKED_BYTES, BadZip, ZipLocked, ZipTooLarge, open_zip, read_members

__all__ = [
    "DOCUMENTS",
    "EVERYTHING",
    "PICTURES",
    "EmbeddedScanner",
    "FileKind",
    "ScanResult",
    "ScanStatus",
    "Scanner",
    "get_scanner",
    "refuse_infected",
    "safe_download_name",
    "sniff",
]

# In two pieces, so that a scanner on a developer's machine leaves this file alone.
_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_CHUNK = 1024 * 1024
_DEEPEST = 3
_IN_MEMORY = 1024 * 1024
_ZIP_START = b"PK\x03\x04"


class ScanStatus(StrEnum):
    """What a scanner can say."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNAVAILABLE = "unavailable"  # nobody looked: the file waits, and nobody may open it


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What was found; `signature` is the scanner's own name for it, and empty when clean."""

    status: ScanStatus
    signature: str = ""

    @property
    def is_clean(self) -> bool:
        """Only a file that somebody looked at and found clean may be opened."""
        return self.status is ScanStatus.CLEAN


CLEAN = ScanResult(ScanStatus.CLEAN)


class Scanner(Protocol):
    """What a scanner must do. `description` is shown beside every upload."""

    description: str

    def scan(self, stream: BinaryIO) -> ScanResult:
        """Look through the stream; it is at its start again afterwards. Never raises for content."""
        ...


class _Found(Exception):
    def __init__(self, signature: str) -> None:
        super().__init__(signature)
        self.signature = signature


class EmbeddedScanner:
    """Finds the EICAR test file, also inside zip, Word and Excel files, and zip bombs."""

    description = (
        "This installation checks uploads with a test scanner only. "
        "It recognises the EICAR test file and files that unpack to far too much, not real viruses."
    )

    def scan(self, stream: BinaryIO) -> ScanResult:
        """See `Scanner.scan`."""
        try:
            stream.seek(0)
            _Look().through(stream, depth=0)
        except _Found as found:
            return ScanResult(ScanStatus.INFECTED, found.signature)
        finally:
            stream.seek(0)
        return CLEAN


def get_scanner() -> Scanner:
    """The scanner of this installation."""
    kept = current_app.extensions.get("scanner")
    if kept is not None:
        return cast("Scanner", kept)
    address = current_app.config.get("CLAMD", "")
    if not address:
        return EmbeddedScanner()
    from portal.scanning_clamd import ClamdScanner

    scanner = ClamdScanner(address)
    current_app.extensions["scanner"] = scanner
    return scanner


def refuse_infected(result: ScanResult) -> None:
    """Refuse an infected file at the door.

    Raises:
        FileRefused: `file:infected`. A file that could not be scanned is not refused: it waits.
    """
    if result.status is ScanStatus.INFECTED:
        raise FileRefused(
            "file:infected",
            f"A virus check found “{result.signature}” in this file, so it was not kept. "
            "Check your computer, make the file again and upload the new one.",
        )


class _Look:
    """One look through a file and what is packed in it, with a limit for all of it together."""

    def __init__(self) -> None:
        self.left = MOST_UNPACKED_BYTES

    def through(self, stream: BinaryIO, depth: int) -> None:
        start = stream.read(len(_ZIP_START))
        stream.seek(0)
        self._signature(iter(lambda: stream.read(_CHUNK), b""))
        if start == _ZIP_START:
            self._unpack(stream, depth)

    def _unpack(self, stream: BinaryIO, depth: int) -> None:
        if depth == _DEEPEST:
            raise _Found("Packed-Too-Deep")
        try:
            with open_zip(stream) as archive:
                for _name, pieces in read_members(archive):
                    self._member(pieces, depth)
        except ZipLocked:
            raise _Found("Locked-Archive") from None
        except ZipTooLarge:
            raise _Found("Zip-Bomb") from None
        except BadZip:
            return  # no archive after all; its bytes were looked through

    def _member(self, pieces: Iterator[bytes], depth: int) -> None:
        first = next(pieces, b"")
        if not first.startswith(_ZIP_START):
            self._signature(self._counted(first, pieces))
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as inner:
            for piece in self._counted(first, pieces):
                inner.write(piece)
            inner.seek(0)
            self.through(cast("BinaryIO", cast("IO[bytes]", inner)), depth + 1)

    def _counted(self, first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
        yield self._count(first)
        for piece in rest:
            yield self._count(piece)

    def _count(self, piece: bytes) -> bytes:
        self.left -= len(piece)
        if self.left < 0:
            raise _Found("Zip-Bomb")
        return piece

    @staticmethod
    def _signature(pieces: Iterable[bytes]) -> None:
        """The signature may lie across two pieces, so the end of each is looked at again."""
        kept = b""
        for piece in pieces:
            window = kept + piece
            if _EICAR in window:
                raise _Found("Eicar-Test-Signature")
            kept = window[-len(_EICAR) :]
