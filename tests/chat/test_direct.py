"""Notices in direct messages: to the member who added the feed, while they manage the server."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.client import Chat
from bot.model import ChannelDeclaration, FeedDeclaration, Outcome, PollResult, Refused, Retry, SiteBudget
from bot.relay.notify import Notifier
from bot.sandbox.discord.models import ChannelKind, StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.notices import GATHER_TIME
from bot.store.store import Store
from tests.chat.conftest import Opened
from tests.chat.followed_server import FollowedServer, create_followed_server
from tests.store.conftest import GARDEN
from tests.store.conftest import Services as Journal

TEXT = "**garden.example/rss**: It is gone."


@pytest.fixture
async def server(
    tmp_path: Path, sandbox_discord: SandboxDiscord, opened: Opened
) -> AsyncIterator[FollowedServer]:
    """A server whose admin added a feed that has ended."""
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        server = create_followed_server(sandbox_discord, opened, Journal(store))
        await store.subscriptions.subscribe(
            FeedDeclaration(GARDEN),
            ChannelDeclaration(server.news.id),
            server.guild.id,
            site="garden.example",
            budget=SiteBudget(2, timedelta()),
            limit=100,
            now=server.journal.now,
            added_by=server.admin.id,
        )
        ended = PollResult(server.journal.now, error="It is gone.", ended=True)
        await store.feeds.settle_failed(1, ended, server.journal.now)
        server.journal.now += GATHER_TIME
        yield server


@pytest.fixture
async def chat(server: FollowedServer) -> AsyncIterator[Chat]:
    """A bot that is logged in for sending."""
    chat = Chat(server.discord.token, api_url=server.discord.api_url, on_open=server.opened.add)
    await chat.login()
    yield chat
    await chat.close()


async def notify(server: FollowedServer, chat: Chat) -> dict[ChannelKind, list[StoredMessage]]:
    """Send what is due; return the messages by kind of channel."""
    notifier = Notifier(
        server.store.notices, chat.sender, chat.open_direct, "test", lambda: server.journal.now
    )
    while await notifier.tick():
        await notifier.drain()
    found: dict[ChannelKind, list[StoredMessage]] = {}
    for message in server.discord.all_messages():
        found.setdefault(server.discord.channels[message.channel_id].kind, []).append(message)
    return found


async def test_whoever_added_the_feed_gets_its_notices_in_a_direct_message(
    server: FollowedServer, chat: Chat
) -> None:
    found = await notify(server, chat)

    (message,) = found.pop(ChannelKind.DIRECT)
    assert not found
    assert server.discord.channels[message.channel_id].owner_id == server.admin.id
    assert message.content.splitlines() == [
        TEXT,
        (
            f"You get this because you added feeds in <#{server.news.id}>."
            " To get it in a channel, choose one there with `/notices`."
        ),
    ]


@pytest.mark.parametrize("reason", ["closed", "demoted", "left"])
async def test_if_the_member_cannot_get_it_the_notice_goes_to_the_channel_that_follows_the_feed(
    server: FollowedServer, chat: Chat, reason: str
) -> None:
    if reason == "closed":
        server.discord.without_direct.add(server.admin.id)
    elif reason == "demoted":
        server.discord.set_roles(server.guild.id, server.admin, ())
    else:
        del server.discord.members[server.guild.id, server.admin.id]

    found = await notify(server, chat)

    assert [message.content for message in found[ChannelKind.TEXT]] == [TEXT]
    assert ChannelKind.DIRECT not in found


async def test_a_refused_lookup_is_no_direct_message_and_a_cut_connection_a_later_one(
    server: FollowedServer, chat: Chat
) -> None:
    server.discord.faults.next("open direct", cut=True)
    server.discord.faults.next("member", status=403, code=50001)

    refused: int | Outcome = await chat.open_direct(server.guild.id, server.admin.id)
    busy = await chat.open_direct(server.guild.id, server.admin.id)

    assert isinstance(refused, Refused)
    assert isinstance(busy, Retry)


async def test_a_lost_direct_message_is_found_after_its_nonce_has_expired(
    server: FollowedServer, chat: Chat
) -> None:
    server.discord.faults.next("send", store=True, cut=True)
    await notify(server, chat)
    server.discord.expire_nonces()
    server.journal.now += timedelta(hours=1)

    found = await notify(server, chat)

    assert len(found[ChannelKind.DIRECT]) == 1


@pytest.mark.parametrize("is_of_a_team", [False, True])
async def test_the_bots_owner_is_notified_when_backups_fail(
    server: FollowedServer, chat: Chat, *, is_of_a_team: bool
) -> None:
    owner = server.discord.owner
    if is_of_a_team:
        owner = server.discord.team_owner = server.discord.add_member(server.guild.id, "Rowan")
    await server.store.notices.report_backup("The disk is *full*.", server.journal.now)

    found = await notify(server, chat)

    own = [
        message
        for message in found[ChannelKind.DIRECT]
        if server.discord.channels[message.channel_id].owner_id == owner.id
    ]
    assert [message.content.splitlines() for message in own] == [
        [
            r"The daily backup of the bot's database failed: The disk is \*full\*. The bot tries again.",
            "You get this because the bot is yours. See how it is with `feed-relay status`.",
        ]
    ]


async def test_a_notice_that_the_owner_refuses_goes_nowhere_else(server: FollowedServer, chat: Chat) -> None:
    server.discord.without_direct.add(server.discord.owner.id)
    await server.store.notices.report_backup("The disk is full.", server.journal.now)

    found = await notify(server, chat)

    assert "backup" not in " ".join(message.content for messages in found.values() for message in messages)
