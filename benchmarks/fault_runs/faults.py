"""What a step does to the world. A fault lasts as long as its step says and then heals; a change stays."""

import asyncio
import random
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from benchmarks.fault_runs.bot import NONCE_WINDOW
from benchmarks.fault_runs.world import CHANNELS, DOOMED, FORMS, TAGS, World, eventually
from bot.sandbox.discord.models import ChannelKind
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.sites import faults as sites
from bot.sandbox.sites.blog import Document, GuidStyle, Responder

MAX_CLOCK_ERROR = 3600.0
_PAGE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step."""

    act: Callable[[World, random.Random, float], Awaitable[None]]
    weight: float
    """How often plans have it, compared with others; 0: only where a plan says so."""


# Posts and feeds


async def publish(world: World, chance: random.Random, _: float) -> None:
    """Publish one post, or several at once."""
    name = chance.choice(sorted(FORMS))
    for _number in range(chance.choice((1, 1, 1, 2, 4))):
        world.publish(name, tuple(chance.sample(TAGS, chance.randint(0, 3))))


async def edit(world: World, chance: random.Random, _: float) -> None:
    """Edit the text of a post, as authors do after publishing."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    old = chance.choice(feed.posts)
    feed.edit(replace(old, html=f"{old.html}<p>Edited.</p>", updated=datetime.now(UTC)))


async def reorder(world: World, chance: random.Random, _: float) -> None:
    """Serve the newest posts in another order."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    order = [post.id for post in feed.posts[:15]]
    chance.shuffle(order)
    feed.reorder(*order)


async def change_guids(world: World, chance: random.Random, _: float) -> None:
    """Give the posts of a feed new guids, as an upgrade of the site does."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    feed.guid_style = GuidStyle.SLUG if feed.guid_style is not GuidStyle.SLUG else GuidStyle.WWW


async def move(world: World, chance: random.Random, _: float) -> None:
    """Move a feed for good, with a 301 at its old address."""
    name = chance.choice(sorted(FORMS))
    if name in world.moved:
        return
    old = world.blog.feeds[name]
    new = world.blog.feed(f"{name}-moved", old.title, old.form)
    new.length, new.posts, new.guid_style = old.length, old.posts, old.guid_style
    old.always(sites.redirect(new.url, 301))
    world.moved[name] = new


async def break_feed(world: World, chance: random.Random, seconds: float) -> None:
    """Let a feed fail in one of the ways in which sites fail."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    hanging = asyncio.Event()
    responders: tuple[Responder, ...] = (
        *(sites.status(code) for code in (403, 404, 408, 429, 500, 503)),
        *(sites.status(code, {"Retry-After": "1"}) for code in (429, 503)),
        *(sites.garbage(), sites.reset(), sites.html_page(), sites.challenge_page()),
        *(sites.served(b""), sites.served(b'{"error": "none"}', "application/json"), sites.hang(hanging)),
        sites.stuck_validators(feed.document().etag),
    )
    feed.always(chance.choice(responders))
    await asyncio.sleep(seconds)
    feed.always(None)
    hanging.set()


async def tear_feed(world: World, chance: random.Random, seconds: float) -> None:
    """Break a feed's document off at some byte, sometimes without a sign that something is missing."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    part, honest = chance.uniform(0.2, 0.95), chance.random() < 0.5

    async def torn(request: web.Request, doc: Document) -> web.StreamResponse:
        body = doc.body[: int(len(doc.body) * part)]
        places = {post.slug: re.search(rf"/{post.slug}\b".encode(), body) for post in feed.posts}
        shown = sorted((place.start(), slug) for slug, place in places.items() if place is not None)
        world.history.add("torn", feed=feed.name, shown=[slug for _, slug in shown])
        responder = sites.truncated(part) if honest else sites.served(body)
        return await responder(request, doc)

    feed.always(torn)
    await asyncio.sleep(seconds)
    feed.always(None)


# The process, its disk and its clock


async def kill(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the bot at any moment."""
    await world.bot.kill(chance.choice((0.0, seconds)))


async def kill_in_send(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the bot while Discord has stored a message but not answered yet."""
    world.discord.faults.next(chance.choice(("send", "thread")), store=True, hang=True)
    if await eventually(lambda: world.discord.faults.hanging, seconds):
        await world.bot.kill()
    world.discord.faults.release()


async def long_absence(world: World, chance: random.Random, seconds: float) -> None:
    """Kill the bot, perhaps during a send, and start it after Discord has forgotten its nonces."""
    world.discord.faults.next(chance.choice(("send", "thread")), store=chance.random() < 0.8, hang=True)
    await eventually(lambda: world.discord.faults.hanging, seconds)
    await world.bot.kill(NONCE_WINDOW.total_seconds() + 0.2, then=world.forget_nonces)


async def terminate(world: World, chance: random.Random, seconds: float) -> None:
    """Stop the bot as a service manager does, and start it again."""
    await world.bot.terminate(chance.choice((0.0, seconds)))


async def terminate_without_gateway(world: World, chance: random.Random, seconds: float) -> None:
    """Stop the bot while its gateway can't connect."""
    gateway = world.discord.gateway
    way: dict[str, Any] = chance.choice(({"status": 503}, {"cut": True}, {"hang": True}))
    gateway.faults.next("connect", times=1000, **way)
    world.discord.cut_gateway()
    await asyncio.sleep(seconds / 2)
    await world.bot.terminate()
    gateway.faults.clear()


async def pause(world: World, _: random.Random, seconds: float) -> None:
    """Stop the process for a while, as a laptop's lid does."""
    async with world.bot.paused():
        await asyncio.sleep(seconds)


async def lock(world: World, _: random.Random, seconds: float) -> None:
    """Let another program write to the database."""

    def hold() -> None:
        with closing(sqlite3.connect(world.database, timeout=2.0, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            asyncio.run_coroutine_threadsafe(asyncio.sleep(seconds), loop).result()
            connection.execute("ROLLBACK")

    loop = asyncio.get_running_loop()
    with suppress(sqlite3.Error):  # the disk may be full
        await asyncio.to_thread(hold)


async def fill_disk(world: World, _: random.Random, seconds: float) -> None:
    """Let the database's disk be full."""
    if not world.limited:
        return
    filler = world.disk / f"filler-{id(object())}"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(_PAGE_SIZE)):
            pass
    await asyncio.sleep(seconds)
    filler.unlink()


async def clock(world: World, chance: random.Random, seconds: float) -> None:
    """Let the bot's clock be wrong by up to an hour; without `seconds`, from now on."""
    before = world.clock_error
    world.set_clock(before + round(chance.uniform(-MAX_CLOCK_ERROR, MAX_CLOCK_ERROR)))
    if seconds:
        await asyncio.sleep(seconds)
        world.set_clock(before)


# Discord


ANSWERS: tuple[dict[str, Any], ...] = (
    *({"status": status, "store": store} for status in (408, 500, 502, 503, 504) for store in (False, True)),
    *({"cut": True, "store": store} for store in (False, True)),
    *({"hang": True, "store": store} for store in (False, True)),
    *(
        {"status": 200, "body": body, "store": store}
        for body in ("", '{"id": "1', "[]", "{}", "null")
        for store in (False, True)
    ),
    *({"late": seconds} for seconds in (0.5, 2.0)),
    *({"late": seconds, "status": 408} for seconds in (0.5, 2.0)),
    {"refused": ("embeds.0.image.url",)},
    {"refused": ("message.embeds.0.image.url",)},
    {"rate_limited": 0.4},
    {"rate_limited": 0.4, "is_global": True},
    {"rate_limited": 0.4, "via": False},
    {"cloudflare": True, "status": 429},
    {"cloudflare": True},
)
"""What may come in place of an answer; `store`: after Discord did what was asked."""


GATEWAY_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("connect", {"status": 503}),
    ("connect", {"cut": True}),
    ("hello", {"cut": True}),
    ("identify", {"close": 4000}),
    ("identify", {"invalid_session": False}),
    ("resume", {"cut": True}),
    ("resume", {"close": 4009}),
    ("resume", {"invalid_session": True}),
    ("resume", {"reconnect": True}),
)
"""What may happen when the bot connects again, and at which stage."""


async def answer(world: World, chance: random.Random, seconds: float) -> None:
    """Let Discord's next answers be wrong, late, lost or refusals."""
    operation = chance.choice(("send", "send", "send", "thread", "thread", "history", "crosspost", "*"))
    wrong = chance.choice(ANSWERS)
    world.discord.faults.next(operation, times=chance.choice((1, 1, 2, 3)), **wrong)
    if "hang" in wrong:
        await eventually(lambda: world.discord.faults.hanging, seconds)
        await asyncio.sleep(chance.choice((0.3, 1.0, 4.2)))
        world.discord.faults.release()


async def unreachable(world: World, _: random.Random, seconds: float) -> None:
    """Let no connection to Discord succeed."""
    async with world.one_outage:
        await world.discord.stop()
        await asyncio.sleep(seconds)
        await world.discord.start()


async def drop_gateway(world: World, chance: random.Random, _: float) -> None:
    """End the gateway's connection or session in one of Discord's ways; perhaps the next attempts fail too."""
    gateway = world.discord.gateway
    code = chance.choice((1000, 1001, 4000, 4007, 4009))
    ways: tuple[Callable[[], None], ...] = (
        world.discord.cut_gateway,
        world.discord.reconnect_gateway,
        world.discord.invalidate_sessions,
        lambda: world.discord.invalidate_sessions(resumable=True),
    )
    if chance.random() < 0.5:
        stage, fault = chance.choice(GATEWAY_FAULTS)
        gateway.faults.next(stage, times=chance.choice((1, 2)), **fault)
    way = chance.randrange(len(ways) + 1)
    if way == len(ways):
        await gateway.close(code)
    else:
        ways[way]()


async def guild_outage(world: World, chance: random.Random, seconds: float) -> None:
    """Let a server be unavailable."""
    server = chance.choice(sorted(world.guilds))
    if not world.guilds[server].has_bot or not world.guilds[server].available:
        return
    world.guilds[server] = world.discord.outage(world.guilds[server])
    await asyncio.sleep(seconds)
    world.guilds[server] = world.discord.recover(world.guilds[server])


# People


async def permissions(world: World, chance: random.Random, seconds: float) -> None:
    """Take permissions in a channel and give them back."""
    name = chance.choice(sorted(set(CHANNELS) - {DOOMED}))
    channel = world.channels[name]
    denied = chance.choice(
        (
            Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS,
            Permission.VIEW_CHANNEL,
            Permission.READ_MESSAGE_HISTORY,
            Permission.READ_MESSAGE_HISTORY | Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS,
        )
    )
    world.discord.set_permissions(channel.parent_id or channel.id, deny=denied)
    await asyncio.sleep(seconds)
    world.discord.set_permissions(channel.parent_id or channel.id)


async def lock_thread(world: World, chance: random.Random, seconds: float) -> None:
    """Archive the thread, perhaps locked, and open it again."""
    thread = next(world.channels[name] for name, (_, kind) in CHANNELS.items() if kind is ChannelKind.THREAD)
    world.discord.change_channel(thread.id, archived=True, locked=chance.random() < 0.5)
    await asyncio.sleep(seconds)
    world.discord.change_channel(thread.id, archived=False, locked=False)


async def delete_channel(world: World, _: random.Random, _seconds: float) -> None:
    """Delete a channel for good."""
    channel = world.channels[DOOMED]
    if not world.discord.channels[channel.id].deleted:
        world.history.add("deleted", channel=DOOMED)
        world.discord.delete_channel(channel.id)


async def kick(world: World, chance: random.Random, seconds: float) -> None:
    """Remove the bot from a server and invite it again."""
    server = chance.choice(sorted(world.guilds))
    if not world.guilds[server].has_bot or not world.guilds[server].available:
        return
    world.guilds[server] = world.discord.remove_bot(world.guilds[server])
    await asyncio.sleep(seconds)
    world.guilds[server] = world.discord.invite_bot(world.guilds[server])
    world.history.add("returned", server=server)


async def delete_message(world: World, chance: random.Random, _: float) -> None:
    """Delete one of the bot's messages, as a moderator."""
    own = [each for each in world.discord.all_messages() if each.author.id == world.discord.bot.id]
    if own:
        world.discord.delete_message(chance.choice(own))


STEPS = {
    "publish": Kind(publish, 0),
    "edit": Kind(edit, 1),
    "reorder": Kind(reorder, 1),
    "change guids": Kind(change_guids, 0.5),
    "move": Kind(move, 0.5),
    "break feed": Kind(break_feed, 3),
    "tear feed": Kind(tear_feed, 2),
    "kill": Kind(kill, 2),
    "kill in send": Kind(kill_in_send, 2),
    "long absence": Kind(long_absence, 1),
    "terminate": Kind(terminate, 1),
    "terminate without gateway": Kind(terminate_without_gateway, 0.5),
    "pause": Kind(pause, 1),
    "lock": Kind(lock, 2),
    "fill disk": Kind(fill_disk, 1.5),
    "clock": Kind(clock, 1),
    "answer": Kind(answer, 8),
    "unreachable": Kind(unreachable, 0.5),
    "drop gateway": Kind(drop_gateway, 2),
    "guild outage": Kind(guild_outage, 0.5),
    "permissions": Kind(permissions, 2),
    "lock thread": Kind(lock_thread, 0.5),
    "delete channel": Kind(delete_channel, 0.3),
    "kick": Kind(kick, 0.7),
    "delete message": Kind(delete_message, 0.5),
}
"""All kinds of steps, by the names that plans use."""
