"""A message as the page shows it to one viewer."""

from html import escape

from bot.sandbox.discord import components
from bot.sandbox.discord.models import Json, StoredMessage, User
from bot.sandbox.discord.payloads import moment
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.viewers import Viewer

_MAX_TEXT = 200
_SILENT = 1 << 12


def user_json(user: User) -> Json:
    """Return a person or the bot."""
    return {"id": str(user.id), "name": user.name, "bot": user.is_bot}


def message_json(discord: SandboxDiscord, viewer: Viewer, message: StoredMessage) -> Json:
    """Return a message with its HTML."""
    answer = discord.interactions.of(message.interaction_id)
    command = answer.command if answer else ""
    return {
        "id": str(message.id),
        "channel": str(message.channel_id),
        "author": user_json(message.author),
        "created_at": moment(message.created_at),
        "edited_at": moment(message.edited_at),
        "html": _html(discord, message),
        "text": _text(message),
        "published": message.published,
        "silent": bool(message.flags & _SILENT),
        "ephemeral": message.ephemeral,
        "pings_me": _pings(discord, viewer, message),
        "command": {"name": command, "user": user_json(answer.user)} if answer and command else None,
        "interaction": None if message.interaction_id is None else str(message.interaction_id),
    }


def _html(_discord: SandboxDiscord, message: StoredMessage) -> str:
    return escape(message.content)


def _text(message: StoredMessage) -> str:
    titles = (embed.get("title") or embed.get("description") or "" for embed in message.embeds)
    shown = components.text_of({"components": list(message.components)})
    found = next((text for text in (message.content, *titles, shown) if text), "")
    return " ".join(str(found).split())[:_MAX_TEXT]


def _pings(discord: SandboxDiscord, viewer: Viewer, message: StoredMessage) -> bool:
    member = discord.members.get((message.guild_id, viewer.user.id))
    roles = frozenset(member.role_ids if member else ())
    return (
        message.pings.everyone or viewer.user.id in message.pings.users or bool(roles & message.pings.roles)
    )
