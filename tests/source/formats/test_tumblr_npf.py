"""Posts in Tumblr's Neue Post Format. Single posts are in the golden pairs."""

import pytest

from bot.source.formats.tumblr_npf import post_html
from bot.text.html import html_to_text, parse_html
from tests.growth import FACTOR, assert_growth
from tests.source.formats.tumblr_posts import blocks


def test_overlapping_spans_all_apply() -> None:
    marks = [{"start": 0, "end": 20, "type": "bold"}, {"start": 9, "end": 99, "type": "italic"}]

    shown = blocks({"type": "text", "text": "caterpillars of the hawk moth", "formatting": marks})

    assert shown == "<p><b>caterpill</b><b><i>ars of the </i></b><i>hawk moth</i></p>"


def test_repeated_spans_of_one_kind_apply_once() -> None:
    links = [{"start": 0, "end": 3, "type": "link", "url": f"https://{name}.example/"} for name in ("a", "b")]
    bold = [{"start": 0, "end": 3, "type": "bold"}] * 2

    shown = blocks({"type": "text", "text": "oak", "formatting": [*bold, *links]})

    assert shown == '<p><b><a href="https://b.example/">oak</a></b></p>'


def test_the_texts_of_a_block_are_escaped() -> None:
    shown = blocks(
        {"type": "text", "text": "<script>x</script>"},
        {"type": "image", "media": [{"url": "https://m.example/a.jpg"}], "alt_text": '"><img src=x>'},
        {"type": "link", "url": "javascript:alert(1)", "title": "<b>"},
        {"type": "poll", "question": "<i>", "answers": [{"answer_text": "</ul>"}]},
    )

    assert "<script" not in shown
    assert "javascript" not in shown
    assert shown.count("<img") == 1
    assert "&lt;i&gt;" in shown


def test_blocks_follow_the_layout_only_if_it_names_every_block() -> None:
    first, second = {"type": "text", "text": "one"}, {"type": "text", "text": "two"}

    reversed_order = blocks(
        first, second, layout=[{"type": "rows", "display": [{"blocks": [1]}, {"blocks": [0]}]}]
    )
    incomplete = blocks(first, second, layout=[{"type": "rows", "display": [{"blocks": [1, 7, True]}]}])

    assert (reversed_order, incomplete) == ("<p>two</p><p>one</p>", "<p>one</p><p>two</p>")


@pytest.mark.parametrize("level", [3, 99, -4, "deep"])
def test_a_list_that_starts_with_an_indent_is_a_list(level: object) -> None:
    items = [
        {"type": "text", "subtype": "unordered-list-item", "text": text, "indent_level": level}
        for text in ("a", "b")
    ]

    assert blocks(*items) == "<ul><li>a</li><li>b</li></ul>"


def test_a_block_with_many_spans_costs_linear_time() -> None:
    def spans(count: int) -> dict[str, object]:
        marks = [{"start": n, "end": 5000 - n, "type": "bold"} for n in range(count)]
        return {"content": [{"type": "text", "text": "x" * 5000, "formatting": marks}]}

    few, many = spans(200), spans(200 * FACTOR)

    assert_growth(lambda: post_html(few), lambda: post_html(many))


def test_a_quotation_is_a_quote() -> None:
    assert blocks({"type": "text", "subtype": "quote", "text": "x"}) == "<blockquote><p>x</p></blockquote>"


@pytest.mark.parametrize(
    ("last", "shown"), [(0, "one"), (1, "one\ntwo"), (-1, ""), (None, "one\ntwo\nthree")]
)
def test_blocks_after_the_last_one_that_the_author_shows_are_hidden(last: int | None, shown: str) -> None:
    content = [{"type": "text", "text": text} for text in ("one", "two", "three")]

    html = blocks(*content, layout=[{"type": "rows", "display": [], "truncate_after": last}])

    assert parse_html(html).text == shown
    assert html_to_text(html) == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "block",
    [
        {"url": "https://youtu.be/aB3dE5gH7jK"},
        {"embed_url": "https://www.youtube.com/embed/aB3dE5gH7jK"},
        {
            "embed_iframe": {
                "url": "https://safe.txmblr.com/svc/embed/inline/https%3A%2F%2Fyoutu.be%2FaB3dE5gH7jK#e"
            }
        },
        {"embed_html": '<iframe src="https://www.youtube.com/embed/aB3dE5gH7jK"></iframe>'},
    ],
)
def test_an_embedded_video_is_found_wherever_its_block_names_it(block: dict[str, object]) -> None:
    html = blocks({"type": "video", "provider": "youtube", **block})

    assert parse_html(html).media[0].url == "https://www.youtube.com/watch?v=aB3dE5gH7jK"


def test_a_player_has_the_still_of_its_block() -> None:
    poster = [{"url": "https://i.example/still.jpg"}]

    html = blocks({"type": "video", "url": "https://vimeo.com/12", "poster": poster})

    assert [media.url for media in parse_html(html).media] == [
        "https://vimeo.com/12",
        "https://i.example/still.jpg",
    ]
