"""The bot as a process, three blogs that change while it runs, five channels, and what should be in them.

Used by the end-to-end tests, and with more posts by `benchmarks/exactly_once.py`.
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
from bot.store.place import ServerAddress
from tests.e2e.bot_process import TIMEOUT, BotProcess

NEW_GARDEN = "new garden"
TAGS = ("spring", "stars", "routes", "personal", "workshop")
_NAME = re.compile(r"\b[a-z-]+ post \d+\b")
"""The title of every post, which identifies it in a message."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A channel that follows a feed, and its rule."""

    channel: str
    feed: str
    style: str
    tags: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()

    def wants(self, post: Post) -> bool:
        """Return whether the rule selects the post: the rule in its plainest form."""
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
class RelayFixture(BotProcess):
    """The bot, the blogs and the server, and what should be in its channels."""

    blogs: dict[str, Blog]
    """One for each feed, and the one to which the garden moves."""
    discord: SandboxDiscord
    channels: dict[str, Channel]
    chance: random.Random
    published: dict[str, list[Post]] = field(default_factory=lambda: {name: [] for name in FORMS})
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))

    def expected(self, follow: Follow) -> list[str]:
        """Return the titles of the posts that the channel should get by this rule, in order."""
        return [post.title for post in self.published[follow.feed] if follow.wants(post)]

    def received(self, follow: Follow) -> list[str]:
        """Return the titles of the feed's posts that are in the channel, in order."""
        own = (name for message in self.messages(follow.channel) for name in names_in(message, self))
        return [name for name in own if name.startswith(f"{follow.feed} ")]

    def messages(self, channel: str) -> list[StoredMessage]:
        """Return the messages of a channel, or of all posts in a forum, oldest first."""
        top = self.channels[channel].id
        ids = [top, *(each.id for each in self.discord.channels.values() if each.parent_id == top)]
        found = (message for channel_id in ids for message in self.discord.messages(channel_id))
        return sorted(found, key=lambda message: message.id)

    def complete(self) -> bool:
        """Return whether every expected post has arrived."""
        return all(set(self.expected(follow)) <= set(self.received(follow)) for follow in FOLLOWS)

    def backlog(self) -> int:
        """Return how many expected messages are missing."""
        return sum(len(set(self.expected(follow)) - set(self.received(follow))) for follow in FOLLOWS)

    def differences(self) -> list[str]:
        """Return which posts are duplicate, missing, unexpected or out of order."""
        return [
            difference
            for follow in FOLLOWS
            for difference in _compare(follow, self.expected(follow), self.received(follow))
        ]

    async def settled(self, seconds: float = TIMEOUT) -> None:
        """Wait until every expected post has arrived."""
        await self.discord.wait_for(self.complete, timeout=seconds)

    def activity(self) -> int:
        """Return how many requests the bot has made to blogs and to Discord."""
        return len(self.discord.requests) + sum(len(blog.requests) for blog in self.blogs.values())


@asynccontextmanager
async def relay_fixture(
    folder: Path,
    *,
    seed: int = 1,
    openapi: Path | None = None,
    database: ServerAddress | None = None,
    shards: int = 0,
) -> AsyncIterator[RelayFixture]:
    """The blogs, the server and the config file; the bot isn't started yet. `database`: in place of a file.

    `shards`: one for each process with a gateway; 0: as many as Discord says.
    """
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(SandboxDiscord(openapi=openapi, acknowledge_timeout=60.0))
        blogs = {name: await stack.enter_async_context(Blog()) for name in (*FORMS, NEW_GARDEN)}
        guild = discord.add_guild("The Allotment")
        channels = {name: discord.add_channel(guild.id, name, kind=kind) for name, kind in KINDS.items()}
        fixture = RelayFixture(
            folder=folder,
            token=discord.token,
            blogs=blogs,
            discord=discord,
            channels=channels,
            chance=random.Random(seed),
        )
        for name, form in FORMS.items():
            feed = _own_blog(blogs[name], name, form)
            feed.publish(_post(name, 0, fixture, tags=TAGS[:2]))
        (folder / "config.toml").write_text(_config(fixture, database, shards), "utf-8")
        try:
            yield fixture
        finally:
            await fixture.close()


async def baseline(fixture: RelayFixture) -> None:
    """Wait until each feed was requested twice: by then its first document is recorded."""
    await eventually(lambda: all(len(fixture.blogs[name].requests) >= 2 for name in FORMS))


async def publish(fixture: RelayFixture, count: int, pace: float = 0.0, max_backlog: int = 40) -> None:
    """Publish this many posts, `pace` seconds apart, with edits, new orders, new guids and a new domain among them."""
    changes: dict[int, Callable[[RelayFixture], None]] = {
        count // 3: _change_guids,
        2 * count // 3: _change_domain,
    }
    for number in range(1, count + 1):
        await eventually(lambda: fixture.backlog() < max_backlog)
        name = fixture.chance.choice(sorted(FORMS))
        publish_one(fixture, name, tags=fixture.chance.sample(TAGS, fixture.chance.randint(0, 3)))
        _edit_or_shuffle(fixture, feed_of(fixture, name))
        if number in changes:
            changes[number](fixture)
        await asyncio.sleep(pace)


def publish_one(fixture: RelayFixture, name: str, tags: Iterable[str]) -> None:
    """Publish the blog's next post."""
    post = _post(name, sum(map(len, fixture.published.values())) + 1, fixture, tags)
    fixture.published[name].append(post)
    feed_of(fixture, name).publish(post)


async def kill_often(fixture: RelayFixture, times: int) -> None:
    """Kill the bot and start it again, each time after a random number of its requests."""
    for _ in range(times):
        last = fixture.activity() + fixture.chance.randint(0, 40)
        await eventually(lambda last=last: fixture.activity() >= last)  # type: ignore[misc] # mypy can't infer it
        await fixture.kill()
        await fixture.start()


def feed_of(fixture: RelayFixture, name: str) -> BlogFeed:
    """Return the feed at its current address."""
    moved = fixture.blogs[NEW_GARDEN].feeds if name == "garden" else {}
    return moved.get(name) or fixture.blogs[name].feeds[name]


def _own_blog(blog: Blog, name: str, form: str) -> BlogFeed:
    """Return a feed that has a server of its own, at `/rss`."""
    feed = blog.feed(name, name, form)
    feed.length = 60
    feed.move(blog.address, "127.0.0.1", "localhost")
    return feed


def names_in(message: StoredMessage, fixture: RelayFixture) -> set[str]:
    """Return the titles of the posts that a message shows; a message without one has its post's address."""
    text = " ".join([message.content, *(str(embed.get("title", "")) for embed in message.embeds)])
    named = set(_NAME.findall(text))
    addresses = [message.content, *(str(embed.get("url", "")) for embed in message.embeds)]
    return named or {
        post.title
        for posts in fixture.published.values()
        for post in posts
        if post.slug and any(address.rstrip("/>)").endswith(f"/{post.slug}") for address in addresses)
    }


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for a condition that no event announces. Raises TimeoutError after TIMEOUT seconds."""
    async with asyncio.timeout(TIMEOUT):
        while not condition():  # noqa: ASYNC110 -- nothing announces what another process does
            await asyncio.sleep(0.02)


async def beside(work: Awaitable[None], other: Awaitable[None]) -> None:
    """Run both; the first failure cancels the other."""
    async with asyncio.TaskGroup() as group:
        for each in (work, other):
            group.create_task(_awaited(each))


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _edit_or_shuffle(fixture: RelayFixture, feed: BlogFeed) -> None:
    """Now and then edit an old post, or shuffle the newest ones."""
    if fixture.chance.random() < 0.2:
        old = fixture.chance.choice(feed.posts)
        edited = replace(old, html=f"{old.html}<p>Edited.</p>", updated=datetime.now(UTC))
        feed.edit(edited)
    if fixture.chance.random() < 0.1:
        order = [post.id for post in feed.posts[:15]]
        fixture.chance.shuffle(order)
        feed.reorder(*order)


def _change_guids(fixture: RelayFixture) -> None:
    feed_of(fixture, "garden").guid_style = GuidStyle.WWW
    feed_of(fixture, "slow-wheels").guid_style = GuidStyle.SLUG


def _change_domain(fixture: RelayFixture) -> None:
    """Move the garden permanently, with a 301 at its old address, and rename the night sky's host without one."""
    old = fixture.blogs["garden"].feeds["garden"]
    new = _own_blog(fixture.blogs[NEW_GARDEN], "garden", old.form)
    new.posts = list(old.posts)
    old.always(faults.redirect(f"{new.base}/rss", 301))
    sky = feed_of(fixture, "night-sky")
    sky.move(sky.base.replace("127.0.0.1", "localhost"))


def _post(name: str, number: int, fixture: RelayFixture, tags: Iterable[str]) -> Post:
    title = f"{name} post {number}"
    return Post(
        id=f"{700_000_000_000_000_000 + number}",
        title=title,
        html=f"<p>{title}: {fixture.chance.choice(_SENTENCES)} {fixture.chance.choice(_SENTENCES)}</p>",
        published=fixture.started_at + timedelta(seconds=number),
        tags=tuple(tags),
        author="Ines",
        slug=title.replace(" ", "-"),
    )


_SENTENCES = (
    "The beans climbed past the second wire.",
    "Jupiter hung above the chimney until eleven.",
    "The new chain runs without a sound.",
    "Rain from the west, and the water butt is full.",
    "Look north-east after midnight, @everyone.",
)


def _compare(follow: Follow, expected: list[str], received: list[str]) -> list[str]:
    where = f"#{follow.channel} from {follow.feed}: "
    twice = [name for name, times in Counter(received).items() if times > 1]
    found = [f"{where}{name} is there more than once" for name in twice]
    found += [f"{where}{name} is missing" for name in expected if name not in received]
    found += [f"{where}{name} does not belong there" for name in received if name not in expected]
    if not found and received != expected:
        found.append(f"{where}not in order")
    return found


def _config(fixture: RelayFixture, database: ServerAddress | None, shards: int) -> str:
    feeds = "\n".join(_feed_section(fixture, name) for name in FORMS)
    return f"""
[discord]
api_url = "{fixture.discord.api_url}"
{f"shards = {shards}" if shards else ""}
{"shards_per_process = 1" if shards else ""}

[store]
{f'url = "{database.url}"' if database else 'path = "feed-relay.db"'}

[polling]
interval = "1s"
minimum_interval = "1s"
per_site = 3
allow_private_addresses = true

[posts]
burst_limit = 1000

{feeds}
"""


def _feed_section(fixture: RelayFixture, name: str) -> str:
    channels = "\n".join(
        f"""[[feeds.channels]]
id = {fixture.channels[follow.channel].id}
style = "{follow.style}"
tags = {list(follow.tags)}
exclude_tags = {list(follow.exclude_tags)}
"""
        for follow in FOLLOWS
        if follow.feed == name
    )
    return f"""[[feeds]]
url = "{fixture.blogs[name].address}/rss"
name = "{name}"
{channels}"""
