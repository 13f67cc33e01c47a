"""What the sandbox's servers refuse from other web sites, and without the token."""

import aiohttp
import pytest

from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.server import PageServer
from bot.sandbox.sites.blog import Blog

READS = (
    "/api/as/admin/server",
    "/api/as/admin/commands",
    "/api/as/admin/channels/1/messages",
    "/api/blogs",
    "/api/blogs/garden/posts",
    "/api/troubles",
)
WRITES = (
    ("POST", "/api/as/admin/channels/1/messages"),
    ("DELETE", "/api/as/admin/channels/1/messages/2"),
    ("POST", "/api/as/admin/interactions"),
    ("POST", "/api/blogs/garden/posts"),
    ("PUT", "/api/blogs/garden/posts/3"),
    ("DELETE", "/api/blogs/garden/posts/3"),
    ("POST", "/api/troubles/feed-down"),
    ("DELETE", "/api/troubles/feed-down"),
)


@pytest.mark.parametrize("path", READS)
async def test_nothing_is_read_without_the_token(page: PageServer, path: str) -> None:
    async with aiohttp.ClientSession(page.address) as stranger:
        without = await stranger.get(path)
        wrong = await stranger.get(path, headers={"Authorization": "Bearer wrong"})

    assert (without.status, wrong.status) == (401, 401)


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_nothing_is_written_without_the_token(page: PageServer, method: str, path: str) -> None:
    async with aiohttp.ClientSession(page.address) as stranger:
        answer = await stranger.request(method, path, json={})

    assert answer.status == 401


async def test_the_tested_routes_are_all_routes(page: PageServer) -> None:
    assert page._runner is not None
    routes = {
        (route.method, route.resource.canonical if route.resource else "")
        for route in page._runner.app.router.routes()
        if route.method != "HEAD"
    }
    plain = {(method, _pattern(path)) for method, path in (*(("GET", path) for path in READS), *WRITES)}

    assert {each for each in routes if each[1].startswith("/api/")} == plain
    assert {each[1] for each in routes} - {each[1] for each in plain} == {
        "/",
        "/live",
        "/static/{name}",
        "/picture/{signature}",
    }


@pytest.mark.parametrize(
    "host", ["rebound.attacker.com", "127.0.0.1.attacker.com", "", "localhost@attacker.com"]
)
async def test_a_foreign_host_is_refused_on_every_port(
    page: PageServer, sandbox_discord: SandboxDiscord, host: str
) -> None:
    async with Blog() as blog, aiohttp.ClientSession() as client:
        blog.feed("garden")
        addresses = (
            f"{page.address}/",
            f"{page.address}/live",
            f"{page.address}/api/as/admin/server",
            f"{sandbox_discord.api_url}/gateway",
            f"{sandbox_discord.files_url}{sandbox_discord.upload('feeds.opml', b'').id}/feeds.opml",
            sandbox_discord.gateway_url.replace("ws:", "http:"),
            blog.feeds["garden"].url,
        )
        answers = [await client.get(each, headers={"Host": host}) for each in addresses]

    assert [each.status for each in answers] == [403] * len(addresses)


@pytest.mark.parametrize("origin", ["https://attacker.com", "null", "http://127.0.0.1:1"])
async def test_a_foreign_origin_is_refused_on_every_port(
    page: PageServer, sandbox_discord: SandboxDiscord, origin: str
) -> None:
    headers = {
        "Origin": origin,
        "Authorization": f"Bot {sandbox_discord.token}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
    }
    with_token = {"Origin": origin, "Authorization": f"Bearer {page.token}"}
    async with Blog() as blog, aiohttp.ClientSession() as client:
        answers = [
            await client.get(f"{page.address}/live", headers=headers),
            await client.get(sandbox_discord.gateway_url.replace("ws:", "http:"), headers=headers),
            await client.post(f"{sandbox_discord.api_url}/channels/1/messages", headers=headers, json={}),
            await client.post(f"{blog.address}/garden", headers=headers),
            *[await client.request(*each, headers=with_token, json={}) for each in _writes(page)],
        ]

    assert [each.status for each in answers] == [403] * len(answers)


def _writes(page: PageServer) -> list[tuple[str, str]]:
    return [(method, f"{page.address}{path}") for method, path in WRITES]


async def test_the_page_may_load_only_from_its_own_server(page: PageServer) -> None:
    async with aiohttp.ClientSession(page.address) as client:
        answer = await client.get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_only_the_pages_own_files_are_served(page: PageServer) -> None:
    async with aiohttp.ClientSession(page.address) as client:
        answers = [
            await client.get(f"/static/{name}")
            for name in ("index.html", "../server.py", "%2e%2e/server.py", "missing.js", "/etc/passwd")
        ]

    assert [each.status for each in answers] == [200, 404, 404, 404, 404]


def _pattern(path: str) -> str:
    """Return the path with the names of its variables."""
    named = {
        "admin": "viewer",
        "1": "channel",
        "2": "message",
        "garden": "blog",
        "3": "post",
        "feed-down": "trouble",
    }
    return "/".join(f"{{{named[part]}}}" if part in named else part for part in path.split("/"))
