"""A field that Discord refuses costs the field, not the post."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.typing import EventDict

from bot.chat.client import Chat
from bot.chat.refused_fields import RefusedField, describe_refused, leave_out
from bot.model import Button, Dead, Embed, Message, Outcome, Retry, Sent, Uncertainty
from bot.sandbox.discord import rest
from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.models import Channel, Guild, StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.text.same_message import is_same

LINK = "https://garden.example/post/1"
CARD = Embed(
    title="Roses",
    url=LINK,
    description="They bloom.",
    author="Ada",
    image_url="https://garden.example/rose.jpg",
    footer="Garden",
    timestamp=datetime(2026, 5, 1, 12, tzinfo=UTC),
)
POST = Message(
    content=f"**[Roses](<{LINK}>)**",
    embeds=(CARD,),
    thread_name="Roses",
    tags=("roses",),
    link=LINK,
    mention_roles=(17,),
    buttons=(Button("Yes", "a"), Button("No", "b")),
)
GALLERY = replace(POST, embeds=(CARD, *(Embed(url=LINK, image_url=f"{LINK}/{n}.jpg") for n in range(3))))


def field(path: str) -> RefusedField:
    return RefusedField(tuple(path.split(".")), "Not a well formed URL.")


def without(message: Message, *paths: str) -> Message:
    return leave_out(message, [field(path) for path in paths])


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("embeds.0.title", {"title": ""}),
        ("embeds.0.description", {"description": ""}),
        ("embeds.0.author.name", {"author": ""}),
        ("embeds.0.image.url", {"image_url": ""}),
        ("embeds.0.image", {"image_url": ""}),
        ("embeds.0.footer.text", {"footer": ""}),
        ("embeds.0.timestamp", {"timestamp": None}),
        ("embeds.0.url", {"url": ""}),
    ],
)
def test_a_part_of_an_embed_is_left_out(path: str, changes: dict[str, Any]) -> None:
    assert without(POST, path) == replace(POST, embeds=(replace(CARD, **changes),))


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("components.0.components.1.label", {"buttons": (POST.buttons[0],)}),
        ("components", {"buttons": ()}),
        ("allowed_mentions.roles", {"mention_roles": ()}),
        ("applied_tags", {"tags": ()}),
        ("name", {"thread_name": "New post"}),
        ("embeds", {"embeds": ()}),
        ("embeds.0.fields.0.name", {"embeds": ()}),
        ("content", {"content": ""}),
        ("nonsense", {"embeds": (), "buttons": ()}),
    ],
)
def test_a_part_of_a_message_is_left_out(path: str, changes: dict[str, Any]) -> None:
    assert without(POST, path) == replace(POST, **changes)


def test_pictures_of_a_gallery_are_left_out_each_for_itself() -> None:
    lighter = without(GALLERY, "embeds.1.image.url", "embeds.3.image.url")

    assert lighter.embeds == (GALLERY.embeds[0], GALLERY.embeds[2])


@pytest.mark.parametrize("refused", [(0, 1), (1, 0), (0, 2), (9, 10)])
def test_buttons_are_left_out_together_each_for_itself(refused: tuple[int, int]) -> None:
    buttons = tuple(Button(str(number), f"b{number}") for number in range(12))
    paths = [f"components.{number // 5}.components.{number % 5}.label" for number in refused]

    lighter = without(replace(POST, buttons=buttons), *paths)

    assert lighter.buttons == tuple(each for place, each in enumerate(buttons) if place not in refused)


@pytest.mark.parametrize(
    "message",
    [
        replace(POST, content=""),
        replace(POST, content="**Roses**", opening="**Roses**"),
        replace(POST, embeds=(), content=LINK),
    ],
)
@pytest.mark.parametrize("paths", [["embeds.0.url"], ["embeds"], ["content"], ["embeds", "content"]])
def test_a_message_keeps_its_link_so_that_it_is_found_again(message: Message, paths: list[str]) -> None:
    lighter = without(message, *paths)

    assert is_same(message, lighter.content, lighter.embeds)
    assert is_same(message, lighter.opening or lighter.content, lighter.embeds)


def test_a_message_without_a_link_is_never_empty() -> None:
    lighter = without(replace(POST, link=""), "embeds", "content")

    assert lighter.content == "Roses"


def test_a_message_of_an_embed_alone_becomes_its_linked_headline() -> None:
    lighter = without(
        replace(POST, content="<@&17>", thread_name="Roses [and](https://evil.example) more"), "embeds"
    )

    assert lighter.content.splitlines()[0] == "<@&17>"
    assert "[and](" not in lighter.content
    assert lighter.content.endswith(f"(<{LINK}>)")


def test_leaving_out_what_a_message_does_not_have_changes_nothing() -> None:
    plain = Message(content=f"<{LINK}>", link=LINK)

    assert without(plain, "content") == plain
    assert without(plain, "nonce") == plain
    assert without(plain) == plain


def test_people_read_what_was_left_out() -> None:
    fields = [field("embeds.0.image.url"), field("embeds.1.image.url"), field("applied_tags.0")]

    assert (
        describe_refused(fields) == "The post was sent without a picture and the tags, which Discord refused."
    )
    assert describe_refused([]) == ""


async def send(chat: Chat, channel: Channel, message: Message = POST) -> Outcome:
    return await chat.sender.send(channel.id, message, nonce="test-1")


def script_refusal(discord: SandboxDiscord, kind: str, *paths: str, times: int = 1) -> None:
    is_forum = kind == "forum"
    outside = ("name", "applied_tags")
    shown = [f"message.{path}" if is_forum and path not in outside else path for path in paths]
    discord.faults.next("thread" if is_forum else "send", refused=shown, times=times)


@pytest.fixture(params=["text", "forum"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(sandbox_discord: SandboxDiscord, guild: Guild, kind: str) -> Channel:
    return sandbox_discord.add_channel(guild.id, "beds", kind=kind, tags=("Roses",) * (kind == "forum"))


def only_message(discord: SandboxDiscord) -> StoredMessage:
    (stored,) = discord.all_messages()
    return stored


async def test_a_post_is_sent_without_its_refused_picture(
    chat: Chat, sandbox_discord: SandboxDiscord, place: Channel, kind: str, logged: list[EventDict]
) -> None:
    script_refusal(sandbox_discord, kind, "embeds.0.image.url")

    outcome = await send(chat, place)

    assert isinstance(outcome, Sent)
    assert outcome.note == "The post was sent without a picture, which Discord refused."
    (embed,) = only_message(sandbox_discord).embeds
    assert "image" not in embed
    assert embed["description"] == "They bloom."
    (warning,) = [entry for entry in logged if entry["event"] == "field refused"]
    assert (warning["field"], warning["problem"]) == ("embeds.0.image.url", "Not a well formed URL.")


async def test_fields_are_left_out_one_after_the_other(
    chat: Chat, sandbox_discord: SandboxDiscord, place: Channel, kind: str
) -> None:
    for path in ("embeds.0.url", "embeds.0.image.url", "embeds.0.author.name", "components.0", "content"):
        script_refusal(sandbox_discord, kind, path)

    outcome = await send(chat, place)

    assert isinstance(outcome, Sent)
    stored = only_message(sandbox_discord)
    assert set(stored.embeds[0]) >= {"title", "description", "footer"}
    assert LINK in stored.content


@pytest.mark.parametrize(("path", "name", "tags"), [("name", "New post", 1), ("applied_tags", "Roses", 0)])
async def test_a_forum_post_is_opened_without_its_refused_field(
    chat: Chat, sandbox_discord: SandboxDiscord, guild: Guild, path: str, name: str, tags: int
) -> None:
    forum = sandbox_discord.add_channel(guild.id, "beds", kind="forum", tags=("Roses",))
    script_refusal(sandbox_discord, "forum", path)

    outcome = await send(chat, forum)

    assert isinstance(outcome, Sent)
    post = sandbox_discord.channels[outcome.message_id]
    assert (post.name, len(post.applied_tags)) == (name, tags)


@pytest.mark.parametrize("path", ["embeds.0.image.url", "components", "flags", "applied_tags"])
async def test_a_post_is_sent_as_its_headline_if_a_refusal_is_repeated_for_a_field_that_it_no_longer_has(
    chat: Chat,
    sandbox_discord: SandboxDiscord,
    place: Channel,
    kind: str,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = path.split(".")
    first = [] if kind == "text" or path == "applied_tags" else ["message"]
    problem = Problem((*first, *steps), "BASE_TYPE_CHOICES", "This value is not allowed.")
    monkeypatch.setattr(rest, "refused_field", lambda _path: problem)
    script_refusal(sandbox_discord, kind, "content", times=2)

    outcome = await send(chat, place)

    assert isinstance(outcome, Sent)
    assert LINK in only_message(sandbox_discord).content
    assert only_message(sandbox_discord).embeds == ()


async def test_a_post_of_which_nothing_is_accepted_is_given_up(
    chat: Chat, sandbox_discord: SandboxDiscord, place: Channel, kind: str
) -> None:
    script_refusal(sandbox_discord, kind, "content", times=100)

    outcome = await send(chat, place, replace(POST, embeds=(), buttons=()))

    assert isinstance(outcome, Dead)
    assert sandbox_discord.all_messages() == ()


@pytest.mark.parametrize("store", [True, False])
async def test_a_post_without_a_refused_field_is_sent_once_although_the_answer_is_lost(
    chat: Chat, sandbox_discord: SandboxDiscord, place: Channel, kind: str, *, store: bool
) -> None:
    script_refusal(sandbox_discord, kind, "embeds.0.url", times=2)
    started_at = datetime.now(UTC)
    sandbox_discord.faults.next("thread" if kind == "forum" else "send", cut=True, store=store)

    lost = await send(chat, place)
    again = await chat.sender.send(
        place.id,
        POST,
        nonce="test-1",
        uncertainty=Uncertainty(started_at - timedelta(hours=1)),
    )

    assert isinstance(lost, Retry)
    assert lost.lost
    assert isinstance(again, Sent)
    assert only_message(sandbox_discord).id == again.message_id
