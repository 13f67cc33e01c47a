"""Bodies that Discord refuses are refused with the path of the field, and logged."""

from typing import Any

import discord
import pytest

from bot.sandbox.discord import components, limits
from bot.sandbox.discord.commands import check_all
from bot.sandbox.discord.components import AUTOCOMPLETE
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.server import SandboxDiscord
from bot.text.limits import utf16_length
from tests.conftest import shared_openapi
from tests.sandbox.conftest import Bot

BUTTON = {"type": 2, "style": 1, "custom_id": "go", "label": "Go"}


def embeds(*found: Json) -> Json:
    return {"embeds": list(found)}


def row(*inside: Json) -> Json:
    return {"components": [{"type": 1, "components": list(inside)}]}


REFUSED: dict[str, Json] = {
    "content": {"content": "x" * 2001},
    "embeds.0.title": embeds({"title": "x" * 257}),
    "embeds.0.description": embeds({"description": "x" * 4097}),
    "embeds.0.footer.text": embeds({"footer": {"text": "x" * 2049}}),
    "embeds.0.author.name": embeds({"author": {"name": "x" * 257}}),
    "embeds.0.fields": embeds({"fields": [{"name": "n", "value": "v"}] * 26}),
    "embeds.0.fields.0.name": embeds({"fields": [{"name": "x" * 257, "value": "v"}]}),
    "embeds.0.fields.1.value": embeds({"fields": [{"name": "n", "value": "v"}, {"name": "n", "value": ""}]}),
    "embeds.0.url": embeds({"title": "x", "url": "https://localhost/"}),
    "embeds.0.image.url": embeds({"image": {"url": "ftp://garden.example/a.png"}}),
    "embeds.0.author.url": embeds({"author": {"name": "x", "url": "javascript:alert(1)"}}),
    "embeds.0.color": embeds({"title": "x", "color": 0x1000000}),
    "embeds.0.timestamp": embeds({"title": "x", "timestamp": "yesterday"}),
    "embeds": embeds(*[{"description": "x" * 3001}] * 2),
    "nonce": {"content": "x", "nonce": "n" * 26},
    "allowed_mentions": {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}},
    "components.0.type": {"components": [BUTTON]},
    "components.0.components.0.label": row({**BUTTON, "label": "x" * 81}),
    "components.0.components.1.custom_id": row(BUTTON, BUTTON),
    "components.0.components": row(*[{**BUTTON, "custom_id": str(number)} for number in range(6)]),
    "components.0.components.0.url": row({"type": 2, "style": 5, "label": "x", "url": "nowhere"}),
    "components": {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2},
    "components.0.items.0.media.url": {
        "flags": 1 << 15,
        "components": [{"type": 12, "items": [{"media": {"url": "http://localhost/a.png"}}]}],
    },
    "components.0.components.0.options": row({"type": 3, "custom_id": "x", "options": []}),
}


def form(*parts: Json) -> Json:
    return {"custom_id": "x", "title": "Bed", "components": list(parts)}


def labelled(component: Json, text: str = "Bed") -> Json:
    return {"type": 18, "label": text, "component": {"custom_id": "x", **component}}


CHOICES = [{"label": each, "value": each} for each in ("roses", "tulips")]
REFUSED_FORMS: dict[str, Json] = {
    "title": form() | {"title": "x" * 46},
    "custom_id": form() | {"custom_id": "x" * 101},
    "components": form(*[labelled({"type": 4, "custom_id": str(number)}) for number in range(6)]),
    "components.0.label": form(labelled({"type": 4}, "x" * 46)),
    "components.0.description": form(labelled({"type": 4}) | {"description": "x" * 101}),
    "components.0.component.value": form(labelled({"type": 4, "max_length": 5, "value": "x" * 6})),
    "components.0.component.options": form(labelled({"type": 21, "options": CHOICES[:1]})),
    "components.0.component.options.1.value": form(labelled({"type": 21, "options": [CHOICES[0]] * 2})),
    "components.0.component.options.0.label": form(
        labelled({"type": 22, "options": [{"label": "x" * 101, "value": "x"}]})
    ),
    "components.0.component.default_values": form(
        labelled({"type": 6, "max_values": 1, "default_values": [{"id": "1"}, {"id": "2"}]})
    ),
    "components.1.component.custom_id": form(labelled({"type": 4}), labelled({"type": 4})),
}


@pytest.mark.parametrize(("path", "body"), REFUSED_FORMS.items(), ids=list(REFUSED_FORMS))
def test_a_form_beyond_a_limit_is_refused_at_its_field(path: str, body: Json) -> None:
    found = [".".join(problem.path) for problem in components.modal(body, ())]

    assert found == [path]


def test_a_form_with_every_kind_of_input_is_accepted() -> None:
    inputs: list[Json] = [
        {"type": 4, "value": "beans"},
        {"type": 6, "max_values": 25, "default_values": [{"id": "1", "type": "role"}]},
        {"type": 21, "options": [CHOICES[0] | {"default": True}, CHOICES[1]]},
        {"type": 22, "options": CHOICES, "max_values": 2},
        {"type": 23},
    ]
    parts = [labelled({**each, "custom_id": str(number)}) for number, each in enumerate(inputs)]

    assert list(components.modal(form(*parts), ())) == []


@pytest.mark.parametrize(("path", "body"), REFUSED.items(), ids=list(REFUSED))
def test_a_body_beyond_a_limit_is_refused_at_its_field(path: str, body: Json) -> None:
    assert [".".join(each.path) for each in limits.message(body)] == [path]


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "nonce": "n" * 25},
        embeds({"title": "x" * 256, "description": "x" * 4096, "url": "https://garden.example/a?b=c"}),
        embeds(*[{"description": "x" * 600}] * 10),
        embeds({"image": {"url": "attachment://bed.png"}}),
        row(
            {**BUTTON, "label": "x" * 80},
            {"type": 2, "style": 5, "label": "x", "url": "https://garden.example"},
        ),
        {"content": "x", "allowed_mentions": {"parse": [], "roles": ["1"]}},
    ],
)
def test_a_body_at_its_limits_is_valid(body: Json) -> None:
    assert list(limits.message(body)) == []


def test_lengths_are_counted_in_utf16_units() -> None:
    assert utf16_length("🌷") == 2
    assert [each.path for each in limits.message({"content": "🌷" * 1001})] == [("content",)]


def test_a_thread_needs_a_short_name_and_at_most_five_tags() -> None:
    body = {"name": "x" * 101, "applied_tags": ["1"] * 6, "message": {"content": "x" * 2001}}

    found = {".".join(each.path) for each in limits.thread(body)}

    assert found == {"name", "applied_tags", "message.content"}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"type": 4, "data": {"content": "x" * 2001}}, "data.content"),
        (
            {"type": AUTOCOMPLETE, "data": {"choices": [{"name": "x" * 101, "value": "v"}]}},
            "data.choices.0.name",
        ),
        ({"type": AUTOCOMPLETE, "data": {"choices": [{"name": "n", "value": "v"}] * 26}}, "data.choices"),
        ({"type": 9, "data": {"title": "x" * 46, "custom_id": "m"}}, "data.title"),
        ({"type": 3}, "type"),
    ],
)
def test_a_callback_beyond_a_limit_is_refused(body: Json, path: str) -> None:
    assert [".".join(each.path) for each in limits.interaction(body)] == [path]


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ({"name": "Feed", "description": "x"}, "0.name"),
        ({"name": "feed", "description": "x" * 101}, "0.description"),
        (
            {"name": "feed", "description": "x", "options": [{"name": "a", "description": ""}]},
            "0.options.0.description",
        ),
    ],
)
def test_a_command_beyond_a_limit_is_refused(command: Json, path: str) -> None:
    assert [".".join(each.path) for each in check_all([command])] == [path]


@pytest.mark.invalid_bodies
async def test_the_error_names_the_invalid_field(sandbox_discord: SandboxDiscord, bot: Bot) -> None:
    guild = sandbox_discord.add_guild("Garden club")
    news = sandbox_discord.add_channel(guild.id, "news")

    with pytest.raises(discord.HTTPException) as refused:
        await bot.get_partial_messageable(news.id).send(embed=discord.Embed(title="x" * 257))

    assert refused.value.code == 50035
    assert "embeds.0.title" in refused.value.text
    [noted] = sandbox_discord.invalid_bodies
    assert noted.path == f"/channels/{news.id}/messages"


@pytest.mark.invalid_bodies
async def test_an_empty_message_is_refused_and_logged(sandbox_discord: SandboxDiscord, bot: Bot) -> None:
    guild = sandbox_discord.add_guild("Garden club")
    news = sandbox_discord.add_channel(guild.id, "news")

    with pytest.raises(discord.HTTPException) as refused:
        await bot.get_partial_messageable(news.id).send("   ")

    assert refused.value.code == 50006
    assert len(sandbox_discord.invalid_bodies) == 1


@pytest.mark.invalid_bodies
@pytest.mark.skipif(shared_openapi() is None, reason="Discord's OpenAPI document is not beside the checkout")
async def test_a_body_that_breaks_the_openapi_document_is_refused(
    sandbox_discord: SandboxDiscord, bot: Bot
) -> None:
    guild = sandbox_discord.add_guild("Garden club")
    news = sandbox_discord.add_channel(guild.id, "news")
    wrong: Any = {"content": "x", "tts": "loudly"}

    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=news.id), json=wrong
        )

    assert refused.value.code == 50035
    assert "tts" in sandbox_discord.invalid_bodies[0].problems[0]


@pytest.mark.invalid_bodies
@pytest.mark.parametrize(
    "body", [["a list"], {"embeds": ["text"]}, {"embeds": [{"author": "text"}]}, {"nonce": {}}]
)
async def test_a_body_of_the_wrong_shape_is_refused(
    sandbox_discord: SandboxDiscord, bot: Bot, body: object
) -> None:
    guild = sandbox_discord.add_guild("Garden club")
    news = sandbox_discord.add_channel(guild.id, "news")

    with pytest.raises(discord.HTTPException) as refused:
        await bot.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=news.id), json=body
        )

    assert refused.value.status == 400
    assert len(sandbox_discord.invalid_bodies) == 1
