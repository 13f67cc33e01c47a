"""Who may view a channel, rule by rule, with discord.py's own objects."""

from copy import copy

import discord
import pytest

from bot.chat.client import Chat
from bot.chat.commands.common.access import Access, check_access
from bot.chat.commands.member.visibility import is_for_everyone
from bot.chat.threads import Threads
from bot.sandbox.discord import payloads
from bot.sandbox.discord.models import Channel, ChannelKind, User
from bot.sandbox.discord.permissions import Permission
from tests.chat.commands.conftest import NOW, ServerFixture

VIEW = Permission.VIEW_CHANNEL


@pytest.fixture
def known(server: ServerFixture, running_chat: Chat) -> discord.Guild:
    """The guild as the gateway knows it."""
    assert running_chat._gateway is not None
    found = running_chat._gateway.get_guild(server.guild.id)
    assert found is not None
    return found


def member(server: ServerFixture, known: discord.Guild, user: User) -> discord.Member:
    """Return a member as an interaction has them."""
    data = payloads.member(server.discord.members[server.guild.id, user.id])
    return discord.Member(data=data, guild=known, state=known._state)  # type: ignore[arg-type]  # JSON


async def access(
    server: ServerFixture,
    known: discord.Guild,
    channel: Channel,
    user: User | None = None,
    *,
    history: bool = False,
) -> Access:
    """Return the access once the gateway knows the channel's current state."""
    reply = server.discord.add_channel(server.guild.id, "last")
    while known.get_channel(reply.id) is None:
        await known.fetch_roles()  # a round trip; events come in order
    found = known.get_channel_or_thread(channel.id)
    return check_access(member(server, known, user or server.member), found, server.talk.id, history=history)


@pytest.mark.parametrize("kind", ["text", "announcement", "forum", "voice", "stage"])
async def test_every_kind_of_channel_is_viewed_by_the_same_rules(
    server: ServerFixture, known: discord.Guild, kind: str
) -> None:
    channel = server.discord.add_channel(server.guild.id, "beds", kind=kind)

    assert await access(server, known, channel) is Access.YES
    server.discord.set_permissions(channel.id, deny=VIEW, target=server.member)
    assert await access(server, known, channel) is Access.NO


@pytest.mark.parametrize("kind", [ChannelKind.VOICE, ChannelKind.STAGE])
async def test_the_chat_of_a_voice_channel_requires_permission_to_connect(
    server: ServerFixture, known: discord.Guild, kind: ChannelKind
) -> None:
    channel = server.discord.add_channel(server.guild.id, "beds", kind=kind)
    server.discord.set_permissions(channel.id, deny=Permission.CONNECT, target=server.member)

    assert await access(server, known, channel) is Access.NO
    assert not is_for_everyone(known.get_channel(channel.id))


async def test_an_overwrite_for_a_member_beats_one_for_their_roles(
    server: ServerFixture, known: discord.Guild
) -> None:
    role = server.discord.add_role(server.guild.id, "seedlings")
    server.discord.set_roles(server.guild.id, server.member, (role,))
    server.discord.set_permissions(server.news.id, deny=VIEW, target=role)
    assert await access(server, known, server.news) is Access.NO

    server.discord.set_permissions(server.news.id, allow=VIEW, target=server.member)
    assert await access(server, known, server.news) is Access.YES


async def test_owner_and_administrators_see_every_channel(
    server: ServerFixture, known: discord.Guild
) -> None:
    everyone = server.discord.roles[server.guild.id]
    server.discord.set_permissions(server.news.id, deny=VIEW, target=everyone)
    chief = server.discord.add_role(server.guild.id, "chief", permissions=Permission.ADMINISTRATOR)
    server.discord.set_roles(server.guild.id, server.member, (chief,))

    assert await access(server, known, server.news) is Access.YES
    assert await access(server, known, server.news, server.discord.owner) is Access.YES
    assert await access(server, known, server.news, server.admin) is Access.NO


async def test_a_public_thread_is_for_everyone_who_sees_its_channel(
    server: ServerFixture, known: discord.Guild
) -> None:
    thread = server.discord.add_thread(server.news.id, "beds")
    assert await access(server, known, thread) is Access.YES

    server.discord.set_permissions(server.news.id, deny=VIEW, target=server.member)
    assert await access(server, known, thread) is Access.NO


async def test_a_private_thread_is_for_members_who_see_its_channel(
    server: ServerFixture, known: discord.Guild
) -> None:
    thread = server.discord.add_thread(server.news.id, "beds", members=(server.discord.bot, server.member))
    assert await access(server, known, thread) is Access.IF_MEMBER

    server.discord.set_permissions(server.news.id, allow=Permission.MANAGE_THREADS, target=server.member)
    assert await access(server, known, thread) is Access.YES

    server.discord.set_permissions(server.news.id, deny=VIEW, target=server.member)
    assert await access(server, known, thread) is Access.NO


async def test_old_messages_require_the_history_permission(
    server: ServerFixture, known: discord.Guild
) -> None:
    server.discord.set_permissions(server.news.id, deny=Permission.READ_MESSAGE_HISTORY, target=server.member)

    assert await access(server, known, server.news) is Access.YES
    assert await access(server, known, server.news, history=True) is Access.NO


async def test_a_user_without_known_roles_sees_nothing(server: ServerFixture, known: discord.Guild) -> None:
    user = discord.User(data=payloads.user(server.member), state=known._state)  # type: ignore[arg-type]  # JSON

    assert check_access(user, known.get_channel(server.news.id), server.news.id) is Access.NO


async def test_an_unknown_channel_is_hidden(server: ServerFixture, known: discord.Guild) -> None:
    assert check_access(member(server, known, server.discord.owner), None, None) is Access.NO
    assert not is_for_everyone(None)


async def test_a_channel_is_for_everyone_while_nobody_is_denied_it(
    server: ServerFixture, known: discord.Guild
) -> None:
    async def is_open(channel: Channel) -> bool:
        await access(server, known, channel)
        return is_for_everyone(known.get_channel_or_thread(channel.id))

    thread = server.discord.add_thread(server.news.id, "beds")
    private = server.discord.add_thread(server.news.id, "beds", members=(server.discord.bot,))
    assert [await is_open(each) for each in (server.news, thread, private)] == [True, True, False]

    server.discord.set_permissions(server.news.id, deny=VIEW, target=server.admin)
    assert [await is_open(each) for each in (server.news, thread)] == [False, False]

    server.discord.set_permissions(server.news.id, target=server.admin)
    server.discord.change_role(server.guild.id, Permission.SEND_MESSAGES)
    assert not await is_open(server.news)


async def test_an_archived_thread_is_fetched_again_in_a_new_session(
    server: ServerFixture, known: discord.Guild
) -> None:
    """The cached thread would have the guild, and so the permissions, of the old session."""
    thread = server.discord.add_thread(server.news.id, "beds", archived=True)
    threads = Threads()

    found = await threads.find_archived(known, thread.id, NOW)

    assert found is not None
    assert found.id == thread.id
    assert threads.knows_archived(known, thread.id, NOW)
    assert not threads.knows_archived(copy(known), thread.id, NOW)
