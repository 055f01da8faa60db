"""Photographs: what hides in a file does not come in, and what cannot be drawn anew is refused."""

import io

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from portal.storage import FileRefused
from portal.visits.pictures import drawn_anew

SECRET = b"51.8787N 0.4200W"
MARKUP = b"<html><script>alert(1)</script></html>"


def a_photo(kind: str, **more) -> bytes:
    """A picture that tells where it was taken, in every way that its kind knows."""
    picture, out = Image.new("RGB", (40, 30), "green"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(out, kind, exif=exif, icc_profile=profile, **more)
    return out.getvalue()


def a_png() -> bytes:
    info = PngInfo()
    info.add_text("Location", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return a_photo("PNG", pnginfo=info)


def a_jpeg() -> bytes:
    return a_photo("JPEG", comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")


@pytest.mark.parametrize("made", [a_jpeg, a_png])
def test_place_owner_and_remarks_are_gone(made):
    sent = made()
    assert SECRET in sent
    kept = drawn_anew(io.BytesIO(sent)).read()
    assert SECRET not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (40, 30), {})
        assert not {"comment", "xmp", "icc_profile", "photoshop", "exif"} & set(picture.info)


@pytest.mark.parametrize("made", [a_jpeg, a_png])
@pytest.mark.parametrize("behind", [MARKUP, b"PK\x03\x04" + bytes(40), b"%PDF-1.7\n", SECRET])
def test_a_second_file_behind_a_picture_is_not_kept(made, behind):
    """One file of two kinds: it is drawn without what stands behind it, or refused."""
    try:
        kept = drawn_anew(io.BytesIO(made() + behind)).read()
    except FileRefused:
        return
    assert behind not in kept


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(60), "file:heic"),
        (a_photo("WEBP"), "file:webp"),
        (a_photo("GIF"), None),
        (MARKUP + a_photo("PNG"), None),
        (a_photo("PNG")[:-30], "file:cannot-draw"),
    ],
    ids=["HEIC", "WebP", "GIF", "markup first", "cut short"],
)
def test_what_cannot_be_drawn_anew_is_refused_in_words(sent, code):
    with pytest.raises(FileRefused) as refused:
        drawn_anew(io.BytesIO(sent))
    assert code in {None, refused.value.code}
    assert refused.value.message
