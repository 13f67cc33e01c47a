"""`/server show` and `/server settings`: a server's settings at a glance, its time zone and its language."""

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
from bot.i18n import LANGUAGES
from bot.text.fold import fold

DEFAULT_ZONE = "UTC"
DEFAULT_LANGUAGE = "en"


async def show_server(interaction: Interaction, services: Services) -> None:
    """Show what is set for the whole server, and which command changes it."""
    guild, guilds = guild_of(interaction), services.store.guilds
    lines = [
        await _describe_feeds(interaction, services),
        await describe_place(interaction, services),
        describe_managers(guild, await guilds.managers_role(guild.id)),
        describe_zone(await guilds.time_zone(guild.id)),
        describe_language(await guilds.language(guild.id)),
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


def describe_language(language: str) -> str:
    """Return the language of what the bot posts."""
    return _(
        "What the bot posts by itself, such as notices and “Keep reading”, is in {language}; choose another language"
        " with `/server settings`. Posts stay in their own."
    ).format(language=LANGUAGES.get(language, LANGUAGES[DEFAULT_LANGUAGE]))


async def change_settings(interaction: Interaction, services: Services, zone: str, language: str) -> None:
    """Choose the time zone and the language ("": leave it), and show them. Raises UserError for an unknown zone."""
    guild_id, guilds = guild_of(interaction).id, services.store.guilds
    if zone:
        await guilds.set_time_zone(guild_id, _find_zone(zone))
    if language:
        await guilds.set_language(guild_id, language)
    lines = [
        describe_zone(await guilds.time_zone(guild_id)),
        describe_language(await guilds.language(guild_id)),
    ]
    await respond(interaction, "\n\n".join(lines))


def _find_zone(typed: str) -> str:
    """Return the name of a time zone, however it is written. Raises UserError if it doesn't exist."""
    known = {fold(each): each for each in time_zones()}
    zone = known.get(_fold_zone(typed))
    if zone is None:
        raise UserError(
            _("There is no time zone {zone}; pick one from the list as you type, such as Europe/Berlin."),
            zone=escape_text(typed, 60),
        )
    return zone


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones that this machine knows; UTC always."""
    others = ("Etc/", "posix/", "right/")  # offsets with the wrong sign, and copies
    cities = (each for each in available_timezones() if "/" in each and not each.startswith(others))
    return (DEFAULT_ZONE, *sorted(cities))


def zone_choices(typed: str) -> Choices:
    """Return the time zones whose names contain what is typed so far."""
    part = _fold_zone(typed)
    return [create_choice(each, each) for each in time_zones() if part in fold(each)][:MAX_CHOICES]


def _fold_zone(typed: str) -> str:
    return fold(typed.strip()).replace(" ", "_")
