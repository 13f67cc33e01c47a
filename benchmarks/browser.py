"""The demo's page in Chromium."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@asynccontextmanager
async def opened_page(link: str) -> AsyncIterator[Page]:
    """Open the page as an admin who has seen the tour. It is ready when it shows a channel."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit("Install Chromium first: apt install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox"],  # Chromium's own sandbox does not run as root
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.add_init_script('sessionStorage.setItem("feed-relay.tour", "over")')
        await page.goto(link)
        await page.locator('body[data-state="ready"]').wait_for()
        yield page
        await browser.close()


async def open_channel(page: Page, name: str) -> None:
    """Open a channel and wait for its messages."""
    await page.locator(f'#channels [data-name="#{name}"]').click()
    await page.locator("#messages article").first.wait_for()
