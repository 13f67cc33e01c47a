"""The cases of `benchmarks.failures`: what a site, a config, a Discord or a disk can do to the bot, by name."""

import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it ships no types
from filelock import FileLock

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Answer, Blog, Post

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.a_token-that-must-never-be-shown"  # noqa: S105 - opens only the sandbox
LOCAL = '[polling]\nallow_private_addresses = true\ntimeout = "2s"\nmax_body = "200KB"\n'
POST = Post("1", "Leeks", "<p>Two rows.</p>", datetime(2026, 6, 1, tzinfo=UTC))
RSS = b'<rss version="2.0"><channel><title>Garden</title>%s<item><title>Leeks</title></item></channel></rss>'
MANY = {"Retry-After": "7200"}


@dataclass
class Scene:
    """The folder and feed of one case, in the world that all cases share, and how its process is started."""

    name: str
    folder: Path
    blog: Blog
    discord: SandboxDiscord
    tls_port: int
    url: str = ""
    channel: int = 0
    settings: str = LOCAL
    text: str | None = None
    """The whole config file."""
    environ: dict[str, str] = field(default_factory=dict)
    mode: str = ""
    """Of `altered`."""
    lives: int = 1
    """How often `run --once` runs; the last one is told."""
    spoil: Callable[["Scene"], None] = lambda _: None
    """Called before the last life."""
    undo: ExitStack = field(default_factory=ExitStack)

    @property
    def database(self) -> Path:
        """Where the store is."""
        return self.folder / "feed-relay.db"

    def config(self) -> str:
        """What config.toml holds."""
        if self.text is not None:
            return self.text
        return f'{self.settings}\n[[feeds]]\nurl = "{self.url}"\n[[feeds.channels]]\nid = {self.channel}\n'


Case = Callable[[Scene], None]


def site(*script: Answer | None, mode: str = "") -> Case:
    """In each life the site answers the next of these; None: well."""

    def case(scene: Scene) -> None:
        feed = scene.blog.feed(scene.name)
        feed.publish(POST)
        scene.mode, scene.lives = mode, len(script)
        scene.settings = "" if mode == "outside" else scene.settings
        lives = iter(script)
        scene.spoil = lambda _: feed.always(next(lives))

    return case


def at(url: str, settings: str = "") -> Case:
    """The config names this address."""

    def case(scene: Scene) -> None:
        scene.url = url.format(port=scene.blog.port, tls=scene.tls_port, here=socket.gethostname())
        scene.settings = settings

    return case


def configured(text: str, **environ: str) -> Case:
    """The config file holds this, and the environment that."""

    def case(scene: Scene) -> None:
        scene.text, scene.environ = text, environ

    return case


def spoilt(spoil: Callable[[Scene], None], lives: int = 1) -> Case:
    """All is well until the last life."""

    def case(scene: Scene) -> None:
        scene.blog.feed(scene.name).publish(POST)
        scene.settings += "[posts]\nfirst_run = 1\n"
        scene.lives, left = lives, iter(range(lives - 1))
        scene.spoil = lambda _: spoil(scene) if next(left, None) is None else None

    return case


def move(code: int) -> Case:
    """The feed lives under another name now."""

    def case(scene: Scene) -> None:
        site(None)(scene)
        scene.blog.feed(f"{scene.name}-new").publish(POST)
        scene.blog.feed(scene.name).always(faults.redirect(f"/{scene.name}-new/rss", code))
        scene.spoil = lambda _: None

    return case


def chain(scene: Scene) -> None:
    """Six redirects, one after the other."""
    for step in range(6):
        scene.blog.pages[f"/step{step}"] = faults.redirect(f"/step{step + 1}")
    scene.url = f"{scene.blog.address}/step0"


def held_open(scene: Scene) -> None:
    """Another program writes to the database."""
    connection = scene.undo.enter_context(closing(sqlite3.connect(scene.database, isolation_level=None)))
    connection.execute("BEGIN EXCLUSIVE")


def claimed(scene: Scene) -> None:
    """Another bot has the database."""
    scene.undo.enter_context(FileLock(f"{scene.database}.lock"))


def read_only(scene: Scene) -> None:
    """Its file system is; permissions would not stop root."""
    small = mounted(scene, "--bind", scene.folder)
    subprocess.run(["mount", "-o", "remount,bind,ro", small], check=True)


def corrupt(scene: Scene) -> None:
    """All but the first bytes of the database are noise."""
    scene.database.write_bytes(scene.database.read_bytes()[:100] + os.urandom(30_000))


def newer(scene: Scene) -> None:
    """A later version wrote the database."""
    with closing(sqlite3.connect(scene.database)) as connection:
        connection.execute("PRAGMA user_version = 99")


def mounted(scene: Scene, *what: str | Path) -> Path:
    """The store's new folder: another file system, or the same one seen in another way. Needs root."""
    small = scene.folder / "mounted"
    small.mkdir()
    subprocess.run(["mount", *what, small], check=True)
    scene.undo.callback(lambda: subprocess.run(["umount", "-l", small], check=False))
    scene.settings += f'[store]\npath = "{small}/feed-relay.db"\n'
    return small


def full(scene: Scene) -> None:
    """The database moves to a file system of 1 MB that is full."""
    small = mounted(scene, "-t", "tmpfs", "-o", "size=1m", "tmpfs")
    shutil.copy(scene.database, small)
    with suppress(OSError):
        (small / "filler").write_bytes(bytes(1 << 20))


def almost_full(scene: Scene) -> None:
    """As `full`, but opening still works; there is no room for what the site publishes."""
    full(scene)
    scene.settings = scene.settings.replace("200KB", "5MB")
    os.truncate(scene.folder / "mounted" / "filler", 600 << 10)  # kept: 600 KB of 1 MB
    for _ in range(20):
        scene.blog.feed(scene.name).publish(
            Post(os.urandom(8).hex(), "Leeks", "<p>rows</p>" * 3000, POST.published)
        )


def refusing(scene: Scene) -> None:
    """The channel's settings keep the bot from writing."""
    scene.discord.set_permissions(scene.channel, deny=Permission.SEND_MESSAGES | Permission.EMBED_LINKS)


_SITE: dict[str, Case] = {
    "a good feed": site(None),
    "DNS failure": at("https://no-such-site.invalid/rss"),
    "connection refused": at("http://127.0.0.1:1234/rss", LOCAL),
    "certificate not valid": at("https://127.0.0.1:{tls}/rss", LOCAL),
    "TLS where none is spoken": at("https://127.0.0.1:{port}/garden/rss", LOCAL),
    "hang": site(faults.hang(asyncio.Event())),
    "drip": site(faults.drip()),
    "bomb": site(faults.bomb(300 << 20)),
    "too large": site(faults.served(b"<rss>" + b" " * 300_000)),
    "more than 5 redirects": chain,
    "redirects in a circle": site(faults.redirect("rss")),
    "redirect to nowhere": site(faults.status(302)),
    "redirect to a private address": site(faults.redirect("http://10.1.2.3/rss?token=h0rse"), mode="outside"),
    "redirect to the metadata service": site(
        faults.redirect("http://169.254.169.254/latest"), mode="outside"
    ),
    "redirect to [::1]": site(faults.redirect("http://[::1]/rss"), mode="outside"),
    **{
        f"private address {host}": at(f"http://{host}:{{port}}/rss")
        for host in (
            *("127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]"),
            *("localhost", "localhost.", "①②⑦.0.0.1", "0", "[::]", "[64:ff9b::7f00:1]", "10.0.0.1"),
        )
    },
    "private address by DNS": at("http://{here}:{port}/rss"),
    "user and password in the address": at("http://bob:h0rse@127.0.0.1:{port}/none/rss?token=h0rse", LOCAL),
    "301": move(301),
    "308": move(308),
    "302": move(302),
    "ETag, second poll": site(None, None),
    "same body without validators, second poll": site(*[faults.served(RSS % b"")] * 2),
    "gzip": site(faults.encoded("gzip")),
    "deflate": site(faults.encoded("deflate")),
    "br": site(faults.encoded("br", brotli.compress)),
    "zstd": site(faults.encoded("zstd", zstd.compress)),
    "gzip that is none": site(faults.encoded("gzip", lambda body: body)),
    **{f"{code}": site(faults.status(code)) for code in (400, 401, 403, 404, 410, 451, 429, 500, 503)},
    "404, second time": site(*[faults.status(404)] * 2),
    "429 with Retry-After": site(faults.status(429, MANY)),
    "429 with Retry-After, then well": site(faults.status(429, MANY), None),
    "503 with Retry-After": site(faults.status(503, MANY)),
    "max-age": site(faults.served(headers={"Cache-Control": "max-age=2400"})),
    "ttl": site(faults.served(RSS % b"<ttl>40</ttl>")),
    "web page": site(faults.html_page()),
    "challenge": site(faults.challenge_page()),
    "consent page": site(faults.consent_page()),
    "login wall": site(faults.login_page()),
    "empty body": site(faults.served(b"")),
    "blank body": site(faults.served(b" \n ")),
    "204": site(faults.status(204)),
    "an element and nothing else": site(faults.served(b"<?xml version='1.0'?>")),
    "garbage in the body": site(faults.served(bytes(range(256)) * 40)),
    "no HTTP": site(faults.garbage()),
    "connection cut": site(faults.reset()),
    "half a body": site(faults.truncated()),
    "JSON that is no feed": site(faults.served(b'{"error": "none"}', "application/json")),
    "parser timeout": site(None, mode="impatient"),
}
_CONFIG: dict[str, Case] = {
    "no TOML": configured("[discord\ntoken = 1"),
    "an unknown key": configured("[polling]\nintervall = '5m'"),
    "an unknown section": configured("[pollling]\ninterval = '5m'"),
    "wrong values, several": configured(
        "[polling]\ninterval = 'soon'\nmax_body = -1\n[posts]\nstyle = 'poster'"
    ),
    "an address that is none": configured("[[feeds]]\nurl = 'garden'\n[[feeds.channels]]\nid = 12"),
    "a password in a wrong address": configured(
        "[[feeds]]\nurl = 'ftp://bob:h0rse@garden.example/rss?token=h0rse'"
    ),
    "the token under another key": configured(f"[discord]\ntokn = '{TOKEN}'"),
    "the token as a number": configured("[discord]\ntoken = 5", FEED_RELAY_DISCORD__TOKEN=""),
    "the token in a list": configured(f"[discord]\ntoken = ['{TOKEN}']", FEED_RELAY_DISCORD__TOKEN=""),
    "the token as a file": configured(f"[discord]\ntoken_file = '{TOKEN}'", FEED_RELAY_DISCORD__TOKEN=""),
    "the token as a server": configured(
        f"[discord]\nsync_guilds = ['{TOKEN}']", FEED_RELAY_DISCORD__TOKEN=""
    ),
    "the token as an address": configured(f"[discord]\napi_url = '{TOKEN}'", FEED_RELAY_DISCORD__API_URL=""),
    "the token without quotes": configured(f"[discord]\ntoken = {TOKEN}", FEED_RELAY_DISCORD__TOKEN=""),
    "the token as a key": configured(f"[discord]\n'{TOKEN}' = 1", FEED_RELAY_DISCORD__TOKEN=""),
    "a line break in the token": configured("", FEED_RELAY_DISCORD__TOKEN=f"{TOKEN}\nx"),
    "not UTF-8": configured("name = '\udcff'"),
    "an unknown variable": configured("", FEED_RELAY_POLING__INTERVAL="5m"),
    "an unknown key in the environment": configured("", FEED_RELAY_POLLING__INTERVALL="5m"),
    "no token": configured("", FEED_RELAY_DISCORD__TOKEN=""),
    "a store in no folder": configured("[store]\npath = 'nowhere/relay.db'"),
    "a store that is a folder": configured("[store]\npath = '.'"),
}
_DISCORD: dict[str, Case] = {
    "wrong token": spoilt(lambda scene: scene.environ.update(FEED_RELAY_DISCORD__TOKEN=f"{TOKEN[:-3]}xyz")),
    "unknown channel": spoilt(lambda scene: setattr(scene, "channel", 999)),
    "missing permissions": spoilt(refusing),
    "Discord cannot be reached": spoilt(lambda scene: setattr(scene, "discord", SandboxDiscord(port=1234))),
    "Discord answers 503": spoilt(lambda scene: scene.discord.faults.next("*", times=3, status=503)),
}
_STORE: dict[str, Case] = {
    "locked database": spoilt(held_open, lives=2),
    "a bot runs already": spoilt(claimed, lives=2),
    "read-only database": spoilt(read_only, lives=2),
    "corrupt database": spoilt(corrupt, lives=2),
    "newer database": spoilt(newer, lives=2),
    "full disk": spoilt(full, lives=2),
    "disk that becomes full": spoilt(almost_full, lives=2),
}

CASES = {**_SITE, **_CONFIG, **_DISCORD, **_STORE}
"""In the order of the table."""
