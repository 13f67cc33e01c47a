"""The gateway, with the real client and with a bare WebSocket."""

import zlib
from typing import Any, ClassVar

import aiohttp
import discord
import pytest

from bot.sandbox.discord.models import Channel, Guild
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot, Login


class ZlibContext:
    """Decompresses zlib-stream, as discord.py does without zstandard."""

    COMPRESSION_TYPE: ClassVar[str] = "zlib-stream"

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()

    def decompress(self, data: bytes, /) -> str | None:
        assert data.endswith(b"\x00\x00\xff\xff")
        return self._stream.decompress(data).decode()


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("Garden club")


@pytest.fixture
def news(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(guild.id, "news")


async def saw(server: SandboxDiscord, client: Bot, event: str, times: int = 1) -> None:
    """Wait until the client dispatched an event."""
    await server.wait_for(lambda: client.seen.count(event) >= times)


async def test_changes_of_channels_reach_the_client(
    sandbox_discord: SandboxDiscord, guild: Guild, news: Channel, connect: Login
) -> None:
    client = await connect()

    added = sandbox_discord.add_channel(guild.id, "forum", kind="forum", tags=("roses",))
    await saw(sandbox_discord, client, "guild_channel_create")
    sandbox_discord.set_permissions(news.id, deny=Permission.EMBED_LINKS)
    await saw(sandbox_discord, client, "guild_channel_update")
    channel = client.get_channel(news.id)
    assert isinstance(channel, discord.TextChannel)
    may = channel.permissions_for(channel.guild.me)
    sandbox_discord.delete_channel(news.id)
    await saw(sandbox_discord, client, "guild_channel_delete")

    forum = client.get_channel(added.id)
    assert isinstance(forum, discord.ForumChannel)
    assert [tag.name for tag in forum.available_tags] == ["roses"]
    assert (may.view_channel, may.send_messages, may.embed_links) == (True, True, False)
    assert client.get_channel(news.id) is None


async def test_changes_of_roles_and_threads_reach_the_client(
    sandbox_discord: SandboxDiscord, guild: Guild, news: Channel, connect: Login
) -> None:
    client = await connect()

    role = sandbox_discord.add_role(guild.id, "bees", permissions=Permission.MANAGE_THREADS)
    await saw(sandbox_discord, client, "guild_role_create")
    sandbox_discord.set_roles(guild.id, sandbox_discord.bot, (role,))
    await saw(sandbox_discord, client, "member_update")
    thread = sandbox_discord.add_thread(news.id, "Bed 1")
    await saw(sandbox_discord, client, "thread_create")
    me = client.guilds[0].me
    with_role = me.guild_permissions.manage_threads
    sandbox_discord.change_channel(thread.id, archived=True)
    await saw(sandbox_discord, client, "thread_update")
    sandbox_discord.delete_role(role.id)
    await saw(sandbox_discord, client, "guild_role_delete")

    assert with_role
    assert not client.guilds[0].me.guild_permissions.manage_threads


async def test_an_outage_is_not_a_removal(
    sandbox_discord: SandboxDiscord, guild: Guild, connect: Login
) -> None:
    client = await connect()

    down = sandbox_discord.outage(guild)
    await saw(sandbox_discord, client, "guild_unavailable")
    still_there = [each.id for each in client.guilds]
    up = sandbox_discord.recover(down)
    await saw(sandbox_discord, client, "guild_available")
    left = sandbox_discord.remove_bot(up)
    await saw(sandbox_discord, client, "guild_remove")
    gone = list(client.guilds)
    sandbox_discord.invite_bot(left)
    await saw(sandbox_discord, client, "guild_join")

    assert still_there == [guild.id]
    assert gone == []
    assert len(client.guilds) == 1


async def test_messages_reach_only_clients_with_the_intent(
    sandbox_discord: SandboxDiscord, guild: Guild, news: Channel, connect: Login
) -> None:
    quiet = await connect()
    loud = await connect(intents=discord.Intents(guilds=True, guild_messages=True))

    sandbox_discord.say(news.id, "hello")
    await saw(sandbox_discord, loud, "message")
    sandbox_discord.add_role(guild.id, "a later event")
    await saw(sandbox_discord, quiet, "guild_role_create")

    assert "message" not in quiet.seen


async def test_a_cut_connection_is_resumed_with_the_missed_events(
    sandbox_discord: SandboxDiscord, guild: Guild, connect: Login
) -> None:
    client = await connect()

    sandbox_discord.cut_gateway()
    await sandbox_discord.wait_for(lambda: not sandbox_discord.gateway.connected_shards)
    missed = sandbox_discord.add_channel(guild.id, "missed")
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.resumed)
    await saw(sandbox_discord, client, "guild_channel_create")

    assert client.get_channel(missed.id) is not None
    assert sandbox_discord.gateway.identified == 1


async def test_a_client_that_is_asked_to_reconnect_resumes(
    sandbox_discord: SandboxDiscord, guild: Guild, connect: Login
) -> None:
    client = await connect()

    sandbox_discord.reconnect_gateway()
    await saw(sandbox_discord, client, "resumed")
    sandbox_discord.add_channel(guild.id, "later")
    await saw(sandbox_discord, client, "guild_channel_create")

    assert (sandbox_discord.gateway.identified, sandbox_discord.gateway.resumed) == (1, 1)


async def test_after_an_invalid_session_the_client_identifies_again(
    sandbox_discord: SandboxDiscord, guild: Guild, connect: Login
) -> None:
    client = await connect()

    sandbox_discord.invalidate_sessions()
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.identified == 2)
    await saw(sandbox_discord, client, "ready", times=2)

    assert [each.id for each in client.guilds] == [guild.id]


async def test_the_client_compresses_with_zstd(
    sandbox_discord: SandboxDiscord, guild: Guild, connect: Login
) -> None:
    client = await connect()

    assert sandbox_discord.gateway.compressions == {"zstd-stream"}
    assert [each.id for each in client.guilds] == [guild.id]


async def test_the_client_compresses_with_zlib(
    sandbox_discord: SandboxDiscord, guild: Guild, connect: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.utils, "_ActiveDecompressionContext", ZlibContext)

    client = await connect()

    assert sandbox_discord.gateway.compressions == {"zlib-stream"}
    assert [each.id for each in client.guilds] == [guild.id]


async def test_each_shard_has_its_own_servers(sandbox_discord: SandboxDiscord, connect: Login) -> None:
    first = sandbox_discord.add_guild("Even", id=2 << 22)
    second = sandbox_discord.add_guild("Odd", id=3 << 22)

    client = await connect(shard_count=2)

    shards = {each.id: each.shard_id for each in client.guilds}
    assert shards == {first.id: 0, second.id: 1}
    assert sandbox_discord.gateway.connected_shards == 2


async def connected(server: SandboxDiscord, http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """Return a bare connection after HELLO."""
    socket = await http.ws_connect(server.gateway_url)
    assert (await socket.receive_json())["op"] == 10
    return socket


def identify(**data: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"op": 2, "d": {"intents": 1, **data}}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (identify(token="wrong"), 4004),
        (identify(token="sandbox.token.of-no-worth", intents=1 << 15), 4014),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
    ],
)
async def test_an_invalid_message_closes_the_connection(
    sandbox_discord: SandboxDiscord, message: dict[str, Any], code: int
) -> None:
    async with aiohttp.ClientSession() as http, await connected(sandbox_discord, http) as socket:
        await socket.send_json(message)
        closed = await socket.receive()

    assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_a_heartbeat_is_acknowledged_and_an_unknown_session_is_invalid(
    sandbox_discord: SandboxDiscord,
) -> None:
    async with aiohttp.ClientSession() as http, await connected(sandbox_discord, http) as socket:
        await socket.send_json({"op": 1, "d": None})
        acknowledged = await socket.receive_json()
        resume = {"token": sandbox_discord.token, "session_id": "gone", "seq": 1}
        await socket.send_json({"op": 6, "d": resume})
        invalid = await socket.receive_json()

    assert acknowledged["op"] == 11
    assert (invalid["op"], invalid["d"]) == (9, False)
