"""The simulated API of Tumblr behaves like the real one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, Post
from bot.sandbox.sites.tumblr import Tumblr

FIRST_POST_AT = datetime(2024, 3, 1, tzinfo=UTC)


@dataclass
class Caller:
    """A client of the simulated API."""

    http: aiohttp.ClientSession
    tumblr: Tumblr

    async def ask(self, path: str, key: str = "", **query: str | int) -> tuple[int, object, dict[str, str]]:
        """Return status, `response`, and the rate limit headers."""
        parameters = {**query, "api_key": key or self.tumblr.key}
        async with self.http.get(f"{self.tumblr.address}/v2/{path}", params=parameters) as answer:
            body = await answer.json() if answer.content_type == "application/json" else {}
            limits = {name: value for name, value in answer.headers.items() if "ratelimit" in name.lower()}
            return answer.status, body.get("response"), limits

    async def ids(self, path: str, **query: str | int) -> list[int]:
        """Return the numbers of the posts in the response."""
        _, response, _ = await self.ask(path, "", **query)
        posts = response.get("posts") if isinstance(response, dict) else response
        assert isinstance(posts, list)
        return [post["id"] for post in posts]


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Blog() as blog, Tumblr() as tumblr, aiohttp.ClientSession() as http:
        for name, first in (("garden", 1), ("wheels", 101)):
            feed = blog.feed(name)
            feed.move(f"https://{name}.example")
            feed.publish(*(
                Post(str(n), f"Note {n}", "<p>x</p>", FIRST_POST_AT + timedelta(seconds=n), ("Moss",) * (n % 2))
                for n in range(first, first + 30)
            ))  # fmt: skip
            tumblr.add(feed)
        yield Caller(http, tumblr)


async def test_a_blog_is_found_by_its_name_and_its_host(caller: Caller) -> None:
    newest = list(range(30, 10, -1))

    assert await caller.ids("blog/garden/posts") == newest
    assert await caller.ids("blog/garden.tumblr.com/posts", limit=50) == newest
    assert await caller.ids("blog/garden.example/posts") == newest
    assert (await caller.ask("blog/nobody/posts"))[0] == 404


async def test_before_is_exclusive_and_overrides_offset(caller: Caller) -> None:
    before = int((FIRST_POST_AT + timedelta(seconds=5)).timestamp())

    assert await caller.ids("blog/garden/posts", before=before) == [4, 3, 2, 1]
    assert await caller.ids("blog/garden/posts", before=before, offset=2) == [4, 3, 2, 1]
    assert await caller.ids("blog/garden/posts", offset=28) == [2, 1]


async def test_a_tag_returns_posts_of_all_blogs_newest_first(caller: Caller) -> None:
    assert await caller.ids("tagged", tag="moss", limit=17) == [*range(129, 100, -2), 29, 27]


async def test_only_the_right_key_is_accepted(caller: Caller) -> None:
    assert (await caller.ask("tagged", "another", tag="moss"))[0] == 401


async def test_calls_are_counted_until_none_are_left(caller: Caller) -> None:
    caller.tumblr.hour.left = 1

    first = await caller.ask("tagged", tag="moss")
    second = await caller.ask("tagged", tag="moss")

    assert (first[0], first[2]["X-Ratelimit-Perhour-Remaining"]) == (200, "0")
    assert (second[0], second[2]["X-Ratelimit-Perhour-Reset"]) == (429, "3600")
    assert second[2]["X-Ratelimit-Perday-Remaining"] == "4999"


async def test_a_fault_has_priority_and_happens_once(caller: Caller) -> None:
    caller.tumblr.next(faults.status(503))

    assert [(await caller.ask("tagged", tag="moss"))[0] for _ in range(2)] == [503, 200]
