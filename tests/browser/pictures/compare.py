"""By how much two runs of the pictures differ."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageSequence

LIMIT = 0.005
"""The share of pixels in which two runs may differ."""


def differences(one: Path, other: Path) -> dict[str, float]:
    """Return the share of different pixels of each picture in two folders; 1 if it is in one of them only."""
    names = sorted({path.name for folder in (one, other) for path in folder.glob("*.webp")})
    return {name: _difference(one / name, other / name) for name in names}


def _difference(one: Path, other: Path) -> float:
    if not (one.exists() and other.exists()):
        return 1.0
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size or _count(first) != _count(second):
            return 1.0
        return max(_share(*pair) for pair in zip(_frames(first), _frames(second), strict=True))


def _count(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(image):
        yield frame.convert("RGB")


def _share(one: Image.Image, other: Image.Image) -> float:
    bands = ImageChops.difference(one, other).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(worst.histogram()[1:]) / (one.width * one.height)
