"""Tag pages across all of Tumblr: each has one canonical address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.source.http.url import clean_url
from bot.source.tumblr.tags import normalise_tag_url, tag_of, tag_page

PAGE = "https://www.tumblr.com/tagged/hawk%20moths"


@pytest.mark.parametrize(
    "pasted",
    [
        PAGE,
        "https://www.tumblr.com/tagged/hawk+moths",
        "https://tumblr.com/tagged/Hawk%20Moths/",
        "http://www.tumblr.com/tagged/hawk%20moths?sort=recent",
        "https://www.tumblr.com/tagged/HAWK%20moths/recent#top",
        "https://www.tumblr.com/tagged/%23hawk%20%20moths",
    ],
)
def test_every_spelling_of_a_tag_page_has_one_canonical_address(pasted: str) -> None:
    assert tag_of(pasted) == "hawk moths"
    assert normalise_tag_url(pasted) == PAGE


@pytest.mark.parametrize(
    "other",
    [
        "https://www.tumblr.com/",
        "https://www.tumblr.com/tagged",
        "https://www.tumblr.com/tagged/%20",
        "https://www.tumblr.com/tagged/.",
        "https://www.tumblr.com/moth-nights/tagged/moths",
        "https://moth-nights.tumblr.com/tagged/moths",
        "https://www.tumblr.com.example/tagged/moths",
        "https://user@garden.example/tagged/moths",
        "https://[/tagged/moths",
        f"https://www.tumblr.com/tagged/{'x' * 141}",
    ],
)
def test_other_addresses_are_unchanged(other: str) -> None:
    assert tag_of(other) == ""
    assert normalise_tag_url(other) == other


@pytest.mark.parametrize(
    "tag", ["c++", "a/b", "50%", "what?", "r&b", "أدب", "night sky", "a=b&api_key=x", "#"]
)
def test_a_tag_keeps_its_special_characters(tag: str) -> None:
    page = tag_page(tag.lstrip("#") or "x")

    assert tag_of(page) == (tag.lstrip("#") or "x")


@given(st.text(min_size=1, max_size=140))
def test_the_page_of_any_tag_converts_back_to_the_tag(text: str) -> None:
    found = tag_of(f"https://www.tumblr.com/tagged/{escape_path(text)}")

    if found:
        assert tag_of(tag_page(found)) == found
        assert clean_url(tag_page(found)) == tag_page(found)


def escape_path(text: str) -> str:
    """Escape the text as an address bar does."""
    return "".join(
        c if c.isalnum() else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace")) for c in text
    )
