"""How a draft looks: what will be posted from now on, and the buttons and menus that change or settle it. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import discord

from bot.chat.commands.admin.rules import describe
from bot.chat.embeds import create_view
from bot.chat.feed_draft import MENU, Draft
from bot.chat.messages import _, escape_text, n_, plain_text
from bot.model import Style
from bot.text import limits
from bot.text.canonical import label_of
from bot.text.summary import clip

_MOST_USED = 10
_VALUE = 100


class Act(StrEnum):
    """What a press means."""

    SUBSCRIBE = "subscribe"
    TAGS = "tags"
    STYLE = "style"
    POST = "post"
    CANCEL = "cancel"
    PICK_FEED = "pickfeed"
    PICK_TAGS = "picktags"
    PICK_STYLE = "pickstyle"


TEMPLATE = r"add:(?P<draft>[0-9a-f]{16}):(?P<act>[a-z]{1,20})"
"""The custom id of everything below a draft."""


def style_words() -> dict[Style, str]:
    """The styles in a few words each."""
    return {
        Style.CARD: _("A title line, and a card with summary and picture"),
        Style.COMPACT: _("One line: title, feed, tags"),
        Style.FULL: _("As much of the text as Discord admits, with further pictures"),
        Style.LINK: _("The bare link, with Discord's own preview"),
    }


def ask_which_feed(draft: Draft, key: str) -> tuple[str, discord.ui.View | None]:
    """One feed of several, by a menu."""
    menu = _menu(key, Act.PICK_FEED, _("Choose a feed"))
    for index, found in enumerate(draft.found[:MENU]):
        address = plain_text(label_of(found.url), _VALUE)
        menu.add_option(
            label=plain_text(found.title, _VALUE) or address, value=str(index), description=address
        )
    view = create_view([menu, _button(key, Act.CANCEL, _("Cancel"))])
    return _("There are several feeds behind this address; which one do you mean?"), view


def lay_out(
    draft: Draft, key: str, *, notes: Sequence[str] = (), menu: Act | None = None
) -> tuple[discord.Embed, discord.ui.View | None]:
    """A draft with its buttons, and above them the menu that was asked for."""
    lines = [
        escape_text(label_of(draft.url), 200),
        _promise(draft),
        _effect(draft),
        _tags(draft),
        *notes,
        _outlook(draft),
    ]
    text = clip("\n".join(filter(None, lines)), limits.EMBED_DESCRIPTION)
    embed = discord.Embed(title=escape_text(draft.name, 200), description=text)
    menus = {Act.TAGS: _tag_menu, Act.STYLE: _style_menu}
    above = [menus[menu](draft, key)] if menu is not None else []
    return embed, create_view([*above, *_buttons(draft, key)])


def _promise(draft: Draft) -> str:
    return _("From now on <#{channel}> gets {rule}, in the style {style}.").format(
        channel=draft.channel_id, rule=describe(draft.rule), style=draft.style.value
    )


def _effect(draft: Draft) -> str:
    if not draft.posts:
        return _("The feed has no posts yet.")
    if not draft.tags:
        return _("What stands in the feed already is not posted.")
    return n_(
        "Of the newest post in the feed, {wanted} would have been posted.",
        "Of the newest {count} posts in the feed, {wanted} would have been posted.",
        len(draft.posts),
    ).format(wanted=len(draft.wanted))


def _tags(draft: Draft) -> str:
    used = [count for count in draft.offered if count.entries][:_MOST_USED]
    if not used:
        return _("Its posts bear no tags.") if draft.posts else ""
    listed = ", ".join(f"{escape_text(count.tag, 60)} ({count.entries})" for count in used)
    return _("Most used tags: {tags}").format(tags=listed)


def _outlook(draft: Draft) -> str:
    if not draft.posts:
        return ""
    if draft.wanted:
        return _("Below is the newest post as it would be sent.")
    return _("Below is the newest post, which this would leave out, as it would look.")


def _buttons(draft: Draft, key: str) -> list[discord.ui.Button[Any]]:
    return [
        _button(key, Act.SUBSCRIBE, _("Subscribe"), discord.ButtonStyle.primary),
        _button(key, Act.TAGS, _("Choose tags"), enabled=bool(draft.offered)),
        _button(key, Act.STYLE, _("Choose style")),
        _button(key, Act.POST, _("Post the newest one now"), enabled=bool(draft.wanted)),
        _button(key, Act.CANCEL, _("Cancel")),
    ]


def _button(
    key: str,
    act: Act,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    enabled: bool = True,
) -> discord.ui.Button[Any]:
    return discord.ui.Button(style=style, label=label, custom_id=f"add:{key}:{act}", disabled=not enabled)


def _menu(key: str, act: Act, placeholder: str) -> discord.ui.Select[Any]:
    return discord.ui.Select(custom_id=f"add:{key}:{act}", placeholder=placeholder)


def _tag_menu(draft: Draft, key: str) -> discord.ui.Select[Any]:
    menu = _menu(key, Act.PICK_TAGS, _("Posts with any of these tags; none chosen: every post"))
    for index, count in enumerate(draft.offered):
        menu.add_option(
            label=plain_text(count.tag, _VALUE) or "—",
            value=str(index),
            description=n_("{count} post", "{count} posts", count.entries),
            default=count.tag in draft.tags,
        )
    menu.min_values, menu.max_values = 0, len(draft.offered)
    return menu


def _style_menu(draft: Draft, key: str) -> discord.ui.Select[Any]:
    menu = _menu(key, Act.PICK_STYLE, _("Choose a style"))
    for style, words in style_words().items():
        menu.add_option(label=style.value, description=words, default=style is draft.style)
    return menu
