"""Threads and forum posts that the real client creates and finds."""

import discord
import pytest

from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("Garden club")


@pytest.fixture
def news(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(guild.id, "news")


@pytest.fixture
def beds(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(
        guild.id, "beds", kind="forum", tags=("roses", "tulips"), require_tag=True
    )


async def fetch_forum(bot: Bot, channel: Channel) -> discord.ForumChannel:
    found = await bot.fetch_channel(channel.id)
    assert isinstance(found, discord.ForumChannel)
    return found


async def fetch_text(bot: Bot, channel: Channel) -> discord.TextChannel:
    found = await bot.fetch_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_a_forum_post_is_a_thread_with_its_first_message(
    sandbox_discord: SandboxDiscord, bot: Bot, beds: Channel
) -> None:
    forum = await fetch_forum(bot, beds)
    tag = forum.available_tags[1]

    made = await forum.create_thread(name="Bed 1", content="Tulips", applied_tags=[tag])

    [thread] = sandbox_discord.guild_channels(beds.guild_id, threads=True)
    [first] = sandbox_discord.messages(thread.id)
    assert (made.thread.id, made.message.id) == (thread.id, thread.id)
    assert (thread.name, thread.parent_id, thread.applied_tags) == ("Bed 1", beds.id, (tag.id,))
    assert (first.id, first.content, first.body["content"]) == (thread.id, "Tulips", "Tulips")


async def test_a_forum_that_requires_a_tag_refuses_a_post_without_one(bot: Bot, beds: Channel) -> None:
    forum = await fetch_forum(bot, beds)

    with pytest.raises(discord.HTTPException) as refused:
        await forum.create_thread(name="Bed 1", content="Tulips")

    assert forum.flags.require_tag
    assert refused.value.code == 40067


async def test_a_tag_of_another_forum_is_refused(bot: Bot, beds: Channel) -> None:
    forum = await fetch_forum(bot, beds)
    foreign = discord.ForumTag(name="weeds")
    foreign.id = 5

    with pytest.raises(discord.HTTPException) as refused:
        await forum.create_thread(name="Bed 1", content="x", applied_tags=[foreign])

    assert refused.value.code == 50035


async def test_a_forum_refuses_a_message_outside_a_post(bot: Bot, beds: Channel) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await bot.get_partial_messageable(beds.id).send("Tulips")

    assert refused.value.code == 50008


async def test_a_forum_post_has_no_nonce(sandbox_discord: SandboxDiscord, bot: Bot, beds: Channel) -> None:
    forum = await fetch_forum(bot, beds)

    sandbox_discord.faults.next("thread", status=503, store=True)
    with pytest.raises(discord.DiscordServerError):
        await forum.create_thread(name="Bed 1", content="x", applied_tags=forum.available_tags[:1])
    await forum.create_thread(name="Bed 1", content="x", applied_tags=forum.available_tags[:1])

    assert len(sandbox_discord.guild_channels(beds.guild_id, threads=True)) == 2


async def test_a_servers_active_threads_are_listed(
    sandbox_discord: SandboxDiscord, bot: Bot, guild: Guild, beds: Channel, news: Channel
) -> None:
    older = sandbox_discord.add_thread(beds.id, "older")
    newer = sandbox_discord.add_thread(news.id, "newer")
    sandbox_discord.add_thread(beds.id, "archived", archived=True)
    fetched = await bot.fetch_guild(guild.id)

    assert [each.id for each in await fetched.active_threads()] == [newer.id, older.id]


async def test_a_channels_archived_threads_are_listed(
    sandbox_discord: SandboxDiscord, bot: Bot, beds: Channel
) -> None:
    sandbox_discord.add_thread(beds.id, "awake")
    archived = sandbox_discord.add_thread(beds.id, "archived", archived=True)
    forum = await fetch_forum(bot, beds)

    assert [each.id async for each in forum.archived_threads()] == [archived.id]


async def test_a_message_unarchives_its_thread(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    thread = sandbox_discord.add_thread(news.id, "Bed 1", archived=True)

    await bot.get_partial_messageable(thread.id).send("Tulips")

    assert not sandbox_discord.channels[thread.id].archived


@pytest.mark.parametrize(("archived", "code"), [(True, 50083), (False, 160005)])
async def test_a_locked_thread_refuses_messages(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel, archived: bool, code: int
) -> None:
    thread = sandbox_discord.add_thread(news.id, "Bed 1", archived=archived, locked=True)

    with pytest.raises(discord.HTTPException) as refused:
        await bot.get_partial_messageable(thread.id).send("Tulips")

    assert refused.value.code == code


async def test_with_manage_threads_a_locked_thread_accepts_messages(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    thread = sandbox_discord.add_thread(news.id, "Bed 1", locked=True)
    sandbox_discord.set_permissions(news.id, allow=Permission.MANAGE_THREADS)

    await bot.get_partial_messageable(thread.id).send("Tulips")

    assert len(sandbox_discord.messages(thread.id)) == 1


async def test_a_thread_has_the_permissions_of_its_channel(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    thread = sandbox_discord.add_thread(news.id, "Bed 1")
    sandbox_discord.set_permissions(news.id, deny=Permission.SEND_MESSAGES_IN_THREADS)

    with pytest.raises(discord.Forbidden) as refused:
        await bot.get_partial_messageable(thread.id).send("Tulips")
    await bot.get_partial_messageable(news.id).send("Tulips")

    assert refused.value.code == 50013


async def test_a_message_can_have_one_thread(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    channel = await fetch_text(bot, news)
    sent = await channel.send("Tulips")

    thread = await sent.create_thread(name="About tulips")
    with pytest.raises(discord.HTTPException) as again:
        await sent.create_thread(name="About tulips")

    assert thread.id == sent.id
    assert again.value.code == 160004
    assert sandbox_discord.channels[thread.id].name == "About tulips"


async def test_a_thread_is_created_without_a_message_and_archived(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    channel = await fetch_text(bot, news)

    thread = await channel.create_thread(name="Bed 1", type=discord.ChannelType.public_thread)
    await thread.edit(archived=True)

    stored = sandbox_discord.channels[thread.id]
    assert (stored.name, stored.archived) == ("Bed 1", True)


async def test_deleting_a_channel_deletes_its_threads(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    thread = sandbox_discord.add_thread(news.id, "Bed 1")
    sandbox_discord.delete_channel(news.id)

    with pytest.raises(discord.NotFound) as refused:
        await bot.get_partial_messageable(thread.id).send("Tulips")

    assert refused.value.code == 10003


async def test_thread_members_are_fetched_one_by_one(
    sandbox_discord: SandboxDiscord, bot: Bot, guild: Guild, news: Channel
) -> None:
    rose = sandbox_discord.add_member(guild.id, "Rose")
    thread = sandbox_discord.add_thread(news.id, "secret", members=(sandbox_discord.bot, rose))

    assert int((await bot.http.get_thread_member(thread.id, rose.id))["user_id"]) == rose.id
    sandbox_discord.leave_thread(thread.id, rose)
    with pytest.raises(discord.NotFound):
        await bot.http.get_thread_member(thread.id, rose.id)


async def test_a_private_thread_is_hidden_from_a_bot_outside_it(
    sandbox_discord: SandboxDiscord, bot: Bot, guild: Guild, news: Channel
) -> None:
    thread = sandbox_discord.add_thread(news.id, "secret", members=())
    with pytest.raises(discord.Forbidden):
        await bot.fetch_channel(thread.id)

    sandbox_discord.join_thread(thread.id, sandbox_discord.bot)
    assert (await bot.fetch_channel(thread.id)).id == thread.id
    assert [each.id for each in await (await bot.fetch_guild(guild.id)).active_threads()] == [thread.id]


async def test_with_manage_threads_private_threads_are_visible(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    thread = sandbox_discord.add_thread(news.id, "secret", members=())

    sandbox_discord.set_permissions(news.id, allow=Permission.MANAGE_THREADS)

    assert (await bot.fetch_channel(thread.id)).id == thread.id


async def test_the_bot_is_a_member_of_private_threads_that_it_creates(
    sandbox_discord: SandboxDiscord, bot: Bot, news: Channel
) -> None:
    sandbox_discord.set_permissions(news.id, allow=Permission.CREATE_PRIVATE_THREADS)

    thread = await (await fetch_text(bot, news)).create_thread(name="secret")

    assert thread.is_private()
    assert (await bot.http.get_thread_member(thread.id, sandbox_discord.bot.id))["id"] == str(thread.id)
