import json

import pytest

from bot.chat.channels import ChannelReport
from bot.chat.client import Chat
from bot.chat.permissions import Kind
from bot.errors import ChatUnreachable
from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord


async def test_a_working_channel_needs_no_advice(chat: Chat, channel: Channel) -> None:
    report = await chat.sender.inspect(channel.id)

    assert report == ChannelReport(channel.id, Kind.TEXT, "news", "FollowedServer")


@pytest.mark.parametrize("kind", ["announcement", "forum"])
async def test_the_kind_is_reported(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str
) -> None:
    channel = sandbox_discord.add_channel(guild.id, "news", kind=kind)

    assert (await chat.sender.inspect(channel.id)).kind == kind


async def test_every_missing_permission_is_named(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES | Permission.EMBED_LINKS)

    report = await chat.sender.inspect(channel.id)

    assert report.missing == ("Send Messages", "Embed Links")
    assert "Send Messages and Embed Links" in report.advice


async def test_a_channel_that_gets_text_needs_no_embed_links(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.set_permissions(channel.id, deny=Permission.EMBED_LINKS)

    text = await chat.sender.inspect(channel.id, embeds=False)
    card = await chat.sender.inspect(channel.id)

    assert (text.missing, text.advice) == ((), "")
    assert card.advice.endswith("under Permissions, or choose the style compact or link.")


@pytest.mark.parametrize(("kind", "lacking"), [("text", ("Create Public Threads",)), ("forum", ())])
async def test_threads_below_posts_need_a_permission_where_posts_can_have_them(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str, lacking: tuple[str, ...]
) -> None:
    channel = sandbox_discord.add_channel(guild.id, "news", kind=kind)
    sandbox_discord.set_permissions(channel.id, deny=Permission.CREATE_PUBLIC_THREADS)

    with_threads = await chat.sender.inspect(channel.id, threads=True)
    without = await chat.sender.inspect(channel.id)

    assert (with_threads.missing, without.missing) == (lacking, ())


async def test_a_thread_has_its_channels_permissions(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses")
    sandbox_discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES_IN_THREADS)

    report = await chat.sender.inspect(thread.id)

    assert report.kind is Kind.THREAD
    assert report.missing == ("Send Messages in Threads",)


async def test_a_locked_thread_gets_advice(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses", locked=True)

    assert "locked" in (await chat.sender.inspect(thread.id)).advice


async def test_a_forum_without_the_tag_that_it_demands_gets_advice(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    forum = sandbox_discord.add_channel(guild.id, "posts", kind="forum", require_tag=True)

    report = await chat.sender.inspect(forum.id)

    assert report.requires_tag
    assert "tag" in report.advice


async def test_a_category_gets_advice(chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel) -> None:
    body = {
        "id": str(channel.id),
        "guild_id": str(channel.guild_id),
        "type": 4,
        "name": "Beds",
        "position": 0,
    }
    sandbox_discord.faults.next("channel", status=200, body=json.dumps(body))

    report = await chat.sender.inspect(channel.id)

    assert report.kind is Kind.OTHER
    assert "choose a text" in report.advice


async def test_a_channel_that_does_not_exist_gets_advice(chat: Chat) -> None:
    report = await chat.sender.inspect(4242)

    assert report.kind is Kind.OTHER
    assert "gone" in report.advice


async def test_a_channel_of_a_server_that_the_bot_left_gets_advice(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel
) -> None:
    sandbox_discord.remove_bot(guild)

    assert "invite it" in (await chat.sender.inspect(channel.id)).advice


async def test_a_failure_of_discord_says_nothing_about_the_channel(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("channel", cut=True, times=2)  # aiohttp repeats a GET once

    with pytest.raises(ChatUnreachable):
        await chat.sender.inspect(channel.id)
