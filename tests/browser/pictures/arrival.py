"""The moving picture of the README: somebody publishes a post, and it arrives in the channel."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import expect

from tests.browser.pictures.scene import Scene
from tests.browser.pictures.stage import INTERVAL

_TITLE = "Frost tonight"
_TEXT = "Two degrees by six. The lemon tree comes in, the sprouts stay out."
_TAGS = "frost, weather"
_FRAME, _PAUSE, _END = 90, 900, 4000
"""Milliseconds that a frame is shown: while somebody types, after that, and at the end."""


async def film(scene: Scene, path: Path) -> None:
    """Write the moving picture, in the light scheme."""
    await scene.at("garden")
    await scene.page.locator("#side").get_by_label("Blog", exact=True).select_option("garden")
    frames = [(await _frame(scene), _PAUSE)]
    for label, words in (("Title", _TITLE), ("Text", _TEXT), ("Tags", _TAGS)):
        field = scene.page.locator("#post-form").get_by_label(label)
        for end in range(4, len(words) + 4, 4):
            await field.fill(words[:end])
            frames.append((await _frame(scene), _FRAME))
    frames.append((await _frame(scene), _PAUSE))
    await scene.page.locator("#post-form").get_by_role("button", name="Publish").click()
    await expect(scene.page.locator("#blogs").get_by_text(_TITLE)).to_be_visible()
    frames.append((await _frame(scene), _PAUSE))
    await scene.stage.pass_time(INTERVAL + timedelta(minutes=1))
    await scene.page.clock.set_fixed_time(scene.now())
    await expect(scene.visit.message(_TITLE)).to_be_visible()
    frames.append((await _frame(scene), _END))
    _save(frames, path)


async def _frame(scene: Scene) -> Image.Image:
    await scene.calm()
    return await scene.picture("light")


def _save(frames: Sequence[tuple[Image.Image, int]], path: Path) -> None:
    images = [image for image, _ in frames]
    images[0].save(
        path,
        "webp",
        save_all=True,
        append_images=images[1:],
        duration=[duration for _, duration in frames],
        loop=0,
        lossless=True,
        quality=100,
        method=4,
        minimize_size=True,
    )
