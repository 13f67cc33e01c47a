"""The cases of `benchmarks.failures`, by name: failures of a site, a config, Discord or a disk."""

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
from bot.sandbox.sites.blog import Blog, Post, Responder

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
    """The folder, feed and process settings of one case. All cases share the blog and Discord."""

    name: str
    folder: Path
    blog: Blog
    discord: SandboxDiscord
    tls_port: int
    url: str = ""
    channel: int = 0
    settings: str = LOCAL
    text: str | None = None
    """The complete config file; None: built from the other fields."""
    environ: dict[str, str] = field(default_factory=dict)
    mode: str = ""
    """The mode of `run_patched`."""
    runs: int = 1
    """How often `run --once` runs; the last run is reported."""
    break_it: Callable[["Scene"], None] = lambda _: None
    """Called before each run."""
    undo: ExitStack = field(default_factory=ExitStack)

    @property
    def database(self) -> Path:
        """Return the path of the database."""
        return self.folder / "feed-relay.db"

    def config(self) -> str:
        """Return the content of config.toml."""
        if self.text is not None:
            return self.text
        return f'{self.settings}\n[[feeds]]\nurl = "{self.url}"\n[[feeds.channels]]\nid = {self.channel}\n'


Case = Callable[[Scene], None]


def site(*script: Responder | None, mode: str = "") -> Case:
    """Return a case in which each run gets the next of these answers; None: a good one."""

    def case(scene: Scene) -> None:
        feed = scene.blog.feed(scene.name)
        feed.publish(POST)
        scene.mode, scene.runs = mode, len(script)
        scene.settings = "" if mode == "outside" else scene.settings
        runs = iter(script)
        scene.break_it = lambda _: feed.always(next(runs))

    return case


def at(url: str, settings: str = "") -> Case:
    """Return a case whose config has this address."""

    def case(scene: Scene) -> None:
        scene.url = url.format(port=scene.blog.port, tls=scene.tls_port, here=socket.gethostname())
        scene.settings = settings

    return case


def configured(text: str, **environ: str) -> Case:
    """Return a case with this config file and environment."""

    def case(scene: Scene) -> None:
        scene.text, scene.environ = text, environ

    return case


def broken(break_it: Callable[[Scene], None], runs: int = 1) -> Case:
    """Return a case that breaks before its last run."""

    def case(scene: Scene) -> None:
        scene.blog.feed(scene.name).publish(POST)
        scene.settings += "[posts]\nfirst_run = 1\n"
        scene.runs, left = runs, iter(range(runs - 1))
        scene.break_it = lambda _: break_it(scene) if next(left, None) is None else None

    return case


def move(code: int) -> Case:
    """Return a case in which the feed has moved to another name."""

    def case(scene: Scene) -> None:
        site(None)(scene)
        scene.blog.feed(f"{scene.name}-new").publish(POST)
        scene.blog.feed(scene.name).always(faults.redirect(f"/{scene.name}-new/rss", code))
        scene.break_it = lambda _: None

    return case


def chain(scene: Scene) -> None:
    """Redirect six times in a row."""
    for step in range(6):
        scene.blog.pages[f"/step{step}"] = faults.redirect(f"/step{step + 1}")
    scene.url = f"{scene.blog.address}/step0"


def locked(scene: Scene) -> None:
    """Lock the database from another program."""
    connection = scene.undo.enter_context(closing(sqlite3.connect(scene.database, isolation_level=None)))
    connection.execute("BEGIN EXCLUSIVE")


def claimed(scene: Scene) -> None:
    """Hold the bot's lock, as another bot does."""
    scene.undo.enter_context(FileLock(f"{scene.database}.lock"))


def read_only(scene: Scene) -> None:
    """Make the database's file system read-only: permissions would not stop root."""
    small = mounted(scene, "--bind", scene.folder)
    subprocess.run(["mount", "-o", "remount,bind,ro", small], check=True)


def corrupt(scene: Scene) -> None:
    """Overwrite everything but the first bytes of the database with noise."""
    scene.database.write_bytes(scene.database.read_bytes()[:100] + os.urandom(30_000))


def newer(scene: Scene) -> None:
    """Make the database look as if a later version wrote it."""
    with closing(sqlite3.connect(scene.database)) as connection:
        connection.execute("PRAGMA user_version = 99")


def mounted(scene: Scene, *what: str | Path) -> Path:
    """Mount a file system as the store's new folder, and return it. Needs root."""
    small = scene.folder / "mounted"
    small.mkdir()
    subprocess.run(["mount", *what, small], check=True)
    scene.undo.callback(lambda: subprocess.run(["umount", "-l", small], check=False))
    scene.settings += f'[store]\npath = "{small}/feed-relay.db"\n'
    return small


def full(scene: Scene) -> None:
    """Move the database to a full file system of 1 MB."""
    small = mounted(scene, "-t", "tmpfs", "-o", "size=1m", "tmpfs")
    shutil.copy(scene.database, small)
    with suppress(OSError):
        (small / "filler").write_bytes(bytes(1 << 20))


def almost_full(scene: Scene) -> None:
    """Do the same, but leave enough room to open the database, and too little for the new posts."""
    full(scene)
    scene.settings = scene.settings.replace("200KB", "5MB")
    os.truncate(scene.folder / "mounted" / "filler", 600 << 10)  # kept: 600 KB of 1 MB
    for _ in range(20):
        scene.blog.feed(scene.name).publish(
            Post(os.urandom(8).hex(), "Leeks", "<p>rows</p>" * 3000, POST.published)
        )


def refusing(scene: Scene) -> None:
    """Take the bot's permission to write in the channel."""
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
    "gzip that isn't gzip": site(faults.encoded("gzip", lambda body: body)),
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
    "JSON that isn't a feed": site(faults.served(b'{"error": "none"}', "application/json")),
    "parser timeout": site(None, mode="impatient"),
}
_CONFIG: dict[str, Case] = {
    "no TOML": configured("[discord\ntoken = 1"),
    "an unknown key": configured("[polling]\nintervall = '5m'"),
    "an unknown section": configured("[pollling]\ninterval = '5m'"),
    "wrong values, several": configured(
        "[polling]\ninterval = 'soon'\nmax_body = -1\n[posts]\nstyle = 'poster'"
    ),
    "an address that isn't one": configured("[[feeds]]\nurl = 'garden'\n[[feeds.channels]]\nid = 12"),
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
    "wrong token": broken(lambda scene: scene.environ.update(FEED_RELAY_DISCORD__TOKEN=f"{TOKEN[:-3]}xyz")),
    "unknown channel": broken(lambda scene: setattr(scene, "channel", 999)),
    "missing permissions": broken(refusing),
    "Discord cannot be reached": broken(lambda scene: setattr(scene, "discord", SandboxDiscord(port=1234))),
    "Discord answers 503": broken(lambda scene: scene.discord.faults.next("*", times=3, status=503)),
}
_STORE: dict[str, Case] = {
    "locked database": broken(locked, runs=2),
    "a bot runs already": broken(claimed, runs=2),
    "read-only database": broken(read_only, runs=2),
    "corrupt database": broken(corrupt, runs=2),
    "newer database": broken(newer, runs=2),
    "full disk": broken(full, runs=2),
    "disk that becomes full": broken(almost_full, runs=2),
}

CASES = {**_SITE, **_CONFIG, **_DISCORD, **_STORE}
"""All cases, in the order of the table."""
