"""`/feed move` and `/feed copy`: move or copy feeds to another channel."""

from collections.abc import Sequence

from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.admin.settings.roles import require_mentionable_there
from bot.chat.commands.common.channels import NamedChannel, TargetChannel, find_target_channel, require_bot
from bot.chat.commands.common.resolve import (
    explain_declared,
    is_declared,
    limit_reached,
    list_names,
    require_one,
    subscriptions_in,
)
from bot.chat.commands.common.responses import Interaction, UserError, respond
from bot.chat.messages import _, n_
from bot.chat.services import Services
from bot.model import Style
from bot.store.moves import MoveResult
from bot.store.subscriptions import FollowedFeed


async def move(
    interaction: Interaction, services: Services, followed: Sequence[FollowedFeed], to: NamedChannel
) -> None:
    """Move one subscription to another channel. Raises UserError if that isn't possible."""
    each = require_one(followed)
    if is_declared(each):
        raise UserError(explain_declared(each, "`id`"))
    target = await find_target_channel(interaction, to)
    if target.id == each.channel_id:
        raise UserError(_already(each, target))
    require_bot(interaction, target, each.subscription.style)
    require_mentionable_there(interaction, target.id, followed)
    moved = await services.store.moves.move(
        each.subscription.id, each.channel_id, target.id, target.guild_id, services.clock()
    )
    services.wake()
    await respond(interaction, _describe_move(each, target, moved))


def _describe_move(each: FollowedFeed, target: TargetChannel, moved: MoveResult) -> str:
    if moved.outcome == "already":
        raise UserError(_already(each, target))
    if moved.outcome == "gone":
        raise UserError(
            fill(_("**{feed}** was just moved or removed from <#{channel}>; see `/feed list`."), each)
        )
    parts = [
        fill(
            _(
                "**{feed}** now goes to {target} instead of <#{channel}>, with its settings. Its earlier messages stay"
                " where they are."
            ),
            each,
            target=target.mention,
        )
    ]
    if moved.moved:
        parts.append(n_("{count} waiting post goes along.", "{count} waiting posts go along.", moved.moved))
    if moved.skipped:
        parts.append(
            n_(
                "{count} waiting post is in that channel already and isn't sent again.",
                "{count} waiting posts are in that channel already and aren't sent again.",
                moved.skipped,
            )
        )
    return " ".join(parts)


def _already(each: FollowedFeed, target: TargetChannel) -> str:
    return fill(
        _("{target} already follows **{feed}**, so nothing changed; see `/feed list`."),
        each,
        target=target.mention,
    )


async def copy(interaction: Interaction, services: Services, source: NamedChannel, to: NamedChannel) -> None:
    """Subscribe a channel to what another one follows, with the same settings. Raises UserError if it can't be done."""
    followed = await subscriptions_in(interaction, services, source.id)
    target = await find_target_channel(interaction, to)
    if target.id == source.id:
        raise UserError(_("Choose two different channels."))
    has_embeds = any(each.subscription.style.has_embeds for each in followed)
    require_bot(interaction, target, Style.CARD if has_embeds else Style.LINK)
    require_mentionable_there(interaction, target.id, followed)
    limit = services.settings.max_subscriptions
    copied = await services.store.moves.copy(
        [each.subscription.id for each in followed],
        target.id,
        target.guild_id,
        limit,
        interaction.user.id,
        services.clock(),
    )
    outcomes = {each.subscription_id: each.outcome for each in copied}
    by_outcome = {
        outcome: [each for each in followed if outcomes[each.subscription.id] == outcome]
        for outcome in ("copied", "already", "full", "gone")
    }
    await respond(interaction, _describe_copy(by_outcome, source.id, target, limit))


def _describe_copy(
    followed: dict[str, list[FollowedFeed]], source_id: int, target: TargetChannel, limit: int
) -> str:
    copied, already, full = followed["copied"], followed["already"], followed["full"]
    parts = []
    if copied:
        feeds = n_("{count} more feed", "{count} more feeds", len(copied))
        parts.append(
            _(
                "{target} now follows {feeds}, as <#{source}> does: {names}. It gets what they publish from now on."
            ).format(target=target.mention, feeds=feeds, source=source_id, names=list_names(copied))
        )
    if already:
        parts.append(
            n_("It followed {count} feed already.", "It followed {count} feeds already.", len(already))
            if copied
            else _(
                "{target} already follows everything that <#{source}> follows, so nothing changed."
            ).format(target=target.mention, source=source_id)
        )
    if full:
        parts.append(
            n_("{count} feed was left out.", "{count} feeds were left out.", len(full))
            + f" {limit_reached(limit)}"
        )
    return " ".join(parts) or _("These feeds were just removed; see `/feed list`.")
