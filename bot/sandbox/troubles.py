"""Troubles that a person can cause during the demo, and how they end.

Each trouble is started and undone by a person. A trouble that happens only once ends automatically.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from bot.errors import FeedRelayError
from bot.sandbox.allotment import Allotment
from bot.sandbox.bot_process import BotProcess
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Document, Responder, normal_response
from bot.sandbox.sites.desk import Desk
from bot.sandbox.sites.drafts import Draft

CHECK_INTERVAL = 0.5
"""Seconds between two looks at whether a trouble has happened."""
FLOOD = 40
_MANY = 1_000_000
_RETRY_AFTER = 20
_SLOW = 8.0
_PERMISSION_CHANNEL = "garden"
_DELETED_CHANNEL = "wolken"


class TroubleRefused(FeedRelayError):
    """This trouble can't start now: undo it first."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where troubles happen."""

    blog: Blog
    desk: Desk
    discord: SandboxDiscord
    place: Allotment
    bot: BotProcess
    clock: Callable[[], datetime]


async def _nothing() -> None:
    """Undo nothing."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Going:
    """A trouble that is active."""

    undo: Callable[[], Awaitable[None]] = _nothing
    is_over: Callable[[], bool] = _never
    """Whether it has happened, so that nothing is left to undo."""
    ends_at: datetime | None = None


Start = Callable[[Places, str], Awaitable[Going]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that can go wrong. The texts are for the person at the page."""

    id: str
    group: str
    """blog, discord or bot."""
    label: str
    expect: str
    """What the person should see."""
    undo: str
    """The label of the button that ends it; "" if it happens only once."""
    start: Start

    @property
    def of_a_blog(self) -> bool:
        """Whether the person chooses one of the blogs."""
        return self.group == "blog"


@dataclass(slots=True)
class Troubles:
    """The troubles that are active."""

    places: Places
    changed: Callable[[Json], None] = lambda _: None
    """Called with a trouble that has started or ended."""
    _going: dict[str, tuple[str, Going]] = field(default_factory=dict)
    """By the trouble's id, with the blog's name."""
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Two pages may press at once, and a bot takes a moment to start."""

    def all(self) -> list[Json]:
        """Return all troubles for the page."""
        return [self._json(each) for each in TROUBLES.values()]

    def _json(self, trouble: Trouble) -> Json:
        blog, going = self._going.get(trouble.id, ("", None))
        ends_at = going.ends_at if going else None
        return {
            "id": trouble.id,
            "group": trouble.group,
            "of": "blog" if trouble.of_a_blog else "server",
            "label": trouble.label,
            "expect": trouble.expect,
            "undo": trouble.undo,
            "active": going is not None,
            "blog": blog,
            "ends_at": ends_at.isoformat() if ends_at else None,
        }

    async def start(self, trouble_id: str, blog: str = "") -> Json:
        """Start a trouble. Raises TroubleRefused if it is active already, or if no such blog exists.

        A blog has one trouble at a time: another one takes its place.
        """
        async with self._one_at_a_time:
            return await self._start(_find(trouble_id), blog)

    async def _start(self, trouble: Trouble, blog: str) -> Json:
        if trouble.id in self._going:
            raise TroubleRefused
        if trouble.of_a_blog:
            if blog not in self.places.blog.feeds:
                raise TroubleRefused("Choose one of the blogs first.")
            for other in [each for each, (name, _) in self._going.items() if name == blog]:
                await self._end(_find(other))
        going = await trouble.start(self.places, blog if trouble.of_a_blog else "")
        if not going.is_over():
            self._going[trouble.id] = (blog if trouble.of_a_blog else "", going)
        self.changed(self._json(trouble))
        return self._json(trouble)

    async def end(self, trouble_id: str) -> Json:
        """Undo a trouble, if it is active."""
        async with self._one_at_a_time:
            return await self._end(_find(trouble_id))

    async def _end(self, trouble: Trouble) -> Json:
        _, going = self._going.pop(trouble.id, ("", None))
        if going is not None:
            await going.undo()
            self.changed(self._json(trouble))
        return self._json(trouble)

    async def run(self) -> None:
        """Notice until cancelled what has ended without a person."""
        while True:
            await self.end_what_is_over()
            await asyncio.sleep(CHECK_INTERVAL)

    async def end_what_is_over(self) -> None:
        """End what has happened, or whose time is over."""
        for trouble_id in [each for each, (_, going) in self._going.items() if self._is_over(going)]:
            await self.end(trouble_id)

    def _is_over(self, going: Going) -> bool:
        late = going.ends_at is not None and going.ends_at <= self.places.clock()
        return late or going.is_over()


def _find(trouble_id: str) -> Trouble:
    trouble = TROUBLES.get(trouble_id)
    if trouble is None:
        raise TroubleRefused("There is no such trouble: choose one that the page lists.")
    return trouble


def _answering(responder: Responder) -> Start:
    """Answer every request for the blog's feed with this until it is undone."""

    async def start(places: Places, blog: str) -> Going:
        feed = places.blog.feeds[blog]
        feed.always(responder)
        return Going(lambda: _answer_normally(feed))

    return start


async def _answer_normally(feed: BlogFeed) -> None:
    feed.always(None)


async def _slow_down(places: Places, blog: str) -> Going:
    released = asyncio.Event()

    async def answer(request: web.Request, document: Document) -> web.StreamResponse:
        with suppress(TimeoutError):
            await asyncio.wait_for(released.wait(), _SLOW)
        return normal_response(request, document)

    async def undo() -> None:
        released.set()
        await _answer_normally(places.blog.feeds[blog])

    places.blog.feeds[blog].always(answer)
    return Going(undo)


async def _too_many_requests(places: Places, blog: str) -> Going:
    feed = places.blog.feeds[blog]
    feed.always(faults.status(429, {"Retry-After": str(_RETRY_AFTER)}))
    ends_at = places.clock() + timedelta(seconds=_RETRY_AFTER - 1)
    return Going(lambda: _answer_normally(feed), ends_at=ends_at)


async def _flood(places: Places, blog: str) -> Going:
    for number in range(1, FLOOD + 1):
        draft = Draft(title=f"Flood, post {number}", text="Many posts at once.", tags=("flood",))
        places.desk.write(blog, draft, places.clock())
    return Going(is_over=lambda: True)


async def _move(places: Places, blog: str) -> Going:
    """Move the blog to another name of this machine. Its old address redirects for good."""
    feed, port = places.blog.feeds[blog], places.blog.port
    before = feed.base
    old, new = "127.0.0.1", "localhost"

    def only_at(there: str) -> Responder:
        async def answer(request: web.Request, document: Document) -> web.StreamResponse:
            if request.host.partition(":")[0] == there:
                return normal_response(request, document)
            return web.Response(status=301, headers={"Location": f"http://{there}:{port}/{blog}/rss"})

        return answer

    async def undo() -> None:
        feed.move(before)
        feed.always(only_at(old))

    feed.move(f"http://{new}:{port}/{blog}")
    feed.always(only_at(new))
    return Going(undo)


async def _discord_outage(places: Places, _blog: str) -> Going:
    discord = places.discord
    outage = Fault("*", times=_MANY, status=503)
    discord.faults.add_first(outage)
    discord.gateway.faults.next("connect", times=_MANY, status=503)
    discord.cut_gateway()

    async def undo() -> None:
        discord.faults.remove(outage)
        discord.gateway.faults.clear()

    return Going(undo)


async def _lose_an_answer(places: Places, _blog: str) -> Going:
    loss = Fault("send", store=True, cut=True)
    places.discord.faults.add(loss)
    return Going(is_over=lambda: loss.times == 0)


async def _take_permission(places: Places, _blog: str) -> Going:
    discord = places.discord
    channel = places.place.channels[_PERMISSION_CHANNEL]
    discord.set_permissions(channel.id, deny=Permission.SEND_MESSAGES)

    async def undo() -> None:
        discord.set_permissions(channel.id)

    return Going(undo)


async def _delete_channel(places: Places, _blog: str) -> Going:
    discord, channels = places.discord, places.place.channels
    old = channels[_DELETED_CHANNEL]
    discord.delete_channel(old.id)

    async def undo() -> None:
        new = discord.add_channel(old.guild_id, old.name, topic=old.topic)
        channels[_DELETED_CHANNEL] = discord.change_channel(new.id, position=old.position)

    return Going(undo)


async def _kill_the_bot(places: Places, _blog: str) -> Going:
    await places.bot.kill()
    return Going(places.bot.start)


TROUBLES = {
    each.id: each
    for each in (
        Trouble(
            "feed-down",
            "blog",
            "Take it offline",
            "The bot tries again at growing intervals and posts what it missed. The other blogs aren't affected.",
            "Bring it back",
            _answering(faults.status(503)),
        ),
        Trouble(
            "feed-slow",
            "blog",
            "Make it slow",
            f"Each answer takes {_SLOW:.0f} seconds, so its posts arrive later. The other blogs aren't affected.",
            "Make it fast again",
            _slow_down,
        ),
        Trouble(
            "feed-429",
            "blog",
            "Ask the bot to slow down (429)",
            f"The bot pauses this site, which has all the blogs, for {_RETRY_AFTER} seconds. Nothing is lost.",
            "Allow requests",
            _too_many_requests,
        ),
        Trouble(
            "feed-torn",
            "blog",
            "Cut its document off",
            "The bot posts what it can read, and reads the rest later. It doesn't take missing posts for deleted ones.",
            "Send it whole",
            _answering(faults.truncated()),
        ),
        Trouble(
            "feed-flood",
            "blog",
            f"Publish {FLOOD} posts at once",
            "The bot holds them and asks the admins, with buttons, whether to post all, some or none.",
            "",
            _flood,
        ),
        Trouble(
            "feed-moved",
            "blog",
            "Move it to another address",
            "The bot follows it, recognises the posts at their new addresses, and posts nothing twice.",
            "Move it back",
            _move,
        ),
        Trouble(
            "discord-outage",
            "discord",
            "Discord is down",
            "Posts wait and commands don't answer. Afterwards everything arrives once, in order.",
            "End the outage",
            _discord_outage,
        ),
        Trouble(
            "discord-lost-answer",
            "discord",
            "Lose an answer",
            "The next message arrives, but the bot gets no answer. It has to find it, and must not send it twice.",
            "",
            _lose_an_answer,
        ),
        Trouble(
            "permission-taken",
            "discord",
            f"Forbid the bot to write in #{_PERMISSION_CHANNEL}",
            "Its posts wait, and the admins get one notice. When the bot may write again, they arrive in order.",
            "Allow it again",
            _take_permission,
        ),
        Trouble(
            "channel-deleted",
            "discord",
            f"Delete #{_DELETED_CHANNEL}",
            "The bot stops posting there and notifies the admins. A new channel has to follow the blog again.",
            "Add a new channel",
            _delete_channel,
        ),
        Trouble(
            "bot-killed",
            "bot",
            "Kill the bot",
            "The blogs publish, but nobody relays their posts. After the start, every post arrives once.",
            "Start it again",
            _kill_the_bot,
        ),
    )
}
"""By id, in the order of the page."""
