"""`/feed export`: the feeds of the channels that an admin can see, as a file that only they get."""

import io

import discord

from bot.chat.commands.common.resolve import require_visible
from bot.chat.commands.common.responses import Interaction
from bot.chat.messages import _, escape_text, fit_lines, n_
from bot.chat.services import Services
from bot.model import Outline
from bot.source.formats.opml import write_opml
from bot.text import limits
from bot.text.address import has_secret, label_of


async def export(interaction: Interaction, services: Services) -> None:
    """Answer with the file. Raises UserError if there are no feeds."""
    followed = await require_visible(interaction, services)
    feeds = {each.feed_id: Outline(each.feed_url, each.feed_name, each.feed_link) for each in followed}
    body = write_opml(feeds.values()).encode()
    await interaction.edit_original_response(
        content=_describe(tuple(feeds.values())),
        attachments=[discord.File(io.BytesIO(body), "feeds.opml")],
        allowed_mentions=discord.AllowedMentions.none(),
    )


def _describe(outlines: tuple[Outline, ...]) -> str:
    lines = [
        n_(
            "Here is {count} feed, for other readers or `/feed import`. Tags and other settings aren't in the file.",
            "Here are {count} feeds, for other readers or `/feed import`. Tags and other settings aren't in the file.",
            len(outlines),
        )
    ]
    secret = [each for each in outlines if has_secret(each.url) or has_secret(each.link)]
    if secret:
        lines.append(
            _(
                "**Keep this file to yourself:** the addresses of these feeds seem to contain a secret, so remove them"
                " before you give the file to others:"
            )
        )
        lines += [f"- {escape_text(each.title or label_of(each.url))}" for each in secret]
    return fit_lines(lines, limits.CONTENT)
