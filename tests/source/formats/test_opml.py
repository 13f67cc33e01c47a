"""OPML from strangers: read in a process of its own, without entities."""

import pytest

from bot.errors import Unreadable
from bot.model import Fetched, OpmlDocument
from bot.source.formats.opml import parse_opml, read_document
from bot.source.formats.process import parse_list

BOMB = b"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<opml version="2.0"><body><outline text="&b;" type="rss" xmlUrl="https://garden.example/feed"/></body></opml>"""


def opml(*urls: str) -> bytes:
    lines = "".join(f'<outline type="rss" text="{url[8:12]}" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><body>{lines}</body></opml>'.encode()


async def test_a_list_is_parsed_in_a_process_of_its_own() -> None:
    document = await parse_list(opml("https://moss.example/feed", "https://fern.example/feed"), "feeds.opml")

    assert isinstance(document, OpmlDocument)
    assert [each.title for each in document.outlines] == ["moss", "fern"]


async def test_the_error_for_an_unreadable_line_names_the_file() -> None:
    with pytest.raises(Unreadable, match=r"feeds\.opml: this is not an OPML file"):
        await parse_list(b"<html></html>", "feeds.opml")


@pytest.mark.parametrize("body", [BOMB, BOMB.replace(b"<!DOCTYPE opml [", b"<!doctype opml SYSTEM 'x' [")])
def test_entities_are_refused_before_they_are_read(body: bytes) -> None:
    with pytest.raises(Unreadable, match="defines entities"):
        parse_opml(Fetched("feeds.opml", body))


def test_a_repeated_feed_in_the_file_counts_once() -> None:
    document = read_document(opml(*["https://moss.example/feed"] * 3), "feeds.opml")

    assert len(document.outlines) == 1
    assert document.duplicates == 2
