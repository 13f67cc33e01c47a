"""Posts in Tumblr's Neue Post Format. Single posts are in the golden pairs."""

import time

import pytest

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


def test_a_block_with_a_thousand_spans_is_cheap() -> None:
    marks = [{"start": n, "end": 5000 - n, "type": "bold"} for n in range(1000)]
    block = {"type": "text", "text": "x" * 5000, "formatting": marks}

    started_at = time.process_time()
    blocks(*[block] * 50)

    assert time.process_time() - started_at < 2
