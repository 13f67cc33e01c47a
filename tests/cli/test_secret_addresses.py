"""The secret of a feed's address appears in nothing that the bot prints, logs or posts. Real processes and sockets."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pytest
from aiohttp import web

from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.local_server import serve

SECRET = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
ADDRESSES = [
    f"/rss?k={SECRET}",
    f"/rss?jwt={SECRET}",
    f"/rss?userkey={SECRET}",
    f"/rss?page=1&auth={SECRET}#top",
    f"/rss?x={SECRET}",
    f"/rss/{SECRET}/feed.xml",
    f"/rss/private-{SECRET}/basic",
    f"/rss/token/{SECRET}.xml",
]


@dataclass
class Site:
    """Serves one feed at every address. It has no title, or one that quotes its own address."""

    address: str = ""
    title: str = ""
    status: int = 200
    redirect: str = ""
    requests: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append(request.path_qs)
        if self.redirect and not request.path.startswith("/moved"):
            raise web.HTTPMovedPermanently(self.redirect)
        own = escape(f"{self.address}{request.path_qs}")
        body = (
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
            f"<title>{escape(self.title)}</title><link>{own}</link><atom:link rel='self' href='{own}'/>"
            f"<item><title>Leeks</title><link>{self.address}/leeks</link><guid>1</guid></item></channel></rss>"
        )
        return web.Response(status=self.status, text=body, content_type="application/rss+xml")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner, port = await serve(app, 0)
    site.address = f"http://127.0.0.1:{port}"
    yield site
    await runner.cleanup()


@pytest.fixture
def channel(sandbox_discord: SandboxDiscord) -> int:
    return sandbox_discord.add_channel(sandbox_discord.add_guild("Allotment").id, "leeks").id


def write_config(here: Path, discord: SandboxDiscord, channel: int, *urls: str) -> None:
    head = (
        f'[discord]\ntoken = "{discord.token}"\napi_url = "{discord.api_url}"\n'
        "[polling]\nallow_private_addresses = true\n[posts]\nfirst_run = 1\n"
    )
    feeds = [f'[[feeds]]\nurl = "{url}"\n[[feeds.channels]]\nid = {channel}\n' for url in urls]
    (here / "config.toml").write_text(head + "".join(feeds), encoding="utf-8")


async def outputs(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "dev", "-m", "bot", *arguments, "--log-level", "debug", stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    return out.decode() + err.decode()


def posted(discord: SandboxDiscord) -> str:
    return json.dumps([request.body for request in discord.requests])


async def test_a_relayed_feed_keeps_its_secret(
    here: Path, sandbox_discord: SandboxDiscord, channel: int, site: Site
) -> None:
    login = site.address.replace("//", f"//ann:{SECRET}@")
    write_config(here, sandbox_discord, channel, f"{login}/rss", *(site.address + path for path in ADDRESSES))

    said = await outputs("run", "--once")

    assert "Leeks" in posted(sandbox_discord)
    assert sum(SECRET in request for request in site.requests) == len(ADDRESSES)
    assert SECRET not in said + posted(sandbox_discord)


async def test_check_keeps_the_secret(
    here: Path, sandbox_discord: SandboxDiscord, channel: int, site: Site
) -> None:
    site.title = f"Feed of {site.address}{ADDRESSES[0]}"
    write_config(here, sandbox_discord, channel, *(site.address + path for path in ADDRESSES))

    good = await outputs("check")
    site.status = 503
    bad = await outputs("check")

    assert good.count("Feed of") == bad.count("problem of its own") == len(ADDRESSES)
    assert SECRET not in good + bad


@pytest.mark.parametrize("form", ["text", "json", "html"])
async def test_preview_keeps_the_secret(here: Path, site: Site, form: str) -> None:
    (here / "config.toml").write_text("[polling]\nallow_private_addresses = true", encoding="utf-8")
    path = {"text": ADDRESSES[0], "json": ADDRESSES[-1], "html": ADDRESSES[-2]}[form]

    good = await outputs("preview", site.address + path, "--format", form)
    site.status = 503
    bad = await outputs("preview", site.address + path, "--format", form)

    assert "Leeks" in good
    assert SECRET not in good + bad


async def test_a_title_and_a_redirect_do_not_show_the_secret(
    here: Path, sandbox_discord: SandboxDiscord, channel: int, site: Site
) -> None:
    site.title = f"Key {SECRET} of {site.address}{ADDRESSES[0]}"
    site.redirect = f"{site.address}/moved{ADDRESSES[0]}"
    write_config(here, sandbox_discord, channel, f"{site.address}/rss")

    said = await outputs("run", "--once") + await outputs("db", "stats")

    assert "feed moved" in said
    assert "Leeks" in posted(sandbox_discord)
    assert SECRET not in said + posted(sandbox_discord)
