"""Recognises a message of the bot among those that Discord returns (pure)."""

import re
from collections.abc import Iterable, Sequence

from bot.model import Embed, Message
from bot.text.keys import link_key
from bot.text.markdown import quote_marks
from bot.text.repetition import letters_of

_LINK = re.compile(r"https?://[^\s<>()\[\]]+")
_PING = re.compile(r"<@&\d+>")
_MIN_SAME_LETTERS = 80
"""Letters and digits; two summaries of different length with this many in common are of the same post."""


def is_same(message: Message, content: str, embeds: Sequence[Embed]) -> bool:
    """Return whether a message with this content and these embeds is the given one."""
    if not message.link:
        return words_of(content, embeds) == words_of(message.content, message.embeds) or _is_old_card(
            message, content, embeds
        )
    # The whole link, not the beginning of a longer one. Inside of Markdown it is quoted.
    written = "|".join(map(re.escape, (message.link, quote_marks(message.link))))
    link = re.compile(rf"(?:{written})(?=[\s>)\]]|$)")
    if any(embed.url == message.link for embed in embeds) or link.search(content) is not None:
        return True
    return not {link_key(each) for each in links_of(content, embeds)}.isdisjoint(message.link_keys)


def links_of(content: str, embeds: Iterable[Embed]) -> tuple[str, ...]:
    """Return the addresses in a message, apart from those in its embeds' texts; "" for an embed without one."""
    return (*(embed.url for embed in embeds), *_LINK.findall(content))


def bare_words_of(content: str, embeds: Iterable[Embed]) -> list[str]:
    """Return the words of a message without its addresses."""
    return _LINK.sub("", " ".join(words_of(content, embeds))).split()


def words_of(content: str, embeds: Iterable[Embed]) -> list[str]:
    """Return all words of a message without its pings: Discord doesn't preserve white space."""
    texts = (part for embed in embeds for part in (embed.title, embed.description))
    return " ".join((_PING.sub("", content), *texts)).split()


def _is_old_card(message: Message, content: str, embeds: Sequence[Embed]) -> bool:
    """Return whether this is the message in its first layout, which may have been sent before an upgrade.

    It had the title in the content and again in the embed. A title that repeated the text was replaced by "Post", and
    the text began with it.
    """
    if len(embeds) != 1 or len(message.embeds) != 1 or not embeds[0].title:
        return False
    found, wanted = embeds[0], message.embeds[0]
    if _moment(found) != _moment(wanted) or found.footer.split() != wanted.footer.split():
        return False
    if not wanted.title and content.split() == message.content.split():
        return found.description.split() == wanted.description.split()
    title = _PING.sub("", wanted.title or message.content)
    old, new = letters_of(found.description), letters_of(f"{title} {wanted.description}")
    is_cut = min(len(old), len(new)) >= _MIN_SAME_LETTERS and (new.startswith(old) or old.startswith(new))
    return bool(old) and (old == new or is_cut)


def _moment(embed: Embed) -> int:
    """Return seconds: Discord doesn't preserve fractions."""
    return 0 if embed.timestamp is None else int(embed.timestamp.timestamp())
