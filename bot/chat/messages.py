"""Text for people in Discord, in their language: escaping, lists, links and times.

Call `use_locale` before answering an interaction; `bot.i18n` says how texts are translated.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import discord
from discord import app_commands

from bot.i18n import _, catalogue, n_, use_language
from bot.model import MAX_SNOWFLAKE
from bot.text import limits
from bot.text.escape import is_blank, isolate_direction
from bot.text.lines import clean_line, fit_escaped_line
from bot.text.summary import clip

_DESCRIPTIONS = frozenset(
    {
        app_commands.TranslationContextLocation.command_description,
        app_commands.TranslationContextLocation.group_description,
        app_commands.TranslationContextLocation.parameter_description,
        app_commands.TranslationContextLocation.choice_name,
    }
)

MAX_ERROR_LENGTH = 300
"""UTF-16 units of a feed's error in an answer."""

_MARKS = 2
"""UTF-16 units that isolate right-to-left text."""
_COUNT_LENGTH = 60
"""UTF-16 units reserved for the line that counts what is left out."""

_MESSAGE_LINK = re.compile(
    r"(?:(?:https?://(?:\w+\.)?discord(?:app)?\.com|discord://-?)/channels/(?:\d{1,20}|@me)/)?"
    r"(?:(\d{15,20})[/-])?(\d{15,20})(?:[/?#].*)?",
    re.IGNORECASE | re.ASCII,
)
"""Also "channel-message", which Discord copies when Shift is held."""

__all__ = [
    "MAX_ERROR_LENGTH",
    "Descriptions",
    "_",
    "escape_text",
    "feed_label",
    "fit_lines",
    "join_and",
    "join_or",
    "jump_url",
    "message_ids",
    "n_",
    "plain_part",
    "plain_text",
    "relative_time",
    "shorten",
    "use_locale",
]


def use_locale(locale: discord.Locale) -> None:
    """Use this language for the texts of this task, as far as they are translated."""
    use_language(locale.value)


class Descriptions(app_commands.Translator):
    """Translates the commands' descriptions for Discord; their names are the same in all languages."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the translation; None to keep English."""
        if context.location not in _DESCRIPTIONS:
            return None
        translated = catalogue(locale.value).gettext(string.message)
        return None if translated == string.message else translated


def join_or(parts: Sequence[str]) -> str:
    """Return "a, b or c"."""
    return _joined(parts, _("{first} or {last}"))


def join_groups(parts: Sequence[str]) -> str:
    """Return "a and b, c, or d", for parts that may have an "and" of their own."""
    return _joined(parts, _("{first}, or {last}"))


def join_and(parts: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return _joined(parts, _("{first} and {last}"))


def _joined(parts: Sequence[str], pattern: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return pattern.format(first=", ".join(parts[:-1]), last=parts[-1])


def shorten(parts: Sequence[str], limit: int) -> list[str]:
    """Return the first `limit` parts, and how many more there are."""
    more = len(parts) - limit
    return [*parts[:limit], _("{count} more").format(count=more)] if more > 0 else list(parts)


def feed_label(name: str, address: str, limit: int = 100) -> str:
    """Return a feed's name where Discord shows no Markdown, or its address if it has no name."""
    return plain_text(name, limit) or plain_text(address, limit)


def jump_url(guild_id: int, channel_id: int, message_id: int | None) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def message_ids(typed: str) -> tuple[int, ...]:
    """Return the ids that a link or id of a message names, the message's first; () for other text.

    The second one is the thread: the first message of a forum post has the thread's id.
    """
    found = _MESSAGE_LINK.fullmatch(typed.strip().strip("<>"))
    numbers = [int(number) for number in found.groups() if number] if found else []
    return tuple(number for number in reversed(numbers) if number <= MAX_SNOWFLAKE)


def relative_time(moment: datetime | None) -> str:
    """Return a moment as time from now, written by each reader's Discord; "never" for None."""
    return _("never") if moment is None else discord.utils.format_dt(moment, "R")


def next_time(moment: datetime | None, now: datetime) -> str:
    """Return a planned moment as time from now; "now" if it is due, because Discord would show it as past."""
    return _("now") if moment is not None and moment <= now else relative_time(moment)


def fit_lines(lines: Sequence[str], limit: int) -> str:
    """Return as many of the lines as fit into `limit` UTF-16 units, and how many more there are."""
    if sum(limits.utf16_length(line) + 1 for line in lines) <= limit:
        return "\n".join(lines)
    kept: list[str] = []
    room = limit - _COUNT_LENGTH
    for line in lines:
        room -= limits.utf16_length(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, n_("… and {count} more", "… and {count} more", len(lines) - len(kept))])


def escape_text(text: str, limit: int = 100) -> str:
    """Return a feed's or member's text as one line that is shown literally, at most `limit` UTF-16 units."""
    line = clean_line(text)
    return "" if is_blank(line) else fit_escaped_line(line, limit)


def plain_text(text: str, limit: int = 100) -> str:
    """Return a feed's or member's text as one line for places without Markdown: choices, labels, titles."""
    line = clean_line(text)
    return "" if is_blank(line) else clip(line, limit)


def plain_part(text: str, limit: int = 100) -> str:
    """Like `plain_text`, for a part of a longer label: right-to-left text doesn't reorder what is around it."""
    shown = isolate_direction(plain_text(text, limit))
    return (
        shown if limits.utf16_length(shown) <= limit else isolate_direction(plain_text(text, limit - _MARKS))
    )
