"""Regenerate the pictures: `python -m tests.browser.pictures [NAME …] [--to DIR]`.

`--compare DIR` makes nothing: it prints by how much the pictures in two folders differ, and fails above half a percent.
"""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Collection
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.pictures.answers import ANSWERS
from tests.browser.pictures.arrival import film
from tests.browser.pictures.compare import LIMIT, differences
from tests.browser.pictures.files import ARRIVAL, DEMO, FOLDER, save
from tests.browser.pictures.scene import open_scene
from tests.browser.pictures.stage import Stage, running_stage
from tests.system_programs import find_program

WIDE, NARROW = (1280, 800), (908, 1700)
"""Windows: one like a desktop, and one whose messages are as wide as the docs."""
SCALE = 1.5
"""Pixels of a picture for one of the page, so that text is sharp on most screens."""
MAX_TIME = 1200
"""Seconds for everything."""


async def make(folder: Path, names: Collection[str]) -> None:
    """Write the pictures, only those with these names if there are any."""
    folder.mkdir(parents=True, exist_ok=True)
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    async with asyncio.timeout(MAX_TIME), running_stage() as stage, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        await _show_the_page(browser, stage, folder, names)
        async with open_scene(browser, stage, NARROW, SCALE) as scene:
            for name, act in ANSWERS.items():
                if _is_wanted(name, names):
                    print(name, flush=True)
                    save(await scene.shoot(*await act(scene)), folder, name)
        await browser.close()


async def _show_the_page(browser: Browser, stage: Stage, folder: Path, names: Collection[str]) -> None:
    if _is_wanted(DEMO, names):
        async with open_scene(browser, stage, WIDE, SCALE) as scene:
            await scene.at("garden")
            save(await scene.window(), folder, DEMO)
    if _is_wanted(ARRIVAL, names):
        async with open_scene(browser, stage, WIDE, 1) as scene:
            await film(scene, folder / f"{ARRIVAL}.webp")


def _is_wanted(name: str, names: Collection[str]) -> bool:
    return name in names or not names


def compare(one: Path, other: Path) -> bool:
    """Print the share of different pixels of each picture. Return whether all are within the limit."""
    found = differences(one, other)
    for name, share in found.items():
        print(f"{share:8.3%}  {name}")
    print(f"{max(found.values(), default=1):8.3%}  at most, of {len(found)} pictures")
    return bool(found) and max(found.values()) < LIMIT


def main() -> None:
    """Read the arguments and do it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="pictures to make (default: all)")
    parser.add_argument("--to", type=Path, default=FOLDER, help="their folder")
    parser.add_argument(
        "--compare", type=Path, metavar="DIR", help="compare with the pictures in this folder"
    )
    arguments = parser.parse_args()
    if arguments.compare:
        sys.exit(not compare(arguments.to, arguments.compare))
    asyncio.run(make(arguments.to, arguments.names))


if __name__ == "__main__":
    main()
