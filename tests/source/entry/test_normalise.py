"""Normalised posts: limits, texts and tags."""

from tests.source.formats.documents import parse_document, parse_item, rss


def test_a_document_has_at_most_500_posts() -> None:
    assert len(parse_document(rss("<item><title>x</title></item>" * 600)).entries) == 500


def test_an_empty_item_is_dropped_and_counted() -> None:
    feed = parse_document(rss("<item/><item><title>x</title></item>"))

    assert [entry.title for entry in feed.entries] == ["x"]
    assert feed.skipped == 1


def test_a_link_that_is_not_a_web_address_is_dropped() -> None:
    assert parse_item("<item><title>x</title><link>javascript:alert(1)</link></item>").link == ""


def test_every_field_has_a_limit() -> None:
    long = "x" * 1_100_000
    entry = parse_item(
        f"<item><title>{long}</title><guid>{long}</guid><description>{long}</description><author>{long}</author>"
        f"<category>{long}</category></item>"
    )

    assert len(entry.title) == 1_000
    assert len(entry.guid) == 2_000
    assert len(entry.content) == len(entry.text) == 500_000
    assert (len(entry.authors[0]), len(entry.tags[0])) == (1_000, 200)


def test_tags_that_fold_alike_are_kept_once_in_the_first_spelling() -> None:
    tags = "".join(
        f"<category>{tag}</category>" for tag in ("#Hawk Moths", "hawk-moths", "HAWK_MOTHS", "", "Bees")
    )

    assert parse_item(f"<item><title>x</title>{tags}</item>").tags == (
        "Hawk Moths",
        "Bees",
    )


def test_a_description_much_longer_than_the_content_becomes_the_content() -> None:
    article = "word " * 200
    entry = parse_item(
        f'<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><c:encoded>Short.</c:encoded>'
        f"<description>{article}</description></item>"
    )

    assert entry.content.startswith("word")
    assert entry.summary == "Short."


def test_a_description_that_repeats_the_content_is_not_a_summary() -> None:
    entry = parse_item(
        '<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><description>Same text.</description>'
        "<c:encoded><![CDATA[<p>Same <b>text.</b></p>]]></c:encoded></item>"
    )

    assert (entry.content, entry.summary) == ("<p>Same <b>text.</b></p>", "")
