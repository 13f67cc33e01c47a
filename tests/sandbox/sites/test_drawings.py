"""The drawings: each is a valid PNG of the size that was asked for, and no two are alike."""

import struct
import zlib

import aiohttp
import pytest

from bot.sandbox.sites import drawings
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.raster import Disc, Fill, box, png


def pixels(picture: bytes) -> list[bytes]:
    """Return the rows of a PNG with a palette, as colours' numbers. Checks its sizes."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, kind = struct.unpack(">IIBB", picture[16:26])
    assert (depth, kind) == (8, 3)
    start = picture.index(b"IDAT")
    (length,) = struct.unpack(">I", picture[start - 4 : start])
    raw = zlib.decompress(picture[start + 4 : start + 4 + length])
    assert len(raw) == (width + 1) * height
    return [raw[row * (width + 1) + 1 : (row + 1) * (width + 1)] for row in range(height)]


def test_every_drawing_is_a_picture_of_its_own() -> None:
    pictures = {drawings.draw(name, 48, 30) for name in drawings.NAMES}

    assert len(pictures) == len(drawings.NAMES)
    for picture in pictures:
        assert len({colour for row in pixels(picture) for colour in row}) > 3


def test_a_shape_covers_its_part_of_the_picture() -> None:
    rows = pixels(png((Fill("ffffff", "ffffff"), box("000000", 25, 50, 75, 100)), 8, 4))

    assert rows == [bytes(8)] * 2 + [bytes((0, 0, 1, 1, 1, 1, 0, 0))] * 2


def test_shapes_outside_the_picture_are_left_out() -> None:
    rows = pixels(
        png((Fill("ffffff", "ffffff"), Disc("000000", -20, -20, 10), box("0000ff", 90, -10, 130, 200)), 10, 5)
    )

    assert rows == [bytes(9) + bytes((2,))] * 5


@pytest.mark.parametrize("name", ["tulips", "saturn"])
async def test_the_blog_serves_drawings(blog: Blog, client: aiohttp.ClientSession, name: str) -> None:
    async with client.get(blog.picture(name, 60, 40)) as response:
        body = await response.read()

    assert response.content_type == "image/png"
    assert body == drawings.draw(name, 60, 40)
