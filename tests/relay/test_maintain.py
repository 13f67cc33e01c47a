"""Old texts are pruned, and the search index catches up in small steps."""

from datetime import timedelta
from pathlib import Path

from bot.model import ChannelDeclaration
from bot.relay.maintain import index, maintain
from bot.store.store import Store
from tests.store.conftest import MINUTE, post
from tests.store.conftest import Services as StoreFixture


async def test_texts_past_their_retention_are_pruned(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        fixture = StoreFixture(store)
        await fixture.follow(ChannelDeclaration(100))
        await fixture.poll(post(1, text="Beans."), post(2, text="Peas."))
        await fixture.send_all()

        await maintain(store, None, fixture.now + timedelta(days=1000))
        assert {found.entry.text for found in await store.archive.newest(1, 5)} == {"Beans.", "Peas."}
        await maintain(store, timedelta(days=1), fixture.now + timedelta(days=2) + MINUTE)

        assert {found.entry.text for found in await store.archive.newest(1, 5)} <= {""}


async def test_an_index_without_work_asks_for_no_further_run(tmp_path: Path) -> None:
    woken: list[int] = []
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        for _ in range(20):
            await index(store, lambda: woken.append(1))
        del woken[:]

        await index(store, lambda: woken.append(1))

    assert woken == []
