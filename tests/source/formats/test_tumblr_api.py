"""Responses of Tumblr's API. Single posts are in the golden pairs."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DocumentError, NotAFeed, Unreadable
from bot.model import Fetched, ParsedFeed
from bot.relay.identity import identify, identity_across_feeds
from bot.source.formats.parse import parse_feed
from bot.text.html import parse_html
from tests.source.formats.tumblr_posts import TAG_PAGE, answer, blocks, only

SONG = "https://open.spotify.com/track/1a2B"
FEEDS = Path(__file__).parents[2] / "data" / "feeds"


def from_file(name: str, url: str) -> ParsedFeed:
    return parse_feed(Fetched(url, (FEEDS / name).read_bytes()))


def test_a_post_has_the_same_identity_in_the_api_and_in_its_blogs_feed() -> None:
    feed = from_file("tumblr-kinds.xml", "https://two-wheels-slowly.tumblr.com/rss")
    api = from_file("tumblr-api-kinds.json", TAG_PAGE)

    for ours, theirs in zip(api.entries[:5], feed.entries[:5], strict=True):
        assert (ours.guid, ours.link, ours.source_id) == (theirs.guid, theirs.link, theirs.source_id)
        assert (ours.text, ours.tags, ours.published) == (theirs.text, theirs.tags, theirs.published)
    across = [
        {
            identity_across_feeds(item.entry, item.keys, number)
            for item in identify(document.entries, document.link, document.link)
            if item.entry.source_id < "tumblr:700000000000000006"
        }
        for number, document in enumerate((feed, api))
    ]
    assert across[0] == across[1]
    assert len(across[0]) == 5


def test_a_tag_page_has_its_tag_in_the_title() -> None:
    feed = answer([])

    assert (feed.title, feed.link) == ("#hawk moths on Tumblr", TAG_PAGE)


def test_a_post_id_is_read_as_number_or_text() -> None:
    texts = [only(id_string=None, id=740000000000000001), only(id_string="0740000000000000001")]

    assert {entry.source_id for entry in texts} == {"tumblr:740000000000000001"}
    assert only(id_string="x", id=-5, body="A").source_id == ""


def test_a_post_without_an_address_gets_one_from_its_id() -> None:
    assert only(body="A").link == "https://www.tumblr.com/moth-nights/740000000000000001"


@pytest.mark.parametrize("stamp", [None, -1, 0, True, "5", 1e300, 10**30])
def test_an_invalid_date_is_ignored(stamp: object) -> None:
    assert only(body="A", timestamp=stamp, date="soon").published is None


def test_an_error_with_http_status_200_is_not_a_feed() -> None:
    with pytest.raises(NotAFeed):
        parse_feed(Fetched(TAG_PAGE, b'{"meta":{"status":429,"msg":"Limit Exceeded"},"response":[]}'))


def test_an_incomplete_response_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        parse_feed(Fetched(TAG_PAGE, b'{"meta":{"status":200},"response":[{"id":1,'))


def test_deep_json_is_unreadable_and_a_trail_is_limited() -> None:
    with pytest.raises(Unreadable):
        parse_feed(Fetched(TAG_PAGE, b'{"meta":' + b"[" * 200_000))
    part = {"blog": {"name": "ivy"}, "post": {"id": "1"}, "content": [{"type": "text", "text": "x"}]}

    shown = blocks(trail=[part] * 500)

    assert 10 < shown.count("<blockquote") <= 50


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([
    "id", "id_string", "type", "post_url", "title", "summary", "body", "tags", "timestamp", "date", "trail", "content",
    "layout", "photos", "dialogue", "caption", "player", "blog", "blog_name", "question", "media", "formatting",
])  # fmt: skip
KINDS = st.sampled_from(
    ["text", "photo", "quote", "link", "chat", "audio", "video", "answer", "blocks", "image"]
)
BLOCKS = st.lists(st.dictionaries(NAMES, VALUES | KINDS, max_size=5), max_size=3)
POSTS = st.lists(st.dictionaries(NAMES, VALUES | KINDS | BLOCKS, max_size=8) | VALUES, max_size=4)


@settings(max_examples=200)
@given(POSTS | VALUES)
def test_any_response_is_parsed_or_raises_our_error(response: object) -> None:
    document = json.dumps({"meta": {"status": 200}, "response": response})

    with suppress(DocumentError):
        for entry in parse_feed(Fetched(TAG_PAGE, document.encode())).entries:
            assert "".join((entry.guid, entry.title, entry.content, entry.text, *entry.tags)).encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"audio_type": "spotify", "audio_url": SONG, "audio_source_url": SONG},
        {"audio_url": "https://p.example/preview", "provider_uri": "spotify:track:1a2B"},
        {"audio_url": "", "source_url": SONG},
        {"player": '<iframe src="https://embed.spotify.com/?uri=spotify%3Atrack%3A1a2B"></iframe>'},
    ],
)
def test_a_song_of_another_site_is_found_wherever_the_post_names_it(fields: dict[str, str]) -> None:
    cover = "https://i.example/cover.jpg"

    entry = only(type="audio", caption="<p>A song</p>", album_art=cover, **fields)

    assert [media.url for media in parse_html(entry.content).media] == [SONG, cover]


def test_a_file_is_not_replaced_by_the_page_where_its_author_found_it() -> None:
    entry = only(type="audio", audio_url="https://a.tumblr.com/1.mp3", source_url="https://youtu.be/abcdefg")

    assert [media.url for media in parse_html(entry.content).media] == ["https://a.tumblr.com/1.mp3"]


def test_the_caption_of_a_photo_that_the_post_repeats_is_shown_once() -> None:
    photos = [
        {"caption": text, "original_size": {"url": "https://m.example/a.jpg"}} for text in ("Oak", "Elm")
    ]

    assert only(type="photo", caption="<p>An <i>oak</i>. Oak</p>", photos=photos).text == "Elm\nAn oak. Oak"


def test_a_summary_that_reaches_below_the_fold_is_no_title() -> None:
    body = "<p>Who was it?</p><p><!-- more --></p><p>The badger.</p>"

    assert only(type="text", body=body, summary="Who was it? The badger.").title == ""
    assert only(type="text", body=body, summary="Who was it?").title == "Who was it?"
    assert only(type="text", body=body, title="A riddle", summary="Who was it? The").title == "A riddle"
