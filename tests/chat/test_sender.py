"""The sender with the real discord.py, against the simulated Discord, over sockets."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.client import Chat
from bot.chat.embeds import create_message_body
from bot.model import Button, Dead, Embed, Entry, Message, Outcome, Refused, Retry, Sent, Style, Uncertainty
from bot.sandbox.discord.models import Channel
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.text.render import render
from tests.chat.conftest import Opened

POST = Message(
    content="**Roses in May**",
    embeds=(
        Embed(
            title="Roses in May",
            url="https://garden.example/post/1",
            description="They bloom.",
            author="Ada",
            image_url="https://garden.example/rose.jpg",
            footer="Garden · roses",
            timestamp=datetime(2026, 5, 1, 12, tzinfo=UTC),
        ),
    ),
    suppress_embeds=False,
    thread_name="Roses in May",
    tags=("roses",),
    link="https://garden.example/post/1",
)


async def send(
    chat: Chat,
    channel: Channel,
    message: Message = POST,
    *,
    uncertain_since: datetime | None = None,
    nonce_holds: bool = False,
) -> Outcome:
    uncertainty = Uncertainty(uncertain_since, nonce_holds=nonce_holds) if uncertain_since else None
    return await chat.sender.send(channel.id, message, nonce="test-1", uncertainty=uncertainty)


async def test_a_message_is_sent_once_and_its_id_returned(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    outcome = await send(chat, channel)

    (stored,) = sandbox_discord.messages(channel.id)
    assert outcome == Sent(stored.id)
    assert stored.nonce == "test-1"


@pytest.mark.parametrize(
    "message",
    [
        POST,
        Message(content="[Roses](<https://garden.example/post/1>)", suppress_embeds=True, link="x"),
        Message(content="https://garden.example/post/1"),
        Message(content="<@&77> **Roses**", embeds=POST.embeds * 4, mention_roles=(77, 78)),
        Message(
            content="Prune now?", buttons=(Button("All", "prune:all", primary=True), Button("None", "no"))
        ),
    ],
    ids=["card", "compact", "link", "gallery with roles", "buttons"],
)
async def test_the_preview_shows_exactly_the_body_that_is_sent(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, message: Message
) -> None:
    await send(chat, channel, message)

    (stored,) = sandbox_discord.messages(channel.id)
    without_nonce = {
        key: value for key, value in stored.body.items() if key not in {"nonce", "enforce_nonce"}
    }
    assert without_nonce == create_message_body(message)


async def test_buttons_keep_their_order_and_the_primary_one_is_coloured(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    buttons = (Button("All", "prune:all", primary=True), Button("None", "prune:none"))

    await send(chat, channel, Message(content="Prune now?", buttons=buttons))

    (stored,) = sandbox_discord.messages(channel.id)
    (row,) = stored.components
    shown = [(each["label"], each["custom_id"], each["style"]) for each in row["components"]]
    assert shown == [("All", "prune:all", 1), ("None", "prune:none", 2)]


@pytest.mark.parametrize("ping", ["@everyone", "@here", "<@&{role}>", "<@{member}>"])
async def test_text_never_pings(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, ping: str
) -> None:
    role = sandbox_discord.add_role(channel.guild_id, "gardeners", mentionable=True)
    member = sandbox_discord.add_member(channel.guild_id, "Ada", roles=(role,))

    await send(chat, channel, Message(content=ping.format(role=role.id, member=member.id)))

    (stored,) = sandbox_discord.messages(channel.id)
    assert not stored.pings


async def test_only_a_configured_role_is_pinged(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    wanted = sandbox_discord.add_role(channel.guild_id, "gardeners", mentionable=True)
    other = sandbox_discord.add_role(channel.guild_id, "cyclists", mentionable=True)

    await send(
        chat,
        channel,
        Message(content=f"<@&{wanted.id}> <@&{other.id}> @everyone", mention_roles=(wanted.id,)),
    )

    (stored,) = sandbox_discord.messages(channel.id)
    assert stored.pings.roles == {wanted.id}
    assert not stored.pings.everyone


@pytest.mark.parametrize("given", [0, -1, "9" * 25])
async def test_a_message_with_an_impossible_id_is_looked_for_again(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, given: int | str
) -> None:
    body: dict[str, object] = {
        "id": given,
        "author": {"id": "7", "username": "Ada", "avatar": None, "discriminator": "0"},
        "content": "Roses",
        "timestamp": "2026-05-01T12:00:00+00:00",
        **dict.fromkeys(("edited_timestamp", "type", "pinned", "tts", "mention_everyone")),
        **{part: [] for part in ("attachments", "embeds", "mentions", "mention_roles")},
    }
    sandbox_discord.faults.next("send", status=200, body=json.dumps(body))

    outcome = await send(chat, channel)

    assert isinstance(outcome, Retry)
    assert outcome.uncertain


async def test_an_announcement_can_be_published(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    news = sandbox_discord.add_channel(channel.guild_id, "announcements", kind="announcement")

    outcome = await send(chat, news)

    assert isinstance(outcome, Sent)
    assert outcome.publishable


async def test_voice_channels_and_threads_accept_messages(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    voice = sandbox_discord.add_channel(channel.guild_id, "talk", kind="voice")
    thread = sandbox_discord.add_thread(channel.id, "roses", archived=True)

    for each in (voice, thread):
        assert isinstance(await send(chat, each), Sent)
        assert len(sandbox_discord.messages(each.id)) == 1


async def test_a_channel_is_fetched_once(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    for _ in range(3):
        await send(chat, channel)

    assert [request.operation for request in sandbox_discord.requests].count("channel") == 1


@pytest.mark.invalid_bodies
async def test_a_post_that_discord_does_not_take_is_dead_and_says_why(chat: Chat, channel: Channel) -> None:
    outcome = await send(chat, channel, Message(content="x" * 2001, thread_name="x" * 2001))

    assert isinstance(outcome, Dead)
    assert "content" in outcome.reason


@pytest.mark.invalid_bodies
async def test_a_post_is_sent_without_an_address_that_discord_does_not_take(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    outcome = await send(
        chat, channel, Message(content="x", embeds=(Embed(title="x", url="https://localhost/1"),))
    )

    assert isinstance(outcome, Sent)
    (stored,) = sandbox_discord.messages(channel.id)
    assert "url" not in stored.embeds[0]


async def test_a_deleted_channel_refuses(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.delete_channel(channel.id)

    outcome = await send(chat, channel)

    assert isinstance(outcome, Refused)
    assert "gone" in outcome.reason


async def test_a_channel_deleted_while_it_is_cached_refuses(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    await send(chat, channel)
    sandbox_discord.delete_channel(channel.id)

    assert isinstance(await send(chat, channel), Refused)


async def test_a_channel_that_the_bot_cannot_see_refuses(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.set_permissions(channel.id, deny=Permission.VIEW_CHANNEL)

    outcome = await send(chat, channel)

    assert isinstance(outcome, Refused)
    assert "View Channel" in outcome.reason


async def test_a_channel_where_the_bot_may_not_write_refuses(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES)

    outcome = await send(chat, channel)

    assert isinstance(outcome, Refused)
    assert "Send Messages" in outcome.reason


async def test_a_locked_thread_refuses(chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel) -> None:
    thread = sandbox_discord.add_thread(channel.id, "roses", locked=True)

    assert isinstance(await send(chat, thread), Refused)


async def test_a_refusal_makes_the_next_send_fetch_the_channel_again(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", status=400, code=50008)
    assert isinstance(await send(chat, channel), Refused)

    assert isinstance(await send(chat, channel), Sent)
    assert [request.operation for request in sandbox_discord.requests].count("channel") == 2


async def test_a_cloudflare_page_is_not_blamed_on_the_channel(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", cloudflare=True)

    outcome = await send(chat, channel)

    assert isinstance(outcome, Retry)
    assert not outcome.uncertain


async def test_after_a_429_from_the_edge_the_post_waits_in_the_outbox(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", rate_limited=30, via=False)

    assert await send(chat, channel) == Retry(
        "Discord asks the bot to slow down.", after=timedelta(seconds=30)
    )


async def test_during_a_long_rate_limit_the_post_waits_in_the_outbox(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", rate_limited=900)

    assert await send(chat, channel) == Retry(
        "Discord asks the bot to slow down.", after=timedelta(seconds=900)
    )


async def test_a_short_rate_limit_waits_in_the_call(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", rate_limited=0.01)

    assert isinstance(await send(chat, channel), Sent)


async def test_an_expired_token_is_retried_later(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel
) -> None:
    sandbox_discord.faults.next("send", status=401)

    outcome = await send(chat, channel)

    assert isinstance(outcome, Retry)
    assert "token" in outcome.reason


async def test_before_the_login_nothing_is_sent(unused_chat: Chat, channel: Channel) -> None:
    outcome = await send(unused_chat, channel)

    assert isinstance(outcome, Retry)
    assert not outcome.uncertain


async def test_a_category_refuses(chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel) -> None:
    body = json.dumps(
        {"id": str(channel.id), "guild_id": str(channel.guild_id), "type": 4, "name": "Beds", "position": 0}
    )
    sandbox_discord.faults.next("channel", status=200, body=body)

    outcome = await send(chat, channel)

    assert isinstance(outcome, Refused)
    assert "can't hold messages" in outcome.reason


@pytest.mark.parametrize("kind", ["text", "forum"])
@pytest.mark.parametrize("style", list(Style))
async def test_without_embed_links_every_style_is_posted(
    chat: Chat, sandbox_discord: SandboxDiscord, channel: Channel, kind: str, style: Style
) -> None:
    place = sandbox_discord.add_channel(channel.guild_id, "beds", kind=kind)
    sandbox_discord.set_permissions(place.id, deny=Permission.EMBED_LINKS)
    entry = Entry(title="Roses", content="<p>They bloom.</p>", link="https://garden.example/post/1")

    outcome = await send(chat, place, render(entry, "Garden", style))

    assert isinstance(outcome, Sent)
    assert ("Embed Links" in outcome.note) == style.has_embeds
    (stored,) = sandbox_discord.all_messages()
    assert entry.link in stored.content
    assert kind == "forum" or style is Style.LINK or "Roses" in stored.content


async def test_without_permission_to_write_only_what_a_post_needs_is_named(
    listening: Chat, sandbox_discord: SandboxDiscord, channel: Channel, opened: Opened
) -> None:
    await opened.wait_for(channel.id)
    sandbox_discord.set_permissions(channel.id, deny=Permission.EMBED_LINKS | Permission.SEND_MESSAGES)

    text = await send(listening, channel, Message("Roses"))
    card = await send(listening, channel)

    assert isinstance(text, Refused)
    assert "lacks Send Messages in" in text.reason
    assert isinstance(card, Refused)
