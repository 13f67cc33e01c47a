"""`/why`: what happened to a post, and why it was or wasn't posted."""

from discord import app_commands

from bot.chat.commands.admin.base.autocomplete import AdminAutocomplete
from bot.chat.commands.admin.why.explain import SeveralPosts, explain
from bot.chat.commands.admin.why.menu import ask_which_post
from bot.chat.commands.admin.why.text import create_answer
from bot.chat.commands.common.channels import Channel
from bot.chat.commands.common.responses import Interaction, defer, respond
from bot.chat.services import Services

Link = app_commands.Range[str, 1, 2000]


def create_why(services: Services) -> app_commands.Command[app_commands.Group, ..., None]:
    """Return the command `/why`."""
    completions = AdminAutocomplete(services.store)

    @app_commands.command(description="Find out why a post was or wasn't posted")
    @app_commands.describe(
        link="The post's address, part of its title, or the link or ID of the bot's message",
        channel="Only what happened in this channel",
    )
    @app_commands.autocomplete(link=completions.posts)
    @app_commands.default_permissions(manage_guild=True)
    async def why(interaction: Interaction, link: Link, channel: Channel | None = None) -> None:
        await defer(interaction)
        channel_id = None if channel is None else channel.id
        explained = await explain(interaction, link, channel_id)
        if isinstance(explained, SeveralPosts):
            await ask_which_post(interaction, explained, channel_id)
        else:
            await respond(interaction, "", embeds=(create_answer(explained),))

    return why
