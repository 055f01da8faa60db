"""Photographs are drawn anew: what a camera hides in a file (place, time, owner) does not come in."""

import io
from typing import BinaryIO

from portal.filekinds import PICTURES, sniff
from portal.storage import FileEmpty, FileRefused, FileTooLarge

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1_800  # pixels; enough to see a crack in a wall
QUALITY = 82
NAME = "photograph.jpg"


def drawn_anew(stream: BinaryIO) -> io.BytesIO:
    """The picture as a new JPEG with nothing in it but its pixels, turned the right way up.

    Raises:
        FileRefused: `file:…`: no JPEG or PNG, too large, or it cannot be drawn; nothing is kept.
    """
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileTooLarge(MOST_BYTES)
    if not content:
        raise FileEmpty
    sniff(io.BytesIO(content), allowed=PICTURES)
    return _drawn(content)


def _drawn(content: bytes) -> io.BytesIO:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as sent:
            if sent.width * sent.height > MOST_PIXELS:
                raise FileRefused(
                    "file:too-many-pixels", "This picture is too large. Take a new one."
                )
            upright = ImageOps.exif_transpose(sent)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clean = Image.new("RGB", upright.size, "white")
            layer = upright.convert("RGBA")
            clean.paste(layer, mask=layer.getchannel("A"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise FileRefused(
            "file:cannot-draw",
            "We cannot take out what the camera hides in this picture, so it is not kept. "
            "Take a new one.",
        ) from None
    made = io.BytesIO()
    clean.save(made, "JPEG", quality=QUALITY, optimize=True)
    made.seek(0)
    return made
