"""REST endpoints of messages and threads."""

from bot.sandbox.discord import limits, messages, threads
from bot.sandbox.discord.endpoints import NOTHING, Call, Endpoint, Platform, Reply

_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_THREADS = "/channels/{channel_id}/threads"


def _send(on: Platform, call: Call) -> Reply:
    message = messages.create(on.state, call.id("channel_id"), call.body, files=call.files)
    return Reply(on.state.message_payload(message))


def _history(on: Platform, call: Call) -> Reply:
    found = messages.page(on.state, call.id("channel_id"), call.query)
    return Reply([on.state.message_payload(each) for each in found])


def _message(on: Platform, call: Call) -> Reply:
    found = messages.one(on.state, call.id("channel_id"), call.id("message_id"))
    return Reply(on.state.message_payload(found))


def _edit(on: Platform, call: Call) -> Reply:
    changed = messages.edit(
        on.state, call.id("channel_id"), call.id("message_id"), call.body, files=call.files
    )
    return Reply(on.state.message_payload(changed))


def _delete(on: Platform, call: Call) -> Reply:
    messages.delete(on.state, call.id("channel_id"), call.id("message_id"))
    return NOTHING


def _crosspost(on: Platform, call: Call) -> Reply:
    published = messages.publish(on.state, call.id("channel_id"), call.id("message_id"))
    return Reply(on.state.message_payload(published))


def _open_thread(on: Platform, call: Call) -> Reply:
    thread, message = threads.open_in(on.state, call.id("channel_id"), call.body, files=call.files)
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


ENDPOINTS = (
    Endpoint("GET", _MESSAGES, "history", _history),
    Endpoint("POST", _MESSAGES, "send", _send, dict, limits.message),
    Endpoint("GET", _MESSAGE, "message", _message),
    Endpoint("PATCH", _MESSAGE, "edit", _edit, dict, limits.message),
    Endpoint("DELETE", _MESSAGE, "delete", _delete),
    Endpoint("POST", f"{_MESSAGE}/crosspost", "crosspost", _crosspost),
    Endpoint("POST", f"{_MESSAGE}/threads", "thread", _open_thread_from, dict, limits.thread),
    Endpoint("POST", _THREADS, "thread", _open_thread, dict, limits.thread),
    Endpoint("GET", f"{_THREADS}/archived/public", "threads", _archived_threads),
)
