"""Finds the fields of a message that Discord refuses, and leaves them out (pure).

Discord refuses a whole message for one bad field, such as a picture's address, and names the field's path in its error
50035: https://docs.discord.com/developers/reference#error-messages
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.model import Button, Embed, Message
from bot.text import limits
from bot.text.limits import utf16_length
from bot.text.markdown import masked_link, quote_marks

_INVALID_FORM = 50035
_BUTTONS_IN_ROW = 5
_MAX_PROBLEM_LENGTH = 200
_PLAIN_NAME = "New post"
_NO_EMBEDS = (
    "The bot lacks Embed Links in this channel, so the post has no card;"
    " grant it, or choose the style compact or link."
)
_EMBED_PARTS: dict[str, tuple[dict[str, Any], str]] = {
    "title": ({"title": ""}, "the title"),
    "description": ({"description": ""}, "the text"),
    "url": ({"url": ""}, "the link of the card"),
    "author": ({"author": ""}, "the author"),
    "image": ({"image_url": ""}, "a picture"),
    "footer": ({"footer": ""}, "the footer"),
    "timestamp": ({"timestamp": None}, "the date"),
}
"""For each part of an embed: what an embed without it has, and its name for people."""
_FIELDS = {
    "content": "the text above the card",
    "embeds": "the card",
    "components": "a button",
    "allowed_mentions": "the ping",
    "name": "the name",
    "applied_tags": "the tags",
}


@dataclass(frozen=True, slots=True)
class RefusedField:
    """A field that Discord refuses."""

    path: tuple[str, ...]
    """From the message on, even if that is a part of a forum post."""
    problem: str

    @property
    def is_tags(self) -> bool:
        """Whether it is the tags of a forum post."""
        return self.path[:1] == ("applied_tags",)

    def __str__(self) -> str:
        part = self.path[2] if self.path[:1] == ("embeds",) and len(self.path) > 2 else ""
        if part in _EMBED_PARTS:
            return _EMBED_PARTS[part][1]
        return _FIELDS.get(self.path[0] if self.path else "", "a part")


EMBEDS = RefusedField(("embeds",), "The bot lacks Embed Links.")
"""Without Embed Links, Discord leaves embeds out or refuses a message that has nothing else. It names no field then."""

_EVERYTHING = RefusedField(("*",), "")
"""What a message can do without."""


def find_refused(error: discord.HTTPException) -> tuple[RefusedField, ...]:
    """Return the fields that an error names; () if it is about something else."""
    if error.code != _INVALID_FORM:
        return ()
    return tuple(_walk(error._errors, ()))  # noqa: SLF001  # in the text, values of the feed could pose as paths


def _walk(tree: object, path: tuple[str, ...]) -> Iterator[RefusedField]:
    for step, inner in tree.items() if isinstance(tree, dict) else ():
        if step == "_errors":
            texts = (str(each.get("message", "")) for each in inner if isinstance(each, dict))
            yield RefusedField(path, " ".join(texts)[:_MAX_PROBLEM_LENGTH])
        else:
            here = (*path, str(step))
            yield from _walk(inner, () if here == ("message",) else here)


def describe_refused(fields: Collection[RefusedField]) -> str:
    """Return a sentence about what was left out; "" if nothing was."""
    names = " and ".join(dict.fromkeys(str(field) for field in fields if field != EMBEDS))
    refusal = f"The post was sent without {names}, which Discord refused." if names else ""
    return " ".join(filter(None, (refusal, _NO_EMBEDS if EMBEDS in fields else "")))


def leave_out(message: Message, fields: Collection[RefusedField]) -> Message:
    """Return the message without these fields, but still with its link; unchanged if nothing can be left out.

    A field that a message can't do without is replaced: the name of a forum post, the content of a message without an
    embed. For a field that the message doesn't have, everything but its content is left out, and then everything but
    its linked headline.
    """
    lighter = _without_fields(message, fields)
    return _without_fields(message, [_EVERYTHING]) if lighter == message and fields else lighter


def _without_fields(message: Message, fields: Iterable[RefusedField]) -> Message:
    lighter = message
    # The last ones first, so that the places of the others stay as Discord named them.
    for field in sorted(fields, key=lambda field: [(len(step), step) for step in field.path], reverse=True):
        lighter = _without(lighter, field.path)
    lighter = replace(
        lighter, embeds=tuple(embed for embed in lighter.embeds if embed != Embed(url=embed.url))
    )
    if lighter == message:
        return message
    lighter = _with_something(lighter)
    return lighter if lighter.content or lighter.embeds else message


def _without(message: Message, path: tuple[str, ...]) -> Message:
    match path:
        case ("embeds", index, *rest) if index.isdecimal() and int(index) < len(message.embeds):
            embeds = list(message.embeds)
            changes = _EMBED_PARTS[rest[0]][0] if rest and rest[0] in _EMBED_PARTS else None
            embeds[int(index)] = Embed() if changes is None else replace(embeds[int(index)], **changes)
            return replace(message, embeds=tuple(embeds))
        case ("embeds", *_):
            return replace(message, embeds=())
        case _EVERYTHING.path:
            bare = replace(message, embeds=(), buttons=(), tags=(), mention_roles=())
            return replace(bare, content="", opening=None) if message.link else bare
        case ("content", *_):
            return replace(message, content="", opening=None)
        case ("components", *rest):
            return replace(message, buttons=_without_button(message, rest))
        case ("allowed_mentions", *_):
            return replace(message, mention_roles=())
        case ("name", *_):
            return replace(message, thread_name=_PLAIN_NAME)
        case ("applied_tags", *_):
            return replace(message, tags=())
    return replace(message, embeds=(), buttons=())


def _without_button(message: Message, path: list[str]) -> tuple[Button, ...]:
    match path:
        case [row, "components", index, *_] if row.isdecimal() and index.isdecimal():
            number = int(row) * _BUTTONS_IN_ROW + int(index)
            return tuple(button for place, button in enumerate(message.buttons) if place != number)
    return ()


def _with_something(message: Message) -> Message:
    """Return the message with its link, and with something to show."""
    opening = None if message.opening is None else _with_link(message, message.opening)
    return replace(message, content=_with_link(message, message.content), opening=opening)


def _with_link(message: Message, content: str) -> str:
    if content or message.embeds:
        places = (content, *(embed.url for embed in message.embeds))
        if any(link in place for place in places for link in (message.link, quote_marks(message.link))):
            return content
    headline = masked_link(message.thread_name, message.link) if message.thread_name else ""
    lines = ("" if message.embeds else headline, f"<{quote_marks(message.link)}>" if message.link else "")
    choices = (f"{content}\n{line}".strip() for line in lines if line)
    return next((each for each in choices if utf16_length(each) <= limits.CONTENT), content)
