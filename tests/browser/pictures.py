"""Make the README's pictures of the demo's page: `python -m tests.browser.pictures`."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.demo_process import ROOT, running_demo
from tests.browser.visit import Log, Visit
from tests.system_programs import find_program

FOLDER = ROOT / "docs" / "pictures"
QUALITY = 80
TIMEOUT = 60_000
WIDE = (1280, 800)


async def main() -> None:
    """Write every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    async with running_demo(module="bot") as link, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            async with visiting(browser, link, scheme) as visit:
                await visit.open_channel("garden")
                await save(visit.page, FOLDER / f"demo-{scheme}.webp")
        await browser.close()


@asynccontextmanager
async def visiting(browser: Browser, link: str, scheme: str) -> AsyncIterator[Visit]:
    """Open the page without the tour, as an admin whose system uses a light or dark scheme."""
    context = await browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]},
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.set_default_timeout(TIMEOUT)
    expect.set_options(timeout=TIMEOUT)
    page = await context.new_page()
    await page.add_init_script('sessionStorage.setItem("feed-relay.tour", "over")')
    visit = Visit(page, Log())
    await visit.open(link)
    await expect(page.locator("#bot-state")).to_contain_text("online")
    yield visit
    await context.close()


async def save(page: Page, path: Path) -> None:
    """Save a picture of the page as WebP."""
    await page.wait_for_load_state("networkidle")
    client = await page.context.new_cdp_session(page)
    shot = await client.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(b64decode(shot["data"]))


if __name__ == "__main__":
    asyncio.run(main())
