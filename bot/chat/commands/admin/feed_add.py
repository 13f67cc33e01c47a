"""`/feed add`: from what a person pasted to a subscription, in a few presses."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import discord

from bot.chat.commands.admin.feed_add_subscribe import (
    demand_new,
    demand_room,
    post_newest,
    subscribe,
    tell_outcome,
)
from bot.chat.commands.admin.feed_add_view import TEMPLATE, Act, ask_which_feed, lay_out
from bot.chat.commands.admin.feed_backfill import offer_to_fill
from bot.chat.commands.admin.feed_read import discover_now, read_now
from bot.chat.commands.common.channels import (
    TargetChannel,
    find_target_channel_by_id,
    lacks_history,
    require_bot,
)
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.previews import send_preview
from bot.chat.commands.common.responses import Interaction, UserError, respond, services_of
from bot.chat.feed_draft import MENU, MOST_POSTS, Draft, count_tags, name_of, newest_first
from bot.chat.messages import _, escape_text
from bot.chat.permissions import Kind, kind_of
from bot.chat.services import Services
from bot.model import FoundFeed, Style
from bot.store.subscriptions import Subscribed
from bot.text import limits
from bot.text.summary import clip


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button, or a choice of a menu, below a draft."""

    interaction: Interaction
    services: Services
    key: str
    draft: Draft
    values: tuple[str, ...] = ()
    """What was chosen."""


async def begin(
    interaction: Interaction,
    services: Services,
    pasted: str,
    target: TargetChannel,
    tags: tuple[str, ...],
    style: Style,
) -> None:
    """Find the feed and show what following it would mean. Raises UserError."""
    require_bot(interaction, target)
    if len(tags) > MENU:
        raise UserError(
            _("Name at most {most} tags here; `/follow add` adds more of them afterwards."), most=MENU
        )
    await demand_room(services, target)
    found = await discover_now(services, pasted)
    draft = Draft(target.id, style, tags, found[:MENU])
    key = services.drafts.put(draft)
    if len(found) == 1:
        await _open(Press(interaction, services, key, draft), target, found[0])
        return
    text, view = ask_which_feed(draft, key)
    await respond(interaction, text, view=view)


async def _open(press: Press, target: TargetChannel, found: FoundFeed) -> None:
    """Read the feed, and show the draft with its newest post."""
    await demand_new(press.services, target, found.url)
    feed = await read_now(press.services, found.url)
    posts = newest_first(feed, found.url)
    tags = press.draft.tags or ((found.tag,) if found.tag else ())
    draft = replace(
        press.draft,
        url=found.url,
        name=name_of(feed, found),
        tags=tags,
        posts=posts[:MOST_POSTS],
        offered=count_tags(posts, tags),
    )
    await _show(replace(press, draft=draft), target)
    await _show_preview(replace(press, draft=draft))


async def _show(press: Press, target: TargetChannel, menu: Act | None = None) -> None:
    """The draft as it stands now, in place of what stood there."""
    press.services.drafts.put(press.draft, press.key)
    embed, view = lay_out(press.draft, press.key, notes=_notes(press, target), menu=menu)
    await press.interaction.edit_original_response(content="", embed=embed, view=view)


def _notes(press: Press, target: TargetChannel) -> list[str]:
    """What is special about the channel."""
    notes = []
    kind = kind_of(target.channel)
    message = press.draft.preview(press.services.settings.summary_length)
    if kind is Kind.FORUM and message is not None:
        notes.append(
            _("Each post opens a forum post; this one: {title}").format(
                title=escape_text(message.thread_name)
            )
        )
    if kind is Kind.ANNOUNCEMENT:
        notes.append(_("Each post is published to the channels that follow this one."))
    if lacks_history(target):
        notes.append(
            _(
                "The bot may not read this channel's history: after a crash, it waits until it may, lest it post twice."
            )
        )
    return notes


async def _show_preview(press: Press) -> None:
    """The newest post by itself, just as it would be sent, in place of an earlier preview."""
    if press.draft.shown is not None:
        with suppress(discord.HTTPException):  # 15 minutes after it was sent, it stays where it is
            await press.draft.shown.delete()
    message = press.draft.preview(press.services.settings.summary_length)
    if message is not None:
        shown = await send_preview(press.interaction, message)
        # Meanwhile other tags may have been chosen, or the draft may be done.
        if (now := press.services.drafts.get(press.key)) is not None:
            press.services.drafts.put(replace(now, shown=shown), press.key)


class DraftItem(PersistentItem, template=TEMPLATE):
    """Whatever is pressed or chosen below a draft."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Do what it is for."""
        services = services_of(interaction)
        key, act = self.fields["draft"], Act(self.fields["act"])
        draft = services.drafts.get(key)
        if draft is None:
            raise UserError(_("This offer is no longer open; run `/feed add` again."))
        await interaction.response.defer()
        target = await find_target_channel_by_id(interaction, draft.channel_id)
        # Another press may have changed it while Discord was asked.
        draft = services.drafts.get(key) or draft
        await _ACTS[act](Press(interaction, services, key, draft, self.values), target)


async def _cancel(press: Press, _target: TargetChannel) -> None:
    press.services.drafts.drop(press.key)
    await _settle(press, _("Nothing was changed."))


async def _offer_tags(press: Press, target: TargetChannel) -> None:
    await _show(press, target, Act.TAGS)


async def _offer_styles(press: Press, target: TargetChannel) -> None:
    await _show(press, target, Act.STYLE)


async def _pick_feed(press: Press, target: TargetChannel) -> None:
    await _open(press, target, press.draft.found[int(press.values[0])])


async def _pick_tags(press: Press, target: TargetChannel) -> None:
    tags = tuple(press.draft.offered[int(value)].tag for value in press.values)
    await _change(press, target, replace(press.draft, tags=tags))


async def _pick_style(press: Press, target: TargetChannel) -> None:
    await _change(press, target, replace(press.draft, style=Style(press.values[0])))


async def _change(press: Press, target: TargetChannel, draft: Draft) -> None:
    changed = replace(press, draft=draft)
    await _show(changed, target)
    length = press.services.settings.summary_length
    if draft.preview(length) != press.draft.preview(length):
        await _show_preview(changed)


async def _subscribe(press: Press, target: TargetChannel) -> None:
    require_bot(press.interaction, target)
    done = await subscribe(press.services, target, press.draft)
    press.services.drafts.drop(press.key)
    await _settle(press, tell_outcome(done), _offer_more(done))


async def _subscribe_and_post(press: Press, target: TargetChannel) -> None:
    require_bot(press.interaction, target)
    done = await subscribe(press.services, target, press.draft)
    press.services.drafts.drop(press.key)
    await _settle(press, f"{tell_outcome(done)}\n{_('The newest post follows.')}")
    said = f"{tell_outcome(done)}\n{await post_newest(press.services, done.followed)}"
    await _settle(press, said, _offer_more(done))


def _offer_more(done: Subscribed) -> discord.ui.View | None:
    return None if done.followed is None else offer_to_fill(done.followed.subscription.feed_id)


async def _settle(press: Press, text: str, view: discord.ui.View | None = None) -> None:
    """The offer is closed."""
    await press.interaction.edit_original_response(content=clip(text, limits.CONTENT), embed=None, view=view)


_ACTS: dict[Act, Callable[[Press, TargetChannel], Awaitable[None]]] = {
    Act.SUBSCRIBE: _subscribe,
    Act.TAGS: _offer_tags,
    Act.STYLE: _offer_styles,
    Act.POST: _subscribe_and_post,
    Act.CANCEL: _cancel,
    Act.PICK_FEED: _pick_feed,
    Act.PICK_TAGS: _pick_tags,
    Act.PICK_STYLE: _pick_style,
}
