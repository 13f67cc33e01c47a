"""Drafts of `/feed add` as tests open and read them."""

from bot.chat.embeds import create_message_body
from bot.model import Entry, Style
from bot.sandbox.discord.models import Channel, Json, StoredMessage
from bot.text.render import render
from tests.chat.commands.conftest import ServerFixture, post

POSTS = (post(3, "roses"), post(2, "beans", "soil"), post(1, "beans"))


async def open_draft(server: ServerFixture, **options: str) -> StoredMessage:
    """Return the draft that the admin gets for the garden blog in the news channel."""
    answer = await server.run("feed add", {"url": "garden.example", "channel": server.news, **options})
    assert answer.message is not None
    if answer.message.components:
        await server.discord.wait_for(lambda: answer.followups)
    return answer.message


def labels(message: StoredMessage) -> list[str]:
    return [each["label"] for row in message.components for each in row["components"] if each.get("label")]


def options(message: StoredMessage) -> list[Json]:
    """Return the options of the menus."""
    return [
        each for row in message.components for menu in row["components"] for each in menu.get("options", ())
    ]


def previews(server: ServerFixture) -> list[StoredMessage]:
    """Return the previews of posts that only the admin sees."""
    return [each for each in server.seen_by(server.admin) if "Bed" in f"{each.content} {each.embeds}"]


def as_sent(entry: Entry, style: Style = Style.CARD) -> tuple[str, list[str]]:
    return shape(create_message_body(render(entry, "Garden Notes", style)))


def shape(body: Json | dict[str, object]) -> tuple[str, list[str]]:
    """Return content and embeds, without what Discord adds."""
    found = body["embeds"]
    assert isinstance(found, list)
    return str(body["content"]), [f"{each.get('title')} {each.get('description')}" for each in found]


def current(server: ServerFixture, message: StoredMessage) -> StoredMessage:
    """Return the message as it is now."""
    return server.discord.message(message.channel_id, message.id)


async def open_choice(server: ServerFixture) -> StoredMessage:
    """Return the answer that asks which of several feeds to follow."""
    answer = await server.run("feed add", {"url": "garden.example", "channel": server.news})
    assert answer.message is not None
    return answer.message


async def add_feed(server: ServerFixture, channel: Channel | None = None) -> str:
    """Return the text of the answer to `/feed add`."""
    return await server.reply_to("feed add", {"url": "garden.example", "channel": channel or server.news})
