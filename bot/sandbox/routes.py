"""Discord's REST addresses that the stand-in answers, and what each does.

The templates are spelled as in Discord's OpenAPI document, so that a body can be looked up there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import commands, limits, messages, payloads, refusals, threads
from bot.sandbox.interactions import Answer, Interactions
from bot.sandbox.permissions import Permission
from bot.sandbox.records import Json
from bot.sandbox.refusals import Problem
from bot.sandbox.state import State


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    attachments: tuple[str, ...] = ()
    """The names of the files that came with it."""

    def id(self, name: str) -> int:
        """Return an id of the path."""
        value = self.params[name]
        if not value.isdecimal():
            problem = Problem((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            raise refusals.invalid_form([problem])
        return int(value)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: JSON, or nothing for 204."""

    body: Any = None
    status: int = 200


NOTHING = Reply(status=204)


@dataclass(slots=True)
class Platform:
    """What the routes work on."""

    state: State
    interactions: Interactions
    gateway_url: str = ""
    shards: int = 1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address."""

    method: str
    path: str
    operation: str
    """What faults and the log call it."""
    answer: Callable[[Platform, Call], Reply]
    check: Callable[[Any], Iterator[Problem]] | None = None
    """What refuses its body."""
    with_token: bool = True
    """An interaction's own token stands in the path, and such requests don't count among the 50 a second."""
    shape: type = field(default=dict)
    """The JSON type of its body, where it has one."""


# Who am I.


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
        "team": None,
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


def _gateway(on: Platform, _: Call) -> Reply:
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return Reply({"url": on.gateway_url, "shards": on.shards, "session_start_limit": limit})


# Servers and channels.


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
        raise refusals.unknown("Member")
    return Reply(payloads.member(found))


def _active_threads(on: Platform, call: Call) -> Reply:
    found = threads.active(on.state, call.id("guild_id"))
    return Reply({"threads": [on.state.channel_payload(each) for each in found], "members": []})


def _channel(on: Platform, call: Call) -> Reply:
    return Reply(on.state.channel_payload(on.state.visible_channel(call.id("channel_id"))))


def _change_channel(on: Platform, call: Call) -> Reply:
    return Reply(on.state.channel_payload(threads.change(on.state, call.id("channel_id"), call.body)))


def _typing(on: Platform, call: Call) -> Reply:
    on.state.demand(on.state.visible_channel(call.id("channel_id")), Permission.SEND_MESSAGES)
    return NOTHING


# Messages and threads.


def _send(on: Platform, call: Call) -> Reply:
    message = messages.create(on.state, call.id("channel_id"), call.body, attachments=call.attachments)
    return Reply(on.state.message_payload(message))


def _history(on: Platform, call: Call) -> Reply:
    found = messages.page(on.state, call.id("channel_id"), call.query)
    return Reply([on.state.message_payload(each) for each in found])


def _message(on: Platform, call: Call) -> Reply:
    found = messages.one(on.state, call.id("channel_id"), call.id("message_id"))
    return Reply(on.state.message_payload(found))


def _edit(on: Platform, call: Call) -> Reply:
    changed = messages.edit(on.state, call.id("channel_id"), call.id("message_id"), call.body)
    return Reply(on.state.message_payload(changed))


def _delete(on: Platform, call: Call) -> Reply:
    messages.delete(on.state, call.id("channel_id"), call.id("message_id"))
    return NOTHING


def _crosspost(on: Platform, call: Call) -> Reply:
    published = messages.publish(on.state, call.id("channel_id"), call.id("message_id"))
    return Reply(on.state.message_payload(published))


def _open_thread(on: Platform, call: Call) -> Reply:
    thread, message = threads.open_in(
        on.state, call.id("channel_id"), call.body, attachments=call.attachments
    )
    body = on.state.channel_payload(thread)
    if message is not None:
        body["message"] = on.state.message_payload(message)
    return Reply(body, 201)


def _open_thread_from(on: Platform, call: Call) -> Reply:
    thread = threads.open_from(on.state, call.id("channel_id"), call.id("message_id"), call.body)
    return Reply(on.state.channel_payload(thread), 201)


def _archived_threads(on: Platform, call: Call) -> Reply:
    found, more = threads.archived(on.state, call.id("channel_id"), call.query)
    drawn = [on.state.channel_payload(each) for each in found]
    return Reply({"threads": drawn, "members": [], "has_more": more})


# Commands.


def _scope(on: Platform, call: Call) -> int | None:
    if call.id("application_id") != on.state.bot.id:
        raise refusals.missing_access()
    return on.state.visible_guild(call.id("guild_id")).id if "guild_id" in call.params else None


def _commands(on: Platform, call: Call) -> Reply:
    return Reply(list(on.state.commands.get(_scope(on, call), {}).values()))


def _put_commands(on: Platform, call: Call) -> Reply:
    return Reply(commands.replace_all(on.state, _scope(on, call), call.body))


def _add_command(on: Platform, call: Call) -> Reply:
    return Reply(commands.put(on.state, _scope(on, call), call.body), 201)


def _command(on: Platform, call: Call) -> Reply:
    return Reply(commands.one(on.state, _scope(on, call), call.id("command_id")))


def _change_command(on: Platform, call: Call) -> Reply:
    return Reply(commands.change(on.state, _scope(on, call), call.id("command_id"), call.body))


def _delete_command(on: Platform, call: Call) -> Reply:
    commands.delete(on.state, _scope(on, call), call.id("command_id"))
    return NOTHING


# Interactions.


def _callback(on: Platform, call: Call) -> Reply:
    token = call.params["interaction_token"]
    answer = on.interactions.acknowledge(call.id("interaction_id"), token, call.body, call.attachments)
    if call.query.get("with_response", "").lower() not in {"1", "true"}:
        return NOTHING
    return Reply(_callback_response(on, answer))


def _callback_response(on: Platform, answer: Answer) -> Json:
    shown = answer.message
    body: Json = {
        "interaction": {
            "id": str(answer.id),
            "type": 2,
            "response_message_id": str(shown.id) if shown else None,
            "response_message_loading": shown is None,
            "response_message_ephemeral": answer.ephemeral,
        },
        "resource": {"type": answer.kind},
    }
    if shown is not None and answer.kind in {4, 7}:
        body["resource"]["message"] = on.interactions.message_payload(shown)
    return body


def _follow_up(on: Platform, call: Call) -> Reply:
    _own_webhook(on, call)
    message = on.interactions.follow_up(call.params["webhook_token"], call.body, call.attachments)
    return Reply(on.interactions.message_payload(message))


def _own_webhook(on: Platform, call: Call) -> tuple[str, str]:
    if call.id("webhook_id") != on.state.bot.id:
        raise refusals.unknown("Webhook")
    return call.params["webhook_token"], call.params.get("message_id", "@original")


def _answer(on: Platform, call: Call) -> Reply:
    return Reply(on.interactions.message_payload(on.interactions.answered(*_own_webhook(on, call))))


def _edit_answer(on: Platform, call: Call) -> Reply:
    changed = on.interactions.edit(*_own_webhook(on, call), call.body, call.attachments)
    return Reply(on.interactions.message_payload(changed))


def _delete_answer(on: Platform, call: Call) -> Reply:
    on.interactions.delete(*_own_webhook(on, call))
    return NOTHING


_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_THREADS = "/channels/{channel_id}/threads"
_GUILD = "/guilds/{guild_id}"
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ANSWERS = (f"{_WEBHOOK}/messages/@original", f"{_WEBHOOK}/messages/{{message_id}}")
_GLOBAL_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


def _command_endpoints(base: str) -> tuple[Endpoint, ...]:
    one = f"{base}/{{command_id}}"
    return (
        Endpoint("GET", base, "commands", _commands),
        Endpoint("PUT", base, "register", _put_commands, commands.check_all, shape=list),
        Endpoint("POST", base, "register", _add_command, commands.check),
        Endpoint("GET", one, "commands", _command),
        Endpoint("PATCH", one, "register", _change_command),
        Endpoint("DELETE", one, "register", _delete_command),
    )


def _answer_endpoints(path: str) -> tuple[Endpoint, ...]:
    return (
        Endpoint("GET", path, "answer", _answer, with_token=False),
        Endpoint("PATCH", path, "edit answer", _edit_answer, limits.message, with_token=False),
        Endpoint("DELETE", path, "delete answer", _delete_answer, with_token=False),
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/users/@me", "login", _me),
    Endpoint("GET", "/users/@me/guilds", "guilds", _my_guilds),
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
    Endpoint("GET", "/channels/{channel_id}", "channel", _channel),
    Endpoint("PATCH", "/channels/{channel_id}", "change channel", _change_channel),
    Endpoint("POST", "/channels/{channel_id}/typing", "typing", _typing),
    Endpoint("GET", _MESSAGES, "history", _history),
    Endpoint("POST", _MESSAGES, "send", _send, limits.message),
    Endpoint("GET", _MESSAGE, "message", _message),
    Endpoint("PATCH", _MESSAGE, "edit", _edit, limits.message),
    Endpoint("DELETE", _MESSAGE, "delete", _delete),
    Endpoint("POST", f"{_MESSAGE}/crosspost", "crosspost", _crosspost),
    Endpoint("POST", f"{_MESSAGE}/threads", "thread", _open_thread_from, limits.thread),
    Endpoint("POST", _THREADS, "thread", _open_thread, limits.thread),
    Endpoint("GET", f"{_THREADS}/archived/public", "threads", _archived_threads),
    *_command_endpoints(_GLOBAL_COMMANDS),
    *_command_endpoints(_GUILD_COMMANDS),
    Endpoint(
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        "callback",
        _callback,
        limits.interaction,
        with_token=False,
    ),
    Endpoint("POST", _WEBHOOK, "followup", _follow_up, limits.message, with_token=False),
    *_answer_endpoints(_ANSWERS[0]),
    *_answer_endpoints(_ANSWERS[1]),
)
