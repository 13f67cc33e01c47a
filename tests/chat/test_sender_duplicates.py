"""A message is posted once, whatever gets lost on the way."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.client import Chat
from bot.model import Embed, Message, Outcome, Refused, Retry, Sent, Uncertainty
from bot.sandbox.discord.models import Channel
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord

POST = Message(
    content="**Roses in May**",
    thread_name="Roses in May",
    embeds=(Embed(title="Roses in May", url="https://garden.example/post/1"),),
    link="https://garden.example/post/1",
)
EARLIER = timedelta(minutes=30)


async def send(
    chat: Chat,
    channel: Channel,
    *,
    uncertain_since: datetime | None = None,
    nonce_holds: bool = False,
    others: frozenset[int] = frozenset(),
) -> Outcome:
    uncertainty = (
        Uncertainty(uncertain_since, others=others, nonce_holds=nonce_holds) if uncertain_since else None
    )
    return await chat.sender.send(channel.id, POST, nonce="test-1", uncertainty=uncertainty)


async def test_a_stored_message_with_a_500_response_is_posted_once(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", status=500, store=True)

    outcome = await send(chat, channel)

    (stored,) = sandbox_discord.messages(channel.id)
    assert outcome == Sent(stored.id)


async def test_a_refusal_after_a_lost_response_stays_uncertain(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", status=500, store=True)
    sandbox_discord.faults.next("send", status=403, code=50013)

    outcome = await send(chat, channel)

    assert isinstance(outcome, Retry)
    assert outcome.uncertain


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("loss", ["cut", "garbage", "503", "another content type"])
async def test_the_nonce_resolves_a_lost_response(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, loss: str, *, stored: bool
) -> None:
    if loss == "cut":
        sandbox_discord.faults.next("send", store=stored, cut=True)
    elif loss == "garbage":
        sandbox_discord.faults.next("send", store=stored, body="{", status=200)
    elif loss == "503":
        sandbox_discord.faults.next("send", store=stored, status=503)
    else:
        sandbox_discord.faults.next("send", store=stored, body="{}", content_type="text/plain", status=200)
    started_at = datetime.now(UTC)

    lost = await send(chat, channel)
    again = await send(chat, channel, uncertain_since=started_at, nonce_holds=True)

    assert isinstance(lost, Retry)
    assert lost.uncertain
    (posts_after_loss,) = sandbox_discord.messages(channel.id)
    assert again == Sent(posts_after_loss.id)


async def test_the_channel_is_searched_after_the_nonce_expires(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    started_at = datetime.now(UTC)
    sandbox_discord.faults.next("send", store=True, cut=True)
    await send(chat, channel)
    sandbox_discord.expire_nonces()
    sandbox_discord.say(channel.id, "https://garden.example/post/1")

    again = await send(chat, channel, uncertain_since=started_at)

    assert isinstance(again, Sent)
    first, _by_a_person = sandbox_discord.messages(channel.id)
    assert again.message_id == first.id


async def test_an_empty_history_counts_only_if_it_comes_twice(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    first = await send(chat, channel)
    sandbox_discord.expire_nonces()
    sandbox_discord.faults.next("history", status=200, body="[]")

    assert await send(chat, channel, uncertain_since=datetime.now(UTC) - EARLIER) == first
    assert len(sandbox_discord.messages(channel.id)) == 1


async def test_a_search_may_begin_before_discords_first_message(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    first = await send(chat, channel)
    sandbox_discord.expire_nonces()

    assert await send(chat, channel, uncertain_since=datetime.fromtimestamp(0, UTC)) == first


async def test_a_message_that_is_not_found_is_sent(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.say(channel.id, "https://garden.example/post/1")

    outcome = await send(chat, channel, uncertain_since=datetime.now(UTC) - EARLIER)

    _by_a_person, stored = sandbox_discord.messages(channel.id)
    assert outcome == Sent(stored.id)


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_another_post_with_the_same_link_is_not_mistaken_for_this_one(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, kind: str
) -> None:
    place = sandbox_discord.add_channel(channel.guild_id, "beds", kind=kind)
    first = await send(chat, place)
    assert isinstance(first, Sent)
    sandbox_discord.expire_nonces()

    second = await send(
        chat, place, uncertain_since=datetime.now(UTC) - EARLIER, others=frozenset({first.message_id})
    )

    assert isinstance(second, Sent)
    assert second.message_id != first.message_id


async def test_a_found_announcement_can_still_be_published(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    news = sandbox_discord.add_channel(channel.guild_id, "announcements", kind="announcement")
    await send(chat, news)

    again = await send(chat, news, uncertain_since=datetime.now(UTC) - EARLIER)

    assert isinstance(again, Sent)
    assert again.publishable
    assert len(sandbox_discord.messages(news.id)) == 1


async def test_the_bot_does_not_resend_where_it_cannot_search(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    await send(chat, channel)
    sandbox_discord.set_permissions(channel.id, deny=Permission.READ_MESSAGE_HISTORY)

    again = await send(chat, channel, uncertain_since=datetime.now(UTC) - EARLIER)

    assert isinstance(again, Refused)
    assert "Read Message History" in again.reason
    assert len(sandbox_discord.messages(channel.id)) == 1


async def test_a_failed_search_stays_uncertain(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("history", status=503)

    outcome = await send(chat, channel, uncertain_since=datetime.now(UTC) - EARLIER)

    assert isinstance(outcome, Retry)
    assert outcome.uncertain
    assert not sandbox_discord.messages(channel.id)


async def test_a_message_that_a_moderator_deleted_is_not_sent_again(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    started_at = datetime.now(UTC)
    sandbox_discord.faults.next("send", store=True, cut=True)
    await send(chat, channel)
    sandbox_discord.delete_message(sandbox_discord.messages(channel.id)[0])

    again = await send(chat, channel, uncertain_since=started_at, nonce_holds=True)

    assert again == Sent(message_id=0)
    assert not sandbox_discord.messages(channel.id)


async def test_a_failure_before_the_send_is_certain(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("channel", cut=True, times=2)  # aiohttp repeats a GET once

    outcome = await send(chat, channel)

    assert isinstance(outcome, Retry)
    assert not outcome.uncertain


async def test_a_send_that_never_reached_discord_is_certain(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    await send(chat, channel)
    await sandbox_discord.stop()
    await send(chat, channel)  # perhaps on the connection that was kept, and then in doubt

    outcome = await send(chat, channel)

    assert outcome == Retry("Discord can't be reached; check the network.")
