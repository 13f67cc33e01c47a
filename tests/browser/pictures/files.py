"""The files of the pictures."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from tests.browser.demo_process import ROOT

FOLDER = ROOT / "docs" / "pictures"
DEMO, ARRIVAL = "demo", "arrival"
"""The pictures of the whole page; the others are in `answers.py`."""
_QUALITY = 85
_COLOURS = 256
"""Enough for text and buttons."""
_MAX_SHADES = 2500
"""What has more colours has a picture in it."""


def save(images: Mapping[str, Image.Image], folder: Path, name: str) -> None:
    """Write a picture in each colour scheme as WebP: text with few colours and sharp, photos with soft ones."""
    for scheme, image in images.items():
        path = folder / f"{name}-{scheme}.webp"
        if image.getcolors(_MAX_SHADES):
            few = image.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
            few.convert("RGB").save(path, "webp", lossless=True, quality=100, method=4)
        else:
            image.save(path, "webp", quality=_QUALITY, method=4)
