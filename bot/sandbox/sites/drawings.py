"""The drawings of the sample blogs, made of flat shapes, so that no picture has to be shipped or fetched."""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, pi, sin

from bot.sandbox.sites.raster import Disc, Fill, Land, Mark, Shape, box, line, png

_GREEN, _LEAF, _SOIL, _WOOD = "5b9e4d", "3f7f3a", "6b4a34", "8a5f3c"


def _flower(x: float, y: float, colour: str, size: float = 3.0) -> tuple[Mark, ...]:
    """Return a tulip whose cup is at this place."""
    half, tall = size, size * 2.4
    cup = (
        (x - half, y - tall / 2),
        (x - half / 2, y),
        (x, y - tall / 2),
        (x + half / 2, y),
        (x + half, y - tall / 2),
    )
    return (
        line(_LEAF, (x, y), (x, y + size * 9), size / 4),
        Shape(_LEAF, ((x, y + size * 9), (x - half * 1.5, y + size * 3), (x - half / 3, y + size * 7))),
        Shape(_LEAF, ((x, y + size * 9), (x + half * 1.5, y + size * 4), (x + half / 3, y + size * 7))),
        Disc(colour, x, y + tall / 5, half, 1.15),
        Shape(colour, (*cup, (x + half, y + tall / 4), (x - half, y + tall / 4))),
    )


def _stars(seed: int, count: int = 90, bottom: float = 70.0) -> Iterator[Mark]:
    """Scatter stars; the same seed gives the same sky."""
    state = seed
    for number in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        x, y = state % 1000 / 10, state // 1000 % 1000 / 1000 * bottom
        yield Disc("fff6d8" if number % 5 else "bcd4ff", x, y, 0.1 + number % 4 * 0.07)


def _tree(x: float, y: float, colour: str, size: float = 8.0) -> tuple[Mark, ...]:
    return (
        box(_WOOD, x - size / 9, y - size, x + size / 9, y),
        Disc(colour, x, y - size * 1.9, size),
        Disc(colour, x - size * 0.6, y - size * 1.3, size * 0.7),
        Disc(colour, x + size * 0.6, y - size * 1.3, size * 0.7),
    )


def _wheel(x: float, y: float, size: float) -> Iterator[Mark]:
    yield Disc("2b2f36", x, y, size)
    yield Disc("e9e2d0", x, y, size * 0.88)
    for turn in range(8):
        end = (x + size * 0.9 * cos(pi * turn / 4), y + size * 1.44 * sin(pi * turn / 4))
        yield line("8b8f98", (x, y), end, 0.25)
    yield Disc("2b2f36", x, y, size * 0.1)


def _bicycle(frame: str) -> tuple[Mark, ...]:
    back, front, crank, seat, head = (30.0, 68.0), (70.0, 68.0), (47.0, 68.0), (40.0, 40.0), (63.0, 40.0)
    tubes = (
        (back, crank),
        (back, (41, 44)),
        ((41, 44), crank),
        (crank, head),
        ((41, 44), head),
        (head, front),
    )
    return (
        *_wheel(*back, 14),
        *_wheel(*front, 14),
        *(line(frame, start, end, 1.5) for start, end in tubes),
        line("2b2f36", (41, 44), seat, 1.0),
        box("3a2a22", 35, 37, 45, 41),
        line("2b2f36", head, (62, 31), 1.0),
        line("2b2f36", (62, 31), (69, 30), 1.2),
        Disc("2b2f36", *crank, 2.2),
    )


def _cup(x: float, y: float, colour: str, drink: str) -> tuple[Mark, ...]:
    return (
        Disc("5f4632", x, y + 20, 13, 0.16),
        Disc(colour, x + 12, y + 5, 5),
        Disc("d9c3a5", x + 12, y + 5, 3),
        Shape(colour, ((x - 12, y - 6), (x + 12, y - 6), (x + 9, y + 18), (x - 9, y + 18))),
        Disc(colour, x, y + 18, 9, 0.25),
        Disc("fffaf0", x, y - 6, 12, 0.28),
        Disc(drink, x, y - 5.6, 10.6, 0.23),
    )


def _bird(x: float, y: float, body: str, breast: str) -> tuple[Mark, ...]:
    return (
        line("4a3b30", (x - 1, y + 12), (x - 1, y + 20), 0.5),
        line("4a3b30", (x + 3, y + 12), (x + 3, y + 20), 0.5),
        Shape(body, ((x - 8, y), (x - 20, y + 10), (x - 6, y + 9))),
        Disc(body, x, y, 9, 0.95),
        Disc(breast, x + 3, y + 3, 6.5, 0.95),
        Disc(body, x + 7, y - 11, 5.5),
        Disc(breast, x + 9, y - 9, 3.2),
        Disc("1d1b1a", x + 8.5, y - 13, 0.8),
        Shape("e0a030", ((x + 12, y - 13), (x + 16, y - 11), (x + 12, y - 9))),
    )


def _house(x: float, wall: str, roof: str, width: float = 13.0, top: float = 45.0) -> tuple[Mark, ...]:
    panes = (box("ffe9a8", x + dx, top + dy, x + dx + 3, top + dy + 8) for dx in (2, 8) for dy in (6, 20))
    return (
        box(wall, x, top, x + width, 82),
        Shape(roof, ((x - 1.5, top), (x + width / 2, top - 14), (x + width + 1.5, top))),
        *panes,
    )


def _loaf(x: float, y: float, crust: str) -> tuple[Mark, ...]:
    cuts = (line("f0d2a0", (x + dx, y - 5), (x + dx + 5, y - 13), 1.1) for dx in (-14, -6, 2, 10))
    return (Disc("5b3d28", x, y + 12, 26, 0.2), Disc(crust, x, y, 24, 0.5), *cuts)


_DAY = Fill("86c5ea", "e6f4f6")
_DUSK = Fill("3b3a72", "f0a27a")
_NIGHT = Fill("070b24", "26366b")
_TABLE = (Fill("f4e6d0", "ead3b3"), box("c89b6c", 0, 66, 100, 100), line("b08456", (0, 80), (100, 80), 0.4))

_SCENES: dict[str, tuple[Mark, ...]] = {
    "tulips": (
        _DAY,
        Disc("ffe48a", 82, 20, 7),
        Land("8fc27a", 62, 5, 0.1),
        Land(_GREEN, 78, 2, 0.4),
        *(
            mark
            for n in range(7)
            for mark in _flower(10 + n * 13.3, 48 + n % 3 * 7, ("c8322f", "e0533d", "b51f3a")[n % 3])
        ),
    ),
    "seedlings": (
        Fill("dfeef2", "f7f3e6"),
        *(
            mark
            for n in range(4)
            for mark in (
                line(_LEAF, (17 + n * 22, 62), (17 + n * 22, 42 - n % 2 * 6), 0.8),
                Disc(_GREEN, 13.5 + n * 22, 42 - n % 2 * 6, 4, 0.45),
                Disc("74b35f", 20.5 + n * 22, 40 - n % 2 * 6, 4, 0.45),
                Shape(
                    "b8643f", ((9 + n * 22, 58), (25 + n * 22, 58), (22.5 + n * 22, 82), (11.5 + n * 22, 82))
                ),
                box("a25233", 8 + n * 22, 56, 26 + n * 22, 62),
            )
        ),
        box("e9dfc8", 0, 82, 100, 100),
    ),
    "chard": (
        Fill("cfe6ee", "eef5ea"),
        box(_SOIL, 0, 76, 100, 100),
        *(
            mark
            for n in range(5)
            for mark in (
                line(
                    ("d94f70", "e8b13a", "e87a3a")[n % 3],
                    (14 + n * 18, 78),
                    (14 + n * 18 + (n - 2) * 2, 36),
                    1.8,
                ),
                Disc(("3f7f3a", "4f9a45")[n % 2], 14 + n * 18 + (n - 2) * 2, 34, 8, 1.25),
                line(
                    ("d94f70", "e8b13a", "e87a3a")[n % 3],
                    (14 + n * 18 + (n - 2), 56),
                    (14 + n * 18 + (n - 2) * 2, 24),
                    0.8,
                ),
            )
        ),
    ),
    "snail": (
        Fill("bfe0c8", "e9f3da"),
        Land(_GREEN, 72, 2),
        Shape("d8b58a", ((26, 74), (68, 74), (76, 56), (80, 56), (80, 66), (74, 80), (24, 80))),
        line("d8b58a", (77, 58), (75, 44), 0.8),
        line("d8b58a", (79, 58), (82, 44), 0.8),
        Disc("a8673f", 48, 56, 17),
        Disc("c98a58", 48, 56, 12.5),
        Disc("a8673f", 49, 57, 8.5),
        Disc("e0ae7c", 50, 58, 4.5),
    ),
    "robin": (
        Fill("dcebf2", "f8f6ee"),
        line("7a5a40", (0, 82), (100, 74), 3),
        *_bird(50, 54, "7a6a55", "d9572b"),
    ),
    "greenhouse": (
        _DAY,
        Land("9cc784", 70, 4, 0.3),
        Shape("d3efe9", ((18, 84), (18, 48), (50, 26), (82, 48), (82, 84))),
        *(
            line("ffffff", (18 + n * 16, 84), (18 + n * 16, 48 - 22 * (1 - abs(n - 2) / 2)), 0.7)
            for n in range(5)
        ),
        line("ffffff", (18, 48), (82, 48), 0.7),
        line("ffffff", (18, 66), (82, 66), 0.7),
        *(Disc(_GREEN, 26 + n * 12, 79, 5) for n in range(5)),
        *(Disc("d8402f", 27 + n * 12, 76, 1.6) for n in range(5)),
        Land("6fa85b", 84, 1),
    ),
    "rain": (
        Fill("7c8fa3", "b9c6cf"),
        *(Disc("66798d", 15 + n * 18, 12 + n % 2 * 5, 14, 0.55) for n in range(6)),
        *(
            line("dbe7ee", (4 + n * 6.3, 28 + n * 37 % 50), (2 + n * 6.3, 40 + n * 37 % 50), 0.3)
            for n in range(16)
        ),
        Land("5d8056", 84, 3),
        box("4c6f86", 60, 62, 78, 90),
        Disc("5d86a0", 69, 62, 9, 0.25),
    ),
    "moon": (
        _NIGHT,
        *_stars(7),
        Disc("f5efd6", 62, 38, 15),
        Disc("e2d8b4", 57, 32, 3.4),
        Disc("e2d8b4", 67, 45, 4.4),
        Land("101a38", 80, 6, 0.2),
    ),
    "saturn": (
        _NIGHT,
        *_stars(23),
        Disc("c9a86a", 50, 46, 30, 0.22),
        Disc("1a2654", 50, 46, 25, 0.17),
        Disc("e8cf94", 50, 46, 15),
        box("d2b476", 36.2, 42, 63.8, 46),
        Shape("c9a86a", ((20.2, 47), (79.8, 47), (72, 53), (50, 55.5), (28, 53))),
        Shape("e8cf94", ((36.4, 42), (63.6, 42), (64.6, 48), (35.4, 48))),
    ),
    "meteors": (
        _NIGHT,
        *_stars(41, 120),
        *(
            Shape("f3f7ff", ((x, y), (x + long, y - long * 1.1), (x + long + 0.5, y - long * 1.1 + 0.7)))
            for x, y, long in ((20, 50, 16), (48, 34, 10), (66, 60, 20), (34, 70, 8))
        ),
        Land("0b1230", 82, 5, 0.6),
    ),
    "milky-way": (
        _NIGHT,
        Shape("2f3f78", ((20, 0), (52, 0), (90, 86), (52, 86))),
        Shape("41528f", ((30, 0), (44, 0), (78, 86), (62, 86))),
        *_stars(99, 240, 86),
        Land("070c22", 84, 4, 0.1),
        *(Shape("070c22", ((x, 90), (x + 3, 66), (x + 6, 90))) for x in (8, 13, 19, 82, 88)),
    ),
    "telescope": (
        _DUSK,
        *_stars(5, 30, 40),
        Land("2c2745", 76, 4, 0.7),
        line("171425", (50, 52), (38, 90), 1.2),
        line("171425", (50, 52), (52, 92), 1.2),
        line("171425", (50, 52), (64, 90), 1.2),
        line("e7e2d8", (34, 64), (68, 34), 6.5),
        line("403a5c", (31, 66.6), (36, 62.2), 4),
        line("403a5c", (66, 35.8), (70, 32.2), 8),
    ),
    "canal": (
        _DAY,
        Land("a9d18e", 46, 3),
        *(mark for x in (10, 24, 78, 92) for mark in _tree(x, 60, _GREEN, 6)),
        Shape("6fa9c9", ((38, 46), (62, 46), (96, 100), (4, 100))),
        Shape("d9c7a3", ((62, 46), (66, 46), (118, 100), (96, 100))),
        *(line("9fcbe0", (40 - n * 3, 60 + n * 9), (56 - n * 2, 60 + n * 9), 0.5) for n in range(4)),
    ),
    "bicycle": (Fill("f2ecdf", "e9e2d0"), box("c9b897", 0, 90, 100, 100), *_bicycle("2f7f8f")),
    "hill-road": (
        _DAY,
        Disc("fff0b0", 20, 18, 6),
        Land("9db7a6", 50, 10, 0.15, 1.2),
        Land("7fb069", 64, 8, 0.6),
        Shape("8c8c90", ((58, 58), (60, 58), (52, 72), (74, 84), (60, 100), (30, 100), (58, 84), (42, 72))),
        Land("5b9e4d", 96, 2),
    ),
    "bridge": (
        _DUSK,
        Disc("ffd9a0", 72, 52, 8),
        Shape("5a4a6a", ((0, 50), (100, 50), (100, 60), (0, 60))),
        *(Disc("5a4a6a", 16 + n * 34, 60, 17) for n in range(3)),
        *(Disc("d98f7c", 16 + n * 34, 64, 12.5) for n in range(3)),
        Shape("7a5f80", ((0, 74), (100, 74), (100, 100), (0, 100))),
        *(line("f0b090", (66 - n * 2, 78 + n * 6), (80 + n * 2, 78 + n * 6), 0.6) for n in range(4)),
    ),
    "bread": (*_TABLE, *_loaf(50, 58, "b9753c")),
    "soup": (
        *_TABLE,
        Disc("8d6a4a", 50, 78, 34, 0.14),
        Shape("f7f2ea", ((18, 52), (82, 52), (70, 78), (30, 78))),
        Disc("fffaf2", 50, 52, 32, 0.22),
        Disc("d9782e", 50, 52, 28, 0.18),
        *(Disc("f3d9a0", 36 + n * 9, 51 + n % 2 * 3, 2.4, 0.5) for n in range(4)),
        *(Disc(_GREEN, 40 + n * 10, 53 - n % 2 * 3, 1.2, 0.5) for n in range(3)),
        *(line("ffffff", (40 + n * 10, 40), (42 + n * 10, 26), 0.7) for n in range(3)),
    ),
    "market": (
        Fill("f6ead2", "f2dfbd"),
        *(
            Shape(
                ("d9483b", "fffaf2")[n % 2],
                ((6 + n * 11, 14), (17 + n * 11, 14), (19 + n * 11 - 2, 34), (6 + n * 11, 34)),
            )
            for n in range(8)
        ),
        box(_WOOD, 6, 66, 94, 86),
        *(
            Disc(("e8862e", "d2382f", "7fae3f", "efc53d")[n // 3 % 4], 13 + n * 6.8, 62 - n % 2 * 4, 4.2)
            for n in range(12)
        ),
    ),
    "tart": (
        *_TABLE,
        Disc("c98d4a", 50, 66, 34, 0.36),
        Disc("f4dfae", 50, 63, 30, 0.32),
        *(
            Disc(("c2283c", "d9425a")[n % 2], 50 + 21 * cos(n * pi / 6), 63 + 11 * sin(n * pi / 6), 4.4, 0.7)
            for n in range(12)
        ),
        *(Disc("b51f3a", 50 + 9 * cos(n * pi / 3), 63 + 5 * sin(n * pi / 3), 4.2, 0.7) for n in range(6)),
    ),
    "balcony": (
        _DAY,
        *_house(2, "d9b28c", "a8563f", 16, 40),
        *_house(80, "c7cfd6", "5d6b78", 16, 34),
        *(line("4d5660", (4 + n * 6, 58), (4 + n * 6, 92), 0.6) for n in range(16)),
        line("4d5660", (0, 58), (100, 58), 1.4),
        box("b8643f", 20, 58, 80, 70),
        *(Disc(_GREEN, 24 + n * 6.5, 56, 4.5) for n in range(9)),
        *(Disc(("e0406a", "f4b53a", "ffffff")[n % 3], 23 + n * 6.7, 52 + n % 2 * 4, 2) for n in range(9)),
    ),
    "snow": (
        Fill("a9bfd3", "e8eff5"),
        Land("dfe8f0", 60, 6, 0.2),
        *(
            Shape(
                "4d6f66", ((x - 6 + step, 74 - step * 5), (x, 52 - step * 6), (x + 6 - step, 74 - step * 5))
            )
            for x in (18, 34, 80)
            for step in range(3)
        ),
        Land("ffffff", 74, 3, 0.6),
        *(Disc("ffffff", 5 + n * 37 % 95, n * 23 % 70, 0.6) for n in range(40)),
    ),
    "old-town": (
        Fill("f0c9a0", "f8e6cf"),
        *_house(6, "d98e6a", "8f4a3a"),
        *_house(22, "e8c27a", "7a4a3a", 15, 38),
        *_house(40, "b9c6a8", "6a4a40", 13, 48),
        *_house(56, "cfd6df", "57616e", 14, 36),
        *_house(73, "dba7a0", "84453f", 16, 44),
        box("a89a86", 0, 82, 100, 100),
    ),
    "tea": (Fill("e9efe6", "d9e4d2"), box("b98b5e", 0, 68, 100, 100), *_cup(50, 52, "5f7f6a", "a8b84a")),
    "coffee": (Fill("efe3d3", "e2cfb6"), box("7a5236", 0, 68, 100, 100), *_cup(50, 52, "fffaf0", "4a2d1c")),
    "book": (
        Fill("e8dcc6", "d8c6a6"),
        box("6f4b33", 0, 74, 100, 100),
        Shape("8f2f34", ((12, 42), (50, 50), (88, 42), (88, 76), (50, 84), (12, 76))),
        Shape("fffaf0", ((15, 38), (50, 47), (50, 80), (15, 72))),
        Shape("f5ecd8", ((85, 38), (50, 47), (50, 80), (85, 72))),
        *(line("b8a88a", (20, 46 + n * 5), (45, 52 + n * 5), 0.5) for n in range(5)),
        *(line("b8a88a", (55, 52 + n * 5), (80, 46 + n * 5), 0.5) for n in range(5)),
    ),
    "mountain": (
        Fill("f3c6b8", "fbe9dc"),
        Disc("e8503f", 74, 26, 7),
        Shape("6f7fa8", ((10, 76), (50, 22), (90, 76))),
        Shape("ffffff", ((41, 34), (50, 22), (59, 34), (55, 40), (52, 35), (48, 41), (45, 36))),
        Land("7fa08a", 74, 3, 0.3),
        Land("55806a", 84, 3, 0.8),
    ),
    "maple": (
        Fill("dfe7ea", "f5efe2"),
        *(
            mark
            for x, colour in ((16, "c8402f"), (38, "e0742d"), (64, "b52f35"), (86, "e8a23a"))
            for mark in _tree(x, 82, colour, 9)
        ),
        Land("c98f4f", 82, 2),
        *(Disc(("c8402f", "e0742d")[n % 2], 4 + n * 31 % 94, 84 + n * 7 % 14, 1.1, 0.6) for n in range(26)),
    ),
    "sea": (
        Fill("7fc1e3", "e9f5f4"),
        box("2f7fa6", 0, 52, 100, 78),
        *(line("7fb8d4", (n * 27 % 80, 56 + n * 3), (n * 27 % 80 + 16, 56 + n * 3), 0.5) for n in range(7)),
        Shape("fffaf0", ((52, 22), (52, 50), (68, 50))),
        Shape("f0e2c8", ((50, 26), (50, 50), (38, 50))),
        Shape("8f3f34", ((34, 52), (72, 52), (64, 60), (42, 60))),
        Land("ead9ae", 80, 3, 0.4),
    ),
    "lighthouse": (
        _DUSK,
        *_stars(61, 30, 40),
        Shape("ffe9a8", ((52, 28), (0, 14), (0, 34))),
        box("3a4a78", 0, 70, 100, 100),
        Shape("2c2440", ((30, 100), (40, 72), (70, 72), (84, 100))),
        Shape("f2ece2", ((47, 74), (49, 34), (55, 34), (57, 74))),
        Shape("c8402f", ((48, 54), (48.6, 44), (55.4, 44), (56, 54))),
        box("c8402f", 48, 30, 56, 34),
        box("ffe9a8", 49.5, 24, 54.5, 30),
        Shape("2c2440", ((48, 24), (52, 18), (56, 24))),
    ),
    "paper-boat": (
        Fill("d8ecf4", "f2f7f5"),
        box("7fb8d4", 0, 64, 100, 100),
        Shape("fffdf6", ((20, 54), (80, 54), (66, 74), (34, 74))),
        Shape("ece6d6", ((50, 26), (34, 54), (50, 54))),
        Shape("fbf7ea", ((50, 26), (66, 54), (50, 54))),
        *(
            line("a9d3e6", (12 + n * 22, 80 + n % 2 * 7), (26 + n * 22, 80 + n % 2 * 7), 0.7)
            for n in range(4)
        ),
    ),
    "kite": (
        _DAY,
        *(Disc("ffffff", x, y, 7, 0.5) for x, y in ((18, 24), (25, 20), (32, 25), (78, 34), (86, 31))),
        Shape("d9483b", ((56, 14), (68, 30), (58, 52), (46, 30))),
        Shape("f4b53a", ((56, 14), (57, 31), (46, 30))),
        Shape("f4b53a", ((57, 31), (68, 30), (58, 52))),
        line("4d5660", (58, 52), (50, 70), 0.4),
        line("4d5660", (50, 70), (34, 84), 0.4),
        Land("8fc27a", 80, 4, 0.2),
    ),
    "cat": (
        Fill("f1e6d8", "e6d3bd"),
        box("c9dcea", 20, 8, 80, 72),
        line("fffaf0", (50, 8), (50, 72), 1.4),
        line("fffaf0", (20, 40), (80, 40), 1.4),
        box("fffaf0", 14, 72, 86, 79),
        Disc("3f3a3d", 46, 62, 11, 0.95),
        Disc("3f3a3d", 53, 44, 7),
        Shape("3f3a3d", ((47, 42), (47.5, 30), (53, 36))),
        Shape("3f3a3d", ((59, 42), (58.5, 30), (53, 36))),
        line("3f3a3d", (38, 70), (26, 84), 2.2),
        Disc("e8d27a", 50.8, 43, 0.9),
        Disc("e8d27a", 55.4, 43, 0.9),
    ),
    "records": (
        Fill("e6dfe8", "d3c8d8"),
        box("6a4a5a", 0, 78, 100, 100),
        box("b9794f", 22, 22, 78, 82),
        Disc("1f1c22", 46, 52, 20),
        Disc("35303a", 46, 52, 15),
        Disc("1f1c22", 46, 52, 11),
        Disc("d9572b", 46, 52, 7),
        Disc("fffaf0", 46, 52, 1),
        line("d8d4d0", (72, 30), (68, 62), 1.1),
        line("d8d4d0", (68, 62), (60, 66), 1.1),
    ),
}

NAMES = tuple(_SCENES)
"""The drawings that a post can have."""


@lru_cache(maxsize=128)
def draw(name: str, width: int, height: int) -> bytes:
    """Return the drawing of this name as a PNG. Raises KeyError if there is none."""
    return png(_SCENES[name], width, height)
