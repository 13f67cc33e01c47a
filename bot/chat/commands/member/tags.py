"""`/tags`: what the posts are tagged with."""

from collections.abc import Sequence

from discord import app_commands

from bot.chat.commands.common import pager
from bot.chat.commands.common.pager import Listing
from bot.chat.commands.common.responses import Interaction, UserError, defer, services_of
from bot.chat.commands.member.autocomplete import MemberAutocomplete
from bot.chat.commands.member.search import Name
from bot.chat.commands.member.search_run import resolve
from bot.chat.commands.member.visibility import demand_visible
from bot.chat.messages import _, escape_text
from bot.chat.services import Services
from bot.model import TagCount

MOST = 600
"""Tags that are listed; who looks for another one types its beginning into an option `tag`."""
_IN_A_LINE = 5
_TAG = 40


def create_tags(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """The command."""
    suggest = MemberAutocomplete(services)

    @app_commands.command(description="The tags of the posts, most used first")
    @app_commands.describe(feed="Only of this feed")
    @app_commands.autocomplete(feed=suggest.feeds)
    async def tags(interaction: Interaction, feed: Name = "") -> None:
        await defer(interaction)
        named = resolve(await demand_visible(interaction), (), feed)
        if len(named) > 1:
            raise UserError(_("Several feeds are called so; choose one that Discord offers as you type."))
        await pager.show(interaction, TAG_LIST, "".join(map(str, named)))

    return tags


async def list_tags(interaction: Interaction, argument: str) -> Listing:
    """The tags of one feed, or of all that the asker may see."""
    visible = await demand_visible(interaction)
    here = [each for each in visible.followed if argument in {"", str(each.subscription.feed_id)}]
    if not here:
        raise UserError(_("No feed that you can see is meant by this; run `/tags` again."))
    feeds = frozenset(each.subscription.feed_id for each in here)
    counts = await services_of(interaction).store.search.tags(feeds, "", MOST)
    name = escape_text(here[0].feed_name) if argument else ""
    if not counts:
        raise UserError(_("No post bears a tag yet."))
    title = _("Tags of {feed}").format(feed=name) if name else _("Tags")
    return Listing(title, _lines(counts), _("`/latest tag:` and `/search tag:` show the posts."))


TAG_LIST = pager.create_list("tags", list_tags, for_admins=False)


def _lines(counts: Sequence[TagCount]) -> tuple[str, ...]:
    """Several tags in a line."""
    shown = [f"{escape_text(count.tag, _TAG)} ({count.entries})" for count in counts]
    return tuple(" · ".join(shown[at : at + _IN_A_LINE]) for at in range(0, len(shown), _IN_A_LINE))
