"""`/feed test`: show an admin how the newest post would look."""

from collections.abc import Sequence

from bot.chat.commands.admin.base.feed_read import read_now
from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, respond, send_preview
from bot.chat.feed_draft import newest_first
from bot.chat.messages import _, escape_text
from bot.chat.services import Services
from bot.model import Entry
from bot.relay.match import match
from bot.store.subscriptions import FollowedFeed
from bot.text.render import render

_MAX_POSTS = 20


async def show_newest(interaction: Interaction, services: Services, followed: Sequence[FollowedFeed]) -> None:
    """Show the newest post that a subscription wants, or else the newest. Raises UserError if there are none.

    If there are several subscriptions, uses the one of this channel, or else the first.
    """
    here = [each for each in followed if each.subscription.channel_id == interaction.channel_id]
    each = (here or followed)[0]
    posts = await _newest(services, each)
    if not posts:
        raise UserError(
            _("**{feed}** has no posts yet; run this again once it has some."),
            feed=escape_text(each.feed_name),
        )
    subscription = each.subscription
    wanted = next((post for post in posts if match(subscription.rule, post).wanted), None)
    message = render(
        wanted or posts[0],
        each.feed_name,
        subscription.style,
        summary_length=services.settings.summary_length,
        mention_roles=subscription.mention_roles,
        language=await services.store.guilds.language(guild_of(interaction).id),
    )
    await respond(interaction, _introduce(each, is_wanted=wanted is not None))
    await send_preview(interaction, message)


async def _newest(services: Services, each: FollowedFeed) -> list[Entry]:
    """Return the newest posts from the archive, or from the feed while that has none. Raises UserError."""
    archived = await services.store.archive.newest(each.subscription.feed_id, _MAX_POSTS)
    if archived:
        return [post.entry for post in archived]
    return list(newest_first(await read_now(services, each.feed_url), each.feed_url))


def _introduce(each: FollowedFeed, *, is_wanted: bool) -> str:
    if is_wanted:
        sentence = _("The newest post of **{feed}** for <#{channel}>, in the style {style}:")
    else:
        sentence = _(
            "None of the newest posts of **{feed}** fit the rule of <#{channel}>. The newest would look like this, in"
            " the style {style}:"
        )
    return fill(sentence, each, style=each.subscription.style.value)
