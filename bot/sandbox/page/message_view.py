"""A message as the page shows it to one viewer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.message_html.message import Post, message_html
from bot.message_html.view import View
from bot.sandbox.discord import components
from bot.sandbox.discord.models import ChannelKind, Json, StoredMessage, Thinking, User
from bot.sandbox.discord.payloads import moment
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.viewers import Viewer, sees

_MAX_TEXT = 200
_SILENT = 1 << 12
NO_RESPONSE = "The application did not respond."


def user_json(user: User) -> Json:
    """Return a person or the bot."""
    return {"id": str(user.id), "name": user.name, "bot": user.is_bot}


@dataclass(frozen=True, slots=True)
class MessageView:
    """Shows messages of a simulated Discord."""

    discord: SandboxDiscord
    picture: Callable[[str], str]
    """Returns the path on the page's server for a picture's address."""


def message_json(view: MessageView, viewer: Viewer, message: StoredMessage) -> Json:
    """Return a message with its HTML."""
    return _message_json(view, viewer, message, _view(view, viewer, message.guild_id))


def messages_json(view: MessageView, viewer: Viewer, messages: Sequence[StoredMessage]) -> list[Json]:
    """Return messages of one channel with their HTML. What the viewer sees is looked up once."""
    if not messages:
        return []
    seen = _view(view, viewer, messages[0].guild_id)
    return [_message_json(view, viewer, each, seen) for each in messages]


def _message_json(view: MessageView, viewer: Viewer, message: StoredMessage, seen: View) -> Json:
    answer = view.discord.interactions.of(message.interaction_id)
    command = answer.command if answer else ""
    return {
        "id": str(message.id),
        "channel": str(message.channel_id),
        "author": user_json(message.author),
        "created_at": moment(message.created_at),
        "edited_at": moment(message.edited_at),
        "html": _html(view.discord, message, seen, command),
        "text": _text(message),
        "published": message.published,
        "silent": bool(message.flags & _SILENT),
        "ephemeral": message.ephemeral,
        "pings_me": _pings(view.discord, viewer, message),
        "command": {"name": command, "user": user_json(answer.user)} if answer and command else None,
        "interaction": None if message.interaction_id is None else str(message.interaction_id),
    }


def thinking_json(thinking: Thinking) -> Json:
    """Return a response that the bot has deferred, and may never send."""
    return {
        "interaction": str(thinking.interaction_id),
        "channel": str(thinking.channel_id),
        "user": user_json(thinking.user),
        "command": thinking.command,
        "ephemeral": thinking.ephemeral,
        "error": NO_RESPONSE if thinking.failed else "",
    }


def _html(discord: SandboxDiscord, message: StoredMessage, seen: View, command: str) -> str:
    body = discord.interactions.message_payload(message)
    if command:
        body["interaction"] = {"name": command}
    return message_html(body, seen, post=_post(discord, message))


def _view(view: MessageView, viewer: Viewer, guild_id: int) -> View:
    discord = view.discord
    member = discord.members.get((guild_id, viewer.user.id))
    members = (each.user for each in discord.members.values() if each.guild_id == guild_id)
    channels = (each for each in discord.channels.values() if sees(discord, viewer, each))
    return View(
        users={str(each.id): each.name for each in members},
        roles={str(each.id): each.name for each in discord.guild_roles(guild_id).values()},
        channels={str(each.id): each.name for each in channels},
        user_id=str(viewer.user.id),
        role_ids=frozenset(str(each) for each in (member.role_ids if member else ())),
        picture=view.picture,
    )


def _post(discord: SandboxDiscord, message: StoredMessage) -> Post | None:
    """Return the forum post that a message opens; None if it opens none."""
    channel = discord.channels[message.channel_id]
    forum = discord.channels.get(channel.parent_id or 0)
    if channel.id != message.id or forum is None or forum.kind is not ChannelKind.FORUM:
        return None
    return Post(channel.name, tuple(tag.name for tag in forum.tags if tag.id in channel.applied_tags))


def _text(message: StoredMessage) -> str:
    titles = (embed.get("title") or embed.get("description") or "" for embed in message.embeds)
    shown = components.text_of({"components": list(message.components)})
    files = (each.name for each in message.attachments)
    found = next((text for text in (message.content, *titles, shown, *files) if text), "")
    return " ".join(str(found).split())[:_MAX_TEXT]


def _pings(discord: SandboxDiscord, viewer: Viewer, message: StoredMessage) -> bool:
    member = discord.members.get((message.guild_id, viewer.user.id))
    roles = frozenset(member.role_ids if member else ())
    return (
        message.pings.everyone or viewer.user.id in message.pings.users or bool(roles & message.pings.roles)
    )
