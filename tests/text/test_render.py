from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Embed, Entry, Message, Style
from bot.text.render import render
from tests.text import discord
from tests.text.strategies import entries, nasty_text

_thorough = settings(max_examples=60, deadline=None)
_styles = st.sampled_from(list(Style))
_roles = st.lists(st.integers(1, 2**63), max_size=40).map(tuple)


@_thorough
@given(entries, nasty_text, _styles, _roles)
def test_any_entry_is_rendered_within_discords_limits(
    entry: Entry, feed_name: str, style: Style, roles: tuple[int, ...]
) -> None:
    message = render(entry, feed_name, style, mention_roles=roles)

    assert discord.broken_limits(message) == []


@_thorough
@given(entries, nasty_text, _styles)
def test_no_mention_or_invite_in_an_entry_works(entry: Entry, feed_name: str, style: Style) -> None:
    message = render(entry, feed_name, style)

    assert [found for text in _texts(message) for found in discord.mentions(text)] == []


@_thorough
@given(entries, nasty_text, _styles, _roles)
def test_only_configured_roles_are_pinged(
    entry: Entry, feed_name: str, style: Style, roles: tuple[int, ...]
) -> None:
    message = render(entry, feed_name, style, mention_roles=roles)

    pinged = discord.mentions(message.content)
    assert pinged == [f"@&{role}" for role in message.mention_roles]
    assert set(message.mention_roles) <= set(roles)


@_thorough
@given(entries, nasty_text, _styles)
def test_rendering_an_entry_again_returns_the_same_message(
    entry: Entry, feed_name: str, style: Style
) -> None:
    assert render(entry, feed_name, style) == render(entry, feed_name, style)


@_thorough
@given(entries, nasty_text, _styles)
def test_no_message_contains_control_characters_or_surrogates(
    entry: Entry, feed_name: str, style: Style
) -> None:
    message = render(entry, feed_name, style)

    for text in _texts(message):
        text.encode("utf-8")
        assert not set(text) & set("\0\u202a\u202b\u202d\u202e\u2066\u2067\x1b")
        assert text.count("\u2068") == text.count("\u2069")


def test_a_link_that_is_much_longer_once_escaped_is_still_rendered() -> None:
    entry = Entry(link="https://garden.example/" + "*" * 700, title="Night garden")

    message = render(entry, "Feed", Style.COMPACT)

    assert message.content == "**Night garden**"


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ("<p>Above</p><wbr data-rest hidden><p hidden>Below</p>", "https://a.example/post"),
        ('<p>Above</p><wbr data-rest hidden cite="https://b.example/post">', "https://b.example/post"),
    ],
)
@pytest.mark.parametrize("style", [Style.CARD, Style.FULL])
def test_a_link_leads_to_what_the_author_hid(content: str, address: str, style: Style) -> None:
    entry = Entry(
        link="https://a.example/post", title="A riddle", content=content, summary="Below", text="Above\nBelow"
    )

    message = render(entry, "Feed", style)

    assert message.embeds[0].description == f"Above\n\n[Keep reading](<{address}>)"


@pytest.mark.parametrize("style", list(Style))
def test_a_title_taken_from_what_the_author_hid_is_not_shown(style: Style) -> None:
    content = "<p>Who was it?</p><wbr data-rest hidden><p hidden>It was the badger.</p>"
    entry = Entry(
        title="Who was it? It was the badg…", content=content, text="Who was it?\nIt was the badger."
    )

    message = render(entry, "Feed", style)

    assert "badg" not in "".join([*_texts(message), message.thread_name])


def test_a_title_above_what_the_author_hid_is_shown() -> None:
    content = "<p>Who was it, I asked them all?</p><wbr data-rest hidden><p hidden>It was the badger.</p>"
    entry = Entry(
        title="The badger", content=content, text="Who was it, I asked them all?\nIt was the badger."
    )

    assert render(entry, "Feed", Style.CARD).content == "**The badger**"


_CARD = Entry(link="https://garden.example/1", title="Night garden", content="<p>It was dark.</p>")


def test_a_card_shows_its_headline_once_and_linked() -> None:
    message = render(_CARD, "Feed", Style.CARD)

    assert message.content == "**[Night garden](<https://garden.example/1>)**"
    assert [embed.title for embed in message.embeds] == [""]


@pytest.mark.parametrize("style", [Style.CARD, Style.COMPACT])
def test_a_forum_post_does_not_repeat_its_name(style: Style) -> None:
    message = render(_CARD, "Feed", style, mention_roles=(17,))

    assert message.thread_name == "Night garden"
    assert message.opening is not None
    assert message.opening.startswith("<@&17> [Open the post](<https://garden.example/1>)")
    assert "Night garden" not in message.opening


def test_a_forum_post_shows_a_headline_that_its_name_cuts_off() -> None:
    message = render(replace(_CARD, title="Night garden " * 10), "Feed", Style.CARD)

    assert message.opening is None


def test_a_card_without_words_says_which_feed_it_is_from() -> None:
    entry = Entry(link="https://garden.example/1", content="<img src='https://garden.example/a.jpg'>")

    assert render(entry, "Feed", Style.CARD).content == "**[Photo](<https://garden.example/1>)** · Feed"


def test_a_card_with_nothing_but_a_headline_has_no_embed() -> None:
    assert render(Entry(link="https://garden.example/1", title="Night"), "", Style.CARD).embeds == ()


def test_a_card_whose_link_does_not_fit_into_the_content_links_it_below() -> None:
    entry = replace(_CARD, link="https://garden.example/" + "a" * 1990)

    message = render(entry, "Feed", Style.CARD)

    assert message.content == "**Night garden**"
    assert (message.embeds[0].title, message.embeds[0].url) == ("Open the post", entry.link)


@pytest.mark.parametrize("style", [Style.CARD, Style.COMPACT])
def test_a_title_that_looks_like_another_address_is_not_linked(style: Style) -> None:
    message = render(replace(_CARD, title="discordapp.com/invite/x"), "", style)

    assert message.content.replace("*", "") == ("discordapp.com/invite\u200b/x (<https://garden.example/1>)")


@pytest.mark.parametrize(
    ("alt", "shown"),
    [("Day three", ""), ("day three: rain &amp; so…", ""), ("A tent in the rain", "*A tent in the rain*")],
)
def test_a_description_of_a_picture_does_not_repeat_the_headline(alt: str, shown: str) -> None:
    entry = Entry(
        title="Day three: rain & soup",
        content=f'<img src="https://x.example/a.jpg" width="600" height="400" alt="{alt}">',
    )

    (embed,) = render(entry, "Touring", Style.CARD).embeds

    assert embed.description == shown


@pytest.mark.parametrize(
    ("author", "shown"),
    [("two-wheels-slowly", ""), ("TwoWheels_Slowly", ""), ("Ada", "Ada"), ("two wheels", "two wheels")],
)
def test_the_name_of_a_blog_is_not_also_its_author(author: str, shown: str) -> None:
    entry = Entry(title="At the ferry", content="<p>Late.</p>", authors=(author,))

    (embed,) = render(entry, "Two Wheels Slowly", Style.CARD).embeds

    assert embed.author == shown


def _texts(message: Message) -> list[str]:
    embeds = [text for embed in message.embeds for text in _embed_texts(embed)]
    return [message.content, message.opening or "", message.thread_name, *embeds]


def _embed_texts(embed: Embed) -> list[str]:
    return [embed.title, embed.description, embed.author, embed.footer]
