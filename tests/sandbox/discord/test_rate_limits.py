"""Rate limits: headers, refusals and counts."""

import aiohttp
import discord
import pytest
import yarl

from bot.sandbox.discord.rate_limits import Rate, RateLimits
from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot


class Clock:
    """A monotonic clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def patient(sandbox_discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """A client that raises instead of waiting longer than half a minute."""
    monkeypatch.setattr(discord.http.Route, "BASE", sandbox_discord.api_url)
    return Bot(max_ratelimit_timeout=30.0)


def test_a_bucket_allows_its_limit_and_is_full_again_after_its_window() -> None:
    clock = Clock()
    rates, rate = RateLimits(clock), Rate(2, 5.0)

    exceeded = [rates.spend("send", rate).exceeded for _ in range(3)]
    clock.now += 5.0
    again = rates.spend("send", rate)

    assert exceeded == [False, False, True]
    assert (again.exceeded, again.remaining) == (False, 1)


def test_a_route_may_have_a_limit_of_its_own_in_all_channels_or_in_one() -> None:
    rates = RateLimits(Clock())
    rates.limit("thread", Rate(50, 300.0))
    rates.limit("thread", Rate(1, 300.0), channel_id=7)

    assert rates.rate_of("thread", 6) == Rate(50, 300.0)
    assert rates.rate_of("thread", 7) == Rate(1, 300.0)
    assert rates.rate_of("send", 7) == rates.sends


async def test_a_forum_may_have_a_long_window_for_its_posts() -> None:
    async with SandboxDiscord(monotonic=Clock()) as server, aiohttp.ClientSession() as http:
        server.rates.limit("thread", Rate(50, 300.0))
        forum = server.add_channel(server.add_guild("Garden club").id, "posts", kind="forum")
        url = f"{server.api_url}/channels/{forum.id}/threads"
        headers = {"Authorization": f"Bot {server.token}"}
        body = {"name": "Tulips", "message": {"content": "Tulips"}}

        answer = await http.post(url, json=body, headers=headers)

    assert answer.status == 201
    assert answer.headers["X-RateLimit-Remaining"] == "49"
    assert answer.headers["X-RateLimit-Reset-After"] == "300.000"


def test_the_peak_is_the_most_requests_within_one_second() -> None:
    clock = Clock()
    rates = RateLimits(clock)

    for pause in (0.0, 0.5, 0.4, 0.5, 3.0):
        clock.now += pause
        rates.spend_globally()

    assert rates.peak == 3


async def test_a_sixth_message_within_five_seconds_is_refused() -> None:
    clock = Clock()
    async with SandboxDiscord(monotonic=clock) as server, aiohttp.ClientSession() as http:
        server.rates.sends = Rate(5, 5.0)
        news = server.add_channel(server.add_guild("Garden club").id, "news")
        url = f"{server.api_url}/channels/{news.id}/messages"
        headers = {"Authorization": f"Bot {server.token}"}

        answers = [await http.post(url, json={"content": "x"}, headers=headers) for _ in range(6)]
        clock.now += 5.0
        later = await http.post(url, json={"content": "x"}, headers=headers)
        refused = await answers[5].json()

    assert [each.status for each in answers] == [200] * 5 + [429]
    assert later.status == 200
    assert [each.headers["X-RateLimit-Remaining"] for each in answers[:5]] == ["4", "3", "2", "1", "0"]
    assert answers[5].headers["Via"]
    assert answers[5].headers["Retry-After"] == "5"
    assert refused == {"message": "You are being rate limited.", "retry_after": 5.0, "global": False}
    assert server.invalid_requests == 1


async def test_the_client_follows_the_headers(sandbox_discord: SandboxDiscord, patient: Bot) -> None:
    sandbox_discord.rates.sends = Rate(2, 3600.0)
    news = sandbox_discord.add_channel(sandbox_discord.add_guild("Garden club").id, "news")

    async with patient as client:
        await client.login(sandbox_discord.token)
        await client.get_partial_messageable(news.id).send("bed 1")
        with pytest.raises(discord.RateLimited):
            await client.get_partial_messageable(news.id).send("bed 2")

    assert len(sandbox_discord.calls("send")) == 1


@pytest.mark.parametrize(("hidden", "published"), [(True, 10), (False, 1)])
async def test_ten_posts_an_hour_are_published(
    sandbox_discord: SandboxDiscord, patient: Bot, hidden: bool, published: int
) -> None:
    """A client that doesn't wait an hour stops at the 429, or earlier if the headers name the hour."""
    sandbox_discord.rates.crossposts_hidden = hidden
    guild = sandbox_discord.add_guild("Garden club")
    news = sandbox_discord.add_channel(guild.id, "news", kind="announcement")

    async with patient as client:
        await client.login(sandbox_discord.token)
        channel = client.get_partial_messageable(news.id)
        sent = [await channel.send(f"bed {number}") for number in range(11)]
        for message in sent[:published]:
            await message.publish()
        with pytest.raises(discord.RateLimited):
            await sent[published].publish()

    found = [each.published for each in sandbox_discord.messages(news.id)]
    assert found == [True] * published + [False] * (11 - published)


async def test_the_fifty_first_request_in_a_second_is_refused_if_enforced() -> None:
    async with SandboxDiscord(monotonic=Clock()) as server, aiohttp.ClientSession() as http:
        server.rates.enforce_everything = True
        url, headers = f"{server.api_url}/users/@me", {"Authorization": f"Bot {server.token}"}

        answers = [await http.get(url, headers=headers) for _ in range(51)]

    assert [each.status for each in answers] == [200] * 50 + [429]
    assert answers[50].headers["X-RateLimit-Global"] == "true"
    assert server.peak_requests_per_second == 51


async def test_every_request_is_logged(sandbox_discord: SandboxDiscord, bot: Bot) -> None:
    news = sandbox_discord.add_channel(sandbox_discord.add_guild("Garden club").id, "news")

    await bot.get_partial_messageable(news.id).send("Tulips")

    logged = sandbox_discord.requests[-1]
    assert (logged.method, logged.path, logged.status) == ("POST", f"/channels/{news.id}/messages", 200)
    assert logged.body["content"] == "Tulips"
    assert [each.operation for each in sandbox_discord.requests] == ["login", "application", "send"]


async def test_responses_are_json_without_a_charset(sandbox_discord: SandboxDiscord) -> None:
    async with aiohttp.ClientSession() as http:
        known = await http.get(f"{sandbox_discord.api_url}/gateway")
        unknown = await http.get(yarl.URL(sandbox_discord.api_url) / "nowhere")

    assert (known.status, known.headers["Content-Type"]) == (200, "application/json")
    assert (unknown.status, unknown.headers["Content-Type"]) == (404, "application/json")
