"""Discord's rules for threads and forum posts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.sandbox.discord import errors, messages
from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.models import Channel, ChannelKind, Json, SentFile, StoredMessage
from bot.sandbox.discord.payloads import moment
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import State

_PRIVATE = ChannelKind.PRIVATE_THREAD.number
_CHANGEABLE = ("name", "archived", "locked")


def open_in(
    state: State, channel_id: int, body: Json, *, files: tuple[SentFile, ...] = ()
) -> tuple[Channel, StoredMessage | None]:
    """Create a forum post with its first message, or a thread without a message."""
    parent = state.visible_channel(channel_id)
    if parent.kind is ChannelKind.FORUM:
        return _post_in(state, parent, body, files)
    if parent.kind.is_thread or parent.kind in {ChannelKind.VOICE, ChannelKind.STAGE}:
        raise errors.wrong_channel_kind()
    private = body.get("type", _PRIVATE) == _PRIVATE
    state.require(parent, Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    kind = ChannelKind.PRIVATE_THREAD if private else _kind_in(parent)
    thread = replace(_new(state, parent, body), kind=kind)
    state.thread_members.add((thread.id, state.bot.id))
    return state.put_channel(thread, "THREAD_CREATE"), None


def _kind_in(parent: Channel) -> ChannelKind:
    return ChannelKind.ANNOUNCEMENT_THREAD if parent.kind is ChannelKind.ANNOUNCEMENT else ChannelKind.THREAD


def _new(state: State, parent: Channel, body: Json) -> Channel:
    return Channel(
        id=state.new_id(),
        guild_id=parent.guild_id,
        name=body["name"],
        kind=_kind_in(parent),
        parent_id=parent.id,
        owner_id=state.bot.id,
        applied_tags=tuple(int(each) for each in body.get("applied_tags") or ()),
        created_at=state.clock(),
        hidden_after=body.get("auto_archive_duration") or 1440,
    )


def _post_in(
    state: State, forum: Channel, body: Json, files: tuple[SentFile, ...]
) -> tuple[Channel, StoredMessage]:
    state.require(forum, Permission.SEND_MESSAGES)
    if not isinstance(body.get("message"), dict):
        problem = Problem(("message",), "BASE_TYPE_REQUIRED", "This field is required")
        raise errors.invalid_form([problem])
    _check_tags(state, forum, body)
    thread = _new(state, forum, body)
    composed = messages.compose(state, forum, body["message"], files=files)
    message = replace(composed, id=thread.id, channel_id=thread.id)
    state.put_channel(thread, "THREAD_CREATE")
    messages.post(state, message)
    return thread, message


def _check_tags(state: State, forum: Channel, body: Json) -> None:
    applied = {int(each) for each in body.get("applied_tags") or ()}
    known = {tag.id: tag for tag in forum.tags}
    if applied - set(known):
        problem = Problem(("applied_tags",), "INVALID_TAGS", "A tag does not exist in this forum.")
        raise errors.invalid_form([problem])
    if any(known[each].moderated for each in applied):
        state.require(forum, Permission.MANAGE_THREADS)
    if forum.require_tag and not applied and not state.bot_can(forum, Permission.MANAGE_THREADS):
        raise errors.tag_required()


def open_from(state: State, channel_id: int, message_id: int, body: Json) -> Channel:
    """Create the thread of a message, which gets the message's id."""
    parent = state.visible_channel(channel_id)
    state.message(channel_id, message_id)
    if parent.kind not in {ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT}:
        raise errors.wrong_channel_kind()
    state.require(parent, Permission.CREATE_PUBLIC_THREADS)
    existing = state.channels.get(message_id)
    if existing is not None and not existing.deleted:
        raise errors.thread_exists()
    return state.put_channel(replace(_new(state, parent, body), id=message_id), "THREAD_CREATE")


def change(state: State, thread_id: int, body: Json) -> Channel:
    """Rename, archive, lock or tag a thread. An archived one can only be unarchived."""
    thread = state.visible_channel(thread_id)
    if not thread.kind.is_thread:
        state.require(thread, Permission.MANAGE_CHANNELS)
    elif thread.owner_id != state.bot.id or "locked" in body:
        state.require(thread, Permission.MANAGE_THREADS)
    if thread.archived and body.get("archived") is not False:
        raise errors.thread_archived()
    changes: Json = {name: body[name] for name in _CHANGEABLE if name in body}
    if "applied_tags" in body:
        changes["applied_tags"] = tuple(int(each) for each in body["applied_tags"])
    event = "THREAD_UPDATE" if thread.kind.is_thread else "CHANNEL_UPDATE"
    return state.put_channel(replace(thread, **changes), event)


def member(state: State, thread_id: int, user_id: int) -> Json:
    """Return a user's membership in a thread. Raises ApiError unless the bot may view it."""
    thread = state.visible_channel(thread_id)
    if not thread.kind.is_thread or (thread_id, user_id) not in state.thread_members:
        raise errors.unknown("Member")
    return {
        "id": str(thread_id),
        "user_id": str(user_id),
        "join_timestamp": moment(state.clock()),
        "flags": 0,
    }


def active(state: State, guild_id: int) -> list[Channel]:
    """Return a guild's unarchived threads that the bot may view, newest first."""
    state.visible_guild(guild_id)
    found = [
        each
        for each in state.guild_channels(guild_id, threads=True)
        if not each.archived and state.bot_can_view(each)
    ]
    return sorted(found, key=lambda each: each.id, reverse=True)


def archived(state: State, channel_id: int, query: Mapping[str, str]) -> tuple[list[Channel], bool]:
    """Return a channel's archived public threads, newest first, and whether there are more."""
    channel = state.visible_channel(channel_id)
    if not state.bot_can(channel, Permission.READ_MESSAGE_HISTORY):
        raise errors.missing_access()
    limit = int(query.get("limit", 50))
    before = (
        datetime.fromisoformat(query["before"]) if "before" in query else datetime.max.replace(tzinfo=UTC)
    )
    found = [
        each
        for each in state.guild_channels(channel.guild_id, threads=True)
        if each.parent_id == channel_id and each.archived and each.kind is not ChannelKind.PRIVATE_THREAD
        if each.created_at is not None and each.created_at < before
    ]
    found.sort(key=lambda each: each.id, reverse=True)
    return found[:limit], len(found) > limit
