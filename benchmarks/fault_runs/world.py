"""Two servers, four blogs, who follows what, and the bot: what a run changes and breaks."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from benchmarks.fault_runs.history import History
from benchmarks.fault_runs.process import Bot
from benchmarks.fault_runs.storage import FileStorage, Storage, server_storage
from bot.model import Role as ProcessRole
from bot.sandbox.discord.models import Channel, ChannelKind, Guild, Role
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rate_limits import Rate
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.store.place import ServerAddress

FORMS = {"garden": "rss", "sky": "atom", "wheels": "wordpress", "pond": "json"}
"""The blogs and their formats."""
TAGS = ("spring", "stars", "routes", "personal")
DISK_SIZE = "16m"


@dataclass(frozen=True, slots=True)
class Follow:
    """A channel that follows a feed, and its rule."""

    channel: str
    feed: str
    style: str
    tags: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()
    pings: bool = False
    """Whether posts notify the role of the channel's server."""


CHANNELS = {
    "news": ("Allotment", ChannelKind.TEXT),
    "stars": ("Allotment", ChannelKind.ANNOUNCEMENT),
    "trips": ("Allotment", ChannelKind.FORUM),
    "talk": ("Club", ChannelKind.TEXT),
    "evenings": ("Club", ChannelKind.THREAD),
    "attic": ("Club", ChannelKind.TEXT),
}
"""The server and kind of each channel; the thread is in #talk."""
DOOMED = "attic"
"""The channel that a step may delete."""
FOLLOWS = (
    Follow("news", "garden", "card"),
    Follow("news", "pond", "compact"),
    Follow("stars", "sky", "card", exclude_tags=("personal",)),
    Follow("trips", "wheels", "card", ("routes", "stars")),
    Follow("talk", "garden", "full", ("spring",), pings=True),
    Follow("evenings", "sky", "link"),
    Follow(DOOMED, "pond", "card"),
)


@dataclass
class World:
    """Everything around the bot, and the bot."""

    folder: Path
    history: History
    discord: SandboxDiscord
    blog: Blog
    guilds: dict[str, Guild]
    channels: dict[str, Channel]
    roles: dict[str, Role]
    bot: Bot
    storage: Storage
    moved: dict[str, BlogFeed] = field(default_factory=dict)
    """The feeds that have moved, by their first name."""
    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FORMS, 0))
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))
    one_outage: asyncio.Lock = field(default_factory=asyncio.Lock)
    clock_error: float = 0.0
    upgrades: int = 0
    one_upgrade: asyncio.Lock = field(default_factory=asyncio.Lock)

    def feed(self, name: str) -> BlogFeed:
        """Return a feed at its current address."""
        return self.moved.get(name) or self.blog.feeds[name]

    def publish(self, name: str, tags: tuple[str, ...], *, old: bool = False) -> None:
        """Publish a blog's next post. Its text tries to notify everyone, a role and a person."""
        self.numbers[name] += 1
        slug = f"{name}-{self.numbers[name]}"
        roles = " ".join(f"<@&{role.id}>" for role in self.roles.values())
        hostile = f"@everyone @here {roles} <@{self.discord.owner.id}>"
        post = Post(
            id=f"{700_000_000_000_000_000 + sum(self.numbers.values())}",
            title=f"{slug} {hostile}",
            html=f'<p>{slug}: beans on the second wire. {hostile}</p><p><img src="{self.blog.picture(slug)}"></p>',
            published=self.started_at + timedelta(seconds=sum(self.numbers.values())),
            tags=tags,
            slug=slug,
        )
        self.feed(name).publish(post)
        self.history.add("published", feed=name, post=slug, tags=tags, old=old)

    def set_clock(self, error: float) -> None:
        """Make the bot's clock wrong by this many seconds."""
        self.clock_error = error
        new = self.folder / "clock.new"
        new.write_text(str(error), "ascii")
        new.replace(self.folder / "clock")

    def upgrade(self) -> None:
        """Make each process that starts from now on a newer version."""
        self.upgrades += 1
        (self.folder / "upgrades").write_text(str(self.upgrades), "ascii")

    def forget_nonces(self) -> None:
        """Let Discord answer what hangs, and then forget all nonces."""
        self.discord.faults.release()
        self.discord.expire_nonces()

    def polls(self) -> int:
        """Return how often the least requested feed has been requested."""
        paths = [each.path for each in self.blog.requests]
        return min(paths.count(f"/{self.feed(name).name}/rss") for name in FORMS)

    def channel_names(self) -> dict[int, str]:
        """Return the name of each channel by its id and by those of its threads."""
        names = {channel.id: name for name, channel in self.channels.items()}
        threads = (each for each in self.discord.channels.values() if each.id not in names and each.parent_id)
        return names | {each.id: names.get(each.parent_id or 0, each.name) for each in threads}


@asynccontextmanager
async def world(
    folder: Path, address: ServerAddress | None, processes: Sequence[ProcessRole] = ()
) -> AsyncIterator[World]:
    """Everything is in place; the bot isn't started. `address`: of an empty database, in place of a file.

    `processes`: the roles of the bot's processes; none: one process has all.
    """
    async with AsyncExitStack() as stack:
        storage = (
            await stack.enter_async_context(server_storage(address, folder))
            if address
            else stack.enter_context(_file_storage(folder))
        )
        discord = await stack.enter_async_context(SandboxDiscord(acknowledge_timeout=60.0))
        discord.rates.sends = Rate(5, 1.0)
        discord.rates.limit("thread", Rate(50, 300.0))
        blog = await stack.enter_async_context(Blog())
        made = _made(folder, discord, blog, storage, processes)
        made.set_clock(0.0)
        (folder / "config.toml").write_text(
            _config(made, list(processes).count(ProcessRole.GATEWAY)), "utf-8"
        )
        stack.push_async_callback(made.bot.close)
        yield made


@contextmanager
def _file_storage(folder: Path) -> Iterator[Storage]:
    disk = folder / "disk"
    disk.mkdir()
    limited = _mount(disk)
    try:
        yield FileStorage(disk, limited)
    finally:
        if limited:
            _copy_database(disk, folder)
            subprocess.run(["umount", "-l", disk], check=False)


def _mount(disk: Path) -> bool:
    """Give the database a small disk of its own. Needs root on Linux; elsewhere the disk is never full."""
    with suppress(OSError):
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", str(disk)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    return False


def _copy_database(disk: Path, folder: Path) -> None:
    for file in disk.rglob("feed-relay.db*"):
        shutil.copy(file, folder)


def _made(
    folder: Path, discord: SandboxDiscord, blog: Blog, storage: Storage, processes: Sequence[ProcessRole]
) -> World:
    history = History(folder / "history.jsonl")
    bot_may = Permission.MENTION_EVERYONE | Permission.MANAGE_THREADS
    guilds = {name: discord.add_guild(name, bot_permissions=bot_may) for name in ("Allotment", "Club")}
    channels: dict[str, Channel] = {}
    for name, (server, kind) in CHANNELS.items():
        is_thread = kind is ChannelKind.THREAD
        channels[name] = (
            discord.add_thread(channels["talk"].id, name)
            if is_thread
            else discord.add_channel(guilds[server].id, name, kind=kind)
        )
    roles = {name: discord.add_role(guild.id, "readers", mentionable=True) for name, guild in guilds.items()}
    bot = Bot(folder, discord.token, history, processes)
    made = World(folder, history, discord, blog, guilds, channels, roles, bot, storage)
    for name, form in FORMS.items():
        blog.feed(name, name, form).length = 200
    _note_follows(made)
    discord.on_answer(lambda answer: _note_answer(history, answer))
    for name in FORMS:
        for tag in ("routes", "spring"):
            made.publish(name, (tag,), old=True)
    return made


def _note_follows(made: World) -> None:
    for follow in FOLLOWS:
        server, kind = CHANNELS[follow.channel]
        made.history.add(
            "follows",
            channel=follow.channel,
            server=server,
            kind=kind,
            feed=follow.feed,
            tags=follow.tags,
            exclude_tags=follow.exclude_tags,
            roles=[f"role {made.roles[server].id}"] if follow.pings else [],
        )


def _note_answer(history: History, answer: web.Response) -> None:
    """Note which messages an answer shows: from then on, the bot can know of them."""
    if shown := messages_in(answer.body if isinstance(answer.body, bytes) else b""):
        history.add("answered", messages=shown)


def messages_in(body: bytes) -> list[int]:
    """Return the ids of the messages in a body: one, several, or the first one of a new thread."""
    try:
        value = json.loads(body)
    except ValueError:
        return []
    within = [value, value.get("message")] if isinstance(value, dict) else value
    found = within if isinstance(within, list) else []
    return [int(each["id"]) for each in found if isinstance(each, dict) and "author" in each]


async def eventually(condition: Callable[[], object], seconds: float) -> bool:
    """Wait until a condition that no event announces is true; False: it wasn't within `seconds`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 -- nothing announces what another process does
                await asyncio.sleep(0.02)
            return True
    return False


def _config(made: World, gateways: int) -> str:
    feeds = "\n".join(_feed_section(made, name) for name in FORMS)
    return f"""
[discord]
api_url = "{made.discord.api_url}"
shards = {gateways}
shards_per_process = {min(gateways, 1)}

[store]
{made.storage.setting}

[polling]
interval = "1s"
minimum_interval = "1s"
timeout = "2s"
per_site = 4
allow_private_addresses = true

[posts]
burst_limit = 1000

{feeds}
"""


def _feed_section(made: World, name: str) -> str:
    channels = "\n".join(_channel_section(made, follow) for follow in FOLLOWS if follow.feed == name)
    return f'[[feeds]]\nurl = "{made.blog.feeds[name].url}"\nname = "{name}"\n{channels}'


def _channel_section(made: World, follow: Follow) -> str:
    role = made.roles[CHANNELS[follow.channel][0]]
    return f"""[[feeds.channels]]
id = {made.channels[follow.channel].id}
style = "{follow.style}"
tags = {list(follow.tags)}
exclude_tags = {list(follow.exclude_tags)}
mention_roles = {[role.id] if follow.pings else []}
"""
