"""`/feed remove`, and the button that brings the feed back."""

from collections.abc import Sequence

from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.admin.feed.holds import offer_undecided
from bot.chat.commands.common.access import may_see
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.resolve import explain_declared, is_declared, limit_reached, require_one
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, respond, services_of
from bot.chat.embeds import create_view
from bot.chat.messages import _, n_
from bot.chat.services import Services
from bot.model import ArchivedEntry, Subscription
from bot.relay.plan import owed
from bot.store.removals import UNDO_TTL, Owed, RestoreResult
from bot.store.subscriptions import FollowedFeed


async def remove(interaction: Interaction, services: Services, followed: Sequence[FollowedFeed]) -> None:
    """Remove one subscription, and offer an Undo. Raises UserError, for example if there are several."""
    each = require_one(followed)
    if is_declared(each):
        raise UserError(explain_declared(each))
    removal = await services.store.removals.remove(each.subscription.id, services.clock())
    if removal is None:
        raise UserError(fill(_("**{feed}** was just removed from <#{channel}>; see `/feed list`."), each))
    view = create_view([RestoreButton.button(_("Undo"), f"restore:{removal.id}")])
    await respond(interaction, _describe_removal(each, removal.skipped), view=view)


def _describe_removal(each: FollowedFeed, skipped: int) -> str:
    parts = [
        fill(_("<#{channel}> no longer follows **{feed}**."), each),
        _("Its posts stay in the channel, and whoever can see the channel still finds them with `/search`."),
    ]
    if skipped:
        parts.append(
            n_("{count} waiting post won't be sent.", "{count} waiting posts won't be sent.", skipped)
        )
    minutes = UNDO_TTL.total_seconds() // 60
    parts.append(
        _("For {minutes} minutes, **Undo** brings everything back.").format(minutes=f"{minutes:.0f}")
    )
    return " ".join(parts)


class RestoreButton(PersistentItem, template=r"restore:(?P<removal>[0-9]{1,18})"):
    """Brings a removed subscription back, with its settings and what waited for it."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Restore the subscription. Raises UserError if it is too late."""
        await interaction.response.defer()
        services, removal_id = services_of(interaction), int(self.fields["removal"])
        removed = await services.store.removals.get(removal_id, services.clock())
        if (
            removed is None
            or removed.guild_id != guild_of(interaction).id
            or not await may_see(interaction, removed.channel_id)
        ):
            raise UserError(_too_late())
        restored = await _restore(services, removal_id)
        services.wake()
        await interaction.edit_original_response(content=_describe_result(services, restored), view=None)
        if restored.outcome == "restored" and restored.followed is not None:
            await offer_undecided(interaction, [restored.followed.subscription.id])


async def _restore(services: Services, removal_id: int) -> RestoreResult:
    now, posts = services.clock(), services.settings.posts

    def decide(subscription: Subscription, missed: Sequence[ArchivedEntry]) -> Owed:
        return owed(subscription, missed, posts, now)

    limit = services.settings.max_subscriptions
    return await services.store.removals.restore(removal_id, decide, limit, now)


def _describe_result(services: Services, restored: RestoreResult) -> str:
    """Return what the press did. Raises UserError if it did nothing and another press may help."""
    if restored.outcome == "full":
        raise UserError(limit_reached(services.settings.max_subscriptions))
    if restored.followed is None:
        raise UserError(_too_late())
    if restored.outcome == "already":
        return fill(_("<#{channel}> follows **{feed}** again already; see `/feed list`."), restored.followed)
    parts = [fill(_("<#{channel}> follows **{feed}** again, with its settings."), restored.followed)]
    if restored.waiting:
        parts.append(n_("{count} post waits again.", "{count} posts wait again.", restored.waiting))
    if restored.missed:
        parts.append(n_("{count} post came meanwhile.", "{count} posts came meanwhile.", restored.missed))
    return " ".join(parts)


def _too_late() -> str:
    return _(
        "This was undone already, or it's too late for that; see `/feed list`, and follow the feed again with"
        " `/feed add` if it's missing."
    )
