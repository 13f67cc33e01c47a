"""How long a post takes from pressing Publish on the demo's page to its message on the page, and where the time goes.

    python -m benchmarks.page_latency [--rounds N]

It runs the demo as people do, with a poll of each blog every second. The presses are spread evenly over that second.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from aiohttp import web
from playwright.async_api import Page

from benchmarks import results
from benchmarks.browser import opened_page
from benchmarks.tables import at, significant, table
from bot.sandbox import demo
from bot.sandbox.discord.models import Change, Json, StoredMessage
from bot.sandbox.sites.blog import Document, normal_response

BLOG, CHANNEL = "petite-cuisine", "cuisine"
"""A blog that one channel follows."""
STEPS = ("pressed", "written", "asked", "planned", "sent", "shown")
PARTS = (
    "page → blog",
    "until the next poll",
    "fetch, parse, plan, store",
    "send to Discord",
    "Discord → page, drawn",
)
"""What happens between two steps."""
GOLDEN = 0.618
"""Multiples of it are spread evenly over a second."""

_PRESS = """title => new Promise(resolve => {
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const messages = document.getElementById("messages");
  const observer = new MutationObserver(() => {
    if (![...messages.querySelectorAll("article")].some((one) => one.textContent.includes(title))) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve({ pressed, shown: now() })));
  });
  observer.observe(messages, { childList: true });
  document.getElementById("post-title").value = title;
  document.getElementById("post-text").value = "Et voilà.";
  const pressed = now();
  document.querySelector("#post-form [type=submit]").click();
})"""


@dataclass
class Round:
    """One post: when each step was done, in seconds of the clock that all programs share."""

    title: str
    at: dict[str, float] = field(default_factory=dict)

    def note(self, step: str) -> None:
        """Note that a step is done, unless it was done before."""
        self.at.setdefault(step, time.time())

    def on_log(self, line: Json) -> None:
        """Note the poll that found the post."""
        if "asked" in self.at and line.get("event") == "polled" and line.get("new"):
            self.note("planned")

    def on_change(self, change: Change) -> None:
        """Note the message."""
        if isinstance(change, StoredMessage) and self.title in str(change.body):
            self.note("sent")

    async def answer(self, request: web.Request, document: Document) -> web.Response:
        """Answer a poll as usual, and note the first one that gets the post."""
        if self.title.encode() in document.body:
            self.note("asked")
        return normal_response(request, document)

    def parts(self) -> list[float]:
        """Return the seconds of each part, and of all of them."""
        moments = [self.at[step] for step in STEPS]
        parts = [later - earlier for earlier, later in pairwise(moments)]
        return [*parts, moments[-1] - moments[0]]


async def measure(rounds: int) -> list[Round]:
    """Return the measured rounds."""
    done = [Round("")]

    def on_log(line: Json) -> None:
        done[-1].on_log(line)

    def on_change(change: Change) -> None:
        done[-1].on_change(change)

    async with demo.opened(demo.Options(), on_log) as parts:
        parts.discord.watch(on_change)
        parts.desk.note = lambda _: done[-1].note("written")
        await parts.bot.start()
        numbers = asyncio.create_task(parts.numbers.run())
        async with opened_page(parts.page.link) as page:
            feed = parts.blog.feeds[BLOG]
            while not any(each.path.startswith(f"/{BLOG}/") for each in parts.blog.requests):  # noqa: ASYNC110 - blogs don't announce requests
                await asyncio.sleep(0.1)  # what is in the blog at the first poll is not sent
            await page.locator("#blog").select_option(BLOG)
            for number in range(rounds + 1):
                done.append(Round(f"Soupe numéro {number}."))
                feed.always(done[-1].answer)
                await _publish(page, done[-1])
                await asyncio.sleep(1 + number * GOLDEN % 1)
        numbers.cancel()
        await parts.bot.stop()
    return done[2:]  # the first post also opens the channel


async def _publish(page: Page, current: Round) -> None:
    if await page.locator("#messages article").count() == 0:
        await page.locator(f'#channels [data-name="#{CHANNEL}"]').click()
    found = await page.evaluate(_PRESS, current.title)
    current.at |= found


def main(rounds: int, folder: Path) -> None:
    """Print a table, and save all samples."""
    measured = asyncio.run(measure(rounds))
    names = (*PARTS, "from the press to the message")
    columns = zip(*(each.parts() for each in measured), strict=True)
    table(("part", "p50, ms", "p95, ms"), (_row(*each) for each in zip(names, columns, strict=True)))
    results.save(folder, "page_latency", [each.at for each in measured])


def _row(name: str, seconds: Sequence[float]) -> list[str]:
    return [name, *(significant(1000 * at(seconds, percent)) for percent in (50, 95))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(given.rounds, given.out)
