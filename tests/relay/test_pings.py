"""At most one ping in the time that a subscription's cool-down says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import ChannelDeclaration, Delivery, Entry, FeedDeclaration, Retry, Style
from bot.relay.deliver import Deliverer
from bot.relay.pings import roles_to_ping
from bot.store.store import Store
from tests.relay.test_deliver import START, URL, FakeSender, budget
from tests.store.conftest import Services, post

HOUR = timedelta(hours=1)
PINGS = Delivery(1, 100, 1, Entry(), "Garden", Style.CARD, (7,), 0, ping_cooldown=HOUR)


@pytest.mark.parametrize(
    ("pinged_before", "roles"),
    [(None, (7,)), (timedelta(), ()), (HOUR / 2, ()), (HOUR, (7,)), (-HOUR, (7,))],
)
def test_a_post_pings_if_none_did_within_the_cooldown(
    pinged_before: timedelta | None, roles: tuple[int, ...]
) -> None:
    delivery = replace(PINGS, pinged_at=None if pinged_before is None else START - pinged_before)

    assert roles_to_ping(delivery, START) == roles


def test_without_a_cooldown_every_post_pings() -> None:
    assert roles_to_ping(replace(PINGS, ping_cooldown=timedelta(), pinged_at=START), START) == (7,)


def test_a_repeated_send_pings_as_the_first_one_did() -> None:
    """Its message may have arrived, and is looked for by its words."""
    uncertain = replace(PINGS, pinged_at=START - HOUR / 2, uncertain_since=START)

    assert roles_to_ping(uncertain, START + HOUR) == ()


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        channel = ChannelDeclaration(100, mention_roles=(7,), ping_cooldown=HOUR)
        declared = [FeedDeclaration(URL, channels=(channel,))]
        await store.subscriptions.sync(declared, lambda _: "garden.example", budget, START)
        opened = Services(store)
        await opened.poll()
        yield opened


async def send_all(services: Services, sender: FakeSender) -> None:
    """Send what is due, as a bot that was just started."""
    deliverer = Deliverer(services.store.outbox, sender, 400, "abcd", lambda: services.now, lambda: None)
    while await deliverer.tick():
        await deliverer.drain()


def pinged(sender: FakeSender) -> list[tuple[int, ...]]:
    return [message.mention_roles for message in sender.messages]


async def test_the_cooldown_survives_restarts(services: Services) -> None:
    sent = FakeSender()
    for number in (1, 2):
        await services.poll(*map(post, range(1, number + 1)))
        await send_all(services, sent)
    services.now += HOUR
    await services.poll(post(1), post(2), post(3))
    await send_all(services, sent)

    assert pinged(sent) == [(7,), (), (7,)]


async def test_a_send_that_failed_has_not_pinged(services: Services) -> None:
    sent = FakeSender()
    sent.outcomes.append(Retry("The connection broke.", after=timedelta()))
    await services.poll(post(1))
    await send_all(services, sent)

    assert pinged(sent) == [(7,), (7,)]
