"""JSON Feed, in the forms that sites use."""

import json

import pytest

from bot.errors import NotAFeed
from bot.model import Entry, ParsedFeed
from bot.source.formats import jsonfeed

URL = "https://bread.example/feed.json"


def parse_document(**document: object) -> ParsedFeed:
    return jsonfeed.parse(json.dumps({"version": "https://jsonfeed.org/version/1.1"} | document), URL)


def parse_item(**fields: object) -> Entry:
    (entry,) = parse_document(items=[{"id": "1"} | fields]).entries
    return entry


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("https://jsonfeed.org/version/1", "json1"),
        ("https://jsonfeed.org/version/1.0", "json1"),
        ("http://jsonfeed.org/version/1.1", "json11"),
        ("https://jsonfeed.org/version/2", "json11"),
    ],
)
def test_the_version_names_the_format(version: str, name: str) -> None:
    assert parse_document(version=version).format == name


@pytest.mark.parametrize("version", ["", "1", 1, None, "https://example.org/version/1"])
def test_other_json_is_not_a_feed(version: object) -> None:
    with pytest.raises(NotAFeed):
        parse_document(version=version)


def test_a_document_whose_items_are_not_a_list_is_not_a_feed() -> None:
    with pytest.raises(NotAFeed):
        parse_document(items={"id": 1})


def test_items_that_are_not_objects_are_dropped_and_counted() -> None:
    feed = parse_document(items=["x", None, {"id": "1"}, []])

    assert [entry.guid for entry in feed.entries] == ["1"]
    assert feed.skipped == 3


@pytest.mark.parametrize(
    ("value", "guid"), [(7, "7"), ("a", "a"), (1.5, "1.5"), (True, ""), (None, ""), ([], "")]
)
def test_a_numeric_id_is_read_as_text(value: object, guid: str) -> None:
    assert parse_item(id=value, title="x").guid == guid


def test_fields_of_the_wrong_type_are_ignored() -> None:
    odd = {
        "title": 7,
        "url": [],
        "content_html": {},
        "tags": 7,
        "authors": "me",
        "attachments": [1],
        "date_published": 0,
    }

    assert parse_item(**odd) == Entry(guid="1")


def test_lone_surrogates_and_control_characters_are_removed() -> None:
    half = "a\ud83d\x00b"
    entry = parse_item(id=half, title=half, content_html=half, tags=[half], url=f"https://x.example/{half}")

    assert (entry.guid, entry.title, entry.content, entry.tags) == ("ab", "ab", "ab", ("ab",))
    assert entry.link == "https://x.example/ab"


def test_html_is_preferred_to_text_and_the_summary_is_kept() -> None:
    entry = parse_item(content_html="<p>Rolls <b>rise</b></p>", content_text="Rolls rise", summary="On rolls")

    assert (entry.content, entry.summary) == ("<p>Rolls <b>rise</b></p>", "<p>On rolls</p>")


def test_plain_text_keeps_its_lines_and_is_escaped() -> None:
    assert parse_item(content_text="a < b\nc\n\nd").content == "<p>a &lt; b<br>c</p><p>d</p>"


def test_tags_in_a_plain_text_title_are_text() -> None:
    assert parse_item(title="Use of <b> in HTML").title == "Use of <b> in HTML"


def test_items_without_authors_have_the_feeds_authors() -> None:
    feed = parse_document(
        author={"name": "Ines"}, items=[{"id": "1"}, {"id": "2", "authors": [{"name": "Ute"}, {"url": "x"}]}]
    )

    assert [entry.authors for entry in feed.entries] == [("Ines",), ("Ute",)]


def test_the_link_is_the_item_and_not_what_it_is_about() -> None:
    assert parse_item(url="/1", external_url="https://mill.example/").link == "https://bread.example/1"
    assert parse_item(external_url="https://mill.example/").link == "https://mill.example/"
    assert parse_item(id="https://bread.example/9").link == "https://bread.example/9"


def test_tags_in_one_text_are_a_list() -> None:
    assert parse_item(tags="frogs, ponds").tags == ("frogs", "ponds")
