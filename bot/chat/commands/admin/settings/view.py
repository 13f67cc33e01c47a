"""What `/feed settings` shows: the current values, the effect of a change, and their buttons. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

import discord

from bot.chat.commands.admin.base.rule_preview import count_wanted, list_posts, preview_rule
from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.admin.settings.fields import (
    FIELDS,
    Panel,
    describe,
    every,
    panel_title,
    setting_title,
)
from bot.chat.commands.common.forms import MAX_OPTION_LENGTH, fit
from bot.chat.embeds import create_view
from bot.chat.messages import _, escape_text, fit_lines, n_
from bot.model import ArchivedEntry, LookProgress, Setting, Settings
from bot.relay.match import match
from bot.store.settings_changes import SettingsChange
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.summary import clip

LOOK_COUNTS = (1, 5, 10, 25, 50)
"""How many posts in the channel can get a new look at once."""
MAX_BUTTON_LENGTH = 80
"""UTF-16 units of a button's label."""
MAX_PLACEHOLDER_LENGTH = 150
"""UTF-16 units of a menu's placeholder."""
_MAX_CHANGED_POSTS = 10

_TAGS = (Setting.TAGS, Setting.EXCLUDE_TAGS)


def lay_out_panel(each: FollowedFeed, progress: LookProgress) -> tuple[discord.Embed, discord.ui.View | None]:
    """Return a subscription's settings, those of the config file marked, and the buttons that open the forms."""
    lines = [
        fill(
            _("<#{channel}> follows this feed: {address}"),
            each,
            address=escape_text(each.feed_label, 200),
        )
    ]
    for panel in Panel:
        shown = (*_TAGS, *FIELDS[panel]) if panel is Panel.FILTER else FIELDS[panel]
        lines += ["", f"**{panel_title(panel)}**", *(_describe_setting(each, setting) for setting in shown)]
    lines += [
        "",
        _("Change the tags with `/follow add`, `/follow remove` and `/follow exclude`."),
        _describe_progress(progress),
    ]
    text = clip("\n".join(lines).strip(), limits.EMBED_DESCRIPTION)
    embed = discord.Embed(title=clip(escape_text(each.feed_name, 200), limits.EMBED_TITLE), description=text)
    return embed, create_view([_panel_button(panel, each) for panel in Panel])


def _describe_setting(each: FollowedFeed, setting: Setting) -> str:
    line = f"{setting_title(setting)}: {_describe_value(each, setting)}"
    return f"{line} · {_('set in the config file')}" if setting in each.fixed else line


def _describe_value(each: FollowedFeed, setting: Setting) -> str:
    if setting is Setting.INTERVAL and each.feed_interval is not None:
        return every(each.feed_interval)
    return describe(setting, each.subscription.settings)


def _panel_button(panel: Panel, each: FollowedFeed) -> discord.ui.Button[Any]:
    return discord.ui.Button(
        label=fit(panel_title(panel), MAX_BUTTON_LENGTH),
        custom_id=f"set:1:{panel}:{each.subscription.id}",
        disabled=each.fixed.issuperset(FIELDS[panel]),
    )


def _describe_progress(progress: LookProgress) -> str:
    if not progress.pending:
        return ""
    return n_(
        "{count} post in the channel is still getting its new look.",
        "{count} posts in the channel are still getting their new look.",
        progress.pending,
    )


def describe_change(
    change: SettingsChange,
    posts: Sequence[ArchivedEntry],
    kept: Collection[Setting] = (),
    warnings: Sequence[str] = (),
) -> discord.Embed:
    """Return what changed, what others had changed meanwhile (`kept`), and which of the last posts that affects."""
    before, after = change.before.subscription.settings, change.after.subscription.settings
    fields = [setting for setting in Setting if setting in change.fields]
    lines = [
        fill(
            _("**{feed}** in <#{channel}>:") if fields else _("**{feed}** in <#{channel}>: nothing changed."),
            change.after,
        ),
        *(f"- {_describe_difference(setting, before, after)}" for setting in fields),
        *(f"- {_describe_kept(setting, after)}" for setting in Setting if setting in kept),
        *warnings,
        *(_effect(before, after, posts) if fields else ()),
    ]
    return discord.Embed(description=fit_lines(lines, limits.EMBED_DESCRIPTION))


def _describe_difference(setting: Setting, before: Settings, after: Settings) -> str:
    return f"{setting_title(setting)}: {describe(setting, before)} → **{describe(setting, after)}**"


def _describe_kept(setting: Setting, after: Settings) -> str:
    return _("{setting}: somebody changed it meanwhile to **{value}**, so that stays.").format(
        setting=setting_title(setting), value=describe(setting, after)
    )


def _effect(before: Settings, after: Settings, posts: Sequence[ArchivedEntry]) -> list[str]:
    """Return how many of the last posts would have been posted before and after, and which of them differ."""
    old, new = preview_rule(before.rule, posts), preview_rule(after.rule, posts)
    if not posts or before.rule == after.rule:
        return [f"{count_wanted(len(new.wanted), new.posts)}{_(', before and now') if posts else ''}."]
    lost = [post for post in old.wanted if not match(after.rule, post.entry).wanted]
    won = [post for post in new.wanted if not match(before.rule, post.entry).wanted]
    lines = [
        _("Before: {sentence}.").format(sentence=count_wanted(len(old.wanted), old.posts)),
        _("Now: {sentence}.").format(sentence=count_wanted(len(new.wanted), new.posts)),
    ]
    for title, changed in ((_("No longer posted:"), lost), (_("Posted now:"), won)):
        if changed:
            lines += [title, list_posts(changed[:_MAX_CHANGED_POSTS], limits.EMBED_DESCRIPTION // 3)]
    return lines


def lay_out_actions(change: SettingsChange, messages: int) -> discord.ui.View | None:
    """Return Undo, and the menu that applies a new look to the newest `messages` posts in the channel."""
    if not change.id:
        return None
    items: list[discord.ui.Item[Any]] = []
    if change.fields & {Setting.STYLE, Setting.NAME} and messages:
        items.append(_look_menu(change.after.subscription.id, messages))
    undo = discord.ui.Button[Any](label=fit(_("Undo"), MAX_BUTTON_LENGTH), custom_id=f"undo:1:{change.id}")
    return create_view([*items, undo])


def _look_menu(subscription_id: int, messages: int) -> discord.ui.Select[Any]:
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"restyle:1:{subscription_id}",
        placeholder=fit(_("Apply to posts in the channel …"), MAX_PLACEHOLDER_LENGTH),
    )
    for count in dict.fromkeys(min(count, messages) for count in LOOK_COUNTS):
        label = fit(n_("The last post", "The last {count} posts", count), MAX_OPTION_LENGTH)
        menu.add_option(label=label, value=str(count))
    return menu


def describe_restyle(progress: LookProgress) -> str:
    """Return how many posts in the channel have the new look."""
    if progress.pending:
        return _("{done} of {count} posts have the new look. New posts go first.").format(
            done=progress.done, count=progress.all
        )
    text = n_("{count} post has the new look.", "{count} posts have the new look.", progress.done)
    if not progress.failed:
        return text
    failed = n_(
        "{count} post couldn't be changed: it was deleted, or it is archived.",
        "{count} posts couldn't be changed: they were deleted, or they are archived.",
        progress.failed,
    )
    return f"{text} {failed}"
