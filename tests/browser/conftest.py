"""The browser, the demo and a visit of its page. A failed test leaves a screenshot in `build/browser`."""

import re
from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.demo_process import ROOT, running_demo
from tests.browser.visit import Log, Visit
from tests.system_programs import find_program

TIMEOUT = 120_000
"""Milliseconds until something that never appears fails the test, also on a machine whose cores are all busy."""
SCREENSHOTS = ROOT / "build" / "browser"
_REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_REPORT] = report
    return report


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def chromium() -> AsyncIterator[Browser]:
    program = find_program("chromium", "chromium-browser", "google-chrome", package="chromium")
    expect.set_options(timeout=TIMEOUT)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox"],  # Chromium's own sandbox does not run as root, as which CI runs
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def demo(chromium: Browser) -> AsyncIterator[str]:
    """The address of a running demo's page, one for all tests of a module."""
    assert chromium.is_connected()
    async with running_demo() as link:
        yield link


@pytest_asyncio.fixture(loop_scope="package")
async def visit(chromium: Browser, demo: str, request: pytest.FixtureRequest) -> AsyncIterator[Visit]:
    """The page, opened by an admin who has seen the tour. Nothing may be logged, and no other machine asked."""
    context = await chromium.new_context(
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT)
    page = await context.new_page()
    log = Log()
    log.watch(page)
    found = Visit(page, log)
    try:
        await page.add_init_script('sessionStorage.setItem("feed-relay.tour", "over")')
        await found.open(demo)
        yield found
        report = request.node.stash.get(_REPORT, None)
        if report is None or report.failed:
            name = re.sub(r"\W+", "-", request.node.name)
            await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    finally:
        await context.close()
    assert log.problems == []
