"""The real process backs up its database while it relays, and notifies its owner when that fails."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.sandbox.discord.models import ChannelKind
from tests.e2e.relay_fixture import RelayFixture, baseline, eventually, publish, relay_fixture


def direct_messages(fixture: RelayFixture) -> list[str]:
    discord = fixture.discord
    own = (
        message
        for message in discord.all_messages()
        if discord.channels[message.channel_id].kind is ChannelKind.DIRECT
        and discord.channels[message.channel_id].owner_id == discord.owner.id
    )
    return [message.content.splitlines()[0] for message in own]


async def test_the_owner_is_notified_of_a_failure_and_of_the_next_success(tmp_path: Path) -> None:
    async with relay_fixture(tmp_path, seed=11) as fixture:
        folder = fixture.folder / "backups"
        folder.touch()
        fixture.module = "tests.e2e.backing_up_bot"
        await fixture.start()
        await baseline(fixture)
        await eventually(lambda: len(direct_messages(fixture)) == 1)
        folder.unlink()
        await publish(fixture, 5)
        await eventually(lambda: len(direct_messages(fixture)) == 2)
        await fixture.settled()
        code = await fixture.stop()

        (made,) = folder.iterdir()
        with closing(sqlite3.connect(made)) as copy:
            ((integrity,),) = copy.execute("PRAGMA integrity_check")
        assert (code, integrity) == (0, "ok")
        assert fixture.differences() == []
        assert direct_messages(fixture)[0].startswith("The daily backup of the bot's database failed: ")
        assert direct_messages(fixture)[1] == "The bot's database is backed up again."
