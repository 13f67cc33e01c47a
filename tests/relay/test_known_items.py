"""A document whose known items are not parsed leads to the same plan as the whole document."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from bot.model import Fetched
from bot.source.formats import outline
from bot.source.formats.outline import Outline, outline_of
from bot.store.store import Store
from tests.conftest import SHARED
from tests.relay.changed_documents import CHANGES, Change, change_document
from tests.relay.two_ways import TwoWays

DATA = Path(__file__).parents[1] / "data" / "feeds"
FEEDS = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))
SHARED_FEEDS = [
    path
    for folder in ("feeds", "cases")
    for path in sorted((SHARED / folder).rglob("*"))
    if path.suffix in {".atom", ".json", ".rdf", ".rss", ".xml"}
]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "feed-relay.db") as opened:
        yield opened


def feed_outline(path: Path) -> Outline | None:
    return outline_of(Fetched("https://site.example.org/feed", path.read_bytes()))


def small_outlines() -> list[Outline]:
    """Return feeds of all formats, with their first items."""
    found = filter(None, map(feed_outline, [*FEEDS, *SHARED_FEEDS]))
    small = (replace(each, spans=each.spans[:5], hashes=each.hashes[:5]) for each in found)
    return [each for each in small if sum(map(len, each.items)) < 20_000]


@pytest.mark.parametrize("path", [*FEEDS, *SHARED_FEEDS], ids=lambda path: path.name)
async def test_each_feed_that_grows_item_by_item_has_the_plans_of_its_whole_documents(
    store: Store, path: Path
) -> None:
    feed = TwoWays(store)
    await feed.follow()
    outline = feed_outline(path)
    body = path.read_bytes()

    if outline is not None and len(outline.items) > 1:
        for number in (2, len(outline.items) // 2, 1, 0):
            skipped = set(outline.hashes[:number])
            await feed.poll_both_ways(outline.without(skipped))
    await feed.poll_both_ways(body)
    await feed.poll_both_ways(body)


OUTLINES = small_outlines()


@settings(max_examples=max(150, settings().max_examples))
@given(
    st.sampled_from(OUTLINES),
    st.sampled_from(OUTLINES),
    st.lists(CHANGES, min_size=1, max_size=4),
    st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]),
)
def test_changed_and_broken_documents_have_the_plans_of_the_whole_documents(
    outline: Outline, other: Outline, documents: Sequence[Sequence[Change]], encoding: str
) -> None:
    texts = [change_document(outline, other, changes) for changes in ([], *documents)]
    with TemporaryDirectory() as folder:
        ways = asyncio.run(
            poll_all(Path(folder), [text.encode(encoding, "xmlcharrefreplace") for text in texts])
        )

    for way in ways[1:]:
        event(way)


async def poll_all(folder: Path, documents: Sequence[bytes]) -> list[str]:
    async with await Store.open(folder / "feed-relay.db") as store:
        feed = TwoWays(store)
        await feed.follow()
        return [await feed.poll_both_ways(document) for document in documents]


ITEMS = [
    f"<item><title>Frog {number}</title><link>https://pond.example/{number}</link><guid>frog-{number}</guid>"
    f"<description>&lt;p&gt;Frog number {number} sits in the reeds and sings.&lt;/p&gt;</description></item>"
    for number in range(9)
]


def pond(*items: str, head: str = "", start: str = "<rss version='2.0'>", date: str = "now") -> bytes:
    """Return a feed with these items."""
    page = f"<title>Pond</title><link>https://pond.example/</link><pubDate>{date}</pubDate>"
    return f"{start}<channel>{page}{head}{''.join(items)}</channel></rss>".encode()


@pytest.fixture
async def feed(store: Store) -> TwoWays:
    """A feed whose first document was read."""
    followed = TwoWays(store)
    await followed.follow()
    await followed.poll_both_ways(pond(*ITEMS[:5]))
    return followed


@pytest.mark.parametrize(
    "document",
    [
        pond(*ITEMS[:5], date="later"),
        pond(*ITEMS[:5]) + b"<!-- 0.2 s -->",
        pond("\n".join(ITEMS[:5])),
    ],
)
async def test_a_document_with_the_same_items_is_not_parsed(feed: TwoWays, document: bytes) -> None:
    assert await feed.poll_both_ways(document) == "same"
    assert feed.parsed == []


@pytest.mark.parametrize(
    ("document", "parsed"),
    [
        (pond(ITEMS[5], *ITEMS[:5]), pond(ITEMS[5])),
        (pond(*ITEMS[1:5]), pond()),
        (pond(*reversed(ITEMS[:5])), pond()),
        (pond(*ITEMS[:5], ITEMS[0]), pond()),
        (pond(*ITEMS[:4], ITEMS[4].replace("sings", "sleeps")), pond(ITEMS[4].replace("sings", "sleeps"))),
        (pond(*ITEMS[:6], date="later"), pond(ITEMS[5], date="later")),
    ],
)
async def test_only_items_that_are_new_are_parsed(feed: TwoWays, document: bytes, parsed: bytes) -> None:
    assert await feed.poll_both_ways(document) == "rest"
    assert feed.parsed == [len(parsed)]


@pytest.mark.parametrize(
    "document",
    [
        pond(*ITEMS[:6], head="<language>de</language>"),
        pond(*ITEMS[:6], start="<rss version='2.0' xml:base='https://other.example/'>"),
        pond(*ITEMS[:6], head="<managingEditor>x@pond.example</managingEditor>"),
        pond(*ITEMS[:6], start="<!DOCTYPE rss><rss version='2.0'>"),
        pond(*ITEMS[:6], start="<!-- <item> --><rss version='2.0'>"),
        pond(*ITEMS[:5], f"<item>{ITEMS[5]}</item>"),
    ],
)
async def test_a_document_whose_items_may_depend_on_each_other_is_parsed_whole(
    feed: TwoWays, document: bytes
) -> None:
    assert await feed.poll_both_ways(document) == "whole"
    assert feed.parsed == [len(document)]


@pytest.mark.parametrize(
    "item",
    [
        ITEMS[5].replace("<link>", "<b><link>"),
        ITEMS[5].replace("</item>", "<category>frogs, newts, reeds, moss</category></item>"),
    ],
)
async def test_an_item_that_changes_how_the_others_are_read_has_all_of_them_parsed(
    feed: TwoWays, item: str
) -> None:
    document = pond(*ITEMS[:5], item)

    assert await feed.poll_both_ways(document) == "whole"
    assert feed.parsed == [len(pond(item)), len(document)]


async def test_items_are_parsed_again_after_the_stored_entry_has_changed(feed: TwoWays) -> None:
    pruned = await feed.store.archive.prune(feed.now + timedelta(days=1), feed.now)

    assert pruned == 5
    assert await feed.poll_both_ways(pond(*ITEMS[:6])) == "whole"


async def test_items_are_parsed_again_by_another_version_of_the_parser(
    feed: TwoWays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "VERSION", "another")

    assert await feed.poll_both_ways(pond(*ITEMS[:5])) == "whole"
    assert await feed.poll_both_ways(pond(*ITEMS[:6])) == "rest"


async def test_items_that_show_whether_a_feed_is_tumblrs_are_parsed_together(store: Store) -> None:
    followed = TwoWays(store)
    await followed.follow()
    tumblr = "<generator>Tumblr (3.0; @pond)</generator>"

    ways = [await followed.poll_both_ways(pond(*ITEMS[:count], head=tumblr)) for count in (2, 2, 3)]

    assert ways == ["whole", "same", "whole"]


async def test_a_new_subscription_has_its_baseline_of_the_next_document_though_nothing_is_new(
    feed: TwoWays,
) -> None:
    await feed.follow(channel=200)

    assert await feed.poll_both_ways(pond(*ITEMS[:5])) == "rest"
    assert feed.plans[0].baselined == (2,)


async def test_the_items_of_more_than_500_are_not_parsed_only_if_all_are_known(store: Store) -> None:
    followed = TwoWays(store)
    await followed.follow()
    many = [ITEMS[0].replace("0", f"{number}") for number in range(501)]

    ways = [await followed.poll_both_ways(pond(*items)) for items in (many, many, many[1:], many)]

    assert ways == ["whole", "same", "whole", "whole"]
