"""Lay out the draft of a subscription: what will be posted, with buttons and menus to change or confirm it. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import discord

from bot.chat.commands.admin.base.rule_preview import count_wanted
from bot.chat.commands.admin.base.rules import describe_rule, list_tags
from bot.chat.embeds import create_view
from bot.chat.feed_draft import FeedDraft
from bot.chat.messages import _, escape_text, n_, plain_text
from bot.model import Style
from bot.text import limits
from bot.text.address import label_of, safe_title
from bot.text.fold import fold_tag
from bot.text.summary import clip

_MAX_LISTED_TAGS = 10
_MAX_OPTION_LENGTH = 100


class Action(StrEnum):
    """The actions of the buttons and menus."""

    SUBSCRIBE = "subscribe"
    TAGS = "tags"
    STYLE = "style"
    POST = "post"
    CANCEL = "cancel"
    PICK_FEED = "pickfeed"
    PICK_TAGS = "picktags"
    PICK_STYLE = "pickstyle"


TEMPLATE = r"add:(?P<draft>[0-9a-f]{16}):(?P<action>[a-z]{1,20})"
"""The custom ids of the buttons and menus below a draft."""


def _style_descriptions() -> dict[Style, str]:
    return {
        Style.CARD: _("A title line and a card with summary and picture"),
        Style.COMPACT: _("One line: title, feed, tags"),
        Style.FULL: _("As much of the text as Discord allows, and more pictures"),
        Style.LINK: _("Just the link, with Discord's own preview"),
    }


def lay_out_choice(draft: FeedDraft, key: str) -> tuple[str, discord.ui.View | None]:
    """Return the question of which feed to follow, with a menu."""
    menu = _menu(key, Action.PICK_FEED, _("Choose a feed"))
    for index, found in enumerate(draft.found[: limits.MENU_OPTIONS]):
        address = plain_text(label_of(found.url), _MAX_OPTION_LENGTH)
        menu.add_option(
            label=plain_text(safe_title(found.title, found.url), _MAX_OPTION_LENGTH) or address,
            value=str(index),
            description=address,
        )
    view = create_view([menu, _button(key, Action.CANCEL, _("Cancel"))])
    return _("This address has several feeds. Choose one:"), view


def lay_out_draft(
    draft: FeedDraft, key: str, *, notes: Sequence[str] = (), menu: Action | None = None
) -> tuple[discord.Embed, discord.ui.View | None]:
    """Return a draft with its buttons, and the menu above them that the admin opened."""
    lines = [
        escape_text(label_of(draft.url), 200),
        _describe_rule(draft),
        _describe_effect(draft),
        _warn_of_unknown_tags(draft),
        _tags(draft),
        *notes,
        _introduce_preview(draft),
    ]
    text = clip("\n".join(filter(None, lines)), limits.EMBED_DESCRIPTION)
    embed = discord.Embed(title=escape_text(draft.name, 200), description=text)
    menus = {Action.TAGS: _tag_menu, Action.STYLE: _style_menu}
    above = [menus[menu](draft, key)] if menu is not None else []
    return embed, create_view([*above, *_buttons(draft, key)])


def _describe_rule(draft: FeedDraft) -> str:
    return _("From now on, <#{channel}> gets {rule}, in the style {style}.").format(
        channel=draft.channel_id, rule=describe_rule(draft.rule), style=draft.style.value
    )


def _describe_effect(draft: FeedDraft) -> str:
    if not draft.posts:
        return _("The feed has no posts yet.")
    if not draft.tags:
        return _("Posts that are already in the feed aren't sent.")
    return f"{count_wanted(len(draft.matching), len(draft.posts))}."


def _warn_of_unknown_tags(draft: FeedDraft) -> str:
    """Return a sentence about chosen tags that no post in the feed has; "" if there are none."""
    used = {fold_tag(count.tag) for count in draft.tag_counts if count.entries}
    unknown = [tag for tag in draft.tags if fold_tag(tag) not in used]
    if not unknown or not draft.posts:
        return ""
    sentence = _(
        "No post in the feed has the tag {tags}; check how the blog spells it, or press **Choose tags**."
    )
    return sentence.format(tags=list_tags(unknown))


def _tags(draft: FeedDraft) -> str:
    used = [count for count in draft.tag_counts if count.entries][:_MAX_LISTED_TAGS]
    if not used:
        return _("Its posts have no tags.") if draft.posts else ""
    listed = ", ".join(f"{escape_text(count.tag, 60)} ({count.entries})" for count in used)
    return _("Most used tags: {tags}").format(tags=listed)


def _introduce_preview(draft: FeedDraft) -> str:
    if not draft.posts:
        return ""
    if draft.matching:
        return _("The newest post is below, as it would be sent.")
    return _("The newest post is below. These tags leave it out, but it shows the style.")


def _buttons(draft: FeedDraft, key: str) -> list[discord.ui.Button[Any]]:
    return [
        _button(key, Action.SUBSCRIBE, _("Subscribe"), discord.ButtonStyle.primary),
        _button(key, Action.TAGS, _("Choose tags"), enabled=bool(draft.tag_counts)),
        _button(key, Action.STYLE, _("Choose style")),
        _button(key, Action.POST, _("Subscribe and post the newest"), enabled=bool(draft.matching)),
        _button(key, Action.CANCEL, _("Cancel")),
    ]


def _button(
    key: str,
    action: Action,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    enabled: bool = True,
) -> discord.ui.Button[Any]:
    return discord.ui.Button(style=style, label=label, custom_id=f"add:{key}:{action}", disabled=not enabled)


def _menu(key: str, action: Action, placeholder: str) -> discord.ui.Select[Any]:
    return discord.ui.Select(custom_id=f"add:{key}:{action}", placeholder=placeholder)


def _tag_menu(draft: FeedDraft, key: str) -> discord.ui.Select[Any]:
    menu = _menu(key, Action.PICK_TAGS, _("Choose tags; without any, every post is sent"))
    for index, count in enumerate(draft.tag_counts):
        menu.add_option(
            label=plain_text(count.tag, _MAX_OPTION_LENGTH) or "—",
            value=str(index),
            description=n_("{count} post", "{count} posts", count.entries),
            default=count.tag in draft.tags,
        )
    menu.min_values, menu.max_values = 0, len(draft.tag_counts)
    return menu


def _style_menu(draft: FeedDraft, key: str) -> discord.ui.Select[Any]:
    menu = _menu(key, Action.PICK_STYLE, _("Choose a style"))
    for style, description in _style_descriptions().items():
        menu.add_option(label=style.value, description=description, default=style is draft.style)
    return menu
