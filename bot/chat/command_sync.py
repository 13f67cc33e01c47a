"""Registers the commands with Discord if they changed: each registration counts against a daily limit.

The registered commands are always fetched, because another process or the Developer Portal may have changed them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import Route

Json = Mapping[str, Any]

RETRY_DELAY = 60.0
"""Seconds until a failed registration is retried; doubled after each failure."""
MAX_RETRY_DELAY = 3600.0

_RETRYABLE = (discord.DiscordException, aiohttp.ClientError, OSError, ValueError)
_COMPARED = frozenset(
    {
        "autocomplete",
        "channel_types",
        "choices",
        "contexts",
        "default_member_permissions",
        "description",
        "description_localizations",
        "integration_types",
        "max_length",
        "max_value",
        "min_length",
        "min_value",
        "name",
        "name_localizations",
        "nsfw",
        "options",
        "required",
        "type",
        "value",
    }
)
_UNORDERED = frozenset({"channel_types", "contexts", "integration_types"})
_GLOBAL_ONLY = frozenset({"contexts", "integration_types", "dm_permission"})

_log = structlog.get_logger(__name__)


class CommandSync:
    """Registers one set of commands, for some servers or for all."""

    def __init__(self, client: discord.Client, commands: Sequence[Json], guild_ids: Sequence[int]) -> None:
        """`guild_ids`: servers that get the commands at once; empty: all servers, where they may appear later."""
        self._client = client
        self._commands = commands
        self._guild_ids = guild_ids

    async def run(self) -> None:
        """Register the commands, retrying until it works."""
        delay = RETRY_DELAY
        while True:
            try:
                await self.register()
            except _RETRYABLE as error:
                _log.warning("commands not registered", error=str(error), retry_in=delay)
                await asyncio.sleep(delay)
                delay = min(2 * delay, MAX_RETRY_DELAY)
            else:
                return

    async def register(self) -> None:
        """Register the commands that changed. Raises discord.py's errors."""
        if not self._guild_ids:
            await self._register_everywhere()
            return
        for guild_id in self._guild_ids:
            await self.register_in(guild_id)
        # A command registered in both ways would show up twice.
        await self._put(None, ())

    async def register_in(self, guild_id: int) -> None:
        """Register the commands in one server, if it is in `guild_ids`; it may not have invited the bot yet."""
        if guild_id not in self._guild_ids:
            return
        here = [{key: each[key] for key in each if key not in _GLOBAL_ONLY} for each in self._commands]
        try:
            await self._put(guild_id, here)
        except discord.Forbidden:
            _log.warning(
                "commands not registered in a server of discord.sync_guilds; invite the bot there",
                guild=guild_id,
            )

    async def _register_everywhere(self) -> None:
        had_none = await self._put(None, self._commands)
        if had_none:
            # They may still be registered in single servers, where they would show up twice.
            async for guild in self._client.fetch_guilds(limit=None, with_counts=False):
                await self._put(guild.id, ())

    async def _put(self, guild_id: int | None, wanted: Sequence[Json]) -> bool:
        """Register the commands of a server, or of all; return whether there were none before."""
        registered = await self._fetch(guild_id)
        if not are_same(wanted, registered):
            http, application = self._client.http, self._application
            payload: list[Any] = [dict(each) for each in wanted]
            if guild_id is None:
                await http.bulk_upsert_global_commands(application, payload=payload)
            else:
                await http.bulk_upsert_guild_commands(application, guild_id, payload=payload)
            _log.info("commands registered", commands=len(wanted), guild=guild_id)
        return not registered

    async def _fetch(self, guild_id: int | None) -> list[Json]:
        """Fetch the registered commands with a request of our own, because discord.py leaves out translations."""
        scope = "" if guild_id is None else f"/guilds/{guild_id}"
        route = Route("GET", f"/applications/{self._application}{scope}/commands")
        found: list[Json] = await self._client.http.request(route, params={"with_localizations": "true"})
        return found

    @property
    def _application(self) -> int:
        application_id = self._client.application_id
        assert application_id is not None  # noqa: S101  # known since the login
        return application_id


def are_same(wanted: Sequence[Json], registered: Sequence[Json]) -> bool:
    """Return whether Discord has exactly these commands, apart from the defaults and fields that it adds."""
    return _by_name(wanted) == _by_name(registered)


def _by_name(commands: Sequence[Json]) -> dict[tuple[Any, Any], Any]:
    return {(each.get("type", 1), each["name"]): _bare(each) for each in commands}


def _bare(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, Mapping):
        parts = {key: _part(key, part) for key, part in value.items() if key in _COMPARED}
        return {key: part for key, part in parts.items() if not _is_default(part)}
    return [_bare(each) for each in value] if isinstance(value, list | tuple) else value


def _part(key: str, value: Any) -> Any:  # noqa: ANN401 -- JSON
    if key.endswith("_localizations"):
        return value
    if key == "default_member_permissions":
        return None if value is None else str(value)
    return sorted(value) if key in _UNORDERED and value else _bare(value)


def _is_default(value: Any) -> bool:  # noqa: ANN401 -- JSON
    return value is None or value is False or value in ([], {}, "")
