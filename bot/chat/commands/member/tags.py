"""`/tags`: the tags of the posts."""

from collections.abc import Sequence
from dataclasses import replace

from discord import app_commands

from bot.chat.commands.common import pager
from bot.chat.commands.common.pager import Listing
from bot.chat.commands.common.responses import Interaction, UserError, defer, services_of
from bot.chat.commands.common.turns import search_turn
from bot.chat.commands.member.autocomplete import MemberAutocomplete
from bot.chat.commands.member.search import Name
from bot.chat.commands.member.search_run import resolve_feeds
from bot.chat.commands.member.visibility import require_visible_feeds
from bot.chat.messages import _, escape_text
from bot.chat.services import Services
from bot.model import TagCount

MAX_TAGS = 600
"""Tags in the list; autocomplete of an option `tag` finds rarer ones."""
_TAGS_PER_LINE = 5
_MAX_TAG_LENGTH = 40


def create_tags(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command."""
    complete = MemberAutocomplete(services)

    @app_commands.command(description="List the tags of the posts, most used first")
    @app_commands.describe(feed="Only tags of this feed")
    @app_commands.autocomplete(feed=complete.followed_feeds)
    async def tags(interaction: Interaction, feed: Name = "") -> None:
        async with search_turn(interaction, defer):
            followed = replace(await require_visible_feeds(interaction), sent=())
            named = resolve_feeds(followed, (), feed)
            if len(named) > 1:
                raise UserError(_("Several feeds have that name; pick one from the list as you type."))
            await pager.show(interaction, TAG_LIST, "".join(map(str, named)))

    return tags


async def list_tags(interaction: Interaction, argument: str) -> Listing:
    """Return the tags of one feed, or of all that the user may see."""
    visible = await require_visible_feeds(interaction)
    here = [each for each in visible.followed if argument in {"", str(each.subscription.feed_id)}]
    if argument and not here:
        raise UserError(_("You can't see this feed; run `/tags` again."))
    feeds = frozenset(each.subscription.feed_id for each in here)
    counts = await services_of(interaction).store.search.tags(feeds, "", MAX_TAGS)
    name = escape_text(here[0].feed_name) if argument else ""
    if not counts:
        raise UserError(_("No posts have tags yet; new ones will show up here."))
    title = _("Tags of {feed}").format(feed=name) if name else _("Tags")
    return Listing(title, _lines(counts), _("See the posts with `/latest tag:` or `/search tag:`."))


TAG_LIST = pager.create_list("tags", list_tags, for_admins=False)


def _lines(counts: Sequence[TagCount]) -> tuple[str, ...]:
    """Return lines of several tags each."""
    shown = [f"{escape_text(count.tag, _MAX_TAG_LENGTH)} ({count.entries})" for count in counts]
    return tuple(" · ".join(shown[at : at + _TAGS_PER_LINE]) for at in range(0, len(shown), _TAGS_PER_LINE))
