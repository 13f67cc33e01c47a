"""The docs show every picture that `make pictures` makes, with words for those who can't see it, and stay small."""

import re
import tomllib
from pathlib import Path

from PIL import Image

from tests.browser.pictures.answers import ANSWERS
from tests.browser.pictures.compare import differences
from tests.browser.pictures.files import ARRIVAL, DEMO, FOLDER, save
from tests.browser.pictures.scene import SCHEMES

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
TEXTS = {page: page.read_text("utf-8") for page in PAGES}
MAX_ANIMATION, MAX_ALL = 1_000_000, 2_500_000
PICTURE = re.compile(
    r'<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="(?P<dark>[^"]+)">\s*'
    r'<img src="(?P<light>[^"]+)"[^>]*>\s*</picture>'
)


def shown() -> set[Path]:
    """Return the files of all pictures that the pages name."""
    return {
        (page.parent / address).resolve()
        for page, text in TEXTS.items()
        for address in re.findall(r'(?:src|srcset)="([^"]+)"', text)
    }


def test_the_pages_show_exactly_the_pictures_that_are_there() -> None:
    assert {path for path in shown() if path.suffix == ".webp"} == set(FOLDER.glob("*"))


def test_every_picture_is_made_by_the_script() -> None:
    made = {f"{name}-{scheme}.webp" for name in (DEMO, *ANSWERS) for scheme in SCHEMES} | {f"{ARRIVAL}.webp"}

    assert {path.name for path in FOLDER.glob("*")} == made


def test_every_picture_has_a_dark_twin_of_the_same_size() -> None:
    pairs = [
        [page.parent / found[scheme] for scheme in SCHEMES]
        for page, text in TEXTS.items()
        for found in PICTURE.finditer(text)
    ]

    assert len(pairs) == sum(text.count("<picture>") for text in TEXTS.values()) > len(ANSWERS)
    for light, dark in pairs:
        assert light.name.replace("-light", "-dark") == dark.name
        with Image.open(light) as one, Image.open(dark) as other:
            assert one.size == other.size


def test_every_picture_is_described() -> None:
    images = [tag for text in TEXTS.values() for tag in re.findall(r"<img [^>]*>", text)]
    described = [match[1] for tag in images if (match := re.search(r'alt="([^"]+)"', tag))]

    assert len(described) == len(images) == len(set(described))
    assert min(map(len, described)) > 20


def test_the_pictures_are_small() -> None:
    assert (FOLDER / f"{ARRIVAL}.webp").stat().st_size <= MAX_ANIMATION
    assert sum(path.stat().st_size for path in FOLDER.glob("*")) <= MAX_ALL


def test_the_wheel_has_no_pictures_and_the_sdist_has_the_docs() -> None:
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]

    assert targets["wheel"]["packages"] == ["bot"]
    assert "/docs" in targets["sdist"]["include"]


def test_the_comparison_counts_pixels_and_missing_pictures(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    plain = Image.new("RGB", (20, 10), "white")
    dotted = plain.copy()
    dotted.putpixel((3, 4), (0, 0, 0))
    for folder, picture in ((one, plain), (other, dotted)):
        folder.mkdir()
        save({"light": picture}, folder, "a")
        save({"light": plain}, folder, "b")
    save({"dark": plain}, one, "b")
    save({"light": plain}, one, "c")
    save({"light": plain.resize((10, 10))}, other, "c")

    assert differences(one, other) == {
        "a-light.webp": 0.005,
        "b-dark.webp": 1.0,
        "b-light.webp": 0.0,
        "c-light.webp": 1.0,
    }
