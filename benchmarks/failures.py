"""Provoke every failure that an operator may meet, in the real process, and print what he then reads.

    python -m benchmarks.failures [WORD …]      # only the cases whose name holds one of the words

For each case a row: what was provoked | what `run --once` says | what `check` says | the exit codes of both. It ends
with 1 if the token, a secret of an address or a traceback appeared anywhere.
"""

import asyncio
import gzip
import json
import os
import re
import runpy
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it ships no types

from bot.sandbox import answers
from bot.sandbox.blog import Answer, Blog, Post
from bot.sandbox.discord import SandboxDiscord
from bot.sandbox.permissions import Permission
from bot.source import guard

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.a_token-that-must-never-be-shown"  # noqa: S105 - opens only the sandbox
SECRETS = (TOKEN, "h0rse", "b4ttery")
LOCAL = "[polling]\nallow_private_addresses = true\ntimeout = \"2s\"\nmax_body = \"200KB\"\n"
POST = Post("1", "Leeks", "<p>Two rows.</p>", datetime(2026, 6, 1, tzinfo=UTC))
BEGIN = '<rss version="2.0"><channel><title>Garden</title>'


@dataclass
class Scene:
    """One case's own folder and feed, in the world that all cases share."""

    folder: Path
    blog: Blog
    discord: SandboxDiscord
    name: str
    url: str = ""
    channel: int = 0
    token: str = TOKEN
    settings: str = LOCAL
    text: str = ""
    """A config file as it is, instead of one that follows `url`."""
    program: tuple[str, ...] = ("bot",)
    lives: int = 1
    """How often `run --once` runs; the last is told."""
    environ: dict[str, str] = field(default_factory=dict)
    user: int | None = None

    @property
    def database(self) -> Path:
        """Where the store is, unless the case says otherwise."""
        return self.folder / "feed-relay.db"

    def config(self) -> str:
        """config.toml."""
        head = f'[discord]\napi_url = "{self.discord.api_url}"\n{self.settings}'
        return self.text or f'{head}\n[[feeds]]\nurl = "{self.url}"\n[[feeds.channels]]\nid = {self.channel}\n'


Case = Callable[[Scene], None]


def says(*script: Answer, lives: int = 1) -> Case:
    """The site answers so: each once, the last one from then on; without any, well."""

    def case(scene: Scene) -> None:
        feed = scene.blog.feed(scene.name)
        feed.publish(POST)
        feed.next(*script[:-1])
        feed.always(script[-1] if script else None)
        scene.lives = lives

    return case


def at(url: str, settings: str = "") -> Case:
    """The config names this address; private ones are refused, unless the settings admit them."""

    def case(scene: Scene) -> None:
        scene.url = url.format(port=scene.blog.port)
        scene.settings = settings

    return case


def outside(case: Case) -> Case:
    """In a process to which 127.0.0.1, and nothing else of this machine, is a public address."""

    def changed(scene: Scene) -> None:
        case(scene)
        scene.program, scene.settings = ("benchmarks.failures", "--outside"), ""

    return changed


def configured(text: str, **environ: str) -> Case:
    """The config file holds this."""

    def case(scene: Scene) -> None:
        scene.text, scene.environ = text, environ

    return case


def discord(spoil: Callable[[Scene], None]) -> Case:
    """All is well but Discord, or what leads there."""

    def case(scene: Scene) -> None:
        says()(scene)
        scene.settings += "[posts]\nfirst_run = 1\n"
        spoil(scene)

    return case


def stored(spoil: Callable[[Scene], None]) -> Case:
    """All is well but the database, which a first life has made."""

    def case(scene: Scene) -> None:
        says()(scene)
        (scene.folder / "config.toml").write_text(scene.config(), "utf-8")
        asyncio.run_coroutine_threadsafe
        scene.lives = -1
        scene.spoil = spoil  # type: ignore[attr-defined]

    return case
