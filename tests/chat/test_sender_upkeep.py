"""Threads and edits of messages that were sent, in the simulated Discord."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.client import Chat
from bot.model import ARCHIVE_TIMES, Dead, Embed, Message, Outcome, Refused, Retry, Sent
from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord

DAY = timedelta(days=1)
CARD = Message("**Beans**", (Embed(title="Beans", description="They climb."),), thread_name="Beans")
LINE = Message("Beans", suppress_embeds=True, thread_name="Beans", opening="Open the post")


async def send(chat: Chat, channel: Channel, message: Message = CARD) -> int:
    outcome = await chat.sender.send(channel.id, message, nonce="test-1")
    assert isinstance(outcome, Sent)
    return outcome.message_id


async def edit(chat: Chat, channel: Channel, message_id: int, message: Message = LINE) -> Outcome:
    return await chat.sender.edit(channel.id, message_id, message)


async def open_thread(chat: Chat, channel: Channel, message_id: int, after: timedelta = DAY) -> Outcome:
    return await chat.sender.open_thread(channel.id, message_id, "Beans", after)


async def test_a_silent_message_says_so_to_discord(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    await send(chat, channel, replace(LINE, silent=True))

    (sent,) = sandbox_discord.messages(channel.id)
    assert sent.flags == (1 << 12) | (1 << 2)


@pytest.mark.parametrize("kind", ["text", "announcement"])
@pytest.mark.parametrize("after", ARCHIVE_TIMES)
async def test_a_thread_is_opened_below_a_message_once(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str, after: timedelta
) -> None:
    channel = sandbox_discord.add_channel(guild.id, "news", kind=kind)
    message_id = await send(chat, channel)

    outcomes = [await open_thread(chat, channel, message_id, after) for _ in range(2)]

    assert outcomes == [Sent(message_id)] * 2 or outcomes[1] == Sent(0)
    (thread,) = sandbox_discord.guild_channels(guild.id, threads=True)
    assert (thread.name, thread.hidden_after) == ("Beans", after // timedelta(minutes=1))


@pytest.mark.parametrize("kind", ["forum", "voice"])
async def test_no_thread_is_requested_if_a_message_cannot_have_one(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str
) -> None:
    channel = sandbox_discord.add_channel(guild.id, "news", kind=kind)
    message_id = await send(chat, channel)

    assert await open_thread(chat, channel, message_id) == Sent(message_id)
    assert len(sandbox_discord.calls("thread")) == (kind == "forum")


async def test_without_the_permission_a_thread_is_refused(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    message_id = await send(chat, channel)
    sandbox_discord.set_permissions(channel.id, deny=Permission.CREATE_PUBLIC_THREADS)

    assert isinstance(await open_thread(chat, channel, message_id), Refused)


async def test_an_edit_replaces_what_a_message_shows_and_pings_nobody(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    message_id = await send(chat, channel)

    assert await edit(chat, channel, message_id) == Sent(message_id)
    assert await edit(chat, channel, message_id, CARD) == Sent(message_id)
    (shown,) = sandbox_discord.messages(channel.id)
    first, second = shown.edits
    assert (first["content"], first["embeds"], first["flags"]) == ("Beans", [], 1 << 2)
    assert (shown.content, len(shown.embeds), second["flags"]) == ("**Beans**", 1, 0)
    assert [each["allowed_mentions"] for each in shown.edits] == [{"parse": []}] * 2


async def test_the_first_message_of_a_forum_post_is_edited(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    forum = sandbox_discord.add_channel(guild.id, "posts", kind="forum")
    message_id = await send(chat, forum)

    assert await edit(chat, forum, message_id) == Sent(message_id)
    (shown,) = sandbox_discord.messages(message_id)
    assert shown.content == "Open the post"


async def test_impossible_edits_are_given_up_and_nothing_is_sent(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel
) -> None:
    forum = sandbox_discord.add_channel(guild.id, "posts", kind="forum")
    gone, archived = await send(chat, channel), await send(chat, forum)
    sandbox_discord.delete_message(sandbox_discord.message(channel.id, gone))
    sandbox_discord.change_channel(archived, archived=True)

    assert await edit(chat, channel, gone) == Dead("The message was deleted.")
    assert isinstance(await open_thread(chat, channel, gone), Dead)
    assert isinstance(await edit(chat, forum, archived), Dead)
    assert sandbox_discord.messages(channel.id) == ()


async def test_discords_limit_for_old_messages_is_waited_for(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    message_id = await send(chat, channel)
    sandbox_discord.faults.next("edit", status=400, code=30046, message="Maximum number of edits reached")

    assert isinstance(await edit(chat, channel, message_id), Retry)


@pytest.mark.invalid_bodies
async def test_an_edit_leaves_out_what_discord_refuses(chat: Chat, channel: Channel) -> None:
    message_id = await send(chat, channel, LINE)
    bad = Message("Beans", (Embed(description="They climb.", image_url="https://nodot/1.png"),))

    outcome = await edit(chat, channel, message_id, bad)

    assert isinstance(outcome, Sent)
    assert outcome.note
