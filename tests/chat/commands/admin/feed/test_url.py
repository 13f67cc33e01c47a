"""`/feed url`: the same subscription, read from another address."""

import asyncio
from dataclasses import replace

import pytest

from bot.errors import NotFound
from bot.model import FoundFeed, Rule
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import GARDEN, STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, Web, post
from tests.chat.commands.together import write_together

pytestmark = pytest.mark.usefixtures("running_chat")

NEW = "https://garden.example/new"
MOVED = {"feed": "Garden Notes", "url": NEW}


@pytest.fixture
def web(web: Web) -> Web:
    web.add(NEW, "Garden Notes", post(3), post(2), post(1))
    return web


async def test_the_feed_keeps_what_it_has_seen_and_posts_only_what_comes_later(
    server: ServerFixture, blogs: Blogs
) -> None:
    before = await blogs.follow(rule=Rule(exclude_tags=("moss",)))
    await blogs.poll(post(1), post(2))

    text = await server.reply_to("feed url", MOVED)
    await blogs.poll(post(1), post(2), post(3), post(4), url=NEW)

    after = await blogs.find(NEW)
    assert text == (
        f"**Garden Notes** now comes from garden.example/new in <#{server.news.id}>. 2 of the 3 posts there are known."
        " Only posts from now on are sent."
    )
    assert after.subscription == replace(before.subscription, baseline_due=False)
    assert [each.entry.title for each in await blogs.send()] == ["Bed 4"]


async def test_waiting_posts_are_still_sent(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.poll(post(1), post(2))

    await server.reply_to("feed url", MOVED)

    assert [each.entry.title for each in await blogs.send()] == ["Bed 2"]


async def test_other_servers_and_hidden_channels_keep_the_address(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    elsewhere = server.discord.add_guild("Observatory")
    await blogs.follow(channel_id=4242, guild_id=elsewhere.id)
    await blogs.follow(channel_id=server.talk.id)
    server.discord.set_permissions(server.talk.id, deny=Permission.VIEW_CHANNEL, target=server.admin)
    await blogs.poll(post(1))
    answer = await server.discord.interact(
        server.guild, server.news, server.admin, "feed url", {"feed": "Garden Notes", "url": NEW}
    )
    await server.discord.wait_for(lambda: answer.message)

    assert answer.message is not None
    assert f"in <#{server.news.id}>. 1 of the 3 posts there are known." in answer.message.content
    kept = {each.channel_id: each.feed_url for each in await store.subscriptions.all()}
    assert kept == {server.news.id: NEW, 4242: GARDEN, server.talk.id: GARDEN}
    await blogs.poll(post(1), post(2), post(3), post(4), url=NEW)
    assert [(each.channel_id, each.entry.title) for each in await blogs.send()] == [(server.news.id, "Bed 4")]


async def test_the_old_address_leads_to_a_feed_of_its_own_afterwards(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await server.reply_to("feed url", MOVED)

    again = await blogs.follow(channel_id=server.talk.id)

    assert again.feed_url == GARDEN
    assert (await blogs.find(NEW)).feed_id != again.feed_id


async def test_a_feed_that_others_follow_already_is_joined_without_old_posts(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()
    await blogs.poll(post(1))
    await blogs.follow(NEW, "Garden News", channel_id=server.talk.id)
    await blogs.poll(post(1), post(2), post(3), url=NEW)

    await server.reply_to("feed url", MOVED)
    await blogs.poll(post(1), post(2), post(3), post(4), url=NEW)

    assert (await blogs.find(NEW)).feed_id == (await blogs.find(NEW, server.talk.id)).feed_id
    assert sorted((each.channel_id, each.entry.title) for each in await blogs.send()) == sorted(
        (channel.id, "Bed 4") for channel in (server.news, server.talk)
    )


async def test_a_channel_that_follows_the_other_feed_keeps_both(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    await blogs.follow(NEW, "Garden News")

    text = await server.reply_to("feed url", MOVED)

    assert text.startswith(f"<#{server.news.id}> follows the feed at that address already")
    assert {each.feed_url for each in await store.subscriptions.all()} == {GARDEN, NEW}


async def test_an_unknown_blog_is_pointed_out(server: ServerFixture, blogs: Blogs, web: Web) -> None:
    await blogs.follow()
    await blogs.poll(post(90))
    web.add(STARS, "Star Diary", post(50, title="Another sky"))

    text = await server.reply_to("feed url", {"feed": "Garden Notes", "url": STARS})

    assert "None of the posts there is known here" in text


async def test_an_address_that_is_the_feeds_own_changes_nothing(
    server: ServerFixture, blogs: Blogs, web: Web
) -> None:
    await blogs.follow()
    web.add(GARDEN, "Garden Notes", post(1))

    text = await server.reply_to("feed url", {"feed": "Garden Notes", "url": GARDEN})

    assert text.startswith("**Garden Notes** has that address already")


@pytest.mark.parametrize("broken", ["missing", "several", "declared"])
async def test_nothing_changes_if_the_address_or_the_config_file_forbids_it(
    server: ServerFixture, blogs: Blogs, store: Store, web: Web, broken: str
) -> None:
    if broken == "declared":
        await blogs.declare()
    else:
        await blogs.follow()
    before = await store.subscriptions.all()
    if broken == "missing":
        web.errors[NEW] = NotFound(NEW, 404)
    if broken == "several":
        web.behind[NEW] = (FoundFeed(NEW, "Garden"), FoundFeed(STARS, "Stars"))

    text = await server.reply_to("feed url", MOVED)

    reason = {"missing": "404", "several": "has several feeds", "declared": "change `url` in config.toml"}
    assert reason[broken] in text
    assert await store.subscriptions.all() == before


async def test_one_of_two_simultaneous_address_changes_wins(
    server: ServerFixture, blogs: Blogs, store: Store, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    await blogs.follow()
    write_together(monkeypatch, store.moves, "readdress")
    web.add(STARS, "Star Diary", post(50))

    texts = await asyncio.gather(
        server.reply_to("feed url", MOVED),
        server.reply_to("feed url", {"feed": "Garden Notes", "url": STARS}),
    )

    assert len([text for text in texts if "now comes from" in text]) == 1
    assert len(await store.subscriptions.all()) == 1


async def test_a_removed_feed_comes_back_at_its_own_address(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    """Another channel's feed was removed before the change: its Undo must not bring another blog."""
    await blogs.follow()
    other = await blogs.follow(channel_id=server.talk.id)
    removal = await store.removals.remove(other.subscription.id, NOW)
    assert removal is not None

    await server.reply_to("feed url", MOVED)
    restored = await store.removals.restore(removal.id, lambda *_: (), 9, NOW)

    assert restored.followed is not None
    assert restored.followed.feed_url == GARDEN
