"""Addresses in feeds become absolute and http(s), in linear time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.source.entry import links
from bot.source.entry.links import absolute, absolute_srcset, base_of, make_absolute

BASE = "https://garden.example/2024/post/"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("/x", "https://garden.example/x"),
        ("x.jpg", "https://garden.example/2024/post/x.jpg"),
        ("../x", "https://garden.example/2024/x"),
        ("?p=1", "https://garden.example/2024/post/?p=1"),
        ("//cdn.example/x", "https://cdn.example/x"),
        (" https://a.example/\n x ", "https://a.example/%20x"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.example", ""),
        ("https://", ""),
        ("https://[bad", ""),
        ("https://a.example/" + "x" * 5000, ""),
    ],
)
def test_an_address_is_absolute_or_nothing(address: str, expected: str) -> None:
    assert absolute(address, BASE) == expected


def test_without_a_base_a_protocol_relative_address_is_https() -> None:
    assert absolute("//cdn.example/x") == "https://cdn.example/x"
    assert absolute("x.jpg") == ""


@pytest.mark.parametrize(
    ("xml_base", "entry", "feed", "expected"),
    [
        ("https://b.example/x/", BASE, "https://garden.example/", "https://b.example/x/"),
        ("img/", BASE, "https://garden.example/", "https://garden.example/img/"),
        ("", BASE, "https://www.garden.example/", BASE),
        ("", "https://other.example/a", "https://garden.example/", "https://garden.example/"),
        ("", "https://feeds.example/a", "", "https://feeds.example/a"),
        ("", "https://other.example/a", "", "https://feeds.example/rss"),
        ("", "", "", "https://feeds.example/rss"),
    ],
)
def test_the_most_specific_base_is_used(xml_base: str, entry: str, feed: str, expected: str) -> None:
    assert base_of(xml_base, entry, feed, "https://feeds.example/rss") == expected


def test_addresses_in_html_become_absolute() -> None:
    html = '<a href="/a">a</a><img src="b.jpg" srcset="b.jpg 1x, /c.jpg 2x"><video poster="//d.example/e"></video>'

    assert make_absolute(html, BASE) == (
        '<a href="https://garden.example/a">a</a>'
        '<img src="https://garden.example/2024/post/b.jpg"'
        ' srcset="https://garden.example/2024/post/b.jpg 1x, https://garden.example/c.jpg 2x">'
        '<video poster="https://d.example/e"></video>'
    )


def test_links_that_are_not_web_addresses_lose_their_target_and_keep_their_text() -> None:
    html = '<a href=" JavaScript:x()">a</a><img src="data:image/gif;base64,R0"><a href="mailto:a@b.example">b</a>'

    assert make_absolute(html, BASE) == '<a>a</a><img><a href="mailto:a@b.example">b</a>'


def test_text_without_markup_is_unchanged() -> None:
    assert make_absolute("3 & 4", BASE) == "3 & 4"


def test_deeply_nested_html_is_flattened() -> None:
    html = make_absolute("<div>" * 50_000 + "deep", BASE)

    assert "deep" in html
    assert html.count("<div>") < 500


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.jpg", "https://g.example/a.jpg"),
        ("a.jpg, b.jpg 2x", "https://g.example/a.jpg, https://g.example/b.jpg 2x"),
        (
            "w_400,h_300/a.jpg 400w,\n b.jpg 800w",
            "https://g.example/w_400,h_300/a.jpg 400w, https://g.example/b.jpg 800w",
        ),
        ("data:image/png;base64,AA 1x, b.jpg 2x", "https://g.example/b.jpg 2x"),
        (",,, ,", ""),
        ("," * 100_000, ""),
    ],
)
def test_the_candidates_of_a_srcset_are_separated(value: str, expected: str) -> None:
    assert absolute_srcset(value, "https://g.example/") == expected


@given(st.text(alphabet='<>/"=abdhrefsrc imgposterjavascript:data,&;\n', max_size=300))
def test_make_absolute_is_idempotent(html: str) -> None:
    once = make_absolute(f"<p>{html}</p>", BASE)

    assert make_absolute(once, BASE) == once


@given(
    st.sampled_from(["http://", "https://"]),
    st.lists(
        st.sampled_from(["a", "B", "b.c", ":", "/", "..", "%20", "?", "#", "=", "&", ";", "@", "_"]),
        max_size=12,
    ),
    st.sampled_from(["", BASE, "http://a/", "https://b.c/x?y"]),
)
def test_plain_addresses_are_what_they_are_after_all_steps(scheme: str, parts: list[str], base: str) -> None:
    address = scheme + "".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "_PLAIN", re.compile("(?!)"))
        expected = absolute(address, base)

    assert absolute(address, base) == expected
