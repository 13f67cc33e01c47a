"""Flat shapes → PNG, without an image library.

Shapes are painted in order onto rows of palette numbers. Coordinates are percent of the width and of the height.
"""

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import pi, sin, sqrt

Colour = str
"""Six hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A gradient over the whole picture."""

    top: Colour
    bottom: Colour


@dataclass(frozen=True, slots=True)
class Land:
    """Everything below a wavy horizon."""

    colour: Colour
    y: float
    wave: float = 0.0
    """How high its hills are."""
    phase: float = 0.0
    """By how many turns its hills are shifted."""
    hills: float = 1.5


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle or an ellipse."""

    colour: Colour
    x: float
    y: float
    radius: float
    """In percent of the width."""
    flat: float = 1.0
    """Its height divided by its width."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon."""

    colour: Colour
    points: tuple[tuple[float, float], ...]


Mark = Fill | Land | Disc | Shape

_STEPS = 32  # colours of a gradient


def line(colour: Colour, start: tuple[float, float], end: tuple[float, float], width: float = 0.6) -> Shape:
    """Return a straight line as a shape; `width` in percent of the picture's width."""
    (x1, y1), (x2, y2) = start, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
    across, down = (y2 - y1) / length * width / 2, (x2 - x1) / length * width / 2
    return Shape(
        colour,
        (
            (x1 - across, y1 + down),
            (x1 + across, y1 - down),
            (x2 + across, y2 - down),
            (x2 - across, y2 + down),
        ),
    )


def box(colour: Colour, left: float, top: float, right: float, bottom: float) -> Shape:
    """Return a rectangle as a shape."""
    return Shape(colour, ((left, top), (right, top), (right, bottom), (left, bottom)))


def png(marks: Iterable[Mark], width: int, height: int) -> bytes:
    """Return the marks as a PNG with a palette."""
    canvas = _Canvas(width, height)
    for mark in marks:
        canvas.paint(mark)
    return canvas.png()


class _Canvas:
    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [bytearray(width) for _ in range(height)]
        self.palette: dict[bytes, int] = {}

    def paint(self, mark: Mark) -> None:
        match mark:
            case Fill():
                self._fill(mark)
            case Land():
                self._land(mark)
            case Disc():
                self._disc(mark)
            case Shape():
                self._shape(mark)

    def png(self) -> bytes:
        pixels = zlib.compress(b"".join(b"\0" + row for row in self.rows), 6)
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        palette = b"".join(self.palette)
        chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)

    def _number(self, colour: bytes) -> int:
        return self.palette.setdefault(colour, len(self.palette))

    def _span(self, y: int, left: float, right: float, number: int) -> None:
        start, end = max(round(left), 0), min(round(right), self.width)
        if 0 <= y < self.height and start < end:
            self.rows[y][start:end] = bytes((number,)) * (end - start)

    def _fill(self, mark: Fill) -> None:
        top, bottom = bytes.fromhex(mark.top), bytes.fromhex(mark.bottom)
        for y in range(self.height):
            part = (y * _STEPS // self.height) / (_STEPS - 1)
            mixed = bytes(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
            self._span(y, 0, self.width, self._number(mixed))

    def _land(self, mark: Land) -> None:
        steps = 60
        edge = [
            (x * 100 / steps, mark.y - mark.wave * sin(2 * pi * (x / steps * mark.hills + mark.phase)))
            for x in range(steps + 1)
        ]
        self._shape(Shape(mark.colour, (*edge, (100, 100), (0, 100))))

    def _disc(self, mark: Disc) -> None:
        number = self._number(bytes.fromhex(mark.colour))
        x, y = mark.x * self.width / 100, mark.y * self.height / 100
        across = mark.radius * self.width / 100
        down = across * mark.flat
        for row in range(int(y - down), int(y + down) + 1):
            part = 1 - ((row + 0.5 - y) / down) ** 2
            if part > 0:
                self._span(row, x - across * sqrt(part), x + across * sqrt(part), number)

    def _shape(self, mark: Shape) -> None:
        """Fill a polygon row by row, between the crossings of its edges with the middle of the row."""
        number = self._number(bytes.fromhex(mark.colour))
        points = [(x * self.width / 100, y * self.height / 100) for x, y in mark.points]
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        for y in range(max(int(top), 0), min(int(bottom) + 1, self.height)):
            crossings = _crossings(points, y + 0.5)
            for left, right in zip(crossings[::2], crossings[1::2], strict=False):
                self._span(y, left, right, number)


def _crossings(points: Sequence[tuple[float, float]], y: float) -> list[float]:
    edges = zip(points, (*points[1:], points[0]), strict=True)
    return sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in edges if (y1 <= y) != (y2 <= y)
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
