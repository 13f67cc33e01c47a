"""What viewers do with a bot, through the page's server and the real discord.py."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.sandbox.allotment import Allotment
from bot.sandbox.discord import interactions
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.server import PageServer
from tests.sandbox.conftest import Bot, Login

Json = dict[str, Any]


class Form(discord.ui.Modal, title="A form"):
    name: discord.ui.TextInput["Form"] = discord.ui.TextInput(label="Name", custom_id="name", max_length=5)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Hello {self.name.value}")


class Buttons(discord.ui.View):
    @discord.ui.button(label="Edit", custom_id="edit")
    async def edit(self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.edit_message(content="Pressed")

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.select(
        custom_id="pick",
        options=[discord.SelectOption(label="A", value="a"), discord.SelectOption(label="B")],
    )
    async def pick(self, interaction: discord.Interaction, menu: discord.ui.Select["Buttons"]) -> None:
        await interaction.response.send_message(f"Picked {menu.values}")

    @discord.ui.select(cls=discord.ui.RoleSelect, custom_id="role")
    async def role(self, interaction: discord.Interaction, menu: discord.ui.RoleSelect["Buttons"]) -> None:
        await interaction.response.send_message(f"Role {menu.values[0].name}")


@pytest.fixture
async def client(connect: Login, place: Allotment) -> Bot:
    """A connected bot with a command of each sort."""
    bot = await connect()
    assert bot.get_guild(place.guild.id) is not None
    released = asyncio.Event()

    @bot.tree.command(description="Say it")
    async def say(
        interaction: discord.Interaction, text: str, times: app_commands.Range[int, 1, 3] = 1
    ) -> None:
        await interaction.response.send_message(text * times)

    @say.autocomplete("text")
    async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}!", value=current)]

    @bot.tree.command(description="For admins")
    @app_commands.default_permissions(manage_guild=True)
    async def manage(interaction: discord.Interaction, where: discord.TextChannel) -> None:
        await interaction.response.send_message(f"Chose {where.name}", ephemeral=True)

    @bot.tree.command(description="Read a file")
    async def read(interaction: discord.Interaction, file: discord.Attachment) -> None:
        await interaction.response.send_message(f"{file.filename} {file.size} {(await file.read()).decode()}")

    @bot.tree.command(description="Think first")
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await released.wait()
        await interaction.followup.send("Thought")

    @bot.tree.command(description="Stop thinking")
    async def release(interaction: discord.Interaction) -> None:
        released.set()
        await interaction.response.send_message("Released")

    @bot.tree.command(description="Show buttons")
    async def buttons(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Buttons", view=Buttons())

    @bot.tree.context_menu(name="Quote")
    async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"> {message.content}")

    await bot.tree.sync()
    return bot


def form(body: Json, *files: bytes) -> aiohttp.FormData:
    """Return JSON and files as the page sends them."""
    data = aiohttp.FormData()
    data.add_field("payload_json", json.dumps(body))
    for number, file in enumerate(files):
        data.add_field(f"files[{number}]", file, filename="feeds.opml")
    return data


class Person:
    """A viewer at the page."""

    def __init__(self, browser: aiohttp.ClientSession, place: Allotment, name: str = "member") -> None:
        self.browser = browser
        self.here = f"/api/as/{name}"
        self.channel = str(place.channels["garden"].id)

    async def do(self, kind: str, status: int = 200, **body: object) -> Json:
        body = {"kind": kind, **({} if kind == "modal" else {"channel": self.channel}), **body}
        answer = await self.browser.post(f"{self.here}/interactions", json=body)
        found: Json = await answer.json()
        assert answer.status == status, found
        return found

    async def get(self, path: str) -> Json:
        found: Json = await (await self.browser.get(f"{self.here}/{path}")).json()
        return found

    async def texts(self) -> list[str]:
        page = await self.get(f"channels/{self.channel}/messages")
        return [each["text"] for each in page["messages"]]


@pytest.fixture
def member(browser: aiohttp.ClientSession, place: Allotment, client: Bot) -> Person:
    assert client.is_ready()
    return Person(browser, place)


@pytest.fixture
def admin(browser: aiohttp.ClientSession, place: Allotment, client: Bot) -> Person:
    assert client.is_ready()
    return Person(browser, place, "admin")


async def test_only_the_commands_that_a_viewer_may_use_are_offered(member: Person, admin: Person) -> None:
    offered = [each["name"] for each in (await member.get("commands"))["commands"]]
    all_of_them = {each["name"]: each for each in (await admin.get("commands"))["commands"]}

    assert "manage" not in offered
    assert set(all_of_them) == {*offered, "manage"}
    assert all_of_them["Quote"]["type"] == "message"
    assert all_of_them["say"]["options"][1]["max_value"] == 3
    assert all_of_them["manage"]["options"][0]["channel_types"] == ["text", "announcement"]
    refused = await member.do("command", 403, command="manage", options={"where": member.channel})
    assert refused["error"].startswith("Mia can't see /manage")


async def test_a_command_is_answered(member: Person) -> None:
    answer = await member.do("command", command="say", options={"text": "Beans", "times": 2})

    assert answer["outcome"] == "message"
    assert answer["message"]["text"] == "BeansBeans"
    assert answer["message"]["command"]["name"] == "say"
    assert answer["message"]["interaction"] == answer["interaction"]


async def test_options_are_completed(member: Person) -> None:
    answer = await member.do("autocomplete", command="say", options={"text": "be"}, focused="text")

    assert answer["choices"] == [{"name": "be!", "value": "be"}]


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("say", {}, "The option text is required."),
        ("say", {"text": "a", "times": 4}, "The option times allows at most 3."),
        ("say", {"text": "a", "times": "1"}, "The option times needs a whole number."),
        ("say", {"text": 5}, "The option text needs a text."),
        ("say", {"words": "a"}, "This command has no option words."),
        ("manage", {"where": "1"}, "The option where needs one from the list."),
        ("read", {"file": 0}, "The option file needs a file."),
        ("read", {"file": "feeds.opml"}, "The option file needs a file."),
    ],
)
async def test_values_that_discords_client_refuses_are_refused(
    admin: Person, command: str, options: Json, sentence: str
) -> None:
    assert (await admin.do("command", 400, command=command, options=options))["error"] == sentence


async def test_a_command_gets_the_file_that_a_viewer_chose(member: Person) -> None:
    body = {"kind": "command", "channel": member.channel, "command": "read", "options": {"file": 0}}

    answer = await member.browser.post(f"{member.here}/interactions", data=form(body, b"<opml/>"))

    assert (await answer.json())["message"]["text"] == "feeds.opml 7 <opml/>"


async def test_a_private_answer_is_shown_to_one_viewer_until_it_is_dismissed(
    member: Person, admin: Person
) -> None:
    answer = await admin.do("command", command="manage", options={"where": admin.channel})
    shown = await admin.texts(), await member.texts()
    await admin.browser.delete(f"{admin.here}/channels/{admin.channel}/messages/{answer['message']['id']}")

    assert answer["message"]["ephemeral"]
    assert shown == (["Chose garden"], [])
    assert await admin.texts() == []


async def test_buttons_and_menus_are_used(member: Person, place: Allotment) -> None:
    shown = (await member.do("command", command="buttons"))["message"]["id"]
    everyone = str(place.guild.id)
    edited = await member.do("component", message=shown, custom_id="edit")
    picked = await member.do("component", message=shown, custom_id="pick", values=["a"])
    role = await member.do("component", message=shown, custom_id="role", values=[everyone])
    unknown = await member.do("component", 400, message=shown, custom_id="pick", values=["c"])

    assert edited["outcome"] == "updated"
    assert edited["message"]["text"] == "Pressed"
    assert picked["message"]["text"] == "Picked ['a']"
    assert role["message"]["text"] == "Role @everyone"
    assert unknown["error"] == "The menu doesn't offer c."


async def test_a_form_is_filled_in(member: Person, admin: Person) -> None:
    shown = (await member.do("command", command="buttons"))["message"]["id"]
    opened = await member.do("component", message=shown, custom_id="form")
    place = opened["interaction"]
    too_long = await member.do("modal", 400, interaction=place, values={"name": "Gardener"})
    empty = await member.do("modal", 400, interaction=place, values={})
    foreign = await admin.do("modal", 404, interaction=place, values={"name": "Ada"})
    answer = await member.do("modal", interaction=place, values={"name": "Mia"})

    assert (opened["outcome"], opened["modal"]["inputs"][0]["label"]) == ("modal", "Name")
    assert (too_long["error"], empty["error"]) == ("Name is too short or too long.", "Fill in Name.")
    assert foreign["error"] == "This form is no longer open."
    assert answer["message"]["text"] == "Hello Mia"


async def test_a_command_of_a_messages_menu_is_used(
    member: Person, sandbox_discord: SandboxDiscord, place: Allotment
) -> None:
    message = sandbox_discord.say(place.channels["garden"].id, "Beans")

    answer = await member.do("message-command", message=str(message.id), command="Quote")

    assert answer["message"]["text"] == "> Beans"


async def test_a_bot_that_thinks_is_shown_until_it_answers(member: Person, page: PageServer) -> None:
    async with member.browser.ws_connect("/live") as live:
        await live.send_json({"token": page.token, "viewer": "member"})
        hello = await live.receive_json()
        answer = await member.do("command", command="think")
        await member.do("command", command="release")
        events = [hello]
        while events[-1]["type"] != "thinking-ended":
            events.append(await live.receive_json())

    kinds = [each["type"] for each in events if each.get("interaction") == answer["interaction"]]
    assert hello["viewer"] == "member"
    assert answer["outcome"] == "deferred"
    assert kinds == ["thinking", "thinking-ended"]
    assert "Thought" in [each["message"]["text"] for each in events if each["type"] == "message"]


async def test_a_bot_that_defers_for_too_long_has_not_responded(
    member: Person, page: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "TOKEN_TTL", 0.01)
    async with member.browser.ws_connect("/live") as live:
        await live.send_json({"token": page.token, "viewer": "member"})
        answer = await member.do("command", command="think")
        event = await live.receive_json()
        while event["type"] != "thinking-ended":
            event = await live.receive_json()

    assert event["interaction"] == answer["interaction"]
    assert event["error"] == "The application did not respond."


async def test_a_deferred_response_is_shown_to_new_viewers_until_the_bot_stops(
    member: Person, sandbox_discord: SandboxDiscord
) -> None:
    answer = await member.do("command", command="think")
    before = await member.get(f"channels/{member.channel}/messages")

    sandbox_discord.interactions.give_up_all()

    after = await member.get(f"channels/{member.channel}/messages")
    assert [each["interaction"] for each in before["thinking"]] == [answer["interaction"]]
    assert after["thinking"] == []


async def test_a_command_fails_at_once_when_the_bot_has_stopped(
    member: Person, sandbox_discord: SandboxDiscord, client: Bot
) -> None:
    await client.close()
    asked = asyncio.create_task(member.do("command", command="say", options={"text": "Beans"}))
    await sandbox_discord.wait_for(lambda: sandbox_discord.interactions._answers)

    sandbox_discord.interactions.give_up_all()

    assert (await asked)["outcome"] == "failed"


async def test_a_bot_that_is_gone_has_not_responded(
    member: Person, client: Bot, sandbox_discord: SandboxDiscord
) -> None:
    await client.close()
    sandbox_discord.interactions.acknowledge_timeout = 0.01

    answer = await member.do("command", command="say", options={"text": "Beans"})

    assert answer["outcome"] == "failed"
    assert answer["error"] == "The application did not respond."


async def test_channels_that_a_viewer_does_not_see_cannot_be_used(
    browser: aiohttp.ClientSession, place: Allotment, client: Bot
) -> None:
    newcomer = Person(browser, place, "newcomer")
    newcomer.channel = str(place.channels["committee"].id)

    refused = await newcomer.do("command", 404, command="say", options={"text": "Beans"})

    assert client.is_ready()
    assert refused["error"] == "There is no such channel."
