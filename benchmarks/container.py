"""Builds the container's image from the Dockerfile, and runs it until its first post.

    python -m benchmarks.container [--folder FOLDER] [--suite bookworm]

Needs root, and on Debian: apt-get install buildah debootstrap. No image registry is asked: a Debian made by debootstrap
takes the place of the Python image, so the Dockerfile's own steps run unchanged. The image then runs as compose.yaml
says: as its own user, with a read-only root, the token as a secret, and the database in a volume. Its Discord and its
blog are on this machine. FOLDER keeps the Debian for the next time.
"""

import argparse
import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from benchmarks.running_bot import SETTINGS
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.feed_documents import Post

ROOT = Path(__file__).parents[1]
BASE = "localhost/feed-relay-python"
IMAGE = "localhost/feed-relay"
_MACHINE_FILES = (Path("/etc/pip.conf"), Path("/etc/ssl/certs/ca-certificates.crt"))
"""How this machine reaches a package index."""


@dataclass(frozen=True, slots=True)
class Image:
    """What an image says about how it runs."""

    environment: dict[str, str]
    command: list[str]
    user: str
    health: list[str]
    version: str


def main(folder: Path, suite: str) -> None:
    """Build and run; print what each step took."""
    with _timed("make a Debian with Python"):
        base = _debian(folder, suite)
    with _timed("import it as the Python image"):
        _import(base)
    with _timed("build the image from the Dockerfile"):
        _buildah("build", "--isolation", "chroot", "--format", "docker", "--build-arg", f"PYTHON_IMAGE={BASE}",
                 "--no-cache", "--tag", IMAGE, str(ROOT))  # fmt: skip
    image = _inspect()
    print(f"version {image.version}, user {image.user}, command {' '.join(image.command)}")
    container = _buildah("from", "--pull-never", IMAGE)
    try:
        asyncio.run(_run(image, Path(_buildah("mount", container)), folder))
    finally:
        _buildah("rm", container)


@contextmanager
def _timed(step: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{time.perf_counter() - started:7.1f} s  {step}", flush=True)


def _buildah(*arguments: str) -> str:
    """Run Buildah and return the last line of its output. Its messages go to stderr."""
    done = subprocess.run(
        ["buildah", "--storage-driver", "vfs", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return (done.stdout.splitlines() or [""])[-1]


def _debian(folder: Path, suite: str) -> Path:
    """Return a folder with a small Debian and its Python; made once."""
    folder.mkdir(parents=True, exist_ok=True)
    root = folder / suite
    if not (folder / f"{suite}.done").exists():
        shutil.rmtree(root, ignore_errors=True)
        packages = "--include=python3,python3-venv,ca-certificates"
        subprocess.run(
            ["debootstrap", "--variant=minbase", packages, suite, str(root)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (folder / f"{suite}.done").touch()
    return root


def _import(base: Path) -> None:
    container = _buildah("from", "scratch")
    try:
        mounted = Path(_buildah("mount", container))
        subprocess.run(["cp", "--archive", "--reflink=auto", f"{base}/.", str(mounted)], check=True)
        (mounted / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        for path in filter(Path.exists, _MACHINE_FILES):
            shutil.copy(path, mounted / path.relative_to("/"))
        _buildah("commit", "--quiet", container, BASE)
    finally:
        _buildah("rm", container)


def _inspect() -> Image:
    shown = subprocess.run(
        ["buildah", "--storage-driver", "vfs", "inspect", "--type", "image", IMAGE],
        stdout=subprocess.PIPE,
        check=True,
    )
    config = json.loads(shown.stdout)["Docker"]["config"]
    return Image(
        dict(pair.split("=", 1) for pair in config["Env"]),
        [*config["Entrypoint"], *config["Cmd"]],
        config["User"],
        config["Healthcheck"]["Test"][1:],
        config["Labels"]["org.opencontainers.image.version"],
    )


async def _run(image: Image, root: Path, folder: Path) -> None:
    async with SandboxDiscord() as discord, Blog() as blog:
        channel = discord.add_channel(discord.add_guild("The Allotment").id, "leeks").id
        feed = blog.feed("garden", "Garden Notes")
        feed.publish(Post("1", "Leeks", "<p>They stand in two rows.</p>", datetime.now(UTC)))
        config = SETTINGS.format(api_url=discord.api_url, first_run=1)
        config += f'[[feeds]]\nurl = "{feed.url}"\n[[feeds.channels]]\nid = {channel}\n'
        started = time.perf_counter()
        async with _started(image, root, folder, config, discord.token) as process:
            await discord.wait_for(lambda: len(discord.messages(channel)) == 1, timeout=120)
            print(f"{time.perf_counter() - started:7.1f} s  from its start to the first post")
            print("first post:", discord.messages(channel)[0].content)
            await _check_health(image, root)
            process.terminate()
            print("exit code after SIGTERM:", await process.wait())


@asynccontextmanager
async def _started(
    image: Image, root: Path, folder: Path, config: str, token: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the image as compose.yaml says, in mounts of its own."""
    given = folder / "given"
    shutil.rmtree(given, ignore_errors=True)
    for name, text in (("config.toml", config), ("token.txt", token)):
        (given / name).parent.mkdir(exist_ok=True, parents=True)
        (given / name).write_text(text, "utf-8")
    os.chown(given / "token.txt", *map(int, image.user.split(":")))
    (given / "token.txt").chmod(0o400)
    script = "\n".join(["set -e", *_mounts(root, given, image.user), _chroot(image, root, image.command)])
    process = await asyncio.create_subprocess_exec("unshare", "--mount", "sh", "-c", script)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _mounts(root: Path, given: Path, user: str) -> Iterator[str]:
    """Return the shell commands that mount what compose.yaml gives the container."""
    service = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["feed-relay"]
    yield f"mount --bind {root} {root}"
    yield f"mkdir -p {root}/run/secrets {root}/etc/feed-relay"
    files = {f"/run/secrets/{secret}": "token.txt" for secret in service["secrets"]}
    for target, source in {**files, "/etc/feed-relay/config.toml": "config.toml"}.items():
        yield f"touch {root}{target}; mount --bind {given}/{source} {root}{target}"
    yield f"install -d -m 700 -o {user.partition(':')[0]} {given}/data; mount --bind {given}/data {root}/data"
    yield from (f"mount -t tmpfs tmpfs {root}{folder}" for folder in service["tmpfs"])
    yield f"mount -t proc proc {root}/proc; mount --rbind /dev {root}/dev"
    if service["read_only"]:
        yield f"mount -o remount,bind,ro {root}"


def _chroot(image: Image, root: Path, command: Sequence[str]) -> str:
    environment = [f"{name}={value}" for name, value in image.environment.items()]
    inside = ["env", "-i", "-C", "/data", *environment, *command]
    return shlex.join(["exec", "chroot", f"--userspec={image.user}", str(root), *inside])


async def _check_health(image: Image, root: Path) -> None:
    """Run the health check until it succeeds, as a container engine does."""
    for _ in range(30):
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", _chroot(image, root, image.health), stderr=asyncio.subprocess.DEVNULL
        )
        if await process.wait() == 0:
            print("health check: healthy")
            return
        await asyncio.sleep(1)
    sys.exit("the health check fails")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "container")
    parser.add_argument("--suite", default="bookworm")
    options = parser.parse_args()
    main(options.folder.absolute(), options.suite)
