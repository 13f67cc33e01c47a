"""The sandbox's objects as the JSON that Discord sends."""

from collections.abc import Iterable
from datetime import UTC, datetime
from mimetypes import guess_type
from urllib.parse import quote

from bot.sandbox.discord.models import (
    Channel,
    ChannelKind,
    Guild,
    Json,
    Member,
    Role,
    StoredMessage,
    Upload,
    User,
)
from bot.sandbox.discord.permissions import Overwrite


def moment(when: datetime | None) -> str | None:
    """Return a time in ISO 8601, in Discord's format."""
    return None if when is None else when.astimezone(UTC).isoformat(timespec="microseconds")


def _optional_id(number: int | None) -> str | None:
    return None if number is None else str(number)


def user(person: User) -> Json:
    """Return a user object."""
    return {
        "id": str(person.id),
        "username": person.name,
        "discriminator": "0000" if person.is_bot else "0",
        "global_name": None if person.is_bot else person.name,
        "avatar": None,
        "bot": person.is_bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
    }


def team(owner: User) -> Json:
    """Return the team of an application, with its owner as the only member."""
    member = {
        "membership_state": 2,
        "permissions": ["*"],
        "role": "admin",
        "team_id": "1",
        "user": user(owner),
    }
    return {"id": "1", "name": "Gardeners", "icon": None, "owner_user_id": str(owner.id), "members": [member]}


def member(who: Member, *, with_user: bool = True) -> Json:
    """Return a guild member object."""
    body: Json = {
        "roles": [str(each) for each in who.role_ids],
        "joined_at": moment(who.joined_at),
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if with_user:
        body["user"] = user(who.user)
    return body


def role(each: Role, *, managed_by: int | None = None) -> Json:
    """Return a role object; `managed_by`: the bot that it belongs to."""
    body: Json = {
        "id": str(each.id),
        "name": each.name,
        "permissions": str(int(each.permissions)),
        "position": each.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": managed_by is not None,
        "mentionable": each.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if managed_by is not None:
        body["tags"] = {"bot_id": str(managed_by)}
    return body


def _overwrite(each: Overwrite) -> Json:
    return {
        "id": str(each.target_id),
        "type": 1 if each.is_member else 0,
        "allow": str(int(each.allow)),
        "deny": str(int(each.deny)),
    }


def channel(each: Channel) -> Json:
    """Return a channel object; for a thread use `thread`."""
    body: Json = {
        "id": str(each.id),
        "type": each.kind.number,
        "guild_id": str(each.guild_id),
        "name": each.name,
        "position": each.position,
        "topic": each.topic or None,
        "nsfw": False,
        "parent_id": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "flags": 1 << 4 if each.require_tag else 0,
        "permission_overwrites": [_overwrite(overwrite) for overwrite in each.overwrites],
    }
    if each.kind is ChannelKind.FORUM:
        body |= {
            "available_tags": [
                {
                    "id": str(tag.id),
                    "name": tag.name,
                    "moderated": tag.moderated,
                    "emoji_id": None,
                    "emoji_name": None,
                }
                for tag in each.tags
            ],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    if each.kind in {ChannelKind.VOICE, ChannelKind.STAGE}:
        body |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return body


def direct(each: Channel, recipient: User) -> Json:
    """Return the channel of direct messages to somebody."""
    return {
        "id": str(each.id),
        "type": each.kind.number,
        "last_message_id": None,
        "recipients": [user(recipient)],
    }


def thread(each: Channel, *, messages: int, last_message_id: int | None = None) -> Json:
    """Return a thread object; `messages`: how many it has."""
    return {
        "id": str(each.id),
        "type": each.kind.number,
        "guild_id": str(each.guild_id),
        "parent_id": str(each.parent_id),
        "owner_id": str(each.owner_id),
        "name": each.name,
        "last_message_id": str(last_message_id) if last_message_id else None,
        "message_count": messages,
        "total_message_sent": messages,
        "member_count": 1,
        "rate_limit_per_user": 0,
        "flags": 0,
        "applied_tags": [str(tag) for tag in each.applied_tags],
        "thread_metadata": {
            "archived": each.archived,
            "locked": each.locked,
            "auto_archive_duration": each.hidden_after,
            "archive_timestamp": moment(each.created_at),
            "create_timestamp": moment(each.created_at),
        },
    }


def guild(
    each: Guild,
    *,
    roles: Iterable[Role],
    bot_id: int,
    channels: Iterable[Json] = (),
    threads: Iterable[Json] = (),
) -> Json:
    """Return a guild object as in REST, plus the channels and threads of GUILD_CREATE."""
    return {
        "id": str(each.id),
        "name": each.name,
        "owner_id": str(each.owner_id),
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": _optional_id(each.updates_channel_id),
        "safety_alerts_channel_id": _optional_id(each.safety_channel_id),
        "features": ["COMMUNITY", "NEWS"],
        "emojis": [],
        "stickers": [],
        "roles": [role(one, managed_by=bot_id if one.id == each.bot_role_id else None) for one in roles],
        "channels": list(channels),
        "threads": list(threads),
    }


def guild_create(body: Json, *, members: list[Json], joined_at: datetime) -> Json:
    """Return a guild object with the fields of GUILD_CREATE, but without `unavailable`, as after a join."""
    return body | {
        "joined_at": moment(joined_at),
        "large": False,
        "member_count": len(members),
        "members": members,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message(
    each: StoredMessage,
    *,
    number: int,
    application_id: int,
    files_url: str,
    command_user: User | None = None,
) -> Json:
    """Return a message object.

    `number`: its type. `files_url`: where its files are served. `command_user`: who used the command that it answers.
    """
    body: Json = {
        "id": str(each.id),
        "type": number,
        "channel_id": str(each.channel_id),
        "author": user(each.author),
        "content": each.content,
        "timestamp": moment(each.created_at),
        "edited_timestamp": moment(each.edited_at),
        "tts": False,
        "mention_everyone": each.pings.everyone,
        "mentions": [],
        "mention_roles": [str(one) for one in sorted(each.pings.roles)],
        "attachments": [upload(one, files_url) for one in each.attachments],
        "embeds": [{"type": "rich", **embed} for embed in each.embeds],
        "components": list(each.components),
        "pinned": False,
        "flags": each.flags | (1 if each.published else 0) | (64 if each.ephemeral else 0),
    }
    if each.nonce is not None:
        body["nonce"] = each.nonce
    if each.interaction_id is not None:
        body |= {"application_id": str(application_id), "webhook_id": str(application_id)}
    if command_user is not None:
        body["interaction_metadata"] = {
            "id": str(each.interaction_id),
            "type": 2,
            "user": user(command_user),
            "authorizing_integration_owners": {"0": str(each.guild_id)},
        }
    return body


def upload(each: Upload, base: str) -> Json:
    """Return the JSON of a file; `base`: where it is served."""
    url = f"{base}{each.id}/{quote(each.name)}"
    kind, _ = guess_type(each.name)
    return {
        "id": str(each.id),
        "filename": each.name,
        "size": len(each.body),
        "url": url,
        "proxy_url": url,
        **({"content_type": kind} if kind else {}),
        **({"description": each.description} if each.description else {}),
    }
