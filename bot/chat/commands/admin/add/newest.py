"""The button that posts a feed's newest post after somebody subscribed."""

import discord

from bot.chat.commands.admin.add.subscribe import post_newest
from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.resolve import visible_subscriptions
from bot.chat.commands.common.responses import Interaction, UserError, services_of
from bot.chat.embeds import create_view
from bot.chat.messages import _
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.summary import clip


class NewestButton(PersistentItem, template=r"newest:(?P<subscription>[0-9]{1,18})"):
    """Posts the newest post that a subscription wants."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Queue the post, and replace the button with the outcome. Raises UserError if the feed was removed."""
        await interaction.response.defer()
        services, number = services_of(interaction), int(self.fields["subscription"])
        followed = await visible_subscriptions(interaction, services)
        own = next((each for each in followed if each.subscription.id == number), None)
        if own is None:
            raise UserError(_("This server no longer follows that feed; add it with `/feed add`."))
        outcome = await post_newest(services, own)
        message = interaction.message
        before = "" if message is None else message.content
        view = None if message is None else create_view(self._others(message))
        text = clip(f"{before}\n{outcome}", limits.CONTENT)
        await interaction.edit_original_response(content=text, view=view)

    def _others(self, message: discord.Message) -> list[discord.ui.Button[discord.ui.View]]:
        """Return the message's other buttons."""
        rows = (row for row in message.components if isinstance(row, discord.ActionRow))
        return [
            discord.ui.Button(label=each.label, custom_id=each.custom_id, style=each.style)
            for row in rows
            for each in row.children
            if isinstance(each, discord.Button) and each.custom_id != self.custom_id
        ]


def create_newest_button(followed: FollowedFeed) -> NewestButton:
    """Return the button for a subscription."""
    return NewestButton.button(_("Post the newest"), f"newest:{followed.subscription.id}")
