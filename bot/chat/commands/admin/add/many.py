"""`/feed add` with several addresses: one answer with a line for each, and one press for all."""

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.chat.commands.admin.add.subscribe import require_within_limit, subscribe_draft
from bot.chat.commands.admin.base.feed_read import READ_TIMEOUT, discover_now, explain_error, read_now
from bot.chat.commands.admin.base.kept_offer import take_offer
from bot.chat.commands.common.channels import TargetChannel, find_target_channel_by_id, require_bot
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.resolve import limit_reached
from bot.chat.commands.common.responses import Interaction, UserError, respond, services_of
from bot.chat.embeds import create_view
from bot.chat.feed_draft import FeedDraft, name_feed, newest_first
from bot.chat.messages import _, escape_text, fit_lines, n_, relative_time
from bot.chat.services import Services
from bot.errors import TimedOut
from bot.model import Style
from bot.relay.baseline import MAX_LENGTH, identify_shown
from bot.text import limits
from bot.text.address import hide_secrets, label_of

MAX_ADDRESSES = 10


@dataclass(frozen=True, slots=True)
class _Found:
    """The result of one address."""

    line: str
    draft: FeedDraft | None = None
    """None: it can't be followed."""


async def start_many(
    interaction: Interaction,
    services: Services,
    addresses: Sequence[str],
    target: TargetChannel,
    tags: tuple[str, ...],
    style: Style,
) -> None:
    """Read the feeds behind all addresses at once, and ask whether to follow them. Raises UserError."""
    if len(addresses) > MAX_ADDRESSES:
        raise UserError(
            _("You can add {limit} addresses at once; add the others afterwards, or use `/feed import`."),
            limit=MAX_ADDRESSES,
        )
    require_bot(interaction, target, style)
    await require_within_limit(services, target)
    template = FeedDraft(target.id, style, tags)
    found = await asyncio.gather(*(_read(services, template, address) for address in addresses))
    drafts = _bounded({each.draft.url: each.draft for each in found if each.draft is not None}.values())
    lines = [each.line for each in found]
    if not drafts:
        raise UserError(fit_lines(lines, limits.CONTENT))
    key = secrets.token_hex(8)
    services.batches.put(key, drafts)
    head = _("Follow these in {channel}? Posts that are already in the feeds aren't sent.").format(
        channel=target.mention
    )
    label = n_("Follow {count} feed", "Follow {count} feeds", len(drafts))
    buttons = [
        AddManyButton.button(label, f"addmany:{key}:follow"),
        AddManyButton.button(_("Cancel"), f"addmany:{key}:cancel"),
    ]
    await respond(interaction, fit_lines([head, *lines], limits.CONTENT), view=create_view(buttons))


async def _read(services: Services, template: FeedDraft, address: str) -> _Found:
    """Read the feed behind one address; an error becomes its line."""
    shown = escape_text(hide_secrets(address), 80)
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            return await _read_feed(services, template, address)
    except UserError as error:
        return _Found(f"- {shown}: {error}")
    except TimeoutError:
        return _Found(f"- {shown}: {explain_error(TimedOut(address))}")


async def _read_feed(services: Services, template: FeedDraft, address: str) -> _Found:
    found = await discover_now(services, address)
    if len(found) > 1:
        raise UserError(_("it has several feeds; add it alone to choose one."))
    read_at = services.clock()
    feed = await read_now(services, found[0].url)
    posts = newest_first(feed, found[0].url)
    draft = replace(
        template,
        url=found[0].url,
        name=name_feed(feed, found[0]),
        tags=template.tags or ((found[0].tag,) if found[0].tag else ()),
        document=identify_shown(feed, found[0].url),
        link=feed.link,
        read_at=read_at,
    )
    newest = (
        _("newest post {time}").format(time=relative_time(posts[0].published)) if posts else _("no posts yet")
    )
    name, label = escape_text(draft.name), escape_text(label_of(draft.url), 80)
    return _Found(f"- **{name}** ({label}): {newest}", draft)


def _bounded(drafts: Iterable[FeedDraft]) -> tuple[FeedDraft, ...]:
    """Return the drafts. If their documents are too long together, the first poll makes the baselines."""
    kept: list[FeedDraft] = []
    room = MAX_LENGTH
    for draft in drafts:
        room -= sum(len(item.entry.content) + len(item.entry.text) for item in draft.document)
        kept.append(draft if room >= 0 else replace(draft, document=()))
    return tuple(kept)


class AddManyButton(PersistentItem, template=r"addmany:(?P<batch>[0-9a-f]{16}):(?P<action>follow|cancel)"):
    """Follows all feeds of the answer, or none."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Follow the feeds, and replace the answer with a line for each. Raises UserError if they are not kept."""
        services, cancelled = services_of(interaction), self.fields["action"] == "cancel"
        drafts = await take_offer(
            interaction, services.batches, self.fields["batch"], is_cancelled=cancelled, command="/feed add"
        )
        if drafts is None:
            return
        target = await find_target_channel_by_id(interaction, drafts[0].channel_id)
        require_bot(interaction, target, drafts[0].style)
        lines = [await _follow(services, target, draft, interaction.user.id) for draft in drafts]
        head = _("In {channel}:").format(channel=target.mention)
        await interaction.edit_original_response(content=fit_lines([head, *lines], limits.CONTENT), view=None)


async def _follow(services: Services, target: TargetChannel, draft: FeedDraft, user_id: int) -> str:
    done = await subscribe_draft(services, target, draft, user_id)
    name = escape_text(draft.name)
    if done.outcome == "added":
        return _("- **{feed}** is followed now.").format(feed=name)
    if done.outcome == "already":
        return _("- **{feed}** was followed already.").format(feed=name)
    reason = limit_reached(services.settings.max_subscriptions)
    return _("- **{feed}** was left out. {reason}").format(feed=name, reason=reason)
