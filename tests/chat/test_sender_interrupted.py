"""The connection breaks at every point of a send, repeatedly; the post is still posted once."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.chat.client import Chat
from bot.model import Embed, Message, Outcome, Refused, Retry, Sent, Uncertainty
from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.server import SandboxDiscord

POST = Message(
    content="**Roses in May**",
    embeds=(Embed(title="Roses in May", url="https://garden.example/post/1"),),
    thread_name="Roses in May",
    link="https://garden.example/post/1",
)
MANY = 8
"""More calls than any script of faults here can break."""


def create_channel(discord: SandboxDiscord, guild: Guild, kind: str) -> Channel:
    if kind == "thread":
        return discord.add_thread(discord.add_channel(guild.id, "beds").id, "roses")
    return discord.add_channel(guild.id, "beds", kind=kind)


async def send_once(
    chat: Chat, place: Channel, uncertain_since: datetime | None, *, by_nonce: bool
) -> Outcome:
    uncertainty = Uncertainty(uncertain_since, nonce_holds=by_nonce) if uncertain_since else None
    return await chat.sender.send(place.id, POST, nonce="test-1", uncertainty=uncertainty)


async def send_until_posted(chat: Chat, place: Channel, *, by_nonce: bool) -> Sent:
    """Send like the relay: pass uncertainty to the next call."""
    uncertain_since: datetime | None = None
    for _ in range(MANY):
        started_at = datetime.now(UTC)
        outcome = await send_once(chat, place, uncertain_since, by_nonce=by_nonce)
        if isinstance(outcome, Sent):
            return outcome
        assert isinstance(outcome, Retry)
        uncertain_since = uncertain_since or (started_at if outcome.uncertain else None)
    raise AssertionError("it never stood")


@pytest.mark.parametrize("by_nonce", [True, False], ids=["by nonce", "by a look"])
@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not stored"])
@pytest.mark.parametrize(
    "broken", ["channel", "guild", "member", "history", "message", "threads", "send", "thread"]
)
@pytest.mark.parametrize("kind", ["text", "announcement", "thread", "forum"])
async def test_a_post_is_sent_once_wherever_the_connection_breaks(
    chat: Chat,
    sandbox_discord: SandboxDiscord,
    guild: Guild,
    kind: str,
    broken: str,
    *,
    stored: bool,
    by_nonce: bool,
) -> None:
    place = create_channel(sandbox_discord, guild, kind)
    sandbox_discord.faults.next("thread" if kind == "forum" else "send", store=stored, cut=True)
    sandbox_discord.faults.next(broken, store=stored, cut=True, times=3)

    outcome = await send_until_posted(chat, place, by_nonce=by_nonce)

    (posts_after_loss,) = sandbox_discord.all_messages()
    assert outcome.message_id == posts_after_loss.id


async def test_uncertainty_in_one_channel_does_not_affect_another(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    beds, paths = (sandbox_discord.add_channel(guild.id, name) for name in ("beds", "paths"))
    sandbox_discord.faults.next("send", channel_id=beds.id, store=True, cut=True)
    sandbox_discord.faults.next("send", channel_id=paths.id, status=403, code=50013)

    lost, refused = await asyncio.gather(
        *(send_once(chat, place, None, by_nonce=True) for place in (beds, paths))
    )

    assert isinstance(lost, Retry)
    assert lost.uncertain
    assert isinstance(refused, Refused)


async def test_a_permission_lost_between_search_and_send_refuses_the_post(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", status=403, code=50013)

    outcome = await send_once(chat, channel, datetime.now(UTC), by_nonce=False)

    assert isinstance(outcome, Refused)
    assert not sandbox_discord.messages(channel.id)


async def test_a_cancelled_send_is_uncertain_for_the_next_call(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", store=True, hang=True)
    started_at = datetime.now(UTC)
    sending = asyncio.create_task(send_once(chat, channel, None, by_nonce=True))
    await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging)

    sending.cancel()
    await asyncio.wait({sending})
    again = await send_once(chat, channel, started_at, by_nonce=False)

    assert sending.cancelled()
    (posts_after_loss,) = sandbox_discord.messages(channel.id)
    assert again == Sent(posts_after_loss.id)
