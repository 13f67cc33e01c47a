"""Discord's rules for messages: who may write, read, edit, delete and publish them, and what a nonce does."""

from collections.abc import Mapping
from dataclasses import replace

from bot.sandbox.discord import components, errors
from bot.sandbox.discord.events import Intent
from bot.sandbox.discord.limits import is_empty
from bot.sandbox.discord.models import Channel, ChannelKind, Json, SentFile, StoredMessage, Upload
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.pings import pings
from bot.sandbox.discord.state import State

_SUPPRESS_EMBEDS, _EPHEMERAL = 1 << 2, 1 << 6
_PAGE, _PAGE_MAX = 50, 100


def create(state: State, channel_id: int, body: Json, *, files: tuple[SentFile, ...] = ()) -> StoredMessage:
    """Store the bot's message. If the body enforces a nonce that is in use, return the earlier message."""
    channel = state.visible_channel(channel_id)
    _require_writable(state, channel)
    nonce = None if body.get("nonce") is None else str(body["nonce"])
    if nonce is not None and body.get("enforce_nonce"):
        earlier_id = state.nonces.find(state.bot.id, channel_id, nonce)
        if earlier_id is not None:
            return state.message(channel_id, earlier_id)
    message = replace(compose(state, channel, body, files=files), nonce=nonce)
    if channel.archived:
        channel = replace(channel, archived=False)
        state.put_channel(channel, "THREAD_UPDATE")
    post(state, message)
    if nonce is not None:
        state.nonces.add(message, nonce)
    return message


def _require_writable(state: State, channel: Channel) -> None:
    if channel.kind is ChannelKind.FORUM:
        raise errors.not_a_text_channel()
    if channel.kind is ChannelKind.DIRECT and channel.owner_id in state.without_direct:
        raise errors.no_direct_messages()
    in_thread = channel.kind.is_thread
    state.require(channel, Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES)
    if channel.locked and not state.bot_can(channel, Permission.MANAGE_THREADS):
        raise errors.thread_archived() if channel.archived else errors.thread_locked()


def compose(
    state: State, channel: Channel, body: Json, *, files: tuple[SentFile, ...] = (), as_answer: bool = False
) -> StoredMessage:
    """Return the message of a request body without storing it.

    `as_answer`: as a response to an interaction, where the bot may always embed links.
    """
    may = state.permissions_in(channel.id, state.bot.id)
    embeds = tuple(body.get("embeds") or ()) if as_answer or may & Permission.EMBED_LINKS else ()
    content = (body.get("content") or "").strip()
    if is_empty({**body, "embeds": list(embeds), "attachments": list(files)}):
        raise errors.missing_permissions() if body.get("embeds") else errors.empty_message()
    text = f"{content}\n{components.text_of(body)}"
    return StoredMessage(
        id=state.new_id(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author=state.bot,
        created_at=state.clock(),
        body=body,
        content=content,
        embeds=embeds,
        components=tuple(body.get("components") or ()),
        attachments=_uploaded(state, body, files),
        flags=(body.get("flags") or 0) & ~_EPHEMERAL,
        pings=pings(text, body.get("allowed_mentions"), may, state.guild_roles(channel.guild_id)),
    )


def _uploaded(state: State, body: Json, files: tuple[SentFile, ...]) -> tuple[Upload, ...]:
    """Store a request's files, with what its body says about them."""
    about = {str(each.get("id")): each for each in body.get("attachments") or ()}
    found = [(file, about.get(str(file.number), {})) for file in files]
    return tuple(
        state.upload(said.get("filename") or file.name, file.body, said.get("description") or "")
        for file, said in found
    )


def _kept_files(message: StoredMessage, body: Json) -> tuple[Upload, ...]:
    """Return the files that a message still has after an edit: those that the body names, or all if it names none."""
    named = body.get("attachments", [{"id": each.id} for each in message.attachments])
    ids = {str(each.get("id")) for each in named or ()}
    return tuple(each for each in message.attachments if str(each.id) in ids)


def post(state: State, message: StoredMessage) -> None:
    """Store a new message and send the event."""
    state.put_message(message)
    if not message.ephemeral:
        body = state.message_payload(message) | {"guild_id": str(message.guild_id)}
        state.publish("MESSAGE_CREATE", body, message.guild_id, Intent.GUILD_MESSAGES)


def changed_by(
    state: State, message: StoredMessage, body: Json, *, files: tuple[SentFile, ...] = ()
) -> StoredMessage:
    """Return the message after an edit without storing it. Missing parts of the body stay as they are."""
    kept: Json = {
        "content": message.content,
        "embeds": list(message.embeds),
        "components": list(message.components),
    }
    attachments = _kept_files(message, body) + _uploaded(state, body, files)
    shown = kept | {name: body[name] for name in kept if name in body} | {"attachments": attachments}
    if is_empty(shown):
        raise errors.empty_message()
    flags = body.get("flags")
    suppressed = message.flags if flags is None else (message.flags & ~_SUPPRESS_EMBEDS) | flags
    return replace(
        message,
        content=(shown["content"] or "").strip(),
        embeds=tuple(shown["embeds"] or ()),
        components=tuple(shown["components"] or ()),
        attachments=attachments,
        flags=suppressed & ~_EPHEMERAL,
        edited_at=state.clock(),
        edits=(*message.edits, body),
    )


def edit(
    state: State, channel_id: int, message_id: int, body: Json, *, files: tuple[SentFile, ...] = ()
) -> StoredMessage:
    """Edit one of the bot's messages; as a moderator, it may also hide the embeds of others."""
    channel = state.visible_channel(channel_id)
    message = state.message(channel_id, message_id)
    moderates = set(body) == {"flags"} and state.bot_can(channel, Permission.MANAGE_MESSAGES)
    if message.author.id != state.bot.id and not moderates:
        raise errors.foreign_message()
    if channel.archived:
        raise errors.thread_archived()
    return store_edit(state, changed_by(state, message, body, files=files))


def store_edit(state: State, message: StoredMessage) -> StoredMessage:
    """Store an edited message and send the event."""
    state.put_message(message)
    body = state.message_payload(message) | {"guild_id": str(message.guild_id)}
    state.publish("MESSAGE_UPDATE", body, message.guild_id, Intent.GUILD_MESSAGES)
    return message


def delete(state: State, channel_id: int, message_id: int) -> None:
    """Delete one of the bot's messages, or any if it may manage messages."""
    channel = state.visible_channel(channel_id)
    message = state.message(channel_id, message_id)
    if message.author.id != state.bot.id:
        state.require(channel, Permission.MANAGE_MESSAGES)
    if channel.archived:
        raise errors.thread_archived()
    state.delete_stored(message)


def publish(state: State, channel_id: int, message_id: int) -> StoredMessage:
    """Publish a message in an announcement channel to the channels that follow it."""
    channel = state.visible_channel(channel_id)
    if channel.kind is not ChannelKind.ANNOUNCEMENT:
        raise errors.wrong_channel_kind()
    message = state.message(channel_id, message_id)
    own = message.author.id == state.bot.id
    state.require(channel, Permission.SEND_MESSAGES if own else Permission.MANAGE_MESSAGES)
    if message.published:
        raise errors.already_published()
    return store_edit(state, replace(message, published=True))


def one(state: State, channel_id: int, message_id: int) -> StoredMessage:
    """Return a message that the bot may read."""
    channel = state.visible_channel(channel_id)
    if not state.bot_can(channel, Permission.READ_MESSAGE_HISTORY):
        raise errors.missing_access()
    return _public(state.message(channel_id, message_id))


def _public(message: StoredMessage) -> StoredMessage:
    if message.ephemeral:
        raise errors.unknown("Message")
    return message


def page(state: State, channel_id: int, query: Mapping[str, str]) -> list[StoredMessage]:
    """Return messages, newest first, by `before`, `after` or `around`, and `limit`; none without the permission."""
    channel = state.visible_channel(channel_id)
    if not state.bot_can(channel, Permission.READ_MESSAGE_HISTORY):
        return []
    limit = min(int(query.get("limit", _PAGE)), _PAGE_MAX)
    found = [each for each in state.messages(channel_id) if not each.ephemeral]
    if "around" in query:
        older = sum(each.id < int(query["around"]) for each in found)
        first = max(0, older - limit // 2)
        found = found[first : first + limit]
    elif "after" in query:
        found = [each for each in found if each.id > int(query["after"])][:limit]
    elif "before" in query:
        found = [each for each in found if each.id < int(query["before"])][-limit:]
    else:
        found = found[-limit:]
    return sorted(found, key=lambda each: each.id, reverse=True)
