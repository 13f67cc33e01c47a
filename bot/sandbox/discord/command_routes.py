"""REST endpoints of slash commands and of the bot's responses to interactions."""

from bot.sandbox.discord import commands, errors, limits
from bot.sandbox.discord.endpoints import NOTHING, Call, Endpoint, Platform, Reply
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Json

_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


def _scope(on: Platform, call: Call) -> int | None:
    if call.id("application_id") != on.state.bot.id:
        raise errors.missing_access()
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


def _callback(on: Platform, call: Call) -> Reply:
    token = call.params["interaction_token"]
    answer = on.interactions.acknowledge(call.id("interaction_id"), token, call.body, call.files)
    if call.query.get("with_response", "").lower() not in {"1", "true"}:
        return NOTHING
    return Reply(_callback_response(on, answer))


def _callback_response(on: Platform, answer: InteractionResponse) -> Json:
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
    message = on.interactions.follow_up(call.params["webhook_token"], call.body, call.files)
    return Reply(on.interactions.message_payload(message))


def _own_webhook(on: Platform, call: Call) -> tuple[str, str]:
    if call.id("webhook_id") != on.state.bot.id:
        raise errors.unknown("Webhook")
    return call.params["webhook_token"], call.params.get("message_id", "@original")


def _answer(on: Platform, call: Call) -> Reply:
    return Reply(on.interactions.message_payload(on.interactions.answered(*_own_webhook(on, call))))


def _edit_answer(on: Platform, call: Call) -> Reply:
    changed = on.interactions.edit(*_own_webhook(on, call), call.body, call.files)
    return Reply(on.interactions.message_payload(changed))


def _delete_answer(on: Platform, call: Call) -> Reply:
    on.interactions.delete(*_own_webhook(on, call))
    return NOTHING


def _command_endpoints(base: str) -> tuple[Endpoint, ...]:
    one = f"{base}/{{command_id}}"
    return (
        Endpoint("GET", base, "commands", _commands),
        Endpoint("PUT", base, "register", _put_commands, list, commands.check_all),
        Endpoint("POST", base, "register", _add_command, dict, commands.check),
        Endpoint("GET", one, "commands", _command),
        Endpoint("PATCH", one, "register", _change_command, dict),
        Endpoint("DELETE", one, "register", _delete_command),
    )


def _answer_endpoints(path: str) -> tuple[Endpoint, ...]:
    return (
        Endpoint("GET", path, "answer", _answer, with_token=False),
        Endpoint("PATCH", path, "edit answer", _edit_answer, dict, limits.message, with_token=False),
        Endpoint("DELETE", path, "delete answer", _delete_answer, with_token=False),
    )


ENDPOINTS = (
    *_command_endpoints("/applications/{application_id}/commands"),
    *_command_endpoints("/applications/{application_id}/guilds/{guild_id}/commands"),
    Endpoint("POST", _CALLBACK, "callback", _callback, dict, limits.interaction, with_token=False),
    Endpoint("POST", _WEBHOOK, "followup", _follow_up, dict, limits.message, with_token=False),
    *_answer_endpoints(f"{_WEBHOOK}/messages/@original"),
    *_answer_endpoints(f"{_WEBHOOK}/messages/{{message_id}}"),
)
