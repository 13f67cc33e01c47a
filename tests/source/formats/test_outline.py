"""The items of documents are found without a parser, or not at all."""

from time import process_time

import pytest

from bot.model import Fetched
from bot.source.formats.outline import Outline, outline_of

HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>Garden</title><link>https://garden.example/</link>'
END = "</channel></rss>"
ONE, TWO = "<item><title>One</title></item>", "<item><title>Two</title></item>"
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel>'
LISTED = (
    '<items><rdf:Seq>{}</rdf:Seq></items></channel><item rdf:about="/1"><title>One</title></item></rdf:RDF>'
)
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "Garden", "items": [{"id": "1"}, {"id": "2"}]}'
)


def outline(text: str, url: str = "https://garden.example/feed") -> Outline | None:
    return outline_of(Fetched(url, text.encode()))


def found(text: str) -> Outline:
    result = outline(text)
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (f"{HEAD}{ONE}\n{TWO}{END}", (ONE, TWO)),
        (f"{HEAD}<item\nid='1'>x</item >{END}", ("<item\nid='1'>x</item >",)),
        (f"{HEAD}<item><![CDATA[</item><item>]]></item>{END}", ("<item><![CDATA[</item><item>]]></item>",)),
        (f"{HEAD}<!-- made by hand -->{ONE}{END}<!-- 0.2 s -->", (ONE,)),
        (f"{HEAD}<items/><items></items>{ONE}{END}", (ONE,)),
        ("<feed><entry>x</entry> <entry>y</entry></feed>", ("<entry>x</entry>", "<entry>y</entry>")),
        (JSON, ('{"id": "1"}', '{"id": "2"}')),
    ],
)
def test_the_items_of_a_document_are_found(text: str, items: tuple[str, ...]) -> None:
    assert found(text).items == items


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{END}",
        f"<!DOCTYPE rss>{HEAD}{ONE}{END}",
        f"{HEAD}<item><![CDATA[<!ENTITY]]></item>{END}",
        f"{HEAD}<!-- {ONE} -->{TWO}{END}",
        f"{HEAD}<!-- <![CDATA[ -->{ONE}{END}",
        f"{HEAD}<?php {ONE} ?>{TWO}{END}",
        f"{HEAD}<item>{ONE}</item>{END}",
        f"{HEAD}<item><entry/></item>{END}",
        f"{HEAD}<item/>{END}",
        f"{HEAD}<item></entry>{END}",
        f"{HEAD}<x:item>x</x:item>{ONE}{END}",
        f"{HEAD}<Item>x</Item>{ONE}{END}",
        f"{HEAD}{ONE}<language>de</language>{TWO}{END}",
        f"{HEAD}{ONE}<!-- between -->{TWO}{END}",
        f"{HEAD}{ONE}<item><title>Tw",
        f"{HEAD}{ONE}<item><![CDATA[Tw",
        f"{HEAD}{ONE}</item>{END}",
        JSON[:-1],
        JSON.replace("jsonfeed.org", "other.example"),
        '{"version": "https://jsonfeed.org/version/1.1", "items": {}}',
        '{"version": "https://jsonfeed.org/version/1.1", "items": []}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "",
    ],
)
def test_a_document_that_cannot_be_cut_with_certainty_has_no_outline(text: str) -> None:
    assert outline(text) is None


def test_a_body_that_is_shorter_than_announced_has_no_outline() -> None:
    assert (
        outline_of(Fetched("https://garden.example/feed", f"{HEAD}{ONE}{END}".encode(), short=True)) is None
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<lastBuildDate>now</lastBuildDate>", "<lastBuildDate></lastBuildDate>"),
        (
            "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>",
            "<pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate>",
        ),
        ("<atom:updated>2026-11-02T10:00:00Z</atom:updated>", "<atom:updated>2026-11-03</atom:updated>"),
        ("<dc:date>2026-11-02</dc:date>", "<dc:date>2026-11-03</dc:date>"),
        (
            "<openSearch:totalResults>4</openSearch:totalResults>",
            "<openSearch:totalResults>5</openSearch:totalResults>",
        ),
        ("\n", ""),
    ],
)
def test_dates_and_counts_around_the_items_change_nothing(one: str, other: str) -> None:
    assert found(f"{HEAD}{one}{ONE}{one}{END}").digest == found(f"{HEAD}{other}{ONE}{other}{END}").digest


def test_comments_behind_the_document_change_nothing() -> None:
    text = f"{HEAD}{ONE}{END}"

    assert found(f"{text}\n<!-- made in 0.2 s -->\n<!-- cached -->\n").digest == found(text).digest


def test_the_list_of_items_in_rdf_is_no_part_of_the_frame() -> None:
    one, other = (RDF + LISTED.format(f'<rdf:li rdf:resource="/{number}"/>') for number in (1, 2))

    assert found(one).frame == found(other).frame


@pytest.mark.parametrize(
    "changed",
    [
        "<language>de</language>",
        "<pubDate>now</pubDate>",
        "<pubDate x='1'>now</pubDate>",
        "<pubDate><b>x</b></pubDate>",
        "<ttl>9</ttl>",
    ],
)
def test_everything_else_around_the_items_is_part_of_the_frame(changed: str) -> None:
    assert found(f"{HEAD}{changed}{ONE}{END}").frame != found(f"{HEAD}{ONE}{END}").frame


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<pubDate x='1'>now</pubDate>", "<pubDate x='1'>then</pubDate>"),
        ("<title><![CDATA[<date>now</date>]]></title>", "<title><![CDATA[<date>then</date>]]></title>"),
        ("<title>a<!-- x --></title>", "<title>a<!-- y --></title>"),
        ("<pubDate>now</pubDate>", "<pubDate>a&amp;b</pubDate>"),
    ],
)
def test_text_that_only_looks_like_a_date_or_comment_is_part_of_the_frame(one: str, other: str) -> None:
    assert found(f"{HEAD}{one}{ONE}{END}").frame != found(f"{HEAD}{other}{ONE}{END}").frame


def test_a_comment_that_breaks_the_document_is_part_of_the_frame() -> None:
    text = f"{HEAD}{ONE}{END}"

    assert found(f"{text}<!-- a -- b -->").frame != found(text).frame


def test_the_same_document_at_another_address_has_another_frame() -> None:
    other = outline(f"{HEAD}{ONE}{END}", "https://other.example/feed")

    assert other is not None
    assert other.frame != found(f"{HEAD}{ONE}{END}").frame


def test_order_and_number_of_items_are_part_of_the_digest() -> None:
    digests = {found(f"{HEAD}{items}{END}").digest for items in (ONE, ONE + TWO, TWO + ONE, ONE + TWO + TWO)}

    assert len(digests) == 4


def test_a_document_without_known_items_is_a_document() -> None:
    whole = found(f"{HEAD}{ONE}{TWO}{END}")

    assert found(whole.without({whole.hashes[0]}).decode()).items == (TWO,)
    assert whole.without(set(whole.hashes)).decode() == f"{HEAD}{END}"
    feed = found(JSON)
    assert found(feed.without({feed.hashes[0]}).decode()).items == ('{"id": "2"}',)


@pytest.mark.parametrize("part", ["<", "<a:", "<item></item>", "<![CDATA[", "]]>", "<date>", "<rdf:li ", "x"])
def test_hostile_documents_take_linear_time(part: str) -> None:
    """Bound the processor time: many times what it takes."""
    body = (HEAD + part * min(2_000_000 // len(part), 190_000) + ONE + END).encode()
    started = process_time()

    outline_of(Fetched("https://garden.example/feed", body))

    assert process_time() - started < 10
