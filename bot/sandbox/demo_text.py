"""The demo in a terminal: an introduction, each message as text, and a summary."""

from collections import Counter
from collections.abc import Callable, Mapping

from bot.sandbox.allotment import EMPTY, FOLLOWS, NAME, Follow
from bot.sandbox.discord.models import Channel, Json, StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites import sample_blogs

Say = Callable[[str], None]
"""Prints a line."""

_WIDTH = max(len(name) for name in (*(follow.channel for follow in FOLLOWS), EMPTY)) + 1


async def show(discord: SandboxDiscord, channels: Mapping[str, Channel], say: Say) -> None:
    """Print each message when it arrives, and when it is published."""
    shown: set[int] = set()
    published: set[int] = set()
    while True:
        for name, message in received(discord, channels):
            if message.id not in shown:
                shown.add(message.id)
                say("\n".join(describe(name, message)))
            if message.published and message.id not in published:
                published.add(message.id)
                say(f"\n  #{name}  published to the channels that follow this one")
        async with discord.changed:
            await discord.changed.wait()


def received(discord: SandboxDiscord, channels: Mapping[str, Channel]) -> list[tuple[str, StoredMessage]]:
    """Return the messages in the demo's channels and forum posts with the channel's name, oldest first."""
    names = {channel.id: name for name, channel in channels.items()}
    names |= {
        thread.id: f"{names[thread.parent_id]} / {thread.name}"
        for thread in discord.channels.values()
        if thread.parent_id in names and thread.id not in names
    }
    found = [
        (name, message) for channel_id, name in names.items() for message in discord.messages(channel_id)
    ]
    return sorted(found, key=lambda pair: pair[1].id)


def describe(name: str, message: StoredMessage) -> list[str]:
    """Return a message as lines of text: its content, then its embeds behind a bar."""
    lines = ["", f"  #{name}  {message.created_at:%H:%M:%S} UTC"]
    lines += [f"    {line}" for line in message.content.splitlines()]
    return lines + [f"    | {line}" for embed in message.embeds for line in _describe_embed(embed)]


def _describe_embed(embed: Json) -> list[str]:
    footer = (embed.get("footer") or {}).get("text")
    picture = (embed.get("image") or {}).get("url")
    title = embed.get("title")  # each picture after the first is an embed with only the same address
    parts = (title, embed.get("url") if title else None, embed.get("description"), footer)
    lines = "\n".join(str(part) for part in parts if part).splitlines()
    return [*lines, f"picture: {picture}"] if picture else lines


def introduce(say: Say, *, until_stopped: bool) -> None:
    """Print what runs."""
    titles = {blog.name: blog.title for blog in sample_blogs.blogs()}
    say(
        "Eight blogs, feed-relay and a simulated Discord are running on this machine. No token or network needed."
    )
    say(
        "The blogs' old posts are not sent to Discord. Each new post goes to the channels that follow its blog"
    )
    say(f"on the server {NAME}:\n")
    for follow in FOLLOWS:
        say(f"  {_describe_follow(follow, titles)}")
    if until_stopped:
        say("\nPress Ctrl-C to stop the demo.")


def _describe_follow(follow: Follow, titles: Mapping[str, str]) -> str:
    only = f", tagged {' or '.join(follow.tags)}" if follow.tags else ""
    name = f"#{follow.channel}"
    return f"{name:<{_WIDTH}} {follow.kind:<12}  {titles[follow.feed]}{only} ({follow.style})"


def summarise(discord: SandboxDiscord, channels: Mapping[str, Channel], say: Say) -> None:
    """Print how many messages each channel got."""
    messages = received(discord, channels)
    pings = sum(bool(message.pings) for _, message in messages)
    counts = Counter(name.partition(" / ")[0] for name, _ in messages)
    say(f"\nMessages on {NAME}:\n")
    for name in channels:
        say(f"  {'#' + name:<{_WIDTH}} {counts[name]} {'post' if counts[name] == 1 else 'posts'}")
    say(f"\n{len(messages)} messages in {len(counts)} channels, {pings} pings.")
