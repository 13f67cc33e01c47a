"""`run` as a separate process, with a simulated Discord and a blog over real sockets."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from bot import app, config
from bot.relay import retry
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.sites.blog import Blog, Post
from bot.store.store import Store


async def start(*options: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", *options, stdout=PIPE, stderr=PIPE
    )


async def result_of(process: Process) -> tuple[int | None, str, str]:
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out.decode(), err.decode()


async def test_once_delivers_what_is_due_and_exits(channel: int, sandbox_discord: SandboxDiscord) -> None:
    first = await result_of(await start("--once", "--log-format", "json"))
    again = await result_of(await start("--once"))

    assert (first[0], first[1]) == (0, "")
    assert (again[0], again[1]) == (0, "")
    (message,) = sandbox_discord.messages(channel)
    assert "Leeks" in message.content
    assert sandbox_discord.token not in first[2] + again[2]


async def test_run_once_posts_nothing_twice_after_a_restore(
    channel: int, here: Path, sandbox_discord: SandboxDiscord, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "LATE_ARRIVAL", timedelta())
    loaded, now = config.load(None, {}), datetime.now(UTC)
    await app.run_once(loaded)
    (daily_copy,) = (here / "backups").iterdir()
    blog.feeds["garden"].publish(Post(id="2", title="Onions", html="<p>Three rows.</p>", published=now))
    await app.run_once(loaded)

    await Store.restore(loaded.store.place, daily_copy, now)
    await app.run_once(loaded)

    titles = [message.content for message in sandbox_discord.messages(channel)]
    assert ["Leeks" in title for title in titles] == [True, False]


async def test_the_example_config_with_a_token_follows_and_posts_nothing(
    here: Path, sandbox_discord: SandboxDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
    filled = example.replace('\ntoken = ""', f'\ntoken = "{sandbox_discord.token}"')
    (here / "config.toml").write_text(filled, encoding="utf-8")
    monkeypatch.setenv("FEED_RELAY_DISCORD__API_URL", sandbox_discord.api_url)
    monkeypatch.setenv("FEED_RELAY_POLLING__ALLOW_PRIVATE_ADDRESSES", "true")

    once = await result_of(await start("--once", "--log-level", "debug"))
    process = await start()
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.connected_shards, timeout=60)
    process.terminate()
    running = await result_of(process)

    assert (once[0], running[0]) == (0, 0)
    assert "polled" not in once[2] + running[2]
    assert "failed" not in once[2] + running[2]
    assert not sandbox_discord.calls("send")
    async with await Store.open(here / "feed-relay.db") as store:
        assert await store.subscriptions.all() == []
        assert await store.archive.feeds() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
async def test_sigterm_exits_with_0(channel: int, sandbox_discord: SandboxDiscord) -> None:
    process = await start()
    await sandbox_discord.wait_for(lambda: len(sandbox_discord.messages(channel)) == 1, timeout=60)
    process.send_signal(signal.SIGTERM)

    code, out, err = await result_of(process)

    assert (code, out) == (0, "")
    assert "Traceback" not in err


@pytest.mark.parametrize("options", [(), ("--once",)])
async def test_a_refused_token_is_an_error_of_one_sentence(
    channel: int, here: Path, sandbox_discord: SandboxDiscord, options: tuple[str, ...]
) -> None:
    config = here / "config.toml"
    config.write_text(
        config.read_text("utf-8").replace(sandbox_discord.token, "stale-and-secret"), encoding="utf-8"
    )

    code, out, err = await result_of(await start(*options, "--log-level", "error"))

    assert (code, out) == (2, "")
    assert err.startswith("feed-relay: Discord refuses the token")
    assert "stale-and-secret" not in err
    assert not sandbox_discord.messages(channel)


async def test_a_token_that_is_reset_while_the_bot_runs_ends_it_with_2(
    channel: int, sandbox_discord: SandboxDiscord
) -> None:
    process = await start("--log-level", "error")
    await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.connected_shards, timeout=60)

    await sandbox_discord.reset_token("sandbox.token.renewed")
    code, out, err = await result_of(process)

    assert channel
    assert (code, out) == (2, "")
    assert err.startswith("feed-relay: Discord refuses the token")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("moment", ["login", "gateway", "reconnect"])
async def test_sigterm_ends_a_bot_that_waits_for_discord(
    channel: int, sandbox_discord: SandboxDiscord, moment: str
) -> None:
    if moment == "reconnect":
        process = await start()
        await sandbox_discord.wait_for(lambda: sandbox_discord.gateway.connected_shards, timeout=60)
        sandbox_discord.gateway.faults.next("hello", hang=True)
        sandbox_discord.reconnect_gateway()
        await sandbox_discord.wait_for(lambda: not sandbox_discord.gateway.faults.pending)
    else:
        sandbox_discord.faults.next(moment, hang=True)
        process = await start()
        await sandbox_discord.wait_for(lambda: sandbox_discord.faults.hanging, timeout=60)
    process.send_signal(signal.SIGTERM)

    code, out, err = await result_of(process)

    assert channel
    assert (code, out) == (0, "")
    assert "Traceback" not in err


async def test_a_second_bot_on_one_database_is_refused(channel: int, here: Path) -> None:
    with FileLock(f"{here / 'feed-relay.db'}.lock"):
        code, _, err = await result_of(await start("--once"))

    assert channel
    assert code == 1
    assert "another feed-relay runs with this database; stop it first" in err


async def test_a_start_reports_once_that_others_can_read_the_database_and_changes_no_mode(
    channel: int, here: Path
) -> None:
    assert channel
    path = here / "feed-relay.db"
    quiet = await result_of(await start("--once"))
    path.chmod(0o644)

    code, _, err = await result_of(await start("--once"))

    assert code == 0
    assert "chmod" not in quiet[2]
    assert err.count(f"chmod 600 {path}") == 1
    assert path.stat().st_mode & 0o777 == 0o644


async def test_a_role_with_a_file_is_refused_in_a_sentence(channel: int) -> None:
    assert channel

    code, out, err = await result_of(await start("--role", "poll"))

    assert (code, out) == (1, "")
    assert "a file has one process; leave out --role" in err
    assert "Traceback" not in err


async def test_a_role_and_once_exclude_each_other(channel: int) -> None:
    assert channel

    code, _, err = await result_of(await start("--role", "poll", "--once"))

    assert code == 2
    assert "--once does everything" in err
