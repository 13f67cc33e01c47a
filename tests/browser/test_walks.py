"""What people do on the page: members search, admins follow and decide, things heal, newcomers take the tour."""

import asyncio
import json
import re

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.async_api import Browser, Route, expect

from tests.browser.conftest import TIMEOUT
from tests.browser.demo_process import running_demo
from tests.browser.visit import Log, Visit

OPML = b"""<opml version="2.0"><body>
<outline type="rss" xmlUrl="https://one.example/rss"/><outline type="rss" xmlUrl="https://two.example/rss"/>
</body></opml>"""
TWO_CLICKS = "button => { button.click(); button.click(); }"
SAY_WORDS = """async () => {
  const { say } = await import("/static/dom.js");
  for (const time of [1, 2]) say("Words that nobody has to answer, and that are gone after a few seconds");
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const shown = document.querySelectorAll(".toast").length;
  return { shown, words: box(".toast").bottom, newest: box("#messages > :last-child").top };
}"""
"""Says something twice. Returns how often it is shown, where it ends, and where the newest message begins."""

pytestmark = pytest.mark.asyncio(loop_scope="package")


class Losses:
    """A bot that is too busy for the first interaction of each kind."""

    def __init__(self, *noticed: str) -> None:
        """`noticed`: the kinds of requests that it notices."""
        self.kinds = set(noticed)

    async def lose_the_first_of_each_kind(self, route: Route) -> None:
        """Answer as the demo does when the bot doesn't."""
        kind = json.loads(route.request.post_data or "")["kind"]
        if kind in self.kinds:
            await route.continue_()
            return
        self.kinds.add(kind)
        nothing = {"interaction": "1", "message": None, "modal": None, "choices": ()}
        error = "The application did not respond."
        await route.fulfill(json={**nothing, "outcome": "failed", "error": error})


async def violations(visit: Visit) -> list[str]:
    """Return what axe-core finds wrong with the page as it is now."""
    found = await Axe().run(visit.page)
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found.response["violations"]]


async def test_a_member_reads_searches_and_shares(visit: Visit) -> None:
    await visit.be("member")
    await visit.open_channel("garden")
    tulips = visit.page.get_by_role("article", name="feed-relay: The first tulips", exact=True)
    await expect(tulips).to_be_visible()
    answer = await visit.use("/search query:compost")
    await expect(answer).to_contain_text("Only you can see this")
    await expect(answer).to_contain_text(re.compile("compost", re.IGNORECASE))

    interactions = visit.requests("/interactions")
    await answer.get_by_role("button", name="Share").first.evaluate(TWO_CLICKS)

    await expect(visit.message("shares posts with compost").last).to_be_visible()
    assert visit.requests("/interactions") == interactions + 1
    assert await violations(visit) == []


async def test_an_admin_adds_a_blog_follows_a_tag_and_asks_why(visit: Visit) -> None:
    await expect(visit.page.get_by_label("Reblogged from")).to_be_hidden()
    await visit.page.locator("#post-form").get_by_label("Title").fill("A boat of birch bark")
    await visit.page.locator("#blogs").get_by_label("Blog", exact=True).select_option("paper-boats")
    address = await visit.page.get_by_label("Its address").input_value()
    await visit.open_channel("paper-boats")
    offer = await visit.use(f"/feed add url:{address}")
    await offer.get_by_role("button", name="Subscribe", exact=True).click()
    await expect(visit.message("now follows").last).to_be_visible()

    await visit.use("/follow add tag:paper")
    await visit.page.locator("#post-form").get_by_label("Tags").fill("paper")
    await visit.page.locator("#post-form").get_by_role("button", name="Publish").click()
    await expect(visit.message("A boat of birch bark").first).to_be_visible()

    why = await visit.use("/why link:A boat of birch bark")
    await expect(why).to_contain_text("paper")
    assert await violations(visit) == []


async def test_an_admin_decides_about_a_flood(visit: Visit) -> None:
    await visit.open_channel("garden")
    await visit.page.locator("#trouble").get_by_label("Which blog").select_option("garden")
    await visit.page.locator('[data-trouble="feed-flood"]').click()
    question = visit.messages.filter(has=visit.page.get_by_role("button", name="Post the newest 3"))

    await question.last.get_by_role("button", name="Post the newest 3", exact=True).click()

    await expect(question).to_have_count(0)
    await expect(visit.message("Flood, post 40")).to_be_visible()
    await expect(visit.message("Flood, post 20")).to_have_count(0)
    assert await violations(visit) == []


async def test_an_admin_changes_a_filter_and_undoes_it(visit: Visit) -> None:
    await visit.open_channel("garden")
    settings = await visit.use("/feed settings feed:Garden Notes")
    await settings.get_by_role("button", name="Filter", exact=True).click()
    form = visit.page.locator("dialog.modal")
    await form.get_by_label("words", exact=False).first.fill("frost, tulips")
    losses = Losses("command", "component", "autocomplete")
    await visit.page.route("**/interactions", losses.lose_the_first_of_each_kind)
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_contain_text("The application did not respond. Try again.")
    await form.get_by_role("button", name="Submit").click()
    changed = visit.messages.filter(has=visit.page.get_by_role("button", name="Undo")).last
    await expect(changed).to_contain_text("frost")

    await changed.get_by_role("button", name="Undo", exact=True).click()

    await expect(visit.message("Undone").last).to_be_visible()
    again = await visit.use("/feed settings feed:Garden Notes")
    await expect(again).not_to_contain_text("frost")
    assert await violations(visit) == []


async def test_an_admin_imports_a_file_and_exports_one(visit: Visit) -> None:
    await visit.open_channel("garden")
    await visit.page.locator("#compose").fill("/feed import ")
    await visit.page.locator("#command-file").set_input_files(
        {"name": "my feeds.opml", "mimeType": "text/xml", "buffer": OPML}
    )
    await visit.page.get_by_role("button", name="Send").click()
    await expect(visit.message("The file has 2 feeds").last).to_be_visible()

    export = await visit.use("/feed export")

    link = export.get_by_role("link", name="feeds.opml")
    exported = await visit.page.context.request.get(str(await link.get_attribute("href")))
    await expect(export).to_contain_text(f"{len(await exported.body()) / 1000:.3g} KB")
    assert b"Garden Notes" in await exported.body()


async def test_posts_published_during_an_outage_arrive_once_afterwards(visit: Visit) -> None:
    await visit.open_channel("garden")
    outage = visit.page.locator('[data-trouble="discord-outage"]')
    await outage.click()
    await visit.page.locator("#blogs").get_by_label("Blog", exact=True).select_option("garden")
    await visit.page.locator("#post-form").get_by_label("Title").fill("Frost during the outage")
    await visit.page.locator("#post-form").get_by_role("button", name="Publish").click()
    await expect(visit.page.locator("#strip [data-number=waiting]")).not_to_have_text("0")
    assert await visit.message("Frost during the outage").count() == 0

    await outage.click()

    await expect(visit.message("Frost during the outage").first).to_be_visible()
    await expect(visit.page.locator("#strip [data-number=waiting]")).to_have_text("0")
    assert await visit.message("Frost during the outage").count() == 1


async def test_the_page_is_accessible_in_the_dark_on_a_phone_and_with_a_menu_open(visit: Visit) -> None:
    await visit.be("admin")
    await visit.open_channel("garden")
    await visit.page.locator("#messages article").last.focus()
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.get_by_role("menuitem").first).to_be_focused()
    await visit.page.emulate_media(color_scheme="dark")
    assert await violations(visit) == []

    await visit.page.keyboard.press("Escape")
    await visit.page.set_viewport_size({"width": 390, "height": 800})
    await visit.page.get_by_role("button", name="Channels").click()
    await expect(visit.page.locator("#channels")).to_be_visible()

    assert await violations(visit) == []


async def test_the_tour_and_short_messages_do_not_cover_the_form_or_the_newest_message_on_a_phone(
    visit: Visit,
) -> None:
    page, tour = visit.page, visit.page.get_by_role("region", name="Guided tour")
    await visit.open_channel("garden")
    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.locator("#compose").fill("Good\nmorning\nall\nof\nyou")
    await page.locator("#compose").press("Enter")
    await expect(visit.messages.last).to_contain_text("morning")
    await page.get_by_role("button", name="Tour", exact=True).click()
    await expect(tour).to_be_visible()
    said = await page.evaluate(SAY_WORDS)
    assert said["words"] < said["newest"]
    assert said["shown"] == 1

    await tour.get_by_role("button", name="Start the tour").click()
    for step in (1, 2):
        await expect(tour).to_contain_text(f"Step {step} of 7")
        await tour.get_by_role("button", name="Skip").click()
    await expect(page.locator("#side")).to_be_in_viewport()

    covering = await tour.bounding_box()
    form = await page.locator("#side").bounding_box()
    assert covering is not None
    assert form is not None
    assert covering["y"] + covering["height"] <= form["y"]
    await page.locator("#post-form").get_by_role("button", name="Publish").click()
    await expect(page.locator("#side")).to_be_hidden()
    await expect(page.locator("#open-side")).to_be_focused()


async def test_the_troubles_wait_until_the_page_knows_the_blogs(chromium: Browser, demo: str) -> None:
    """Else one of a blog could start before a blog is chosen. The choice stays what it is."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    page, log, released = await context.new_page(), Log(), asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    log.watch(page)
    await page.route("**/api/blogs", hold)
    await page.goto(demo)
    await page.locator('body[data-state="ready"]').wait_for(timeout=TIMEOUT)
    early = [url for url in log.requests if url.endswith("/api/troubles")]
    released.set()

    await page.get_by_label("Which blog").select_option("paper-boats", timeout=TIMEOUT)
    await expect(page.get_by_role("button", name="Start the tour")).to_be_visible()
    assert await page.get_by_label("Which blog").input_value() == "paper-boats"
    assert early == []
    assert sum(url.endswith("/api/blogs") for url in log.requests) == 2
    await context.close()


async def test_what_changes_while_the_page_reads_the_server_is_shown(chromium: Browser, demo: str) -> None:
    address, _, token = demo.partition("/#token=")
    trouble, headers = f"{address}/api/troubles/channel-deleted", {"Authorization": f"Bearer {token}"}
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    page, log = await context.new_page(), Log()
    read, released = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        read.set()
        await released.wait()
        await route.fulfill(response=answer)

    log.watch(page)
    await page.route("**/api/as/*/server", hold)
    async with page.expect_websocket() as connecting:
        await page.goto(demo)
    live = await connecting.value
    await read.wait()
    async with live.expect_event(
        "framereceived", lambda frame: "channel-gone" in str(frame), timeout=TIMEOUT
    ):
        await context.request.post(trouble, headers=headers, data={})
    released.set()

    await page.locator('body[data-state="ready"]').wait_for(timeout=TIMEOUT)
    await expect(page.locator('#channels [data-name="#wolken"]')).to_have_count(0)
    await context.request.delete(trouble, headers=headers)
    await expect(page.locator('#channels [data-name="#wolken"]')).to_be_visible()
    problems = list(log.problems)
    await context.close()
    assert problems == []


async def test_the_tour_can_be_taken_by_pressing_one_button(chromium: Browser) -> None:
    """A second press at once changes nothing, and what a busy bot loses is sent again.

    When the demo has ended, the page says so.
    """
    losses, log = Losses(), Log()
    context = await chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = await context.new_page()
    await page.route("**/interactions", losses.lose_the_first_of_each_kind)
    async with running_demo() as link:
        log.watch(page)
        await page.goto(link)
        tour = page.get_by_role("region", name="Guided tour")
        await tour.get_by_role("button", name="Start the tour").click()
        for step in range(1, 8):
            await expect(tour).to_contain_text(f"Step {step} of 7")
            await expect(page.locator(".tour-target")).to_be_in_viewport()
            await expect(page.locator("#backdrop")).to_be_hidden()
            do_it = tour.get_by_role("button", name="Do it for me")
            await expect(do_it).to_be_focused()
            await do_it.evaluate(TWO_CLICKS)
        await expect(tour).to_contain_text("That was the tour")
        for title in ("A paper boat in the rain", "A boat that waited"):
            await expect(page.locator("#blog-posts li").filter(has_text=title)).to_have_count(1)
        await tour.get_by_role("button", name="Close").click()
        await expect(tour).to_be_hidden()
        problems = list(log.problems)
    await expect(page.locator("#bot-state")).to_have_text("The demo doesn't answer")
    await context.close()
    assert losses.kinds >= {"command", "component"}
    assert problems == []
