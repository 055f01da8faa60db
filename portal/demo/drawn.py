"""Pictures of rooms, drawn by the portal itself: the story's photographs show nobody and no real home."""

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw

SIZE = (960, 720)
Draw = ImageDraw.ImageDraw
WALL, FLOOR, WOOD, STEEL, DARK, GLASS, WATER = (
    "#efe6d8", "#b9a58c", "#a9825a", "#c9ced3", "#3b3f44", "#cfe6f2", "#8fb3c7",
)  # fmt: skip


def picture_of(room: str) -> io.BytesIO:
    """A picture as a camera would give it, and with nothing hidden in it."""
    image = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 500, *SIZE), fill=FLOOR)
    _ROOMS[room](draw)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    out.seek(0)
    return out


def _kitchen(draw: Draw) -> None:
    for left in (40, 220, 580, 760):  # cupboards, with the oven between them
        draw.rectangle((left, 360, left + 170, 620), fill=WOOD, outline=DARK, width=3)
        draw.ellipse((left + 140, 470, left + 152, 482), fill=DARK)
    draw.rectangle((30, 335, 940, 362), fill=DARK)
    draw.rectangle((400, 365, 570, 620), fill=STEEL, outline=DARK, width=3)
    draw.rectangle((420, 440, 550, 580), fill=DARK)
    draw.line((420, 425, 500, 432), fill=DARK, width=8)  # its handle hangs on one screw
    for left in (415, 455, 495, 535):
        draw.ellipse((left, 385, left + 22, 407), fill=DARK)
    _window(draw, 330, 70)


def _front_door(draw: Draw) -> None:
    draw.rectangle((340, 120, 620, 640), fill="#2f6b4f", outline=DARK, width=5)
    draw.rectangle((400, 180, 560, 330), fill=GLASS, outline=DARK, width=4)
    draw.ellipse((570, 400, 596, 426), fill="#d9b64c")
    draw.rectangle((566, 450, 600, 500), outline="#d9b64c", width=4)  # where a lock should be
    draw.rectangle((300, 640, 660, 680), fill="#8a8f94")
    _window(draw, 60, 190)
    _window(draw, 710, 190)


def _hall(draw: Draw) -> None:
    draw.rectangle((120, 150, 360, 560), fill=WOOD, outline=DARK, width=4)
    draw.ellipse((320, 350, 342, 372), fill=DARK)
    draw.ellipse((-100, 540, 1060, 900), fill=WATER)
    draw.ellipse((300, 560, 900, 640), outline="#b9d3e0", width=4)
    draw.rectangle((640, 110, 660, 500), fill=STEEL)  # the pipe that burst
    draw.polygon([(660, 300), (760, 520), (700, 540)], fill=WATER)


def _window(draw: Draw, left: int, top: int) -> None:
    draw.rectangle((left, top, left + 220, top + 180), fill=GLASS, outline=DARK, width=5)
    draw.line((left + 110, top, left + 110, top + 180), fill=DARK, width=4)
    draw.line((left, top + 90, left + 220, top + 90), fill=DARK, width=4)


_ROOMS: Mapping[str, Callable[[Draw], None]] = {
    "kitchen": _kitchen,
    "front-door": _front_door,
    "hall": _hall,
}
