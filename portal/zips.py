"""Looking into zip files (which .docx and .xlsx are) without being hurt by them."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

MOST_MEMBERS = 5_000
MOST_DIRECTORY_BYTES = 1024 * 1024
MOST_UNPACKED_BYTES = 256 * 1024 * 1024
MOST_TIMES_LARGER = 200  # office files reach about 40; a bomb reaches thousands
_ALWAYS_FINE_BYTES = 1024 * 1024  # a small file may shrink as much as it likes
_CHUNK = 64 * 1024
_PLAIN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"


class BadZip(ValueError):
    """The file is no zip that can be read to its end."""


class ZipTooLarge(BadZip):
    """The file would unpack to far more than it should: it may be made to do harm."""


class ZipLocked(BadZip):
    """A member is encrypted, so nobody can look into it."""


def open_zip(stream: BinaryIO) -> zipfile.ZipFile:
    """Open a zip whose directory is small enough to read, and whose members are as promised.

    Raises:
        BadZip, ZipTooLarge, ZipLocked.
    """
    if _directory_bytes(stream) > MOST_DIRECTORY_BYTES:
        raise ZipTooLarge("too many members")
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise BadZip(str(error)) from error
    _check_members(archive.infolist())
    return archive


def has_zip_end(stream: BinaryIO) -> bool:
    """Whether a program could open the stream as a zip, whatever it begins with."""
    try:
        return _directory_bytes(stream) > 0
    except BadZip:
        return False


def read_members(archive: zipfile.ZipFile) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each member's name and its content in pieces. Reading a piece may raise BadZip."""
    for member in archive.infolist():
        yield member.filename, _pieces(archive, member)


def read_member(archive: zipfile.ZipFile, name: str, most: int = _ALWAYS_FINE_BYTES) -> bytes:
    """The first `most` bytes of a member, or none when there is no such member; or BadZip."""
    try:
        with archive.open(name) as member:
            return member.read(most)
    except KeyError:
        return b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise BadZip(str(error)) from error


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as content:
            while piece := content.read(_CHUNK):
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise BadZip(str(error)) from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise ZipTooLarge("too many members")
    if any(member.flag_bits & 0x1 for member in members):
        raise ZipLocked("a member is encrypted")
    if any(member.compress_type not in _PLAIN for member in members):
        raise BadZip("an unusual way of packing")
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED_BYTES:
        raise ZipTooLarge("unpacks to too much")
    if unpacked > max(packed * MOST_TIMES_LARGER, _ALWAYS_FINE_BYTES):
        raise ZipTooLarge("unpacks to many times its size")


def _directory_bytes(stream: BinaryIO) -> int:
    """The size of the zip's directory, read before anything is built from it.

    The library that reads it makes an object for each entry: a file of 25 MB could hold half a
    million of them.
    """
    size = stream.seek(0, 2)
    start = max(0, size - 66_000)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise BadZip("no directory")
    directory, offset = struct.unpack("<LL", tail[at + 12 : at + 20])
    locator = tail[at - 20 : at] if at >= 20 else b""
    if locator.startswith(_LOCATOR_64):
        return _directory_bytes_64(stream, start + at - 20 - 56)
    if directory + offset > start + at:
        raise BadZip("no directory")
    return int(directory)


def _directory_bytes_64(stream: BinaryIO, at: int) -> int:
    stream.seek(max(0, at))
    record = stream.read(56)
    if not record.startswith(_END_64) or len(record) < 56:
        raise BadZip("no directory")
    return int(struct.unpack("<Q", record[40:48])[0])
