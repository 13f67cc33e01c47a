"""How smoothly the demo's page scrolls through a long channel, and how much memory that takes.

    python -m benchmarks.page_scroll [--messages N] [--arriving N]

A channel has 10,000 messages: cards with a picture, long texts, and lines. The page scrolls from the newest to the
oldest, a screen every two frames, and loads what it needs on the way. Then it shows the newest while others arrive.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.async_api import CDPSession, Page

from benchmarks import results
from benchmarks.browser import open_channel, opened_page
from benchmarks.tables import at, significant, table
from bot.sandbox import demo
from bot.sandbox.discord import messages
from bot.sandbox.discord.models import Json
from bot.sandbox.sites.drawings import NAMES

CHANNEL = "garden"
STEP = 350
"""Pixels a frame: about 20,000 a second, faster than anybody reads."""
LONG_FRAME = 0.05
"""Seconds from which on people notice that a frame is late."""
ARRIVALS = 20
"""Messages a second."""

_SCROLL = """([step, goal]) => new Promise(resolve => {
  const scroll = document.getElementById("scroll");
  const oldest = () => document.querySelector("#messages > li")?.dataset.id;
  const frames = [];
  let last = performance.now();
  const tick = (now) => {
    frames.push((now - last) / 1000);
    last = now;
    if (scroll.scrollTop === 0 && oldest() === goal) return resolve(frames);
    scroll.scrollTop -= step;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})"""
_WATCH = """() => new Promise(resolve => {
  const frames = [];
  let last = performance.now();
  const tick = (now) => {
    frames.push((now - last) / 1000);
    last = now;
    window.isOver ? resolve(frames) : requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})"""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the page takes, after a collection of garbage."""

    heap: float
    """Bytes of JavaScript's objects."""
    nodes: float
    """Of the document."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Something that the page did."""

    name: str
    frames: Sequence[float]
    """Seconds of each frame."""
    memory: Memory


def body(number: int, pictures: Sequence[str]) -> Json:
    """Return a message like those of the bot."""
    title, link = f"Post number {number}", f"https://garden.example/post/{number}"
    text = f"What grew in week {number % 52}, and what didn't. " * (2 + number % 7)
    if number % 3 == 0:
        embed = {"description": text, "image": {"url": pictures[number % len(pictures)]}, "color": 0x3B5BB5}
        return {"content": f"**[{title}]({link})**", "embeds": [embed]}
    return {
        "content": f"**{title}**\n{text * 2}" if number % 3 == 1 else f"[{title}](<{link}>) · Garden Notes"
    }


async def memory_of(page: Page, tools: CDPSession) -> Memory:
    """Return what the page takes now."""
    await page.evaluate("() => new Promise(requestAnimationFrame)")
    await tools.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in (await tools.send("Performance.getMetrics"))["metrics"]}
    return Memory(found["JSHeapUsedSize"], found["Nodes"])


async def measure(count: int, arriving: int) -> list[Phase]:
    """Return the phases."""
    async with demo.opened(demo.Options()) as parts, opened_page(parts.page.link) as page:
        channel, discord = parts.place.channels[CHANNEL].id, parts.discord
        pictures = [parts.blog.picture(name) for name in NAMES]
        oldest = min(messages.create(discord, channel, body(each, pictures)).id for each in range(count))
        tools = await page.context.new_cdp_session(page)
        await tools.send("Performance.enable")
        await page.reload()
        await open_channel(page, CHANNEL)
        phases = [Phase("open the channel", (), await memory_of(page, tools))]

        frames = await page.evaluate(_SCROLL, [STEP, str(oldest)])
        phases.append(Phase("scroll to the oldest", frames, await memory_of(page, tools)))

        await page.locator("#jump").click()
        watching = asyncio.create_task(page.evaluate(_WATCH))
        for number in range(arriving):
            messages.create(discord, channel, body(count + number, pictures))
            await asyncio.sleep(1 / ARRIVALS)
        await page.evaluate("() => { window.isOver = true; }")
        phases.append(Phase("see others arrive", await watching, await memory_of(page, tools)))
        return phases


def main(count: int, arriving: int, folder: Path) -> None:
    """Print a table, and save all frames."""
    phases = asyncio.run(measure(count, arriving))
    columns = (
        "the page …",
        "frames",
        "p50, ms",
        "p95, ms",
        "p99, ms",
        "longest, ms",
        "over 50 ms",
        "heap, MB",
        "nodes",
    )
    table(columns, map(_row, phases))
    results.save(folder, "page_scroll", [asdict(phase) for phase in phases])


def _row(phase: Phase) -> list[str]:
    frames = phase.frames
    times = [at(frames, percent) for percent in (50, 95, 99)] + [max(frames)] if frames else []
    late = f"{100 * sum(frame > LONG_FRAME for frame in frames) / len(frames):.2g} %" if frames else "–"
    shown = [f"{1000 * each:.0f}" for each in times] or ["–"] * 4
    size = [significant(phase.memory.heap / 1e6), significant(phase.memory.nodes)]
    return [phase.name, str(len(frames) or "–"), *shown, late, *size]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=10_000, help="in the channel")
    parser.add_argument("--arriving", type=int, default=1_000, help="messages that arrive afterwards")
    parser.add_argument("--out", type=Path, default=results.FOLDER)
    given = parser.parse_args()
    main(given.messages, given.arriving, given.out)
