"""`/feed url`: read a feed from another address."""

from collections.abc import Sequence
from dataclasses import replace

from bot.chat.commands.admin.base.feed_read import discover_now, read_now
from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.common.resolve import explain_declared, is_declared, list_channel_ids
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, respond
from bot.chat.feed_draft import name_feed
from bot.chat.messages import _, escape_text, fit_lines
from bot.chat.services import Services
from bot.model import FeedDeclaration, FoundFeed
from bot.relay.baseline import identify_shown, make_baseline
from bot.source.http.site import site_of
from bot.store.moves import AddressResult
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.address import label_of

_MAX_LISTED = 10
"""Feeds behind one address that are listed."""


async def change_address(
    interaction: Interaction, services: Services, followed: Sequence[FollowedFeed], pasted: str
) -> None:
    """Read the feed of these subscriptions from another address. Raises UserError if that isn't possible."""
    own = [each for each in followed if not is_declared(each)]
    declared = [explain_declared(each, "`url`") for each in followed if is_declared(each)]
    if not own:
        raise UserError(fit_lines(declared, limits.CONTENT))
    found = _require_one(await discover_now(services, pasted))
    result, posts = await _readdress(interaction, services, own, found)
    services.wake()
    text = _describe(own[0], found, result, posts)
    await respond(interaction, fit_lines([text, *declared], limits.CONTENT))


def _require_one(found: Sequence[FoundFeed]) -> FoundFeed:
    if len(found) == 1:
        return found[0]
    addresses = "\n".join(f"- {escape_text(label_of(each.url), 200)}" for each in found[:_MAX_LISTED])
    raise UserError(
        _(
            "This address has several feeds, so nothing changed. Paste the address of one of them:\n{addresses}"
        ),
        addresses=addresses,
    )


async def _readdress(
    interaction: Interaction, services: Services, own: Sequence[FollowedFeed], found: FoundFeed
) -> tuple[AddressResult, int]:
    """Return the result, and how many posts the feed at the new address has."""
    read_at = services.clock()
    feed = await read_now(services, found.url)
    now, site = services.clock(), site_of(found.url)
    posts = replace(services.settings.posts, first_run=0)  # what is there already is never posted
    baseline = make_baseline(identify_shown(feed, found.url), feed.link, read_at, posts, now)
    result = await services.store.moves.readdress(
        [each.subscription.id for each in own],
        own[0].feed_url,
        FeedDeclaration(found.url, name=name_feed(feed, found)),
        guild_of(interaction).id,
        baseline,
        site=site,
        budget=services.budget(site),
        now=now,
    )
    return result, len(feed.entries)


def _describe(each: FollowedFeed, found: FoundFeed, result: AddressResult, posts: int) -> str:
    address = escape_text(label_of(found.url), 200)
    if result.outcome == "gone":
        raise UserError(fill(_("**{feed}** was just changed or removed; see `/feed list`."), each))
    if result.outcome == "same":
        return fill(
            _("**{feed}** has that address already, or has moved from there; see `/feed status`."), each
        )
    parts = []
    if result.changed:
        channels = list_channel_ids(result.changed)
        parts.append(
            fill(
                _("**{feed}** now comes from {address} in {channels}."),
                each,
                address=address,
                channels=channels,
            )
        )
        parts.append(_describe_known(result.known, posts))
    if result.already:
        parts.append(
            _(
                "{channels} follows the feed at that address already, so nothing changed there; remove one of the two"
                " with `/feed remove`."
            ).format(channels=list_channel_ids(result.already))
        )
    return " ".join(parts)


def _describe_known(known: int, posts: int) -> str:
    if not known:
        return _(
            "None of the posts there is known here, so check that it's the right blog. Only posts from now on are"
            " sent; to go back, run this again with the old address."
        )
    return _("{known} of the {posts} posts there are known. Only posts from now on are sent.").format(
        known=known, posts=posts
    )
