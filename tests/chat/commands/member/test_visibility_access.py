"""Who may view a channel, rule by rule, by discord.py's own objects."""

from copy import copy

import discord
import pytest

from bot.chat.client import Chat
from bot.chat.commands.member.visibility import Access, check_access, is_for_everyone
from bot.chat.threads import Threads
from bot.sandbox.discord import payloads
from bot.sandbox.discord.models import Channel, ChannelKind, User
from bot.sandbox.discord.permissions import Permission
from tests.chat.commands.conftest import NOW, Town

VIEW = Permission.VIEW_CHANNEL


@pytest.fixture
def known(town: Town, answering: Chat) -> discord.Guild:
    """As the gateway knows it."""
    assert answering._gateway is not None
    found = answering._gateway.get_guild(town.guild.id)
    assert found is not None
    return found


def member(town: Town, known: discord.Guild, user: User) -> discord.Member:
    """As an interaction brings them."""
    data = payloads.member(town.discord.members[town.guild.id, user.id])
    return discord.Member(data=data, guild=known, state=known._state)  # type: ignore[arg-type]  # JSON


async def access(
    town: Town, known: discord.Guild, channel: Channel, user: User | None = None, *, history: bool = False
) -> Access:
    """Once the gateway has told of the channel as it is."""
    told = town.discord.add_channel(town.guild.id, "last")
    while known.get_channel(told.id) is None:
        await known.fetch_roles()  # a round trip; events come in order
    found = known.get_channel_or_thread(channel.id)
    return check_access(member(town, known, user or town.member), found, town.talk.id, history=history)


@pytest.mark.parametrize("kind", ["text", "announcement", "forum", "voice", "stage"])
async def test_every_kind_of_channel_is_viewed_by_the_same_rules(
    town: Town, known: discord.Guild, kind: str
) -> None:
    channel = town.discord.add_channel(town.guild.id, "beds", kind=kind)

    assert await access(town, known, channel) is Access.YES
    town.discord.set_permissions(channel.id, deny=VIEW, target=town.member)
    assert await access(town, known, channel) is Access.NO


@pytest.mark.parametrize("kind", [ChannelKind.VOICE, ChannelKind.STAGE])
async def test_the_chat_of_a_voice_channel_is_for_who_may_connect(
    town: Town, known: discord.Guild, kind: ChannelKind
) -> None:
    channel = town.discord.add_channel(town.guild.id, "beds", kind=kind)
    town.discord.set_permissions(channel.id, deny=Permission.CONNECT, target=town.member)

    assert await access(town, known, channel) is Access.NO
    assert not is_for_everyone(known.get_channel(channel.id))


async def test_what_a_member_is_granted_beats_what_their_roles_are_denied(
    town: Town, known: discord.Guild
) -> None:
    role = town.discord.add_role(town.guild.id, "seedlings")
    town.discord.set_roles(town.guild.id, town.member, (role,))
    town.discord.set_permissions(town.news.id, deny=VIEW, target=role)
    assert await access(town, known, town.news) is Access.NO

    town.discord.set_permissions(town.news.id, allow=VIEW, target=town.member)
    assert await access(town, known, town.news) is Access.YES


async def test_owner_and_administrators_see_every_channel(town: Town, known: discord.Guild) -> None:
    everyone = town.discord.roles[town.guild.id]
    town.discord.set_permissions(town.news.id, deny=VIEW, target=everyone)
    chief = town.discord.add_role(town.guild.id, "chief", permissions=Permission.ADMINISTRATOR)
    town.discord.set_roles(town.guild.id, town.member, (chief,))

    assert await access(town, known, town.news) is Access.YES
    assert await access(town, known, town.news, town.discord.owner) is Access.YES
    assert await access(town, known, town.news, town.admin) is Access.NO


async def test_a_public_thread_is_seen_by_who_sees_its_channel(town: Town, known: discord.Guild) -> None:
    thread = town.discord.add_thread(town.news.id, "beds")
    assert await access(town, known, thread) is Access.YES

    town.discord.set_permissions(town.news.id, deny=VIEW, target=town.member)
    assert await access(town, known, thread) is Access.NO


async def test_a_private_thread_is_for_its_members_where_they_see_its_channel(
    town: Town, known: discord.Guild
) -> None:
    thread = town.discord.add_thread(town.news.id, "beds", members=(town.discord.bot, town.member))
    assert await access(town, known, thread) is Access.IF_MEMBER

    town.discord.set_permissions(town.news.id, allow=Permission.MANAGE_THREADS, target=town.member)
    assert await access(town, known, thread) is Access.YES

    town.discord.set_permissions(town.news.id, deny=VIEW, target=town.member)
    assert await access(town, known, thread) is Access.NO


async def test_what_was_said_before_is_for_who_may_read_the_history(town: Town, known: discord.Guild) -> None:
    town.discord.set_permissions(town.news.id, deny=Permission.READ_MESSAGE_HISTORY, target=town.member)

    assert await access(town, known, town.news) is Access.YES
    assert await access(town, known, town.news, history=True) is Access.NO


async def test_a_user_of_whom_no_roles_are_known_sees_nothing(town: Town, known: discord.Guild) -> None:
    user = discord.User(data=payloads.user(town.member), state=known._state)  # type: ignore[arg-type]  # JSON

    assert check_access(user, known.get_channel(town.news.id), town.news.id) is Access.NO


async def test_a_channel_that_nobody_knows_is_seen_by_nobody(town: Town, known: discord.Guild) -> None:
    assert check_access(member(town, known, town.discord.owner), None, None) is Access.NO
    assert not is_for_everyone(None)


async def test_a_channel_is_everybodys_while_nobody_is_denied_it(town: Town, known: discord.Guild) -> None:
    async def is_open(channel: Channel) -> bool:
        await access(town, known, channel)
        return is_for_everyone(known.get_channel_or_thread(channel.id))

    thread = town.discord.add_thread(town.news.id, "beds")
    private = town.discord.add_thread(town.news.id, "beds", members=(town.discord.bot,))
    assert [await is_open(each) for each in (town.news, thread, private)] == [True, True, False]

    town.discord.set_permissions(town.news.id, deny=VIEW, target=town.admin)
    assert [await is_open(each) for each in (town.news, thread)] == [False, False]

    town.discord.set_permissions(town.news.id, target=town.admin)
    town.discord.change_role(town.guild.id, Permission.SEND_MESSAGES)
    assert not await is_open(town.news)


async def test_an_archived_thread_is_asked_about_again_after_a_new_session(
    town: Town, known: discord.Guild
) -> None:
    """Its guild, and with it the rights in its channel, would be those of the old session."""
    thread = town.discord.add_thread(town.news.id, "beds", archived=True)
    threads = Threads()

    found = await threads.find_archived(known, thread.id, NOW)

    assert found is not None
    assert found.id == thread.id
    assert threads.knows_archived(known, thread.id, NOW)
    assert not threads.knows_archived(copy(known), thread.id, NOW)
