"""`/server show` and `/server settings`: a server's settings at a glance, and its time zone."""

from functools import cache
from zoneinfo import available_timezones

import discord

from bot.chat.commands.admin.server.managers import describe_managers
from bot.chat.commands.admin.server.notices import describe_place
from bot.chat.commands.common.autocomplete import MAX_CHOICES, Choices, create_choice
from bot.chat.commands.common.resolve import visible_subscriptions
from bot.chat.commands.common.responses import Interaction, UserError, guild_of, respond
from bot.chat.messages import _, escape_text, n_
from bot.chat.services import Services
from bot.text.fold import fold

DEFAULT_ZONE = "UTC"


async def show_server(interaction: Interaction, services: Services) -> None:
    """Show what is set for the whole server, and where each of it is changed."""
    guild, guilds = guild_of(interaction), services.store.guilds
    zone = await guilds.time_zone(guild.id)
    lines = [
        await _describe_feeds(interaction, services),
        describe_place(await guilds.notices_channels(guild.id)),
        describe_managers(guild, await guilds.managers_role(guild.id)),
        describe_zone(zone),
    ]
    embed = discord.Embed(title=_("The bot in this server"), description="\n\n".join(lines))
    await respond(interaction, "", embeds=(embed,))


async def _describe_feeds(interaction: Interaction, services: Services) -> str:
    followed = await visible_subscriptions(interaction, services)
    feeds = n_("{count} feed", "{count} feeds", len({each.feed_id for each in followed}))
    channels = n_("{count} channel", "{count} channels", len({each.channel_id for each in followed}))
    return _("It follows {feeds} in {channels} that you can see; see `/feed list`.").format(
        feeds=feeds, channels=channels
    )


def describe_zone(zone: str) -> str:
    """Return the time zone, and what it is for."""
    return _(
        "Days in searches (`after:2026-05-04`) begin at midnight in {zone}; choose another time zone with"
        " `/server settings`. Times in messages are in each reader's own time zone."
    ).format(zone=escape_text(zone or DEFAULT_ZONE))


async def change_settings(interaction: Interaction, services: Services, zone: str) -> None:
    """Choose the time zone ("": leave it), and show it. Raises UserError for one that doesn't exist."""
    guild_id = guild_of(interaction).id
    if zone:
        known = {fold(each): each for each in time_zones()}
        chosen = known.get(fold(zone.strip()))
        if chosen is None:
            raise UserError(
                _("There is no time zone {zone}; pick one from the list as you type, such as Europe/Berlin."),
                zone=escape_text(zone, 60),
            )
        await services.store.guilds.set_time_zone(guild_id, chosen)
    await respond(interaction, describe_zone(await services.store.guilds.time_zone(guild_id)))


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones that this machine knows; UTC always."""
    others = ("Etc/", "posix/", "right/")  # offsets with the wrong sign, and copies
    cities = (each for each in available_timezones() if "/" in each and not each.startswith(others))
    return (DEFAULT_ZONE, *sorted(cities))


def zone_choices(typed: str) -> Choices:
    """Return the time zones whose names contain what is typed so far."""
    part = fold(typed).replace(" ", "_")
    return [create_choice(each, each) for each in time_zones() if part in fold(each)][:MAX_CHOICES]
