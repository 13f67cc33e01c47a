"""Buttons and menus that commit c65eedc put into Discord still work, with the database that it wrote.

`tests/data/databases/README.md` says what is in that database. The custom ids are those that c65eedc sent, with the ids
of this test's server and channels.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chat.client import Chat
from bot.model import BackfillState, Decision
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.store import Store
from tests.chat.commands.conftest import ServerFixture, text_of

DUMP = Path(__file__).parents[2] / "data" / "databases" / "c65eedc.sql"
GUILD, TALK, NEWS = 7, 100, 108
"""The dump's server, and its channels that are mapped to this test's channels."""
SEARCH, LATEST = 123456789012345678, 234567890123456789
ASKER = 42
"""The member whose search requests the dump holds."""


@pytest.fixture
def now() -> list[datetime]:
    return [datetime(2026, 5, 4, 13, 20, tzinfo=UTC)]


@pytest.fixture
async def store(tmp_path: Path, server: ServerFixture) -> AsyncIterator[Store]:
    """The dump's database, moved to this test's server."""
    path = tmp_path / "feed-relay.db"
    moved = {GUILD: server.guild.id, TALK: server.talk.id, NEWS: server.news.id, ASKER: server.admin.id}
    with closing(sqlite3.connect(path)) as database:
        database.executescript(DUMP.read_text("utf-8"))
        database.execute("PRAGMA foreign_keys = OFF")
        for table, column in id_columns(database):
            for old, new in moved.items():
                database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?', (new, old))  # noqa: S608 -- names from the schema
        database.execute(
            "UPDATE question SET asked = json_set(asked, '$.feed', 'feed:9') WHERE guild_id = ?",
            (server.guild.id,),
        )
        database.commit()
    async with await Store.open(path) as opened:
        yield opened


def id_columns(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """The columns of the old schema that hold ids of Discord."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    named = {"guild_id", "channel_id", "about_channel_id", "notices_channel_id", "user_id", "decided_by"}
    return [
        (table, column)
        for table in tables
        for _, column, *_ in database.execute(f'PRAGMA table_info("{table}")')
        if column in named or (column == "id" and table in {"guild", "channel"})
    ]


def button(custom_id: str) -> dict[str, object]:
    return {"type": 2, "style": 2, "label": "Press", "custom_id": custom_id}


def menu(custom_id: str, *values: str) -> dict[str, object]:
    options = [{"label": value, "value": value} for value in values]
    return {"type": 3, "custom_id": custom_id, "options": options}


def old_message(server: ServerFixture, *items: dict[str, object]) -> StoredMessage:
    """A message that the bot sent before its upgrade."""
    discord = server.discord
    message = StoredMessage(
        id=discord.new_id(),
        channel_id=server.talk.id,
        guild_id=server.guild.id,
        author=discord.bot,
        created_at=discord.clock(),
        content="An old message.",
        components=({"type": 1, "components": list(items)},),
    )
    discord.put_message(message)
    return message


async def press(server: ServerFixture, item: dict[str, object], *values: str) -> InteractionResponse:
    """Press the old button, or choose from the old menu, and wait until the bot has answered."""
    message = old_message(server, item)
    answer = await server.press(message, str(item["custom_id"]), values=values)
    await server.discord.wait_for(
        lambda: (
            answer.followups or (answer.message and (answer.message.edits or answer.message.id != message.id))
        )
    )
    return answer


def reply(answer: InteractionResponse) -> str:
    return text_of(answer.followups[0] if answer.followups else answer.message)


@pytest.mark.usefixtures("running_chat")
class TestOldButtons:
    async def test_a_decision_releases_the_held_posts(self, server: ServerFixture, store: Store) -> None:
        await press(server, button("hold:8:all"))

        hold = await store.holds.get(8)
        assert hold is not None
        assert hold.decision is Decision.ALL
        assert hold.decided_by == server.admin.id

    @pytest.mark.parametrize(
        ("custom_id", "shown"),
        [
            ("page:feeds::2", "Page 2 of 2"),
            ("page:follow::2", "Page 2 of 2"),
            ("page:status::1", "**Chosen**"),
        ],
    )
    async def test_a_list_turns_its_page(self, server: ServerFixture, custom_id: str, shown: str) -> None:
        answer = await press(server, button(custom_id))

        assert shown in reply(answer)

    @pytest.mark.parametrize("token", [SEARCH, LATEST])
    async def test_an_answer_to_a_search_turns_its_page(self, server: ServerFixture, token: int) -> None:
        answer = await press(server, button(f"page:found:{token}:1"))

        assert "Bean 4" in reply(answer)

    async def test_a_search_is_widened(self, server: ServerFixture) -> None:
        answer = await press(server, button(f"relax:{SEARCH}:condition"))

        assert "**Bean" in reply(answer) or "[Bean" in reply(answer)

    async def test_a_page_is_shared_with_the_channel(self, server: ServerFixture) -> None:
        before = len(server.discord.messages(server.talk.id))
        await press(server, button(f"share:{LATEST}:1"))

        assert len(server.discord.messages(server.talk.id)) > before + 1

    async def test_a_menu_changes_the_followed_tags(self, server: ServerFixture, store: Store) -> None:
        followed = await store.subscriptions.all()
        chosen = next(each for each in followed if each.subscription.channel_id == server.news.id)

        value = str(chosen.subscription.id)
        await press(server, menu(f"follow:add:{server.news.id}:frost", value), value)

        after = await store.subscriptions.all()
        (changed,) = (each for each in after if each.subscription.id == chosen.subscription.id)
        assert "frost" in changed.subscription.rule.tags

    async def test_a_feed_that_was_being_added_is_asked_for_again(self, server: ServerFixture) -> None:
        answer = await press(server, button("add:0123456789abcdef:subscribe"))

        assert "`/feed add`" in reply(answer)

    async def test_the_button_requests_a_backfill(self, server: ServerFixture, store: Store) -> None:
        await press(server, button("fill:8"))

        progress = await store.backfills.progress(8)
        assert progress is not None
        assert progress.state is BackfillState.RUNNING

    async def test_notices_go_to_the_channels_that_they_concern(
        self, server: ServerFixture, store: Store
    ) -> None:
        await press(server, button("notices:own"))

        assert (await store.guilds.notices_channels(server.guild.id)).chosen is None


async def test_the_bot_starts_with_the_old_database(
    running_chat: Chat, sandbox_discord: SandboxDiscord
) -> None:
    assert running_chat is not None
    assert sandbox_discord.gateway.identified == 1
