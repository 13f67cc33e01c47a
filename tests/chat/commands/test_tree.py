"""Which commands are registered and when, and that everybody gets an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from structlog.typing import EventDict

from bot.chat import command_sync
from bot.chat.command_sync import are_same
from bot.chat.services import Services, ServiceSettings
from bot.sandbox.discord import commands
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.models import Json, Upload
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.conftest import ServerFixture, Web, run_chat, text_of
from tests.chat.conftest import Opened

ADMIN_COMMANDS = {
    "feed add": {"url": "garden.example"},
    "feed list": {},
    "feed status": {},
    "feed settings": {"feed": "Garden Notes"},
    "feed remove": {"feed": "Garden Notes"},
    "feed move": {"feed": "Garden Notes", "to": "#talk"},
    "feed import": {"file": Upload(1, "feeds.opml", b"")},
    "feed export": {},
    "feed copy": {"from": "#news", "to": "#talk"},
    "feed url": {"feed": "Garden Notes", "url": "garden.example"},
    "feed pause": {"feed": "Garden Notes"},
    "feed resume": {"feed": "Garden Notes"},
    "feed test": {"feed": "Garden Notes"},
    "follow add": {"tag": "beans"},
    "follow remove": {"tag": "beans"},
    "follow exclude": {"tag": "beans"},
    "follow list": {},
    "server show": {},
    "server settings": {"time_zone": "UTC"},
    "server managers": {},
    "notices": {},
    "why": {"link": "https://garden.example/1"},
}
MEMBER_COMMANDS: dict[str, dict[str, OptionValue]] = {
    "search": {"query": "beans"},
    "latest": {},
    "tags": {},
    "help": {},
}
ADMIN_MENU = ("Why is this here?",)
MEMBER_MENU = ("More from this blog", "More with these tags")
"""Commands in the menu of a message."""
EVERY_COMMAND = {**ADMIN_COMMANDS, **MEMBER_COMMANDS}


Start = Callable[[ServiceSettings], Awaitable[None]]


@pytest.fixture
def start(
    sandbox_discord: SandboxDiscord, services: Services, opened: Opened, server: ServerFixture
) -> Start:
    """Return a function that runs the bot with some settings until its commands are registered."""

    async def run(settings: ServiceSettings) -> None:
        async with run_chat(sandbox_discord, replace(services, settings=settings), opened, server):
            under_way = [each for each in asyncio.all_tasks() if each.get_name() == "register commands"]
            await asyncio.gather(*under_way)

    return run


def registered(discord: SandboxDiscord, guild_id: int | None = None) -> list[str]:
    return sorted(each["name"] for each in discord.commands.get(guild_id, {}).values())


ALL = [
    "More from this blog",
    "More with these tags",
    "Why is this here?",
    "feed",
    "follow",
    "help",
    "latest",
    "notices",
    "search",
    "server",
    "tags",
    "why",
]


async def test_commands_are_registered_for_all_servers(sandbox_discord: SandboxDiscord, start: Start) -> None:
    await start(ServiceSettings())

    assert registered(sandbox_discord) == ALL


async def test_a_start_that_changes_nothing_registers_nothing(
    sandbox_discord: SandboxDiscord, start: Start
) -> None:
    await start(ServiceSettings())
    before = len(sandbox_discord.calls("register"))

    await start(ServiceSettings())

    assert len(sandbox_discord.calls("register")) == before == 1


async def test_commands_that_somebody_else_registered_are_replaced(
    sandbox_discord: SandboxDiscord, start: Start
) -> None:
    await start(ServiceSettings())
    (feed,) = [each for each in sandbox_discord.commands[None].values() if each["name"] == "feed"]
    feed["description"] = "Something older"

    await start(ServiceSettings())

    (now,) = [each for each in sandbox_discord.commands[None].values() if each["name"] == "feed"]
    assert now["description"] == "Manage the feeds that this server follows"


async def test_with_sync_guilds_commands_are_only_registered_there(
    sandbox_discord: SandboxDiscord, server: ServerFixture, start: Start
) -> None:
    await start(ServiceSettings())

    await start(ServiceSettings(sync_guilds=(server.guild.id,)))

    assert registered(sandbox_discord) == []
    assert registered(sandbox_discord, server.guild.id) == ALL


async def test_no_server_has_commands_twice_after_sync_guilds_changes_back(
    sandbox_discord: SandboxDiscord, server: ServerFixture, start: Start
) -> None:
    await start(ServiceSettings(sync_guilds=(server.guild.id,)))

    await start(ServiceSettings())

    assert registered(sandbox_discord) == ALL
    assert registered(sandbox_discord, server.guild.id) == []


async def test_a_server_that_has_not_invited_the_bot_is_logged(
    sandbox_discord: SandboxDiscord, server: ServerFixture, start: Start, logged: list[EventDict]
) -> None:
    elsewhere = sandbox_discord.add_guild("Observatory", has_bot=False)

    await start(ServiceSettings(sync_guilds=(elsewhere.id, server.guild.id)))

    assert registered(sandbox_discord, server.guild.id) == ALL
    assert [each["guild"] for each in logged if "invite the bot there" in each["event"]] == [elsewhere.id]


async def test_a_server_of_sync_guilds_gets_commands_when_it_invites_the_bot(
    sandbox_discord: SandboxDiscord, server: ServerFixture, services: Services, opened: Opened
) -> None:
    elsewhere = sandbox_discord.add_guild("Observatory", has_bot=False)
    settings = ServiceSettings(sync_guilds=(elsewhere.id,))

    async with run_chat(sandbox_discord, replace(services, settings=settings), opened, server):
        await opened.wait_for(server.news.id)
        sandbox_discord.invite_bot(elsewhere)
        await sandbox_discord.wait_for(lambda: registered(sandbox_discord, elsewhere.id))

    assert registered(sandbox_discord, elsewhere.id) == ALL


async def test_a_registration_that_fails_is_tried_again(
    sandbox_discord: SandboxDiscord, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_sync, "RETRY_DELAY", 0.01)
    sandbox_discord.faults.next("commands", status=403, code=50001, message="Missing Access")

    await start(ServiceSettings())

    assert registered(sandbox_discord) == ALL


def test_fields_that_discord_adds_do_not_count_as_changes() -> None:
    ours: Json = {
        "name": "feed",
        "description": "Feeds",
        "type": 1,
        "default_member_permissions": 32,
        "contexts": [0],
        "options": [{"type": 1, "name": "list", "description": "All", "options": [], "required": False}],
    }
    theirs = ours | {
        "id": "1",
        "version": "2",
        "application_id": "3",
        "default_member_permissions": "32",
        "description_localizations": None,
        "nsfw": False,
        "options": [{"type": 1, "name": "list", "description": "All"}],
    }

    assert are_same([ours], [theirs])


def test_the_empty_description_of_a_message_command_is_no_change() -> None:
    ours: Json = {"name": "Why?", "type": 3, "contexts": [0], "name_localizations": {}}

    assert are_same([ours], [ours | {"description": "", "options": []}])


@pytest.mark.parametrize(
    "changed",
    [
        {"description": "Other feeds"},
        {"default_member_permissions": "8"},
        {"contexts": [0, 1]},
        {"description_localizations": {"de": "Feeds"}},
        {"options": [{"type": 3, "name": "url", "description": "Address", "required": True}]},
        {"name": "feeds"},
    ],
)
def test_a_visible_difference_is_a_change(changed: Json) -> None:
    ours: Json = {"name": "feed", "description": "Feeds", "contexts": [0], "default_member_permissions": 32}

    assert not are_same([ours], [ours | changed])


@pytest.mark.usefixtures("running_chat")
async def test_commands_are_for_servers_and_admin_commands_for_admins(
    sandbox_discord: SandboxDiscord,
) -> None:
    for command in sandbox_discord.commands[None].values():
        needed = (
            None if command["name"] in {*MEMBER_COMMANDS, *MEMBER_MENU} else str(int(Permission.MANAGE_GUILD))
        )
        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]
        assert command["default_member_permissions"] == needed


@pytest.mark.usefixtures("running_chat")
async def test_every_command_is_in_the_table_of_this_test(sandbox_discord: SandboxDiscord) -> None:
    words = [
        f"{command['name']} {option['name']}" if option.get("type") == 1 else command["name"]
        for command in sandbox_discord.commands[None].values()
        for option in command["options"] or [{}]
    ]

    assert set(words) == {*ADMIN_COMMANDS, *MEMBER_COMMANDS, *ADMIN_MENU, *MEMBER_MENU}


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize(("command", "options"), ADMIN_COMMANDS.items())
async def test_only_members_whom_discord_lets_run_a_command_may_run_it(
    server: ServerFixture, command: str, options: dict[str, OptionValue]
) -> None:
    """A server's admins may open commands to others; the one that makes managers still needs Manage Server."""
    with pytest.raises(PermissionError):
        await server.run(command, options, user=server.member)

    answer = await server.run(command, options, user=server.member, force=True)

    refusal = "You need the Manage Server permission for this; ask someone who has it."
    assert (text_of(answer.message) == refusal) is (command == "server managers")
    assert answer.message is not None
    assert answer.message.visible_to == server.member.id


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize(("command", "options"), EVERY_COMMAND.items())
async def test_only_the_asker_sees_answers(
    server: ServerFixture, command: str, options: dict[str, OptionValue]
) -> None:
    answer = await server.run(command, options)

    assert answer.message is not None
    assert answer.message.visible_to == server.admin.id


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize(("command", "options"), EVERY_COMMAND.items())
async def test_a_database_error_is_answered_with_a_number_from_the_log(
    server: ServerFixture,
    store: Store,
    command: str,
    options: dict[str, OptionValue],
    logged: list[EventDict],
) -> None:
    await store.close()

    reply = text_of((await server.run(command, options)).message)

    (entry,) = [each for each in logged if each["event"] == "command failed"]
    assert entry["command"] == command
    assert reply.endswith(f"`{entry['reference']}`")


@pytest.mark.usefixtures("running_chat")
async def test_a_bug_in_a_command_is_answered_with_a_number_from_the_log(
    server: ServerFixture, web: Web, logged: list[EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "behind", None)

    reply = await server.reply_to("feed add", {"url": "garden.example"})

    (entry,) = [each for each in logged if each["event"] == "command failed"]
    assert isinstance(entry["exc_info"], TypeError)
    assert reply == (
        "Something went wrong; try again. If it keeps happening, give whoever runs the bot this number:"
        f" `{entry['reference']}`"
    )


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize(
    ("route", "code"), [("callback", 10062), ("callback", 40060), ("edit answer", 10015)]
)
async def test_an_answer_that_nobody_can_read_is_a_warning(
    server: ServerFixture, logged: list[EventDict], route: str, code: int
) -> None:
    """As after three seconds without an answer, an answer by another process, and fifteen minutes."""
    discord = server.discord
    discord.faults.next(route, status=404, code=code, message="Too late")
    asking = asyncio.create_task(server.run("feed list"))
    await discord.wait_for(lambda: [each for each in discord.calls(route) if each.status == 404])
    await server.run("feed list")
    asking.cancel()

    (entry,) = [each for each in logged if each["log_level"] in {"warning", "error"}]
    assert entry["event"] == "answer not delivered"
    assert "exc_info" not in entry


@pytest.mark.usefixtures("running_chat")
async def test_an_unknown_button_is_answered(server: ServerFixture) -> None:
    answer = await server.run("feed list")
    assert answer.message is not None
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Old", "custom_id": "older:1"}]}
    old = server.discord.put_message(replace(answer.message, components=(row,)))

    pressed = await server.press(old, "Old")

    assert text_of(pressed.message) == "This no longer works; run the command again."


@pytest.mark.usefixtures("running_chat")
async def test_a_removed_command_is_answered(server: ServerFixture) -> None:
    commands.put(server.discord, None, {"name": "harvest", "description": "Of another version"})

    assert "reload Discord" in await server.reply_to("harvest")


@pytest.mark.usefixtures("running_chat")
async def test_people_are_asked_to_wait_during_an_outage(
    server: ServerFixture,
) -> None:
    server.discord.outage(server.guild)

    reply = await server.reply_to("feed list")

    assert reply == "The bot hasn't got this server's data from Discord yet; try again in a minute."
