"""`/feed add`: find the feed behind a pasted address, show a draft, and subscribe at the press of a button."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import discord

from bot.chat.commands.admin.add.backfill import offer_backfill
from bot.chat.commands.admin.add.newest import create_newest_button
from bot.chat.commands.admin.add.subscribe import (
    post_newest,
    require_unfollowed,
    require_within_limit,
    subscribe,
)
from bot.chat.commands.admin.add.view import TEMPLATE, Action, lay_out_choice, lay_out_draft
from bot.chat.commands.admin.base.feed_read import discover_now, read_now
from bot.chat.commands.admin.server.notices import describe_place
from bot.chat.commands.common.channels import (
    TargetChannel,
    find_target_channel_by_id,
    lacks_history,
    require_bot,
)
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, UserError, respond, send_preview, services_of
from bot.chat.embeds import create_view
from bot.chat.feed_draft import MAX_POSTS, FeedDraft, count_tags, name_feed, newest_first
from bot.chat.messages import _, escape_text
from bot.chat.permissions import Kind, kind_of
from bot.chat.services import Services
from bot.model import FoundFeed, Style
from bot.relay.baseline import identify_shown
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.summary import clip


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button below a draft, or a choice in its menu."""

    interaction: Interaction
    services: Services
    key: str
    draft: FeedDraft
    values: tuple[str, ...] = ()
    """The chosen options of a menu."""


async def start_draft(
    interaction: Interaction,
    services: Services,
    pasted: str,
    target: TargetChannel,
    tags: tuple[str, ...],
    style: Style,
) -> None:
    """Find the feed and show the draft of a subscription. Raises UserError."""
    require_bot(interaction, target, style)
    if len(tags) > limits.MENU_OPTIONS:
        raise UserError(
            _("You can name at most {limit} tags here; add more afterwards with `/follow add`."),
            limit=limits.MENU_OPTIONS,
        )
    await require_within_limit(services, target)
    found = await discover_now(services, pasted)
    language = await services.store.guilds.language(target.guild_id)
    draft = FeedDraft(target.id, style, tags, found[: limits.MENU_OPTIONS], language=language)
    key = services.drafts.put(draft)
    if len(found) == 1:
        await _open_feed(Press(interaction, services, key, draft), target, found[0])
        return
    text, view = lay_out_choice(draft, key)
    await respond(interaction, text, view=view)


async def _open_feed(press: Press, target: TargetChannel, found: FoundFeed) -> None:
    """Read the feed, and show the draft and its newest post."""
    await require_unfollowed(press.services, target, found.url)
    read_at = press.services.clock()
    feed = await read_now(press.services, found.url)
    posts = newest_first(feed, found.url)
    tags = press.draft.tags or ((found.tag,) if found.tag else ())
    draft = replace(
        press.draft,
        url=found.url,
        name=name_feed(feed, found),
        tags=tags,
        posts=posts[:MAX_POSTS],
        tag_counts=count_tags(posts, tags),
        document=identify_shown(feed, found.url),
        link=feed.link,
        read_at=read_at,
    )
    await _show(replace(press, draft=draft), target)
    await _show_preview(replace(press, draft=draft))


async def _show(press: Press, target: TargetChannel, menu: Action | None = None) -> None:
    """Show the draft as it is now, in place of the earlier answer."""
    press.services.drafts.put(press.draft, press.key)
    notes = [*_notes(press, target), await describe_place(press.interaction, press.services)]
    embed, view = lay_out_draft(press.draft, press.key, notes=notes, menu=menu)
    await press.interaction.edit_original_response(content="", embed=embed, view=view)


def _notes(press: Press, target: TargetChannel) -> list[str]:
    """Return sentences about what is special in this channel."""
    notes = []
    kind = kind_of(target.channel)
    message = press.draft.preview(press.services.settings.summary_length)
    if kind is Kind.FORUM and message is not None:
        notes.append(
            _("Each post opens a forum post; this one would be called: {title}").format(
                title=escape_text(message.thread_name)
            )
        )
    if kind is Kind.ANNOUNCEMENT:
        notes.append(_("Each post is also published to the channels that follow this one."))
    if lacks_history(target):
        notes.append(
            _(
                "The bot can't read this channel's history. After a crash it holds posts until it can check,"
                " to avoid duplicates; allow Read Message History."
            )
        )
    return notes


async def _show_preview(press: Press) -> None:
    """Show the newest post just as it would be sent, in place of an earlier preview."""
    if press.draft.preview_message is not None:
        with suppress(discord.HTTPException):  # it can't be deleted 15 minutes after the command
            await press.draft.preview_message.delete()
    message = press.draft.preview(press.services.settings.summary_length)
    if message is not None:
        shown = await send_preview(press.interaction, message)
        # Meanwhile the admin may have chosen other tags, or finished.
        if (now := press.services.drafts.get(press.key)) is not None:
            press.services.drafts.put(replace(now, preview_message=shown), press.key)


class DraftItem(PersistentItem, template=TEMPLATE):
    """A button or menu below a draft."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Apply the button's action to the draft. Raises UserError if the draft was dropped."""
        services = services_of(interaction)
        key, action = self.fields["draft"], Action(self.fields["action"])
        draft = services.drafts.get(key)
        if draft is None:
            raise UserError(_("These buttons have expired; run `/feed add` again."))
        await interaction.response.defer()
        target = await find_target_channel_by_id(interaction, draft.channel_id)
        # Another press may have changed the draft in the meantime.
        draft = services.drafts.get(key) or draft
        await _ACTIONS[action](Press(interaction, services, key, draft, self.values), target)


async def _cancel(press: Press, _target: TargetChannel) -> None:
    press.services.drafts.drop(press.key)
    await _close(press, _("Cancelled; nothing changed."))


async def _open_tags(press: Press, target: TargetChannel) -> None:
    await _show(press, target, Action.TAGS)


async def _open_styles(press: Press, target: TargetChannel) -> None:
    await _show(press, target, Action.STYLE)


async def _pick_feed(press: Press, target: TargetChannel) -> None:
    await _open_feed(press, target, press.draft.found[int(press.values[0])])


async def _pick_tags(press: Press, target: TargetChannel) -> None:
    tags = tuple(press.draft.tag_counts[int(value)].tag for value in press.values)
    await _change(press, target, replace(press.draft, tags=tags))


async def _pick_style(press: Press, target: TargetChannel) -> None:
    await _change(press, target, replace(press.draft, style=Style(press.values[0])))


async def _change(press: Press, target: TargetChannel, draft: FeedDraft) -> None:
    changed = replace(press, draft=draft)
    await _show(changed, target)
    length = press.services.settings.summary_length
    if draft.preview(length) != press.draft.preview(length):
        await _show_preview(changed)


async def _subscribe(press: Press, target: TargetChannel) -> None:
    followed, answer = await _subscribe_target(press, target)
    await _close_done(press, followed, answer, newest=True)


async def _subscribe_and_post(press: Press, target: TargetChannel) -> None:
    followed, answer = await _subscribe_target(press, target)
    await _close(press, f"{answer}\n{_('Posting its newest post …')}")
    outcome = await post_newest(press.services, followed)
    await _close_done(press, followed, f"{answer}\n{outcome}", newest=False)


async def _subscribe_target(press: Press, target: TargetChannel) -> tuple[FollowedFeed, str]:
    require_bot(press.interaction, target, press.draft.style)
    done = await subscribe(press.interaction, press.services, target, press.draft)
    press.services.drafts.drop(press.key)
    return done


async def _close_done(press: Press, followed: FollowedFeed, answer: str, *, newest: bool) -> None:
    """Show what was done, with the buttons for what else can be done."""
    reason, archive = offer_backfill(press.services, followed)
    more = [create_newest_button(followed)] if newest else []
    text = f"{answer}\n{reason}" if reason else answer
    await _close(press, text, create_view([*more, *archive]))


async def _close(press: Press, text: str, view: discord.ui.View | None = None) -> None:
    """Replace the draft and its buttons with a text."""
    await press.interaction.edit_original_response(content=clip(text, limits.CONTENT), embed=None, view=view)


_ACTIONS: dict[Action, Callable[[Press, TargetChannel], Awaitable[None]]] = {
    Action.SUBSCRIBE: _subscribe,
    Action.TAGS: _open_tags,
    Action.STYLE: _open_styles,
    Action.POST: _subscribe_and_post,
    Action.CANCEL: _cancel,
    Action.PICK_FEED: _pick_feed,
    Action.PICK_TAGS: _pick_tags,
    Action.PICK_STYLE: _pick_style,
}
