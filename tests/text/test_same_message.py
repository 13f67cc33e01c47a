from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model import Embed, Entry, Message, Style
from bot.text.render import render
from bot.text.same_message import is_same

POST = Message(content="**Roses in May**", link="https://garden.example/post/1")


@pytest.mark.parametrize(
    "content",
    [
        "https://garden.example/post/1",
        "**[Roses](https://garden.example/post/1)** · Garden",
        "[Roses](<https://garden.example/post/1>)",
        "https://garden.example/post/1\n#roses",
    ],
)
def test_a_message_is_identified_by_its_link(content: str) -> None:
    assert is_same(POST, content, [])


def test_a_message_is_identified_by_the_link_of_its_embed() -> None:
    assert is_same(POST, "**Roses in June**", [Embed(), Embed(url="https://garden.example/post/1")])


@pytest.mark.parametrize(
    "content",
    ["https://garden.example/post/12", "https://garden.example/post/1/comments", "**Roses in May**"],
)
def test_a_message_with_another_posts_link_is_another_message(content: str) -> None:
    assert not is_same(POST, content, [Embed(url="https://garden.example/post/12")])


@pytest.mark.parametrize("content", ["**[Roses](<http://www.garden.example/1?utm_source=x>)**", "Roses"])
def test_a_message_is_identified_by_a_link_that_its_post_had_before(content: str) -> None:
    moved = replace(POST, link="https://new.example/post/1", link_keys=("link:garden.example/1",))
    embeds = [Embed(url="https://garden.example/1")] if content == "Roses" else []

    assert is_same(moved, content, embeds)
    assert not is_same(moved, "https://garden.example/12", [Embed(), Embed(url="https://garden.example/2")])


def test_a_message_without_a_link_is_identified_by_its_words() -> None:
    post = Message(content="**Roses in May** ")

    assert is_same(post, "**Roses in May**", [])
    assert not is_same(post, "**Roses**", [])


def test_an_embed_without_a_link_is_identified_by_its_words() -> None:
    post = Message(embeds=(Embed(title="Roses", description="They bloom.  All of them."),))

    assert is_same(post, "", [Embed(title="Roses", description="They bloom. All of them.")])
    assert not is_same(post, "", [Embed(title="Tulips", description="They bloom. All of them.")])
    assert not is_same(post, "", [])


def test_a_link_with_mark_characters_is_found_as_markdown_quotes_it() -> None:
    message = render(Entry(title="Roses", link="https://garden.example/a__b*c~~"), "Garden", Style.COMPACT)

    assert message.link not in message.content
    assert is_same(message, message.content, [])


_DATE = datetime(2026, 10, 2, 12, 0, 0, 250_000, tzinfo=UTC)
_WITH_TITLE = Entry(title="Roses in May", content="<p>They bloom.</p>", published=_DATE)
_REPEATED = Entry(title="They bloom", content="<p>They bloom.</p><p>All of them.</p>", published=_DATE)
_CUT = Entry(title="They bloom " * 4 + "…", content=f"<p>{'They bloom ' * 200}</p>", published=_DATE)


@pytest.mark.parametrize(
    ("entry", "content", "title", "description"),
    [
        (_WITH_TITLE, "**Roses in May**", "Roses in May", "They bloom."),
        (_REPEATED, "**Post** · Garden", "Post", "They bloom.\n\nAll of them."),
        (_CUT, "**Post** · Garden", "Post", "They bloom " * 36 + "…"),
    ],
)
@pytest.mark.parametrize("style", [Style.CARD, Style.FULL])
def test_a_card_without_a_link_that_an_older_version_sent_is_found(
    entry: Entry, content: str, title: str, description: str, style: Style
) -> None:
    sent = Embed(
        title=title, description=description, footer="Garden", timestamp=_DATE.replace(microsecond=0)
    )
    message = render(entry, "Garden", style, mention_roles=(17,))

    assert is_same(message, f"<@&17> {content}" if style is Style.CARD else "<@&17>", [sent])
    other = replace(sent, description="Tulips bloom, too.")
    assert not is_same(message, f"<@&17> {content}" if style is Style.CARD else "<@&17>", [other])


@pytest.mark.parametrize("style", list(Style))
def test_a_post_with_a_link_is_found_in_the_layout_of_every_version(style: Style) -> None:
    entry = replace(_REPEATED, link="https://garden.example/post/1")
    message = render(entry, "Garden", style)
    old = [
        ("**Post** · Garden", [Embed(title="Post", url=entry.link)]),
        ("", [Embed(title="Post", url=entry.link)]),
        ("[They bloom.](<https://garden.example/post/1>) · Garden", []),
        (entry.link, []),
    ]

    assert all(is_same(message, content, embeds) for content, embeds in old)
    assert is_same(message, message.content, message.embeds)
    assert is_same(message, message.opening or message.content, message.embeds)
