"""`/feed move`, `/feed copy`, and pauses of a whole channel."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.chat.services import ServiceSettings
from bot.model import Rule, Style
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOW, ServerFixture, post
from tests.chat.commands.together import write_together

pytestmark = pytest.mark.usefixtures("running_chat")

MOVE = {"feed": "Garden Notes", "to": "#talk"}
COPY = {"from": "#news", "to": "#talk"}
STAYS = "with its settings. Its earlier messages stay where they are."


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(max_subscriptions=3)


async def style(store: Store, number: int, style: Style) -> None:
    await store.settings_changes.change(
        number, lambda each: replace(each.subscription.settings, style=style), 5, NOW
    )


async def test_settings_and_waiting_posts_go_along(
    server: ServerFixture, blogs: Blogs, store: Store, woken: list[datetime]
) -> None:
    before = await blogs.follow(rule=Rule(tags=("beans",)))
    await style(store, before.subscription.id, Style.LINK)
    await blogs.poll(post(1, "beans"))
    await blogs.poll(post(1, "beans"), post(2, "beans"))

    text = await server.reply_to("feed move", MOVE)

    after = await blogs.find(channel_id=server.talk.id)
    assert text == (
        f"**Garden Notes** now goes to <#{server.talk.id}> instead of <#{server.news.id}>, {STAYS}"
        " 1 waiting post goes along."
    )
    assert after.subscription.settings == replace(before.subscription.settings, style=Style.LINK)
    assert [(each.channel_id, each.entry.title) for each in await blogs.send()] == [(server.talk.id, "Bed 2")]
    assert woken


async def test_a_channel_that_follows_the_feed_refuses_it(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(channel_id=server.talk.id)

    question = await server.reply_to("feed move", MOVE)
    text = await server.reply_to("feed move", {**MOVE, "channel": "#news"})
    same = await server.reply_to("feed move", {"feed": "Garden Notes", "to": "#news", "channel": "#news"})

    assert "choose one of them with the option `channel`" in question
    for answer, channel in ((text, server.talk), (same, server.news)):
        assert answer == (
            f"<#{channel.id}> already follows **Garden Notes**, so nothing changed; see `/feed list`."
        )
    assert await blogs.find() != await blogs.find(channel_id=server.talk.id)


@pytest.mark.parametrize("command", ["feed move", "feed copy"])
async def test_a_move_is_refused_if_the_admin_or_the_bot_cannot_write_in_the_target(
    server: ServerFixture, blogs: Blogs, store: Store, command: str
) -> None:
    await blogs.follow()
    options = MOVE if command == "feed move" else COPY
    server.discord.set_permissions(server.talk.id, deny=Permission.SEND_MESSAGES)
    as_bot = await server.reply_to(command, options)
    server.discord.set_permissions(server.talk.id)
    server.discord.set_permissions(server.talk.id, deny=Permission.SEND_MESSAGES, target=server.admin)
    as_admin = await server.reply_to(command, options)

    assert "it lacks Send Messages" in as_bot
    assert as_admin.startswith("You can't read and write in")
    assert [each.channel_id for each in await store.subscriptions.all()] == [server.news.id]


@pytest.mark.parametrize("command", ["feed move", "feed copy", "feed pause", "feed url"])
async def test_a_hidden_channel_is_neither_changed_nor_mentioned(
    server: ServerFixture, blogs: Blogs, store: Store, command: str
) -> None:
    await blogs.follow()
    before = await store.subscriptions.all()
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)
    options = {
        "feed move": MOVE,
        "feed copy": COPY,
        "feed pause": {"channel": "#news"},
        "feed url": {"feed": "Garden Notes", "url": STARS},
    }[command]

    text = await server.reply_to(command, options)

    assert "Garden" not in text
    assert await store.subscriptions.all() == before


async def test_feeds_of_the_config_file_can_only_be_moved_in_it(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.declare()
    before = await store.subscriptions.all()

    text = await server.reply_to("feed move", MOVE)

    assert "change `id` in config.toml, below `[[feeds.channels]]`" in text
    assert await store.subscriptions.all() == before


async def test_one_of_two_simultaneous_moves_wins(
    server: ServerFixture, blogs: Blogs, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await blogs.follow()
    write_together(monkeypatch, store.moves, "move")
    third = server.discord.add_channel(server.guild.id, "third")

    texts = await asyncio.gather(
        server.reply_to("feed move", MOVE), server.reply_to("feed move", {**MOVE, "to": third})
    )

    (left,) = await store.subscriptions.all()
    assert left.channel_id in {server.talk.id, third.id}
    assert len([text for text in texts if "now goes to" in text]) == 1


async def test_a_copy_follows_everything_in_the_same_way_from_now_on(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    original = await blogs.follow(rule=Rule(tags=("beans",)))
    await style(store, original.subscription.id, Style.COMPACT)
    await blogs.poll(post(1, "beans"))

    text = await server.reply_to("feed copy", COPY)
    await blogs.poll(post(1, "beans"), post(2, "beans"))

    copied = await blogs.find(channel_id=server.talk.id)
    assert text == (
        f"<#{server.talk.id}> now follows 1 more feed, as <#{server.news.id}> does: **Garden Notes**. It gets what they"
        " publish from now on."
    )
    assert copied.subscription.settings == (await blogs.find()).subscription.settings
    assert sorted((each.channel_id, each.entry.title) for each in await blogs.send()) == sorted(
        (channel.id, "Bed 2") for channel in (server.news, server.talk)
    )


async def test_a_copy_leaves_out_what_is_followed_and_what_exceeds_the_limit(
    server: ServerFixture, blogs: Blogs, store: Store
) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.follow(channel_id=server.talk.id)

    full = await server.reply_to("feed copy", COPY)
    await store.removals.remove((await blogs.find(STARS)).subscription.id, NOW)
    nothing = await server.reply_to("feed copy", COPY)

    assert "feed was left out" in full or "feeds were left out" in full
    assert "reached its limit of 3 subscriptions" in full
    assert nothing == (
        f"<#{server.talk.id}> already follows everything that <#{server.news.id}> follows, so nothing changed."
    )
    assert len(await store.subscriptions.all()) == 2


async def test_two_copies_at_once_copy_once(server: ServerFixture, blogs: Blogs, store: Store) -> None:
    await blogs.follow()

    await asyncio.gather(*(server.reply_to("feed copy", COPY) for _copy in range(2)))

    assert len(await store.subscriptions.all()) == 2


async def test_a_channel_without_feeds_has_nothing_to_copy(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()

    text = await server.reply_to("feed copy", {"from": "#talk", "to": "#news"})
    same = await server.reply_to("feed copy", {"from": "#news", "to": "#news"})

    assert text == f"<#{server.talk.id}> doesn't follow any feeds; start with `/feed add`."
    assert same == "Choose two different channels."


async def test_a_whole_channel_is_paused_and_resumed(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.follow(channel_id=server.talk.id)
    await blogs.poll(post(1))

    paused = await server.reply_to("feed pause", {"channel": "#news"})
    await blogs.poll(post(1), post(2))
    sent = [each.channel_id for each in await blogs.send()]
    resumed = await server.reply_to("feed resume", {"channel": "#news"})

    assert paused.count("is paused in") == 2
    assert sent == [server.talk.id]
    assert resumed.count("is no longer paused") == 2
    assert [each.channel_id for each in await blogs.send()] == [server.news.id]


async def test_without_feed_and_channel_a_pause_is_about_this_channel(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.follow()

    text = await server.reply_to("feed pause")

    assert text == f"<#{server.talk.id}> doesn't follow any feeds; start with `/feed add`."
