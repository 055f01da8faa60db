"""Where files are kept: by what is in them, never by what they are called.

An object's name is the SHA-256 of its content. What is acknowledged is on disk, flushed with
its folder, so a record may point at it. Two records may point at one object, because the same
file can be sent twice: whoever deletes asks first that no other record needs it.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from flask import current_app

from scoring.rules import RuleBroken

if TYPE_CHECKING:
    from portal.storage_s3 import Clients

MAX_FILE_BYTES = 25 * 1024 * 1024
_CHUNK = 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = "unfinished"
_ASIDE = "aside"
ASIDE_FOR = timedelta(days=30)  # what no record needs is kept so long before it goes
_NO_PLACE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
)


class FileRefused(RuleBroken):
    """A file cannot be taken. The message says what to do."""


class FileTooLarge(FileRefused):
    """The file is larger than the store allows."""

    def __init__(self, most: int) -> None:
        size = f"{most / 1024 / 1024:g} MB"
        super().__init__(
            "file:too-large", f"This file is larger than {size}. Upload a smaller file."
        )


class FileEmpty(FileRefused):
    """There is nothing in the file."""

    def __init__(self) -> None:
        super().__init__(
            "file:empty", "This file is empty. Check it on your computer and upload it again."
        )


class StoreAway(FileRefused):
    """The store does not answer, is full or cannot be written. Nothing was acknowledged."""

    def __init__(self) -> None:
        super().__init__(
            "store:away",
            "Files cannot be stored or read at the moment. Nothing that was stored is lost. "
            "Try again in some minutes.",
        )


class NotStored(LookupError):
    """No object has this name, or it is no name of an object."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in the store: its name, its size in bytes, and since when it lies there."""

    sha256: str
    size: int
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Damage:
    """An object whose content is not what its name says."""

    sha256: str
    problem: str


class Store(Protocol):
    """What a place for files must do: a folder of this machine, or an object store."""

    def put(self, stream: BinaryIO) -> StoredObject:
        """Keep what the stream holds; return only when it is on disk.

        Raises:
            FileTooLarge, FileEmpty: and nothing is kept.
            StoreAway: it cannot be kept now.
        """
        ...

    def open(self, sha256: str) -> BinaryIO:
        """The content, from the start. Raises NotStored, StoreAway."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether an object of this name is kept."""
        ...

    def size(self, sha256: str) -> int | None:
        """How many bytes an object has; None where there is none."""
        ...

    def stored_at(self, sha256: str) -> datetime | None:
        """Since when an object lies there; None where there is none."""
        ...

    def delete(self, sha256: str) -> bool:
        """Remove an object; False when there was none."""
        ...

    def destroy(self, sha256: str) -> int:
        """Remove an object for good, with older versions and what was set aside; how many went."""
        ...

    def set_aside(self, sha256: str, *, before: datetime) -> bool:
        """Remove an object so that `recover` finds it for a month.

        False where that cannot be, and for an object that was put since `before`.
        """
        ...

    def recover(self, sha256: str) -> bool:
        """Bring back what was set aside, removed or overwritten; False when nothing is left."""
        ...

    def link(self, sha256: str, *, name: str, mime: str, seconds: int) -> str:
        """An address that hands the object out as an attachment; empty where the portal does."""
        ...

    def iterate(self) -> Iterator[StoredObject]:
        """Every object, in the order of names."""
        ...

    def check(self) -> Iterator[Damage]:
        """Read everything again and name what is damaged."""
        ...

    def sweep(self, before: datetime) -> int:
        """Remove what a killed process left half-written before then; say how many."""
        ...


class LocalStore:
    """A folder on this machine, readable by its owner only."""

    def __init__(self, folder: Path | str, *, most_bytes: int = MAX_FILE_BYTES) -> None:
        self.folder = Path(folder)
        self.most_bytes = most_bytes

    def put(self, stream: BinaryIO) -> StoredObject:
        """See `Store.put`. An object that is there already is written again, which heals it."""
        with _place_for_it():
            # 0600, same file system
            descriptor, temporary = tempfile.mkstemp(dir=self._unfinished())
            try:
                with os.fdopen(descriptor, "wb") as file:
                    sha256, size = copied(stream, file, self.most_bytes)
                    file.flush()
                    os.fsync(file.fileno())
                self._move(Path(temporary), self._path(sha256))
            finally:
                Path(temporary).unlink(missing_ok=True)
            return StoredObject(sha256, size, _modified(self._path(sha256)))

    def open(self, sha256: str) -> BinaryIO:
        """See `Store.open`."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise NotStored(sha256) from None

    def exists(self, sha256: str) -> bool:
        """See `Store.exists`."""
        with suppress(NotStored):
            return self._path(sha256).is_file()
        return False

    def size(self, sha256: str) -> int | None:
        """See `Store.size`."""
        with suppress(NotStored, FileNotFoundError):
            return self._path(sha256).stat().st_size
        return None

    def stored_at(self, sha256: str) -> datetime | None:
        """See `Store.stored_at`."""
        with suppress(NotStored, FileNotFoundError):
            return _modified(self._path(sha256))
        return None

    def delete(self, sha256: str) -> bool:
        """See `Store.delete`."""
        path = self._path(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _flush_folder(path.parent)
        return True

    def destroy(self, sha256: str) -> int:
        """See `Store.destroy`."""
        gone = int(self.delete(sha256))
        aside = self.folder / _ASIDE / self._path(sha256).name
        if aside.exists():
            aside.unlink()
            _flush_folder(aside.parent)
            gone += 1
        return gone

    def set_aside(self, sha256: str, *, before: datetime) -> bool:
        """See `Store.set_aside`: it lies in a folder of its own until it is swept."""
        path, aside = self._path(sha256), self._inner(_ASIDE) / sha256
        try:
            path.replace(aside)
        except FileNotFoundError:
            return False
        if _modified(aside) >= before:  # somebody put it again, and will write a row
            self._move(aside, path)
            return False
        os.utime(aside)
        _flush_folder(aside.parent)
        _flush_folder(path.parent)
        return True

    def recover(self, sha256: str) -> bool:
        """See `Store.recover`."""
        path, aside = self._path(sha256), self.folder / _ASIDE / sha256
        with suppress(FileNotFoundError):
            with aside.open("rb") as file:
                sound = _digest(file) == sha256
            if sound:
                self._move(aside, path)
                return True
        return False

    def link(self, sha256: str, *, name: str, mime: str, seconds: int) -> str:
        """See `Store.link`: a folder has no address of its own."""
        return ""

    def iterate(self) -> Iterator[StoredObject]:
        """See `Store.iterate`."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if _NAME.fullmatch(path.name):
                with suppress(FileNotFoundError):  # deleted while we walk
                    yield StoredObject(path.name, path.stat().st_size, _modified(path))

    def check(self) -> Iterator[Damage]:
        """See `Store.check`."""
        for stored in self.iterate():
            with suppress(NotStored), self.open(stored.sha256) as file:
                if _digest(file) != stored.sha256:
                    yield Damage(stored.sha256, "the content has changed")

    def sweep(self, before: datetime) -> int:
        """See `Store.sweep`."""
        old = [p for p in (self.folder / _UNFINISHED).glob("*") if _modified(p) < before]
        forgotten = before - ASIDE_FOR
        old += [p for p in (self.folder / _ASIDE).glob("*") if _modified(p) < forgotten]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, sha256: str) -> Path:
        """A name is 64 hexadecimal digits, so it can never lead out of the folder."""
        if not is_name(sha256):
            raise NotStored(sha256)
        return self.folder / sha256[:2] / sha256

    def _unfinished(self) -> Path:
        return self._inner(_UNFINISHED)

    def _inner(self, name: str) -> Path:
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _flush_folder(self.folder.parent)
        return folder

    def _move(self, temporary: Path, target: Path) -> None:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        _flush_folder(self.folder)  # even if another process made the shelf: it may not have yet
        temporary.replace(target)
        _flush_folder(target.parent)


def get_store(area: str = "documents", *, most_bytes: int | None = None) -> Store:
    """The store of this installation; `area` keeps passing things apart from documents.

    Args:
        most_bytes: what one object may have, where it is not somebody's upload.
    """
    most = most_bytes or current_app.config.get("MAX_FILE_BYTES", MAX_FILE_BYTES)
    if current_app.config.get("S3_BUCKET"):
        from portal.storage_s3 import S3Store

        return S3Store(_clients(), area, most_bytes=most)
    folder = Path(current_app.config.get("STORAGE") or current_app.config["DATA_DIR"] / "documents")
    return LocalStore(folder if area == "documents" else folder.parent / area, most_bytes=most)


def _clients() -> "Clients":
    """Those of this installation: their connections are used again by every request."""
    from portal.storage_s3 import Bucket, Clients

    config = current_app.config
    kept: Clients | None = current_app.extensions.get("s3")
    if kept is None:
        kept = Clients(
            Bucket(
                name=config["S3_BUCKET"],
                prefix=config["S3_PREFIX"],
                endpoint=config["S3_ENDPOINT"],
                public_endpoint=config["S3_PUBLIC_ENDPOINT"],
                region=config["S3_REGION"],
                path_style=config["S3_PATH_STYLE"],
            )
        )
        current_app.extensions["s3"] = kept
    return kept


def is_name(sha256: str) -> bool:
    """Whether this can be the name of an object."""
    return _NAME.fullmatch(sha256) is not None


@contextmanager
def _place_for_it() -> Iterator[None]:
    """A disk that is full, broken or read-only is told in words; other faults are ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_PLACE:
            raise StoreAway from error
        raise


def copied(source: BinaryIO, target: BinaryIO, most: int) -> tuple[str, int]:
    """Copy a stream; its SHA-256 and its size. Raises FileTooLarge, FileEmpty."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise FileTooLarge(most)
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise FileEmpty
    return digest.hexdigest(), size


def _digest(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _flush_folder(folder: Path) -> None:
    """A new name is safe only when its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
