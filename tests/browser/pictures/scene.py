"""What a person does on the page for a picture, and the picture."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image
from playwright.async_api import Browser, FloatRect, Locator, Page, expect

from tests.browser.pictures.stage import TIMEOUT, Stage
from tests.browser.visit import Log, Visit

SCHEMES = ("light", "dark")
_AFTER = timedelta(milliseconds=200)
_LIFT = """(shown) => {
    for (let item = shown.closest("#messages > li")?.previousElementSibling; item; item = item.previousElementSibling) {
        item.hidden = true;
    }
    document.getElementById("scroll").scrollTop = 0;
}"""
"""Hides the messages before an element, so that its place does not depend on their heights or on scrolling."""


@dataclass
class Scene:
    """The page, seen by a member, and the stage behind it."""

    visit: Visit
    stage: Stage

    @property
    def page(self) -> Page:
        """The page in the browser."""
        return self.visit.page

    async def at(self, channel: str, viewer: str = "admin") -> None:
        """Reload the page, and open a channel as a member, at the time of the stage."""
        await self.page.clock.set_fixed_time(self.now())
        await self.page.reload()
        await expect(self.page.locator("#bot-state")).to_contain_text("online")
        if await self.page.locator("#viewer").input_value() != viewer:
            await self.visit.be(viewer)
            await expect(self.page.locator("#me .avatar")).to_have_text(viewer[0].upper())
        await self.visit.open_channel(channel)

    def now(self) -> datetime:
        """Return the time in the browser: a little later than the bot's, so that "now" is never in the future."""
        return self.stage.time() + _AFTER

    async def use(self, command: str) -> Locator:
        """Use a command and return the bot's answer."""
        return await self.visit.use(command)

    def with_button(self, label: str) -> Locator:
        """Return the newest message with this button."""
        return self.visit.messages.filter(has=self.page.get_by_role("button", name=label, exact=True)).last

    async def press(self, where: Locator, label: str) -> None:
        """Press a button."""
        await where.get_by_role("button", name=label, exact=True).click()

    async def shoot(self, *shown: Locator) -> dict[str, Image.Image]:
        """Return pictures of these elements, one under the other, by colour scheme."""
        for each in shown:
            await expect(each).to_be_visible()
        await self.calm()
        await shown[0].evaluate(_LIFT)
        boxes = [box for each in shown if (box := await each.bounding_box())]
        return {scheme: await self.picture(scheme, _around(boxes)) for scheme in SCHEMES}

    async def window(self) -> dict[str, Image.Image]:
        """Return pictures of the whole page, by colour scheme."""
        await self.calm()
        return {scheme: await self.picture(scheme) for scheme in SCHEMES}

    async def picture(self, scheme: str, clip: FloatRect | None = None) -> Image.Image:
        """Return the page, or a part of it, in a colour scheme."""
        await self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        body = await self.page.screenshot(clip=clip, animations="disabled", caret="hide")
        return Image.open(BytesIO(body)).convert("RGB")

    async def calm(self) -> None:
        """Take focus, pointer and what soon disappears away, and wait for the pictures in messages."""
        await self.page.mouse.move(0, 0)
        await self.page.evaluate(
            """async () => {
                document.activeElement.closest("article") && document.activeElement.blur();
                document.querySelectorAll(".new, .toast").forEach((each) => each.remove());
                const images = [...document.images];
                images.forEach((each) => { each.loading = "eager"; });
                await Promise.all(images.map((each) => each.decode().catch(() => {})));
            }"""
        )


def _around(boxes: list[FloatRect]) -> FloatRect:
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right = max(box["x"] + box["width"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    x, y = round(left), round(top)
    return {"x": x, "y": y, "width": round(right) - x, "height": round(bottom) - y}


@asynccontextmanager
async def open_scene(
    browser: Browser, stage: Stage, size: tuple[int, int], scale: float
) -> AsyncIterator[Scene]:
    """Open the page without the tour in a window of this size, as an admin."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=scale,
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT * 1000)
    expect.set_options(timeout=TIMEOUT * 1000)
    page = await context.new_page()
    await page.add_init_script('sessionStorage.setItem("feed-relay.tour", "over")')
    scene = Scene(Visit(page, Log()), stage)
    await page.clock.set_fixed_time(scene.now())
    await scene.visit.open(stage.page.link)
    await expect(page.locator("#bot-state")).to_contain_text("online")
    yield scene
    await context.close()
