"""A post shown to the asker alone, just as its channel would get it."""

import discord

from bot.chat.commands.common.responses import Interaction
from bot.chat.embeds import create_embed
from bot.model import Message


async def send_preview(interaction: Interaction, message: Message) -> discord.WebhookMessage:
    """After the first answer. Nobody is pinged."""
    return await interaction.followup.send(
        message.content,
        embeds=[create_embed(embed) for embed in message.embeds],
        suppress_embeds=message.suppress_embeds,
        allowed_mentions=discord.AllowedMentions.none(),
        ephemeral=True,
        wait=True,
    )
