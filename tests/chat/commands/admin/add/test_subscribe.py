"""Subscribing to the feed of a draft, and posting its newest post."""

import asyncio

import pytest

from bot.chat.services import ServiceSettings
from bot.model import PollResult, Rule, Style
from bot.relay.notify import decide
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.notices import GATHER_TIME
from bot.store.store import Store
from tests.chat.commands.admin.drafts import POSTS, add_feed, current, labels, open_draft
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, Web, text_of

pytestmark = pytest.mark.usefixtures("running_chat", "garden")


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(max_subscriptions=2)


async def test_subscribe_makes_the_channel_follow_the_feed(server: ServerFixture, store: Store) -> None:
    text = text_of(await server.press_and_wait(await open_draft(server, style="compact"), "Subscribe"))

    (followed,) = await store.subscriptions.in_guild(server.guild.id)
    assert (followed.subscription.channel_id, followed.feed_url) == (server.news.id, GARDEN)
    assert (followed.subscription.style, followed.subscription.rule) == (Style.COMPACT, Rule())
    assert (followed.origin, followed.feed_name) == ("discord", "Garden Notes")
    assert text.startswith(f"<#{server.news.id}> now follows **Garden Notes**: every post.")


async def test_after_subscribing_the_newest_post_can_be_sent_and_older_ones_archived(
    server: ServerFixture, blogs: Blogs
) -> None:
    taken = await server.press_and_wait(await open_draft(server), "Subscribe")
    offered = labels(taken)

    posted = await server.press_and_wait(taken, "Post the newest")

    assert offered == ["Post the newest", "Archive older posts"]
    assert text_of(posted).endswith("Its newest post is on its way.")
    assert labels(posted) == ["Archive older posts"]
    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/3"]


async def test_the_newest_post_is_sent_once_however_often_somebody_presses(
    server: ServerFixture, blogs: Blogs
) -> None:
    taken = await server.press_and_wait(await open_draft(server), "Subscribe")

    await asyncio.gather(*(server.press(taken, "Post the newest") for _press in range(2)))
    await server.discord.wait_for(lambda: labels(current(server, taken)) == ["Archive older posts"])

    assert len(await blogs.send()) == 1


async def test_a_removed_feed_posts_nothing_more(server: ServerFixture, blogs: Blogs, store: Store) -> None:
    taken = await server.press_and_wait(await open_draft(server), "Subscribe")
    await store.removals.remove((await blogs.find()).subscription.id, NOW)

    assert "no longer follows that feed" in await server.press_and_read(taken, "Post the newest")
    assert await blogs.send() == []


async def test_a_tumblr_blog_without_a_key_says_that_its_history_cannot_be_read(
    server: ServerFixture, web: Web
) -> None:
    web.add("https://garden.tumblr.com/rss", "Garden", *POSTS, pasted="garden.example")

    taken = await server.press_and_wait(await open_draft(server), "Subscribe")

    assert "ask whoever runs the bot to set tumblr.api_key" in text_of(taken)
    assert labels(taken) == ["Post the newest"]


async def test_the_newest_post_is_sent_after_subscribing(
    server: ServerFixture, blogs: Blogs, woken: list[object]
) -> None:
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(*POSTS)

    closed = await server.press_and_wait(
        await open_draft(server, tags="beans"), "Subscribe and post the newest"
    )
    await server.discord.wait_for(lambda: "on its way" in text_of(current(server, closed)))

    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/2"]
    assert woken


async def test_a_post_that_is_in_the_channel_is_not_sent_again(server: ServerFixture, blogs: Blogs) -> None:
    draft = await open_draft(server)
    await blogs.follow()
    await blogs.poll(POSTS[2])
    await blogs.poll(POSTS[2], POSTS[0])
    sent = await blogs.send()

    closed = await server.press_and_wait(draft, "Subscribe and post the newest")
    await server.discord.wait_for(lambda: "already in the channel" in text_of(current(server, closed)))

    assert len(sent) == 1
    assert await blogs.send() == []


async def test_adding_a_feed_twice_changes_nothing_and_says_so(
    server: ServerFixture, store: Store, blogs: Blogs
) -> None:
    before = await blogs.follow(rule=Rule(tags=("soil",)))

    text = text_of(await open_draft(server, tags="beans"))

    assert text.startswith(
        f"<#{server.news.id}> already follows **Garden Notes**: posts tagged soil. Nothing changed"
    )
    assert await store.subscriptions.all() == [before]


async def test_the_second_of_two_drafts_for_one_feed_changes_nothing(
    server: ServerFixture, store: Store, blogs: Blogs
) -> None:
    draft = await open_draft(server, tags="beans")
    before = await blogs.follow()

    text = text_of(await server.press_and_wait(draft, "Subscribe"))

    assert "already follows **Garden Notes**: every post. Nothing changed" in text
    assert await store.subscriptions.all() == [before]


async def test_a_server_has_a_limited_number_of_subscriptions(server: ServerFixture, store: Store) -> None:
    blogs = Blogs(store, server.guild.id, server.talk.id)
    draft = (await server.run("feed add", {"url": "garden.example", "channel": server.news})).message
    await blogs.follow()
    await blogs.follow(STARS)

    by_press = await server.press_and_read(draft, "Subscribe")
    by_command = await add_feed(server)

    assert by_press == by_command
    assert by_command == (
        "This server has reached its limit of 2 subscriptions; remove one with `/feed remove`, or ask whoever"
        " runs the bot to raise discord.max_subscriptions."
    )
    assert len(await store.subscriptions.all()) == 2


async def test_subscriptions_of_another_server_do_not_count(
    sandbox_discord: SandboxDiscord, server: ServerFixture, store: Store
) -> None:
    other = sandbox_discord.add_guild("Observatory")
    sky = sandbox_discord.add_channel(other.id, "sky")
    for url in (GARDEN, STARS):
        await Blogs(store, other.id, sky.id).follow(url)

    assert "From now on" in await add_feed(server)


async def test_the_newest_post_is_not_sent_to_a_channel_where_the_feed_is_paused(
    server: ServerFixture, blogs: Blogs
) -> None:
    draft = await open_draft(server)
    followed = await blogs.follow()
    await blogs.poll(*POSTS)
    await blogs.store.subscriptions.pause(followed.subscription.id)

    closed = await server.press_and_wait(draft, "Subscribe and post the newest")
    await server.discord.wait_for(lambda: "continue with `/feed resume`" in text_of(current(server, closed)))

    assert await blogs.send() == []


async def test_the_answer_says_where_problems_are_reported(server: ServerFixture, store: Store) -> None:
    direct = text_of(await server.press_and_wait(await open_draft(server), "Subscribe"))
    await store.removals.remove((await store.subscriptions.all())[0].subscription.id, NOW)
    await store.guilds.set_notices_channel(server.guild.id, server.talk.id)
    draft = await open_draft(server)
    chosen = text_of(await server.press_and_wait(draft, "Subscribe"))

    assert direct.endswith(
        "The bot reports problems to you in a direct message; choose a channel with `/notices`."
    )
    report = f"The bot reports problems in <#{server.talk.id}>; choose another channel with `/notices`."
    assert report in text_of(draft).splitlines()
    assert chosen.endswith(report)


async def test_the_member_who_added_a_feed_gets_its_notices(server: ServerFixture, store: Store) -> None:
    await server.press_and_wait(await open_draft(server), "Subscribe")
    ended = PollResult(NOW, error="Gone.", ended=True)
    await store.feeds.settle_failed(1, ended, NOW)

    (message,) = await store.notices.claim(NOW + GATHER_TIME, GATHER_TIME, 9, decide)

    assert (message.channel_id, message.direct) == (server.admin.id, True)
