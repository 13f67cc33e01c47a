"""How a document's entries are weighed against known posts, where a sequence of documents does not show it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model import Entry, Identified, Known, KnownEntry
from bot.relay.evidence import is_edit
from bot.relay.identity import identify
from bot.relay.plan import new_entry
from bot.relay.recognise import recognise
from bot.store.store import Store
from tests.relay.sequences import Reader

SITE = "https://garden.example/"
MAY = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
TULIPS = Entry(
    guid="t1", link=f"{SITE}tulips", title="Tulips", text="They opened this morning.", published=MAY
)
ROSES = Entry(
    guid="r2", link=f"{SITE}roses", title="Roses", text="We cut them back.", published=MAY + timedelta(days=1)
)


def items(*entries: Entry) -> tuple[Identified, ...]:
    return identify(entries, SITE, f"{SITE}rss")


def known(*entries: Entry) -> Known:
    by_key: dict[str, tuple[KnownEntry, ...]] = {}
    for number, item in enumerate(items(*entries), start=1):
        for key in item.all_keys:
            by_key[key] = (KnownEntry(number, item.fingerprint, item.entry), *by_key.get(key, ()))
    return Known(by_key, len(entries))


def found(*entries: Entry, before: Known) -> list[int | None]:
    """The known post that each entry is."""
    document = items(*entries)
    recognised = recognise(document, before).entries
    return [recognised[item].entry_id if item in recognised else None for item in document]


def test_a_platforms_own_id_decides_alone() -> None:
    mine = replace(TULIPS, source_id="tumblr:7")

    assert found(replace(ROSES, source_id="tumblr:7"), before=known(mine)) == [1]
    assert found(replace(mine, source_id="tumblr:8"), before=known(mine)) == [None]


def test_two_posts_with_one_guid_are_distinguished_by_their_links() -> None:
    two = known(TULIPS, replace(ROSES, guid="t1"))

    assert found(replace(ROSES, guid="t1", text="We cut them back hard."), before=two) == [2]
    assert found(replace(TULIPS, text="They opened last night."), before=two) == [1]


def test_two_versions_of_a_known_post_are_that_post() -> None:
    other = replace(TULIPS, text="All is over.", published=MAY + timedelta(days=1))

    assert found(TULIPS, other, before=known(TULIPS)) == [1, 1]


def test_words_alone_make_no_second_entry_a_post_that_another_entry_is() -> None:
    again = replace(TULIPS, guid="t9", link=f"{SITE}again")

    assert found(TULIPS, again, before=known(TULIPS)) == [1, None]


def test_a_pruned_post_is_known_by_its_title_and_link() -> None:
    by_key = {
        key: tuple(replace(each, entry=replace(each.entry, text=""), is_pruned=True) for each in holders)
        for key, holders in known(TULIPS).by_key.items()
    }

    assert found(replace(TULIPS, guid="moved"), before=Known(by_key)) == [1]


def test_a_new_post_at_a_known_link_gets_another_identity() -> None:
    today = Entry(link=f"{SITE}today", title="Strip 1", text="A snail.", published=MAY)
    (tomorrow,) = items(replace(today, title="Strip 2", text="Rain.", published=MAY + timedelta(days=1)))

    first = new_entry(1, items(today)[0], Known())
    second = new_entry(1, tomorrow, known(today))

    assert first.identity == "link:garden.example/today"
    assert second.identity.startswith("feed:1:whole:")


async def test_a_post_in_two_feeds_of_a_channel_is_delivered_once(tmp_path: Path) -> None:
    roses = replace(ROSES, guid="", link=f"{SITE}log#roses")
    async with await Store.open(tmp_path / "feed-relay.db") as store:
        blog, tag = Reader(store, f"{SITE}rss"), Reader(store, f"{SITE}tag/rss")
        for reader in (blog, tag):
            await reader.follow()
            await reader.poll([TULIPS], SITE)
        for _ in range(2):
            for reader in (blog, tag):
                await reader.poll([roses, TULIPS], SITE)

    assert blog.posted + tag.posted == [f"{SITE}log#roses"]


def test_a_text_is_an_edit_of_another_if_it_has_most_of_its_words() -> None:
    long = " ".join(f"word{number}" for number in range(60))

    assert is_edit("Short.", "Short, with a word more.")
    assert is_edit(long, long.replace("word3", "other"))
    assert is_edit("霧が出た朝", "霧が出た朝に歩いた")
    assert not is_edit("Version one of the rake.", "Version two of the spade.")
    assert not is_edit("", "Anything.")


def test_one_title_for_all_posts_does_not_make_a_guid_of_a_placeholder() -> None:
    photo = Entry(guid="blog", title="Photo", text="A heron at dawn.", published=MAY)

    assert found(
        replace(photo, text="Two otters.", published=MAY + timedelta(days=1)), before=known(photo)
    ) == [None]
    assert found(replace(photo, text="A grey heron at dawn."), before=known(photo)) == [1]
