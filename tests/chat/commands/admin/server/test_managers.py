"""`/server managers`: a role whose members may press the bot's buttons."""

import pytest

from bot.sandbox.discord.models import Role, StoredMessage
from bot.sandbox.discord.permissions import Permission
from bot.store.store import Store
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import NOT_A_MANAGER, NOW, ServerFixture, text_of

pytestmark = pytest.mark.usefixtures("running_chat")

REFUSED = "You need the Manage Server permission for this; ask someone who has it."


@pytest.fixture
def helpers(server: ServerFixture) -> Role:
    """A role that the member has."""
    role = server.discord.add_role(server.guild.id, "helpers")
    server.discord.set_roles(server.guild.id, server.member, (role,))
    return role


async def choose(server: ServerFixture, role: Role) -> StoredMessage:
    answer = await server.run("server managers", {"role": role})
    assert answer.message is not None
    return answer.message


async def open_list(server: ServerFixture, blogs: Blogs) -> StoredMessage:
    """Show the member a list of admins that has a second page."""
    for number in range(20):
        await blogs.follow(f"https://garden.example/{number}")
    answer = await server.run("feed list", user=server.member, force=True)
    assert answer.message is not None
    return answer.message


async def turn(server: ServerFixture, message: StoredMessage) -> str:
    """Turn the page as the member, and return what they read then."""
    pressed = await server.press(message, "Next", user=server.member)
    await server.discord.wait_for(lambda: pressed.kind == 4 or pressed.source != pressed.message)
    return text_of(pressed.message)


async def test_a_member_with_the_role_may_press(server: ServerFixture, blogs: Blogs, helpers: Role) -> None:
    said = await choose(server, helpers)

    assert text_of(said).startswith(f"Members with the role <@&{helpers.id}> or Manage Server may press")
    assert "Page 2" in await turn(server, await open_list(server, blogs))


async def test_without_a_role_a_press_needs_manage_server(server: ServerFixture, blogs: Blogs) -> None:
    assert await turn(server, await open_list(server, blogs)) == NOT_A_MANAGER


async def test_a_member_who_lost_the_role_is_refused_with_the_name_of_the_role(
    server: ServerFixture, blogs: Blogs, helpers: Role
) -> None:
    await choose(server, helpers)
    shown = await open_list(server, blogs)
    server.discord.set_roles(server.guild.id, server.member, ())

    text = await turn(server, shown)

    assert text == (
        f"You need the Manage Server permission or the role <@&{helpers.id}> for this; ask someone who has it."
    )


async def test_the_role_of_another_server_opens_nothing_here(
    server: ServerFixture, store: Store, blogs: Blogs, helpers: Role
) -> None:
    elsewhere = server.discord.add_guild("Observatory")
    await store.guilds.set_managers_role(elsewhere.id, helpers.id)

    assert await turn(server, await open_list(server, blogs)) == NOT_A_MANAGER


async def test_a_deleted_role_opens_nothing_and_is_reported(
    server: ServerFixture, blogs: Blogs, helpers: Role
) -> None:
    await choose(server, helpers)
    shown = await open_list(server, blogs)
    server.discord.delete_role(helpers.id)
    server.discord.set_roles(server.guild.id, server.member, ())

    assert await turn(server, shown) == NOT_A_MANAGER
    assert "was deleted" in await server.reply_to("server managers")


async def test_the_role_may_not_choose_who_presses(
    server: ServerFixture, store: Store, helpers: Role
) -> None:
    said = await choose(server, helpers)
    own = server.discord.add_role(server.guild.id, "friends")

    answer = await server.run("server managers", {"role": own}, user=server.member, force=True)
    pressed = await server.press(said, "No role", user=server.member)

    assert (text_of(answer.message), text_of(pressed.message)) == (REFUSED, REFUSED)
    assert await store.guilds.managers_role(server.guild.id) == helpers.id


async def test_an_admin_takes_the_right_back(server: ServerFixture, store: Store, helpers: Role) -> None:
    said = await choose(server, helpers)

    changed = await server.press_and_wait(said, "No role")

    assert await store.guilds.managers_role(server.guild.id) is None
    assert text_of(changed).startswith("Only members with Manage Server may press the bot's buttons.")
    assert changed.components == ()


async def test_everybodys_role_and_a_role_of_an_app_are_refused(server: ServerFixture, store: Store) -> None:
    everyone = server.discord.roles[server.guild.id]
    own = server.discord.roles[server.guild.bot_role_id]

    for role, words in ((everyone, "Every member has that role"), (own, "decides who gets")):
        assert words in text_of(await choose(server, role))

    assert await store.guilds.managers_role(server.guild.id) is None


async def test_the_role_stays_when_notices_get_a_channel(
    server: ServerFixture, store: Store, helpers: Role
) -> None:
    await choose(server, helpers)
    await store.guilds.set_notices_channel(server.guild.id, server.talk.id)
    await store.guilds.left(server.guild.id, NOW)
    await store.guilds.returned(server.guild.id, NOW)

    assert await store.guilds.managers_role(server.guild.id) == helpers.id


async def test_somebody_with_manage_server_needs_no_role(
    server: ServerFixture, blogs: Blogs, helpers: Role
) -> None:
    await choose(server, helpers)
    owner = server.discord.add_role(server.guild.id, "owners", permissions=Permission.MANAGE_GUILD)
    server.discord.set_roles(server.guild.id, server.member, (owner,))

    assert "Page 2" in await turn(server, await open_list(server, blogs))
