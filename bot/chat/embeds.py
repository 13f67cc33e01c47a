"""Message → the embeds, buttons and mentions that discord.py sends, and the JSON body that Discord gets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.model import Button, Embed, Message


@dataclass(frozen=True, slots=True)
class _PingedRole:
    """A role for AllowedMentions. Its id is text, as Discord's API requires; discord.py sends it unchanged."""

    id: str


def create_allowed_mentions(roles: Sequence[int]) -> discord.AllowedMentions:
    """Allow pings of these roles and of nobody else, whatever the text says."""
    if not roles:
        return discord.AllowedMentions.none()
    pinged = [_PingedRole(str(role)) for role in dict.fromkeys(roles)]
    return discord.AllowedMentions(
        everyone=False,
        users=False,
        roles=pinged,  # type: ignore[arg-type]  # see _PingedRole
        replied_user=False,
    )


def create_embed(embed: Embed) -> discord.Embed:
    """Return an embed; empty parts are left out of the body."""
    created = discord.Embed(
        title=embed.title or None,
        url=embed.url or None,
        description=embed.description or None,
        timestamp=embed.timestamp,
    )
    if embed.author:
        created.set_author(name=embed.author)
    if embed.image_url:
        created.set_image(url=embed.image_url)
    if embed.footer:
        created.set_footer(text=embed.footer)
    return created


def read_embed(found: discord.Embed) -> Embed:
    """Return an embed of a message that Discord returns."""
    return Embed(
        title=found.title or "",
        url=found.url or "",
        description=found.description or "",
        author=found.author.name or "",
        image_url=found.image.url or "",
        footer=found.footer.text or "",
        timestamp=found.timestamp,
    )


def create_view(items: Iterable[discord.ui.Item[Any]]) -> discord.ui.View | None:
    """Return a view of these buttons and menus; None if there are none. Presses are dispatched by custom id."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # otherwise discord.py keeps it until the process ends
    return view if view.children else None


def create_buttons(buttons: Iterable[Button]) -> Iterator[discord.ui.Button[Any]]:
    """Yield the buttons of a message."""
    for button in buttons:
        style = discord.ButtonStyle.primary if button.primary else discord.ButtonStyle.secondary
        yield discord.ui.Button(label=button.label, custom_id=button.custom_id, style=style)


def create_message_body(message: Message) -> dict[str, object]:
    """Return exactly what `Sender.send` posts to a text channel, without the nonce."""
    view = create_view(create_buttons(message.buttons))
    body: dict[str, object] = {
        "content": message.content,
        "tts": False,
        "embeds": [dict(create_embed(embed).to_dict()) for embed in message.embeds],
        "components": [] if view is None else view.to_components(),  # discord.py sends [] for no buttons
        "allowed_mentions": dict(create_allowed_mentions(message.mention_roles).to_dict()),
    }
    if message.suppress_embeds or message.silent:
        flags = discord.MessageFlags(
            suppress_embeds=message.suppress_embeds, suppress_notifications=message.silent
        )
        body["flags"] = flags.value
    return body
