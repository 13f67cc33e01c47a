"""A whole life of the bot: the real process, three blogs that change under it, five channels, and a hand that kills it.

Used by the end-to-end tests, and at full length by `benchmarks/exactly_once.py`.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.sandbox.discord.models import Channel, StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, GuidStyle, Post
from tests.e2e.bot_process import Program

NEW_GARDEN = "new garden"
TAGS = ("spring", "stars", "routes", "personal", "workshop")
_NAME = re.compile(r"\b[a-z-]+ post \d+\b")
"""How every post of a life is called, so that a message tells which one it shows."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A channel under a feed, and what it should get."""

    channel: str
    feed: str
    style: str
    tags: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()

    def wants(self, post: Post) -> bool:
        """The rule, written once more in its plainest form."""
        followed = not self.tags or bool(set(self.tags) & set(post.tags))
        return followed and not set(self.exclude_tags) & set(post.tags)


FORMS = {"garden": "rss", "night-sky": "atom", "slow-wheels": "wordpress"}
KINDS = {"news": "text", "spring": "text", "sky": "announcement", "routes": "forum", "wheels": "text"}
FOLLOWS = (
    Follow("news", "garden", "card"),
    Follow("news", "night-sky", "compact"),
    Follow("spring", "garden", "full", ("spring",)),
    Follow("sky", "night-sky", "card", exclude_tags=("personal",)),
    Follow("routes", "slow-wheels", "card", ("routes", "stars")),
    Follow("wheels", "slow-wheels", "link"),
)


@dataclass(kw_only=True)
class Life(Program):
    """The bot, the world around it, and what should come of it."""

    blogs: dict[str, Blog]
    """One for each feed, and the one that the garden moves to."""
    discord: SandboxDiscord
    channels: dict[str, Channel]
    chance: random.Random
    published: dict[str, list[Post]] = field(default_factory=lambda: {name: [] for name in FORMS})
    began: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))

    def expected(self, follow: Follow) -> list[str]:
        """The names of the posts that should stand in the channel because of this rule, in order."""
        return [_name(post) for post in self.published[follow.feed] if follow.wants(post)]

    def received(self, follow: Follow) -> list[str]:
        """The names of the posts of this feed that do stand there, in order."""
        own = (name for message in self.messages(follow.channel) for name in names_in(message, self))
        return [name for name in own if name.startswith(f"{follow.feed} ")]

    def messages(self, channel: str) -> list[StoredMessage]:
        """What stands in a channel, or in the posts of a forum."""
        top = self.channels[channel].id
        places = [top, *(each.id for each in self.discord.channels.values() if each.parent_id == top)]
        return sorted(
            (m for place in places for m in self.discord.messages(place)), key=lambda message: message.id
        )

    def complete(self) -> bool:
        """Whether all that should be there is there."""
        return all(set(self.expected(follow)) <= set(self.received(follow)) for follow in FOLLOWS)

    def backlog(self) -> int:
        """How many expected messages are still missing."""
        return sum(len(set(self.expected(follow)) - set(self.received(follow))) for follow in FOLLOWS)

    def faults(self) -> list[str]:
        """What is there twice, out of order, uncalled for or missing; empty: all is as it should be."""
        return [
            fault
            for follow in FOLLOWS
            for fault in _compare(follow, self.expected(follow), self.received(follow))
        ]

    async def settled(self, seconds: float = 60.0) -> None:
        """Wait until all that should be there is there."""
        await self.discord.wait_for(self.complete, timeout=seconds)


@asynccontextmanager
async def life(
    folder: Path, *, seed: int = 1, openapi: Path | None = None, posts: str = ""
) -> AsyncIterator[Life]:
    """A world with its blogs, channels and config file; the bot is not started yet. `posts`: more of `[posts]`."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(SandboxDiscord(openapi=openapi))
        blogs = {name: await stack.enter_async_context(Blog()) for name in (*FORMS, NEW_GARDEN)}
        guild = discord.add_guild("The Allotment")
        channels = {name: discord.add_channel(guild.id, name, kind=kind) for name, kind in KINDS.items()}
        found = Life(
            folder=folder,
            token=discord.token,
            blogs=blogs,
            discord=discord,
            channels=channels,
            chance=random.Random(seed),
        )
        for name, form in FORMS.items():
            feed = _own_blog(blogs[name], name, form)
            feed.publish(_post(name, 0, found, tags=TAGS[:2]))
        (folder / "config.toml").write_text(_config(found, posts), "utf-8")
        try:
            yield found
        finally:
            await found.close()


async def baseline(world: Life) -> None:
    """Wait until each feed was asked and its first document recorded: the second asking is conditional."""
    await eventually(lambda: all(_asked(world, name) >= 2 for name in FORMS))


async def publish(world: Life, count: int, pace: float = 0.0, most_waiting: int = 40) -> None:
    """Publish so many posts, with edits, reorderings, a change of guids and a change of domain among them."""
    changes: dict[int, Callable[[Life], None]] = {count // 3: _change_guids, 2 * count // 3: _change_domain}
    for number in range(1, count + 1):
        await eventually(lambda: world.backlog() < most_waiting, 120.0)
        name = world.chance.choice(sorted(FORMS))
        publish_one(world, name, tags=world.chance.sample(TAGS, world.chance.randint(0, 3)))
        _disturb(world, feed_of(world, name))
        if number in changes:
            changes[number](world)
        await asyncio.sleep(pace)


def publish_one(world: Life, name: str, tags: Iterable[str]) -> None:
    """Publish the blog's next post."""
    post = _post(name, sum(map(len, world.published.values())) + 1, world, tags)
    world.published[name].append(post)
    feed_of(world, name).publish(post)


async def kill_often(world: Life, times: int) -> None:
    """Kill and start again, after anything from a moment to a few seconds."""
    for _ in range(times):
        await asyncio.sleep(world.chance.uniform(0.2, 3.0))
        await world.kill()
        await world.start()


def feed_of(world: Life, name: str) -> BlogFeed:
    """The feed where it lives now."""
    moved = world.blogs[NEW_GARDEN].feeds if name == "garden" else {}
    return moved.get(name) or world.blogs[name].feeds[name]


def _own_blog(blog: Blog, name: str, form: str) -> BlogFeed:
    """A feed that has its server for itself, at `/rss`."""
    feed = blog.feed(name, name, form)
    feed.length = 60
    feed.move(blog.address, "127.0.0.1", "localhost")
    return feed


def names_in(message: StoredMessage, world: Life) -> set[str]:
    """Which posts a message shows; for a bare link, by its address."""
    text = " ".join([message.content, *(str(embed.get("title", "")) for embed in message.embeds)])
    named = set(_NAME.findall(text))
    return named or {
        _name(post)
        for posts in world.published.values()
        for post in posts
        if post.slug and text.rstrip("/>").endswith(f"/{post.slug}")
    }


async def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what no event tells; a deadline, not a delay."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 -- nothing announces what another process does
            await asyncio.sleep(0.05)


async def beside(work: Awaitable[None], other: Awaitable[None]) -> None:
    """Run both; the first failure ends them."""
    async with asyncio.TaskGroup() as group:
        for each in (work, other):
            group.create_task(_awaited(each))


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _disturb(world: Life, feed: BlogFeed) -> None:
    """Sometimes an old post is edited, sometimes the document is shuffled."""
    if world.chance.random() < 0.2:
        old = world.chance.choice(feed.posts)
        edited = replace(old, html=f"{old.html}<p>Edited.</p>", updated=datetime.now(UTC))
        feed.edit(edited)
    if world.chance.random() < 0.1:
        order = [post.id for post in feed.posts[:15]]
        world.chance.shuffle(order)
        feed.reorder(*order)


def _change_guids(world: Life) -> None:
    feed_of(world, "garden").guid_style = GuidStyle.WWW
    feed_of(world, "slow-wheels").guid_style = GuidStyle.SLUG


def _change_domain(world: Life) -> None:
    """The garden moves for good, with a 301 at its old address; the night sky changes its name and tells nobody."""
    old = world.blogs["garden"].feeds["garden"]
    new = _own_blog(world.blogs[NEW_GARDEN], "garden", old.form)
    new.posts = list(old.posts)
    old.always(faults.redirect(f"{new.base}/rss", 301))
    sky = feed_of(world, "night-sky")
    sky.move(sky.base.replace("127.0.0.1", "localhost"))


def _post(name: str, number: int, world: Life, tags: Iterable[str]) -> Post:
    title = f"{name} post {number}"
    return Post(
        id=f"{700_000_000_000_000_000 + number}",
        title=title,
        html=f"<p>{title}: {world.chance.choice(_SENTENCES)} {world.chance.choice(_SENTENCES)}</p>",
        published=world.began + timedelta(seconds=number),
        tags=tuple(tags),
        author="Ines",
        slug=title.replace(" ", "-"),
    )


_SENTENCES = (
    "The beans climbed past the second wire.",
    "Jupiter stood above the chimney until eleven.",
    "The new chain runs without a sound.",
    "Rain from the west, and the water butt is full.",
    "Look north-east after midnight, @everyone.",
)


def _name(post: Post) -> str:
    return post.title


def _asked(world: Life, name: str) -> int:
    return len(world.blogs[name].requests)


def _compare(follow: Follow, expected: list[str], received: list[str]) -> list[str]:
    where = f"#{follow.channel} from {follow.feed}: "
    twice = [name for name, times in Counter(received).items() if times > 1]
    found = [f"{where}{name} stands there more than once" for name in twice]
    found += [f"{where}{name} is missing" for name in expected if name not in received]
    found += [f"{where}{name} does not belong there" for name in received if name not in expected]
    if not found and received != expected:
        found.append(f"{where}not in order")
    return found


def _config(world: Life, posts: str) -> str:
    feeds = "\n".join(_feed_section(world, name) for name in FORMS)
    return f"""
[discord]
api_url = "{world.discord.api_url}"

[polling]
interval = "1s"
minimum_interval = "1s"
per_site = 3
allow_private_addresses = true

[posts]
burst_limit = 1000
{posts}

{feeds}
"""


def _feed_section(world: Life, name: str) -> str:
    channels = "\n".join(
        f"""[[feeds.channels]]
id = {world.channels[follow.channel].id}
style = "{follow.style}"
tags = {list(follow.tags)}
exclude_tags = {list(follow.exclude_tags)}
"""
        for follow in FOLLOWS
        if follow.feed == name
    )
    return f"""[[feeds]]
url = "{world.blogs[name].address}/rss"
name = "{name}"
{channels}"""
