"""A message as people see it, in plain text: names for mentions, times in words, buttons in brackets."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.sandbox.discord.models import Json, StoredMessage
from bot.sandbox.discord.server import SandboxDiscord

_BUTTON, _SELECT = 2, 3
_INVISIBLE = re.compile("[\u200b\u2060\u2066-\u2069]")


def text_lines(discord: SandboxDiscord, message: StoredMessage) -> list[str]:
    """Return the lines of a message, without its author."""
    parts = [message.content, *(line for embed in message.embeds for line in _embed(embed))]
    lines = [line for part in parts for line in part.splitlines() if line.strip()]
    return [_plain(discord, line) for line in lines] + _buttons(message.components)


def _embed(embed: Json) -> Iterator[str]:
    yield str(embed.get("author", {}).get("name", ""))
    yield f"▌ {embed['title']}" if embed.get("title") else ""
    yield "\n".join(f"▌ {line}" for line in str(embed.get("description", "")).splitlines() if line.strip())
    for field in embed.get("fields", ()):
        yield f"▌ {field['name']}: {field['value']}"
    yield f"▌ picture {embed['image']['url']}" if embed.get("image") else ""
    yield f"▌ {embed['footer']['text']}" if embed.get("footer", {}).get("text") else ""


def _buttons(rows: tuple[Json, ...]) -> list[str]:
    found = []
    for row in rows:
        for each in row.get("components", ()):
            if each["type"] == _SELECT:
                options = ", ".join(option["label"] for option in each["options"])
                found.append(f"({each.get('placeholder', '')}: {options})")
        labels = [f"[{each['label']}]" for each in row.get("components", ()) if each["type"] == _BUTTON]
        found += [" ".join(labels)] if labels else []
    return found


def _plain(discord: SandboxDiscord, text: str) -> str:
    names = {user.id: user.name for user in (member.user for member in discord.members.values())}
    replaced: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
        (r"<#(\d+)>", lambda found: f"#{discord.channels[int(found[1])].name}"),
        (r"<@(\d+)>", lambda found: f"@{names[int(found[1])]}"),
        (r"<t:(\d+)(?::\w)?>", lambda found: _moment(discord, int(found[1]))),
        (r"\\([^\w\s])", lambda found: found[1]),
        (r"</([\w -]+):\d+>", lambda found: f"/{found[1]}"),
    )
    for pattern, say in replaced:
        text = re.sub(pattern, say, text)
    return _INVISIBLE.sub("", text)


def _moment(discord: SandboxDiscord, seconds: int) -> str:
    """Return a time relative to now, as Discord shows it: "in 9 seconds", "2 minutes ago"."""
    distance = datetime.fromtimestamp(seconds, discord.clock().tzinfo) - discord.clock()
    return f"in {_length(distance)}" if distance > timedelta() else f"{_length(-distance)} ago"


def _length(distance: timedelta) -> str:
    seconds = round(distance.total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}{'s' if seconds >= 2 * length else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
