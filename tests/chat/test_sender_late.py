"""A send whose answer was lost is settled by finding the message, however late or far back it is."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.client import Chat
from bot.model import Delivery, DeliveryState, Entry, Message, Outcome, Retry, Sent, Style, Uncertainty
from bot.relay import retry
from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.rate_limits import Rate
from bot.sandbox.discord.server import SandboxDiscord

POST = Message(
    content="**[Roses](<https://garden.example/post/1>)**",
    thread_name="Roses",
    link="https://garden.example/post/1",
)
DELIVERY = Delivery(1, 1, 1, Entry(), "Garden", Style.COMPACT, (), attempts=0)
MANY = 30
HOUR = timedelta(hours=1)


@dataclass
class Relay:
    """Sends one delivery as the relay does, at times of its own."""

    chat: Chat
    place: Channel
    now: datetime
    delivery: Delivery = DELIVERY

    async def send(self) -> Outcome:
        """Send, settle, and move to the time of the next send."""
        delivery = self.delivery
        since, until = delivery.uncertain_since, delivery.uncertain_until
        arrives_within, nonce_holds = (
            retry.arrives_within(until, self.now),
            retry.nonce_holds(since, self.now),
        )
        uncertainty = Uncertainty(since, until, arrives_within, nonce_holds=nonce_holds) if since else None
        outcome = await self.chat.sender.send(self.place.id, POST, nonce="test-1", uncertainty=uncertainty)
        settled = retry.settle(delivery, outcome, self.now, self.now)
        self.delivery = replace(
            delivery,
            attempts=delivery.attempts + 1,
            uncertain_since=settled.uncertain_since,
            uncertain_until=settled.uncertain_until,
        )
        self.now = settled.due_at if settled.state is DeliveryState.PENDING else self.now
        return outcome


def create_relay(discord: SandboxDiscord, chat: Chat, guild: Guild, kind: str) -> Relay:
    return Relay(chat, discord.add_channel(guild.id, "beds", kind=kind), datetime.now(UTC))


@pytest.mark.parametrize("seconds", [1, 5, 29])
@pytest.mark.parametrize("status", [None, 408, 502])
@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_a_post_that_arrives_after_its_answer_is_lost_is_posted_once(
    chat: Chat,
    sandbox_discord: SandboxDiscord,
    guild: Guild,
    kind: str,
    status: int | None,
    seconds: int,
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, kind)
    arrives_at = relay.now + timedelta(seconds=seconds)
    sandbox_discord.faults.next(
        "thread" if kind == "forum" else "send", late=HOUR.total_seconds(), status=status
    )

    outcomes: list[Outcome] = []
    for _ in range(MANY):
        outcomes.append(await relay.send())
        if isinstance(outcomes[-1], Sent):
            break
        if relay.now >= arrives_at:
            sandbox_discord.faults.finish_late()
    sandbox_discord.faults.finish_late()

    (stored,) = sandbox_discord.all_messages()
    assert outcomes[-1] == Sent(stored.id)


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_a_post_that_never_arrived_is_sent_when_it_can_no_longer_arrive(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, kind)
    relay.delivery = replace(
        relay.delivery, uncertain_since=relay.now - HOUR, uncertain_until=relay.now - timedelta(seconds=1)
    )

    waiting = await relay.send()
    sent_while_waiting = sandbox_discord.all_messages()
    sent = await relay.send()

    assert isinstance(waiting, Retry)
    assert waiting.after == retry.LATE_ARRIVAL - timedelta(seconds=1)
    assert sent_while_waiting == ()
    assert isinstance(sent, Sent)


async def test_a_post_that_has_arrived_is_found_without_waiting(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, "forum")
    sandbox_discord.faults.next("thread", cut=True, store=True)

    lost = await relay.send()
    found = await relay.send()

    assert isinstance(lost, Retry)
    assert lost.lost
    assert isinstance(found, Sent)


async def test_a_search_that_finds_nothing_ends_the_earlier_uncertainty(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, "forum")
    earlier = relay.now - HOUR
    relay.delivery = replace(relay.delivery, uncertain_since=earlier, uncertain_until=earlier)
    sandbox_discord.faults.next("thread", cut=True)
    sent_at = relay.now

    outcome = await relay.send()

    assert isinstance(outcome, Retry)
    assert (outcome.uncertain, outcome.lost, outcome.searched) == (True, True, True)
    assert relay.delivery.uncertain_since == sent_at


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_a_refusal_after_a_search_is_certain(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, kind)
    earlier = relay.now - HOUR
    relay.delivery = replace(relay.delivery, uncertain_since=earlier, uncertain_until=earlier)
    sandbox_discord.faults.next("thread" if kind == "forum" else "send", rate_limited=3600.0)

    outcome = await relay.send()

    assert isinstance(outcome, Retry)
    assert not outcome.uncertain
    assert relay.delivery.uncertain_since is None


async def test_a_message_is_found_more_than_a_thousand_messages_back(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, "text")
    for number in range(1050):
        sandbox_discord.say(relay.place.id, f"before {number}")
    sandbox_discord.faults.next("send", cut=True, store=True)
    await relay.send()
    for number in range(1050):
        sandbox_discord.say(relay.place.id, f"after {number}")
    relay.now += timedelta(minutes=10)

    assert isinstance(await relay.send(), Sent)
    assert len(sandbox_discord.calls("send")) == 1


async def test_a_forum_post_is_found_behind_many_others_of_the_bot(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, "forum")
    sandbox_discord.faults.next("thread", cut=True, store=True)
    await relay.send()
    for number in range(40):
        other = replace(POST, content=f"Tulips {number}", link="")
        await chat.sender.send(relay.place.id, other, nonce=f"{number}")

    assert isinstance(await relay.send(), Sent)
    assert len(sandbox_discord.calls("thread")) == 41


async def test_messages_that_are_too_new_are_not_read(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, "text")
    for number in range(500):
        sandbox_discord.say(relay.place.id, f"after {number}")
    relay.delivery = replace(
        relay.delivery, uncertain_since=relay.now - 10 * HOUR, uncertain_until=relay.now - 9 * HOUR
    )

    assert isinstance(await relay.send(), Sent)
    assert len(sandbox_discord.calls("history")) == 1


async def test_a_search_that_was_interrupted_continues(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild
) -> None:
    """Otherwise a search that takes too long never ends, and the channel gets nothing."""
    relay = create_relay(sandbox_discord, chat, guild, "text")
    for number in range(390):
        sandbox_discord.say(relay.place.id, f"before {number}")
    earlier = relay.now - timedelta(minutes=10)
    relay.delivery = replace(relay.delivery, uncertain_since=earlier, uncertain_until=earlier)
    sandbox_discord.rates.limit("history", Rate(2, 3600.0))

    interrupted = await relay.send()
    sandbox_discord.rates.reset()
    await chat.login()  # a new client knows no limit
    chat.sender.channels.forget_all()
    finished = await relay.send()

    assert isinstance(interrupted, Retry)
    assert interrupted.uncertain
    assert isinstance(finished, Sent)
    assert len(sandbox_discord.calls("history")) == 4


@pytest.mark.parametrize("error", [-HOUR, HOUR], ids=["slow", "fast"])
@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_a_message_is_found_although_the_clock_is_an_hour_wrong(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, kind: str, error: timedelta
) -> None:
    relay = create_relay(sandbox_discord, chat, guild, kind)
    relay.now += error
    sandbox_discord.faults.next("thread" if kind == "forum" else "send", cut=True, store=True)
    await relay.send()
    relay.now += timedelta(minutes=10)

    assert isinstance(await relay.send(), Sent)
    assert len(sandbox_discord.all_messages()) == 1
    assert len(sandbox_discord.calls("thread" if kind == "forum" else "send")) == 1
