"""How hits look: a feed's text is shown literally, within Discord's limits, with the matches in bold."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands.member.search_page import Page, emphasise, render_page
from bot.model import PostedMessage, Query, SearchHit, SearchResult
from bot.search.query import parse_query
from bot.search.snippet import SnippetPart
from bot.text import limits

NOW = datetime(2026, 5, 4, tzinfo=UTC)
HOSTILE = st.text(
    st.one_of(st.sampled_from("*_~`|[]()<>#@\\:/- \n\u202e\u200b\u0627"), st.characters()), max_size=80
)
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def hit(number: int, text: str, title: str = "", link: str = "", tags: tuple[str, ...] = ()) -> SearchHit:
    return SearchHit(
        entry_id=number,
        feed_id=1,
        identity=f"post {number}",
        title=title,
        link=link or f"https://garden.example/{number}",
        feed_name=title or "Garden Notes",
        tags=tags,
        published=None,
        first_seen=NOW,
        text=text,
    )


def page(*hits: SearchHit, query: Query | None = None, partial: bool = False) -> Page:
    found = SearchResult(hits, len(hits), is_partial=partial)
    jumps = {each.identity: PostedMessage(each.identity, 10**18, 10**18) for each in hits}
    return Page(query or Query(), "**5 posts** for " + "x" * 600, found, len(hits), 1, jumps)


def test_hits_are_bold_and_the_rest_is_not() -> None:
    hits = SnippetPart("beans", is_hit=True), SnippetPart("7", is_hit=True)

    shown = emphasise((SnippetPart("…the "), hits[0], SnippetPart(" of bed "), hits[1]))

    assert shown == "…the **beans** of bed **7**"


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ((SnippetPart("a*b"), SnippetPart("c_d", is_hit=True)), r"a\*b**c\_d**"),
        ((SnippetPart("one", is_hit=True), SnippetPart("two", is_hit=True)), "**onetwo**"),
        ((SnippetPart(" spaced ", is_hit=True), SnippetPart("out")), "**spaced** out"),
        ((SnippetPart("# "), SnippetPart("beans", is_hit=True)), r"\# **beans**"),
        ((SnippetPart("@every"), SnippetPart("one", is_hit=True)), "@every**one**"),
        ((SnippetPart("@"), SnippetPart("everyone", is_hit=True)), "@**everyone**"),
        ((SnippetPart("see @everyone"),), "see @\u200beveryone"),
        ((SnippetPart("https", is_hit=True), SnippetPart("://stars.example")), "**https**://stars.example"),
        ((SnippetPart("at https://stars.example/x"),), "at stars.example/x"),
        ((SnippetPart("  \n "),), ""),
    ],
)
def test_a_feeds_text_is_shown_literally(pieces: tuple[SnippetPart, ...], shown: str) -> None:
    assert emphasise(pieces) == shown


@given(st.lists(st.builds(SnippetPart, HOSTILE, st.booleans()), max_size=6))
def test_only_our_own_bold_marks_are_left_unescaped(pieces: list[SnippetPart]) -> None:
    bare = _ESCAPED.sub("x", emphasise(pieces))

    assert "\n" not in bare
    assert not re.search(r"[_~`|\[\]]", bare)
    assert bare.replace("**", "").count("*") == 0
    assert bare.count("**") % 2 == 0
    assert "@everyone" not in bare
    assert "****" not in bare


@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=5, max_size=5), HOSTILE)
def test_five_posts_always_fit_into_one_embed(posts: list[tuple[str, str, str]], typed: str) -> None:
    hits = [
        hit(number, text * 40, title * 10, f"https://garden.example/{'*' * 200}", (tag * 3,) * 20)
        for number, (text, title, tag) in enumerate(posts)
    ]

    embed = render_page(page(*hits, query=parse_query(typed, NOW), partial=True), 10**18, "Newest posts")

    assert 0 < limits.utf16_length(embed.description or "") <= limits.EMBED_DESCRIPTION
    assert len(embed) <= 6000


def test_an_untitled_post_is_named_by_its_first_words() -> None:
    text = "The beans climb and climb, over the fence, along the wall and into the neighbour's pear tree."

    shown = render_page(page(hit(1, text)), 1, "").description or ""

    assert "**[The beans climb and climb, over the fence, along the wall…]" in shown


def test_a_post_without_any_words_is_shown_too() -> None:
    assert "**[an untitled post](<https://garden.example/1>)**" in (
        render_page(page(hit(1, "")), 1, "").description or ""
    )


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://discord.gg/abc", "", "https://a.example/" + "x" * 400]
)
def test_an_unsafe_or_very_long_address_is_not_linked(link: str) -> None:
    shown = render_page(page(hit(1, "beans", "Sowing", link or " ")), 1, "").description or ""

    assert "**Sowing**" in shown


def test_a_search_that_took_too_long_says_what_to_do() -> None:
    shown = render_page(page(hit(1, "beans"), partial=True), 1, "").description or ""

    assert "The search took too long, so some posts may be missing; pick a feed or add a word." in shown
