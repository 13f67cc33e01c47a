"""Recognises a message of the bot among those that Discord returns (pure)."""

import re
from collections.abc import Iterable, Sequence

import discord

from bot.model import Embed, Message
from bot.text.keys import link_key
from bot.text.markdown import quote_marks
from bot.text.repetition import letters_of

_LINK = re.compile(r"https?://[^\s<>()\[\]]+")
_PING = re.compile(r"<@&\d+>")
_MIN_SAME_LETTERS = 80
"""Letters and digits; two summaries of different length with this many in common are of the same post."""

AnyEmbed = Embed | discord.Embed
"""Ours, or Discord's."""


def is_same(message: Message, content: str, embeds: Sequence[AnyEmbed]) -> bool:
    """Return whether a message with this content and these embeds is the given one."""
    if not message.link:
        return _words(content, embeds) == _words(message.content, message.embeds) or _is_old_card(
            message, content, embeds
        )
    # The whole link, not the beginning of a longer one. Inside of Markdown it is quoted.
    written = "|".join(map(re.escape, (message.link, quote_marks(message.link))))
    link = re.compile(rf"(?:{written})(?=[\s>)\]]|$)")
    if any(embed.url == message.link for embed in embeds) or link.search(content) is not None:
        return True
    links = (*(embed.url or "" for embed in embeds), *_LINK.findall(content))
    return not {link_key(each) for each in links}.isdisjoint(message.link_keys)


def _words(content: str, embeds: Iterable[AnyEmbed]) -> list[str]:
    """Return all words of a message without its pings: Discord doesn't preserve white space."""
    texts = (part for embed in embeds for part in (embed.title, embed.description))
    return " ".join(part or "" for part in (_PING.sub("", content), *texts)).split()


def _is_old_card(message: Message, content: str, embeds: Sequence[AnyEmbed]) -> bool:
    """Return whether this is the message in its first layout, which may have been sent before an upgrade.

    It had the title in the content and again in the embed. A title that repeated the text was replaced by "Post", and
    the text began with it.
    """
    if len(embeds) != 1 or len(message.embeds) != 1 or not embeds[0].title:
        return False
    found, wanted = embeds[0], message.embeds[0]
    if _moment(found) != _moment(wanted) or _footer(found) != _footer(wanted):
        return False
    if not wanted.title and content.split() == message.content.split():
        return (found.description or "").split() == wanted.description.split()
    title = _PING.sub("", wanted.title or message.content)
    old, new = letters_of(found.description or ""), letters_of(f"{title} {wanted.description}")
    is_cut = min(len(old), len(new)) >= _MIN_SAME_LETTERS and (new.startswith(old) or old.startswith(new))
    return bool(old) and (old == new or is_cut)


def _footer(embed: AnyEmbed) -> list[str]:
    text = embed.footer if isinstance(embed, Embed) else embed.footer.text
    return (text or "").split()


def _moment(embed: AnyEmbed) -> int:
    """Return seconds: Discord doesn't preserve fractions."""
    return 0 if embed.timestamp is None else int(embed.timestamp.timestamp())
