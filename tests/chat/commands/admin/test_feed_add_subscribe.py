"""Subscribing to the feed of a draft, and posting its newest post."""

import pytest

from bot.chat.services import ServiceSettings
from bot.model import Rule, Style
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.admin.drafts import POSTS, add_feed, current, labels, open_draft
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import Town, post, text_of

pytestmark = pytest.mark.usefixtures("answering", "garden")


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(max_subscriptions=2)


async def test_subscribe_makes_the_channel_follow_the_feed(town: Town, store: Store) -> None:
    text = text_of(await town.pressed(await open_draft(town, style="compact"), "Subscribe"))

    (followed,) = await store.subscriptions.in_guild(town.guild.id)
    assert (followed.subscription.channel_id, followed.feed_url) == (town.news.id, GARDEN)
    assert (followed.subscription.style, followed.subscription.rule) == (Style.COMPACT, Rule())
    assert (followed.origin, followed.feed_name) == ("discord", "Garden Notes")
    assert text.startswith(f"<#{town.news.id}> now follows **Garden Notes**: every post.")


async def test_after_subscribing_only_the_button_for_older_posts_is_left(town: Town) -> None:
    taken = await town.pressed(await open_draft(town), "Subscribe")

    assert labels(taken) == ["Archive older posts"]


async def test_the_newest_post_is_sent_after_subscribing(
    town: Town, blogs: Blogs, woken: list[object]
) -> None:
    await blogs.follow(channel_id=town.talk.id)
    await blogs.poll(*POSTS)

    closed = await town.pressed(await open_draft(town, tags="beans"), "Subscribe and post the newest")
    await town.discord.wait_for(lambda: "on its way" in text_of(current(town, closed)))

    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/2"]
    assert woken


async def test_the_newest_post_waits_for_the_first_poll_of_a_new_feed(town: Town, blogs: Blogs) -> None:
    closed = await town.pressed(await open_draft(town), "Subscribe and post the newest")
    waiting = text_of(closed)

    await blogs.poll(*POSTS)
    await town.discord.wait_for(lambda: "on its way" in text_of(current(town, closed)))

    assert waiting.endswith("Posting its newest post …")
    assert [each.entry.link for each in await blogs.send()] == ["https://garden.example/3"]


async def test_a_post_that_has_left_the_feed_is_not_sent(town: Town, blogs: Blogs) -> None:
    closed = await town.pressed(await open_draft(town, tags="beans"), "Subscribe and post the newest")

    await blogs.poll(post(4, "roses"))
    await town.discord.wait_for(lambda: "nothing was posted" in text_of(current(town, closed)))

    assert await blogs.send() == []


async def test_a_post_that_is_in_the_channel_is_not_sent_again(town: Town, blogs: Blogs) -> None:
    draft = await open_draft(town)
    await blogs.follow()
    await blogs.poll(POSTS[2])
    await blogs.poll(POSTS[2], POSTS[0])
    sent = await blogs.send()

    closed = await town.pressed(draft, "Subscribe and post the newest")
    await town.discord.wait_for(lambda: "already in the channel" in text_of(current(town, closed)))

    assert len(sent) == 1
    assert await blogs.send() == []


async def test_adding_a_feed_twice_changes_nothing_and_says_so(
    town: Town, store: Store, blogs: Blogs
) -> None:
    before = await blogs.follow(rule=Rule(tags=("soil",)))

    text = text_of(await open_draft(town, tags="beans"))

    assert text.startswith(
        f"<#{town.news.id}> already follows **Garden Notes**: posts tagged soil. Nothing changed"
    )
    assert await store.subscriptions.all() == [before]


async def test_the_second_of_two_drafts_for_one_feed_changes_nothing(
    town: Town, store: Store, blogs: Blogs
) -> None:
    draft = await open_draft(town, tags="beans")
    before = await blogs.follow()

    text = text_of(await town.pressed(draft, "Subscribe"))

    assert "already follows **Garden Notes**: every post. Nothing changed" in text
    assert await store.subscriptions.all() == [before]


async def test_a_server_has_a_limited_number_of_subscriptions(town: Town, store: Store) -> None:
    blogs = Blogs(store, town.guild.id, town.talk.id)
    draft = (await town.run("feed add", {"url": "garden.example", "channel": town.news})).message
    await blogs.follow()
    await blogs.follow(STARS)

    by_press = await town.refused(draft, "Subscribe")
    by_command = await add_feed(town)

    assert by_press == by_command
    assert by_command == (
        "This server has reached its limit of 2 subscriptions; remove one with `/feed remove`, or ask whoever"
        " runs the bot to raise discord.max_subscriptions."
    )
    assert len(await store.subscriptions.all()) == 2


async def test_subscriptions_of_another_server_do_not_count(
    sandbox_discord: SandboxDiscord, town: Town, store: Store
) -> None:
    other = sandbox_discord.add_guild("Observatory")
    sky = sandbox_discord.add_channel(other.id, "sky")
    for url in (GARDEN, STARS):
        await Blogs(store, other.id, sky.id).follow(url)

    assert "From now on" in await add_feed(town)
