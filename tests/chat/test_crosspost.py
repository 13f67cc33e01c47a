import pytest

from bot.chat.client import Chat
from bot.model import Dead, Message, Refused, Retry, Sent
from bot.sandbox.discord.models import Channel
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord


@pytest.fixture
def news(sandbox_discord: SandboxDiscord) -> Channel:
    guild = sandbox_discord.add_guild("Observatory")
    return sandbox_discord.add_channel(guild.id, "announcements", kind="announcement")


async def post(chat: Chat, news: Channel, number: int = 1) -> int:
    sent = await chat.sender.send(news.id, Message(content=f"Comet {number}"), nonce=f"test-{number}")
    assert isinstance(sent, Sent)
    return sent.message_id


async def test_a_message_is_published(chat: Chat, sandbox_discord: SandboxDiscord, news: Channel) -> None:
    message_id = await post(chat, news)

    assert await chat.sender.publish(news.id, message_id) == Sent(message_id)
    assert sandbox_discord.messages(news.id)[0].published


async def test_publishing_twice_is_harmless(chat: Chat, news: Channel) -> None:
    message_id = await post(chat, news)
    await chat.sender.publish(news.id, message_id)

    assert await chat.sender.publish(news.id, message_id) == Sent(message_id)


async def test_ten_are_published_in_an_hour_and_the_eleventh_waits_in_the_outbox(
    chat: Chat, news: Channel
) -> None:
    outcomes = [await chat.sender.publish(news.id, await post(chat, news, number)) for number in range(11)]

    *ten, eleventh = outcomes
    assert all(isinstance(outcome, Sent) for outcome in ten)
    assert isinstance(eleventh, Retry)
    assert eleventh.after is not None


@pytest.mark.parametrize("fault", ["cut", "garbage", "502", "cloudflare"])
async def test_a_failure_is_retried(
    chat: Chat, sandbox_discord: SandboxDiscord, news: Channel, fault: str
) -> None:
    message_id = await post(chat, news)
    faults = sandbox_discord.faults
    if fault == "cut":
        faults.next("crosspost", cut=True, store=True)
    elif fault == "502":
        faults.next("crosspost", status=502, store=True)
    elif fault == "cloudflare":
        faults.next("crosspost", cloudflare=True)
    else:
        faults.next("crosspost", body="{", status=403)

    first = await chat.sender.publish(news.id, message_id)

    assert isinstance(first, Retry)
    assert await chat.sender.publish(news.id, message_id) == Sent(message_id)


async def test_a_deleted_message_is_not_published(
    chat: Chat, sandbox_discord: SandboxDiscord, news: Channel
) -> None:
    message_id = await post(chat, news)
    sandbox_discord.delete_message(sandbox_discord.messages(news.id)[0])

    assert isinstance(await chat.sender.publish(news.id, message_id), Dead)


async def test_a_channel_that_is_no_longer_for_announcements_publishes_nothing(
    chat: Chat, sandbox_discord: SandboxDiscord, news: Channel
) -> None:
    plain = sandbox_discord.add_channel(news.guild_id, "chat")

    assert isinstance(await chat.sender.publish(plain.id, await post(chat, plain)), Dead)


async def test_without_the_permission_publishing_is_refused(
    chat: Chat, sandbox_discord: SandboxDiscord, news: Channel
) -> None:
    message_id = await post(chat, news)
    sandbox_discord.set_permissions(news.id, deny=Permission.SEND_MESSAGES)

    assert isinstance(await chat.sender.publish(news.id, message_id), Refused)
