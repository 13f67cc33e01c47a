"""Which of a server's subscriptions a command names."""

from collections.abc import Sequence

from bot.chat.commands.common.autocomplete import find_feed
from bot.chat.commands.common.channels import NamedChannel, may_see
from bot.chat.commands.common.responses import Interaction, UserError, guild_of
from bot.chat.messages import _, escape_text
from bot.chat.services import Services
from bot.store.subscriptions import Followed

_MOST_NAMES = 10


async def visible(interaction: Interaction, services: Services) -> list[Followed]:
    """The server's subscriptions in channels that the asker may see."""
    followed = await services.store.subscriptions.in_guild(guild_of(interaction).id)
    return [each for each in followed if may_see(interaction, each.subscription.channel_id)]


async def require_visible(interaction: Interaction, services: Services) -> list[Followed]:
    """Return what `visible` does. Raises UserError if there are none."""
    if followed := await visible(interaction, services):
        return followed
    raise UserError(_("This server doesn't follow any feeds yet; start with `/feed add`."))


async def named(
    interaction: Interaction, services: Services, feed: str, channel: NamedChannel | None = None
) -> list[Followed]:
    """The subscriptions to one feed, in one channel if that is named; at least one. Raises UserError."""
    followed = await require_visible(interaction, services)
    found = find_feed(followed, feed)
    if not found:
        raise UserError(
            _(
                "No feed here is called {name}; choose one that Discord offers while you type, or see `/feed list`."
            ),
            name=escape_text(feed),
        )
    if len({each.subscription.feed_id for each in found}) > 1:
        raise UserError(
            _("Several feeds are called so: {names}; choose one that Discord offers while you type."),
            names=_names(found),
        )
    if channel is None:
        return found
    here = [each for each in found if each.subscription.channel_id == channel.id]
    if not here:
        raise UserError(
            _("<#{channel}> does not follow **{feed}**; it is followed in {others}."),
            channel=channel.id,
            feed=escape_text(found[0].feed_name),
            others=channels_of(found),
        )
    return here


def channels_of(followed: Sequence[Followed]) -> str:
    """As mentions."""
    return ", ".join(f"<#{each.subscription.channel_id}>" for each in followed[:_MOST_NAMES])


def _names(followed: Sequence[Followed]) -> str:
    names = {each.subscription.feed_id: escape_text(each.feed_name) for each in followed}
    return ", ".join(f"**{name}**" for name in list(names.values())[:_MOST_NAMES])


def is_declared(each: Followed) -> bool:
    """Whether the config file sets it, so that it is not changed from Discord."""
    return each.origin == "config"


def tell_declared(each: Followed) -> str:
    """Why it is not changed here, and where it is."""
    return _(
        "That <#{channel}> follows **{feed}** is set in the bot's config file and cannot be changed here; change it in"
        " config.toml, below `[[feeds.channels]]` with `id = {channel}`, and restart the bot."
    ).format(channel=each.subscription.channel_id, feed=escape_text(each.feed_name))
