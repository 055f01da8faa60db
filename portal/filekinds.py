"""What a file is, told by what is in it and never by its name.

Only what can be verified is accepted: PDF, Word and Excel (without macros), PNG and JPEG.
Everything else is refused with a sentence that says what to do instead.
"""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import BinaryIO

from portal.storage import FileEmpty, FileRefused
from portal.zips import BadZip, ZipLocked, ZipTooLarge, has_zip_end, open_zip, read_member

_HEAD_BYTES = 8192
_TAIL_BYTES = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument."
_LONGEST_NAME = 80  # in any alphabet under the 255 bytes that a disk takes
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


class FileKind(StrEnum):
    """A kind of file that the portal takes. The value is its MIME type."""

    PDF = "application/pdf"
    DOCX = _OFFICE + "wordprocessingml.document"
    XLSX = _OFFICE + "spreadsheetml.sheet"
    PNG = "image/png"
    JPEG = "image/jpeg"

    @property
    def extension(self) -> str:
        """How a name of this kind ends, with the dot."""
        return {"JPEG": ".jpg"}.get(self.name, f".{self.name.lower()}")

    @property
    def label(self) -> str:
        """What people call it."""
        labels = {"PDF": "PDF", "DOCX": "Word document", "XLSX": "Excel workbook"}
        return labels.get(self.name, f"{self.name} picture")


DOCUMENTS = frozenset({FileKind.PDF, FileKind.DOCX, FileKind.XLSX})
PICTURES = frozenset({FileKind.PNG, FileKind.JPEG})
EVERYTHING = DOCUMENTS | PICTURES

# What people send and we cannot take: how it begins, and what they can do.
_ELSEWISE = (
    (b"\xd0\xcf\x11\xe0", "old", "This is an old Word or Excel file, or it has a password."),
    (b"{\\rtf", "rich-text", "This is a rich text file."),
    (b"GIF8", "gif", "This is a GIF picture."),
    (b"BM", "bitmap", "This is a bitmap picture."),
    (b"II*\x00", "tiff", "This is a TIFF picture."),
    (b"MM\x00*", "tiff", "This is a TIFF picture."),
    (b"MZ", "program", "This is a program."),
    (b"\x7fELF", "program", "This is a program."),
)
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<head", b"<body", b"<!--")


def sniff(
    stream: BinaryIO, name: str = "", *, allowed: Collection[FileKind] = EVERYTHING
) -> FileKind:
    """Say what kind of file this is; the stream is at its start again afterwards.

    Args:
        stream: must be seekable.
        name: only for the words of a refusal, when it promises something else.
        allowed: the kinds that are welcome here.

    Raises:
        FileRefused: `file:kind` and others that begin with `file:`; the message says what to do.
    """
    try:
        stream.seek(0)
        kind = _kind(stream, name, allowed)
    finally:
        stream.seek(0)
    if kind not in allowed:
        raise _refuse("kind", f"This is a {kind.label}.", allowed)
    return kind


def safe_download_name(name: str, kind: FileKind | None = None) -> str:
    """A name that is safe in a header and on any disk, in any alphabet.

    Folders, control characters, quotes, marks that turn the reading direction and leading dots
    go. With a kind, the ending is the kind's own, whatever the sender called it.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"\s+", " ", name).replace("'", "’")
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = re.sub(r"[^\w .,()&’-]+", "-", name).strip(" .-")
    stem, dot, ending = name.rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 5:
        stem, ending = name, ""
    ending = kind.extension if kind else f".{ending}" if ending else ""
    stem = (stem.removesuffix(ending) if ending else stem)[:_LONGEST_NAME].strip(
        " .-"
    ) or "document"
    return ("_" if _RESERVED.fullmatch(stem.split(".")[0]) else "") + stem + ending


def _kind(stream: BinaryIO, name: str, allowed: Collection[FileKind]) -> FileKind:
    head = stream.read(_HEAD_BYTES)
    if not head:
        raise FileEmpty
    if head.startswith(b"%PDF-"):
        return _pdf(stream)
    if head.startswith(b"PK\x03\x04"):
        return _office(stream, allowed)
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return _alone(stream, FileKind.PNG)
    if head.startswith(b"\xff\xd8\xff"):
        return _alone(stream, FileKind.JPEG)
    refusal = _not_ours(head, allowed)
    ending = "." + name.lower().rpartition(".")[2].replace("jpeg", "jpg")
    if ending in {kind.extension for kind in FileKind}:
        promise = f"The name ends in {ending}, but the file is something else."
        refusal = FileRefused(refusal.code, f"{promise} {refusal.message}")
    raise refusal


def _pdf(stream: BinaryIO) -> FileKind:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL_BYTES))
    if b"%%EOF" not in stream.read():
        raise FileRefused(
            "file:cut-short",
            "The end of this PDF is missing. Save it as PDF again and upload the new file.",
        )
    return _alone(stream, FileKind.PDF)


def _alone(stream: BinaryIO, kind: FileKind) -> FileKind:
    """A file that is also something else shows one face to the scanner and another to the reader."""
    if has_zip_end(stream):
        raise FileRefused(
            "file:two-kinds",
            f"This {kind.label} has another file hidden in it. Save it again and upload the new file.",
        )
    return kind


def _office(stream: BinaryIO, allowed: Collection[FileKind]) -> FileKind:
    try:
        with open_zip(stream) as archive:
            names = archive.namelist()
            types = read_member(archive, "[Content_Types].xml")
    except ZipLocked:
        raise FileRefused(
            "file:locked",
            "This file has a password. Take the password off and upload it again.",
        ) from None
    except ZipTooLarge:
        raise _refuse("bomb", "This file unpacks to far more than it should.", allowed) from None
    except BadZip:
        raise FileRefused(
            "file:broken", "This file is damaged. Save it again and upload the new file."
        ) from None
    return _office_kind(names, types, allowed)


def _office_kind(names: list[str], types: bytes, allowed: Collection[FileKind]) -> FileKind:
    if _has_macros(names, types):
        raise _refuse("macros", "This file has macros (small programs) in it.", allowed)
    folders = {name.split("/")[0] for name in names if "/" in name}
    word = "word" in folders and b"wordprocessingml.document.main+xml" in types
    excel = "xl" in folders and b"spreadsheetml.sheet.main+xml" in types
    if word and excel:
        raise _refuse("two-kinds", "This file is two kinds at once.", allowed)
    if not word and not excel:
        raise _not_an_office_file(folders, allowed)
    return FileKind.DOCX if word else FileKind.XLSX


def _has_macros(names: list[str], types: bytes) -> bool:
    lower = [name.lower() for name in names]
    programs = any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lower)
    return programs or b"macroenabled" in types.lower() or b"vbaproject" in types.lower()


def _not_an_office_file(folders: set[str], allowed: Collection[FileKind]) -> FileRefused:
    if "ppt" in folders:
        return _refuse("slides", "These are PowerPoint slides.", allowed)
    if folders & {"word", "xl"}:
        return _refuse("template", "This is a Word or Excel file of an unusual kind.", allowed)
    return FileRefused(
        "file:zip", "This is a zip folder. Take the files out of it and upload them one by one."
    )


def _not_ours(head: bytes, allowed: Collection[FileKind]) -> FileRefused:
    if head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        return FileRefused(
            "file:heic", "This is a HEIC photo from a phone. Save it as JPEG and upload that."
        )
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _refuse("webp", "This is a WebP picture.", PICTURES & set(allowed) or allowed)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return _refuse("markup", "This is a web page or a drawing with code in it.", allowed)
    if b"%PDF-" in head:
        return _refuse("two-kinds", "Something stands before the start of this PDF.", allowed)
    for start, code, what in _ELSEWISE:
        if head.startswith(start):
            return _refuse(code, what, allowed)
    return _refuse("kind", "The portal cannot tell what kind of file this is.", allowed)


def _refuse(code: str, what: str, allowed: Collection[FileKind]) -> FileRefused:
    """What it is, and what to send instead where only some kinds are welcome."""
    if allowed and set(allowed) <= PICTURES:
        return FileRefused(f"file:{code}", f"{what} Save it as JPEG or PNG and upload that.")
    if FileKind.PDF in allowed:
        return FileRefused(f"file:{code}", f"{what} Save it as PDF and upload again.")
    names = " or ".join(sorted(kind.label for kind in allowed))
    return FileRefused(f"file:{code}", f"{what} Upload a file of this kind: {names}.")
