"""A tour whose bot is killed, in a demo of its own: in another, a channel may already follow the tour's blog."""

import json
import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.visit import Visit

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_the_tour_goes_on_when_the_bot_is_killed_in_the_middle_of_a_step(
    visit: Visit, demo: str
) -> None:
    """A failed press can be repeated. An answer that ends a step does not end that step in another tab's tour."""
    presses: list[Route] = []

    async def fail_the_first_press(route: Route) -> None:
        kind = json.loads(route.request.post_data or "")["kind"]
        if kind != "component" or presses:
            await route.continue_()
        else:
            presses.append(route)
            await route.fulfill(body="")

    page, trouble = visit.page, visit.page.locator("#trouble")
    await page.get_by_role("button", name="Tour", exact=True).click()
    tour = page.get_by_role("region", name="Guided tour")
    await page.route("**/interactions", fail_the_first_press)
    await tour.get_by_role("button", name="Start the tour").click()
    await trouble.get_by_label("Which blog").select_option("paper-boats")
    await trouble.get_by_role("button", name="Make it slow").click()
    await tour.get_by_role("button", name="Do it for me").click()
    await expect(page.get_by_text("feed-relay is thinking")).to_be_visible()

    await trouble.get_by_role("button", name="Kill the bot").click()
    await expect(page.get_by_text("The application did not respond.")).to_be_visible()
    await trouble.get_by_role("button", name="Make it fast again").click()
    await trouble.get_by_role("button", name="Start it again").click()
    await expect(page.get_by_text("This interaction failed.")).to_be_visible()
    await tour.get_by_role("button", name="Do it for me").click()

    await expect(tour).to_contain_text("Step 2 of 7")
    second = await page.context.new_page()
    await second.goto(demo)
    await second.get_by_role("button", name="Start the tour").click()
    await expect(second.locator("#messages")).to_contain_text(re.compile("(now|already) follows"))
    await expect(second.get_by_role("region", name="Guided tour")).to_contain_text("Step 1 of 7")
