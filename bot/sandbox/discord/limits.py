"""Discord's limits for request bodies that its OpenAPI document doesn't contain, as pure checks.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from bot.sandbox.discord import components
from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.validation import Path, bad_url, required, too_long, too_many
from bot.text.limits import utf16_length

CONTENT = 2000
EMBEDS = 10
EMBED_SUM = 6000
NONCE = 25
THREAD_NAME = 100
APPLIED_TAGS = 5
FILE_SIZE = 10 * 1024 * 1024
"""Bytes, on a server without boosts."""
_EMBED_TEXTS = (("title", 256), ("description", 4096))
_EMBED_PARTS = (("footer", "text", 2048), ("author", "name", 256))
_FIELDS = 25
_FIELD_TEXTS = (("name", 256), ("value", 1024))
_COLOUR_MAX = 0xFFFFFF


def _embed_urls(embed: Json, path: Path) -> Iterator[Problem]:
    yield from bad_url(embed.get("url"), (*path, "url"))
    media = ("http", "https", "attachment")
    for part in ("image", "thumbnail"):
        yield from bad_url((embed.get(part) or {}).get("url"), (*path, part, "url"), schemes=media)
    author, footer = embed.get("author") or {}, embed.get("footer") or {}
    yield from bad_url(author.get("url"), (*path, "author", "url"))
    yield from bad_url(author.get("icon_url"), (*path, "author", "icon_url"), schemes=media)
    yield from bad_url(footer.get("icon_url"), (*path, "footer", "icon_url"), schemes=media)


def _embed_texts(embed: Json, path: Path) -> Iterator[Problem]:
    for name, limit in _EMBED_TEXTS:
        yield from too_long(embed.get(name), limit, (*path, name))
    for part, name, limit in _EMBED_PARTS:
        if embed.get(part) is not None:
            yield from required(embed[part].get(name), (*path, part, name))
            yield from too_long(embed[part].get(name), limit, (*path, part, name))
    yield from too_many(embed.get("fields"), _FIELDS, (*path, "fields"))
    for index, field in enumerate(embed.get("fields") or ()):
        for name, limit in _FIELD_TEXTS:
            yield from required(field.get(name), (*path, "fields", str(index), name))
            yield from too_long(field.get(name), limit, (*path, "fields", str(index), name))


def _embed_rest(embed: Json, path: Path) -> Iterator[Problem]:
    shown = ("title", "description", "fields", "image", "thumbnail", "author", "footer")
    if not any(embed.get(part) for part in shown):
        yield Problem((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
    colour = embed.get("color")
    if colour is not None and not (isinstance(colour, int) and 0 <= colour <= _COLOUR_MAX):
        yield Problem(
            (*path, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215."
        )
    stamp = embed.get("timestamp")
    if stamp is not None and not _is_moment(stamp):
        problem = f'Could not parse "{stamp}". Should be ISO8601.'
        yield Problem((*path, "timestamp"), "DATE_TIME_TYPE_PARSE", problem)


def _is_moment(stamp: object) -> bool:
    try:
        datetime.fromisoformat(str(stamp))
    except ValueError:
        return False
    return True


def embed_size(embed: Json) -> int:
    """Return an embed's share of the total of all embeds."""
    texts: list[Any] = [embed.get("title"), embed.get("description")]
    texts += [(embed.get(part) or {}).get(name) for part, name, _ in _EMBED_PARTS]
    texts += [field.get(name) for field in embed.get("fields") or () for name, _ in _FIELD_TEXTS]
    return sum(utf16_length(each) for each in texts if isinstance(each, str))


def _embeds(embeds: object, path: Path) -> Iterator[Problem]:
    yield from too_many(embeds, EMBEDS, path)
    if not isinstance(embeds, list):
        return
    for index, embed in enumerate(embeds):
        here = (*path, str(index))
        yield from chain(_embed_texts(embed, here), _embed_urls(embed, here), _embed_rest(embed, here))
    if sum(map(embed_size, embeds)) > EMBED_SUM:
        problem = f"Embed size exceeds maximum size of {EMBED_SUM}"
        yield Problem(path, "MAX_EMBED_SIZE_EXCEEDED", problem)


def _mentions(allowed: object, path: Path) -> Iterator[Problem]:
    if not isinstance(allowed, dict):
        return
    for kind in ("users", "roles"):
        yield from too_many(allowed.get(kind), 100, (*path, kind))
        if allowed.get(kind) and kind in (allowed.get("parse") or ()):
            problem = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            yield Problem(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", problem)
    for each in set(allowed.get("parse") or ()) - {"users", "roles", "everyone"}:
        yield Problem(
            (*path, "parse"), "BASE_TYPE_CHOICES", f"Value {each!r} must be one of the known kinds."
        )


def message(body: Json, path: Path = ()) -> Iterator[Problem]:
    """Yield the problems of a body that creates or edits a message."""
    yield from too_long(body.get("content"), CONTENT, (*path, "content"))
    yield from _embeds(body.get("embeds"), (*path, "embeds"))
    yield from _mentions(body.get("allowed_mentions"), (*path, "allowed_mentions"))
    nonce = body.get("nonce")
    yield from too_long(nonce if nonce is None else str(nonce), NONCE, (*path, "nonce"))
    modern = components.is_modern(body)
    yield from components.rows(body.get("components"), (*path, "components"), modern=modern)
    if modern and (body.get("content") or body.get("embeds")):
        problem = "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2"
        yield Problem(path, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", problem)


def is_empty(body: Json) -> bool:
    """Return whether a message would show nothing."""
    shown = ("embeds", "components", "attachments", "sticker_ids", "poll")
    return not (body.get("content") or "").strip() and not any(body.get(part) for part in shown)


def thread(body: Json) -> Iterator[Problem]:
    """Yield the problems of a body that creates a thread or a forum post."""
    yield from required(body.get("name"), ("name",))
    yield from too_long(body.get("name"), THREAD_NAME, ("name",))
    yield from too_many(body.get("applied_tags"), APPLIED_TAGS, ("applied_tags",))
    duration = body.get("auto_archive_duration")
    if duration is not None and duration not in {60, 1440, 4320, 10080}:
        problem = "Value must be one of {60, 1440, 4320, 10080}."
        yield Problem(("auto_archive_duration",), "BASE_TYPE_CHOICES", problem)
    if isinstance(body.get("message"), dict):
        yield from message(body["message"], ("message",))


def interaction(body: Json) -> Iterator[Problem]:
    """Yield the problems of an interaction callback."""
    data = body.get("data") or {}
    kind = body.get("type")
    if kind in {4, 7}:
        yield from message(data, ("data",))
    elif kind == components.AUTOCOMPLETE:
        yield from components.choices(data.get("choices"), ("data", "choices"))
    elif kind == components.MODAL:
        yield from components.modal(data, ("data",))
    elif kind not in {1, 5, 6}:
        yield Problem(("type",), "BASE_TYPE_CHOICES", "Value must be one of the known callback types.")
