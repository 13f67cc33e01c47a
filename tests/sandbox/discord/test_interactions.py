"""Slash commands, buttons, menus, modals and autocomplete, with responses of the real client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.sandbox.discord import commands
from bot.sandbox.discord.events import Event
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.models import Channel, Guild, User
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from tests.sandbox.conftest import Bot, Login


class Question(discord.ui.Modal, title="About a bed"):
    """Asks for a name."""

    name: discord.ui.TextInput["Question"] = discord.ui.TextInput(label="Name")

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        await interaction.response.send_message(f"Named {self.name.value}")


class Panel(discord.ui.View):
    """A button for each kind of response, and a menu."""

    @discord.ui.button(label="More")
    async def more(self, interaction: discord.Interaction, _: discord.ui.Button["Panel"]) -> None:
        await interaction.response.edit_message(content="Page 2")

    @discord.ui.button(label="Share")
    async def share(self, interaction: discord.Interaction, _: discord.ui.Button["Panel"]) -> None:
        await interaction.response.send_message("Shared")

    @discord.ui.button(label="Name")
    async def name(self, interaction: discord.Interaction, _: discord.ui.Button["Panel"]) -> None:
        await interaction.response.send_modal(Question())

    @discord.ui.select(
        placeholder="Bed", options=[discord.SelectOption(label="Roses"), discord.SelectOption(label="Tulips")]
    )
    async def bed(self, interaction: discord.Interaction, menu: discord.ui.Select["Panel"]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"Chose {menu.values[0]}")


async def suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    beds = ("roses", "tulips", "thyme")
    return [app_commands.Choice(name=each.title(), value=each) for each in beds if each.startswith(typed)]


@app_commands.command(description="Say hello")
async def hello(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Hello", ephemeral=True)


@app_commands.command(description="Take long")
async def slow(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.followup.send("At last")
    await interaction.followup.send("And more")


@app_commands.command(description="Open the panel")
async def panel(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Page 1", view=Panel(), ephemeral=True)


@app_commands.command(description="Change the answer")
async def change(interaction: discord.Interaction) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content="One")
    first = await interaction.original_response()
    await interaction.edit_original_response(content=f"{first.content}, two")


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class Bed(app_commands.Group, name="bed", description="Garden beds"):
    """Subcommands with options."""

    @app_commands.command(description="Plant a bed")
    @app_commands.autocomplete(kind=suggest)
    async def plant(
        self,
        interaction: discord.Interaction,
        kind: str,
        count: int = 1,
        channel: discord.TextChannel | None = None,
        role: discord.Role | None = None,
    ) -> None:
        where = channel.name if channel else "nowhere"
        who = role.name if role else "nobody"
        await interaction.response.send_message(f"{count} {kind} in {where} for {who}")


@pytest.fixture
def guild(sandbox_discord: SandboxDiscord) -> Guild:
    return sandbox_discord.add_guild("Garden club")


@pytest.fixture
def channel(sandbox_discord: SandboxDiscord, guild: Guild) -> Channel:
    return sandbox_discord.add_channel(guild.id, "talk")


@pytest.fixture
def member(sandbox_discord: SandboxDiscord, guild: Guild) -> User:
    return sandbox_discord.add_member(guild.id, "Iris")


@pytest.fixture
async def client(guild: Guild, channel: Channel, member: User, connect: Login) -> Bot:  # noqa: ARG001 - they must exist before the client
    """A connected client with its commands registered globally."""
    ready = await connect()
    ready.tree.add_command(Bed())
    simple: list[app_commands.Command[Any, ..., None]] = [hello, slow, panel, change]
    for each in simple:
        ready.tree.add_command(each)
    await ready.tree.sync()
    return ready


async def test_commands_are_registered_and_keep_their_ids(
    sandbox_discord: SandboxDiscord, client: Bot
) -> None:
    before = dict(sandbox_discord.commands[None])

    again = await client.tree.sync()

    assert {each.id for each in again} == set(before)
    assert {each["name"] for each in before.values()} == {"hello", "slow", "panel", "change", "bed"}
    assert [each.name for each in await client.tree.fetch_commands()] == [each.name for each in again]


async def test_commands_of_one_server_are_not_in_another(
    sandbox_discord: SandboxDiscord, guild: Guild, client: Bot
) -> None:
    here = discord.Object(guild.id)
    client.tree.copy_global_to(guild=here)

    synced = await client.tree.sync(guild=here)

    assert {each.guild_id for each in synced} == {guild.id}
    assert len(sandbox_discord.commands[guild.id]) == 5


@pytest.mark.usefixtures("client")
async def test_an_ephemeral_response_is_visible_only_to_the_user(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    answer = await sandbox_discord.interact(guild, channel, member, "hello")

    assert answer.message is not None
    assert (answer.message.content, answer.message.visible_to) == ("Hello", member.id)
    assert sandbox_discord.messages(channel.id) == ()
    assert len(sandbox_discord.messages(channel.id, ephemeral=True)) == 1


@pytest.mark.usefixtures("client")
async def test_the_first_follow_up_completes_a_deferred_response(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    answer = await sandbox_discord.interact(guild, channel, member, "slow")
    await sandbox_discord.wait_for(lambda: answer.followups)

    assert answer.message is not None
    assert (answer.message.content, answer.message.ephemeral) == ("At last", True)
    assert [each.content for each in answer.followups] == ["And more"]


@pytest.mark.usefixtures("client")
async def test_the_bot_reads_and_edits_its_response(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    answer = await sandbox_discord.interact(guild, channel, member, "change")
    await sandbox_discord.wait_for(lambda: answer.message and answer.message.edits)

    assert [each.content for each in sandbox_discord.messages(channel.id)] == ["One, two"]


@pytest.mark.usefixtures("client")
async def test_options_reach_the_command_with_their_types(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel
) -> None:
    role = sandbox_discord.add_role(guild.id, "bees")
    options: dict[str, OptionValue] = {"kind": "roses", "count": 3, "channel": channel, "role": role}

    answer = await sandbox_discord.interact(guild, channel, sandbox_discord.owner, "bed plant", options)

    assert answer.message is not None
    assert answer.message.content == "3 roses in talk for bees"


@pytest.mark.usefixtures("client")
async def test_an_option_is_autocompleted(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    choices = await sandbox_discord.complete(
        guild, channel, member, "bed plant", {"kind": "t"}, focused="kind"
    )

    assert [each["value"] for each in choices] == ["tulips", "thyme"]


@pytest.mark.usefixtures("client")
async def test_a_command_is_offered_only_with_its_permissions(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    with pytest.raises(PermissionError):
        await sandbox_discord.interact(guild, channel, member, "bed plant", {"kind": "roses"})
    forced = await sandbox_discord.interact(
        guild, channel, member, "bed plant", {"kind": "roses"}, force=True
    )
    role = sandbox_discord.add_role(guild.id, "gardeners", permissions=Permission.MANAGE_GUILD)
    sandbox_discord.set_roles(guild.id, member, (role,))
    offered = await sandbox_discord.interact(guild, channel, member, "bed plant", {"kind": "roses"})

    assert forced.message is not None
    assert offered.message is not None


@pytest.mark.usefixtures("client")
async def test_a_command_that_is_not_registered_cannot_be_run(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel
) -> None:
    for words, options in (("harvest", {}), ("bed harvest", {}), ("hello", {"to": "all"}), ("bed plant", {})):
        with pytest.raises(LookupError):
            await sandbox_discord.interact(guild, channel, sandbox_discord.owner, words, options)


@pytest.mark.usefixtures("client")
async def test_buttons_edit_the_message_respond_and_open_a_modal(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    shown = (await sandbox_discord.interact(guild, channel, member, "panel")).message
    assert shown is not None

    turned = await sandbox_discord.press(shown, "More", member)
    shared = await sandbox_discord.press(shown, "Share", member)
    opened = await sandbox_discord.press(shown, "Name", member)
    named = await sandbox_discord.submit(opened, {"Name": "Rosa"})

    assert turned.message is not None
    assert (turned.message.id, turned.message.content) == (shown.id, "Page 2")
    assert [each.content for each in sandbox_discord.messages(channel.id)] == ["Shared", "Named Rosa"]
    assert shared.message is not None
    assert named.message is not None


@pytest.mark.usefixtures("client")
async def test_a_choice_of_a_menu_reaches_the_bot(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    shown = (await sandbox_discord.interact(guild, channel, member, "panel")).message
    assert shown is not None

    answer = await sandbox_discord.press(shown, "Bed", member, values=("Tulips",))
    await sandbox_discord.wait_for(lambda: answer.message and answer.message.edits)

    assert answer.message is not None
    assert answer.message.content == "Chose Tulips"


@pytest.mark.usefixtures("client")
async def test_after_a_refused_callback_there_is_no_response(
    sandbox_discord: SandboxDiscord, guild: Guild, channel: Channel, member: User
) -> None:
    sandbox_discord.faults.next("callback", status=404, code=10062, message="Unknown interaction")

    asking = asyncio.create_task(sandbox_discord.interact(guild, channel, member, "hello"))
    await sandbox_discord.wait_for(
        lambda: [each for each in sandbox_discord.calls("callback") if each.status]
    )
    done = asking.done()
    asking.cancel()

    assert not done
    assert sandbox_discord.messages(channel.id, ephemeral=True) == ()


class BareInteraction:
    """An interaction for a bare HTTP client, with a clock that the test moves."""

    def __init__(
        self, server: SandboxDiscord, http: aiohttp.ClientSession, event: Event, clock: dict[str, float]
    ) -> None:
        self.clock = clock
        self.server = server
        self.http = http
        self.event = event.data

    async def answer(self, kind: int = 4) -> tuple[int, int]:
        """Return status and error code."""
        url = f"{self.server.api_url}/interactions/{self.event['id']}/{self.event['token']}/callback"
        response = await self.http.post(url, json={"type": kind, "data": {"content": "Hello"}})
        return response.status, (await response.json())["code"] if response.status >= 400 else 0

    async def follow_up(self, token: str = "") -> tuple[int, int]:
        """Return status and error code."""
        url = f"{self.server.api_url}/webhooks/{self.server.bot.id}/{token or self.event['token']}"
        response = await self.http.post(url, json={"content": "More"})
        return response.status, (await response.json()).get("code", 0)


@pytest.fixture
async def interaction() -> AsyncIterator[BareInteraction]:
    clock = {"now": 0.0}
    async with (
        SandboxDiscord(monotonic=lambda: clock["now"]) as server,
        aiohttp.ClientSession() as http,
    ):
        guild = server.add_guild("Garden club")
        channel = server.add_channel(guild.id, "talk")
        commands.put(server, None, {"name": "hello", "description": "Say hello"})
        events: list[Event] = []
        server.add_listener(events.append)
        asking = asyncio.create_task(server.interact(guild, channel, server.owner, "hello"))
        await server.wait_for(lambda: events)
        yield BareInteraction(server, http, events[0], clock)
        asking.cancel()


async def test_an_interaction_is_acknowledged_once(interaction: BareInteraction) -> None:
    assert [await interaction.answer(), await interaction.answer()] == [(204, 0), (400, 40060)]


async def test_a_response_after_three_seconds_is_too_late(interaction: BareInteraction) -> None:
    interaction.clock["now"] += 3.1

    assert await interaction.answer() == (404, 10062)


async def test_an_interaction_token_expires_after_fifteen_minutes(interaction: BareInteraction) -> None:
    before = await interaction.follow_up()
    await interaction.answer()
    in_time = await interaction.follow_up()
    interaction.clock["now"] += 15 * 60 + 1
    late = await interaction.follow_up()
    foreign = await interaction.follow_up("guessed")

    assert [before, in_time, late, foreign] == [(404, 10015), (200, 0), (401, 50027), (404, 10015)]
