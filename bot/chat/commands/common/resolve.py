"""Finds the subscriptions that a command refers to."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from bot.chat.commands.common.access import may_see, seen_channels
from bot.chat.commands.common.channels import NamedChannel
from bot.chat.commands.common.responses import Interaction, UserError, guild_of
from bot.chat.messages import _, escape_text, n_
from bot.chat.services import Services
from bot.store.subscriptions import FollowedFeed
from bot.text.address import hide_secrets
from bot.text.fold import fold
from bot.text.links import host_of

FEED_VALUE = "feed:"
"""Starts the value of a choice that means a feed; the feed's id follows."""
_MAX_NAMES = 10


class NamedFeed(Protocol):
    """A feed as people name it."""

    @property
    def feed_id(self) -> int:
        """Its id."""

    @property
    def feed_name(self) -> str:
        """Its name, or its address."""

    @property
    def feed_url(self) -> str:
        """Its address."""

    @property
    def feed_label(self) -> str:
        """Its address without secrets."""

    @property
    def feed_link(self) -> str:
        """The page that it belongs to; "": not known."""


F = TypeVar("F", bound=NamedFeed)
FindFeed = Callable[[Sequence[FollowedFeed], str], list[FollowedFeed]]


def find_feed(followed: Sequence[F], named: str) -> list[F]:
    """Return the subscriptions to the feed that an option names: by choice, address, name, or part of one.

    Several feeds may share a name; empty if none matches.
    """
    part, host = fold(named), host_of(named)
    return find_whole_name(followed, named) or _first_match(
        followed,
        lambda each: part in fold(f"{each.feed_name} {each.feed_label}"),
        lambda each: host != "" and host == host_of(each.feed_link or each.feed_url),
    )


def find_whole_name(followed: Sequence[F], named: str) -> list[F]:
    """Return the subscriptions to the feed that was chosen, or has exactly this name or address; empty if none has.

    For commands that change something: they must not change a feed that the user doesn't mean.
    """
    typed, name = named.strip(), fold(named)
    return _first_match(
        followed,
        lambda each: typed == f"{FEED_VALUE}{each.feed_id}",
        lambda each: typed in {each.feed_url, each.feed_link, each.feed_label} - {""},
        lambda each: name != "" and name == fold(each.feed_name),
    )


def _first_match(followed: Sequence[F], *tests: Callable[[F], bool]) -> list[F]:
    found = ([each for each in followed if test(each)] for test in tests)
    return next(filter(None, found), [])


def explain_part(similar: Sequence[FollowedFeed]) -> str:
    """Return an answer to a name that is only a part of these feeds' names."""
    return _(
        "That's only part of a name, so nothing changed. Did you mean {names}? Pick it from the list as you type, or"
        " type its whole name."
    ).format(names=list_names(similar))


async def visible_subscriptions(interaction: Interaction, services: Services) -> list[FollowedFeed]:
    """Return the server's subscriptions in channels that the user may see."""
    return await keep_visible(
        interaction, await services.store.subscriptions.in_guild(guild_of(interaction).id)
    )


async def keep_visible(interaction: Interaction, followed: Sequence[FollowedFeed]) -> list[FollowedFeed]:
    """Return the subscriptions in channels that the user may see."""
    seen = await seen_channels(interaction, (each.channel_id for each in followed))
    return [each for each in followed if each.channel_id in seen]


async def require_visible(interaction: Interaction, services: Services) -> list[FollowedFeed]:
    """Return the server's subscriptions in visible channels. Raises UserError if there are none."""
    if followed := await visible_subscriptions(interaction, services):
        return followed
    raise UserError(_("This server doesn't follow any feeds yet; start with `/feed add`."))


async def resolve_feed(
    interaction: Interaction,
    services: Services,
    feed: str,
    channel: NamedChannel | None = None,
    *,
    find: FindFeed = find_feed,
) -> list[FollowedFeed]:
    """Return the subscriptions to one feed, or only the one in `channel`. Raises UserError if there are none.

    `find`: a command that changes something passes `find_whole_name`.
    """
    followed = await require_visible(interaction, services)
    found = find(followed, feed)
    if not found and (similar := find_feed(followed, feed)):
        raise UserError(explain_part(similar))
    if not found:
        raise UserError(
            _("No feed here is called {name}; pick one from the list as you type, or see `/feed list`."),
            name=escape_text(hide_secrets(feed)),
        )
    if len({each.subscription.feed_id for each in found}) > 1:
        raise UserError(
            _("Several feeds have that name: {names}; pick one from the list as you type."),
            names=list_names(found),
        )
    return found if channel is None else _in_channel(found, channel.id)


def require_one(followed: Sequence[FollowedFeed]) -> FollowedFeed:
    """Return the only subscription. Raises UserError if several channels follow the feed."""
    if len(followed) == 1:
        return followed[0]
    raise UserError(
        _("**{feed}** is followed in {channels}; choose one of them with the option `channel`."),
        feed=escape_text(followed[0].feed_name),
        channels=list_channels(followed),
    )


async def subscriptions_in(
    interaction: Interaction, services: Services, channel_id: int
) -> list[FollowedFeed]:
    """Return what a channel follows. Raises UserError if the user may not see it, or it follows nothing."""
    if not await may_see(interaction, channel_id):
        raise UserError(_("You can't see that channel; ask someone who can."))
    followed = await visible_subscriptions(interaction, services)
    if here := [each for each in followed if each.channel_id == channel_id]:
        return here
    raise UserError(_("<#{channel}> doesn't follow any feeds; start with `/feed add`."), channel=channel_id)


def _in_channel(followed: Sequence[FollowedFeed], channel_id: int) -> list[FollowedFeed]:
    """Return the subscription in one channel. Raises UserError if there is none."""
    if here := [each for each in followed if each.subscription.channel_id == channel_id]:
        return here
    raise UserError(
        _("<#{channel}> doesn't follow **{feed}**; try one of the channels that do: {others}."),
        channel=channel_id,
        feed=escape_text(followed[0].feed_name),
        others=list_channels(followed),
    )


def list_channels(followed: Sequence[FollowedFeed]) -> str:
    """Return the channels as mentions, at most ten."""
    return list_channel_ids([each.channel_id for each in followed])


def list_channel_ids(channel_ids: Sequence[int]) -> str:
    """Return the channels as mentions, at most ten."""
    return ", ".join(f"<#{each}>" for each in channel_ids[:_MAX_NAMES])


def list_names(followed: Sequence[FollowedFeed]) -> str:
    """Return the names of the feeds, at most ten; with their addresses if several have the same name."""
    feeds = {each.subscription.feed_id: each for each in followed}
    shared = Counter(each.feed_name for each in feeds.values())
    return ", ".join(
        f"**{escape_text(each.feed_name)}**"
        + (f" ({escape_text(each.feed_label)})" if shared[each.feed_name] > 1 else "")
        for each in list(feeds.values())[:_MAX_NAMES]
    )


def limit_reached(limit: int) -> str:
    """Return why a server can't follow more feeds, and what to do."""
    return n_(
        "This server has reached its limit of {count} subscription; remove it with `/feed remove`, or ask whoever runs"
        " the bot to raise discord.max_subscriptions.",
        "This server has reached its limit of {count} subscriptions; remove one with `/feed remove`, or ask whoever"
        " runs the bot to raise discord.max_subscriptions.",
        limit,
    )


def is_declared(each: FollowedFeed) -> bool:
    """Return whether the config file sets this subscription, so that it can't be changed from Discord."""
    return each.origin == "config"


def explain_declared(each: FollowedFeed, key: str = "") -> str:
    """Return why the subscription can't be changed here, and where to change it; `key`: what to change there."""
    return _(
        "The bot's config file sets what <#{channel}> follows of **{feed}**, so you can't change it here; change {key}"
        " in config.toml, below `[[feeds.channels]]` with `id = {channel}`, and restart the bot."
    ).format(channel=each.subscription.channel_id, feed=escape_text(each.feed_name), key=key or _("it"))
