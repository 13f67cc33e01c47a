"""REST endpoints of the bot, its servers and their channels."""

from bot.sandbox.discord import errors, payloads, threads
from bot.sandbox.discord.endpoints import NOTHING, Call, Endpoint, Platform, Reply
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.permissions import Permission

_GUILD = "/guilds/{guild_id}"
_CHANNEL = "/channels/{channel_id}"


def _me(on: Platform, _: Call) -> Reply:
    return Reply(payloads.user(on.state.bot))


def _application(on: Platform, _: Call) -> Reply:
    bot = on.state.bot
    body: Json = {
        "id": str(bot.id),
        "name": bot.name,
        "description": "",
        "icon": None,
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": payloads.user(on.state.owner),
        "team": payloads.team(on.state.team_owner) if on.state.team_owner else None,
        "flags": 0,
        "rpc_origins": [],
        "redirect_uris": [],
        "bot": payloads.user(bot),
    }
    return Reply(body)


def _my_guilds(on: Platform, call: Call) -> Reply:
    guilds = [each for each in on.state.guilds.values() if each.has_bot]
    after, before = int(call.query.get("after", 0)), int(call.query.get("before", 1 << 64))
    bot = on.state.bot.id
    found: list[Json] = [
        {
            "id": str(each.id),
            "name": each.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(on.state.guild_permissions(each.id, bot))),
            "features": [],
        }
        for each in sorted(guilds, key=lambda guild: guild.id)
        if after < each.id < before
    ]
    return Reply(found[: int(call.query.get("limit", 200))])


def _open_direct(on: Platform, call: Call) -> Reply:
    return Reply(on.state.channel_payload(on.state.open_direct(int(call.body["recipient_id"]))))


def _gateway(on: Platform, _: Call) -> Reply:
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return Reply({"url": on.gateway_url, "shards": on.shards, "session_start_limit": limit})


def _guild(on: Platform, call: Call) -> Reply:
    state = on.state
    guild = state.visible_guild(call.id("guild_id"))
    return Reply(payloads.guild(guild, roles=state.guild_roles(guild.id).values(), bot_id=state.bot.id))


def _guild_channels(on: Platform, call: Call) -> Reply:
    guild = on.state.visible_guild(call.id("guild_id"))
    return Reply([on.state.channel_payload(each) for each in on.state.guild_channels(guild.id)])


def _guild_roles(on: Platform, call: Call) -> Reply:
    guild = on.state.visible_guild(call.id("guild_id"))
    roles = on.state.guild_roles(guild.id).values()
    mine = (on.state.bot.id, guild.bot_role_id)
    return Reply([payloads.role(each, managed_by=mine[0] if each.id == mine[1] else None) for each in roles])


def _member(on: Platform, call: Call) -> Reply:
    guild = on.state.visible_guild(call.id("guild_id"))
    user_id = on.state.bot.id if call.params.get("user_id", "@me") == "@me" else call.id("user_id")
    found = on.state.members.get((guild.id, user_id))
    if found is None:
        raise errors.unknown("Member")
    return Reply(payloads.member(found))


def _active_threads(on: Platform, call: Call) -> Reply:
    found = threads.active(on.state, call.id("guild_id"))
    return Reply({"threads": [on.state.channel_payload(each) for each in found], "members": []})


def _channel(on: Platform, call: Call) -> Reply:
    return Reply(on.state.channel_payload(on.state.visible_channel(call.id("channel_id"))))


def _change_channel(on: Platform, call: Call) -> Reply:
    return Reply(on.state.channel_payload(threads.change(on.state, call.id("channel_id"), call.body)))


def _thread_member(on: Platform, call: Call) -> Reply:
    return Reply(threads.member(on.state, call.id("channel_id"), call.id("user_id")))


def _typing(on: Platform, call: Call) -> Reply:
    on.state.require(on.state.visible_channel(call.id("channel_id")), Permission.SEND_MESSAGES)
    return NOTHING


ENDPOINTS = (
    Endpoint("GET", "/users/@me", "login", _me),
    Endpoint("GET", "/users/@me/guilds", "guilds", _my_guilds),
    Endpoint("POST", "/users/@me/channels", "open direct", _open_direct, dict),
    Endpoint("GET", "/users/@me/guilds/{guild_id}/member", "member", _member),
    Endpoint("GET", "/oauth2/applications/@me", "application", _application),
    Endpoint("GET", "/applications/@me", "application", _application),
    Endpoint("GET", "/gateway", "gateway", _gateway, with_token=False),
    Endpoint("GET", "/gateway/bot", "gateway", _gateway),
    Endpoint("GET", _GUILD, "guild", _guild),
    Endpoint("GET", f"{_GUILD}/channels", "channels", _guild_channels),
    Endpoint("GET", f"{_GUILD}/roles", "roles", _guild_roles),
    Endpoint("GET", f"{_GUILD}/threads/active", "threads", _active_threads),
    Endpoint("GET", f"{_GUILD}/members/{{user_id}}", "member", _member),
    Endpoint("GET", _CHANNEL, "channel", _channel),
    Endpoint("PATCH", _CHANNEL, "change channel", _change_channel, dict),
    Endpoint("POST", f"{_CHANNEL}/typing", "typing", _typing),
    Endpoint("GET", f"{_CHANNEL}/thread-members/{{user_id}}", "thread member", _thread_member),
)
