"""The keys that identify a post."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.model import Entry, Identified
from bot.relay.identity import fingerprint, identify, identity_across_feeds
from bot.text.canonical import canonical_link, differ_by_token, fragment_of

MAY = datetime(2026, 5, 4, 12, tzinfo=UTC)
LONG = "The tulips along the south wall opened this morning, a week before the ones in the shade of the old pear."


def keys(*entries: Entry, link: str = "https://garden.example/", url: str = "") -> list[frozenset[str]]:
    return [frozenset(item.keys) for item in identify(entries, link, url or f"{link}rss")]


def one(entry: Entry, link: str = "https://garden.example/") -> Identified:
    (item,) = identify((entry,), link, f"{link}rss")
    return item


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("https://www.Garden.example/Post/", "garden.example/Post"),
        ("http://garden.example:80/post#more", "garden.example/post"),
        ("https://garden.example/post?utm_source=rss&utm_medium=feed", "garden.example/post"),
        ("https://garden.example/?p=7&fbclid=x", "garden.example?p=7"),
        ("https://garden.example/post?source=rss", "garden.example/post"),
        ("https://garden.example/post?source=spring", "garden.example/post?source=spring"),
        ("https://garden.example/watch?v=abc&feature=feed", "garden.example/watch?v=abc"),
        ("http://garden.example:8080/post", "garden.example:8080/post"),
        ("https://garden.example/caf%c3%a9/%7Euser/a%2fb", "garden.example/caf%C3%A9/~user/a%2Fb"),
        ("https://garden.example/café/~user/a%2Fb", "garden.example/caf%C3%A9/~user/a%2Fb"),
        ("https://gärten.example/100%", "xn--grten-gra.example/100%"),
        ("https://garden.example/post;jsessionid=8F2A?PHPSESSID=1&p=7", "garden.example/post?p=7"),
        ("https://garden.example/story?sid=12", "garden.example/story?sid=12"),
        ("https://garden.example/?q=ros%c3%a9", "garden.example?q=ros%C3%A9"),
        ("https://garden.example/?q=rosé", "garden.example?q=ros%C3%A9"),
        ("https://garden.example/?q=ros%E9+a%2fb", "garden.example?q=ros%E9+a%2Fb"),
        ("https://garden.example/t.php?s=0123456789abcdef0123456789abcdef&t=9", "garden.example/t.php?t=9"),
        ("tag:garden.example,2026:7", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_a_canonical_link_omits_the_parts_that_sites_change(address: str, canonical: str) -> None:
    assert canonical_link(address) == canonical


@pytest.mark.parametrize(
    ("query", "other", "is_token"),
    [
        ("id=7&sid=aa1", "id=7&sid=bb2", True),
        ("id=7&_=4711", "id=7&_=4712", True),
        ("id=7", "id=7&t=1790000001", True),
        ("id=7&t=1790000001", "id=7&t=1790000999", True),
        ("id=7", "id=8", False),
        ("p=7&key=a", "p=8&key=b", False),
    ],
)
def test_links_differ_by_a_token_unless_it_may_be_a_number_of_a_post(
    query: str, other: str, is_token: bool
) -> None:
    page = "https://garden.example/news"

    assert differ_by_token(f"{page}?{query}", f"{page}?{other}") is is_token
    assert not differ_by_token(f"{page}?{query}", f"https://garden.example/other?{other}")


@pytest.mark.parametrize(
    ("address", "fragment"),
    [
        ("https://garden.example/log#v1.0", "v1.0"),
        ("https://garden.example/log#caf%c3%a9", "caf%C3%A9"),
        ("https://garden.example/post#comments", ""),
        ("https://garden.example/post#xtor=RSS-16", ""),
        ("https://garden.example/post#:~:text=tulips", ""),
        ("https://garden.example/post", ""),
        ("tag:garden.example,2026:7#a", ""),
    ],
)
def test_a_fragment_counts_unless_trackers_or_themes_append_it(address: str, fragment: str) -> None:
    assert fragment_of(address) == fragment


@pytest.mark.parametrize(
    ("guid", "is_guid"),
    [
        *(
            (guid, False)
            for guid in ("", "0", "N/A", "n/a", "-", "null", "GUID", "0000-0000", "https://garden.example/")
        ),
        *((guid, True) for guid in ("7", "g7", "tag:garden.example,2026:7", "https://garden.example/?p=7")),
    ],
)
def test_a_placeholder_is_no_guid(guid: str, is_guid: bool) -> None:
    assert any(key.startswith("guid:") for key in one(Entry(guid=guid)).all_keys) is is_guid


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            Entry(guid="https://garden.example/?p=7", link="https://garden.example/tulips"),
            Entry(guid="7", link="http://www.garden.example/tulips/?utm_source=rss"),
            id="another guid at the same address",
        ),
        pytest.param(
            Entry(guid="7", link="https://garden.example/tulips"),
            Entry(guid="7", link="https://garden.example/2026/tulips"),
            id="another address with the same guid",
        ),
        pytest.param(
            Entry(
                guid="http://tulips.tumblr.com/post/736339394445918208", source_id="tumblr:736339394445918208"
            ),
            Entry(
                guid="https://www.tumblr.com/tulips/736339394445918208", source_id="tumblr:736339394445918208"
            ),
            id="another form of a Tumblr address",
        ),
    ],
)
def test_a_post_stays_the_same_when_its_site_renames_it(before: Entry, after: Entry) -> None:
    assert keys(before)[0] & keys(after)[0]


def test_a_post_stays_the_same_when_its_blog_moves_to_another_domain() -> None:
    before = keys(
        Entry(guid="https://old.example/2026/tulips", link="https://old.example/2026/tulips"),
        link="https://old.example/",
    )
    after = keys(
        Entry(guid="https://new.example/2026/tulips", link="https://new.example/2026/tulips"),
        link="https://new.example/",
    )

    assert before[0] & after[0]


@pytest.mark.parametrize(
    ("one_post", "other"),
    [
        pytest.param(
            Entry(guid="1", title="Open thread", text=LONG, published=MAY),
            Entry(guid="2", title="Open thread", text=LONG, published=MAY + timedelta(days=7)),
            id="a weekly post with the same words",
        ),
        pytest.param(
            Entry(guid="1", link="https://garden.example/", title="Tulips"),
            Entry(guid="2", link="https://garden.example/", title="Roses"),
            id="posts that all link to the front page",
        ),
        pytest.param(
            Entry(link="https://elsewhere.example/a", title="Yes", text="Yes."),
            Entry(link="https://elsewhere.example/b", title="Yes", text="Yes."),
            id="too few words for a key",
        ),
    ],
)
def test_different_posts_share_no_key(one_post: Entry, other: Entry) -> None:
    assert not keys(one_post)[0] & keys(other)[0]


def test_a_key_of_two_entries_in_one_document_identifies_neither() -> None:
    entries = [
        Entry(guid="x", link="https://garden.example/a", title="A"),
        Entry(guid="x", link="https://garden.example/b", title="B"),
    ]

    first, second = identify(entries, "", "https://garden.example/rss")

    assert not set(first.keys) & set(second.keys)
    assert first.shared_keys == second.shared_keys == ("guid:x",)


def test_a_repeated_item_is_one_entry_regardless_of_its_dates() -> None:
    item = Entry(guid="x", link="https://garden.example/a", title="A", published=MAY)
    again = Entry(guid="x", link="https://garden.example/a", title="A", published=MAY + timedelta(days=9))

    assert len(keys(item, again)) == 1


def test_two_items_with_the_same_tumblr_id_are_one_entry() -> None:
    assert len(keys(Entry(source_id="tumblr:7", title="A"), Entry(source_id="tumblr:7", title="B"))) == 1


def test_an_entry_without_guid_link_or_words_still_has_a_key() -> None:
    assert len(keys(Entry(title="Hm"))[0]) == 1


def test_a_key_has_a_bounded_length() -> None:
    assert (
        max(map(len, keys(Entry(guid="x" * 100_000, link="https://garden.example/" + "y" * 100_000))[0]))
        <= 210
    )


@pytest.mark.parametrize(
    ("entry", "identity"),
    [
        (Entry(guid="x", source_id="tumblr:7"), "tumblr:7"),
        (
            Entry(guid="https://garden.example/?p=7", link="https://garden.example/a"),
            "guid:garden.example?p=7",
        ),
        (Entry(guid="tag:garden.example,2026:7"), "guid:tag:garden.example,2026:7"),
        (Entry(link="https://www.garden.example/a/"), "link:garden.example/a"),
        (Entry(guid="7", link="https://garden.example/a"), "feed:1:guid:7"),
    ],
)
def test_the_identity_means_the_same_post_in_every_feed_or_names_its_feed(
    entry: Entry, identity: str
) -> None:
    assert identity_across_feeds(entry, one(entry).keys, 1) == identity


def test_a_fingerprint_changes_with_the_words_and_not_with_markup_or_dates() -> None:
    entry = Entry(title="Tulips", text="Red.", content="<p>Red.</p>", tags=("spring",), published=MAY)

    assert fingerprint(entry) == fingerprint(Entry(title="Tulips", text="Red.", tags=("Spring",)))
    assert fingerprint(entry) != fingerprint(Entry(title="Tulips", text="Yellow.", tags=("spring",)))
    assert fingerprint(entry) != fingerprint(Entry(title="Tulips", text="Red.", tags=("summer",)))
