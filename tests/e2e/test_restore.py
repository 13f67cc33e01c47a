"""A backup is restored after the bot has continued for a while: nothing is lost or posted twice."""

from pathlib import Path

from tests.e2e.bot_process import Process
from tests.e2e.relay_fixture import (
    RelayFixture,
    baseline,
    eventually,
    publish_one,
    relay_fixture,
)

BLOGS = ("garden", "night-sky", "slow-wheels")
TAGS = ("spring", "stars")


def publish_everywhere(fixture: RelayFixture, count: int) -> None:
    for _ in range(count):
        for name in BLOGS:
            publish_one(fixture, name, TAGS)


async def command(fixture: RelayFixture, *arguments: str) -> None:
    process = Process(
        "bot", *arguments, folder=fixture.folder, token=fixture.token, output=fixture.folder / "out"
    )
    assert await process.wait() == 0, (fixture.folder / "out").read_text("utf-8")


async def test_after_a_restore_nothing_is_lost_and_nothing_is_posted_twice(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path) as fixture:
        config = tmp_path / "config.toml"
        config.write_text(config.read_text("utf-8").replace("burst_limit = 1000", "burst_limit = 4"), "utf-8")
        await fixture.start()
        await baseline(fixture)
        publish_everywhere(fixture, 2)
        await fixture.settled()
        await command(fixture, "db", "backup", str(tmp_path / "copy.db"))
        for _ in range(2):
            publish_everywhere(fixture, 4)
            await fixture.settled()
        await fixture.kill()
        publish_everywhere(fixture, 1)

        await command(fixture, "db", "restore", str(tmp_path / "copy.db"))
        fixture.discord.faults.next("history", hang=True)
        await fixture.start()
        await eventually(lambda: fixture.discord.faults.hanging > 0)  # while it looks through the channels
        await fixture.kill()
        fixture.discord.faults.release()
        await fixture.start()
        await fixture.settled()
        publish_everywhere(fixture, 1)
        await fixture.settled()

        assert fixture.differences() == []
        assert "posts held" not in fixture.log()
        assert "channels looked through" in fixture.log()
