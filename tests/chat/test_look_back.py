"""Reading back a channel: the bot's own posts since a time, page by page, or the reason why that can't be read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import look_back
from bot.chat.client import Chat
from bot.model import Button, Embed, FoundMessage, HistoryPage, Message, Refused, Retry, Sent
from bot.sandbox.discord.models import Channel
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord

HOUR = timedelta(hours=1)
SINCE = datetime.now(UTC) - HOUR


def roses(number: int) -> Message:
    link = f"https://garden.example/post/{number}"
    return Message(
        content=f"**Roses {number}**",
        thread_name=f"Roses {number}",
        embeds=(Embed("Roses", link),),
        link=link,
    )


async def send(chat: Chat, channel: Channel, *numbers: int) -> list[int]:
    outcomes = [
        await chat.sender.send(channel.id, roses(number), nonce=f"test-{number}") for number in numbers
    ]
    return [outcome.message_id for outcome in outcomes if isinstance(outcome, Sent)]


async def read(chat: Chat, channel: Channel, since: datetime = SINCE) -> list[FoundMessage]:
    found: list[FoundMessage] = []
    read_down_to = None
    while True:
        page = await chat.sender.look_back(channel.id, since, read_down_to)
        assert isinstance(page, HistoryPage)
        found += page.found
        if page.is_last:
            return found
        read_down_to = page.read_down_to


@pytest.mark.parametrize("kind", ["text", "announcement", "voice"])
async def test_the_bots_posts_are_found_page_by_page_newest_first(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_back, "PAGE", 2)
    place = sandbox_discord.add_channel(channel.guild_id, "beds", kind=kind)
    first, second = await send(chat, place, 1, 2)
    sandbox_discord.say(place.id, "https://garden.example/post/3")
    (third,) = await send(chat, place, 4)

    found = await read(chat, place)

    assert [each.message_id for each in found] == [third, second, first]
    assert found[-1].content == "**Roses 1**"
    assert found[-1].embeds == (Embed("Roses", "https://garden.example/post/1"),)
    assert {each.publishable for each in found} == {kind == "announcement"}


async def test_a_published_message_is_not_published_again(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    place = sandbox_discord.add_channel(channel.guild_id, "beds", kind="announcement")
    (message_id,) = await send(chat, place, 1)
    await chat.sender.publish(place.id, message_id)

    (found,) = await read(chat, place)

    assert not found.publishable


async def test_older_messages_are_left_out(chat: Chat, channel: Channel) -> None:
    await send(chat, channel, 1)

    assert await read(chat, channel, since=datetime.now(UTC) + 2 * HOUR) == []


async def test_a_message_with_buttons_is_not_a_post(chat: Chat, channel: Channel) -> None:
    question = replace(roses(1), buttons=(Button("Post all", "hold:1:all"),))
    await chat.sender.send(channel.id, question, nonce="test-1")

    assert await read(chat, channel) == []


async def test_forum_posts_are_found_with_their_names_even_if_archived(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_back, "FORUM_PAGE", 2)
    forum = sandbox_discord.add_channel(channel.guild_id, "beds", kind="forum")
    first, second, third = await send(chat, forum, 1, 2, 3)
    sandbox_discord.change_channel(first, archived=True)
    sandbox_discord.delete_message(sandbox_discord.messages(second)[0])

    found = await read(chat, forum)

    assert [(each.message_id, each.thread_name) for each in found] == [
        (third, "Roses 3"),
        (second, "Roses 2"),
        (first, "Roses 1"),
    ]
    assert (found[1].content, found[1].embeds) == ("", ())
    assert found[2].embeds == (Embed("Roses", "https://garden.example/post/1"),)


async def test_a_channel_without_the_permission_is_refused_with_advice(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    await send(chat, channel, 1)
    sandbox_discord.set_permissions(channel.id, deny=Permission.READ_MESSAGE_HISTORY)

    outcome = await chat.sender.look_back(channel.id, SINCE, None)

    assert isinstance(outcome, Refused)
    assert "Read Message History" in outcome.reason


async def test_a_channel_that_is_gone_is_refused(chat: Chat) -> None:
    assert isinstance(await chat.sender.look_back(1, SINCE, None), Refused)


async def test_an_outage_is_tried_again(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("history", status=503, times=10)

    assert isinstance(await chat.sender.look_back(channel.id, SINCE, None), Retry)
