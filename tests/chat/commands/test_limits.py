"""The longest possible answers are within Discord's limits, which the simulated Discord checks."""

import pytest

from bot.model import ChannelDeclaration, FeedDeclaration, Rule
from bot.source.http.site import site_of
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, Blogs, budget
from tests.chat.commands.conftest import NOW, ServerFixture, Web, post

pytestmark = pytest.mark.usefixtures("running_chat")

LONG = "@everyone **Gardens** of [the](https://stars.example) _deep_ " * 6
LONGEST_RULE = Rule(
    tags=tuple(f"{'*' * 40} {number}" for number in range(50)),
    exclude_tags=tuple(f"{'_' * 60} {number}" for number in range(50)),
    words=tuple(f"{'~' * 80} {number}" for number in range(50)),
    exclude_words=tuple(f"{'|' * 80} {number}" for number in range(50)),
)


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    return Blogs(store, server.guild.id, server.news.id)


@pytest.mark.parametrize("verb", ["pause", "resume", "status", "remove", "test"])
async def test_every_answer_about_one_feed_in_a_hundred_channels_fits(
    server: ServerFixture, blogs: Blogs, verb: str
) -> None:
    for number in range(1, 101):
        await blogs.follow(name=LONG, rule=LONGEST_RULE, channel_id=server.news.id + 10_000 + number)
    await blogs.poll(post(1))

    assert await server.reply_to(f"feed {verb}", {"feed": GARDEN})


@pytest.mark.parametrize("verb", ["pause", "resume", "remove"])
async def test_one_feed_that_the_config_file_declares_in_many_channels_is_answered_for(
    server: ServerFixture, blogs: Blogs, verb: str
) -> None:
    channels = tuple(ChannelDeclaration(server.news.id + 10_000 + number) for number in range(40))
    declared = FeedDeclaration(GARDEN, LONG, channels=channels)
    await blogs.store.subscriptions.sync([declared], site_of, budget, NOW)
    await blogs.store.guilds.assign_channels({channel.channel_id: server.guild.id for channel in channels})

    assert await server.reply_to(f"feed {verb}", {"feed": GARDEN})


async def test_a_hundred_long_subscriptions_are_listed(server: ServerFixture, blogs: Blogs) -> None:
    for number in range(100):
        await blogs.follow(f"https://garden.example/{number}", f"{LONG} {number}", LONGEST_RULE)

    for command in ("feed list", "feed status", "follow list"):
        assert await server.reply_to(command)
    for command in ("remove", "pause", "resume", "status", "test"):
        assert await server.reply_to(f"feed {command}", {"feed": "Gardens"})
    for command in ("feed pause", "feed resume"):
        assert await server.reply_to(command, {"channel": "#news"})
    assert await server.reply_to("feed copy", {"from": "#news", "to": "#talk"})
    assert await server.reply_to("feed export")
    assert await server.reply_to("server show")
    assert await server.reply_to("follow add", {"tag": "beans"})
    assert await server.reply_to("why", {"link": "https://garden.example/none"})


async def test_a_feed_with_a_long_rule_is_not_added_twice(
    server: ServerFixture, blogs: Blogs, web: Web
) -> None:
    await blogs.declare(name=LONG, rule=LONGEST_RULE)
    web.add(GARDEN, LONG, post(1))

    reply = await server.reply_to("feed add", {"url": GARDEN, "channel": server.news})

    assert "already" in reply


async def test_more_tags_than_the_menu_can_hold_are_refused(server: ServerFixture, web: Web) -> None:
    web.add(GARDEN, "Garden Notes", post(1, "beans"))
    tags = [f"tag {number}" for number in range(26)]

    refused = await server.reply_to("feed add", {"url": GARDEN, "tags": ", ".join(tags)})
    offered = await server.reply_to("feed add", {"url": GARDEN, "tags": ", ".join(tags[:25])})

    assert refused == "You can name at most 25 tags here; add more afterwards with `/follow add`."
    assert "posts tagged tag 0" in offered
